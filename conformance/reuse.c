/* Who may bind to an address that is taken: SO_REUSEADDR and SO_EXCLUSIVEADDRUSE. */
#include "facts.h"

static const struct {
    const char *name;
    int option;
} kinds[] = { { "default", 0 }, { "reuse", SO_REUSEADDR }, { "exclusive", SO_EXCLUSIVEADDRUSE } };

static SOCKET kind(int type, int option)
{
    SOCKET s = socket(AF_INET, type, 0);
    int on = 1;
    if (option)
        NEED(setsockopt(s, SOL_SOCKET, option, (char *)&on, sizeof on) == 0);
    return s;
}

static void table(const char *name, int type, u_long first_address, u_long second_address)
{
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
            SOCKET first = kind(type, kinds[i].option), second = kind(type, kinds[j].option);
            struct sockaddr_in address = loopback(0);
            address.sin_addr.s_addr = htonl(first_address);
            NEED(bind(first, (struct sockaddr *)&address, sizeof address) == 0);
            address.sin_port = name_of(first).sin_port;
            address.sin_addr.s_addr = htonl(second_address);
            INT(dotted(name, dotted(kinds[i].name, kinds[j].name)), bind(second, (struct sockaddr *)&address, sizeof address));
            closesocket(first);
            closesocket(second);
        }
}

int main(void)
{
    start();
    table("reuse.udp.same", SOCK_DGRAM, INADDR_LOOPBACK, INADDR_LOOPBACK);
    table("reuse.udp.any-then-one", SOCK_DGRAM, INADDR_ANY, INADDR_LOOPBACK);
    table("reuse.tcp.same", SOCK_STREAM, INADDR_LOOPBACK, INADDR_LOOPBACK);

    SOCKET first = kind(SOCK_STREAM, SO_REUSEADDR), second = kind(SOCK_STREAM, SO_REUSEADDR);
    bound(first);
    NEED(listen(first, 1) == 0);
    struct sockaddr_in address = name_of(first);
    INT("reuse.tcp.over-a-listener.bind", bind(second, (struct sockaddr *)&address, sizeof address));
    INT("reuse.tcp.over-a-listener.listen", listen(second, 1));
    closesocket(first);
    closesocket(second);

    int value = 0, length = sizeof value, on = 1;
    SOCKET s = kind(SOCK_STREAM, SO_REUSEADDR);
    INT("reuse.exclusive-after-reuse", setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof on));
    closesocket(s);
    s = kind(SOCK_STREAM, SO_EXCLUSIVEADDRUSE);
    INT("reuse.reuse-after-exclusive", setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    getsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&value, &length);
    fact("reuse.exclusive-reads", "%d", value != 0);
    closesocket(s);
    s = bound(stream());
    INT("reuse.reuse-on-a-bound-socket", setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    INT("reuse.exclusive-on-a-bound-socket", setsockopt(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof on));
    closesocket(s);

    SOCKET listening = listener(), client = stream();
    address = name_of(listening);
    NEED(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
    SOCKET served = accept(listening, NULL, NULL);
    closesocket(listening);
    closesocket(served);
    await_readable(client);
    closesocket(client);
    s = stream();
    INT("reuse.bind-over-time-wait", bind(s, (struct sockaddr *)&address, sizeof address));
    INT("reuse.bind-over-time-wait.listen", listen(s, 1));
    closesocket(s);
    return 0;
}
