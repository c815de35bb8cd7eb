/* guiddef.h: GUID, its names by use (IID, CLSID), how to define one and how to compare two. */
#ifndef GUID_DEFINED
#define GUID_DEFINED

#include <_ws2/compiler.h>

#include <string.h>

typedef struct _GUID {
  unsigned int Data1;
  unsigned short Data2;
  unsigned short Data3;
  unsigned char Data4[8];
} GUID;

typedef GUID *LPGUID;
typedef const GUID *LPCGUID;
typedef GUID IID, *LPIID;
typedef GUID CLSID, *LPCLSID;
typedef GUID FMTID, *LPFMTID;

#ifdef __cplusplus
#define REFGUID  const GUID &
#define REFIID   const IID &
#define REFCLSID const CLSID &
#else
#define REFGUID  const GUID *
#define REFIID   const IID *
#define REFCLSID const CLSID *
#endif

/* Declares a GUID; in the one file that includes initguid.h first, defines it. */
#ifdef __cplusplus
#define _WS2_GUID_LINKAGE extern "C"
#else
#define _WS2_GUID_LINKAGE extern
#endif
#endif

#undef DEFINE_GUID
#ifdef INITGUID
#ifdef __cplusplus
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  extern "C" const GUID __attribute__((__weak__)) name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) \
  const GUID __attribute__((__weak__)) name = {l, w1, w2, {b1, b2, b3, b4, b5, b6, b7, b8}}
#endif
#else
#define DEFINE_GUID(name, l, w1, w2, b1, b2, b3, b4, b5, b6, b7, b8) _WS2_GUID_LINKAGE const GUID name
#endif

#ifndef _WS2_GUID_COMPARE
#define _WS2_GUID_COMPARE
#ifdef __cplusplus
_WS2_INLINE int IsEqualGUID(REFGUID a, REFGUID b) { return !memcmp(&a, &b, sizeof(GUID)); }
inline bool operator==(REFGUID a, REFGUID b) { return IsEqualGUID(a, b) != 0; }
inline bool operator!=(REFGUID a, REFGUID b) { return IsEqualGUID(a, b) == 0; }
#else
_WS2_INLINE int IsEqualGUID(REFGUID a, REFGUID b) { return !memcmp(a, b, sizeof(GUID)); }
#endif
#define IsEqualIID(a, b)   IsEqualGUID(a, b)
#define IsEqualCLSID(a, b) IsEqualGUID(a, b)
#endif
