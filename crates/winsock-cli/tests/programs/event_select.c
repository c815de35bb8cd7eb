/* An echo server and its client in one thread, told by events what happens: the listener has an event of its own, the
   server's end of each connection another, which it shares with nobody, and the clients share one. */
#include "check.h"

#define CLIENTS 5
#define SIZE 100000

typedef struct {
    SOCKET socket;
    int sent, received, closed;
} CLIENT;

typedef struct {
    SOCKET socket;
    WSAEVENT event;
    int held;
    char buffer[4096];
} CONNECTION;

static CLIENT clients[CLIENTS];
static CONNECTION connections[CLIENTS];
static int opened, finished;

static WSANETWORKEVENTS happened(SOCKET s, WSAEVENT event)
{
    WSANETWORKEVENTS events;
    memset(&events, 0, sizeof events);
    CHECK(WSAEnumNetworkEvents(s, event, &events) == 0);
    return events;
}

/* Sends back what is held, and reads on, until one of the two would block. */
static void echo(CONNECTION *c)
{
    for (;;) {
        int sent, received;
        while (c->held > 0) {
            sent = send(c->socket, c->buffer, c->held, 0);
            if (sent == SOCKET_ERROR) {
                CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
                return;
            }
            c->held -= sent;
            memmove(c->buffer, c->buffer + sent, (size_t)c->held);
        }
        received = recv(c->socket, c->buffer, sizeof c->buffer, 0);
        if (received == SOCKET_ERROR) {
            CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
            return;
        }
        if (received == 0)
            return;
        c->held = received;
    }
}

static void on_listener(SOCKET listener, WSAEVENT event)
{
    WSANETWORKEVENTS events = happened(listener, event);
    if (events.lNetworkEvents & FD_ACCEPT) {
        CONNECTION *c = &connections[opened++];
        CHECK(events.iErrorCode[FD_ACCEPT_BIT] == 0);
        c->socket = accept(listener, NULL, NULL);
        CHECK(c->socket != INVALID_SOCKET);
        c->event = WSACreateEvent();
        CHECK(c->event != WSA_INVALID_EVENT);
        CHECK(WSAEventSelect(c->socket, c->event, FD_READ | FD_WRITE | FD_CLOSE) == 0);
    }
}

static void on_connection(CONNECTION *c)
{
    WSANETWORKEVENTS events = happened(c->socket, c->event);
    if (events.lNetworkEvents & (FD_READ | FD_WRITE))
        echo(c);
    if (events.lNetworkEvents & FD_CLOSE) {
        CHECK(events.iErrorCode[FD_CLOSE_BIT] == 0);
        CHECK(c->held == 0);
        CHECK(shutdown(c->socket, SD_SEND) == 0);
    }
}

static void on_client(CLIENT *c)
{
    static char data[SIZE];
    WSANETWORKEVENTS events = happened(c->socket, NULL);
    if (events.lNetworkEvents & FD_CONNECT)
        CHECK(events.iErrorCode[FD_CONNECT_BIT] == 0);
    if (events.lNetworkEvents & FD_WRITE) {
        while (c->sent < SIZE) {
            int sent = send(c->socket, data, SIZE - c->sent, 0);
            if (sent == SOCKET_ERROR) {
                CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
                break;
            }
            c->sent += sent;
        }
        if (c->sent == SIZE)
            CHECK(shutdown(c->socket, SD_SEND) == 0);
    }
    if (events.lNetworkEvents & FD_READ) {
        int received = recv(c->socket, data, sizeof data, 0);
        CHECK(received > 0);
        c->received += received;
    }
    if (events.lNetworkEvents & FD_CLOSE) {
        CHECK(events.iErrorCode[FD_CLOSE_BIT] == 0);
        CHECK(c->received == SIZE);
        c->closed = 1;
        finished++;
    }
}

int main(void)
{
    WSAEVENT events[2 + CLIENTS];
    struct sockaddr_in address;
    SOCKET listener;
    u_long blocking = 0;
    int i;

    start();
    listener = listening(&address);
    events[0] = WSACreateEvent();
    events[1] = WSACreateEvent();
    CHECK_FAILS(WSAEventSelect(listener, NULL, FD_ACCEPT), WSAEINVAL);
    CHECK(WSAEventSelect(listener, events[0], FD_ACCEPT) == 0);
    CHECK_FAILS(ioctlsocket(listener, FIONBIO, &blocking), WSAEINVAL);
    for (i = 0; i < CLIENTS; i++) {
        clients[i].socket = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(WSAEventSelect(clients[i].socket, events[1], FD_CONNECT | FD_READ | FD_WRITE | FD_CLOSE) == 0);
        CHECK_FAILS(connect(clients[i].socket, (SOCKADDR *)&address, sizeof address), WSAEWOULDBLOCK);
    }
    while (finished < CLIENTS) {
        DWORD place;
        for (i = 0; i < opened; i++)
            events[2 + i] = connections[i].event;
        place = WSAWaitForMultipleEvents((DWORD)(2 + opened), events, FALSE, 20000, FALSE);
        CHECK(place < WSA_WAIT_EVENT_0 + 2 + (DWORD)opened);
        place -= WSA_WAIT_EVENT_0;
        if (place == 0) {
            on_listener(listener, events[0]);
        } else if (place == 1) {
            CHECK(WSAResetEvent(events[1]));
            for (i = 0; i < CLIENTS; i++)
                on_client(&clients[i]);
        }
        /* The first that is set is told: the others have their turn too. */
        for (i = 0; i < opened; i++)
            on_connection(&connections[i]);
    }
    for (i = 0; i < CLIENTS; i++) {
        CHECK(WSAEventSelect(clients[i].socket, NULL, 0) == 0);
        CHECK(ioctlsocket(clients[i].socket, FIONBIO, &blocking) == 0);
        CHECK(closesocket(clients[i].socket) == 0);
        CHECK(closesocket(connections[i].socket) == 0);
        CHECK(WSACloseEvent(connections[i].event));
    }
    CHECK(closesocket(listener) == 0);
    CHECK(WSACloseEvent(events[0]) && WSACloseEvent(events[1]));
    CHECK(WSACleanup() == 0);
    printf("%d clients, %d bytes each\n", CLIENTS, SIZE);
    return 0;
}
