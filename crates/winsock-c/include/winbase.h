/* winbase.h: Win32's basic functions, gathered from the headers that own them.
 *
 * Owns the values of waiting and of making threads, and the few functions that Windows keeps here.
 */
#ifndef _WINBASE_
#define _WINBASE_

#include <consoleapi.h>
#include <errhandlingapi.h>
#include <excpt.h>
#include <fibersapi.h>
#include <fileapi.h>
#include <handleapi.h>
#include <heapapi.h>
#include <ioapiset.h>
#include <minwinbase.h>
#include <processenv.h>
#include <processthreadsapi.h>
#include <synchapi.h>
#include <sysinfoapi.h>
#include <threadpoolapiset.h>
#include <threadpoollegacyapiset.h>
#include <winerror.h>

/* Waiting. */
#define INFINITE           0xFFFFFFFF
#define WAIT_OBJECT_0      STATUS_WAIT_0
#define WAIT_ABANDONED     STATUS_ABANDONED_WAIT_0
#define WAIT_ABANDONED_0   STATUS_ABANDONED_WAIT_0
#define WAIT_IO_COMPLETION STATUS_USER_APC
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

#ifdef UNICODE
#define lstrlen lstrlenW
#else
#define lstrlen lstrlenA
#endif

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

int WINAPI lstrlenA(LPCSTR lpString);
int WINAPI lstrlenW(LPCWSTR lpString);

_WS2_END_DECLS

#endif
