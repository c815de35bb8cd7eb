/* An overlapped echo server of one thread that sleeps: completion routines do the work, and a procedure call brings each
   new connection. */
#include "stream_server.h"

typedef struct {
    OVERLAPPED overlapped;
    SOCKET socket;
    WSABUF rest;
    char buffer[4096];
} CONNECTION;

static DWORD serving_thread;
static unsigned long long open, served, echoed;
static int ended;

static void CALLBACK received(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags);
static void CALLBACK sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags);

/* After an operation that failed at once: then no routine comes. */
static void started(CONNECTION *c, int result)
{
    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING) {
        CHECK(closesocket(c->socket) == 0);
        free(c);
        open--;
    }
}

static void receive(CONNECTION *c)
{
    DWORD flags = 0;

    c->rest.buf = c->buffer;
    c->rest.len = sizeof c->buffer;
    started(c, WSARecv(c->socket, &c->rest, 1, NULL, &flags, &c->overlapped, received));
}

static CONNECTION *connection_of(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped)
{
    CONNECTION *c = CONTAINING_RECORD(overlapped, CONNECTION, overlapped);

    CHECK(GetCurrentThreadId() == serving_thread);
    CHECK(error == 0 || error == WSAECONNRESET);
    CHECK(HasOverlappedIoCompleted(overlapped));
    if (error == 0 && bytes > 0)
        return c;
    CHECK(closesocket(c->socket) == 0);
    free(c);
    open--;
    return NULL;
}

static void CALLBACK received(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    CONNECTION *c = connection_of(error, bytes, overlapped);

    (void)flags;
    if (!c)
        return;
    c->rest.len = bytes;
    started(c, WSASend(c->socket, &c->rest, 1, NULL, 0, &c->overlapped, sent));
}

static void CALLBACK sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped, DWORD flags)
{
    CONNECTION *c = connection_of(error, bytes, overlapped);

    (void)flags;
    if (!c)
        return;
    echoed += bytes;
    c->rest.buf += bytes;
    c->rest.len -= bytes;
    if (c->rest.len == 0)
        receive(c);
    else
        started(c, WSASend(c->socket, &c->rest, 1, NULL, 0, &c->overlapped, sent));
}

static void CALLBACK connected_now(ULONG_PTR socket)
{
    CONNECTION *c;

    if (socket == INVALID_SOCKET) {
        ended = 1;
        return;
    }
    CHECK((c = calloc(1, sizeof *c)) != NULL);
    c->socket = socket;
    open++;
    served++;
    receive(c);
}

static unsigned __stdcall accepting(void *thread)
{
    SOCKET s;

    do {
        s = accept_next();
        CHECK(QueueUserAPC(connected_now, (HANDLE)thread, s));
    } while (s != INVALID_SOCKET);
    return 0;
}

int main(void)
{
    HANDLE self, thread;

    start();
    serving_thread = GetCurrentThreadId();
    CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &self, 0, FALSE,
                          DUPLICATE_SAME_ACCESS));
    CHECK(GetThreadId(self) == serving_thread);
    thread = begin_accepting(accepting, self);
    while (!ended || open > 0)
        CHECK(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0 && CloseHandle(thread) && CloseHandle(self));
    CHECK(WSACleanup() == 0);
    printf("%llu connections, %llu bytes\n", served, echoed);
    return 0;
}
