/* What the lessons share: checking calls, a listening socket on a free port of this machine, clients that keep it busy
   and check every byte that comes back, and the last line of the program. */
#ifndef LESSON_H
#define LESSON_H

#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma comment(lib, "Ws2_32.lib")
#pragma comment(lib, "Mswsock.lib")

#define CLIENTS 3
#define MESSAGE 10000

static HANDLE client_threads[CLIENTS];
static volatile LONG bytes_echoed;

/* ANCHOR: check */
/* A failure that concerns the whole program ends it. */
static inline void check(BOOL succeeded, const char *call)
{
    if (!succeeded) {
        fprintf(stderr, "%s failed: %d\n", call, WSAGetLastError());
        exit(1);
    }
}
/* ANCHOR_END: check */

/* ANCHOR: client */
/* One client: sends, ends its side, and reads what comes back to its end. */
static unsigned __stdcall run_client(void *server)
{
    char sent[MESSAGE], back[MESSAGE + 1];
    int received = 0, count;

    for (int i = 0; i < MESSAGE; i++)
        sent[i] = (char)(i % 251);
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    check(s != INVALID_SOCKET, "socket");
    check(connect(s, server, sizeof(struct sockaddr_in)) == 0, "connect");
    check(send(s, sent, MESSAGE, 0) == MESSAGE, "send");
    check(shutdown(s, SD_SEND) == 0, "shutdown");
    while ((count = recv(s, back + received, (int)sizeof back - received, 0)) > 0)
        received += count;
    check(count == 0, "recv");
    if (received != MESSAGE || memcmp(sent, back, MESSAGE) != 0) {
        fprintf(stderr, "an echo that is not what was sent\n");
        exit(1);
    }
    closesocket(s);
    return 0;
}
/* ANCHOR_END: client */

/* ANCHOR: begin */
/* Starts Winsock, listens on a free port, and lets the clients run. */
static inline SOCKET begin(void)
{
    static struct sockaddr_in address;
    int length = sizeof address;
    WSADATA data;

    check(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    check(listener != INVALID_SOCKET, "socket");
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = 0;
    check(bind(listener, (SOCKADDR *)&address, sizeof address) == 0, "bind");
    check(listen(listener, SOMAXCONN) == 0, "listen");
    check(getsockname(listener, (SOCKADDR *)&address, &length) == 0, "getsockname");
    for (int i = 0; i < CLIENTS; i++) {
        client_threads[i] = (HANDLE)_beginthreadex(NULL, 0, run_client, &address, 0, NULL);
        check(client_threads[i] != NULL, "_beginthreadex");
    }
    return listener;
}
/* ANCHOR_END: begin */

/* ANCHOR: finish */
/* Waits for the clients, and says what was done. */
static inline int finish(SOCKET listener)
{
    check(WaitForMultipleObjects(CLIENTS, client_threads, TRUE, INFINITE) == WAIT_OBJECT_0, "WaitForMultipleObjects");
    for (int i = 0; i < CLIENTS; i++)
        CloseHandle(client_threads[i]);
    closesocket(listener);
    WSACleanup();
    printf("%d clients, %ld bytes echoed\n", CLIENTS, (long)bytes_echoed);
    return 0;
}
/* ANCHOR_END: finish */

#endif
