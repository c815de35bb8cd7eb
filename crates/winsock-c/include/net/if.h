/* net/if.h of the system; after winsock2.h, the interface flags keep Winsock's values. */
#pragma GCC system_header
#ifdef _WS2_ACTIVE
#pragma push_macro("IFF_UP")
#pragma push_macro("IFF_BROADCAST")
#pragma push_macro("IFF_LOOPBACK")
#pragma push_macro("IFF_POINTOPOINT")
#pragma push_macro("IFF_POINTTOPOINT")
#pragma push_macro("IFF_MULTICAST")
#undef IFF_UP
#undef IFF_BROADCAST
#undef IFF_LOOPBACK
#undef IFF_POINTOPOINT
#undef IFF_POINTTOPOINT
#undef IFF_MULTICAST
#endif
#include_next <net/if.h>
#ifdef _WS2_ACTIVE
#pragma pop_macro("IFF_UP")
#pragma pop_macro("IFF_BROADCAST")
#pragma pop_macro("IFF_LOOPBACK")
#pragma pop_macro("IFF_POINTOPOINT")
#pragma pop_macro("IFF_POINTTOPOINT")
#pragma pop_macro("IFF_MULTICAST")
#endif
