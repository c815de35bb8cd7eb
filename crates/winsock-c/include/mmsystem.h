/* mmsystem.h: of the multimedia functions the timer alone. */
#ifndef _INC_MMSYSTEM
#define _INC_MMSYSTEM

#include <timeapi.h>

#endif
