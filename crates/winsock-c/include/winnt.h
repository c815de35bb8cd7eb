/* winnt.h: characters, strings, handles, large integers, and the small macros around them.
 *
 * Owns CHAR and WCHAR with their pointers, TCHAR and TEXT, HANDLE and the rights to what it names,
 * LARGE_INTEGER, the list helpers, and the few NTSTATUS codes that Win32's own values come from.
 * Promises that WCHAR has 16 bits whatever the compiler's wchar_t has: with -fshort-wchar it is
 * wchar_t, and L"" is a string of it; without, it is the type of u"" (char16_t).
 */
#ifndef _WINNT_
#define _WINNT_

#include <_ws2/compiler.h>
#include <_ws2/interlocked.h>
#include <basetsd.h>
#include <guiddef.h>
#include <sal.h>

#include <ctype.h>
#include <string.h>

#ifndef VOID
#define VOID void
#endif
typedef void *PVOID;
typedef char CHAR;
typedef short SHORT;
typedef int LONG;

#if __SIZEOF_WCHAR_T__ == 2
typedef wchar_t WCHAR;
#elif defined(__cplusplus)
typedef char16_t WCHAR;
#else
typedef __CHAR16_TYPE__ WCHAR;
#endif

typedef WCHAR *PWCHAR, *LPWCH, *PWCH, *NWPSTR, *LPWSTR, *PWSTR;
typedef const WCHAR *LPCWCH, *PCWCH, *LPCWSTR, *PCWSTR;
typedef PWSTR *PZPWSTR;
typedef CHAR *PCHAR, *LPCH, *PCH, *NPSTR, *LPSTR, *PSTR;
typedef const CHAR *LPCCH, *PCCH, *LPCSTR, *PCSTR;

#if __SIZEOF_WCHAR_T__ == 2
#define _WS2_WIDE(quote) L##quote
#else
#define _WS2_WIDE(quote) u##quote
#endif

#ifdef UNICODE
typedef WCHAR TCHAR, *PTCHAR;
typedef WCHAR TBYTE, *PTBYTE;
typedef LPWSTR LPTCH, PTCH, LPTSTR, PTSTR;
typedef LPCWSTR LPCTSTR, PCTSTR;
#define __TEXT(quote) _WS2_WIDE(quote)
#else
typedef char TCHAR, *PTCHAR;
typedef unsigned char TBYTE, *PTBYTE;
typedef LPSTR LPTCH, PTCH, LPTSTR, PTSTR;
typedef LPCSTR LPCTSTR, PCTSTR;
#define __TEXT(quote) quote
#endif
#define TEXT(quote) __TEXT(quote)

typedef SHORT *PSHORT;
typedef LONG *PLONG;
typedef unsigned char BOOLEAN, *PBOOLEAN;
typedef __int64 LONGLONG, *PLONGLONG;
typedef unsigned __int64 ULONGLONG, *PULONGLONG;
typedef unsigned __int64 DWORDLONG, *PDWORDLONG;
typedef ULONG32 ACCESS_MASK, *PACCESS_MASK;
typedef ULONG32 LCID;
typedef unsigned short LANGID;
typedef LONG HRESULT;
typedef LONG NTSTATUS;

typedef void *HANDLE, **PHANDLE;
#define DECLARE_HANDLE(name) typedef HANDLE name

typedef VOID(__stdcall *PAPCFUNC)(ULONG_PTR Parameter);
typedef VOID(__stdcall *PFLS_CALLBACK_FUNCTION)(PVOID lpFlsData);

__extension__ typedef union _LARGE_INTEGER {
  struct {
    ULONG32 LowPart;
    LONG HighPart;
  };
  struct {
    ULONG32 LowPart;
    LONG HighPart;
  } u;
  LONGLONG QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER;

__extension__ typedef union _ULARGE_INTEGER {
  struct {
    ULONG32 LowPart;
    ULONG32 HighPart;
  };
  struct {
    ULONG32 LowPart;
    ULONG32 HighPart;
  } u;
  ULONGLONG QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

typedef struct _LIST_ENTRY {
  struct _LIST_ENTRY *Flink;
  struct _LIST_ENTRY *Blink;
} LIST_ENTRY, *PLIST_ENTRY;

typedef struct _SINGLE_LIST_ENTRY {
  struct _SINGLE_LIST_ENTRY *Next;
} SINGLE_LIST_ENTRY, *PSINGLE_LIST_ENTRY;

/* Locks: all of each lies in its own structure. */
typedef struct _RTL_CRITICAL_SECTION_DEBUG *PRTL_CRITICAL_SECTION_DEBUG;

typedef struct _RTL_CRITICAL_SECTION {
  PRTL_CRITICAL_SECTION_DEBUG DebugInfo;
  LONG LockCount;
  LONG RecursionCount;
  HANDLE OwningThread;
  HANDLE LockSemaphore;
  ULONG_PTR SpinCount;
} RTL_CRITICAL_SECTION, *PRTL_CRITICAL_SECTION;

typedef struct _RTL_SRWLOCK {
  PVOID Ptr;
} RTL_SRWLOCK, *PRTL_SRWLOCK;

typedef struct _RTL_CONDITION_VARIABLE {
  PVOID Ptr;
} RTL_CONDITION_VARIABLE, *PRTL_CONDITION_VARIABLE;

typedef union _RTL_RUN_ONCE {
  PVOID Ptr;
} RTL_RUN_ONCE, *PRTL_RUN_ONCE;

/* Thread pools. */
typedef struct _TP_CALLBACK_INSTANCE TP_CALLBACK_INSTANCE, *PTP_CALLBACK_INSTANCE;
typedef struct _TP_POOL TP_POOL, *PTP_POOL;
typedef struct _TP_CLEANUP_GROUP TP_CLEANUP_GROUP, *PTP_CLEANUP_GROUP;
typedef struct _TP_WORK TP_WORK, *PTP_WORK;
typedef struct _TP_TIMER TP_TIMER, *PTP_TIMER;
typedef struct _TP_WAIT TP_WAIT, *PTP_WAIT;
typedef struct _TP_IO TP_IO, *PTP_IO;
typedef ULONG32 TP_VERSION, *PTP_VERSION;
typedef ULONG32 TP_WAIT_RESULT;

typedef VOID(__stdcall *PTP_SIMPLE_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context);
typedef VOID(__stdcall *PTP_WORK_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context, PTP_WORK Work);
typedef VOID(__stdcall *PTP_TIMER_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context, PTP_TIMER Timer);
typedef VOID(__stdcall *PTP_WAIT_CALLBACK)(PTP_CALLBACK_INSTANCE Instance, PVOID Context, PTP_WAIT Wait,
                                       TP_WAIT_RESULT WaitResult);
typedef VOID(__stdcall *PTP_CLEANUP_GROUP_CANCEL_CALLBACK)(PVOID ObjectContext, PVOID CleanupContext);

typedef enum _TP_CALLBACK_PRIORITY {
  TP_CALLBACK_PRIORITY_HIGH,
  TP_CALLBACK_PRIORITY_NORMAL,
  TP_CALLBACK_PRIORITY_LOW,
  TP_CALLBACK_PRIORITY_INVALID,
  TP_CALLBACK_PRIORITY_COUNT = TP_CALLBACK_PRIORITY_INVALID
} TP_CALLBACK_PRIORITY;

typedef struct _TP_CALLBACK_ENVIRON_V3 {
  TP_VERSION Version;
  PTP_POOL Pool;
  PTP_CLEANUP_GROUP CleanupGroup;
  PTP_CLEANUP_GROUP_CANCEL_CALLBACK CleanupGroupCancelCallback;
  PVOID RaceDll;
  struct _ACTIVATION_CONTEXT *ActivationContext;
  PTP_SIMPLE_CALLBACK FinalizationCallback;
  union {
    ULONG32 Flags;
    struct {
      ULONG32 LongFunction : 1;
      ULONG32 Persistent : 1;
      ULONG32 Private : 30;
    } s;
  } u;
  TP_CALLBACK_PRIORITY CallbackPriority;
  ULONG32 Size;
} TP_CALLBACK_ENVIRON_V3;

typedef TP_CALLBACK_ENVIRON_V3 TP_CALLBACK_ENVIRON, *PTP_CALLBACK_ENVIRON;

#define WT_EXECUTEDEFAULT           0x0
#define WT_EXECUTEINIOTHREAD        0x1
#define WT_EXECUTELONGFUNCTION      0x10
#define WT_EXECUTEINPERSISTENTTHREAD 0x80

#define RTL_SRWLOCK_INIT            {0}
#define RTL_CONDITION_VARIABLE_INIT {0}
#define RTL_RUN_ONCE_INIT           {0}
#define RTL_RUN_ONCE_CHECK_ONLY        0x1
#define RTL_RUN_ONCE_ASYNC             0x2
#define RTL_RUN_ONCE_INIT_FAILED       0x4
#define RTL_RUN_ONCE_CTX_RESERVED_BITS 2
#define RTL_CONDITION_VARIABLE_LOCKMODE_SHARED  0x1
#define RTL_CRITICAL_SECTION_FLAG_NO_DEBUG_INFO 0x01000000

/* Rights to an object. Every handle has them all. */
#define DELETE                            0x00010000
#define READ_CONTROL                      0x00020000
#define WRITE_DAC                         0x00040000
#define WRITE_OWNER                       0x00080000
#define SYNCHRONIZE                       0x00100000
#define STANDARD_RIGHTS_REQUIRED          0x000F0000
#define STANDARD_RIGHTS_ALL               0x001F0000
#define EVENT_MODIFY_STATE                0x2
#define EVENT_ALL_ACCESS                  (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define MUTANT_QUERY_STATE                0x1
#define MUTANT_ALL_ACCESS                 (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x1)
#define SEMAPHORE_MODIFY_STATE            0x2
#define SEMAPHORE_ALL_ACCESS              (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define TIMER_QUERY_STATE                 0x1
#define TIMER_MODIFY_STATE                0x2
#define TIMER_ALL_ACCESS                  (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define THREAD_TERMINATE                  0x1
#define THREAD_SUSPEND_RESUME             0x2
#define THREAD_GET_CONTEXT                0x8
#define THREAD_SET_CONTEXT                0x10
#define THREAD_SET_INFORMATION            0x20
#define THREAD_QUERY_INFORMATION          0x40
#define THREAD_SET_THREAD_TOKEN           0x80
#define THREAD_IMPERSONATE                0x100
#define THREAD_DIRECT_IMPERSONATION       0x200
#define THREAD_SET_LIMITED_INFORMATION    0x400
#define THREAD_QUERY_LIMITED_INFORMATION  0x800
#define THREAD_RESUME                     0x1000
#define THREAD_ALL_ACCESS                 (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)

#define GENERIC_READ             0x80000000
#define GENERIC_WRITE            0x40000000
#define GENERIC_ALL              0x10000000
#define FILE_READ_DATA           0x1
#define FILE_WRITE_DATA          0x2
#define FILE_APPEND_DATA         0x4
#define FILE_SHARE_READ          0x1
#define FILE_SHARE_WRITE         0x2
#define FILE_SHARE_DELETE        0x4
#define FILE_ATTRIBUTE_READONLY  0x1
#define FILE_ATTRIBUTE_DIRECTORY 0x10
#define FILE_ATTRIBUTE_NORMAL    0x80

/* Address space, and what may be done with its pages. */
#define PAGE_NOACCESS          0x01
#define PAGE_READONLY          0x02
#define PAGE_READWRITE         0x04
#define PAGE_WRITECOPY         0x08
#define PAGE_EXECUTE           0x10
#define PAGE_EXECUTE_READ      0x20
#define PAGE_EXECUTE_READWRITE 0x40
#define PAGE_EXECUTE_WRITECOPY 0x80
#define PAGE_GUARD             0x100
#define PAGE_NOCACHE           0x200
#define PAGE_WRITECOMBINE      0x400
#define MEM_COMMIT             0x00001000
#define MEM_RESERVE            0x00002000
#define MEM_DECOMMIT           0x00004000
#define MEM_RELEASE            0x00008000
#define MEM_FREE               0x00010000
#define MEM_PRIVATE            0x00020000
#define MEM_MAPPED             0x00040000
#define MEM_RESET              0x00080000
#define MEM_TOP_DOWN           0x00100000
#define MEM_WRITE_WATCH        0x00200000
#define MEM_PHYSICAL           0x00400000
#define MEM_RESET_UNDO         0x01000000
#define MEM_IMAGE              0x01000000
#define MEM_LARGE_PAGES        0x20000000

typedef struct _MEMORY_BASIC_INFORMATION {
  PVOID BaseAddress;
  PVOID AllocationBase;
  ULONG32 AllocationProtect;
  unsigned short PartitionId;
  SIZE_T RegionSize;
  ULONG32 State;
  ULONG32 Protect;
  ULONG32 Type;
} MEMORY_BASIC_INFORMATION, *PMEMORY_BASIC_INFORMATION;

#define DUPLICATE_CLOSE_SOURCE 0x1
#define DUPLICATE_SAME_ACCESS  0x2

#define MAXIMUM_WAIT_OBJECTS  64
#define TLS_MINIMUM_AVAILABLE 64
#define FLS_MAXIMUM_AVAILABLE 4080
#define MAXIMUM_SUSPEND_COUNT MAXCHAR

/* NTSTATUS: what a wait answers, and what OVERLAPPED.Internal holds until its operation has ended. */
#define STATUS_WAIT_0           ((DWORD)0x00000000)
#define STATUS_ABANDONED_WAIT_0 ((DWORD)0x00000080)
#define STATUS_USER_APC         ((DWORD)0x000000C0)
#define STATUS_TIMEOUT          ((DWORD)0x00000102)
#define STATUS_PENDING          ((DWORD)0x00000103)

/* Codes of exceptions. */
#define STATUS_GUARD_PAGE_VIOLATION     ((DWORD)0x80000001)
#define STATUS_DATATYPE_MISALIGNMENT    ((DWORD)0x80000002)
#define STATUS_BREAKPOINT               ((DWORD)0x80000003)
#define STATUS_SINGLE_STEP              ((DWORD)0x80000004)
#define STATUS_ACCESS_VIOLATION         ((DWORD)0xC0000005)
#define STATUS_IN_PAGE_ERROR            ((DWORD)0xC0000006)
#define STATUS_INVALID_HANDLE           ((DWORD)0xC0000008)
#define STATUS_ILLEGAL_INSTRUCTION      ((DWORD)0xC000001D)
#define STATUS_NONCONTINUABLE_EXCEPTION ((DWORD)0xC0000025)
#define STATUS_INVALID_DISPOSITION      ((DWORD)0xC0000026)
#define STATUS_ARRAY_BOUNDS_EXCEEDED    ((DWORD)0xC000008C)
#define STATUS_FLOAT_DENORMAL_OPERAND   ((DWORD)0xC000008D)
#define STATUS_FLOAT_DIVIDE_BY_ZERO     ((DWORD)0xC000008E)
#define STATUS_FLOAT_INEXACT_RESULT     ((DWORD)0xC000008F)
#define STATUS_FLOAT_INVALID_OPERATION  ((DWORD)0xC0000090)
#define STATUS_FLOAT_OVERFLOW           ((DWORD)0xC0000091)
#define STATUS_FLOAT_STACK_CHECK        ((DWORD)0xC0000092)
#define STATUS_FLOAT_UNDERFLOW          ((DWORD)0xC0000093)
#define STATUS_INTEGER_DIVIDE_BY_ZERO   ((DWORD)0xC0000094)
#define STATUS_INTEGER_OVERFLOW         ((DWORD)0xC0000095)
#define STATUS_PRIVILEGED_INSTRUCTION   ((DWORD)0xC0000096)
#define STATUS_STACK_OVERFLOW           ((DWORD)0xC00000FD)

#define EXCEPTION_NONCONTINUABLE     0x1
#define EXCEPTION_MAXIMUM_PARAMETERS 15

typedef struct _EXCEPTION_RECORD {
  ULONG32 ExceptionCode;
  ULONG32 ExceptionFlags;
  struct _EXCEPTION_RECORD *ExceptionRecord;
  PVOID ExceptionAddress;
  ULONG32 NumberParameters;
  ULONG_PTR ExceptionInformation[EXCEPTION_MAXIMUM_PARAMETERS];
} EXCEPTION_RECORD, *PEXCEPTION_RECORD;

/* No registers are kept: ContextRecord is NULL. */
typedef struct _CONTEXT CONTEXT, *PCONTEXT;
typedef struct _EXCEPTION_POINTERS {
  PEXCEPTION_RECORD ExceptionRecord;
  PCONTEXT ContextRecord;
} EXCEPTION_POINTERS, *PEXCEPTION_POINTERS, *LPEXCEPTION_POINTERS;
/* Languages. */
#define LANG_NEUTRAL       0x00
#define LANG_ENGLISH       0x09
#define SUBLANG_NEUTRAL    0x00
#define SUBLANG_DEFAULT    0x01
#define SUBLANG_ENGLISH_US 0x01
#define MAKELANGID(primary, sub) ((((WORD)(sub)) << 10) | (WORD)(primary))

/* Heaps. */
#define HEAP_NO_SERIALIZE          0x00000001
#define HEAP_GENERATE_EXCEPTIONS   0x00000004
#define HEAP_ZERO_MEMORY           0x00000008
#define HEAP_REALLOC_IN_PLACE_ONLY 0x00000010
#define HEAP_CREATE_ENABLE_EXECUTE 0x00040000

/* The machine, and the version of the system. */
#define PROCESSOR_ARCHITECTURE_INTEL   0
#define PROCESSOR_ARCHITECTURE_ARM     5
#define PROCESSOR_ARCHITECTURE_IA64    6
#define PROCESSOR_ARCHITECTURE_AMD64   9
#define PROCESSOR_ARCHITECTURE_ARM64   12
#define PROCESSOR_ARCHITECTURE_UNKNOWN 0xFFFF
#define PROCESSOR_AMD_X8664            8664

#define VER_PLATFORM_WIN32s        0
#define VER_PLATFORM_WIN32_WINDOWS 1
#define VER_PLATFORM_WIN32_NT      2
#define VER_NT_WORKSTATION         1
#define VER_NT_DOMAIN_CONTROLLER   2
#define VER_NT_SERVER              3

/* Members of a version, and how they are compared. */
#define VER_MINORVERSION     0x01
#define VER_MAJORVERSION     0x02
#define VER_BUILDNUMBER      0x04
#define VER_PLATFORMID       0x08
#define VER_SERVICEPACKMINOR 0x10
#define VER_SERVICEPACKMAJOR 0x20
#define VER_SUITENAME        0x40
#define VER_PRODUCT_TYPE     0x80
#define VER_EQUAL            1
#define VER_GREATER          2
#define VER_GREATER_EQUAL    3
#define VER_LESS             4
#define VER_LESS_EQUAL       5
#define VER_AND              6
#define VER_OR               7
#define VER_SET_CONDITION(mask, member, condition) ((mask) = VerSetConditionMask((mask), (member), (condition)))

typedef struct _OSVERSIONINFOA {
  ULONG32 dwOSVersionInfoSize;
  ULONG32 dwMajorVersion;
  ULONG32 dwMinorVersion;
  ULONG32 dwBuildNumber;
  ULONG32 dwPlatformId;
  CHAR szCSDVersion[128];
} OSVERSIONINFOA, *POSVERSIONINFOA, *LPOSVERSIONINFOA;

typedef struct _OSVERSIONINFOW {
  ULONG32 dwOSVersionInfoSize;
  ULONG32 dwMajorVersion;
  ULONG32 dwMinorVersion;
  ULONG32 dwBuildNumber;
  ULONG32 dwPlatformId;
  WCHAR szCSDVersion[128];
} OSVERSIONINFOW, *POSVERSIONINFOW, *LPOSVERSIONINFOW, RTL_OSVERSIONINFOW, *PRTL_OSVERSIONINFOW;

typedef struct _OSVERSIONINFOEXA {
  ULONG32 dwOSVersionInfoSize;
  ULONG32 dwMajorVersion;
  ULONG32 dwMinorVersion;
  ULONG32 dwBuildNumber;
  ULONG32 dwPlatformId;
  CHAR szCSDVersion[128];
  unsigned short wServicePackMajor;
  unsigned short wServicePackMinor;
  unsigned short wSuiteMask;
  unsigned char wProductType;
  unsigned char wReserved;
} OSVERSIONINFOEXA, *POSVERSIONINFOEXA, *LPOSVERSIONINFOEXA;

typedef struct _OSVERSIONINFOEXW {
  ULONG32 dwOSVersionInfoSize;
  ULONG32 dwMajorVersion;
  ULONG32 dwMinorVersion;
  ULONG32 dwBuildNumber;
  ULONG32 dwPlatformId;
  WCHAR szCSDVersion[128];
  unsigned short wServicePackMajor;
  unsigned short wServicePackMinor;
  unsigned short wSuiteMask;
  unsigned char wProductType;
  unsigned char wReserved;
} OSVERSIONINFOEXW, *POSVERSIONINFOEXW, *LPOSVERSIONINFOEXW;

#ifdef UNICODE
typedef OSVERSIONINFOW OSVERSIONINFO;
typedef POSVERSIONINFOW POSVERSIONINFO;
typedef LPOSVERSIONINFOW LPOSVERSIONINFO;
typedef OSVERSIONINFOEXW OSVERSIONINFOEX;
typedef POSVERSIONINFOEXW POSVERSIONINFOEX;
typedef LPOSVERSIONINFOEXW LPOSVERSIONINFOEX;
#else
typedef OSVERSIONINFOA OSVERSIONINFO;
typedef POSVERSIONINFOA POSVERSIONINFO;
typedef LPOSVERSIONINFOA LPOSVERSIONINFO;
typedef OSVERSIONINFOEXA OSVERSIONINFOEX;
typedef POSVERSIONINFOEXA POSVERSIONINFOEX;
typedef LPOSVERSIONINFOEXA LPOSVERSIONINFOEX;
#endif

#define MINCHAR  0x80
#define MAXCHAR  0x7f
#define MINSHORT 0x8000
#define MAXSHORT 0x7fff
#define MINLONG  0x80000000
#define MAXLONG  0x7fffffff
#define MAXBYTE  0xff
#define MAXWORD  0xffff
#define MAXDWORD 0xffffffff
#define ANYSIZE_ARRAY 1

#ifndef FORCEINLINE
#define FORCEINLINE __forceinline
#endif
#define DECLSPEC_ALIGN(bytes)  __attribute__((__aligned__(bytes)))
#define DECLSPEC_NORETURN      __attribute__((__noreturn__))
#define DECLSPEC_NOINLINE      __attribute__((__noinline__))
#define DECLSPEC_IMPORT
#define NTAPI                  __stdcall
#define NTSYSAPI
#define STDMETHODCALLTYPE      __stdcall
#define UNALIGNED
#define RESTRICTED_POINTER     __restrict__

#define UNREFERENCED_PARAMETER(p)      ((void)(p))
#define DBG_UNREFERENCED_PARAMETER(p)  ((void)(p))
#define DBG_UNREFERENCED_LOCAL_VARIABLE(v) ((void)(v))

#define FIELD_OFFSET(type, field)      ((LONG)__builtin_offsetof(type, field))
#define RTL_FIELD_SIZE(type, field)    (sizeof(((type *)0)->field))
#define RTL_SIZEOF_THROUGH_FIELD(type, field) (FIELD_OFFSET(type, field) + RTL_FIELD_SIZE(type, field))
#define CONTAINING_RECORD(address, type, field) ((type *)((PCHAR)(address) - __builtin_offsetof(type, field)))
#define RTL_NUMBER_OF(array)           (sizeof(array) / sizeof((array)[0]))
#define ARRAYSIZE(array)               RTL_NUMBER_OF(array)
#define _ARRAYSIZE(array)              RTL_NUMBER_OF(array)

#define RtlEqualMemory(left, right, length)     (!memcmp((left), (right), (length)))
#define RtlMoveMemory(to, from, length)         memmove((to), (from), (length))
#define RtlCopyMemory(to, from, length)         memcpy((to), (from), (length))
#define RtlFillMemory(to, length, fill)         memset((to), (fill), (length))
#define RtlZeroMemory(to, length)               memset((to), 0, (length))
#define RtlSecureZeroMemory                     _ws2_secure_zero

/* Zeroes that the compiler may not leave out, though nothing reads them. */
_WS2_INLINE PVOID _ws2_secure_zero(PVOID to, SIZE_T length) {
  memset(to, 0, length);
  __asm__ __volatile__("" : : "r"(to) : "memory");
  return to;
}

#endif
