/* unistd.h of the system, with gethostname and socklen_t under names that winsock2.h can take over. */
#pragma GCC system_header
#ifndef _UNISTD_H
#include <features.h>

#ifndef __socklen_t_defined
#define __socklen_t_defined
#define socklen_t __socklen_t
#endif

#ifdef __cplusplus
extern "C" {
#endif
extern int __REDIRECT_NTH(_ws2_libc_gethostname, (char *, __SIZE_TYPE__), gethostname);
#ifdef __cplusplus
}
#endif

#pragma push_macro("gethostname")
#undef gethostname
#define gethostname _ws2_libc_gethostname
#include_next <unistd.h>
#pragma pop_macro("gethostname")

#ifndef _WS2_ACTIVE
#ifdef __cplusplus
#include <_ws2/overload.h>
extern "C++" {
inline int gethostname(_ws2_libc_argument<char *> name, _ws2_libc_argument<__SIZE_TYPE__> length) {
  return _ws2_libc_gethostname(name.value, length.value);
}
}
#else
#define gethostname _ws2_libc_gethostname
#endif
#endif
#endif
