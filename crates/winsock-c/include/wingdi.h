/* wingdi.h: the system's brushes, which window classes are registered with. There is nothing to draw on. */
#ifndef _WINGDI_
#define _WINGDI_

#include <windef.h>

#define WHITE_BRUSH  0
#define LTGRAY_BRUSH 1
#define GRAY_BRUSH   2
#define DKGRAY_BRUSH 3
#define BLACK_BRUSH  4
#define NULL_BRUSH   5
#define HOLLOW_BRUSH NULL_BRUSH

_WS2_BEGIN_DECLS

HGDIOBJ WINAPI GetStockObject(int i);

_WS2_END_DECLS

#endif
