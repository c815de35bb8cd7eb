/* handleapi.h: handles as such. */
#ifndef _APISETHANDLE_
#define _APISETHANDLE_

#include <minwindef.h>

#define INVALID_HANDLE_VALUE ((HANDLE)(LONG_PTR)-1)

#endif
