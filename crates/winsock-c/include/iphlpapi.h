/* iphlpapi.h: of the helpers for IP those that are here, in netioapi.h. The tables of adapters and routes are not. */
#ifndef __IPHLPAPI_H__
#define __IPHLPAPI_H__

#include <netioapi.h>

#endif
