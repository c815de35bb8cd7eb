/* The Interlocked functions: atomic operations on the program's variables.
 *
 * Owns them under both kinds of name: those of winnt.h, and the intrinsics of Microsoft's compiler. Each is a macro over
 * the compiler's own operation, so that its width is that of the variable: a program's `long`, which has 64 bits here,
 * serves as well as a LONG. Increment, Decrement and Add answer the new value, all others the old one. A compare and
 * exchange is a full barrier whatever its name asks for.
 */
#ifndef _WS2_INTERLOCKED_H
#define _WS2_INTERLOCKED_H

#include <_ws2/compiler.h>

/* By the names of winnt.h. */
#define InterlockedIncrement(target) __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrementAcquire(target) __atomic_add_fetch(target, 1, __ATOMIC_ACQUIRE)
#define InterlockedIncrementRelease(target) __atomic_add_fetch(target, 1, __ATOMIC_RELEASE)
#define InterlockedIncrementNoFence(target) __atomic_add_fetch(target, 1, __ATOMIC_RELAXED)
#define InterlockedIncrement16(target) __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrement16Acquire(target) __atomic_add_fetch(target, 1, __ATOMIC_ACQUIRE)
#define InterlockedIncrement16Release(target) __atomic_add_fetch(target, 1, __ATOMIC_RELEASE)
#define InterlockedIncrement16NoFence(target) __atomic_add_fetch(target, 1, __ATOMIC_RELAXED)
#define InterlockedIncrement64(target) __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedIncrement64Acquire(target) __atomic_add_fetch(target, 1, __ATOMIC_ACQUIRE)
#define InterlockedIncrement64Release(target) __atomic_add_fetch(target, 1, __ATOMIC_RELEASE)
#define InterlockedIncrement64NoFence(target) __atomic_add_fetch(target, 1, __ATOMIC_RELAXED)
#define InterlockedDecrement(target) __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrementAcquire(target) __atomic_sub_fetch(target, 1, __ATOMIC_ACQUIRE)
#define InterlockedDecrementRelease(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELEASE)
#define InterlockedDecrementNoFence(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELAXED)
#define InterlockedDecrement16(target) __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement16Acquire(target) __atomic_sub_fetch(target, 1, __ATOMIC_ACQUIRE)
#define InterlockedDecrement16Release(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELEASE)
#define InterlockedDecrement16NoFence(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELAXED)
#define InterlockedDecrement64(target) __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define InterlockedDecrement64Acquire(target) __atomic_sub_fetch(target, 1, __ATOMIC_ACQUIRE)
#define InterlockedDecrement64Release(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELEASE)
#define InterlockedDecrement64NoFence(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELAXED)
#define InterlockedAdd(target, value) __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST)
#define InterlockedAddAcquire(target, value) __atomic_add_fetch(target, value, __ATOMIC_ACQUIRE)
#define InterlockedAddRelease(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELEASE)
#define InterlockedAddNoFence(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELAXED)
#define InterlockedAdd64(target, value) __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST)
#define InterlockedAdd64Acquire(target, value) __atomic_add_fetch(target, value, __ATOMIC_ACQUIRE)
#define InterlockedAdd64Release(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELEASE)
#define InterlockedAdd64NoFence(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELAXED)
#define InterlockedExchangeAdd(target, value) __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchangeAddAcquire(target, value) __atomic_fetch_add(target, value, __ATOMIC_ACQUIRE)
#define InterlockedExchangeAddRelease(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELEASE)
#define InterlockedExchangeAddNoFence(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELAXED)
#define InterlockedExchangeAdd64(target, value) __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchangeAdd64Acquire(target, value) __atomic_fetch_add(target, value, __ATOMIC_ACQUIRE)
#define InterlockedExchangeAdd64Release(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELEASE)
#define InterlockedExchangeAdd64NoFence(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELAXED)
#define InterlockedAnd(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define InterlockedAndAcquire(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define InterlockedAndRelease(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define InterlockedAndNoFence(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define InterlockedAnd8(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define InterlockedAnd8Acquire(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define InterlockedAnd8Release(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define InterlockedAnd8NoFence(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define InterlockedAnd16(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define InterlockedAnd16Acquire(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define InterlockedAnd16Release(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define InterlockedAnd16NoFence(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define InterlockedAnd64(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define InterlockedAnd64Acquire(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define InterlockedAnd64Release(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define InterlockedAnd64NoFence(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define InterlockedOr(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define InterlockedOrAcquire(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define InterlockedOrRelease(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define InterlockedOrNoFence(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define InterlockedOr8(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define InterlockedOr8Acquire(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define InterlockedOr8Release(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define InterlockedOr8NoFence(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define InterlockedOr16(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define InterlockedOr16Acquire(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define InterlockedOr16Release(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define InterlockedOr16NoFence(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define InterlockedOr64(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define InterlockedOr64Acquire(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define InterlockedOr64Release(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define InterlockedOr64NoFence(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define InterlockedXor(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define InterlockedXorAcquire(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define InterlockedXorRelease(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define InterlockedXorNoFence(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define InterlockedXor8(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define InterlockedXor8Acquire(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define InterlockedXor8Release(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define InterlockedXor8NoFence(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define InterlockedXor16(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define InterlockedXor16Acquire(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define InterlockedXor16Release(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define InterlockedXor16NoFence(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define InterlockedXor64(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define InterlockedXor64Acquire(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define InterlockedXor64Release(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define InterlockedXor64NoFence(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define InterlockedExchange(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchangeAcquire(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define InterlockedExchangeRelease(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define InterlockedExchangeNoFence(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define InterlockedExchange8(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchange8Acquire(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define InterlockedExchange8Release(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define InterlockedExchange8NoFence(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define InterlockedExchange16(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchange16Acquire(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define InterlockedExchange16Release(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define InterlockedExchange16NoFence(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define InterlockedExchange64(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedExchange64Acquire(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define InterlockedExchange64Release(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define InterlockedExchange64NoFence(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define InterlockedCompareExchange(target, value, expected) __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchangeAcquire(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchangeRelease(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchangeNoFence(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange16(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange16Acquire(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange16Release(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange16NoFence(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange64(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange64Acquire(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange64Release(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedCompareExchange64NoFence(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedExchangePointer(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define InterlockedCompareExchangePointer(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedExchangePointerAcquire(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define InterlockedCompareExchangePointerAcquire(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedExchangePointerRelease(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define InterlockedCompareExchangePointerRelease(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define InterlockedExchangePointerNoFence(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define InterlockedCompareExchangePointerNoFence(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)

/* By the names of the intrinsics. */
#define _InterlockedIncrement(target) __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define _InterlockedIncrement_acq(target) __atomic_add_fetch(target, 1, __ATOMIC_ACQUIRE)
#define _InterlockedIncrement_rel(target) __atomic_add_fetch(target, 1, __ATOMIC_RELEASE)
#define _InterlockedIncrement_nf(target) __atomic_add_fetch(target, 1, __ATOMIC_RELAXED)
#define _InterlockedIncrement16(target) __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define _InterlockedIncrement16_acq(target) __atomic_add_fetch(target, 1, __ATOMIC_ACQUIRE)
#define _InterlockedIncrement16_rel(target) __atomic_add_fetch(target, 1, __ATOMIC_RELEASE)
#define _InterlockedIncrement16_nf(target) __atomic_add_fetch(target, 1, __ATOMIC_RELAXED)
#define _InterlockedIncrement64(target) __atomic_add_fetch(target, 1, __ATOMIC_SEQ_CST)
#define _InterlockedIncrement64_acq(target) __atomic_add_fetch(target, 1, __ATOMIC_ACQUIRE)
#define _InterlockedIncrement64_rel(target) __atomic_add_fetch(target, 1, __ATOMIC_RELEASE)
#define _InterlockedIncrement64_nf(target) __atomic_add_fetch(target, 1, __ATOMIC_RELAXED)
#define _InterlockedDecrement(target) __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define _InterlockedDecrement_acq(target) __atomic_sub_fetch(target, 1, __ATOMIC_ACQUIRE)
#define _InterlockedDecrement_rel(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELEASE)
#define _InterlockedDecrement_nf(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELAXED)
#define _InterlockedDecrement16(target) __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define _InterlockedDecrement16_acq(target) __atomic_sub_fetch(target, 1, __ATOMIC_ACQUIRE)
#define _InterlockedDecrement16_rel(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELEASE)
#define _InterlockedDecrement16_nf(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELAXED)
#define _InterlockedDecrement64(target) __atomic_sub_fetch(target, 1, __ATOMIC_SEQ_CST)
#define _InterlockedDecrement64_acq(target) __atomic_sub_fetch(target, 1, __ATOMIC_ACQUIRE)
#define _InterlockedDecrement64_rel(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELEASE)
#define _InterlockedDecrement64_nf(target) __atomic_sub_fetch(target, 1, __ATOMIC_RELAXED)
#define _InterlockedAdd(target, value) __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedAdd_acq(target, value) __atomic_add_fetch(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedAdd_rel(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELEASE)
#define _InterlockedAdd_nf(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELAXED)
#define _InterlockedAdd64(target, value) __atomic_add_fetch(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedAdd64_acq(target, value) __atomic_add_fetch(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedAdd64_rel(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELEASE)
#define _InterlockedAdd64_nf(target, value) __atomic_add_fetch(target, value, __ATOMIC_RELAXED)
#define _InterlockedExchangeAdd(target, value) __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedExchangeAdd_acq(target, value) __atomic_fetch_add(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedExchangeAdd_rel(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELEASE)
#define _InterlockedExchangeAdd_nf(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELAXED)
#define _InterlockedExchangeAdd64(target, value) __atomic_fetch_add(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedExchangeAdd64_acq(target, value) __atomic_fetch_add(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedExchangeAdd64_rel(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELEASE)
#define _InterlockedExchangeAdd64_nf(target, value) __atomic_fetch_add(target, value, __ATOMIC_RELAXED)
#define _InterlockedAnd(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedAnd_acq(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedAnd_rel(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define _InterlockedAnd_nf(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define _InterlockedAnd8(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedAnd8_acq(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedAnd8_rel(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define _InterlockedAnd8_nf(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define _InterlockedAnd16(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedAnd16_acq(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedAnd16_rel(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define _InterlockedAnd16_nf(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define _InterlockedAnd64(target, value) __atomic_fetch_and(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedAnd64_acq(target, value) __atomic_fetch_and(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedAnd64_rel(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELEASE)
#define _InterlockedAnd64_nf(target, value) __atomic_fetch_and(target, value, __ATOMIC_RELAXED)
#define _InterlockedOr(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedOr_acq(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedOr_rel(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define _InterlockedOr_nf(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define _InterlockedOr8(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedOr8_acq(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedOr8_rel(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define _InterlockedOr8_nf(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define _InterlockedOr16(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedOr16_acq(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedOr16_rel(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define _InterlockedOr16_nf(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define _InterlockedOr64(target, value) __atomic_fetch_or(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedOr64_acq(target, value) __atomic_fetch_or(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedOr64_rel(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELEASE)
#define _InterlockedOr64_nf(target, value) __atomic_fetch_or(target, value, __ATOMIC_RELAXED)
#define _InterlockedXor(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedXor_acq(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedXor_rel(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define _InterlockedXor_nf(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define _InterlockedXor8(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedXor8_acq(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedXor8_rel(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define _InterlockedXor8_nf(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define _InterlockedXor16(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedXor16_acq(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedXor16_rel(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define _InterlockedXor16_nf(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define _InterlockedXor64(target, value) __atomic_fetch_xor(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedXor64_acq(target, value) __atomic_fetch_xor(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedXor64_rel(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELEASE)
#define _InterlockedXor64_nf(target, value) __atomic_fetch_xor(target, value, __ATOMIC_RELAXED)
#define _InterlockedExchange(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedExchange_acq(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedExchange_rel(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define _InterlockedExchange_nf(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define _InterlockedExchange8(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedExchange8_acq(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedExchange8_rel(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define _InterlockedExchange8_nf(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define _InterlockedExchange16(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedExchange16_acq(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedExchange16_rel(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define _InterlockedExchange16_nf(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define _InterlockedExchange64(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedExchange64_acq(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedExchange64_rel(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define _InterlockedExchange64_nf(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define _InterlockedCompareExchange(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange_acq(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange_rel(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange_nf(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange16(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange16_acq(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange16_rel(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange16_nf(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange64(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange64_acq(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange64_rel(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedCompareExchange64_nf(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedExchangePointer(target, value) __atomic_exchange_n(target, value, __ATOMIC_SEQ_CST)
#define _InterlockedCompareExchangePointer(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedExchangePointer_acq(target, value) __atomic_exchange_n(target, value, __ATOMIC_ACQUIRE)
#define _InterlockedCompareExchangePointer_acq(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedExchangePointer_rel(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELEASE)
#define _InterlockedCompareExchangePointer_rel(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)
#define _InterlockedExchangePointer_nf(target, value) __atomic_exchange_n(target, value, __ATOMIC_RELAXED)
#define _InterlockedCompareExchangePointer_nf(target, value, expected) \
  __sync_val_compare_and_swap(target, expected, value)

/* Bit `bit` of a LONG (LONG64) is set, cleared or turned over; it is what it was that they answer. */
_WS2_INLINE unsigned char _ws2_bit_set(volatile void *target, int bit) {
  return __atomic_fetch_or((volatile unsigned *)target, 1u << (bit & 31), __ATOMIC_SEQ_CST) >> (bit & 31) & 1;
}
_WS2_INLINE unsigned char _ws2_bit_clear(volatile void *target, int bit) {
  return __atomic_fetch_and((volatile unsigned *)target, ~(1u << (bit & 31)), __ATOMIC_SEQ_CST) >> (bit & 31) & 1;
}
_WS2_INLINE unsigned char _ws2_bit_turn(volatile void *target, int bit) {
  return __atomic_fetch_xor((volatile unsigned *)target, 1u << (bit & 31), __ATOMIC_SEQ_CST) >> (bit & 31) & 1;
}
_WS2_INLINE unsigned char _ws2_bit_set64(volatile void *target, int bit) {
  return __atomic_fetch_or((volatile unsigned long *)target, 1ul << (bit & 63), __ATOMIC_SEQ_CST) >> (bit & 63) & 1;
}
_WS2_INLINE unsigned char _ws2_bit_clear64(volatile void *target, int bit) {
  return __atomic_fetch_and((volatile unsigned long *)target, ~(1ul << (bit & 63)), __ATOMIC_SEQ_CST) >>
             (bit & 63) & 1;
}
#define InterlockedBitTestAndSet(target, bit)        _ws2_bit_set(target, bit)
#define InterlockedBitTestAndReset(target, bit)      _ws2_bit_clear(target, bit)
#define InterlockedBitTestAndComplement(target, bit) _ws2_bit_turn(target, bit)
#define InterlockedBitTestAndSet64(target, bit)      _ws2_bit_set64(target, bit)
#define InterlockedBitTestAndReset64(target, bit)    _ws2_bit_clear64(target, bit)
#define _interlockedbittestandset(target, bit)       _ws2_bit_set(target, bit)
#define _interlockedbittestandreset(target, bit)     _ws2_bit_clear(target, bit)
#define _interlockedbittestandset64(target, bit)     _ws2_bit_set64(target, bit)
#define _interlockedbittestandreset64(target, bit)   _ws2_bit_clear64(target, bit)

#define MemoryBarrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#if defined(__x86_64__) || defined(__i386__)
#define YieldProcessor() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define YieldProcessor() __asm__ __volatile__("yield" ::: "memory")
#else
#define YieldProcessor() __asm__ __volatile__("" ::: "memory")
#endif

#endif
