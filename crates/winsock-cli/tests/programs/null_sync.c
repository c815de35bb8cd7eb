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

static void CALLBACK ring(LPVOID argument, DWORD low, DWORD high)
{
    (void)argument;
    (void)low;
    (void)high;
}

static void CALLBACK told(PVOID value)
{
    (void)value;
}

/* Closes what a call has made. */
static void made(HANDLE it)
{
    if (it != NULL)
        CHECK(CloseHandle(it));
}

static void objects(HANDLE h)
{
    LARGE_INTEGER due;
    LONG before;

    due.QuadPart = -36000000000;
    EACH(ReleaseMutex(h))
    EACH(ReleaseSemaphore(h, 1, P(&before)))
    EACH(SetWaitableTimer(h, P(&due), 0, P(ring), P(&due), FALSE))
    EACH(SetWaitableTimerEx(h, P(&due), 0, P(ring), P(&due), NULL, 0))
    EACH(CancelWaitableTimer(h))
    EACH(WaitForSingleObject(h, 0))
}

static void named(void)
{
    SECURITY_ATTRIBUTES attributes = { sizeof attributes, NULL, FALSE };

    EACH(made(CreateMutexA(P(&attributes), TRUE, P("a mutex"))))
    EACH(made(CreateMutexW(P(&attributes), TRUE, P(L"a mutex"))))
    EACH(made(CreateMutexExA(P(&attributes), P("a mutex"), 0, MUTEX_ALL_ACCESS)))
    EACH(made(CreateMutexExW(P(&attributes), P(L"a mutex"), 0, MUTEX_ALL_ACCESS)))
    EACH(made(OpenMutexA(MUTEX_ALL_ACCESS, FALSE, P("a mutex"))))
    EACH(made(OpenMutexW(MUTEX_ALL_ACCESS, FALSE, P(L"a mutex"))))
    EACH(made(CreateSemaphoreA(P(&attributes), 1, 1, P("a semaphore"))))
    EACH(made(CreateSemaphoreW(P(&attributes), 1, 1, P(L"a semaphore"))))
    EACH(made(CreateSemaphoreExA(P(&attributes), 1, 1, P("a semaphore"), 0, SEMAPHORE_ALL_ACCESS)))
    EACH(made(CreateSemaphoreExW(P(&attributes), 1, 1, P(L"a semaphore"), 0, SEMAPHORE_ALL_ACCESS)))
    EACH(made(OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, P("a semaphore"))))
    EACH(made(OpenSemaphoreW(SEMAPHORE_ALL_ACCESS, FALSE, P(L"a semaphore"))))
    EACH(made(CreateWaitableTimerA(P(&attributes), TRUE, P("a timer"))))
    EACH(made(CreateWaitableTimerW(P(&attributes), TRUE, P(L"a timer"))))
    EACH(made(CreateWaitableTimerExA(P(&attributes), P("a timer"), 0, TIMER_ALL_ACCESS)))
    EACH(made(CreateWaitableTimerExW(P(&attributes), P(L"a timer"), 0, TIMER_ALL_ACCESS)))
    EACH(made(OpenWaitableTimerA(TIMER_ALL_ACCESS, FALSE, P("a timer"))))
    EACH(made(OpenWaitableTimerW(TIMER_ALL_ACCESS, FALSE, P(L"a timer"))))
}

static void values(void)
{
    DWORD index = TlsAlloc();

    CHECK(index != TLS_OUT_OF_INDEXES);
    EACH(TlsSetValue(index, P(&value)))
    EACH(TlsGetValue(index))
    CHECK(TlsFree(index));
    EACH(FlsFree(index = FlsAlloc(P(told))))
    CHECK((index = FlsAlloc(told)) != FLS_OUT_OF_INDEXES);
    EACH(FlsSetValue(index, P(&value)))
    EACH(FlsGetValue(index))
    CHECK(FlsFree(index));
}

static void CALLBACK simple(PTP_CALLBACK_INSTANCE instance, PVOID with)
{
    EACH(SetEventWhenCallbackReturns(instance, P((HANDLE)4096)))
    EACH(ReleaseSemaphoreWhenCallbackReturns(instance, P((HANDLE)4096), 1))
    EACH(ReleaseMutexWhenCallbackReturns(instance, P((HANDLE)4096)))
    EACH(LeaveCriticalSectionWhenCallbackReturns(instance, P(&section)))
    EACH(CallbackMayRunLong(P(instance)))
    EACH(DisassociateCurrentThreadFromCallback(P(instance)))
    if (with != NULL)
        CHECK(SetEvent((HANDLE)with));
}

static void CALLBACK works(PTP_CALLBACK_INSTANCE instance, PVOID with, PTP_WORK work)
{
    (void)instance;
    (void)with;
    (void)work;
}

static void CALLBACK waits(PTP_CALLBACK_INSTANCE instance, PVOID with, PTP_WAIT wait, TP_WAIT_RESULT result)
{
    (void)instance;
    (void)with;
    (void)wait;
    (void)result;
}

static void CALLBACK times(PTP_CALLBACK_INSTANCE instance, PVOID with, PTP_TIMER timer)
{
    (void)instance;
    (void)with;
    (void)timer;
}

static void CALLBACK completes(PTP_CALLBACK_INSTANCE instance, PVOID with, PVOID what, ULONG error, ULONG_PTR size,
                               PTP_IO io)
{
    (void)instance;
    (void)with;
    (void)what;
    (void)error;
    (void)size;
    (void)io;
}

static void CALLBACK is_bound(DWORD error, DWORD size, LPOVERLAPPED what)
{
    (void)error;
    (void)size;
    (void)what;
}

static DWORD WINAPI item(LPVOID with)
{
    (void)with;
    return 0;
}

static void pools(void)
{
    TP_CALLBACK_ENVIRON in;
    FILETIME later = { 0, 0x80000000 };
    PTP_POOL pool = CreateThreadpool(NULL);
    PTP_CLEANUP_GROUP group = CreateThreadpoolCleanupGroup();
    PTP_WORK work;
    PTP_TIMER timer;
    PTP_WAIT wait;
    PTP_IO io;
    HANDLE event = CreateEvent(NULL, FALSE, FALSE, NULL);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(pool != NULL && group != NULL && event != NULL && s != INVALID_SOCKET);
    InitializeThreadpoolEnvironment(&in);
    SetThreadpoolCallbackPool(&in, pool);
    SetThreadpoolCallbackCleanupGroup(&in, group, NULL);
    SetThreadpoolCallbackPriority(&in, TP_CALLBACK_PRIORITY_HIGH);
    SetThreadpoolCallbackRunsLong(&in);
    CHECK(SetThreadpoolThreadMinimum(pool, 1));
    SetThreadpoolThreadMaximum(pool, 2);
    CHECK(TrySubmitThreadpoolCallback(simple, event, &in));
    CHECK(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);

    EACH(work = CreateThreadpoolWork(P(works), P(&value), P(&in)))
    EACH(timer = CreateThreadpoolTimer(P(times), P(&value), P(&in)))
    EACH(wait = CreateThreadpoolWait(P(waits), P(&value), P(&in)))
    CHECK((work = CreateThreadpoolWork(works, NULL, &in)) != NULL);
    CHECK((timer = CreateThreadpoolTimer(times, NULL, &in)) != NULL);
    CHECK((wait = CreateThreadpoolWait(waits, NULL, &in)) != NULL);
    CHECK((io = CreateThreadpoolIo((HANDLE)s, completes, NULL, &in)) != NULL);
    EACH(CreateThreadpoolIo((HANDLE)s, P(completes), P(&value), P(&in)))
    EACH(BindIoCompletionCallback((HANDLE)s, P(is_bound), 0))
    EACH(TrySubmitThreadpoolCallback(P(simple), NULL, P(&in)))
    EACH(QueueUserWorkItem(P(item), P(&value), 0))
    EACH(SubmitThreadpoolWork(P(work)))
    EACH(WaitForThreadpoolWorkCallbacks(P(work), TRUE))
    EACH(SetThreadpoolTimer(P(timer), P(&later), 0, 0))
    EACH(SetThreadpoolTimerEx(P(timer), P(&later), 0, 0))
    EACH(IsThreadpoolTimerSet(P(timer)))
    EACH(WaitForThreadpoolTimerCallbacks(P(timer), TRUE))
    EACH(SetThreadpoolWait(P(wait), P(event), P(&later)))
    EACH(SetThreadpoolWaitEx(P(wait), P(event), P(&later), NULL))
    EACH(WaitForThreadpoolWaitCallbacks(P(wait), TRUE))
    EACH((StartThreadpoolIo(P(io)), CancelThreadpoolIo(P(io))))
    EACH(WaitForThreadpoolIoCallbacks(P(io), TRUE))
    EACH(CloseThreadpoolWork(P(work)))
    EACH(CloseThreadpoolTimer(P(timer)))
    EACH(CloseThreadpoolWait(P(wait)))
    EACH(CloseThreadpoolIo(P(io)))
    EACH(SetThreadpoolThreadMinimum(P(pool), 1))
    EACH(SetThreadpoolThreadMaximum(P(pool), 1))
    EACH(CloseThreadpoolCleanupGroupMembers(P(group), TRUE, P(&value)))
    EACH(CloseThreadpoolCleanupGroup(P(group)))
    EACH(CloseThreadpool(P(pool)))
    DestroyThreadpoolEnvironment(&in);
    CHECK(CloseHandle(event) && closesocket(s) == 0);
}

int main(void)
{
    static const ULONG_PTR wild[] = { 0, 1, 3, 4096, 0x7ffffffc, 0xdeadbeef, (ULONG_PTR)1 << 63 };
    HANDLE made_here[4];
    unsigned i;

    start();
    locks();
    named();
    values();
    pools();
    CHECK((made_here[0] = CreateMutex(NULL, FALSE, NULL)) != NULL);
    CHECK((made_here[1] = CreateSemaphore(NULL, 1, 9, NULL)) != NULL);
    CHECK((made_here[2] = CreateWaitableTimer(NULL, FALSE, NULL)) != NULL);
    CHECK((made_here[3] = CreateEvent(NULL, FALSE, FALSE, NULL)) != NULL);
    for (i = 0; i < 4; i++)
        objects(made_here[i]);
    objects(GetCurrentThread());
    for (i = 0; i < 4; i++)
        CHECK(CloseHandle(made_here[i]));
    bad_handle = ERROR_INVALID_HANDLE;
    for (i = 0; i < 4; i++)
        objects(made_here[i]);
    for (i = 0; i < sizeof wild / sizeof *wild; i++)
        objects((HANDLE)wild[i]);
    CHECK(WSACleanup() == 0);
    CHECK(calls > 200);
    printf("no crash\n");
    return 0;
}
