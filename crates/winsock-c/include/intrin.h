/* intrin.h: the intrinsics of Microsoft's compiler that programs use besides those of the processor.
 *
 * Owns barriers, bit scans, rotations, byte order and, with _ws2/interlocked.h, the atomic operations. Brings along the
 * compiler's own header of the processor's intrinsics.
 */
#ifndef _WS2_INTRIN_H
#define _WS2_INTRIN_H

#include <_ws2/compiler.h>
#include <_ws2/interlocked.h>

#include <stdlib.h>
#if defined(__x86_64__) || defined(__i386__)
#include <x86intrin.h>
#endif

/* The compiler moves no access to memory across these. */
#define _ReadBarrier()      __asm__ __volatile__("" ::: "memory")
#define _WriteBarrier()     __asm__ __volatile__("" ::: "memory")
#define _ReadWriteBarrier() __asm__ __volatile__("" ::: "memory")

#define __debugbreak() __builtin_trap()
#define __nop()        __asm__ __volatile__("nop")

#define _byteswap_ushort(value) __builtin_bswap16(value)
#define _byteswap_ulong(value)  __builtin_bswap32(value)
#define _byteswap_uint64(value) __builtin_bswap64(value)
#define __popcnt(value)         ((unsigned)__builtin_popcount(value))
#define __popcnt64(value)       ((unsigned __int64)__builtin_popcountl(value))

/* The place of the lowest or highest bit that is set. 0: there is none. */
#define _BitScanForward(index, mask)   _ws2_bit_scan((index), sizeof *(index), (unsigned)(mask), 0)
#define _BitScanReverse(index, mask)   _ws2_bit_scan((index), sizeof *(index), (unsigned)(mask), 1)
#define _BitScanForward64(index, mask) _ws2_bit_scan((index), sizeof *(index), (mask), 0)
#define _BitScanReverse64(index, mask) _ws2_bit_scan((index), sizeof *(index), (mask), 1)

/* The index is an unsigned long in Microsoft's header: a DWORD, or here a variable of 64 bits. */
_WS2_INLINE unsigned char _ws2_bit_scan(void *index, size_t size, unsigned __int64 mask, int highest) {
  unsigned place;
  if (mask == 0) return 0;
  place = highest ? 63u - (unsigned)__builtin_clzl(mask) : (unsigned)__builtin_ctzl(mask);
  if (size == sizeof place)
    *(unsigned *)index = place;
  else
    *(unsigned __int64 *)index = place;
  return 1;
}

#endif
