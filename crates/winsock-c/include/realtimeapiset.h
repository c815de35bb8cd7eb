/* realtimeapiset.h: time that does not count what the system sleeps. */
#ifndef _APISETREALTIME_
#define _APISETREALTIME_

#include <minwinbase.h>

_WS2_BEGIN_DECLS

BOOL WINAPI QueryUnbiasedInterruptTime(PULONGLONG UnbiasedTime);

_WS2_END_DECLS

#endif
