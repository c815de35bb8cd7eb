/* Datagrams: with and without connect, longer than the buffer, of no length at all, several buffers in one. */
#include "check.h"

int main(void)
{
    struct sockaddr_in address[2], from;
    SOCKET s[2];
    char buffer[64];
    int length = sizeof from;
    u_long waiting = 0;
    DWORD moved = 0, flags = 0;
    char head[] = "head ", tail[] = "tail";
    WSABUF parts[2];

    start();
    s[0] = bound(SOCK_DGRAM, &address[0]);
    s[1] = bound(SOCK_DGRAM, &address[1]);

    CHECK(sendto(s[0], "there", 5, 0, (SOCKADDR *)&address[1], sizeof address[1]) == 5);
    CHECK(recvfrom(s[1], buffer, sizeof buffer, 0, (SOCKADDR *)&from, &length) == 5);
    CHECK(memcmp(buffer, "there", 5) == 0 && length == sizeof from && from.sin_port == address[0].sin_port);
    CHECK(sendto(s[1], "back", 4, 0, (SOCKADDR *)&from, length) == 4);
    CHECK(recv(s[0], buffer, sizeof buffer, 0) == 4 && memcmp(buffer, "back", 4) == 0);

    CHECK(connect(s[0], (SOCKADDR *)&address[1], sizeof address[1]) == 0);
    CHECK(send(s[0], "longer than the buffer", 22, 0) == 22);
    CHECK(recv(s[1], buffer, 6, MSG_PEEK) == SOCKET_ERROR && WSAGetLastError() == WSAEMSGSIZE);
    CHECK(ioctlsocket(s[1], FIONREAD, &waiting) == 0 && waiting == 22);
    CHECK_FAILS(recv(s[1], buffer, 6, 0), WSAEMSGSIZE);
    CHECK(memcmp(buffer, "longer", 6) == 0);

    CHECK(send(s[0], NULL, 0, 0) == 0);
    CHECK(recv(s[1], buffer, sizeof buffer, 0) == 0);

    parts[0].buf = head, parts[0].len = 5;
    parts[1].buf = tail, parts[1].len = 4;
    CHECK(WSASend(s[0], parts, 2, &moved, 0, NULL, NULL) == 0 && moved == 9);
    parts[0].buf = buffer, parts[0].len = 3;
    parts[1].buf = buffer + 3, parts[1].len = 61;
    length = sizeof from;
    CHECK(WSARecvFrom(s[1], parts, 2, &moved, &flags, (SOCKADDR *)&from, &length, NULL, NULL) == 0);
    CHECK(moved == 9 && memcmp(buffer, "head tail", 9) == 0 && from.sin_port == address[0].sin_port);

    waiting = 1;
    CHECK(ioctlsocket(s[1], FIONBIO, &waiting) == 0);
    CHECK_FAILS(recv(s[1], buffer, sizeof buffer, 0), WSAEWOULDBLOCK);
    closesocket(s[0]);
    closesocket(s[1]);
    CHECK(WSACleanup() == 0);
    printf("datagrams\n");
    return 0;
}
