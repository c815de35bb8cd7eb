/* poll.h of the system where a file means libc's sockets; nothing where winsock2.h has given the names
 * its meaning. */
#pragma GCC system_header
#ifndef _WS2_ACTIVE
#include_next <poll.h>
#endif
