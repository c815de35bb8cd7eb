/* The words of Microsoft's compiler that Windows sources take for granted.
 *
 * Owns calling conventions (none on this platform: all name the C convention), `__declspec`, the sized
 * integer words and inlining. Knows nothing about Windows' types. A definition given on the command
 * line wins.
 */
#ifndef _WS2_COMPILER_H
#define _WS2_COMPILER_H

/* Calling conventions. */
#ifndef __cdecl
#define __cdecl
#endif
#ifndef _cdecl
#define _cdecl
#endif
#ifndef __stdcall
#define __stdcall
#endif
#ifndef _stdcall
#define _stdcall
#endif
#ifndef __fastcall
#define __fastcall
#endif
#ifndef __thiscall
#define __thiscall
#endif
#ifndef __vectorcall
#define __vectorcall
#endif

/* Integers of a stated width, used as words: `unsigned __int64`. */
#ifndef __int8
#define __int8 char
#endif
#ifndef __int16
#define __int16 short
#endif
#ifndef __int32
#define __int32 int
#endif
#ifndef __int64
#define __int64 long
#endif

#ifndef __forceinline
#define __forceinline static __inline__ __attribute__((__always_inline__))
#endif
#ifndef __unaligned
#define __unaligned
#endif
#ifndef __w64
#define __w64
#endif
#ifndef __ptr32
#define __ptr32
#endif
#ifndef __ptr64
#define __ptr64
#endif

/* __declspec(word): each word by the attribute that means the same here, or by nothing where the word is
 * about DLLs or COM. A word that is not in the table is a compile error, not a silent change of meaning. */
#ifndef __declspec
#define __declspec(word)             _WS2_DECLSPEC_##word
#define _WS2_DECLSPEC_align(bytes)   __attribute__((__aligned__(bytes)))
#define _WS2_DECLSPEC_allocator
#define _WS2_DECLSPEC_deprecated     __attribute__((__deprecated__))
#define _WS2_DECLSPEC_dllexport      __attribute__((__visibility__("default")))
#define _WS2_DECLSPEC_dllimport
#define _WS2_DECLSPEC_noalias
#define _WS2_DECLSPEC_noinline       __attribute__((__noinline__))
#define _WS2_DECLSPEC_noreturn       __attribute__((__noreturn__))
#define _WS2_DECLSPEC_nothrow        __attribute__((__nothrow__))
#define _WS2_DECLSPEC_novtable
#define _WS2_DECLSPEC_restrict
#define _WS2_DECLSPEC_selectany      __attribute__((__weak__))
#define _WS2_DECLSPEC_thread         __thread
#define _WS2_DECLSPEC_uuid(text)
#endif

/* The name a function has in the library, where its Windows name belongs to libc: bind is exported as
 * ws2_bind. A label on the declaration, because a macro named `bind` would also rename std::bind. */
#define _WS2_SYMBOL(name) __asm__("ws2_" #name)

/* An inline function of a header, in C and in C++. */
#define _WS2_INLINE static __inline__

#ifdef __cplusplus
#define _WS2_BEGIN_DECLS extern "C" {
#define _WS2_END_DECLS   }
#else
#define _WS2_BEGIN_DECLS
#define _WS2_END_DECLS
#endif

#endif
