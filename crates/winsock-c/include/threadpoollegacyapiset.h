/* threadpoollegacyapiset.h: the pool of the process, by its older functions. */
#ifndef _THREADPOOLLEGACYAPISET_H_
#define _THREADPOOLLEGACYAPISET_H_

#include <minwinbase.h>

_WS2_BEGIN_DECLS

BOOL WINAPI QueueUserWorkItem(LPTHREAD_START_ROUTINE Function, PVOID Context, ULONG Flags);

_WS2_END_DECLS

#endif
