/* arpa/inet.h of the system where a file means libc's sockets; nothing where winsock2.h has given the
 * names its meaning. */
#pragma GCC system_header
#ifndef _WS2_ACTIVE
#ifndef __socklen_t_defined
#define __socklen_t_defined
#define socklen_t __socklen_t
#endif
#include_next <arpa/inet.h>
#endif
