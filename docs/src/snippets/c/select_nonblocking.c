/* One thread, sockets that never block, select for reading and for writing. */
#include "turn.h"

/* ANCHOR: loop */
int main(void)
{
    SOCKET listener = begin();
    CONNECTION *clients[CLIENTS] = {NULL};
    int accepted = 0, ended = 0;

    set_nonblocking(listener);
    while (ended < CLIENTS) {
        fd_set readable, writable;
        FD_ZERO(&readable);
        FD_ZERO(&writable);
        FD_SET(listener, &readable);
        for (int i = 0; i < accepted; i++)
            if (clients[i] != NULL)
                FD_SET(clients[i]->socket, is_sending(clients[i]) ? &writable : &readable);

        check(select(0, &readable, &writable, NULL, NULL) != SOCKET_ERROR, "select");

        for (int i = 0; i < accepted; i++) {
            CONNECTION *c = clients[i];
            if (c == NULL || !(FD_ISSET(c->socket, &readable) || FD_ISSET(c->socket, &writable)))
                continue;
            if (!turn(c)) {
                closesocket(c->socket);
                free(c);
                clients[i] = NULL;
                ended++;
            }
        }
        if (FD_ISSET(listener, &readable) && accepted < CLIENTS) {
            SOCKET s = accept(listener, NULL, NULL);
            if (s == INVALID_SOCKET) {
                /* The client may have left between the two calls. */
                check(WSAGetLastError() == WSAEWOULDBLOCK, "accept");
                continue;
            }
            CONNECTION *c = calloc(1, sizeof *c);
            check(c != NULL, "calloc");
            c->socket = s;
            clients[accepted++] = c;
        }
    }
    return finish(listener);
}
/* ANCHOR_END: loop */
