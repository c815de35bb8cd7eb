/* timeapi.h: the multimedia timer: milliseconds, and their precision. */
#ifndef _TIMEAPI_H_
#define _TIMEAPI_H_

#include <minwindef.h>

#define TIMERR_NOERROR 0
#define TIMERR_NOCANDO 97

typedef UINT MMRESULT;

_WS2_BEGIN_DECLS

DWORD WINAPI timeGetTime(void);
MMRESULT WINAPI timeBeginPeriod(UINT uPeriod);
MMRESULT WINAPI timeEndPeriod(UINT uPeriod);

_WS2_END_DECLS

#endif
