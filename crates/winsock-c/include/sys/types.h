/* sys/types.h of the system, with u_long as a macro for libc's type, so that winsock2.h can give the
 * name its 32 bits. */
#pragma GCC system_header
#ifndef _SYS_TYPES_H
#define u_long __u_long
#endif
#include_next <sys/types.h>
