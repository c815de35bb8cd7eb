/* What a reset, a close and an unreachable port do to plain calls. */
#include "facts.h"
#include <mstcpip.h>

/* Not in every mstcpip.h. */
#ifndef SIO_UDP_CONNRESET
#define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#endif

static char text[16];

int main(void)
{
    start();
    PAIR pair = streams();
    reset(pair.a);
    await_readable(pair.b);
    INT("reset.recv", recv(pair.b, text, 4, 0));
    INT("reset.recv-again", recv(pair.b, text, 4, 0));
    INT("reset.send", send(pair.b, text, 4, 0));
    INT("reset.send-again", send(pair.b, text, 4, 0));
    int fault = -1, length = sizeof fault;
    getsockopt(pair.b, SOL_SOCKET, SO_ERROR, (char *)&fault, &length);
    fact("reset.so-error", "%s", code(fault));
    struct sockaddr_in address;
    length = sizeof address;
    INT("reset.getpeername", getpeername(pair.b, (struct sockaddr *)&address, &length));
    INT("reset.shutdown", shutdown(pair.b, SD_SEND));
    INT("reset.closesocket", closesocket(pair.b));

    pair = streams();
    reset(pair.a);
    await_readable(pair.b);
    INT("reset.send-first", send(pair.b, text, 4, 0));
    INT("reset.send-first.then-recv", recv(pair.b, text, 4, 0));
    closesocket(pair.b);

    pair = streams();
    NEED(send(pair.a, "abc", 3, 0) == 3);
    await_readable(pair.b);
    NEED(send(pair.b, "xyz", 3, 0) == 3);
    await_readable(pair.a);
    closesocket(pair.a);
    char byte;
    int got = recv(pair.b, text, 16, 0);
    fact("close-with-unread-data.recv", "%s", got == 3 ? "the data" : got < 0 ? code(WSAGetLastError()) : "else");
    INT("close-with-unread-data.recv-again", recv(pair.b, &byte, 1, 0));
    closesocket(pair.b);

    pair = streams();
    closesocket(pair.a);
    await_readable(pair.b);
    INT("close.recv", recv(pair.b, text, 4, 0));
    INT("close.send", send(pair.b, text, 4, 0));
    await_readable(pair.b);
    INT("close.send-again", send(pair.b, text, 4, 0));
    closesocket(pair.b);

    SOCKET keeper = bound(datagram()), s = bound(datagram());
    struct sockaddr_in nobody = name_of(keeper);
    closesocket(keeper);
    INT("unreachable.sendto", sendto(s, text, 4, 0, (struct sockaddr *)&nobody, sizeof nobody));
    DWORD limit = 1000;
    NEED(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit) == 0);
    INT("unreachable.recvfrom", recvfrom(s, text, 4, 0, NULL, NULL));
    limit = MOMENT;
    NEED(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit) == 0);
    INT("unreachable.recvfrom-again", recvfrom(s, text, 4, 0, NULL, NULL));
    BOOL off = FALSE;
    DWORD bytes;
    INT("unreachable.SIO_UDP_CONNRESET", WSAIoctl(s, SIO_UDP_CONNRESET, &off, sizeof off, NULL, 0, &bytes, NULL, NULL));
    INT("unreachable.off.sendto", sendto(s, text, 4, 0, (struct sockaddr *)&nobody, sizeof nobody));
    INT("unreachable.off.recvfrom", recvfrom(s, text, 4, 0, NULL, NULL));
    closesocket(s);
    return 0;
}
