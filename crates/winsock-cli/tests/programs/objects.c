/* Events by both kinds of name, waits for one, any and all, procedure calls, threads from either library's functions, and
   handles of each. */
#include "check.h"
#include <process.h>

static DWORD calls;

static void CALLBACK count(ULONG_PTR by)
{
    calls += (DWORD)by;
}

static void events(void)
{
    HANDLE both[2], opened;

    CHECK((both[0] = CreateEventA(NULL, TRUE, FALSE, "Local\\one name")) != NULL && GetLastError() == ERROR_SUCCESS);
    CHECK((opened = CreateEventW(NULL, FALSE, FALSE, L"one name")) != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
    CHECK(SetEvent(opened) && CloseHandle(opened));
    CHECK((opened = OpenEventW(EVENT_ALL_ACCESS, FALSE, L"one name")) != NULL);
    CHECK(WaitForSingleObject(opened, 0) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(opened, 0) == WAIT_OBJECT_0); /* It is a manual-reset event. */
    CHECK(ResetEvent(opened) && WaitForSingleObjectEx(both[0], 0, FALSE) == WAIT_TIMEOUT);
    CHECK(OpenEventA(EVENT_MODIFY_STATE, FALSE, "another name") == NULL && GetLastError() == ERROR_FILE_NOT_FOUND);

    CHECK((both[1] = CreateEventEx(NULL, NULL, CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS)) != NULL);
    CHECK(WaitForMultipleObjects(2, both, TRUE, 0) == WAIT_TIMEOUT);
    CHECK(SetEvent(opened));
    CHECK(WaitForMultipleObjects(2, both, TRUE, INFINITE) == WAIT_OBJECT_0);
    CHECK(WaitForSingleObject(both[1], 0) == WAIT_TIMEOUT); /* The wait has taken it. */
    CHECK(SetEvent(both[1]) && ResetEvent(both[0]));
    CHECK(WSAWaitForMultipleEvents(2, both, FALSE, WSA_INFINITE, FALSE) == WSA_WAIT_EVENT_0 + 1);
    CHECK(PulseEvent(both[1]) && WaitForSingleObject(both[1], 0) == WAIT_TIMEOUT);
    CHECK(SignalObjectAndWait(both[1], both[1], INFINITE, FALSE) == WAIT_OBJECT_0);
    CHECK(WSASetEvent(both[1]) && WSAResetEvent(both[1]) && WSACloseEvent(both[1]));
    CHECK(!SetEvent(both[1]) && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(WaitForSingleObject(both[1], 0) == WAIT_FAILED);
    CHECK(CloseHandle(both[0]) && CloseHandle(opened));
}

static void procedure_calls(void)
{
    HANDLE self;

    CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                          DUPLICATE_SAME_ACCESS));
    CHECK(QueueUserAPC(count, self, 1) && QueueUserAPC(count, self, 10));
    Sleep(0);
    SwitchToThread();
    CHECK(calls == 0);
    CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION && calls == 11);
    CHECK(SleepEx(0, TRUE) == 0 && calls == 11);
    CHECK(CloseHandle(self));
}

static DWORD WINAPI returns(LPVOID code)
{
    return (DWORD)(ULONG_PTR)code;
}

static void exit_deeper(DWORD code)
{
    ExitThread(code);
}

static DWORD WINAPI exits(LPVOID code)
{
    exit_deeper((DWORD)(ULONG_PTR)code);
    return 0;
}

static void CALLBACK exit_call(ULONG_PTR code)
{
    ExitThread((DWORD)code);
}

static DWORD WINAPI sleeps(LPVOID unused)
{
    (void)unused;
    while (SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION)
        ;
    return 0;
}

static unsigned __stdcall exits_by_the_c_library(void *code)
{
    _endthreadex((unsigned)(ULONG_PTR)code);
}

static void ends_with(HANDLE thread, DWORD expected)
{
    DWORD code = 0;

    CHECK(thread != NULL);
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == expected);
    CHECK(CloseHandle(thread));
}

static void threads(void)
{
    HANDLE thread, opened;
    DWORD id = 0, code = 0;
    unsigned id2 = 0;

    CHECK((thread = CreateThread(NULL, 0, returns, (LPVOID)3, CREATE_SUSPENDED, &id)) != NULL);
    CHECK(GetThreadId(thread) == id && id != GetCurrentThreadId());
    CHECK(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    CHECK(WaitForSingleObject(thread, 0) == WAIT_TIMEOUT);
    CHECK((opened = OpenThread(THREAD_ALL_ACCESS, FALSE, id)) != NULL);
    CHECK(ResumeThread(opened) == 1);
    ends_with(thread, 3);
    CHECK(ResumeThread(opened) == 0 && CloseHandle(opened));

    ends_with(CreateThread(NULL, 0, exits, (LPVOID)4, 0, NULL), 4);
    CHECK((thread = CreateThread(NULL, 0, sleeps, NULL, 0, NULL)) != NULL);
    CHECK(QueueUserAPC(exit_call, thread, 5));
    ends_with(thread, 5);

    thread = (HANDLE)_beginthreadex(NULL, 1 << 16, exits_by_the_c_library, (void *)6,
                                    STACK_SIZE_PARAM_IS_A_RESERVATION, &id2);
    CHECK(id2 == GetThreadId(thread));
    ends_with(thread, 6);
    errno = 0;
    CHECK(_beginthreadex(NULL, 0, NULL, NULL, 0, NULL) == 0 && errno == EINVAL);
    errno = 0;
    CHECK(_beginthreadex(NULL, 0, exits_by_the_c_library, NULL, 0x80000000, NULL) == 0 && errno == EINVAL);
}

int main(void)
{
    start();
    events();
    CHECK(WSACleanup() == 0);
    procedure_calls();
    threads();
    printf("objects\n");
    return 0;
}
