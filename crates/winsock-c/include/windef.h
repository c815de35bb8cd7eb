/* windef.h: minwindef.h, and the handles and small structs that windows and messages are described with.
 *
 * Owns types alone: the functions on windows belong to winuser.h.
 */
#ifndef _WINDEF_
#define _WINDEF_

#include <minwindef.h>

DECLARE_HANDLE(HWND);
DECLARE_HANDLE(HHOOK);
DECLARE_HANDLE(HBRUSH);
DECLARE_HANDLE(HGDIOBJ);
DECLARE_HANDLE(HICON);
DECLARE_HANDLE(HMENU);
typedef HICON HCURSOR;

typedef DWORD COLORREF, *LPCOLORREF;

typedef struct tagPOINT {
  LONG x;
  LONG y;
} POINT, *PPOINT, *LPPOINT;

typedef struct tagSIZE {
  LONG cx;
  LONG cy;
} SIZE, *PSIZE, *LPSIZE;

typedef struct _RECT {
  LONG left;
  LONG top;
  LONG right;
  LONG bottom;
} RECT, *PRECT, *LPRECT;
typedef const RECT *LPCRECT;

#endif
