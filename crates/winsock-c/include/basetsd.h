/* basetsd.h: the integer types of a stated width.
 *
 * Owns the names whose width is the point: pointer-sized, 32-bit and 64-bit integers. Promises Windows'
 * widths on 64-bit Linux, where `long` has 64 bits: a pointer-sized integer is `unsigned long`, a
 * 32-bit one is `int`.
 */
#ifndef _BASETSD_H_
#define _BASETSD_H_

#include <_ws2/compiler.h>

#if !defined(__LP64__)
#error "These headers describe 64-bit Windows: compile for a 64-bit target."
#endif

typedef signed char INT8, *PINT8;
typedef signed short INT16, *PINT16;
typedef signed int INT32, *PINT32;
typedef signed __int64 INT64, *PINT64;
typedef unsigned char UINT8, *PUINT8;
typedef unsigned short UINT16, *PUINT16;
typedef unsigned int UINT32, *PUINT32;
typedef unsigned __int64 UINT64, *PUINT64;

typedef signed int LONG32, *PLONG32;
typedef unsigned int ULONG32, *PULONG32;
typedef unsigned int DWORD32, *PDWORD32;
typedef __int64 LONG64, *PLONG64;
typedef unsigned __int64 ULONG64, *PULONG64;
typedef unsigned __int64 DWORD64, *PDWORD64;

typedef long INT_PTR, *PINT_PTR;
typedef unsigned long UINT_PTR, *PUINT_PTR;
typedef long LONG_PTR, *PLONG_PTR;
typedef unsigned long ULONG_PTR, *PULONG_PTR;
typedef ULONG_PTR DWORD_PTR, *PDWORD_PTR;
typedef ULONG_PTR SIZE_T, *PSIZE_T;
typedef LONG_PTR SSIZE_T, *PSSIZE_T;
typedef ULONG_PTR KAFFINITY, *PKAFFINITY;

typedef int HALF_PTR, *PHALF_PTR;
typedef unsigned int UHALF_PTR, *PUHALF_PTR;

#define MAXINT_PTR   ((INT_PTR)(~(UINT_PTR)0 >> 1))
#define MININT_PTR   (~MAXINT_PTR)
#define MAXUINT_PTR  (~(UINT_PTR)0)
#define MAXLONG_PTR  ((LONG_PTR)(~(ULONG_PTR)0 >> 1))
#define MINLONG_PTR  (~MAXLONG_PTR)
#define MAXULONG_PTR (~(ULONG_PTR)0)
#define MAXSIZE_T    (~(SIZE_T)0)

#define HandleToULong(h)    ((ULONG32)(ULONG_PTR)(h))
#define HandleToLong(h)     ((LONG32)(LONG_PTR)(h))
#define ULongToHandle(ul)   ((void *)(ULONG_PTR)(ULONG32)(ul))
#define LongToHandle(l)     ((void *)(LONG_PTR)(LONG32)(l))
#define PtrToUlong(p)       ((ULONG32)(ULONG_PTR)(p))
#define PtrToLong(p)        ((LONG32)(LONG_PTR)(p))
#define UlongToPtr(ul)      ((void *)(ULONG_PTR)(ULONG32)(ul))
#define LongToPtr(l)        ((void *)(LONG_PTR)(LONG32)(l))

#endif
