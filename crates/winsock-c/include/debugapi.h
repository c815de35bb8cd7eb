/* debugapi.h: what a debugger is told, which standard error shows. */
#ifndef _APISETDEBUG_
#define _APISETDEBUG_

#include <minwinbase.h>

#ifdef UNICODE
#define OutputDebugString OutputDebugStringW
#else
#define OutputDebugString OutputDebugStringA
#endif

_WS2_BEGIN_DECLS

BOOL WINAPI IsDebuggerPresent(void);
VOID WINAPI OutputDebugStringA(LPCSTR lpOutputString);
VOID WINAPI OutputDebugStringW(LPCWSTR lpOutputString);

_WS2_END_DECLS

#endif
