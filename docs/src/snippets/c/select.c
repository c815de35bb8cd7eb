/* One thread, blocking sockets, select. */
#include "lesson.h"

/* ANCHOR: echo */
/* One receive, which does not block since select has said so, and one send, which may. FALSE: the client has ended. */
static BOOL echo(SOCKET client)
{
    char buffer[4096];
    int received = recv(client, buffer, sizeof buffer, 0);

    if (received <= 0 || send(client, buffer, received, 0) == SOCKET_ERROR)
        return FALSE;
    bytes_echoed += received;
    return TRUE;
}
/* ANCHOR_END: echo */

/* ANCHOR: loop */
int main(void)
{
    SOCKET listener = begin(), clients[CLIENTS];
    int accepted = 0, ended = 0;

    while (ended < CLIENTS) {
        fd_set readable;
        FD_ZERO(&readable);
        FD_SET(listener, &readable);
        for (int i = 0; i < accepted; i++)
            if (clients[i] != INVALID_SOCKET)
                FD_SET(clients[i], &readable);

        check(select(0, &readable, NULL, NULL, NULL) != SOCKET_ERROR, "select");

        for (int i = 0; i < accepted; i++)
            if (clients[i] != INVALID_SOCKET && FD_ISSET(clients[i], &readable) && !echo(clients[i])) {
                closesocket(clients[i]);
                clients[i] = INVALID_SOCKET;
                ended++;
            }
        if (FD_ISSET(listener, &readable) && accepted < CLIENTS) {
            clients[accepted] = accept(listener, NULL, NULL);
            check(clients[accepted] != INVALID_SOCKET, "accept");
            accepted++;
        }
    }
    return finish(listener);
}
/* ANCHOR_END: loop */
