/* direct.h: directories, under the names of Microsoft's C library, which are libc's with an underscore. */
#ifndef _INC_DIRECT
#define _INC_DIRECT

#include <_ws2/crt.h>

#include <sys/stat.h>
#include <unistd.h>

_WS2_INLINE int _mkdir(const char *path) { return mkdir(path, 0777); }
_WS2_INLINE int _rmdir(const char *path) { return rmdir(path); }
_WS2_INLINE int _chdir(const char *path) { return chdir(path); }

/* Without a buffer the text is malloc's. */
_WS2_INLINE char *_getcwd(char *buffer, int size) {
  if (size < 0) {
    errno = EINVAL;
    return NULL;
  }
  return getcwd(buffer, (size_t)size);
}

#endif
