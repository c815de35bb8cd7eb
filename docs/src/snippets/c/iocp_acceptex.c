/* Some threads on a completion port, where connections come too, with their first data. */
#include "iocp.h"

/* ANCHOR: accept */
#define ADDRESS_ROOM (sizeof(struct sockaddr_in) + 16)

static SOCKET listener;
static LPFN_ACCEPTEX accept_ex;

static void post_accept(void)
{
    CONNECTION *c = calloc(1, sizeof *c);
    DWORD bytes;

    check(c != NULL, "calloc");
    c->what = ACCEPTING;
    c->socket = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    check(c->socket != INVALID_SOCKET, "WSASocket");
    check(accept_ex(listener, c->socket, c->buffer, sizeof c->buffer - 2 * ADDRESS_ROOM, ADDRESS_ROOM, ADDRESS_ROOM,
                    &bytes, &c->operation) || WSAGetLastError() == ERROR_IO_PENDING, "AcceptEx");
}

/* The end of an accept: a connection, and the first data that has come on it. */
static void accepted(CONNECTION *c, BOOL succeeded, DWORD bytes)
{
    if (!succeeded) {
        end(c);
        return;
    }
    check(setsockopt(c->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener) == 0,
          "SO_UPDATE_ACCEPT_CONTEXT");
    check(CreateIoCompletionPort((HANDLE)c->socket, port, 0, 0) == port, "CreateIoCompletionPort");
    if (bytes > 0)
        start(c, SENDING, bytes);
    else
        end(c);                                 /* the client has ended its side without a word */
}
/* ANCHOR_END: accept */

/* ANCHOR: main */
int main(void)
{
    GUID id = WSAID_ACCEPTEX;
    DWORD bytes;

    listener = begin();
    begin_workers();
    check(WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex, &bytes,
                   NULL, NULL) == 0, "WSAIoctl");
    check(CreateIoCompletionPort((HANDLE)listener, port, 0, 0) == port, "CreateIoCompletionPort");
    for (int i = 0; i < CLIENTS; i++)
        post_accept();
    end_workers();
    return finish(listener);
}
/* ANCHOR_END: main */
