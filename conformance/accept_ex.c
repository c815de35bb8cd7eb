/* AcceptEx: the ways to be told, what may go wrong, what the accepted socket can do. */
#include "ways.h"

enum { ROOM = sizeof(struct sockaddr_in) + 16 };

static SOCKET accepting;
static LPFN_ACCEPTEX accept_ex;

static int begin_with(OPERATION *operation, DWORD data)
{
    DWORD bytes = 0;
    accepting = stream();
    return boolean_outcome(accept_ex(operation->s, accepting, operation->room, data, ROOM, ROOM, &bytes, &operation->overlapped));
}

static int begin(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return begin_with(operation, 0);
}

static int begin_with_data(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return begin_with(operation, 64);
}

static void client_connects(OPERATION *operation)
{
    struct sockaddr_in to = name_of(operation->s);
    operation->other = stream();
    NEED(connect(operation->other, (struct sockaddr *)&to, sizeof to) == 0);
}

static void client_connects_and_sends(OPERATION *operation)
{
    client_connects(operation);
    peer_sends(operation);
}

static void client_connects_and_ends(OPERATION *operation)
{
    client_connects(operation);
    peer_ends(operation);
}

static void accepting_socket_closes(OPERATION *operation)
{
    (void)operation;
    closesocket(accepting);
}

static void every_way(const char *name, START start_it, AFTERWARDS first, AFTERWARDS then)
{
    for (WAY way = 0; way < WAYS; way++) {
        if (way == BY_ROUTINE)
            continue;
        OPERATION before = { .s = listener(), .other = INVALID_SOCKET };
        if (first) {
            first(&before);
            await_readable(before.s);
        }
        one_way(name, way, before.s, before.other, start_it, then);
        closesocket(accepting);
    }
}

static void errors(void)
{
    SOCKET listening = listener();
    char room[128];
    DWORD bytes;
    OVERLAPPED overlapped;
    struct {
        const char *name;
        SOCKET listening, accepting;
        void *room;
        DWORD data, local, remote;
        OVERLAPPED *overlapped;
    } rows[] = {
        { "not-listening", bound(stream()), stream(), room, 0, ROOM, ROOM, &overlapped },
        { "not-bound", stream(), stream(), room, 0, ROOM, ROOM, &overlapped },
        { "stale-listener", stale(), stream(), room, 0, ROOM, ROOM, &overlapped },
        { "stale-accepting", listening, stale(), room, 0, ROOM, ROOM, &overlapped },
        { "accepting-is-bound", listening, bound(stream()), room, 0, ROOM, ROOM, &overlapped },
        { "accepting-is-connected", listening, streams().a, room, 0, ROOM, ROOM, &overlapped },
        { "accepting-is-the-listener", listening, listening, room, 0, ROOM, ROOM, &overlapped },
        { "accepting-is-udp", listening, datagram(), room, 0, ROOM, ROOM, &overlapped },
        { "udp", bound(datagram()), datagram(), room, 0, ROOM, ROOM, &overlapped },
        { "no-overlapped", listening, stream(), room, 0, ROOM, ROOM, NULL },
        { "remote-length-0", listening, stream(), room, 0, ROOM, 0, &overlapped },
        { "remote-length-16", listening, stream(), room, 0, ROOM, 16, &overlapped },
        { "local-length-15", listening, stream(), room, 0, 15, ROOM, &overlapped },
        { "no-room", listening, stream(), NULL, 0, ROOM, ROOM, &overlapped },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(&overlapped, 0, sizeof overlapped);
        BOOLEAN_OF(dotted("AcceptEx", rows[i].name),
                   accept_ex(rows[i].listening, rows[i].accepting, rows[i].room, rows[i].data, rows[i].local, rows[i].remote,
                             &bytes, rows[i].overlapped));
        CancelIoEx((HANDLE)rows[i].listening, &overlapped);
        if (overlapped.Internal == 0x103)
            Sleep(MOMENT);
    }
    closesocket(listening);
}

static void accepted(void)
{
    OPERATION operation = { .s = listener() };
    struct sockaddr *local = NULL, *remote = NULL;
    int local_length = 0, remote_length = 0, seconds = -1, length = sizeof seconds;
    struct sockaddr_in name;
    DWORD bytes, flags;
    LPFN_GETACCEPTEXSOCKADDRS addresses = (LPFN_GETACCEPTEXSOCKADDRS)extension(operation.s, (GUID)WSAID_GETACCEPTEXSOCKADDRS);
    operation.overlapped.hEvent = WSACreateEvent();
    NEED(begin_with(&operation, 64) == WSA_IO_PENDING);
    BOOLEAN_OF("AcceptEx.result-too-early", WSAGetOverlappedResult(operation.s, &operation.overlapped, &bytes, FALSE, &flags));
    client_connects(&operation);
    WAIT("AcceptEx.waits-for-data", WaitForSingleObject(operation.overlapped.hEvent, MOMENT));
    getsockopt(accepting, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length);
    fact("AcceptEx.SO_CONNECT_TIME-while-it-waits", "%s", seconds >= 0 ? "connected" : "not connected");
    peer_sends(&operation);
    WAIT("AcceptEx.data-has-come", WaitForSingleObject(operation.overlapped.hEvent, LIMIT));
    BOOLEAN_OF("AcceptEx.result", WSAGetOverlappedResult(operation.s, &operation.overlapped, &bytes, FALSE, &flags));
    fact("AcceptEx.bytes", "%d", (int)bytes);
    addresses(operation.room, 64, ROOM, ROOM, &local, &local_length, &remote, &remote_length);
    fact("AcceptEx.local-address", "%d bytes, %s", local_length,
         ((struct sockaddr_in *)local)->sin_port == name_of(operation.s).sin_port ? "the listener's" : "another");
    fact("AcceptEx.remote-address", "%d bytes, %s", remote_length,
         ((struct sockaddr_in *)remote)->sin_port == name_of(operation.other).sin_port ? "the client's" : "another");
    length = sizeof name;
    INT("AcceptEx.getpeername-before-update", getpeername(accepting, (struct sockaddr *)&name, &length));
    INT("AcceptEx.shutdown-before-update", shutdown(accepting, SD_RECEIVE));
    INT("AcceptEx.send-before-update", send(accepting, "x", 1, 0));
    INT("AcceptEx.update", setsockopt(accepting, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&operation.s, sizeof operation.s));
    length = sizeof name;
    INT("AcceptEx.getpeername-after-update", getpeername(accepting, (struct sockaddr *)&name, &length));
    INT("AcceptEx.getsockname-after-update", getsockname(accepting, (struct sockaddr *)&name, &length));
    INT("AcceptEx.connected-again", ({
            memset(&operation.overlapped, 0, sizeof operation.overlapped);
            accept_ex(operation.s, accepting, operation.room, 0, ROOM, ROOM, &bytes, &operation.overlapped) ? 0 : -1;
        }));
    INT("AcceptEx.update-with-short-length", setsockopt(accepting, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&operation.s, 2));
    closesocket(accepting);
    closesocket(operation.other);
    closesocket(operation.s);
}

int main(void)
{
    start();
    accept_ex = (LPFN_ACCEPTEX)extension(stream(), (GUID)WSAID_ACCEPTEX);
    errors();
    accepted();
    every_way("AcceptEx.client-waits", begin, client_connects, NULL);
    every_way("AcceptEx.client-comes", begin, NULL, client_connects);
    every_way("AcceptEx.data-waits", begin_with_data, client_connects_and_sends, NULL);
    every_way("AcceptEx.data-comes", begin_with_data, NULL, client_connects_and_sends);
    every_way("AcceptEx.end-instead-of-data", begin_with_data, NULL, client_connects_and_ends);
    every_way("AcceptEx.CancelIoEx", begin, NULL, is_cancelled);
    every_way("AcceptEx.closesocket", begin, NULL, socket_closes);
    every_way("AcceptEx.accepting-socket-closes", begin, NULL, accepting_socket_closes);
    return 0;
}
