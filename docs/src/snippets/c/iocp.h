/* What the two lessons on completion ports share: a connection with one operation under way, and the workers. */
#ifndef IOCP_H
#define IOCP_H

#include "lesson.h"

#define WORKERS 2

/* ANCHOR: connection */
enum { ACCEPTING, RECEIVING, SENDING };

typedef struct {
    OVERLAPPED operation;           /* the one that is under way */
    int what;                       /* which one it is */
    SOCKET socket;
    char buffer[4096];
} CONNECTION;

static HANDLE port, all_ended;
static volatile LONG ended;

static void end(CONNECTION *c)
{
    closesocket(c->socket);
    free(c);
    if (InterlockedIncrement(&ended) == CLIENTS)
        SetEvent(all_ended);
}

/* Starts a receive, or a send of what came. A packet tells of its end, also when it ends at once; if it has failed at
   once there is none. */
static void start(CONNECTION *c, int what, DWORD length)
{
    WSABUF buffer = {length, c->buffer};
    DWORD flags = 0;
    int result;

    ZeroMemory(&c->operation, sizeof c->operation);
    c->what = what;
    if (what == SENDING)
        result = WSASend(c->socket, &buffer, 1, NULL, 0, &c->operation, NULL);
    else
        result = WSARecv(c->socket, &buffer, 1, NULL, &flags, &c->operation, NULL);
    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING)
        end(c);
}
/* ANCHOR_END: connection */

/* ANCHOR: worker */
static void accepted(CONNECTION *c, BOOL succeeded, DWORD bytes);

static unsigned __stdcall worker(void *unused)
{
    (void)unused;
    for (;;) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *operation;
        BOOL succeeded = GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE);
        if (operation == NULL) {
            check(succeeded, "GetQueuedCompletionStatus");
            return 0;                           /* the packet that ends a worker */
        }
        CONNECTION *c = CONTAINING_RECORD(operation, CONNECTION, operation);
        if (c->what == ACCEPTING) {
            accepted(c, succeeded, bytes);
        } else if (!succeeded || bytes == 0) {
            end(c);
        } else if (c->what == RECEIVING) {
            start(c, SENDING, bytes);
        } else {
            InterlockedExchangeAdd(&bytes_echoed, bytes);
            start(c, RECEIVING, sizeof c->buffer);
        }
    }
}
/* ANCHOR_END: worker */

/* ANCHOR: workers */
static HANDLE workers[WORKERS];

static void begin_workers(void)
{
    all_ended = CreateEvent(NULL, TRUE, FALSE, NULL);
    check(all_ended != NULL, "CreateEvent");
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, WORKERS);
    check(port != NULL, "CreateIoCompletionPort");
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (HANDLE)_beginthreadex(NULL, 0, worker, NULL, 0, NULL);
        check(workers[i] != NULL, "_beginthreadex");
    }
}

static void end_workers(void)
{
    WaitForSingleObject(all_ended, INFINITE);
    for (int i = 0; i < WORKERS; i++)
        check(PostQueuedCompletionStatus(port, 0, 0, NULL), "PostQueuedCompletionStatus");
    WaitForMultipleObjects(WORKERS, workers, TRUE, INFINITE);
    for (int i = 0; i < WORKERS; i++)
        CloseHandle(workers[i]);
    CloseHandle(port);
    CloseHandle(all_ended);
}
/* ANCHOR_END: workers */

#endif
