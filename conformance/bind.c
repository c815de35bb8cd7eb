/* bind: addresses, lengths, states; and the order of two faults at once. */
#include "facts.h"

static void attempt(const char *name, SOCKET s, const void *address, int length)
{
    INT(dotted("bind", name), bind(s, address, length));
    closesocket(s);
}

int main(void)
{
    start();
    struct sockaddr_in address = loopback(0);
    struct sockaddr_in6 six;
    memset(&six, 0, sizeof six);
    six.sin6_family = AF_INET6;
    six.sin6_addr.s6_addr[15] = 1;

    attempt("loopback", stream(), &address, sizeof address);
    attempt("longer-than-needed", stream(), &(SOCKADDR_STORAGE){ .ss_family = AF_INET }, sizeof(SOCKADDR_STORAGE));
    attempt("null-address", stream(), NULL, sizeof address);
    attempt("null-address-length-0", stream(), NULL, 0);
    attempt("length-0", stream(), &address, 0);
    attempt("length-15", stream(), &address, 15);
    attempt("length-negative", stream(), &address, -1);

    struct sockaddr_in other = address;
    other.sin_family = AF_UNSPEC;
    attempt("family-unspec", stream(), &other, sizeof other);
    other.sin_addr.s_addr = 0;
    attempt("family-unspec-any", stream(), &other, sizeof other);
    other = address;
    other.sin_family = 99;
    attempt("family-99", stream(), &other, sizeof other);
    attempt("family-99-length-4", stream(), &other, 4);
    attempt("inet6-address-on-inet", stream(), &six, sizeof six);
    attempt("inet-address-on-inet6", socket(AF_INET6, SOCK_STREAM, 0), &address, sizeof address);
    attempt("inet6", socket(AF_INET6, SOCK_STREAM, 0), &six, sizeof six);
    attempt("inet6-length-16", socket(AF_INET6, SOCK_STREAM, 0), &six, 16);
    other = address;
    other.sin_addr.s_addr = htonl(0x01020304);
    attempt("strange-address", stream(), &other, sizeof other);
    attempt("strange-address-udp", datagram(), &other, sizeof other);
    other.sin_addr.s_addr = htonl(INADDR_ANY);
    attempt("any", stream(), &other, sizeof other);
    other.sin_addr.s_addr = htonl(INADDR_BROADCAST);
    attempt("broadcast", stream(), &other, sizeof other);

    SOCKET s = bound(stream());
    INT("bind.twice", bind(s, (struct sockaddr *)&address, sizeof address));
    INT("bind.twice-length-4", bind(s, (struct sockaddr *)&address, 4));
    struct sockaddr_in taken = name_of(s);
    attempt("in-use", stream(), &taken, sizeof taken);
    other = taken;
    other.sin_addr.s_addr = htonl(INADDR_ANY);
    attempt("in-use-any", stream(), &other, sizeof other);
    attempt("in-use-other-protocol", datagram(), &taken, sizeof taken);
    other = taken;
    other.sin_addr.s_addr = htonl(0x7f000002);
    attempt("in-use-other-address", stream(), &other, sizeof other);
    closesocket(s);

    PAIR pair = streams();
    INT("bind.connected", bind(pair.a, (struct sockaddr *)&address, sizeof address));
    INT("bind.accepted", bind(pair.b, (struct sockaddr *)&address, sizeof address));
    taken = name_of(pair.b);
    attempt("port-of-an-accepted-socket", stream(), &taken, sizeof taken);
    close_pair(pair);

    s = stream();
    INT("bind.failed", bind(s, (struct sockaddr *)&address, 4));
    INT("bind.after-a-failure", bind(s, (struct sockaddr *)&address, sizeof address));
    fact("bind.port-is-chosen", "%s", name_of(s).sin_port != 0 ? "yes" : "no");
    closesocket(s);
    return 0;
}
