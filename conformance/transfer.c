/* send, recv and their kin: arguments, states, lengths and flags. */
#include "facts.h"

static char text[64] = "twelve bytes";

static void errors(void)
{
    struct sockaddr_in from, to;
    int length;
    PAIR pair = streams();
    to = name_of(pair.b);

    INT("send.length-0", send(pair.a, text, 0, 0));
    INT("send.some", send(pair.a, text, 12, 0));
    INT("send.null-length-0", send(pair.a, NULL, 0, 0));
    INT("send.null", send(pair.a, NULL, 4, 0));
    INT("send.flag-peek", send(pair.a, text, 4, MSG_PEEK));
    INT("send.flag-dontroute", send(pair.a, text, 1, MSG_DONTROUTE));
    INT("send.flag-unknown", send(pair.a, text, 4, 0x400000));
    await_readable(pair.b);
    INT("recv.length-0", recv(pair.b, text, 0, 0));
    INT("recv.null", recv(pair.b, NULL, 4, 0));
    INT("recv.flag-dontroute", recv(pair.b, text, 4, MSG_DONTROUTE));
    INT("recv.flag-unknown", recv(pair.b, text, 4, 0x400000));
    INT("recv.peek", recv(pair.b, text, 4, MSG_PEEK));
    INT("recv.some", recv(pair.b, text, 4, 0));
    INT("recv.waitall", recv(pair.b, text, 4, MSG_WAITALL));
    INT("recv.peek-waitall", recv(pair.b, text, 4, MSG_PEEK | MSG_WAITALL));
    length = sizeof from;
    memset(&from, 0x55, sizeof from);
    INT("recvfrom.stream", recvfrom(pair.b, text, 4, 0, (struct sockaddr *)&from, &length));
    fact("recvfrom.stream.length", "%d", length);
    INT("sendto.stream-connected", sendto(pair.a, text, 1, 0, (struct sockaddr *)&to, sizeof to));
    INT("sendto.stream-connected-null", sendto(pair.a, text, 1, 0, NULL, 0));
    nonblocking(pair.a);
    INT("recv.nothing", recv(pair.a, text, 4, 0));
    INT("recv.nothing-peek", recv(pair.a, text, 4, MSG_PEEK));
    INT("recv.nothing-oob", recv(pair.a, text, 4, MSG_OOB));
    close_pair(pair);

    SOCKET s = stream();
    INT("send.not-connected", send(s, text, 1, 0));
    INT("send.not-connected-length-0", send(s, text, 0, 0));
    INT("recv.not-connected", recv(s, text, 1, 0));
    INT("recv.not-connected-length-0", recv(s, text, 0, 0));
    INT("recvfrom.not-connected", recvfrom(s, text, 1, 0, NULL, NULL));
    INT("sendto.not-connected", sendto(s, text, 1, 0, (struct sockaddr *)&to, sizeof to));
    closesocket(s);
}

static void datagram_errors(void)
{
    struct sockaddr_in from, to, other;
    int length;
    SOCKET s = datagram(), t = bound(datagram());
    to = name_of(t);
    nonblocking(s);
    nonblocking(t);

    INT("recv.udp-not-bound", recv(s, text, 1, 0));
    INT("recvfrom.udp-not-bound", recvfrom(s, text, 1, 0, NULL, NULL));
    INT("send.udp-not-connected", send(s, text, 1, 0));
    INT("sendto.null-address", sendto(s, text, 1, 0, NULL, 0));
    INT("sendto.length-4", sendto(s, text, 1, 0, (struct sockaddr *)&to, 4));

    other = to;
    other.sin_family = 99;
    INT("sendto.family-99", sendto(s, text, 1, 0, (struct sockaddr *)&other, sizeof other));
    other.sin_family = AF_INET6;
    INT("sendto.family-inet6", sendto(s, text, 1, 0, (struct sockaddr *)&other, sizeof other));
    other = to;
    other.sin_port = 0;
    INT("sendto.port-0", sendto(s, text, 1, 0, (struct sockaddr *)&other, sizeof other));
    static char huge[70000];
    INT("sendto.too-long", sendto(s, huge, sizeof huge, 0, (struct sockaddr *)&to, sizeof to));
    INT("sendto.null-data", sendto(s, NULL, 4, 0, (struct sockaddr *)&to, sizeof to));
    INT("sendto.flag-oob", sendto(s, text, 4, MSG_OOB, (struct sockaddr *)&to, sizeof to));
    INT("sendto.longest", sendto(s, huge, 65507, 0, (struct sockaddr *)&to, sizeof to));
    await_readable(t);
    INT("recvfrom.longest", recvfrom(t, huge, sizeof huge, 0, NULL, NULL));
    fact("sendto.binds", "%s", name_of(s).sin_port != 0 ? "yes" : "no");

    NEED(sendto(s, text, 12, 0, (struct sockaddr *)&to, sizeof to) == 12);
    await_readable(t);
    length = 4;
    INT("recvfrom.address-too-short", recvfrom(t, text, 64, 0, (struct sockaddr *)&from, &length));
    nonblocking(t);
    INT("recvfrom.address-too-short-then", recvfrom(t, text, 64, 0, NULL, NULL));
    NEED(sendto(s, text, 12, 0, (struct sockaddr *)&to, sizeof to) == 12);
    await_readable(t);
    length = sizeof from;
    INT("recvfrom.whole", recvfrom(t, text, 64, 0, (struct sockaddr *)&from, &length));
    fact("recvfrom.whole.length", "%d", length);
    fact("recvfrom.whole.from", "%s", from.sin_port == name_of(s).sin_port ? "the sender" : "another");
    INT("recvfrom.nothing", recvfrom(t, text, 64, 0, NULL, NULL));

    NEED(sendto(s, text, 12, 0, (struct sockaddr *)&to, sizeof to) == 12);
    await_readable(t);
    length = sizeof from;
    memset(&from, 0, sizeof from);
    INT("recvfrom.truncated", recvfrom(t, text, 4, 0, (struct sockaddr *)&from, &length));
    fact("recvfrom.truncated.from", "%s", from.sin_port == name_of(s).sin_port ? "the sender" : "another");
    INT("recvfrom.rest-is-lost", recvfrom(t, text, 64, 0, NULL, NULL));
    NEED(sendto(s, text, 12, 0, (struct sockaddr *)&to, sizeof to) == 12);
    await_readable(t);
    INT("recvfrom.peek-truncated", recvfrom(t, text, 4, MSG_PEEK, NULL, NULL));
    INT("recvfrom.peek", recvfrom(t, text, 64, MSG_PEEK, NULL, NULL));
    INT("recvfrom.exact", recvfrom(t, text, 12, 0, NULL, NULL));
    NEED(sendto(s, text, 0, 0, (struct sockaddr *)&to, sizeof to) == 0);
    await_readable(t);
    INT("recvfrom.empty-datagram", recvfrom(t, text, 64, 0, NULL, NULL));
    NEED(sendto(s, text, 12, 0, (struct sockaddr *)&to, sizeof to) == 12);
    await_readable(t);
    INT("recvfrom.length-0", recvfrom(t, text, 0, 0, NULL, NULL));
    INT("recvfrom.length-0-then", recvfrom(t, text, 64, 0, NULL, NULL));
    INT("recv.udp-oob", recv(t, text, 4, MSG_OOB));
    INT("recv.udp-waitall", recv(t, text, 4, MSG_WAITALL));
    closesocket(s);
    closesocket(t);

    PAIR pair = datagrams();
    to = name_of(pair.a);
    INT("send.udp-connected", send(pair.a, text, 12, 0));
    INT("recv.udp-connected", recv(pair.b, text, 64, 0));
    INT("sendto.udp-connected-elsewhere", sendto(pair.a, text, 1, 0, (struct sockaddr *)&to, sizeof to));
    closesocket(pair.b);
    INT("recv.udp-truncated-short", send(pair.a, huge, 70000, 0));
    closesocket(pair.a);
}

int main(void)
{
    start();
    errors();
    datagram_errors();
    return 0;
}
