/* getsockname, getpeername, gethostname. */
#include "facts.h"

static void both(const char *name, SOCKET s)
{
    struct sockaddr_in address;
    int length = sizeof address;
    INT(dotted("getsockname", name), getsockname(s, (struct sockaddr *)&address, &length));
    length = sizeof address;
    INT(dotted("getpeername", name), getpeername(s, (struct sockaddr *)&address, &length));
    closesocket(s);
}

int main(void)
{
    start();
    both("new", stream());
    both("new-udp", datagram());
    both("bound", bound(stream()));
    both("bound-udp", bound(datagram()));
    both("listening", listener());
    PAIR pair = datagrams();
    both("connected-udp", pair.a);
    closesocket(pair.b);

    pair = streams();
    struct sockaddr_in address;
    int length = 64;
    char room[64];
    INT("getsockname.much-room", getsockname(pair.a, (struct sockaddr *)room, &length));
    fact("getsockname.much-room.length", "%d", length);
    length = 15;
    INT("getsockname.length-15", getsockname(pair.a, (struct sockaddr *)&address, &length));
    fact("getsockname.length-15.length", "%d", length);
    length = 15;
    INT("getpeername.length-15", getpeername(pair.a, (struct sockaddr *)&address, &length));
    length = -1;
    INT("getsockname.length-negative", getsockname(pair.a, (struct sockaddr *)&address, &length));
    length = sizeof address;
    INT("getsockname.null", getsockname(pair.a, NULL, &length));
    INT("getpeername.null", getpeername(pair.a, NULL, &length));
    length = 4;
    INT("getpeername.short-and-stale", getpeername(stale(), (struct sockaddr *)&address, &length));
    SOCKET s = stream();
    INT("getsockname.new-and-short", getsockname(s, (struct sockaddr *)&address, &(int){ 4 }));
    INT("getpeername.new-and-short", getpeername(s, (struct sockaddr *)&address, &(int){ 4 }));
    closesocket(s);
    s = stream();
    struct sockaddr_in any = { .sin_family = AF_INET };
    NEED(bind(s, (struct sockaddr *)&any, sizeof any) == 0);
    address = name_of(s);
    fact("getsockname.bound-to-any", "%x, %s", (unsigned)ntohl(address.sin_addr.s_addr), address.sin_port ? "a port" : "no port");
    closesocket(s);
    closesocket(pair.b);
    char byte;
    NEED(recv(pair.a, &byte, 1, 0) == 0);
    length = sizeof address;
    INT("getpeername.peer-has-closed", getpeername(pair.a, (struct sockaddr *)&address, &length));
    closesocket(pair.a);

    char name[256];
    INT("gethostname", gethostname(name, sizeof name));
    INT("gethostname.length-0", gethostname(name, 0));
    INT("gethostname.length-1", gethostname(name, 1));
    INT("gethostname.null", gethostname(NULL, 256));
    return 0;
}
