/* share.h: who else may open a file, for _fsopen: nobody is kept away here, so that one value means the same as another. */
#ifndef _INC_SHARE
#define _INC_SHARE

#include <_ws2/crt.h>

#include <stdio.h>

#define _SH_DENYRW 0x10
#define _SH_DENYWR 0x20
#define _SH_DENYRD 0x30
#define _SH_DENYNO 0x40

_WS2_INLINE FILE *_fsopen(const char *path, const char *mode, int share) {
  if (share != _SH_DENYRW && share != _SH_DENYWR && share != _SH_DENYRD && share != _SH_DENYNO) {
    errno = EINVAL;
    return NULL;
  }
  return fopen(path, mode);
}

#endif
