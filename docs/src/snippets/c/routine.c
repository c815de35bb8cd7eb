/* One thread, overlapped operations, a routine that runs at the end of each. */
#include "lesson.h"

/* ANCHOR: routines */
typedef struct {
    OVERLAPPED operation;           /* hEvent is the program's own here: Winsock leaves it alone */
    SOCKET socket;
    char buffer[4096];
} CONNECTION;

static int ended;

static void CALLBACK received(DWORD error, DWORD bytes, LPWSAOVERLAPPED operation, DWORD flags);
static void CALLBACK sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED operation, DWORD flags);

static void end(CONNECTION *c)
{
    closesocket(c->socket);
    free(c);
    ended++;
}

/* After a call that has failed at once no routine runs. */
static void started(CONNECTION *c, int result)
{
    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING)
        end(c);
}

static void receive(CONNECTION *c)
{
    WSABUF buffer = {sizeof c->buffer, c->buffer};
    DWORD flags = 0;
    started(c, WSARecv(c->socket, &buffer, 1, NULL, &flags, &c->operation, received));
}

static void CALLBACK received(DWORD error, DWORD bytes, LPWSAOVERLAPPED operation, DWORD flags)
{
    CONNECTION *c = CONTAINING_RECORD(operation, CONNECTION, operation);
    WSABUF buffer = {bytes, c->buffer};

    (void)flags;
    if (error != 0 || bytes == 0)
        end(c);
    else
        started(c, WSASend(c->socket, &buffer, 1, NULL, 0, &c->operation, sent));
}

static void CALLBACK sent(DWORD error, DWORD bytes, LPWSAOVERLAPPED operation, DWORD flags)
{
    CONNECTION *c = CONTAINING_RECORD(operation, CONNECTION, operation);

    (void)flags;
    bytes_echoed += bytes;
    if (error != 0)
        end(c);
    else
        receive(c);
}
/* ANCHOR_END: routines */

/* ANCHOR: loop */
int main(void)
{
    SOCKET listener = begin();

    for (int i = 0; i < CLIENTS; i++) {
        CONNECTION *c = calloc(1, sizeof *c);
        check(c != NULL, "calloc");
        c->socket = accept(listener, NULL, NULL);
        check(c->socket != INVALID_SOCKET, "accept");
        receive(c);
    }
    while (ended < CLIENTS)
        SleepEx(INFINITE, TRUE);                /* alertable: this is where the routines run */
    return finish(listener);
}
/* ANCHOR_END: loop */
