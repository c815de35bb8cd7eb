/* What sources for Windows take for granted, and what of it has to be looked at. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <excpt.h>
#include <stdio.h>

#pragma comment(lib, "Ws2_32.lib")

int main(void)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0)
        return 1;

    /* ANCHOR: long */
    printf("LONG %d, DWORD %d, u_long %d\n", (int)sizeof(LONG), (int)sizeof(DWORD), (int)sizeof(u_long));

    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    u_long on = 1;                              /* as documented; with `long on` this does not compile here */
    if (s == INVALID_SOCKET || ioctlsocket(s, FIONBIO, &on) == SOCKET_ERROR)
        return 1;
    DWORD milliseconds = 100;                   /* time-outs are a DWORD, not a struct timeval */
    if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&milliseconds, sizeof milliseconds) == SOCKET_ERROR)
        return 1;
    /* ANCHOR_END: long */

    /* ANCHOR: wide */
    WCHAR text[46];
    IN_ADDR address;
    if (InetPtonW(AF_INET, L"127.0.0.1", &address) != 1 || InetNtopW(AF_INET, &address, text, 46) == NULL)
        return 1;
    printf("WCHAR %d, %d characters\n", (int)sizeof(WCHAR), lstrlenW(text));
    /* ANCHOR_END: wide */

    /* ANCHOR: seh */
    __try {
        if (connect(s, NULL, 0) == SOCKET_ERROR)
            __leave;
        printf("connected\n");
    } __finally {
        closesocket(s);
        printf("closed\n");
    }
    /* ANCHOR_END: seh */

    WSACleanup();
    return 0;
}
