/* windows.h: the types and functions that every Windows program starts from.
 *
 * Owns nothing: it gathers the headers that do. As on Windows it brings Winsock along unless the
 * program says WIN32_LEAN_AND_MEAN or has an own idea of _WINSOCKAPI_; here that is all of Winsock 2,
 * so that winsock2.h may follow it.
 */
#ifndef _WINDOWS_
#define _WINDOWS_

#include <sdkddkver.h>

#include <stdarg.h>

#include <windef.h>
#include <winbase.h>
#include <wingdi.h>
#include <winuser.h>
#include <winnls.h>

#ifndef WIN32_LEAN_AND_MEAN
#ifndef _WINSOCKAPI_
#include <winsock.h>
#endif
#include <mmsystem.h>
#include <stdlib.h>
#endif

#endif
