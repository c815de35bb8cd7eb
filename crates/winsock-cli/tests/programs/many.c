/* A select server with more sockets than the C library's fd_set has room for: 600 connections, both ends in this
   process. Every client sends its number twice over, and gets it back. */
#define FD_SETSIZE 4096
#include "check.h"

enum { CONNECTIONS = 600 };

static SOCKET clients[CONNECTIONS], servers[CONNECTIONS];
static fd_set set;

static void echo(SOCKET s)
{
    int number[2];
    int got = recv(s, (char *)number, sizeof number, 0);
    CHECK(got > 0);
    CHECK(send(s, (const char *)number, got, 0) == got);
}

int main(void)
{
    struct sockaddr_in address;
    struct timeval at_once = { 0, 0 };
    SOCKET listener;
    int i, served = 0, answered = 0;

    CHECK(FD_SETSIZE == 4096);
    start();
    listener = listening(&address);
    for (i = 0; i < CONNECTIONS; i++) {
        clients[i] = connected(&address);
        FD_ZERO(&set);
        FD_SET(listener, &set);
        CHECK(select(0, &set, NULL, NULL, NULL) == 1 && FD_ISSET(listener, &set));
        servers[i] = accept(listener, NULL, NULL);
        CHECK(servers[i] != INVALID_SOCKET);
    }

    /* Every socket at once: none can be read, all can be written to. */
    FD_ZERO(&set);
    FD_SET(listener, &set);
    for (i = 0; i < CONNECTIONS; i++) {
        FD_SET(clients[i], &set);
        FD_SET(servers[i], &set);
    }
    CHECK(set.fd_count == 2 * CONNECTIONS + 1);
    CHECK(select(0, &set, NULL, NULL, &at_once) == 0 && set.fd_count == 0);
    for (i = 0; i < CONNECTIONS; i++) {
        FD_SET(clients[i], &set);
        FD_SET(servers[i], &set);
    }
    CHECK(select(0, NULL, &set, NULL, NULL) == 2 * CONNECTIONS);

    for (i = 0; i < CONNECTIONS; i++) {
        int number[2] = { i, i };
        CHECK(send(clients[i], (const char *)number, sizeof number, 0) == sizeof number);
    }
    while (answered < CONNECTIONS) {
        int ready;
        FD_ZERO(&set);
        for (i = 0; i < CONNECTIONS; i++) {
            if (clients[i] != INVALID_SOCKET)
                FD_SET(clients[i], &set);
            FD_SET(servers[i], &set);
        }
        ready = select(0, &set, NULL, NULL, NULL);
        CHECK(ready > 0 && (int)set.fd_count == ready);
        for (i = 0; i < CONNECTIONS; i++) {
            if (FD_ISSET(servers[i], &set)) {
                echo(servers[i]);
                served++;
            }
            if (clients[i] != INVALID_SOCKET && FD_ISSET(clients[i], &set)) {
                int number[2];
                CHECK(recv(clients[i], (char *)number, sizeof number, MSG_WAITALL) == sizeof number);
                CHECK(number[0] == i && number[1] == i);
                CHECK(closesocket(clients[i]) == 0);
                clients[i] = INVALID_SOCKET;
                answered++;
            }
            /* Its client is done: what can be read is the end. */
            if (clients[i] == INVALID_SOCKET)
                FD_CLR(servers[i], &set);
        }
        for (i = 0; i < CONNECTIONS; i++)
            if (clients[i] == INVALID_SOCKET && servers[i] != INVALID_SOCKET) {
                char byte;
                CHECK(recv(servers[i], &byte, 1, 0) == 0);
                CHECK(closesocket(servers[i]) == 0);
                servers[i] = INVALID_SOCKET;
            }
    }
    CHECK(served >= CONNECTIONS);
    closesocket(listener);
    CHECK(WSACleanup() == 0);
    printf("%d clients served\n", answered);
    return 0;
}
