/* tchar.h: the C library by names that mean bytes, or 16-bit characters with _UNICODE.
 *
 * Owns the names whose both meanings are here; those that would need the C library's wide functions, which take
 * characters of 32 bits, are there for bytes alone.
 */
#ifndef _INC_TCHAR
#define _INC_TCHAR

#include <_ws2/crt.h>
#include <winbase.h>

#include <stdio.h>
#include <stdlib.h>

#ifdef _UNICODE
typedef WCHAR _TCHAR;
typedef WCHAR _TUCHAR;
#define __T(text)  _WS2_WIDE(text)
#define _tcslen(text) ((size_t)lstrlenW(text))
#define _tcscpy    lstrcpyW
#define _tcscat    lstrcatW
#define _tcscmp    lstrcmpW
#define _tcsicmp   lstrcmpiW
#else
typedef char _TCHAR;
typedef unsigned char _TUCHAR;
#define __T(text)  text
#define _tmain     main
#define _tprintf   printf
#define _ftprintf  fprintf
#define _stprintf  sprintf
#define _sntprintf _snprintf
#define _vsntprintf _vsnprintf
#define _stprintf_s sprintf_s
#define _tcslen    strlen
#define _tcscpy    strcpy
#define _tcsncpy   strncpy
#define _tcscat    strcat
#define _tcscmp    strcmp
#define _tcsncmp   strncmp
#define _tcsicmp   _stricmp
#define _tcsnicmp  _strnicmp
#define _tcschr    strchr
#define _tcsrchr   strrchr
#define _tcsstr    strstr
#define _tcsdup    _strdup
#define _tcstol    strtol
#define _tcstoul   strtoul
#define _tcscpy_s  strcpy_s
#define _tcsncpy_s strncpy_s
#define _tcscat_s  strcat_s
#define _ttoi      atoi
#define _itot      _itoa
#define _fgetts    fgets
#define _putts     puts
#define _tfopen    fopen
#endif

#define _T(text)    __T(text)
#define _TEXT(text) __T(text)

#endif
