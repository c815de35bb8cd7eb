/* Some threads on a completion port, and one that accepts. */
#include "iocp.h"

static void accepted(CONNECTION *c, BOOL succeeded, DWORD bytes)
{
    (void)succeeded;
    (void)bytes;
    end(c);                                     /* never: this program does not accept on its port */
}

/* ANCHOR: accept */
int main(void)
{
    SOCKET listener = begin();

    begin_workers();
    for (int i = 0; i < CLIENTS; i++) {
        CONNECTION *c = calloc(1, sizeof *c);
        check(c != NULL, "calloc");
        c->socket = WSAAccept(listener, NULL, NULL, NULL, 0);
        check(c->socket != INVALID_SOCKET, "WSAAccept");
        check(CreateIoCompletionPort((HANDLE)c->socket, port, 0, 0) == port, "CreateIoCompletionPort");
        start(c, RECEIVING, sizeof c->buffer);
    }
    end_workers();
    return finish(listener);
}
/* ANCHOR_END: accept */
