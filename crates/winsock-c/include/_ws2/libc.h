/* How Winsock's names and libc's live in one file.
 *
 * Every header of ours that owns a name libc also uses includes this one first. It owns the moment at
 * which a file changes from libc's meaning of those names to Winsock's:
 *
 * - Before it, sys/types.h, sys/select.h, unistd.h and the socket headers give libc's meaning. The
 *   first three, which <stdlib.h> and <string> bring along, do so in a way that can be undone (see
 *   there).
 * - Here that is undone, and what a file has already taken from libc's socket headers is moved aside
 *   (late.h).
 * - After it, libc's socket headers declare nothing: their names are Winsock's.
 *
 * `struct timeval` stays libc's throughout: its fields have 64 bits, and the library's select reads it
 * so.
 */
#ifndef _WS2_LIBC_H
#define _WS2_LIBC_H
#pragma GCC system_header

#define _WS2_ACTIVE

#include <_ws2/compiler.h>

#include <sys/types.h>
#include <sys/time.h>

/* sys/types.h: u_long has 64 bits there, 32 in Winsock. */
#undef u_long
#ifndef __u_char_defined
typedef unsigned char u_char;
typedef unsigned short u_short;
typedef unsigned int u_int;
#define __u_char_defined
#endif
typedef unsigned int u_long;

/* sys/select.h. A program's own FD_SETSIZE, given before or after, stands. */
#undef fd_set
#undef select
#undef FD_SET
#undef FD_CLR
#undef FD_ISSET
#undef FD_ZERO
#undef _WS2_LIBC_FD_SETSIZE
#define _WS2_LIBC_FD_SETSIZE 0
#if FD_SETSIZE == 0
#pragma pop_macro("FD_SETSIZE")
#if FD_SETSIZE == 0
#undef FD_SETSIZE
#endif
#endif

/* unistd.h. */
#undef gethostname
#undef socklen_t
#define __socklen_t_defined
typedef int socklen_t;

#if defined(_SYS_SOCKET_H) || defined(_SYS_POLL_H) || defined(_SYS_UN_H) || defined(_NETINET_TCP_H) || \
    defined(_NET_IF_H) || defined(_SYS_IOCTL_H)
#include <_ws2/late.h>
#endif

#endif
