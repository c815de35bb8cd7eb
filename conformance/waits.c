/* Waits, procedure calls, and the objects that waits are for. */
#include "facts.h"

static int calls;

static void CALLBACK call(ULONG_PTR argument)
{
    calls = calls * 10 + (int)argument;
}

static DWORD WINAPI ends(void *argument)
{
    (void)argument;
    return 42;
}

static DWORD WINAPI abandons(void *mutex)
{
    WaitForSingleObject(mutex, LIMIT);
    return 0;
}

static void procedure_calls(void)
{
    HANDLE self = GetCurrentThread(), event = CreateEventA(NULL, TRUE, FALSE, NULL);
    fact("apc.queue", "%d", QueueUserAPC(call, self, 1) != 0);
    QueueUserAPC(call, self, 2);
    WAIT("apc.not-alertable", WaitForSingleObject(event, 0));
    fact("apc.not-alertable.calls", "%d", calls);
    WAIT("apc.SleepEx", SleepEx(0, TRUE));
    fact("apc.SleepEx.calls", "%d", calls);
    WAIT("apc.SleepEx-none-left", SleepEx(0, TRUE));
    QueueUserAPC(call, self, 3);
    WAIT("apc.WaitForSingleObjectEx", WaitForSingleObjectEx(event, MOMENT, TRUE));
    QueueUserAPC(call, self, 4);
    WAIT("apc.WSAWaitForMultipleEvents", WSAWaitForMultipleEvents(1, &event, FALSE, MOMENT, TRUE));
    QueueUserAPC(call, self, 5);
    SetEvent(event);
    WAIT("apc.against-a-signalled-event", WaitForSingleObjectEx(event, MOMENT, TRUE));
    SleepEx(0, TRUE);
    OVERLAPPED_ENTRY entry;
    ULONG count;
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    QueueUserAPC(call, self, 6);
    BOOLEAN_OF("apc.GetQueuedCompletionStatusEx", GetQueuedCompletionStatusEx(port, &entry, 1, &count, MOMENT, TRUE));
    fact("apc.order", "%d", calls);
    fact("apc.no-thread", "%d", QueueUserAPC(call, NULL, 1) != 0);
    WAIT("apc.SleepEx-not-alertable", SleepEx(MOMENT, FALSE));
    CloseHandle(port);
    CloseHandle(event);
}

int main(void)
{
    start();
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, NULL), automatic = CreateEventA(NULL, FALSE, TRUE, NULL), handles[65];
    LONG previous = -1;
    WAIT("wait.manual", WaitForSingleObject(manual, 0));
    WAIT("wait.automatic", WaitForSingleObject(automatic, 0));
    WAIT("wait.automatic-is-reset", WaitForSingleObject(automatic, 0));
    BOOLEAN_OF("wait.PulseEvent", PulseEvent(manual));
    WAIT("wait.pulsed", WaitForSingleObject(manual, 0));
    WAIT("wait.null", WaitForSingleObject(NULL, 0));
    WAIT("wait.stale", ({
            HANDLE closed = CreateEventA(NULL, TRUE, FALSE, NULL);
            CloseHandle(closed);
            WaitForSingleObject(closed, 0);
        }));
    for (int i = 0; i < 65; i++)
        handles[i] = manual;
    WAIT("wait.0-handles", WaitForMultipleObjects(0, handles, FALSE, 0));
    WAIT("wait.65-handles", WaitForMultipleObjects(65, handles, FALSE, 0));
    handles[1] = automatic;
    WAIT("wait.all-with-duplicates", WaitForMultipleObjects(3, handles, TRUE, 0));
    SetEvent(manual);
    SetEvent(automatic);
    handles[0] = automatic;
    handles[1] = manual;
    WAIT("wait.both-set", WaitForMultipleObjects(2, handles, FALSE, 0));
    WAIT("wait.only-one-was-taken", WaitForMultipleObjects(2, handles, FALSE, 0));
    WAIT("wait.all", WaitForMultipleObjects(2, handles, TRUE, 0));
    SetEvent(automatic);
    WAIT("wait.all-set", WaitForMultipleObjects(2, handles, TRUE, 0));
    WAIT("wait.all-took-it", WaitForSingleObject(automatic, 0));
    SetEvent(automatic);
    WAIT("wait.SignalObjectAndWait", SignalObjectAndWait(automatic, automatic, MOMENT, FALSE));

    HANDLE thread = CreateThread(NULL, 0, ends, NULL, 0, NULL);
    DWORD exit_code = 0;
    WAIT("wait.thread", WaitForSingleObject(thread, LIMIT));
    WAIT("wait.thread-again", WaitForSingleObject(thread, 0));
    BOOLEAN_OF("wait.GetExitCodeThread", GetExitCodeThread(thread, &exit_code));
    fact("wait.exit-code", "%d", (int)exit_code);
    CloseHandle(thread);

    HANDLE mutex = CreateMutexA(NULL, TRUE, NULL);
    WAIT("mutex.own", WaitForSingleObject(mutex, 0));
    BOOLEAN_OF("mutex.release", ReleaseMutex(mutex));
    BOOLEAN_OF("mutex.release-2", ReleaseMutex(mutex));
    BOOLEAN_OF("mutex.release-too-often", ReleaseMutex(mutex));
    thread = CreateThread(NULL, 0, abandons, mutex, 0, NULL);
    WaitForSingleObject(thread, LIMIT);
    WAIT("mutex.abandoned", WaitForSingleObject(mutex, 0));
    ReleaseMutex(mutex);
    WAIT("mutex.abandoned-once", WaitForSingleObject(mutex, 0));
    BOOLEAN_OF("mutex.set-as-event", SetEvent(mutex));

    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
    WAIT("semaphore.first", WaitForSingleObject(semaphore, 0));
    WAIT("semaphore.second", WaitForSingleObject(semaphore, 0));
    BOOLEAN_OF("semaphore.release-3", ReleaseSemaphore(semaphore, 3, &previous));
    BOOLEAN_OF("semaphore.release-2", ReleaseSemaphore(semaphore, 2, &previous));
    fact("semaphore.previous", "%d", (int)previous);
    BOOLEAN_OF("semaphore.release-0", ReleaseSemaphore(semaphore, 0, &previous));
    HANDLE_OF("semaphore.more-than-the-maximum", CreateSemaphoreA(NULL, 3, 2, NULL));
    HANDLE_OF("semaphore.maximum-0", CreateSemaphoreA(NULL, 0, 0, NULL));
    BOOLEAN_OF("semaphore.release-as-mutex", ReleaseMutex(semaphore));

    HANDLE named = CreateEventA(NULL, TRUE, FALSE, "conformance-name");
    SetLastError(0);
    HANDLE again = CreateEventA(NULL, TRUE, FALSE, "conformance-name");
    fact("named.again", "%s", code(GetLastError()));
    SetEvent(again);
    WAIT("named.is-the-same", WaitForSingleObject(named, 0));
    HANDLE_OF("named.other-kind", CreateMutexA(NULL, FALSE, "conformance-name"));
    HANDLE_OF("named.open-unknown", OpenEventA(EVENT_ALL_ACCESS, FALSE, "conformance-nobody"));

    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, NULL);
    LARGE_INTEGER due = { .QuadPart = -10000LL * MOMENT };
    WAIT("timer.new", WaitForSingleObject(timer, 0));
    BOOLEAN_OF("timer.set", SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    WAIT("timer.fires", WaitForSingleObject(timer, LIMIT));
    WAIT("timer.stays", WaitForSingleObject(timer, 0));
    BOOLEAN_OF("timer.cancel", CancelWaitableTimer(timer));

    SOCKET s = stream();
    BOOLEAN_OF("handle.socket-closed-as-handle", CloseHandle((HANDLE)s));
    INT("handle.socket-is-gone", closesocket(s));
    INT("handle.event-closed-as-socket", closesocket((SOCKET)manual));
    BOOLEAN_OF("handle.event-lives", SetEvent(manual));
    procedure_calls();
    return 0;
}
