/* One thread, an event for each socket, WSAEventSelect. */
#include "turn.h"

/* ANCHOR: loop */
int main(void)
{
    SOCKET listener = begin();
    WSAEVENT events[1 + CLIENTS];
    CONNECTION *clients[1 + CLIENTS] = {NULL};
    DWORD count = 1;
    int accepted = 0, ended = 0;

    events[0] = WSACreateEvent();
    check(events[0] != WSA_INVALID_EVENT, "WSACreateEvent");
    check(WSAEventSelect(listener, events[0], FD_ACCEPT) == 0, "WSAEventSelect");
    while (ended < CLIENTS) {
        WSANETWORKEVENTS happened;
        DWORD first = WSAWaitForMultipleEvents(count, events, FALSE, WSA_INFINITE, FALSE);
        check(first != WSA_WAIT_FAILED, "WSAWaitForMultipleEvents");

        /* The wait names the first one; others behind it may be signalled too, and come in the next rounds. */
        DWORD i = first - WSA_WAIT_EVENT_0;
        CONNECTION *c = clients[i];
        SOCKET s = c ? c->socket : listener;
        check(WSAEnumNetworkEvents(s, events[i], &happened) == 0, "WSAEnumNetworkEvents");

        if (c != NULL) {
            if (turn(c))
                continue;                       /* FD_READ, FD_WRITE or FD_CLOSE will come */
            closesocket(s);
            WSACloseEvent(events[i]);
            free(c);
            count--;
            events[i] = events[count];
            clients[i] = clients[count];
            ended++;
        } else if (happened.lNetworkEvents & FD_ACCEPT && accepted < CLIENTS) {
            SOCKET client = accept(listener, NULL, NULL);
            if (client == INVALID_SOCKET) {
                check(WSAGetLastError() == WSAEWOULDBLOCK, "accept");
                continue;
            }
            accepted++;
            c = calloc(1, sizeof *c);
            check(c != NULL, "calloc");
            c->socket = client;
            clients[count] = c;
            events[count] = WSACreateEvent();
            check(events[count] != WSA_INVALID_EVENT, "WSACreateEvent");
            check(WSAEventSelect(client, events[count], FD_READ | FD_WRITE | FD_CLOSE) == 0, "WSAEventSelect");
            count++;
        }
    }
    WSACloseEvent(events[0]);
    return finish(listener);
}
/* ANCHOR_END: loop */
