/* What the C echo servers share that have one thread for all connections: another thread accepts, until the end of the
   input closes the listener. */
#ifndef STREAM_SERVER_H
#define STREAM_SERVER_H

#include "check.h"
#include <process.h>

static SOCKET listener;

static unsigned __stdcall close_at_end(void *unused)
{
    (void)unused;
    while (getchar() != EOF)
        ;
    CHECK(closesocket(listener) == 0);
    return 0;
}

/* Listens, says where, and lets a thread accept. */
static inline HANDLE begin_accepting(unsigned(__stdcall *accepting)(void *), void *parameter)
{
    struct sockaddr_in address;
    uintptr_t thread;

    listener = listening(&address);
    printf("Port: %d\n", ntohs(address.sin_port));
    fflush(stdout);
    thread = _beginthreadex(NULL, 0, close_at_end, NULL, 0, NULL);
    CHECK(thread != 0 && CloseHandle((HANDLE)thread));
    thread = _beginthreadex(NULL, 0, accepting, parameter, 0, NULL);
    CHECK(thread != 0);
    return (HANDLE)thread;
}

/* INVALID_SOCKET when the listener is closed. */
static inline SOCKET accept_next(void)
{
    SOCKET s = accept(listener, NULL, NULL);
    CHECK(s != INVALID_SOCKET || WSAGetLastError() == WSAEINTR || WSAGetLastError() == WSAENOTSOCK);
    return s;
}

#endif
