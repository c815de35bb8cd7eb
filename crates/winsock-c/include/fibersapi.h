/* fibersapi.h: values that each thread has of its own, with a function that is told of them at the end. */
#ifndef _FIBERS_H_
#define _FIBERS_H_

#include <minwinbase.h>

#define FLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)

_WS2_BEGIN_DECLS

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION lpCallback);
PVOID WINAPI FlsGetValue(DWORD dwFlsIndex);
BOOL WINAPI FlsSetValue(DWORD dwFlsIndex, PVOID lpFlsData);
BOOL WINAPI FlsFree(DWORD dwFlsIndex);

_WS2_END_DECLS

#endif
