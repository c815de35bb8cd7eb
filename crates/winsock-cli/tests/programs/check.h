/* What the test programs share: a check that says where and why it failed, start-up, addresses. */
#ifndef CHECK_H
#define CHECK_H

#include <winsock2.h>
#include <ws2tcpip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            fprintf(stderr, "%s:%d: %s: last error %d\n", __FILE__, __LINE__, #condition,    \
                    WSAGetLastError());                                                      \
            exit(1);                                                                         \
        }                                                                                    \
    } while (0)

/* A call that must fail with this code. */
#define CHECK_FAILS(call, code)                                                              \
    do {                                                                                     \
        WSASetLastError(0);                                                                  \
        CHECK((call) == SOCKET_ERROR);                                                       \
        CHECK(WSAGetLastError() == (code));                                                  \
    } while (0)

static inline void start(void)
{
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    CHECK(LOBYTE(data.wVersion) == 2 && HIBYTE(data.wVersion) == 2);
}

static inline struct sockaddr_in loopback(unsigned short port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* A socket bound to 127.0.0.1 and a free port, which is stored. */
static inline SOCKET bound(int type, struct sockaddr_in *address)
{
    int length = sizeof *address;
    SOCKET s = socket(AF_INET, type, 0);
    CHECK(s != INVALID_SOCKET);
    *address = loopback(0);
    CHECK(bind(s, (SOCKADDR *)address, length) == 0);
    CHECK(getsockname(s, (SOCKADDR *)address, &length) == 0 && length == sizeof *address);
    return s;
}

static inline SOCKET listening(struct sockaddr_in *address)
{
    SOCKET s = bound(SOCK_STREAM, address);
    CHECK(listen(s, SOMAXCONN) == 0);
    return s;
}

static inline SOCKET connected(const struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    CHECK(s != INVALID_SOCKET);
    CHECK(connect(s, (const SOCKADDR *)address, sizeof *address) == 0);
    return s;
}

#endif
