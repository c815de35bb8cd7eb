/* WSAEventSelect and WSAEnumNetworkEvents: what is told, how often, what tells it anew. */
#include "facts.h"

static const struct {
    long bit;
    int index;
    const char *name;
} known[] = {
    { FD_READ, FD_READ_BIT, "READ" },       { FD_WRITE, FD_WRITE_BIT, "WRITE" },       { FD_OOB, FD_OOB_BIT, "OOB" },
    { FD_ACCEPT, FD_ACCEPT_BIT, "ACCEPT" }, { FD_CONNECT, FD_CONNECT_BIT, "CONNECT" }, { FD_CLOSE, FD_CLOSE_BIT, "CLOSE" },
};
#define ALL (FD_READ | FD_WRITE | FD_OOB | FD_ACCEPT | FD_CONNECT | FD_CLOSE)

/* Whether the event is signalled, and the record, with the codes that are not 0. */
static void tells(const char *name, SOCKET s, WSAEVENT event, DWORD wait)
{
    WSANETWORKEVENTS events;
    char words[128] = "";
    DWORD result = WSAWaitForMultipleEvents(1, &event, FALSE, wait, FALSE);
    needed(WSAEnumNetworkEvents(s, event, &events) == 0, name);
    for (int i = 0; i < 6; i++)
        if (events.lNetworkEvents & known[i].bit) {
            int fault = events.iErrorCode[known[i].index];
            strcat(strcat(words, " "), known[i].name);
            if (fault)
                strcat(strcat(words, ":"), code(fault));
        }
    fact(dotted("network-events", name), "%s:%s", result == WSA_WAIT_EVENT_0 ? "signalled" : "silent", words);
}

static void errors(void)
{
    WSANETWORKEVENTS events;
    WSAEVENT event = WSACreateEvent();
    SOCKET s = stream();
    u_long off = 0;
    INT("WSAEventSelect.null-event", WSAEventSelect(s, NULL, FD_READ));
    INT("WSAEventSelect.stale-event", ({
            WSAEVENT closed = WSACreateEvent();
            WSACloseEvent(closed);
            WSAEventSelect(s, closed, FD_READ);
        }));
    INT("WSAEventSelect.nothing", WSAEventSelect(s, event, 0));
    INT("WSAEventSelect.nothing-null-event", WSAEventSelect(s, NULL, 0));
    INT("WSAEventSelect.all", WSAEventSelect(s, event, ALL));
    INT("WSAEventSelect.FIONBIO-off", ioctlsocket(s, FIONBIO, &off));
    INT("WSAEventSelect.cancelled", WSAEventSelect(s, event, 0));
    INT("WSAEventSelect.still-nonblocking", recv(bound(s), (char[1]){ 0 }, 1, 0));
    INT("WSAEventSelect.FIONBIO-off-then", ioctlsocket(s, FIONBIO, &off));
    INT("WSAEnumNetworkEvents.no-selection", WSAEnumNetworkEvents(s, event, &events));
    fact("WSAEnumNetworkEvents.no-selection.record", "%d", (int)events.lNetworkEvents);
    closesocket(s);
    WSACloseEvent(event);
}

int main(void)
{
    start();
    errors();
    char byte;
    WSAEVENT event = WSACreateEvent(), other = WSACreateEvent();
    SOCKET listening = listener();
    struct sockaddr_in to = name_of(listening);
    NEED(WSAEventSelect(listening, event, FD_ACCEPT) == 0);
    tells("listener", listening, event, 0);
    SOCKET client = stream();
    NEED(WSAEventSelect(client, other, ALL) == 0);
    tells("new-stream", client, other, 0);
    INT("network-events.connect", connect(client, (struct sockaddr *)&to, sizeof to));
    tells("accept", listening, event, LIMIT);
    tells("accept-is-told-once", listening, event, MOMENT);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(client, &set);
    NEED(select(0, NULL, &set, NULL, &(struct timeval){ 10, 0 }) == 1);
    WSAWaitForMultipleEvents(1, &other, FALSE, LIMIT, FALSE);
    Sleep(MOMENT);
    tells("connected", client, other, LIMIT);
    tells("connected-is-told-once", client, other, MOMENT);
    SOCKET served = accept(listening, NULL, NULL);
    NEED(served != INVALID_SOCKET);
    tells("accept-nobody-else", listening, event, MOMENT);
    INT("network-events.accepted-is-nonblocking", recv(served, &byte, 1, 0));
    tells("accepted-inherits", served, event, MOMENT);
    NEED(WSAEventSelect(served, event, ALL) == 0);
    tells("accepted-selected-anew", served, event, LIMIT);

    NEED(send(client, "abc", 3, 0) == 3);
    tells("read", served, event, LIMIT);
    tells("read-is-told-once", served, event, MOMENT);
    NEED(recv(served, &byte, 1, 0) == 1);
    tells("read-enables-again", served, event, LIMIT);
    NEED(recv(served, &byte, 1, MSG_PEEK) == 1);
    tells("peek-enables-again", served, event, LIMIT);
    NEED(recv(served, &byte, 1, 0) == 1);
    tells("one-left", served, event, LIMIT);
    NEED(recv(served, &byte, 1, 0) == 1);
    tells("all-is-read", served, event, MOMENT);
    NEED(send(client, "abc", 3, 0) == 3);
    tells("more-data", served, event, LIMIT);
    NEED(send(client, "abc", 3, 0) == 3);
    tells("more-data-without-a-read", served, event, MOMENT);
    NEED(WSAEventSelect(served, event, FD_READ) == 0);
    tells("selected-anew-with-data", served, event, 500);
    NEED(WSAEventSelect(served, event, FD_WRITE) == 0);
    tells("selected-write-alone", served, event, 500);
    NEED(WSAEventSelect(served, event, ALL) == 0);
    tells("selected-all", served, event, 500);
    NEED(send(client, "!", 1, MSG_OOB) == 1);
    tells("oob", served, event, LIMIT);
    tells("oob-is-told-once", served, event, MOMENT);
    INT("network-events.recv-oob", recv(served, &byte, 1, MSG_OOB));
    tells("oob-is-read", served, event, MOMENT);

    static char block[1 << 16];
    while (send(served, block, sizeof block, 0) > 0)
        continue;
    tells("no-room", served, event, MOMENT);
    /* As much as there is: the sender gets room again. */
    DWORD limit = 200;
    NEED(WSAEventSelect(client, NULL, 0) == 0);
    u_long off = 0;
    NEED(ioctlsocket(client, FIONBIO, &off) == 0);
    NEED(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit) == 0);
    while (recv(client, block, sizeof block, 0) > 0)
        continue;
    tells("room-again", served, event, LIMIT);

    NEED(WSAEventSelect(served, event, FD_READ | FD_CLOSE) == 0);
    while (recv(served, &byte, 1, 0) == 1)
        continue;
    WSAEnumNetworkEvents(served, event, &(WSANETWORKEVENTS){ 0 });
    NEED(send(client, "z", 1, 0) == 1);
    await_readable(served);
    shutdown(client, SD_SEND);
    Sleep(MOMENT);
    tells("data-and-end", served, event, LIMIT);
    NEED(recv(served, &byte, 1, 0) == 1);
    tells("end-after-data", served, event, MOMENT);
    INT("network-events.recv-end", recv(served, &byte, 1, 0));
    tells("end-is-told-once", served, event, MOMENT);
    closesocket(served);
    closesocket(client);

    PAIR pair = streams();
    NEED(WSAEventSelect(pair.a, event, FD_READ | FD_CLOSE) == 0);
    WSAResetEvent(event);
    reset(pair.b);
    tells("reset", pair.a, event, LIMIT);
    tells("reset-is-told-once", pair.a, event, MOMENT);
    closesocket(pair.a);

    SOCKET keeper = bound(stream());
    to = name_of(keeper);
    client = stream();
    NEED(WSAEventSelect(client, event, FD_CONNECT | FD_WRITE | FD_CLOSE) == 0);
    connect(client, (struct sockaddr *)&to, sizeof to);
    tells("refused", client, event, LIMIT);
    closesocket(client);

    pair = datagrams();
    NEED(WSAEventSelect(pair.a, event, FD_READ | FD_WRITE) == 0);
    tells("udp", pair.a, event, LIMIT);
    NEED(send(pair.b, "abc", 3, 0) == 3 && send(pair.b, "def", 3, 0) == 3);
    Sleep(MOMENT);
    tells("udp-two", pair.a, event, LIMIT);
    NEED(recv(pair.a, block, 8, 0) == 3);
    tells("udp-one-left", pair.a, event, LIMIT);
    NEED(recv(pair.a, block, 8, 0) == 3);
    tells("udp-none-left", pair.a, event, MOMENT);
    INT("network-events.read-nothing", recv(pair.a, block, 8, 0));
    close_pair(pair);
    return 0;
}
