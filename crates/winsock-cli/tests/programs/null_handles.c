/* Every function of events, waits, threads, ports and outcomes, with every combination of its pointers NULL, on objects of
   every kind, pseudo handles, stale and wild ones: none crashes, none blocks, and with nothing else wrong a bad handle is
   ERROR_INVALID_HANDLE. */
#include "null.h"
#include <windows.h>

static HANDLE port;

/* What the calls get, as it is before each call. */
static DWORD bytes, code;
static ULONG_PTR key;
static OVERLAPPED *taken;
static OVERLAPPED_ENTRY entries[4];
static ULONG count;
static HANDLE handle, copy;
static SECURITY_ATTRIBUTES attributes;
static DWORD id;
static char buffer[16];
static LARGE_INTEGER size, distance;

static void prepare(void)
{
    copy = NULL;
    bytes = code = id = count = 0;
}

static void CALLBACK call(ULONG_PTR unused)
{
    (void)unused;
}

static DWORD WINAPI ends(LPVOID unused)
{
    (void)unused;
    ExitThread(1);
}

/* Closes what a call has made, and leaves the last error alone. */
static int made(HANDLE it)
{
    DWORD error = GetLastError();
    if (it != NULL && it != port)
        CHECK(CloseHandle(it));
    SetLastError(error);
    return 0;
}

static int made_file(HANDLE it)
{
    return made(it == INVALID_HANDLE_VALUE ? NULL : it);
}

static void on_handle(HANDLE h)
{
    HANDLE process = GetCurrentProcess();

    handle = h;
    EACH(SetEvent(h))
    EACH(PulseEvent(h))
    EACH(ResetEvent(h))
    EACH(WSASetEvent(h))
    EACH(WSAResetEvent(h))
    EACH(WaitForSingleObject(h, 0))
    EACH(WaitForSingleObjectEx(h, 0, TRUE))
    EACH(WaitForMultipleObjects(1, P(&handle), FALSE, 0))
    EACH(WaitForMultipleObjectsEx(1, P(&handle), TRUE, 0, TRUE))
    EACH(WSAWaitForMultipleEvents(1, P(&handle), FALSE, 0, FALSE))
    EACH(SignalObjectAndWait(h, h, 0, FALSE))
    EACH(GetExitCodeThread(h, P(&code)))
    EACH(GetThreadId(h))
    EACH(ResumeThread(h))
    EACH(QueueUserAPC(P(call), h, 1))
    EACH((DuplicateHandle(process, h, process, P(&copy), 0, FALSE, DUPLICATE_SAME_ACCESS), made(copy)))
    EACH(GetQueuedCompletionStatus(h, P(&bytes), P(&key), P(&taken), 0))
    EACH(GetQueuedCompletionStatusEx(h, P(entries), 4, P(&count), 0, TRUE))
    EACH(PostQueuedCompletionStatus(h, 1, 1, P(overlapped())))
    EACH(ReadFile(h, P(buffer), sizeof buffer, P(&bytes), P(overlapped())))
    EACH(WriteFile(h, P(buffer), sizeof buffer, P(&bytes), P(overlapped())))
    EACH(GetFileSizeEx(h, P(&size)))
    EACH(SetFilePointerEx(h, distance, P(&size), FILE_BEGIN))
    EACH(CancelIo(h))
    EACH(CancelIoEx(h, P(overlapped())))
    EACH(GetOverlappedResult(h, P(overlapped()), P(&bytes), FALSE))
    EACH(GetOverlappedResultEx(h, P(overlapped()), P(&bytes), 0, TRUE))
    EACH(SetFileCompletionNotificationModes(h, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS))
    EACH(made(CreateIoCompletionPort(h, P(port), 1, 0)))
}

static void without_handle(void)
{
    EACH(made(CreateEventA(P(&attributes), TRUE, FALSE, P("name"))))
    EACH(made(CreateEventW(P(&attributes), TRUE, FALSE, P(L"name"))))
    EACH(made(CreateEventExA(P(&attributes), P("name"), 0, EVENT_ALL_ACCESS)))
    EACH(made(CreateEventExW(P(&attributes), P(L"name"), 0, EVENT_ALL_ACCESS)))
    EACH(made(OpenEventA(EVENT_ALL_ACCESS, FALSE, P("name"))))
    EACH(made(OpenEventW(EVENT_ALL_ACCESS, FALSE, P(L"name"))))
    EACH(made_file(CreateFileA(P("/dev/null"), GENERIC_READ, 0, P(&attributes), OPEN_EXISTING, 0, NULL)))
    EACH(made_file(CreateFileW(P(L"/dev/null"), GENERIC_READ, 0, P(&attributes), OPEN_EXISTING, 0, NULL)))
    EACH(made(WSACreateEvent()))
    EACH(made(CreateThread(P(&attributes), 0, P(ends), P(&attributes), 0, P(&id))))
    EACH(made(OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId())))
    EACH((GetCurrentThread(), GetCurrentProcessId()))
    EACH((Sleep(0), SleepEx(0, TRUE), SwitchToThread()))
}

int main(void)
{
    static const ULONG_PTR wild[] = { 0, 1, 3, 4096, 0x7ffffffc, 0xdeadbeef, (ULONG_PTR)1 << 63 };
    struct sockaddr_in address;
    u_long not_blocking = 1;
    HANDLE objects[7];
    unsigned i;

    start();
    CHECK((port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1)) != NULL);
    without_handle();
    CHECK((objects[0] = CreateEvent(NULL, TRUE, FALSE, NULL)) != NULL);
    CHECK((objects[1] = CreateEvent(NULL, FALSE, FALSE, NULL)) != NULL);
    CHECK((objects[2] = CreateThread(NULL, 0, ends, NULL, 0, NULL)) != NULL);
    CHECK(WaitForSingleObject(objects[2], INFINITE) == WAIT_OBJECT_0);
    CHECK((objects[3] = OpenThread(THREAD_ALL_ACCESS, FALSE, GetCurrentThreadId())) != NULL);
    CHECK((objects[4] = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1)) != NULL);
    objects[5] = (HANDLE)listening(&address);
    objects[6] = (HANDLE)connected(&address);
    /* So that reading without an OVERLAPPED ends too. */
    CHECK(ioctlsocket((SOCKET)objects[6], FIONBIO, &not_blocking) == 0);
    for (i = 0; i < sizeof objects / sizeof *objects; i++)
        on_handle(objects[i]);
    on_handle(GetCurrentThread());
    on_handle(GetCurrentProcess());
    for (i = 0; i < sizeof objects / sizeof *objects; i++)
        CHECK(CloseHandle(objects[i]));

    bad_handle = ERROR_INVALID_HANDLE;
    for (i = 0; i < sizeof objects / sizeof *objects; i++) {
        on_handle(objects[i]);
        EACH(CloseHandle(objects[i]))
        EACH(WSACloseEvent(objects[i]))
    }
    for (i = 0; i < sizeof wild / sizeof *wild; i++) {
        on_handle((HANDLE)wild[i]);
        EACH(CloseHandle((HANDLE)wild[i]))
        EACH(WSACloseEvent((HANDLE)wild[i]))
    }
    CHECK(CloseHandle(port));
    CHECK(WSACleanup() == 0);
    CHECK(calls > 1000);
    printf("no crash\n");
    return 0;
}
