/* initguid.h: included before the headers whose GUIDs this file shall define. */
#ifndef INITGUID
#define INITGUID
#endif
#include <guiddef.h>
