/* Calls that wait: time limits, and closesocket by another thread. */
#include "facts.h"

typedef enum { RECV, RECVFROM, ACCEPT, SEND } CALL;

typedef struct {
    CALL call;
    SOCKET s;
    HANDLE begun;
    const char *result;
} WAITER;

static DWORD WINAPI waiting(void *argument)
{
    static char block[1 << 20];
    WAITER *waiter = argument;
    int result = 0;
    SetEvent(waiter->begun);
    switch (waiter->call) {
    case RECV: result = recv(waiter->s, block, 1, 0); break;
    case RECVFROM: result = recvfrom(waiter->s, block, 1, 0, NULL, NULL); break;
    case ACCEPT: result = accept(waiter->s, NULL, NULL) == INVALID_SOCKET ? -1 : 0; break;
    case SEND:
        while (result >= 0)
            result = send(waiter->s, block, sizeof block, 0);
        break;
    }
    waiter->result = result < 0 ? code(WSAGetLastError()) : "no error";
    return 0;
}

/* The socket is closed when the call waits, as far as one can tell. */
static void closed_under(const char *name, CALL call, SOCKET s)
{
    WAITER waiter = { call, s, CreateEventA(NULL, TRUE, FALSE, NULL), "asleep" };
    HANDLE thread = CreateThread(NULL, 0, waiting, &waiter, 0, NULL);
    WaitForSingleObject(waiter.begun, LIMIT);
    Sleep(2 * MOMENT);
    closesocket(s);
    WaitForSingleObject(thread, 2000);
    fact(dotted("closesocket.wakes", name), "%s", waiter.result);
    CloseHandle(thread);
    CloseHandle(waiter.begun);
}

static void limits(void)
{
    char text[4];
    DWORD limit = MOMENT, read = 0;
    int length = sizeof read;
    PAIR pair = streams();
    INT("timeout.set-receive", setsockopt(pair.a, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit));
    INT("timeout.set-send", setsockopt(pair.a, SOL_SOCKET, SO_SNDTIMEO, (char *)&limit, sizeof limit));
    getsockopt(pair.a, SOL_SOCKET, SO_RCVTIMEO, (char *)&read, &length);
    fact("timeout.reads", "%d, length %d", (int)read, length);
    INT("timeout.recv", recv(pair.a, text, 4, 0));
    INT("timeout.recv-peek", recv(pair.a, text, 4, MSG_PEEK));
    static char block[1 << 20];
    int result;
    do
        result = send(pair.a, block, sizeof block, 0);
    while (result > 0);
    fact("timeout.send", "%s", code(WSAGetLastError()));
    close_pair(pair);
    pair = datagrams();
    NEED(setsockopt(pair.a, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit) == 0);
    INT("timeout.udp-recv", recv(pair.a, text, 4, 0));
    INT("timeout.udp-recvfrom", recvfrom(pair.a, text, 4, 0, NULL, NULL));
    close_pair(pair);
    SOCKET listening = listener();
    fd_set set;
    FD_ZERO(&set);
    FD_SET(listening, &set);
    INT("timeout.select", select(0, &set, NULL, NULL, &(struct timeval){ 0, MOMENT * 1000 }));
    fact("timeout.select.set", "%d", (int)set.fd_count);
    closesocket(listening);
}

int main(void)
{
    start();
    limits();
    PAIR pair = streams();
    closed_under("recv", RECV, pair.a);
    closesocket(pair.b);
    pair = streams();
    closed_under("send", SEND, pair.a);
    closesocket(pair.b);
    closed_under("recvfrom", RECVFROM, bound(datagram()));
    closed_under("accept", ACCEPT, listener());
    return 0;
}
