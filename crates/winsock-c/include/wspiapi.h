/* wspiapi.h: getaddrinfo for Windows versions without it. Every version here has it, so ws2tcpip.h is
 * all there is. */
#ifndef _WSPIAPI_H_
#define _WSPIAPI_H_

#include <ws2tcpip.h>

#endif
