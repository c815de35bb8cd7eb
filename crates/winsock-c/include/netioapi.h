/* netioapi.h: the names of interfaces and their indexes: if_nametoindex and if_indextoname, which are the C library's. */
#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#include <winsock2.h>

#include <net/if.h>

typedef ULONG NET_IFINDEX, *PNET_IFINDEX;

#define NDIS_IF_MAX_STRING_SIZE IF_NAMESIZE

#endif
