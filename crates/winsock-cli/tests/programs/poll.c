/* WSAPoll: what it says of sockets that listen, connect, have data, are closed by the peer, are no sockets any more. */
#include "check.h"

static WSAPOLLFD entry(SOCKET s, SHORT events)
{
    WSAPOLLFD entry;
    entry.fd = s;
    entry.events = events;
    entry.revents = -1;
    return entry;
}

int main(void)
{
    struct sockaddr_in address;
    SOCKET listener, client, server, closed;
    WSAPOLLFD poll[3];
    char byte;

    start();
    listener = listening(&address);
    poll[0] = entry(listener, POLLRDNORM);
    CHECK(WSAPoll(poll, 1, 0) == 0 && poll[0].revents == 0);

    client = connected(&address);
    CHECK(WSAPoll(poll, 1, -1) == 1 && poll[0].revents == POLLRDNORM);
    server = accept(listener, NULL, NULL);
    CHECK(server != INVALID_SOCKET);

    poll[0] = entry(client, POLLIN | POLLOUT);
    poll[1] = entry(server, POLLIN);
    poll[2] = entry((SOCKET)-1, POLLIN);
    CHECK(WSAPoll(poll, 3, -1) == 1);
    CHECK(poll[0].revents == POLLWRNORM && poll[1].revents == 0);

    CHECK(send(client, "x", 1, 0) == 1);
    poll[0] = entry(server, POLLRDNORM);
    CHECK(WSAPoll(poll, 1, -1) == 1 && poll[0].revents == POLLRDNORM);
    CHECK(recv(server, &byte, 1, 0) == 1 && byte == 'x');

    CHECK(closesocket(client) == 0);
    CHECK(WSAPoll(poll, 1, -1) == 1 && (poll[0].revents & POLLHUP));
    closed = client;
    poll[0] = entry(closed, POLLRDNORM);
    poll[1] = entry(listener, POLLRDNORM);
    CHECK(WSAPoll(poll, 2, -1) == 1 && poll[0].revents == POLLNVAL && poll[1].revents == 0);

    poll[0] = entry(listener, POLLPRI);
    CHECK_FAILS(WSAPoll(poll, 1, 0), WSAEINVAL);
    CHECK_FAILS(WSAPoll(NULL, 1, 0), WSAEFAULT);
    CHECK_FAILS(WSAPoll(poll, 0, 0), WSAEINVAL);

    closesocket(server);
    closesocket(listener);
    CHECK(WSACleanup() == 0);
    printf("polled\n");
    return 0;
}
