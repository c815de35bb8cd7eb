/* Which call fails with what, and how a program finds out. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>

#pragma comment(lib, "Ws2_32.lib")

/* ANCHOR: say */
/* The code has to be asked for before any other call that could set it. */
static void say(const char *call)
{
    int code = WSAGetLastError();
    printf("%s: %d\n", call, code);
}
/* ANCHOR_END: say */

int main(void)
{
    /* ANCHOR: order */
    WSADATA data;
    if (socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET)
        say("socket before WSAStartup");

    int failure = WSAStartup(MAKEWORD(2, 2), &data);    /* gives the code itself */
    if (failure != 0)
        return 1;

    struct sockaddr_in here = {0};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    if (s == INVALID_SOCKET)
        return 1;
    if (listen(s, SOMAXCONN) == SOCKET_ERROR)
        say("listen before bind");
    if (bind(s, (SOCKADDR *)&here, sizeof here) == SOCKET_ERROR)
        return 1;
    if (bind(s, (SOCKADDR *)&here, sizeof here) == SOCKET_ERROR)
        say("bind for the second time");
    if (send(s, "x", 1, 0) == SOCKET_ERROR)
        say("send without a peer");
    /* ANCHOR_END: order */

    /* ANCHOR: refused */
    int length = sizeof here;
    SOCKET client = socket(AF_INET, SOCK_STREAM, 0);
    if (client == INVALID_SOCKET || getsockname(s, (SOCKADDR *)&here, &length) == SOCKET_ERROR)
        return 1;
    if (connect(client, (SOCKADDR *)&here, sizeof here) == SOCKET_ERROR)
        say("connect where nobody listens");
    /* ANCHOR_END: refused */

    /* ANCHOR: state */
    u_long on = 1;
    if (listen(s, SOMAXCONN) == SOCKET_ERROR || ioctlsocket(s, FIONBIO, &on) == SOCKET_ERROR)
        return 1;
    if (accept(s, NULL, NULL) == INVALID_SOCKET)
        say("accept without a client");         /* not an error: nothing to do yet */
    closesocket(s);
    if (recv(s, (char *)&here, 1, 0) == SOCKET_ERROR)
        say("recv on a closed socket");
    /* ANCHOR_END: state */

    closesocket(client);
    WSACleanup();
    return 0;
}
