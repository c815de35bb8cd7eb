/* Cancelling, and asking for results too early. */
#include "facts.h"

static char room[8];
static WSABUF buffer = { sizeof room, room };
static DWORD bytes, flags;

static void pending(SOCKET s, OVERLAPPED *overlapped)
{
    memset(overlapped, 0, sizeof *overlapped);
    overlapped->hEvent = WSACreateEvent();
    flags = 0;
    NEED(WSARecv(s, &buffer, 1, NULL, &flags, overlapped, NULL) == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING);
}

static void ended(const char *name, SOCKET s, OVERLAPPED *overlapped)
{
    DWORD result = WaitForSingleObject(overlapped->hEvent, MOMENT);
    if (result != WAIT_OBJECT_0)
        fact(name, "pending");
    else if (WSAGetOverlappedResult(s, overlapped, &bytes, FALSE, &flags))
        fact(name, "%d bytes", (int)bytes);
    else
        fact(name, "%s", code(WSAGetLastError()));
}

static DWORD WINAPI cancels(void *s)
{
    BOOLEAN_OF("cancel.other-thread.CancelIo", CancelIo((HANDLE)s));
    return 0;
}

static DWORD WINAPI cancels_ex(void *s)
{
    BOOLEAN_OF("cancel.other-thread.CancelIoEx", CancelIoEx((HANDLE)s, NULL));
    return 0;
}

static DWORD WINAPI begins_and_ends(void *argument)
{
    OVERLAPPED *overlapped = argument;
    SOCKET s = (SOCKET)overlapped->Pointer;
    pending(s, overlapped);
    return 0;
}

static void in_a_thread(LPTHREAD_START_ROUTINE function, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, function, argument, 0, NULL);
    NEED(WaitForSingleObject(thread, LIMIT) == WAIT_OBJECT_0);
    CloseHandle(thread);
}

int main(void)
{
    start();
    OVERLAPPED first, second, strange = { 0 };
    PAIR pair = streams();
    BOOLEAN_OF("cancel.nothing.CancelIo", CancelIo((HANDLE)pair.a));
    BOOLEAN_OF("cancel.nothing.CancelIoEx", CancelIoEx((HANDLE)pair.a, NULL));
    BOOLEAN_OF("cancel.strange-overlapped", CancelIoEx((HANDLE)pair.a, &strange));

    pending(pair.a, &first);
    BOOLEAN_OF("result.too-early", WSAGetOverlappedResult(pair.a, &first, &bytes, FALSE, &flags));
    BOOLEAN_OF("result.too-early.GetOverlappedResult", GetOverlappedResult((HANDLE)pair.a, &first, &bytes, FALSE));
    BOOLEAN_OF("result.too-early.Ex", GetOverlappedResultEx((HANDLE)pair.a, &first, &bytes, MOMENT, FALSE));
    fact("result.HasOverlappedIoCompleted", "%d", HasOverlappedIoCompleted(&first) ? 1 : 0);
    BOOLEAN_OF("result.stale", WSAGetOverlappedResult(stale(), &first, &bytes, FALSE, &flags));
    BOOLEAN_OF("cancel.another-overlapped", CancelIoEx((HANDLE)pair.a, &strange));
    ended("cancel.another-overlapped.it", pair.a, &first);
    BOOLEAN_OF("cancel.one", CancelIoEx((HANDLE)pair.a, &first));
    ended("cancel.one.it", pair.a, &first);
    BOOLEAN_OF("cancel.one.GetOverlappedResult", GetOverlappedResult((HANDLE)pair.a, &first, &bytes, FALSE));
    BOOLEAN_OF("cancel.one-again", CancelIoEx((HANDLE)pair.a, &first));

    pending(pair.a, &first);
    pending(pair.a, &second);
    BOOLEAN_OF("cancel.second-of-two", CancelIoEx((HANDLE)pair.a, &second));
    ended("cancel.second-of-two.first", pair.a, &first);
    ended("cancel.second-of-two.second", pair.a, &second);
    pending(pair.a, &second);
    BOOLEAN_OF("cancel.all", CancelIoEx((HANDLE)pair.a, NULL));
    ended("cancel.all.first", pair.a, &first);
    ended("cancel.all.second", pair.a, &second);

    pending(pair.a, &first);
    NEED(send(pair.b, "abc", 3, 0) == 3);
    NEED(WaitForSingleObject(first.hEvent, LIMIT) == WAIT_OBJECT_0);
    BOOLEAN_OF("cancel.completed", CancelIoEx((HANDLE)pair.a, &first));
    ended("cancel.completed.it", pair.a, &first);
    INT("cancel.then-send", send(pair.b, "xyz", 3, 0));
    INT("cancel.then-recv", recv(pair.a, room, 8, 0));

    pending(pair.a, &first);
    in_a_thread(cancels, (void *)pair.a);
    ended("cancel.other-thread.CancelIo.it", pair.a, &first);
    in_a_thread(cancels_ex, (void *)pair.a);
    ended("cancel.other-thread.CancelIoEx.it", pair.a, &first);

    first.Pointer = (void *)pair.a;
    in_a_thread(begins_and_ends, &first);
    WaitForSingleObject(first.hEvent, 2 * MOMENT);
    ended("cancel.the-thread-has-ended", pair.a, &first);

    CancelIoEx((HANDLE)pair.a, NULL);
    pending(pair.a, &first);
    pending(pair.a, &second);
    NEED(send(pair.b, "abcdefgh", 8, 0) == 8);
    NEED(WaitForSingleObject(first.hEvent, LIMIT) == WAIT_OBJECT_0);
    ended("order.first", pair.a, &first);
    ended("order.second", pair.a, &second);
    NEED(send(pair.b, "ij", 2, 0) == 2);
    NEED(WaitForSingleObject(second.hEvent, LIMIT) == WAIT_OBJECT_0);
    ended("order.second-then", pair.a, &second);
    fact("order.buffer", "%.8s", room);
    close_pair(pair);
    return 0;
}
