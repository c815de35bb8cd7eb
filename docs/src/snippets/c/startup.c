/* WSAStartup and WSACleanup. */
/* ANCHOR: all */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>

#pragma comment(lib, "Ws2_32.lib")

int main(void)
{
    WSADATA data;
    int failure = WSAStartup(MAKEWORD(2, 2), &data);
    if (failure != 0) {
        printf("WSAStartup failed: %d\n", failure);
        return 1;
    }
    printf("Winsock %d.%d\n", LOBYTE(data.wVersion), HIBYTE(data.wVersion));
    WSACleanup();
    return 0;
}
/* ANCHOR_END: all */
