/* io.h: files by their C numbers, under the names of Microsoft's C library, which are libc's with an underscore.
 *
 * A number is a descriptor of this platform, as in <unistd.h>. It is no SOCKET and no HANDLE: _close does not take a socket,
 * and closesocket no file. Files are bytes: _O_BINARY is how all are, and _O_TEXT means the same.
 */
#ifndef _INC_IO
#define _INC_IO

#include <_ws2/crt.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define _O_RDONLY   O_RDONLY
#define _O_WRONLY   O_WRONLY
#define _O_RDWR     O_RDWR
#define _O_APPEND   O_APPEND
#define _O_CREAT    O_CREAT
#define _O_TRUNC    O_TRUNC
#define _O_EXCL     O_EXCL
#define _O_NOINHERIT __O_CLOEXEC
#define _O_BINARY   0
#define _O_TEXT     0
#define _S_IREAD    0400
#define _S_IWRITE   0200

/* libc's fileno, which <stdio.h> shows to programs of POSIX alone. */
_WS2_BEGIN_DECLS
int _ws2_libc_fileno(FILE *stream) __asm__("fileno");
_WS2_END_DECLS

/* Who may read or write a new file here, by Microsoft's two bits. */
_WS2_INLINE int _ws2_open_mode(int mode) {
  return (mode & _S_IWRITE) != 0 ? 0666 : 0444;
}

_WS2_INLINE int _open(const char *path, int flags, ...) {
  int mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list list;
    va_start(list, flags);
    mode = _ws2_open_mode(va_arg(list, int));
    va_end(list);
  }
  return open(path, flags, mode);
}

_WS2_INLINE int _creat(const char *path, int mode) {
  return open(path, O_CREAT | O_WRONLY | O_TRUNC, _ws2_open_mode(mode));
}

_WS2_INLINE int _close(int file) { return close(file); }
_WS2_INLINE int _read(int file, void *data, unsigned count) { return (int)read(file, data, count); }
_WS2_INLINE int _write(int file, const void *data, unsigned count) { return (int)write(file, data, count); }
_WS2_INLINE long _lseek(int file, long offset, int origin) { return lseek(file, offset, origin); }
_WS2_INLINE __int64 _lseeki64(int file, __int64 offset, int origin) { return lseek(file, offset, origin); }
_WS2_INLINE long _tell(int file) { return lseek(file, 0, SEEK_CUR); }
_WS2_INLINE int _isatty(int file) { return isatty(file); }
_WS2_INLINE int _dup(int file) { return dup(file); }
_WS2_INLINE int _dup2(int from, int to) { return dup2(from, to) < 0 ? -1 : 0; }
_WS2_INLINE int _commit(int file) { return fsync(file); }
_WS2_INLINE int _access(const char *path, int mode) { return access(path, mode); }
_WS2_INLINE int _unlink(const char *path) { return unlink(path); }
_WS2_INLINE int _fileno(FILE *stream) { return _ws2_libc_fileno(stream); }

_WS2_INLINE long _filelength(int file) {
  struct stat about;
  return fstat(file, &about) < 0 ? -1 : (long)about.st_size;
}

/* There is one way to read and write. Answers the mode that was: binary. */
_WS2_INLINE int _setmode(int file, int mode) {
  (void)mode;
  return fcntl(file, F_GETFD) < 0 ? -1 : _O_BINARY;
}

#endif
