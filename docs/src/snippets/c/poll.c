/* One thread, sockets that never block, WSAPoll. */
#include "turn.h"

/* ANCHOR: loop */
int main(void)
{
    SOCKET listener = begin();
    WSAPOLLFD entries[1 + CLIENTS] = {{listener, POLLRDNORM, 0}};
    CONNECTION *clients[1 + CLIENTS] = {NULL};
    ULONG count = 1;
    int accepted = 0, ended = 0;

    set_nonblocking(listener);
    while (ended < CLIENTS) {
        check(WSAPoll(entries, count, -1) != SOCKET_ERROR, "WSAPoll");

        for (ULONG i = count - 1; i > 0; i--) {
            CONNECTION *c = clients[i];
            if (entries[i].revents == 0)
                continue;
            if (turn(c)) {
                entries[i].events = is_sending(c) ? POLLWRNORM : POLLRDNORM;
            } else {
                closesocket(c->socket);
                free(c);
                count--;                        /* the last one takes its place */
                entries[i] = entries[count];
                clients[i] = clients[count];
                ended++;
            }
        }
        if (entries[0].revents != 0 && accepted < CLIENTS) {
            SOCKET s = accept(listener, NULL, NULL);
            if (s == INVALID_SOCKET) {
                check(WSAGetLastError() == WSAEWOULDBLOCK, "accept");
                continue;
            }
            accepted++;
            CONNECTION *c = calloc(1, sizeof *c);
            check(c != NULL, "calloc");
            c->socket = s;
            clients[count] = c;
            entries[count] = (WSAPOLLFD){s, POLLRDNORM, 0};
            count++;
        }
    }
    return finish(listener);
}
/* ANCHOR_END: loop */
