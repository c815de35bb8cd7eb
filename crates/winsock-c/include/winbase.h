/* winbase.h: Win32's basic functions, gathered from the headers that own them.
 *
 * Owns the values of waiting and of making threads, and the few functions that Windows keeps here.
 */
#ifndef _WINBASE_
#define _WINBASE_

#include <consoleapi.h>
#include <debugapi.h>
#include <errhandlingapi.h>
#include <excpt.h>
#include <fibersapi.h>
#include <fileapi.h>
#include <handleapi.h>
#include <heapapi.h>
#include <ioapiset.h>
#include <libloaderapi.h>
#include <memoryapi.h>
#include <minwinbase.h>
#include <processenv.h>
#include <processthreadsapi.h>
#include <profileapi.h>
#include <realtimeapiset.h>
#include <synchapi.h>
#include <sysinfoapi.h>
#include <timezoneapi.h>
#include <threadpoolapiset.h>
#include <threadpoollegacyapiset.h>
#include <winerror.h>

#include <_ws2/crt.h>
#include <_ws2/format.h>

/* Waiting. */
#define INFINITE           0xFFFFFFFF
#define WAIT_OBJECT_0      STATUS_WAIT_0
#define WAIT_ABANDONED     STATUS_ABANDONED_WAIT_0
#define WAIT_ABANDONED_0   STATUS_ABANDONED_WAIT_0
#define WAIT_IO_COMPLETION STATUS_USER_APC
#define MAX_COMPUTERNAME_LENGTH 15
#define WAIT_FAILED        ((DWORD)0xFFFFFFFF)

#define MUTEX_MODIFY_STATE MUTANT_QUERY_STATE
#define MUTEX_ALL_ACCESS   MUTANT_ALL_ACCESS
#define TLS_OUT_OF_INDEXES ((DWORD)0xFFFFFFFF)
#define CRITICAL_SECTION_NO_DEBUG_INFO RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO

/* Making a thread. */
#define CREATE_SUSPENDED                  0x4
#define STACK_SIZE_PARAM_IS_A_RESERVATION 0x10000

/* The standard handles. */
#define STD_INPUT_HANDLE  ((DWORD)-10)
#define STD_OUTPUT_HANDLE ((DWORD)-11)
#define STD_ERROR_HANDLE  ((DWORD)-12)

/* Memory of the older functions. */
#define LMEM_FIXED    0x0000
#define LMEM_MOVEABLE 0x0002
#define LMEM_ZEROINIT 0x0040
#define LMEM_MODIFY   0x0080
#define LPTR          (LMEM_FIXED | LMEM_ZEROINIT)
#define LHND          (LMEM_MOVEABLE | LMEM_ZEROINIT)
#define GMEM_FIXED    0x0000
#define GMEM_MOVEABLE 0x0002
#define GMEM_ZEROINIT 0x0040
#define GMEM_MODIFY   0x0080
#define GPTR          (GMEM_FIXED | GMEM_ZEROINIT)
#define GHND          (GMEM_MOVEABLE | GMEM_ZEROINIT)

/* Messages. */
#define FORMAT_MESSAGE_ALLOCATE_BUFFER 0x00000100
#define FORMAT_MESSAGE_IGNORE_INSERTS  0x00000200
#define FORMAT_MESSAGE_FROM_STRING     0x00000400
#define FORMAT_MESSAGE_FROM_HMODULE    0x00000800
#define FORMAT_MESSAGE_FROM_SYSTEM     0x00001000
#define FORMAT_MESSAGE_ARGUMENT_ARRAY  0x00002000
#define FORMAT_MESSAGE_MAX_WIDTH_MASK  0x000000FF

#ifdef UNICODE
#define FormatMessage FormatMessageW
#define GetComputerName   GetComputerNameW
#define VerifyVersionInfo VerifyVersionInfoW
#define lstrcat       lstrcatW
#define lstrcmp       lstrcmpW
#define lstrcmpi      lstrcmpiW
#define lstrcpy       lstrcpyW
#define lstrcpyn      lstrcpynW
#define lstrlen       lstrlenW
#else
#define FormatMessage FormatMessageA
#define GetComputerName   GetComputerNameA
#define VerifyVersionInfo VerifyVersionInfoA
#define lstrcat       lstrcatA
#define lstrcmp       lstrcmpA
#define lstrcmpi      lstrcmpiA
#define lstrcpy       lstrcpyA
#define lstrcpyn      lstrcpynA
#define lstrlen       lstrlenA
#endif

/* What a handle leads to. */
#define FILE_TYPE_UNKNOWN 0x0000
#define FILE_TYPE_DISK    0x0001
#define FILE_TYPE_CHAR    0x0002
#define FILE_TYPE_PIPE    0x0003

/* Opening a file, and moving in it. */
#define FILE_FLAG_WRITE_THROUGH   0x80000000
#define FILE_FLAG_OVERLAPPED      0x40000000
#define FILE_FLAG_RANDOM_ACCESS   0x10000000
#define FILE_FLAG_SEQUENTIAL_SCAN 0x08000000
#define FILE_FLAG_DELETE_ON_CLOSE 0x04000000
#define FILE_BEGIN   0
#define FILE_CURRENT 1
#define FILE_END     2

/* What an operation that succeeds at once leaves out. */
#define FILE_SKIP_COMPLETION_PORT_ON_SUCCESS 0x1
#define FILE_SKIP_SET_EVENT_ON_HANDLE        0x2

/* Whether an operation has ended. Read once, and before all that it wrote. */
#define HasOverlappedIoCompleted(lpOverlapped) \
  ((DWORD)__atomic_load_n(&(lpOverlapped)->Internal, __ATOMIC_ACQUIRE) != STATUS_PENDING)

_WS2_BEGIN_DECLS

BOOL WINAPI PulseEvent(HANDLE hEvent);
BOOL WINAPI BindIoCompletionCallback(HANDLE FileHandle, LPOVERLAPPED_COMPLETION_ROUTINE Function, ULONG Flags);
BOOL WINAPI SetFileCompletionNotificationModes(HANDLE FileHandle, UCHAR Flags);

HLOCAL WINAPI LocalAlloc(UINT uFlags, SIZE_T uBytes);
HLOCAL WINAPI LocalReAlloc(HLOCAL hMem, SIZE_T uBytes, UINT uFlags);
HLOCAL WINAPI LocalFree(HLOCAL hMem);
SIZE_T WINAPI LocalSize(HLOCAL hMem);
LPVOID WINAPI LocalLock(HLOCAL hMem);
BOOL WINAPI LocalUnlock(HLOCAL hMem);
HGLOBAL WINAPI GlobalAlloc(UINT uFlags, SIZE_T dwBytes);
HGLOBAL WINAPI GlobalReAlloc(HGLOBAL hMem, SIZE_T dwBytes, UINT uFlags);
HGLOBAL WINAPI GlobalFree(HGLOBAL hMem);
SIZE_T WINAPI GlobalSize(HGLOBAL hMem);
LPVOID WINAPI GlobalLock(HGLOBAL hMem);
BOOL WINAPI GlobalUnlock(HGLOBAL hMem);

BOOL WINAPI GetComputerNameA(LPSTR lpBuffer, LPDWORD nSize);
BOOL WINAPI GetComputerNameW(LPWSTR lpBuffer, LPDWORD nSize);
ULONGLONG WINAPI VerSetConditionMask(ULONGLONG ConditionMask, DWORD TypeMask, BYTE Condition);
BOOL WINAPI VerifyVersionInfoA(LPOSVERSIONINFOEXA lpVersionInformation, DWORD dwTypeMask, DWORDLONG dwlConditionMask);
BOOL WINAPI VerifyVersionInfoW(LPOSVERSIONINFOEXW lpVersionInformation, DWORD dwTypeMask, DWORDLONG dwlConditionMask);

LPSTR WINAPI lstrcatA(LPSTR lpString1, LPCSTR lpString2);
LPWSTR WINAPI lstrcatW(LPWSTR lpString1, LPCWSTR lpString2);
int WINAPI lstrcmpA(LPCSTR lpString1, LPCSTR lpString2);
int WINAPI lstrcmpW(LPCWSTR lpString1, LPCWSTR lpString2);
int WINAPI lstrcmpiA(LPCSTR lpString1, LPCSTR lpString2);
int WINAPI lstrcmpiW(LPCWSTR lpString1, LPCWSTR lpString2);
LPSTR WINAPI lstrcpyA(LPSTR lpString1, LPCSTR lpString2);
LPWSTR WINAPI lstrcpyW(LPWSTR lpString1, LPCWSTR lpString2);
LPSTR WINAPI lstrcpynA(LPSTR lpString1, LPCSTR lpString2, int iMaxLength);
LPWSTR WINAPI lstrcpynW(LPWSTR lpString1, LPCWSTR lpString2, int iMaxLength);
int WINAPI lstrlenA(LPCSTR lpString);
int WINAPI lstrlenW(LPCWSTR lpString);

DWORD WINAPI FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                            LPSTR lpBuffer, DWORD nSize, va_list *Arguments);
DWORD WINAPI FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                            LPWSTR lpBuffer, DWORD nSize, va_list *Arguments);
INT WINAPI _ws2_message_arguments(DWORD flags, LPCVOID source, DWORD code, DWORD language, INT width);

_WS2_END_DECLS

/* The library takes arguments as a list: a va_list becomes one here, 64 bits for each. */
#define _WS2_FORMAT_MESSAGE(name, type)                                                                     \
  _WS2_INLINE DWORD _ws2_##name(DWORD flags, LPCVOID source, DWORD code, DWORD language, type *buffer,       \
                                DWORD size, va_list *arguments) {                                            \
    ULONGLONG words[_WS2_FORMAT_ARGUMENTS];                                                                  \
    if (arguments != NULL && (flags & (FORMAT_MESSAGE_ARGUMENT_ARRAY | FORMAT_MESSAGE_IGNORE_INSERTS)) == 0) { \
      int count = _ws2_message_arguments(flags, source, code, language, sizeof *buffer), i;                  \
      for (i = 0; i < count && i < (int)_WS2_FORMAT_ARGUMENTS; i++) words[i] = va_arg(*arguments, ULONGLONG); \
      for (; i < (int)_WS2_FORMAT_ARGUMENTS; i++) words[i] = 0;                                              \
      arguments = count > (int)_WS2_FORMAT_ARGUMENTS ? NULL : (va_list *)(void *)words;                      \
    }                                                                                                        \
    return (name)(flags, source, code, language, buffer, size, arguments);                                   \
  }
_WS2_FORMAT_MESSAGE(FormatMessageA, CHAR)
_WS2_FORMAT_MESSAGE(FormatMessageW, WCHAR)
#define FormatMessageA(flags, source, code, language, buffer, size, arguments) \
  _ws2_FormatMessageA(flags, source, code, language, buffer, size, arguments)
#define FormatMessageW(flags, source, code, language, buffer, size, arguments) \
  _ws2_FormatMessageW(flags, source, code, language, buffer, size, arguments)

#endif
