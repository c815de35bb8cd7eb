/* WSAPoll. */
#include "facts.h"

static void asks(const char *name, SOCKET s, SHORT events)
{
    WSAPOLLFD entry = { s, events, 0x7fff };
    int count = WSAPoll(&entry, 1, 0);
    if (count == SOCKET_ERROR)
        fact(dotted("WSAPoll", name), "%s", code(WSAGetLastError()));
    else
        fact(dotted("WSAPoll", name), "%d:%s%s%s%s%s%s", count, entry.revents & POLLRDNORM ? " RDNORM" : "",
             entry.revents & POLLRDBAND ? " RDBAND" : "", entry.revents & POLLWRNORM ? " WRNORM" : "",
             entry.revents & POLLERR ? " ERR" : "", entry.revents & POLLHUP ? " HUP" : "",
             entry.revents & POLLNVAL ? " NVAL" : "");
}

static void settles(SOCKET s, SHORT events)
{
    WSAPOLLFD entry = { s, events, 0 };
    NEED(WSAPoll(&entry, 1, LIMIT) == 1);
}

int main(void)
{
    start();
    char byte;
    const SHORT all = POLLRDNORM | POLLWRNORM;
    WSAPOLLFD entry = { bound(datagram()), POLLRDNORM, 0 };
    INT("WSAPoll.null", WSAPoll(NULL, 1, 0));
    INT("WSAPoll.count-0", WSAPoll(&entry, 0, 0));
    INT("WSAPoll.time-out", WSAPoll(&entry, 1, MOMENT));
    asks("asks-for-nothing", entry.fd, 0);
    asks("asks-for-POLLERR", entry.fd, POLLERR);
    asks("asks-for-POLLHUP", entry.fd, POLLHUP);
    asks("asks-for-POLLNVAL", entry.fd, POLLNVAL);
    asks("asks-for-POLLPRI", entry.fd, POLLPRI);
    asks("asks-for-an-unknown-bit", entry.fd, 0x1000);
    asks("udp", entry.fd, all);
    asks("stale", stale(), all);
    asks("negative-socket", INVALID_SOCKET, all);
    WSAPOLLFD two[2] = { { INVALID_SOCKET, all, 0x55 }, { entry.fd, all, 0 } };
    fact("WSAPoll.negative-and-good", "%d", WSAPoll(two, 2, 0));
    fact("WSAPoll.negative-and-good.revents", "0x%x", (unsigned)two[0].revents);
    two[0] = (WSAPOLLFD){ stale(), all, 0 };
    INT("WSAPoll.stale-and-good", WSAPoll(two, 2, 0));
    fact("WSAPoll.stale-and-good.revents", "0x%x", (unsigned)two[0].revents);

    SOCKET s = stream();
    asks("new-stream", s, all);
    bound(s);
    asks("bound-stream", s, all);
    NEED(listen(s, 4) == 0);
    asks("listener", s, all);
    struct sockaddr_in to = name_of(s);
    SOCKET client = stream();
    NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
    settles(s, POLLRDNORM);
    asks("listener-with-a-client", s, all);
    SOCKET served = accept(s, NULL, NULL);
    asks("connected", client, all);
    NEED(send(client, "x", 1, 0) == 1);
    settles(served, POLLRDNORM);
    asks("data", served, all);
    asks("data-POLLIN", served, POLLIN);
    NEED(send(client, "!", 1, MSG_OOB) == 1);
    settles(served, POLLRDBAND);
    asks("urgent", served, POLLRDBAND);
    asks("urgent-POLLIN", served, POLLIN);
    NEED(recv(served, &byte, 1, MSG_OOB) == 1 && recv(served, &byte, 1, 0) == 1);
    asks("all-is-read", served, all | POLLRDBAND);
    shutdown(client, SD_SEND);
    settles(served, 0);
    asks("peer-has-ended", served, all);
    asks("peer-has-ended-nothing-asked", served, 0);
    shutdown(served, SD_SEND);
    settles(client, POLLRDNORM);
    asks("both-have-ended", client, all);
    closesocket(served);
    closesocket(client);
    closesocket(s);

    PAIR pair = streams();
    NEED(send(pair.a, "x", 1, 0) == 1);
    closesocket(pair.a);
    settles(pair.b, POLLRDNORM);
    asks("closed-with-data", pair.b, all);
    closesocket(pair.b);
    pair = streams();
    reset(pair.a);
    settles(pair.b, POLLRDNORM);
    asks("reset", pair.b, all);
    closesocket(pair.b);
    pair = streams();
    shutdown(pair.a, SD_SEND);
    asks("shut-for-sending", pair.a, all);
    close_pair(pair);

    SOCKET keeper = bound(stream());
    to = name_of(keeper);
    s = stream();
    nonblocking(s);
    connect(s, (struct sockaddr *)&to, sizeof to);
    settles(s, POLLWRNORM);
    asks("refused", s, POLLWRNORM);
    asks("refused-all", s, all);
    closesocket(s);
    closesocket(keeper);
    return 0;
}
