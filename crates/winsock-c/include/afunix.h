/* afunix.h: the address of a Unix socket, and the requests of that family. */
#ifndef _AFUNIX_
#define _AFUNIX_

#include <ws2def.h>

#define UNIX_PATH_MAX 108

typedef struct sockaddr_un {
  ADDRESS_FAMILY sun_family;
  char sun_path[UNIX_PATH_MAX];
} SOCKADDR_UN, *PSOCKADDR_UN;

#define SIO_AF_UNIX_GETPEERPID        0x58000100
#define SIO_AF_UNIX_SETBINDPARENTPATH 0x98000101
#define SIO_AF_UNIX_SETCONNPARENTPATH 0x98000102

#endif
