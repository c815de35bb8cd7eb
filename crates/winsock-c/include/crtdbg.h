/* crtdbg.h: claims that are checked as assert checks them, when _DEBUG is defined, as Microsoft's debug library does. */
#ifndef _INC_CRTDBG
#define _INC_CRTDBG

#include <_ws2/crt.h>

#include <stdio.h>

#ifdef _DEBUG
#define _ASSERTE(claim) ((void)((claim) || (_ws2_claim_failed(#claim, __FILE__, __LINE__), 0)))

_WS2_INLINE void _ws2_claim_failed(const char *claim, const char *file, int line) {
  fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, claim);
  __builtin_abort();
}
#else
#define _ASSERTE(claim) ((void)0)
#endif
#define _ASSERT(claim) _ASSERTE(claim)

#endif
