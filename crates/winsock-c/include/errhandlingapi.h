/* errhandlingapi.h: the last error of the calling thread, the same value that WSAGetLastError reads. */
#ifndef _ERRHANDLING_H_
#define _ERRHANDLING_H_

#include <minwindef.h>

_WS2_BEGIN_DECLS

DWORD WINAPI GetLastError(void);
void WINAPI SetLastError(DWORD dwErrCode);

_WS2_END_DECLS

#endif
