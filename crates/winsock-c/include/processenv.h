/* processenv.h: what a process has around it: its standard handles. */
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include <minwinbase.h>

_WS2_BEGIN_DECLS

HANDLE WINAPI GetStdHandle(DWORD nStdHandle);
BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle);

_WS2_END_DECLS

#endif
