/* shutdown: its arguments, what each way forbids, what the other end sees. */
#include "facts.h"

static char text[16];

static void ways(void)
{
    static const struct {
        const char *name;
        int how;
    } table[] = { { "shutdown.receive", SD_RECEIVE }, { "shutdown.send", SD_SEND }, { "shutdown.both", SD_BOTH } };
    for (int i = 0; i < 3; i++) {
        const char *name = table[i].name;
        PAIR pair = streams();
        nonblocking(pair.a);
        INT(name, shutdown(pair.a, table[i].how));
        INT(dotted(name, "recv"), recv(pair.a, text, 4, 0));
        INT(dotted(name, "recv-peek"), recv(pair.a, text, 4, MSG_PEEK));
        INT(dotted(name, "recv-length-0"), recv(pair.a, text, 0, 0));
        INT(dotted(name, "send"), send(pair.a, text, 4, 0));
        INT(dotted(name, "send-length-0"), send(pair.a, text, 0, 0));
        INT(dotted(name, "again"), shutdown(pair.a, table[i].how));
        INT(dotted(name, "the-other-way"), shutdown(pair.a, SD_BOTH));
        INT(dotted(name, "getpeername"), getpeername(pair.a, (struct sockaddr *)text, &(int){ sizeof text }));
        close_pair(pair);

        pair = streams();
        shutdown(pair.a, table[i].how);
        nonblocking(pair.b);
        if (table[i].how != SD_RECEIVE) {
            await_readable(pair.b);
            INT(dotted(name, "peer-recv"), recv(pair.b, text, 4, 0));
            INT(dotted(name, "peer-recv-again"), recv(pair.b, text, 4, 0));
        } else {
            INT(dotted(name, "peer-recv"), recv(pair.b, text, 4, 0));
        }
        INT(dotted(name, "peer-send"), send(pair.b, text, 4, 0));
        close_pair(pair);
    }
}

int main(void)
{
    start();
    SOCKET s = stream();
    INT("shutdown.not-connected", shutdown(s, SD_SEND));
    INT("shutdown.not-connected-bad-way", shutdown(s, 7));
    closesocket(s);
    PAIR pair = streams();
    INT("shutdown.bad-way", shutdown(pair.a, 3));
    INT("shutdown.negative-way", shutdown(pair.a, -1));
    INT("shutdown.bad-way-stale", shutdown(stale(), 3));
    close_pair(pair);
    ways();

    pair = streams();
    NEED(send(pair.a, "abc", 3, 0) == 3);
    await_readable(pair.b);
    INT("shutdown.receive-with-data", shutdown(pair.b, SD_RECEIVE));
    INT("shutdown.receive-with-data.recv", recv(pair.b, text, 4, 0));
    close_pair(pair);

    pair = streams();
    NEED(send(pair.a, "abc", 3, 0) == 3 && shutdown(pair.a, SD_SEND) == 0);
    await_readable(pair.b);
    INT("shutdown.send-after-data.recv", recv(pair.b, text, 16, 0));
    INT("shutdown.send-after-data.end", recv(pair.b, text, 16, 0));
    INT("shutdown.half-closed.send-back", send(pair.b, "xy", 2, 0));
    INT("shutdown.half-closed.recv-back", recv(pair.a, text, 16, 0));
    close_pair(pair);

    pair = streams();
    INT("WSASendDisconnect", WSASendDisconnect(pair.a, NULL));
    INT("WSASendDisconnect.then-send", send(pair.a, text, 1, 0));
    INT("WSARecvDisconnect", WSARecvDisconnect(pair.b, NULL));
    INT("WSARecvDisconnect.then-recv", recv(pair.b, text, 1, 0));
    close_pair(pair);

    pair = datagrams();
    nonblocking(pair.a);
    INT("shutdown.udp-send", shutdown(pair.a, SD_SEND));
    INT("shutdown.udp-send.send", send(pair.a, text, 1, 0));
    INT("shutdown.udp-send.recv", recv(pair.a, text, 1, 0));
    INT("shutdown.udp-receive", shutdown(pair.a, SD_RECEIVE));
    INT("shutdown.udp-receive.recv", recv(pair.a, text, 1, 0));
    close_pair(pair);
    s = datagram();
    INT("shutdown.udp-not-connected", shutdown(s, SD_BOTH));
    closesocket(s);
    return 0;
}
