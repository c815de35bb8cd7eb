/* libloaderapi.h: modules: the program, and the libraries of Windows, which are one here. */
#ifndef _APISETLIBLOADER_
#define _APISETLIBLOADER_

#include <minwinbase.h>

#ifdef UNICODE
#define GetModuleFileName GetModuleFileNameW
#define GetModuleHandle   GetModuleHandleW
#define LoadLibrary       LoadLibraryW
#else
#define GetModuleFileName GetModuleFileNameA
#define GetModuleHandle   GetModuleHandleA
#define LoadLibrary       LoadLibraryA
#endif

_WS2_BEGIN_DECLS

BOOL WINAPI FreeLibrary(HMODULE hLibModule);
DWORD WINAPI GetModuleFileNameA(HMODULE hModule, LPSTR lpFilename, DWORD nSize);
DWORD WINAPI GetModuleFileNameW(HMODULE hModule, LPWSTR lpFilename, DWORD nSize);
HMODULE WINAPI GetModuleHandleA(LPCSTR lpModuleName);
HMODULE WINAPI GetModuleHandleW(LPCWSTR lpModuleName);
FARPROC WINAPI GetProcAddress(HMODULE hModule, LPCSTR lpProcName);
HMODULE WINAPI LoadLibraryA(LPCSTR lpLibFileName);
HMODULE WINAPI LoadLibraryW(LPCWSTR lpLibFileName);

_WS2_END_DECLS

#endif
