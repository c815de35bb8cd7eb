/* connect: arguments, states, refusals, and what a failure leaves behind. */
#include "facts.h"

static void attempt(const char *name, SOCKET s, const void *address, int length)
{
    INT(dotted("connect", name), connect(s, address, length));
    closesocket(s);
}

/* An address where nobody listens: its socket is bound alone. */
static struct sockaddr_in nobody(SOCKET *keeper)
{
    *keeper = bound(stream());
    return name_of(*keeper);
}

int main(void)
{
    start();
    SOCKET keeper, listening = listener();
    struct sockaddr_in to = name_of(listening), closed = nobody(&keeper), other;

    attempt("length-0", stream(), &to, 0);
    attempt("length-15", stream(), &to, 15);
    other = to;
    other.sin_family = AF_UNSPEC;
    attempt("family-unspec", stream(), &other, sizeof other);
    other.sin_family = AF_INET6;
    attempt("family-inet6", stream(), &other, sizeof other);
    other.sin_family = 99;
    attempt("family-99", stream(), &other, sizeof other);
    attempt("family-99-length-4", stream(), &other, 4);
    other = to;
    other.sin_port = 0;
    attempt("port-0", stream(), &other, sizeof other);
    attempt("port-0-udp", datagram(), &other, sizeof other);
    attempt("inet-address-on-inet6", socket(AF_INET6, SOCK_STREAM, 0), &to, sizeof to);
    other = to;
    other.sin_addr.s_addr = htonl(INADDR_ANY);
    attempt("any-address", stream(), &other, sizeof other);
    attempt("refused", stream(), &closed, sizeof closed);

    SOCKET s = stream();
    INT("connect.refused-first", connect(s, (struct sockaddr *)&closed, sizeof closed));
    INT("connect.then-send", send(s, "x", 1, 0));
    INT("connect.then-recv", recv(s, (char[1]){ 0 }, 1, 0));
    INT("connect.then-getpeername", getpeername(s, (struct sockaddr *)&other, &(int){ sizeof other }));
    INT("connect.then-again", connect(s, (struct sockaddr *)&to, sizeof to));
    INT("connect.when-connected", connect(s, (struct sockaddr *)&to, sizeof to));
    INT("connect.when-connected-length-4", connect(s, (struct sockaddr *)&to, 4));
    INT("connect.shut-down", shutdown(s, SD_BOTH));
    INT("connect.when-shut-down", connect(s, (struct sockaddr *)&to, sizeof to));
    closesocket(s);
    closesocket(accept(listening, NULL, NULL));

    INT("connect.on-a-listener", connect(listening, (struct sockaddr *)&to, sizeof to));
    s = bound(stream());
    struct sockaddr_in before = name_of(s);
    INT("connect.bound", connect(s, (struct sockaddr *)&to, sizeof to));
    fact("connect.bound-keeps-its-port", "%s", name_of(s).sin_port == before.sin_port ? "yes" : "no");
    closesocket(s);
    closesocket(accept(listening, NULL, NULL));

    s = stream();
    nonblocking(s);
    int result = connect(s, (struct sockaddr *)&to, sizeof to);
    fact("connect.nonblocking", "%s", result ? code(WSAGetLastError()) : "0");
    fd_set set;
    FD_ZERO(&set);
    FD_SET(s, &set);
    fact("connect.nonblocking.select", "%d", select(0, NULL, &set, NULL, &(struct timeval){ 10, 0 }));
    int fault = -1, length = sizeof fault;
    getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&fault, &length);
    fact("connect.nonblocking.error", "%s", code(fault));
    INT("connect.nonblocking.again", connect(s, (struct sockaddr *)&to, sizeof to));
    closesocket(s);
    closesocket(accept(listening, NULL, NULL));

    s = stream();
    nonblocking(s);
    INT("connect.nonblocking-refused", connect(s, (struct sockaddr *)&closed, sizeof closed));
    FD_ZERO(&set);
    FD_SET(s, &set);
    fact("connect.nonblocking-refused.exceptfds", "%d", select(0, NULL, NULL, &set, &(struct timeval){ 10, 0 }));
    fault = -1;
    getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&fault, &length);
    fact("connect.nonblocking-refused.error", "%s", code(fault));
    getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&fault, &length);
    fact("connect.nonblocking-refused.error-again", "%s", code(fault));
    INT("connect.nonblocking-refused.send", send(s, "x", 1, 0));
    closesocket(s);

    s = datagram();
    INT("connect.udp", connect(s, (struct sockaddr *)&to, sizeof to));
    fact("connect.udp-binds", "%s", name_of(s).sin_addr.s_addr == htonl(INADDR_LOOPBACK) ? "to the loopback" : "no");
    INT("connect.udp-elsewhere", connect(s, (struct sockaddr *)&closed, sizeof closed));
    memset(&other, 0, sizeof other);
    other.sin_family = AF_INET;
    INT("connect.udp-to-nobody", connect(s, (struct sockaddr *)&other, sizeof other));
    INT("connect.udp-to-nobody.getpeername", getpeername(s, (struct sockaddr *)&other, &(int){ sizeof other }));
    closesocket(s);
    closesocket(keeper);
    closesocket(listening);
    return 0;
}
