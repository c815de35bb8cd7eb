/* A first program: one datagram, to itself. */
/* ANCHOR: all */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>

#pragma comment(lib, "Ws2_32.lib")

int main(void)
{
    WSADATA data;
    struct sockaddr_in here = {0};
    int length = sizeof here, received;
    char buffer[100];

    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);      /* this machine; port 0: any that is free */
    if (s == INVALID_SOCKET || bind(s, (SOCKADDR *)&here, sizeof here) == SOCKET_ERROR ||
        getsockname(s, (SOCKADDR *)&here, &length) == SOCKET_ERROR ||
        sendto(s, "hello, Winsock", 14, 0, (SOCKADDR *)&here, length) == SOCKET_ERROR ||
        (received = recvfrom(s, buffer, sizeof buffer, 0, NULL, NULL)) == SOCKET_ERROR) {
        printf("failed: %d\n", WSAGetLastError());
        return 1;
    }
    printf("received: %.*s\n", received, buffer);
    closesocket(s);
    WSACleanup();
    return 0;
}
/* ANCHOR_END: all */
