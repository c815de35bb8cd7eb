/* Completion ports: packets, order, limits, ends. */
#include "facts.h"

static DWORD bytes;
static ULONG_PTR key;
static OVERLAPPED *found;

static void takes(const char *name, HANDLE port, DWORD limit)
{
    bytes = 1234;
    key = 1234;
    found = (OVERLAPPED *)&found;
    SetLastError(0);
    if (GetQueuedCompletionStatus(port, &bytes, &key, &found, limit))
        fact(dotted("port", name), "TRUE, %d bytes, key %d, %s", (int)bytes, (int)key, found ? "an OVERLAPPED" : "NULL");
    else
        fact(dotted("port", name), "%s, %s", code(GetLastError()), found ? "an OVERLAPPED" : "NULL");
}

static DWORD WINAPI closes_soon(void *port)
{
    Sleep(2 * MOMENT);
    CloseHandle(port);
    return 0;
}

static void posting(void)
{
    OVERLAPPED one = { 0 };
    HANDLE port = HANDLE_OF("port.create", CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0));
    takes("empty", port, 0);
    takes("empty-after-a-moment", port, MOMENT);
    BOOLEAN_OF("port.post", PostQueuedCompletionStatus(port, 5, 6, &one));
    takes("posted", port, 0);
    BOOLEAN_OF("port.post-null", PostQueuedCompletionStatus(port, 0, 0, NULL));
    takes("posted-null", port, 0);
    for (int i = 1; i <= 3; i++)
        PostQueuedCompletionStatus(port, i, i, &one);
    takes("first-of-three", port, 0);
    takes("second-of-three", port, 0);
    takes("third-of-three", port, 0);
    takes("none-left", port, 0);
    BOOLEAN_OF("port.post-4-GB", PostQueuedCompletionStatus(port, 0xffffffff, ~(ULONG_PTR)0, NULL));
    takes("posted-4-GB", port, 0);

    OVERLAPPED_ENTRY entries[4];
    ULONG count = 77;
    for (int i = 1; i <= 6; i++)
        PostQueuedCompletionStatus(port, i, i, &one);
    BOOLEAN_OF("port.Ex", GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE));
    fact("port.Ex.entries", "%d: %d %d %d %d", (int)count, (int)entries[0].dwNumberOfBytesTransferred,
         (int)entries[1].dwNumberOfBytesTransferred, (int)entries[2].dwNumberOfBytesTransferred,
         (int)entries[3].dwNumberOfBytesTransferred);
    BOOLEAN_OF("port.Ex-rest", GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE));
    fact("port.Ex-rest.entries", "%d", (int)count);
    BOOLEAN_OF("port.Ex-empty", GetQueuedCompletionStatusEx(port, entries, 4, &count, 0, FALSE));
    BOOLEAN_OF("port.Ex-empty-after-a-moment", GetQueuedCompletionStatusEx(port, entries, 4, &count, MOMENT, TRUE));
    BOOLEAN_OF("port.Ex-count-0", GetQueuedCompletionStatusEx(port, entries, 0, &count, 0, FALSE));
    BOOLEAN_OF("port.close", CloseHandle(port));
    BOOLEAN_OF("port.close-again", CloseHandle(port));
    takes("closed", port, 0);
    BOOLEAN_OF("port.post-closed", PostQueuedCompletionStatus(port, 0, 0, NULL));
    takes("no-port", NULL, 0);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    takes("an-event", event, 0);
    BOOLEAN_OF("port.post-an-event", PostQueuedCompletionStatus(event, 0, 0, NULL));
    CloseHandle(event);

    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    HANDLE closer = CreateThread(NULL, 0, closes_soon, port, 0, NULL);
    takes("closed-while-waiting", port, 1000);
    WaitForSingleObject(closer, LIMIT);
}

static void CALLBACK never_called(DWORD error, DWORD count, OVERLAPPED *overlapped, DWORD flags)
{
    fact("port.routine", "%d %d %p %d", (int)error, (int)count, (void *)overlapped, (int)flags);
}

static void associating(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 2), other;
    SOCKET s = stream();
    fact("port.associate", "%s", CreateIoCompletionPort((HANDLE)s, port, 9, 0) == port ? "the port" : code(GetLastError()));
    HANDLE_OF("port.associate-again", CreateIoCompletionPort((HANDLE)s, port, 9, 0));
    HANDLE_OF("port.associate-with-new", CreateIoCompletionPort((HANDLE)s, NULL, 9, 0));
    closesocket(s);
    s = stream();
    HANDLE_OF("port.associate-no-port", CreateIoCompletionPort((HANDLE)s, (HANDLE)stale(), 9, 0));
    HANDLE_OF("port.associate-nothing-with-port", CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 9, 0));
    HANDLE_OF("port.associate-stale", CreateIoCompletionPort((HANDLE)stale(), port, 9, 0));
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE_OF("port.associate-event", CreateIoCompletionPort(event, port, 9, 0));
    other = HANDLE_OF("port.associate-and-create", CreateIoCompletionPort((HANDLE)s, NULL, 3, 0));
    closesocket(s);
    CloseHandle(other);

    /* A routine and a port do not go together. */
    PAIR pair = streams();
    CreateIoCompletionPort((HANDLE)pair.a, port, 9, 0);
    OVERLAPPED overlapped = { 0 };
    char room[8];
    WSABUF buffer = { sizeof room, room };
    DWORD flags = 0;
    INT("port.and-routine", WSARecv(pair.a, &buffer, 1, NULL, &flags, &overlapped, never_called));

    /* No OVERLAPPED, no packet. */
    NEED(send(pair.b, "abc", 3, 0) == 3);
    INT("port.plain-recv", recv(pair.a, room, 8, 0));
    takes("plain-recv-makes-no-packet", port, MOMENT);
    closesocket(pair.b);
    closesocket(pair.a);

    /* The low bit of the event. */
    pair = streams();
    CreateIoCompletionPort((HANDLE)pair.a, port, 9, 0);
    memset(&overlapped, 0, sizeof overlapped);
    overlapped.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    WSARecv(pair.a, &buffer, 1, NULL, &flags, &overlapped, NULL);
    NEED(send(pair.b, "abc", 3, 0) == 3);
    WAIT("port.low-bit.event", WaitForSingleObject(event, LIMIT));
    takes("low-bit.no-packet", port, MOMENT);
    close_pair(pair);
    CloseHandle(port);
}

static void modes(void)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0), event = CreateEventA(NULL, TRUE, FALSE, NULL);
    PAIR pair = streams();
    char room[8];
    WSABUF buffer = { sizeof room, room };
    DWORD flags = 0;
    OVERLAPPED overlapped = { 0 };
    BOOLEAN_OF("modes.set-before-a-port", SetFileCompletionNotificationModes((HANDLE)pair.a, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    CreateIoCompletionPort((HANDLE)pair.a, port, 9, 0);
    BOOLEAN_OF("modes.unknown", SetFileCompletionNotificationModes((HANDLE)pair.a, 0x80));
    BOOLEAN_OF("modes.stale", SetFileCompletionNotificationModes((HANDLE)stale(), 1));
    NEED(send(pair.b, "abc", 3, 0) == 3);
    await_readable(pair.a);
    /* No packet if it ends during the call; whether it does is the system's choice. */
    int at_once = WSARecv(pair.a, &buffer, 1, NULL, &flags, &overlapped, NULL) == 0;
    BOOL packet = GetQueuedCompletionStatus(port, &bytes, &key, &found, at_once ? MOMENT : LIMIT);
    fact("modes.no-packet-at-once", "%s", packet != at_once ? "holds" : "does not hold");
    memset(&overlapped, 0, sizeof overlapped);
    INT("modes.later", WSARecv(pair.a, &buffer, 1, NULL, &flags, &overlapped, NULL));
    NEED(send(pair.b, "abc", 3, 0) == 3);
    takes("skip.packet", port, LIMIT);
    memset(&overlapped, 0, sizeof overlapped);
    overlapped.hEvent = event;
    INT("modes.with-event", WSARecv(pair.a, &buffer, 1, NULL, &flags, &overlapped, NULL));
    NEED(send(pair.b, "abc", 3, 0) == 3);
    WAIT("modes.event-too", WaitForSingleObject(event, LIMIT));
    takes("skip.packet-with-event", port, LIMIT);
    close_pair(pair);
    CloseHandle(port);
}

int main(void)
{
    start();
    posting();
    associating();
    modes();
    return 0;
}
