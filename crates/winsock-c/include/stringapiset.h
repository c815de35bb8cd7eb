/* stringapiset.h: conversion between UTF-16 and code pages. */
#ifndef _APISETSTRING_
#define _APISETSTRING_

#include <minwinbase.h>

_WS2_BEGIN_DECLS

int WINAPI MultiByteToWideChar(UINT CodePage, DWORD dwFlags, LPCSTR lpMultiByteStr, int cbMultiByte,
                               LPWSTR lpWideCharStr, int cchWideChar);
int WINAPI WideCharToMultiByte(UINT CodePage, DWORD dwFlags, LPCWSTR lpWideCharStr, int cchWideChar,
                               LPSTR lpMultiByteStr, int cbMultiByte, LPCSTR lpDefaultChar,
                               LPBOOL lpUsedDefaultChar);

_WS2_END_DECLS

#endif
