/* processenv.h: what a process has around it: its standard handles, arguments, variables, directory. */
#ifndef _PROCESSENV_
#define _PROCESSENV_

#include <minwinbase.h>

#ifdef UNICODE
#define GetCommandLine         GetCommandLineW
#define GetCurrentDirectory    GetCurrentDirectoryW
#define GetEnvironmentVariable GetEnvironmentVariableW
#define SetCurrentDirectory    SetCurrentDirectoryW
#define SetEnvironmentVariable SetEnvironmentVariableW
#else
#define GetCommandLine         GetCommandLineA
#define GetCurrentDirectory    GetCurrentDirectoryA
#define GetEnvironmentVariable GetEnvironmentVariableA
#define SetCurrentDirectory    SetCurrentDirectoryA
#define SetEnvironmentVariable SetEnvironmentVariableA
#endif

_WS2_BEGIN_DECLS

HANDLE WINAPI GetStdHandle(DWORD nStdHandle);
BOOL WINAPI SetStdHandle(DWORD nStdHandle, HANDLE hHandle);

LPSTR WINAPI GetCommandLineA(void);
LPWSTR WINAPI GetCommandLineW(void);
DWORD WINAPI GetCurrentDirectoryA(DWORD nBufferLength, LPSTR lpBuffer);
DWORD WINAPI GetCurrentDirectoryW(DWORD nBufferLength, LPWSTR lpBuffer);
DWORD WINAPI GetEnvironmentVariableA(LPCSTR lpName, LPSTR lpBuffer, DWORD nSize);
DWORD WINAPI GetEnvironmentVariableW(LPCWSTR lpName, LPWSTR lpBuffer, DWORD nSize);
BOOL WINAPI SetCurrentDirectoryA(LPCSTR lpPathName);
BOOL WINAPI SetCurrentDirectoryW(LPCWSTR lpPathName);
BOOL WINAPI SetEnvironmentVariableA(LPCSTR lpName, LPCSTR lpValue);
BOOL WINAPI SetEnvironmentVariableW(LPCWSTR lpName, LPCWSTR lpValue);

_WS2_END_DECLS

#endif
