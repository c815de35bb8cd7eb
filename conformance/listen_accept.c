/* listen and accept. */
#include "facts.h"

int main(void)
{
    start();
    struct sockaddr_in from, to;
    int length;

    SOCKET s = stream();
    INT("listen.not-bound", listen(s, 1));
    SOCKET_OF("accept.not-listening-not-bound", accept(s, NULL, NULL));
    bound(s);
    SOCKET_OF("accept.not-listening", accept(s, NULL, NULL));
    INT("listen.bound", listen(s, 1));
    INT("listen.again", listen(s, 5));
    INT("listen.negative", listen(s, -1));
    INT("listen.0", listen(s, 0));
    INT("listen.somaxconn", listen(s, SOMAXCONN));
    nonblocking(s);
    INT("listen.send", send(s, "x", 1, 0));
    INT("listen.recv", recv(s, (char[1]){ 0 }, 1, 0));
    length = sizeof from;
    INT("listen.getpeername", getpeername(s, (struct sockaddr *)&from, &length));
    int accepting = 0;
    length = sizeof accepting;
    getsockopt(s, SOL_SOCKET, SO_ACCEPTCONN, (char *)&accepting, &length);
    fact("listen.acceptconn", "%d", accepting != 0);
    closesocket(s);
    s = bound(datagram());
    INT("listen.udp", listen(s, 1));
    SOCKET_OF("accept.udp", accept(s, NULL, NULL));
    closesocket(s);
    PAIR pair = streams();
    INT("listen.connected", listen(pair.a, 1));
    SOCKET_OF("accept.connected", accept(pair.a, NULL, NULL));
    close_pair(pair);

    SOCKET listening = listener();
    nonblocking(listening);
    SOCKET_OF("accept.nobody", accept(listening, NULL, NULL));
    to = name_of(listening);
    SOCKET client = stream();
    NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
    await_readable(listening);
    length = 8;
    SOCKET_OF("accept.short-length", accept(listening, (struct sockaddr *)&from, &length));
    fact("accept.short-length.length", "%d", length);
    length = sizeof from;
    memset(&from, 0, sizeof from);
    SOCKET served = SOCKET_OF("accept.after-failures", accept(listening, (struct sockaddr *)&from, &length));
    if (served == INVALID_SOCKET) {
        closesocket(client);
        client = stream();
        NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
        await_readable(listening);
        served = accept(listening, (struct sockaddr *)&from, &length);
        NEED(served != INVALID_SOCKET);
    }
    fact("accept.length", "%d", length);
    fact("accept.address", "%s", from.sin_port == name_of(client).sin_port ? "the client's" : "another");
    fact("accept.own-port", "%s", name_of(served).sin_port == to.sin_port ? "the listener's" : "another");
    INT("accept.inherits-nonblocking", recv(served, (char[1]){ 0 }, 1, 0));
    closesocket(served);
    closesocket(client);

    client = stream();
    NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
    await_readable(listening);
    closesocket(client);
    served = SOCKET_OF("accept.client-has-closed", accept(listening, NULL, NULL));
    await_readable(served);
    INT("accept.client-has-closed.recv", recv(served, (char[1]){ 0 }, 1, 0));
    closesocket(served);
    INT("listen.shutdown", shutdown(listening, SD_BOTH));
    closesocket(listening);

    listening = listener();
    BOOL on = TRUE;
    int size = 0;
    NEED(setsockopt(listening, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on) == 0);
    to = name_of(listening);
    client = stream();
    NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
    served = accept(listening, NULL, NULL);
    length = sizeof size;
    getsockopt(served, SOL_SOCKET, SO_KEEPALIVE, (char *)&size, &length);
    fact("accept.inherits-keepalive", "%d", size != 0);
    closesocket(served);
    closesocket(client);
    closesocket(listening);
    return 0;
}
