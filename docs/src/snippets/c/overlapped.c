/* One thread, overlapped operations, an event for each. */
#include "lesson.h"

/* ANCHOR: connection */
typedef struct {
    SOCKET socket;
    BOOL is_sending;
    OVERLAPPED operation;           /* the one that is under way; its hEvent is signalled when it has ended */
    char buffer[4096];
} CONNECTION;

/* Starts a receive, or a send of what came. The event tells of its end, also when it ends at once. FALSE: it has failed
   at once, and nothing will tell of it. */
static BOOL start(CONNECTION *c, BOOL is_sending, DWORD length)
{
    WSABUF buffer = {length, c->buffer};
    DWORD flags = 0;
    int result;

    c->is_sending = is_sending;
    WSAResetEvent(c->operation.hEvent);
    if (is_sending)
        result = WSASend(c->socket, &buffer, 1, NULL, 0, &c->operation, NULL);
    else
        result = WSARecv(c->socket, &buffer, 1, NULL, &flags, &c->operation, NULL);
    return result == 0 || WSAGetLastError() == WSA_IO_PENDING;
}

/* What follows the end of an operation. FALSE: the connection has ended. */
static BOOL go_on(CONNECTION *c)
{
    DWORD bytes, flags;

    if (!WSAGetOverlappedResult(c->socket, &c->operation, &bytes, FALSE, &flags) || bytes == 0)
        return FALSE;
    if (!c->is_sending)
        return start(c, TRUE, bytes);
    bytes_echoed += bytes;
    return start(c, FALSE, sizeof c->buffer);
}
/* ANCHOR_END: connection */

/* ANCHOR: accept */
#define ADDRESS_ROOM (sizeof(struct sockaddr_in) + 16)

static SOCKET listener, next;
static OVERLAPPED accepting;
static char addresses[2 * ADDRESS_ROOM];

/* Accepts into a socket of our own making; the event tells when it is connected. */
static void post_accept(void)
{
    DWORD bytes;

    next = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    check(next != INVALID_SOCKET, "WSASocket");
    WSAResetEvent(accepting.hEvent);
    check(AcceptEx(listener, next, addresses, 0, ADDRESS_ROOM, ADDRESS_ROOM, &bytes, &accepting) ||
              WSAGetLastError() == ERROR_IO_PENDING, "AcceptEx");
}

/* A connection with a receive under way; NULL if the client has left already. */
static CONNECTION *accepted(void)
{
    DWORD bytes, flags;
    CONNECTION *c = calloc(1, sizeof *c);

    check(c != NULL, "calloc");
    c->socket = next;
    c->operation.hEvent = WSACreateEvent();
    check(c->operation.hEvent != WSA_INVALID_EVENT, "WSACreateEvent");
    if (WSAGetOverlappedResult(listener, &accepting, &bytes, FALSE, &flags) &&
        setsockopt(next, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener) == 0 &&
        start(c, FALSE, sizeof c->buffer))
        return c;
    WSACloseEvent(c->operation.hEvent);
    closesocket(next);
    free(c);
    return NULL;
}
/* ANCHOR_END: accept */

/* ANCHOR: loop */
int main(void)
{
    WSAEVENT events[1 + CLIENTS];
    CONNECTION *clients[1 + CLIENTS] = {NULL};
    DWORD count = 1;
    int arrived = 0, ended = 0;

    listener = begin();
    events[0] = accepting.hEvent = WSACreateEvent();
    check(events[0] != WSA_INVALID_EVENT, "WSACreateEvent");
    post_accept();
    while (ended < CLIENTS) {
        DWORD first = WSAWaitForMultipleEvents(count, events, FALSE, WSA_INFINITE, FALSE);
        check(first != WSA_WAIT_FAILED, "WSAWaitForMultipleEvents");
        DWORD i = first - WSA_WAIT_EVENT_0;

        if (i == 0) {
            CONNECTION *c = accepted();
            if (c != NULL) {
                clients[count] = c;
                events[count++] = c->operation.hEvent;
            } else {
                ended++;
            }
            if (++arrived < CLIENTS)
                post_accept();
            else
                WSAResetEvent(events[0]);
        } else if (!go_on(clients[i])) {
            closesocket(clients[i]->socket);
            WSACloseEvent(events[i]);
            free(clients[i]);
            count--;
            events[i] = events[count];
            clients[i] = clients[count];
            ended++;
        }
    }
    WSACloseEvent(events[0]);
    return finish(listener);
}
/* ANCHOR_END: loop */
