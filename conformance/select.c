/* select: arguments, what makes a socket ready, what becomes of the sets. */
#include "facts.h"

static struct timeval now = { 0, 0 }, soon = { LIMIT / 1000, 0 };

/* Which of the three sets a socket comes back in. */
static void shows(const char *name, SOCKET s, struct timeval *limit)
{
    fd_set sets[3];
    for (int i = 0; i < 3; i++) {
        FD_ZERO(&sets[i]);
        FD_SET(s, &sets[i]);
    }
    int count = select(0, &sets[0], &sets[1], &sets[2], limit);
    if (count == SOCKET_ERROR)
        fact(dotted("select", name), "%s", code(WSAGetLastError()));
    else
        fact(dotted("select", name), "%d:%s%s%s", count, FD_ISSET(s, &sets[0]) ? " read" : "",
             FD_ISSET(s, &sets[1]) ? " write" : "", FD_ISSET(s, &sets[2]) ? " except" : "");
}

int main(void)
{
    start();
    fd_set empty, one;
    FD_ZERO(&empty);
    INT("select.no-sets", select(0, NULL, NULL, NULL, &now));
    INT("select.empty-sets", select(0, &empty, &empty, &empty, &now));
    INT("select.empty-sets-no-limit", select(0, &empty, NULL, NULL, NULL));
    FD_ZERO(&one);
    FD_SET(stale(), &one);
    INT("select.stale", select(0, &one, NULL, NULL, &now));
    fact("select.stale.count", "%d", (int)one.fd_count);
    FD_ZERO(&one);
    SOCKET s = bound(datagram());
    FD_SET(s, &one);
    INT("select.negative-seconds", select(0, &one, NULL, NULL, &(struct timeval){ -1, 0 }));
    FD_ZERO(&one);
    FD_SET(s, &one);
    INT("select.first-argument", select(-77, NULL, &one, NULL, &now));
    FD_ZERO(&one);
    FD_SET(s, &one);
    FD_SET(s, &one);
    fact("select.FD_SET-twice", "%d", (int)one.fd_count);
    one.fd_array[1] = s;
    one.fd_count = 2;
    INT("select.duplicate", select(0, NULL, &one, NULL, &now));
    FD_ZERO(&one);
    FD_SET(s, &one);
    FD_SET(stale(), &one);
    INT("select.good-and-stale", select(0, NULL, &one, NULL, &now));
    shows("udp", s, &now);
    closesocket(s);

    s = stream();
    shows("new-stream", s, &now);
    closesocket(s);
    s = bound(stream());
    shows("bound-stream", s, &now);
    NEED(listen(s, 4) == 0);
    shows("listener", s, &now);
    struct sockaddr_in to = name_of(s);
    SOCKET client = stream();
    NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
    await_readable(s);
    shows("listener-with-a-client", s, &now);
    SOCKET served = accept(s, NULL, NULL);
    shows("accepted", served, &now);
    shows("connected", client, &now);
    NEED(send(client, "x", 1, 0) == 1);
    await_readable(served);
    shows("data", served, &now);
    NEED(send(client, "!", 1, MSG_OOB) == 1);
    fd_set urgent;
    FD_ZERO(&urgent);
    FD_SET(served, &urgent);
    NEED(select(0, NULL, NULL, &urgent, &soon) == 1);
    shows("data-and-urgent", served, &now);
    char byte;
    NEED(recv(served, &byte, 1, MSG_OOB) == 1);
    shows("urgent-is-read", served, &now);
    NEED(recv(served, &byte, 1, 0) == 1);
    shows("all-is-read", served, &now);
    shutdown(client, SD_SEND);
    await_readable(served);
    shows("peer-has-ended", served, &now);
    NEED(recv(served, &byte, 1, 0) == 0);
    shows("end-is-read", served, &now);
    shutdown(served, SD_SEND);
    shows("both-have-ended", served, &now);
    closesocket(served);
    closesocket(client);
    closesocket(s);

    PAIR pair = streams();
    reset(pair.a);
    await_readable(pair.b);
    shows("reset", pair.b, &now);
    recv(pair.b, &byte, 1, 0);
    shows("reset-is-read", pair.b, &now);
    closesocket(pair.b);

    pair = streams();
    shutdown(pair.a, SD_RECEIVE);
    shows("shut-for-receiving", pair.a, &now);
    close_pair(pair);
    pair = streams();
    shutdown(pair.a, SD_SEND);
    shows("shut-for-sending", pair.a, &now);
    close_pair(pair);

    pair = streams();
    nonblocking(pair.a);
    static char block[1 << 16];
    while (send(pair.a, block, sizeof block, 0) > 0)
        continue;
    shows("no-room", pair.a, &now);
    close_pair(pair);

    SOCKET keeper = bound(stream());
    to = name_of(keeper);
    s = stream();
    nonblocking(s);
    connect(s, (struct sockaddr *)&to, sizeof to);
    FD_ZERO(&urgent);
    FD_SET(s, &urgent);
    NEED(select(0, NULL, NULL, &urgent, &soon) == 1);
    shows("refused", s, &now);
    shows("refused-again", s, &now);
    closesocket(s);
    closesocket(keeper);
    return 0;
}
