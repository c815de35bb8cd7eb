/* sys/ioctl.h of the system; after winsock2.h, the socket requests keep Winsock's values. */
#pragma GCC system_header
#ifdef _WS2_ACTIVE
#pragma push_macro("FIONREAD")
#pragma push_macro("FIONBIO")
#pragma push_macro("FIOASYNC")
#pragma push_macro("SIOCATMARK")
#pragma push_macro("IOC_IN")
#undef IOC_IN
#pragma push_macro("IOC_OUT")
#undef IOC_OUT
#pragma push_macro("IOC_INOUT")
#undef IOC_INOUT
#undef FIONREAD
#undef FIONBIO
#undef FIOASYNC
#undef SIOCATMARK
#endif
#include_next <sys/ioctl.h>
#ifdef _WS2_ACTIVE
#pragma pop_macro("IOC_IN")
#pragma pop_macro("IOC_OUT")
#pragma pop_macro("IOC_INOUT")
#pragma pop_macro("FIONREAD")
#pragma pop_macro("FIONBIO")
#pragma pop_macro("FIOASYNC")
#pragma pop_macro("SIOCATMARK")
#endif
