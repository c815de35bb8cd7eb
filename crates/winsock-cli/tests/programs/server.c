/* An echo server for one client, as a first program in a course would have it: it listens, serves whoever comes first
   until that one has nothing more to send, and ends. Usage: server PORT. Port 0 is any; the one in use is printed. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>

#pragma comment(lib, "Ws2_32.lib")

static int failed(const char *call)
{
    printf("%s failed: %d\n", call, WSAGetLastError());
    WSACleanup();
    return 1;
}

static int listen_on(const char *port, SOCKET *listener)
{
    struct addrinfo hints, *found = NULL;
    struct sockaddr_storage local;
    char text[NI_MAXSERV];
    int length = sizeof(local), error;

    ZeroMemory(&hints, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    hints.ai_flags = AI_PASSIVE;
    error = getaddrinfo(NULL, port, &hints, &found);
    if (error != 0) {
        printf("getaddrinfo failed: %d\n", error);
        return 1;
    }
    *listener = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (*listener == INVALID_SOCKET) {
        freeaddrinfo(found);
        return failed("socket");
    }
    error = bind(*listener, found->ai_addr, (int)found->ai_addrlen);
    freeaddrinfo(found);
    if (error == SOCKET_ERROR)
        return failed("bind");
    if (listen(*listener, SOMAXCONN) == SOCKET_ERROR)
        return failed("listen");
    if (getsockname(*listener, (struct sockaddr *)&local, &length) == SOCKET_ERROR)
        return failed("getsockname");
    if (getnameinfo((struct sockaddr *)&local, length, NULL, 0, text, sizeof(text), NI_NUMERICSERV) != 0)
        return failed("getnameinfo");
    printf("Port: %s\n", text);
    fflush(stdout);
    return 0;
}

int __cdecl main(int argc, char **argv)
{
    WSADATA data;
    SOCKET listener, client;
    char buffer[512];
    int received, sent;

    if (argc != 2) {
        printf("usage: %s PORT\n", argv[0]);
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;
    if (listen_on(argv[1], &listener) != 0)
        return 1;
    client = accept(listener, NULL, NULL);
    if (client == INVALID_SOCKET)
        return failed("accept");
    closesocket(listener);

    do {
        received = recv(client, buffer, sizeof(buffer), 0);
        if (received > 0) {
            printf("Bytes received: %d\n", received);
            sent = send(client, buffer, received, 0);
            if (sent == SOCKET_ERROR)
                return failed("send");
            printf("Bytes sent: %d\n", sent);
        } else if (received == 0) {
            printf("Connection closing...\n");
        } else {
            return failed("recv");
        }
    } while (received > 0);

    if (shutdown(client, SD_SEND) == SOCKET_ERROR)
        return failed("shutdown");
    closesocket(client);
    WSACleanup();
    return 0;
}
