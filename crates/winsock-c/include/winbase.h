/* winbase.h: Win32's basic functions, gathered from the headers that own them. */
#ifndef _WINBASE_
#define _WINBASE_

#include <errhandlingapi.h>
#include <handleapi.h>
#include <minwinbase.h>
#include <winerror.h>

#endif
