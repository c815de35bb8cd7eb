/* The client of the first lessons. Usage: client HOST [PORT] */
/* ANCHOR: headers */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <string.h>

#pragma comment(lib, "Ws2_32.lib")

#define DEFAULT_PORT "27015"
/* ANCHOR_END: headers */

/* ANCHOR: failed */
/* Says which call has failed and why, and gives the exit code of the program. */
static int failed(const char *call, int code)
{
    fprintf(stderr, "%s failed: %d\n", call, code);
    WSACleanup();
    return 1;
}
/* ANCHOR_END: failed */

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s HOST [PORT]\n", argv[0]);
        return 2;
    }

    /* ANCHOR: startup */
    WSADATA data;
    int failure = WSAStartup(MAKEWORD(2, 2), &data);
    if (failure != 0) {
        fprintf(stderr, "WSAStartup failed: %d\n", failure);
        return 1;
    }
    /* ANCHOR_END: startup */

    /* ANCHOR: resolve */
    struct addrinfo hints, *found;
    ZeroMemory(&hints, sizeof hints);
    hints.ai_family = AF_UNSPEC;        /* IPv6 or IPv4, whichever the name has */
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_protocol = IPPROTO_TCP;
    failure = getaddrinfo(argv[1], argc > 2 ? argv[2] : DEFAULT_PORT, &hints, &found);
    if (failure != 0)
        return failed("getaddrinfo", failure);
    /* ANCHOR_END: resolve */

    /* ANCHOR: connect */
    SOCKET s = INVALID_SOCKET;
    for (struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        /* ANCHOR: socket */
        s = socket(each->ai_family, each->ai_socktype, each->ai_protocol);
        if (s == INVALID_SOCKET)
            return failed("socket", WSAGetLastError());
        /* ANCHOR_END: socket */
        if (connect(s, each->ai_addr, (int)each->ai_addrlen) == 0)
            break;
        failure = WSAGetLastError();
        closesocket(s);
        s = INVALID_SOCKET;
    }
    freeaddrinfo(found);
    if (s == INVALID_SOCKET)
        return failed("connect", failure);
    /* ANCHOR_END: connect */

    /* ANCHOR: send */
    const char *text = "this is a test";
    int sent = send(s, text, (int)strlen(text), 0);
    if (sent == SOCKET_ERROR)
        return failed("send", WSAGetLastError());
    printf("Bytes sent: %d\n", sent);
    /* ANCHOR_END: send */

    /* ANCHOR: shutdown */
    if (shutdown(s, SD_SEND) == SOCKET_ERROR)
        return failed("shutdown", WSAGetLastError());
    /* ANCHOR_END: shutdown */

    /* ANCHOR: receive */
    char buffer[512];
    int received;
    while ((received = recv(s, buffer, sizeof buffer, 0)) > 0)
        printf("Bytes received: %d\n", received);
    if (received == SOCKET_ERROR)
        return failed("recv", WSAGetLastError());
    printf("Connection closed\n");
    /* ANCHOR_END: receive */

    /* ANCHOR: close */
    closesocket(s);
    WSACleanup();
    return 0;
    /* ANCHOR_END: close */
}
