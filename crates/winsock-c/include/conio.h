/* conio.h: keys as they are pressed, and characters, on the console: standard input and standard output.
 *
 * A key that Microsoft's library tells by two codes comes as the terminal's sequence. Where standard input is no terminal,
 * its bytes are the keys, and at its end _getch answers EOF.
 */
#ifndef _INC_CONIO
#define _INC_CONIO

#include <_ws2/crt.h>

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* libc's poll, whose header gives way to Winsock's names. */
_WS2_BEGIN_DECLS
int _ws2_libc_poll(void *list, unsigned __int64 count, int milliseconds) __asm__("poll");
_WS2_END_DECLS

/* A key that _ungetch has given back, else EOF. */
__attribute__((__weak__)) int _ws2_key_back = EOF;

/* Makes the terminal tell of single keys; 0 if there is none, or it does so already. */
_WS2_INLINE int _ws2_keys_begin(struct termios *before, int echo) {
  struct termios keys;
  if (tcgetattr(STDIN_FILENO, before) < 0) return 0;
  keys = *before;
  keys.c_lflag &= ~(tcflag_t)(ICANON | (echo ? 0 : ECHO));
  keys.c_cc[VMIN] = 1;
  keys.c_cc[VTIME] = 0;
  return tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
}

_WS2_INLINE void _ws2_keys_end(const struct termios *before) {
  tcsetattr(STDIN_FILENO, TCSANOW, before);
}

_WS2_INLINE int _ws2_key(int echo) {
  struct termios before;
  unsigned char key;
  ssize_t got;
  int changed;
  if (_ws2_key_back != EOF) {
    int back = _ws2_key_back;
    _ws2_key_back = EOF;
    return back;
  }
  fflush(stdout);
  changed = _ws2_keys_begin(&before, echo);
  do got = read(STDIN_FILENO, &key, 1);
  while (got < 0 && errno == EINTR);
  if (changed) _ws2_keys_end(&before);
  return got == 1 ? key : EOF;
}

_WS2_INLINE int _getch(void) { return _ws2_key(0); }
_WS2_INLINE int _getche(void) { return _ws2_key(1); }

/* EOF if a key has been given back already. */
_WS2_INLINE int _ungetch(int key) {
  if (_ws2_key_back != EOF || key == EOF) return EOF;
  return _ws2_key_back = key;
}

/* Whether _getch would find a key, or the end, at once. */
_WS2_INLINE int _kbhit(void) {
  enum { READABLE = 1 };
  struct {
    int file;
    short events, happened;
  } input = {STDIN_FILENO, READABLE, 0};
  struct termios before;
  int changed, ready;
  if (_ws2_key_back != EOF) return 1;
  changed = _ws2_keys_begin(&before, 0);
  ready = _ws2_libc_poll(&input, 1, 0) > 0;
  if (changed) _ws2_keys_end(&before);
  return ready;
}

_WS2_INLINE int _putch(int character) {
  return putchar(character) == EOF || fflush(stdout) == EOF ? EOF : character;
}

_WS2_INLINE int _cputs(const char *text) {
  return fputs(text, stdout) == EOF || fflush(stdout) == EOF ? -1 : 0;
}

#endif
