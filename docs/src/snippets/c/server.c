/* The server of the first lessons: one client, then the end. Usage: server [PORT]; port 0 takes one that is free. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>

#pragma comment(lib, "Ws2_32.lib")

#define DEFAULT_PORT "27015"

static int failed(const char *call, int code)
{
    fprintf(stderr, "%s failed: %d\n", call, code);
    WSACleanup();
    return 1;
}

int main(int argc, char **argv)
{
    WSADATA data;
    int failure = WSAStartup(MAKEWORD(2, 2), &data);
    if (failure != 0) {
        fprintf(stderr, "WSAStartup failed: %d\n", failure);
        return 1;
    }

    /* ANCHOR: socket */
    struct addrinfo hints, *found;
    ZeroMemory(&hints, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    hints.ai_flags = AI_PASSIVE;        /* without a name: every address of this machine */
    failure = getaddrinfo(NULL, argc > 1 ? argv[1] : DEFAULT_PORT, &hints, &found);
    if (failure != 0)
        return failed("getaddrinfo", failure);

    SOCKET listener = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (listener == INVALID_SOCKET)
        return failed("socket", WSAGetLastError());
    /* ANCHOR_END: socket */

    /* ANCHOR: bind */
    if (bind(listener, found->ai_addr, (int)found->ai_addrlen) == SOCKET_ERROR)
        return failed("bind", WSAGetLastError());
    freeaddrinfo(found);
    /* ANCHOR_END: bind */

    /* ANCHOR: listen */
    if (listen(listener, SOMAXCONN) == SOCKET_ERROR)
        return failed("listen", WSAGetLastError());
    /* ANCHOR_END: listen */

    /* ANCHOR: name */
    struct sockaddr_in address;
    int length = sizeof address;
    if (getsockname(listener, (SOCKADDR *)&address, &length) == SOCKET_ERROR)
        return failed("getsockname", WSAGetLastError());
    printf("Listening on port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    /* ANCHOR_END: name */

    /* ANCHOR: accept */
    SOCKET client = accept(listener, NULL, NULL);
    if (client == INVALID_SOCKET)
        return failed("accept", WSAGetLastError());
    closesocket(listener);              /* one client is enough */
    /* ANCHOR_END: accept */

    /* ANCHOR: echo */
    char buffer[512];
    int received;
    while ((received = recv(client, buffer, sizeof buffer, 0)) > 0) {
        printf("Bytes received: %d\n", received);
        int sent = send(client, buffer, received, 0);
        if (sent == SOCKET_ERROR)
            return failed("send", WSAGetLastError());
        printf("Bytes sent: %d\n", sent);
    }
    if (received == SOCKET_ERROR)
        return failed("recv", WSAGetLastError());
    printf("Connection closing...\n");
    /* ANCHOR_END: echo */

    /* ANCHOR: close */
    if (shutdown(client, SD_SEND) == SOCKET_ERROR)
        return failed("shutdown", WSAGetLastError());
    closesocket(client);
    WSACleanup();
    return 0;
    /* ANCHOR_END: close */
}
