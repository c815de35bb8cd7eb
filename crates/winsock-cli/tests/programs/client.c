/* The client of server.c: connects to the first address that answers, sends 14 bytes, shuts down its side, and reads
   until the server has closed its own. Usage: client HOST PORT. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <string.h>

#pragma comment(lib, "Ws2_32.lib")

static const char message[] = "14 bytes there";

static int failed(const char *call, int code)
{
    printf("%s failed: %d\n", call, code);
    WSACleanup();
    return 1;
}

int __cdecl main(int argc, char **argv)
{
    WSADATA data;
    SOCKET s = INVALID_SOCKET;
    struct addrinfo hints, *found = NULL, *each;
    char buffer[512];
    int count, total = 0;

    if (argc != 3) {
        printf("usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;

    ZeroMemory(&hints, sizeof(hints));
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    count = getaddrinfo(argv[1], argv[2], &hints, &found);
    if (count != 0)
        return failed("getaddrinfo", count);
    for (each = found; each != NULL; each = each->ai_next) {
        s = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (s == INVALID_SOCKET)
            return failed("socket", WSAGetLastError());
        if (connect(s, each->ai_addr, (int)each->ai_addrlen) != SOCKET_ERROR)
            break;
        closesocket(s);
        s = INVALID_SOCKET;
    }
    freeaddrinfo(found);
    if (s == INVALID_SOCKET)
        return failed("connect", WSAGetLastError());

    count = send(s, message, (int)strlen(message), 0);
    if (count == SOCKET_ERROR)
        return failed("send", WSAGetLastError());
    printf("Bytes Sent: %d\n", count);
    if (shutdown(s, SD_SEND) == SOCKET_ERROR)
        return failed("shutdown", WSAGetLastError());

    do {
        count = recv(s, buffer + total, (int)sizeof(buffer) - total, 0);
        if (count > 0) {
            printf("Bytes received: %d\n", count);
            total += count;
        } else if (count == 0) {
            printf("Connection closed\n");
        } else {
            return failed("recv", WSAGetLastError());
        }
    } while (count > 0);

    closesocket(s);
    WSACleanup();
    return memcmp(buffer, message, strlen(message)) == 0 ? 0 : 1;
}
