/* An overlapped echo server of one thread: every connection has an operation with an event, and the thread waits for all
   events at once, up to 64. The first event says that a new connection is there. */
#include "stream_server.h"

typedef struct {
    OVERLAPPED overlapped;
    SOCKET socket;
    WSABUF rest;
    int sends;
    char buffer[4096];
} CONNECTION;

static WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS], taken;
static CONNECTION *connections[WSA_MAXIMUM_WAIT_EVENTS];
static DWORD used = 1;
static SOCKET accepted;
static unsigned long long served, echoed;

/* Hands each connection over and waits until it is taken. */
static unsigned __stdcall accepting(void *unused)
{
    (void)unused;
    do {
        accepted = accept_next();
        CHECK(SignalObjectAndWait(events[0], taken, INFINITE, FALSE) == WAIT_OBJECT_0);
    } while (accepted != INVALID_SOCKET);
    _endthreadex(5);
}

static void remove_connection(DWORD place)
{
    CHECK(closesocket(connections[place]->socket) == 0);
    CHECK(WSACloseEvent(events[place]));
    free(connections[place]);
    used--;
    connections[place] = connections[used];
    events[place] = events[used];
}

static void next(DWORD place, int sends, char *data, ULONG length)
{
    CONNECTION *c = connections[place];
    DWORD flags = 0;
    int result;

    c->sends = sends;
    c->rest.buf = data;
    c->rest.len = length;
    CHECK(WSAResetEvent(events[place]));
    ZeroMemory(&c->overlapped, sizeof c->overlapped);
    c->overlapped.hEvent = events[place];
    if (sends)
        result = WSASend(c->socket, &c->rest, 1, NULL, 0, &c->overlapped, NULL);
    else
        result = WSARecv(c->socket, &c->rest, 1, NULL, &flags, &c->overlapped, NULL);
    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING)
        remove_connection(place);
}

static void completed(DWORD place)
{
    CONNECTION *c = connections[place];
    DWORD bytes = 0, flags = 0;

    if (!WSAGetOverlappedResult(c->socket, &c->overlapped, &bytes, FALSE, &flags)) {
        CHECK(WSAGetLastError() == WSAECONNRESET);
        remove_connection(place);
    } else if (bytes == 0) {
        remove_connection(place);
    } else if (!c->sends) {
        next(place, 1, c->buffer, bytes);
    } else {
        echoed += bytes;
        if (bytes == c->rest.len)
            next(place, 0, c->buffer, sizeof c->buffer);
        else
            next(place, 1, c->rest.buf + bytes, c->rest.len - bytes);
    }
}

/* False when there will be none any more. */
static int take_accepted(void)
{
    DWORD place = used;

    if (accepted != INVALID_SOCKET) {
        CHECK(place < WSA_MAXIMUM_WAIT_EVENTS);
        connections[place] = calloc(1, sizeof(CONNECTION));
        CHECK(connections[place] != NULL);
        connections[place]->socket = accepted;
        CHECK((events[place] = WSACreateEvent()) != WSA_INVALID_EVENT);
        used++;
        served++;
        next(place, 0, connections[place]->buffer, sizeof connections[place]->buffer);
    }
    return accepted != INVALID_SOCKET;
}

int main(void)
{
    HANDLE thread;
    DWORD code;
    int open = 1;

    start();
    CHECK((events[0] = CreateEvent(NULL, FALSE, FALSE, NULL)) != NULL);
    CHECK((taken = CreateEvent(NULL, FALSE, FALSE, NULL)) != NULL);
    thread = begin_accepting(accepting, NULL);
    while (open || used > 1) {
        DWORD got = WSAWaitForMultipleEvents(used, events, FALSE, WSA_INFINITE, FALSE);
        CHECK(got - WSA_WAIT_EVENT_0 < used);
        if (got != WSA_WAIT_EVENT_0) {
            completed(got - WSA_WAIT_EVENT_0);
        } else {
            open = take_accepted();
            CHECK(SetEvent(taken));
        }
    }
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code) && code == 5 && CloseHandle(thread));
    CHECK(WSACloseEvent(events[0]) && WSACloseEvent(taken));
    CHECK(WSACleanup() == 0);
    printf("%llu connections, %llu bytes\n", served, echoed);
    return 0;
}
