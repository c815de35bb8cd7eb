/*
 * The ways in which programs for Windows start, beside `int main`: a main that returns void; wmain; WinMain and wWinMain.
 *
 * `winsock cc` and `winsock c++` include it before a source that has such a function (or _tmain, or _tWinMain), and only
 * then; if the function returns void they define WINSOCK_VOID_ENTRY. The function gets another name, on the line where
 * it stands, and the real main calls it. Both are weak, so that several sources of one program may include this, and a
 * real main elsewhere wins. Arguments are UTF-8, and UTF-16 where the function takes that.
 * No header is included, so that the source has the first word on what those show.
 */
#ifndef WINSOCK_CC_ENTRY_H
#define WINSOCK_CC_ENTRY_H
#pragma GCC system_header

#ifdef WINSOCK_VOID_ENTRY
#define WINSOCK_ENTRY_TYPE void
#else
#define WINSOCK_ENTRY_TYPE int
#endif

#ifdef __cplusplus
#define WINSOCK_ENTRY_LINKAGE extern "C"
extern "C" {
#else
#define WINSOCK_ENTRY_LINKAGE
#endif

/* Stands behind the function's return type, which ends in a declaration of its own. */
#define WINSOCK_ENTRY(type, name) winsock_before_##name(void); WINSOCK_ENTRY_LINKAGE type winsock_##name

#define main(...)     WINSOCK_ENTRY(WINSOCK_ENTRY_TYPE, main)(__VA_ARGS__)
#define wmain(...)    WINSOCK_ENTRY(WINSOCK_ENTRY_TYPE, wmain)(__VA_ARGS__)
#define WinMain(...)  WINSOCK_ENTRY(int, WinMain)(__VA_ARGS__)
#define wWinMain(...) WINSOCK_ENTRY(int, wWinMain)(__VA_ARGS__)

/* The same functions with the parameters that each may have: those it does not take go unseen. */
typedef __CHAR16_TYPE__ winsock_unit;
WINSOCK_ENTRY_TYPE winsock_call_main(int, char **, char **) __asm__("winsock_main") __attribute__((__weak__));
WINSOCK_ENTRY_TYPE winsock_call_wmain(int, winsock_unit **, winsock_unit **)
    __asm__("winsock_wmain") __attribute__((__weak__));
int winsock_call_WinMain(void *, void *, char *, int) __asm__("winsock_WinMain") __attribute__((__weak__));
int winsock_call_wWinMain(void *, void *, winsock_unit *, int) __asm__("winsock_wWinMain") __attribute__((__weak__));

/* The first byte of the program in memory: the handle of its module. */
extern char winsock_module[] __asm__("__ehdr_start") __attribute__((__visibility__("hidden")));

static inline void *winsock_room(__SIZE_TYPE__ size) {
  void *room = __builtin_malloc(size);
  if (!room) __builtin_abort();
  return room;
}

/* The character at `*text`, which moves behind it: U+FFFD if that is not UTF-8. */
static inline unsigned winsock_character(const unsigned char **text) {
  static const unsigned least[] = {0, 0x80, 0x800, 0x10000};
  const unsigned first = *(*text)++;
  const int more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : first >> 3 == 30 ? 3 : -1;
  unsigned code = more > 0 ? first & (0x3f >> more) : first;
  int i;
  for (i = 0; i < more && **text >> 6 == 2; i++) code = code << 6 | (*(*text)++ & 0x3f);
  if (more < 0 || i < more || code < least[more] || code > 0x10ffff || code >> 11 == 0x1b) return 0xfffd;
  return code;
}

static inline winsock_unit *winsock_wide(const char *text) {
  const unsigned char *at = (const unsigned char *)text;
  winsock_unit *const units = (winsock_unit *)winsock_room((__builtin_strlen(text) + 1) * sizeof *units);
  winsock_unit *end = units;
  while (*at) {
    unsigned code = winsock_character(&at);
    if (code > 0xffff) {
      *end++ = (winsock_unit)(0xd7c0 + (code >> 10));
      code = 0xdc00 | (code & 0x3ff);
    }
    *end++ = (winsock_unit)code;
  }
  *end = 0;
  return units;
}

static inline winsock_unit **winsock_wide_all(char **texts) {
  __SIZE_TYPE__ count = 0, i;
  winsock_unit **all;
  while (texts[count]) count++;
  all = (winsock_unit **)winsock_room((count + 1) * sizeof *all);
  for (i = 0; i < count; i++) all[i] = winsock_wide(texts[i]);
  all[count] = 0;
  return all;
}

/* An argument as a program for Windows finds it in its command line; gives the end of what it wrote. */
static inline char *winsock_quoted(char *end, const char *text) {
  *end++ = '"';
  while (*text) {
    const __SIZE_TYPE__ slashes = __builtin_strspn(text, "\\");
    const char next = text[slashes];
    const __SIZE_TYPE__ written = next == '"' ? 2 * slashes + 1 : next ? slashes : 2 * slashes;
    __builtin_memset(end, '\\', written);
    end += written;
    text += slashes;
    if (next) *end++ = *text++;
  }
  *end++ = '"';
  return end;
}

static inline char *winsock_command_line(char **arguments) {
  __SIZE_TYPE__ size = 1;
  char **argument, *line, *end;
  for (argument = arguments; *argument; argument++) size += 2 * __builtin_strlen(*argument) + 3;
  end = line = (char *)winsock_room(size);
  for (argument = arguments; *argument; argument++) {
    if (argument != arguments) *end++ = ' ';
    if (!**argument || __builtin_strpbrk(*argument, " \t\n\v\"")) {
      end = winsock_quoted(end, *argument);
    } else {
      __builtin_strcpy(end, *argument);
      end += __builtin_strlen(*argument);
    }
  }
  *end = 0;
  return line;
}

int winsock_real_main(int, char **, char **) __asm__("main") __attribute__((__weak__));
int winsock_real_main(int argc, char **argv, char **envp) {
  enum { SHOW_DEFAULT = 10 };
  if (winsock_call_WinMain)
    return winsock_call_WinMain(winsock_module, 0, winsock_command_line(argv + 1), SHOW_DEFAULT);
  if (winsock_call_wWinMain)
    return winsock_call_wWinMain(winsock_module, 0, winsock_wide(winsock_command_line(argv + 1)), SHOW_DEFAULT);
#ifdef WINSOCK_VOID_ENTRY
  if (winsock_call_wmain)
    winsock_call_wmain(argc, winsock_wide_all(argv), winsock_wide_all(envp));
  else
    winsock_call_main(argc, argv, envp);
  return 0;
#else
  if (winsock_call_wmain) return winsock_call_wmain(argc, winsock_wide_all(argv), winsock_wide_all(envp));
  return winsock_call_main(argc, argv, envp);
#endif
}

#ifdef __cplusplus
}
#endif
#endif
