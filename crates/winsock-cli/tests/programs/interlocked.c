/* The Interlocked functions on LONG, long and pointers, alone and from several threads, and the locks that initialize
   themselves. */
#include "check.h"
#include <intrin.h>
#include <process.h>

enum { THREADS = 4, ROUNDS = 20000 };

static volatile LONG counter;
static long wide_counter; /* 64 bits here, 32 on Windows. */
static LONG64 sum;
static SRWLOCK lock = SRWLOCK_INIT;
static CONDITION_VARIABLE done = CONDITION_VARIABLE_INIT;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
static LONG runs, ended, guarded;
static volatile LONG spin;

static BOOL WINAPI initialize(PINIT_ONCE what, PVOID parameter, PVOID *context)
{
    (void)what;
    (void)parameter;
    InterlockedIncrement(&runs);
    *context = &runs;
    return TRUE;
}

static unsigned __stdcall work(void *unused)
{
    PVOID context = NULL;
    int i;

    (void)unused;
    CHECK(InitOnceExecuteOnce(&once, initialize, NULL, &context) && context == (PVOID)&runs);
    for (i = 0; i < ROUNDS; i++) {
        InterlockedIncrement(&counter);
        InterlockedExchangeAdd(&wide_counter, 3);
        InterlockedAdd64(&sum, 5);
        while (InterlockedCompareExchange(&spin, 1, 0) != 0)
            YieldProcessor();
        guarded++;
        InterlockedExchange(&spin, 0);
    }
    AcquireSRWLockExclusive(&lock);
    ended++;
    ReleaseSRWLockExclusive(&lock);
    WakeConditionVariable(&done);
    return 0;
}

static void threads(void)
{
    HANDLE handles[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        CHECK((handles[i] = (HANDLE)_beginthreadex(NULL, 0, work, NULL, 0, NULL)) != NULL);
    AcquireSRWLockExclusive(&lock);
    while (ended != THREADS)
        CHECK(SleepConditionVariableSRW(&done, &lock, INFINITE, 0));
    ReleaseSRWLockExclusive(&lock);
    CHECK(WaitForMultipleObjects(THREADS, handles, TRUE, INFINITE) == WAIT_OBJECT_0);
    for (i = 0; i < THREADS; i++)
        CHECK(CloseHandle(handles[i]));
    CHECK(counter == THREADS * ROUNDS && guarded == counter && runs == 1);
    CHECK(wide_counter == 3L * THREADS * ROUNDS && sum == 5LL * THREADS * ROUNDS);
}

static void answers(void)
{
    LONG value = 10;
    long wide = 10;
    LONG64 big = 1LL << 40;
    SHORT little = 7;
    CHAR tiny = 5;
    PVOID pointer = &value;
    DWORD index = 99;
    unsigned long wide_index = 99;

    CHECK(InterlockedIncrement(&value) == 11 && InterlockedDecrement(&value) == 10);
    CHECK(InterlockedExchange(&value, 20) == 10 && InterlockedExchangeAdd(&value, -5) == 20 && value == 15);
    CHECK(InterlockedAdd(&value, 1) == 16 && InterlockedAnd(&value, 24) == 16 && value == 16);
    CHECK(InterlockedOr(&value, 3) == 16 && InterlockedXor(&value, 1) == 19 && value == 18);
    CHECK(InterlockedCompareExchange(&value, 1, 2) == 18 && value == 18);
    CHECK(InterlockedCompareExchange(&value, 1, 18) == 18 && value == 1);
    CHECK(_InterlockedIncrement(&value) == 2 && InterlockedIncrementAcquire(&value) == 3);
    CHECK(_InterlockedCompareExchange_acq(&value, -1, 3) == 3 && value == -1);
    CHECK(InterlockedIncrement(&wide) == 11 && InterlockedCompareExchange(&wide, 1, 11) == 11 && wide == 1);
    CHECK(InterlockedIncrement64(&big) == (1LL << 40) + 1 && InterlockedExchange64(&big, 5) == (1LL << 40) + 1);
    CHECK(InterlockedCompareExchange64(&big, 1LL << 50, 5) == 5 && big == 1LL << 50);
    CHECK(InterlockedIncrement16(&little) == 8 && _InterlockedExchange8(&tiny, 6) == 5 && tiny == 6);
    CHECK(InterlockedExchangePointer(&pointer, NULL) == (PVOID)&value && pointer == NULL);
    CHECK(InterlockedCompareExchangePointer(&pointer, (PVOID)&big, NULL) == NULL && pointer == (PVOID)&big);
    CHECK(InterlockedCompareExchangePointer(&pointer, NULL, (PVOID)&value) == (PVOID)&big);

    value = 0;
    CHECK(!InterlockedBitTestAndSet(&value, 4) && value == 16 && InterlockedBitTestAndSet(&value, 4));
    CHECK(InterlockedBitTestAndReset(&value, 4) && value == 0 && !InterlockedBitTestAndComplement(&value, 31));
    CHECK(value == (LONG)0x80000000);
    big = 0;
    CHECK(!_interlockedbittestandset64(&big, 40) && big == 1LL << 40 && InterlockedBitTestAndReset64(&big, 40));

    CHECK(_BitScanForward(&index, 0x50) && index == 4 && _BitScanReverse(&index, 0x50) && index == 6);
    CHECK(_BitScanReverse64(&wide_index, 1ULL << 60) && wide_index == 60 && !_BitScanForward64(&wide_index, 0));
    CHECK(_byteswap_ulong(0x01020304) == 0x04030201 && __popcnt(0xF0) == 4);
    MemoryBarrier();
    _ReadWriteBarrier();
}

/* Each gives what was there, but for those that count, which give what is there now. */
static void widths(void)
{
    CHAR tiny = 0x0C;
    SHORT little = 0x0C;
    LONG64 big = 0x0C;

    CHECK(InterlockedAnd8(&tiny, 0x06) == 0x0C && InterlockedOr8(&tiny, 0x01) == 0x04 && tiny == 0x05);
    CHECK(InterlockedXor8(&tiny, 0x0F) == 0x05 && InterlockedExchange8(&tiny, -1) == 0x0A && tiny == -1);
    CHECK(InterlockedAnd16(&little, 0x06) == 0x0C && InterlockedOr16(&little, 0x01) == 0x04 && little == 0x05);
    CHECK(InterlockedXor16(&little, 0x0F) == 0x05 && InterlockedDecrement16(&little) == 0x09);
    CHECK(InterlockedExchange16(&little, 0) == 0x09 && InterlockedDecrement16(&little) == -1);
    CHECK(InterlockedCompareExchange16(&little, 5, 4) == -1 && little == -1);
    CHECK(InterlockedCompareExchange16(&little, 5, -1) == -1 && little == 5);
    CHECK(InterlockedAnd64(&big, 0x06) == 0x0C && InterlockedOr64(&big, 1LL << 40) == 0x04);
    CHECK(InterlockedXor64(&big, 0x04) == ((1LL << 40) | 0x04) && InterlockedDecrement64(&big) == (1LL << 40) - 1);
    CHECK(InterlockedExchangeAdd64(&big, 1) == (1LL << 40) - 1 && big == 1LL << 40);
    CHECK(!InterlockedBitTestAndSet64(&big, 41) && InterlockedBitTestAndSet64(&big, 40) && big == 3LL << 40);
}

int main(void)
{
    answers();
    widths();
    threads();
    printf("interlocked\n");
    return 0;
}
