/* sys/select.h of the system, with fd_set, select and FD_SETSIZE under names that winsock2.h can take
 * over.
 *
 * Without winsock2.h nothing changes for a program: fd_set and select are macros (select in C++ an
 * overload) for libc's own. FD_SETSIZE as it was before this header is kept aside for winsock2.h.
 */
#pragma GCC system_header
#ifndef _SYS_SELECT_H
#pragma push_macro("FD_SETSIZE")
#undef FD_SETSIZE
#define fd_set _ws2_libc_fd_set
#define select _ws2_libc_select
#include_next <sys/select.h>
#undef select

#undef FD_SETSIZE
#define _WS2_LIBC_FD_SETSIZE __FD_SETSIZE
#define FD_SETSIZE _WS2_LIBC_FD_SETSIZE

#ifdef _WS2_ACTIVE
/* winsock2.h is including this, and declares its own. */
#elif defined(__cplusplus)
extern "C" int _ws2_libc_select(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict,
                                struct timeval *__restrict) __asm__("select");
#include <_ws2/overload.h>
extern "C++" {
inline int select(_ws2_libc_argument<int> count, _ws2_libc_argument<fd_set *> read,
                  _ws2_libc_argument<fd_set *> write, _ws2_libc_argument<fd_set *> except,
                  _ws2_libc_argument<struct timeval *> timeout) {
  return _ws2_libc_select(count.value, read.value, write.value, except.value, timeout.value);
}
}
#else
extern int _ws2_libc_select(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict,
                            struct timeval *__restrict) __asm__("select");
#define select _ws2_libc_select
#endif
#endif
