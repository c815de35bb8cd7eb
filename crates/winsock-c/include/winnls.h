/* winnls.h: code pages. That of the A functions, CP_ACP, is UTF-8. */
#ifndef _WINNLS_
#define _WINNLS_

#include <minwinbase.h>
#include <stringapiset.h>

#define CP_ACP        0
#define CP_OEMCP      1
#define CP_THREAD_ACP 3
#define CP_UTF8       65001

#define MB_PRECOMPOSED       0x00000001
#define MB_COMPOSITE         0x00000002
#define MB_USEGLYPHCHARS     0x00000004
#define MB_ERR_INVALID_CHARS 0x00000008

#define WC_COMPOSITECHECK    0x00000200
#define WC_DISCARDNS         0x00000010
#define WC_SEPCHARS          0x00000020
#define WC_DEFAULTCHAR       0x00000040
#define WC_ERR_INVALID_CHARS 0x00000080
#define WC_NO_BEST_FIT_CHARS 0x00000400

_WS2_BEGIN_DECLS

UINT WINAPI GetACP(void);
BOOL WINAPI IsValidCodePage(UINT CodePage);

_WS2_END_DECLS

#endif
