/* ConnectEx and DisconnectEx. */
#include "ways.h"

static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;
static struct sockaddr_in to;

static int begin(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD sent = 0;
    (void)routine;
    return boolean_outcome(connect_ex(operation->s, (struct sockaddr *)&to, sizeof to, NULL, 0, &sent, &operation->overlapped));
}

static int begin_with_data(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD sent = 0;
    (void)routine;
    return boolean_outcome(connect_ex(operation->s, (struct sockaddr *)&to, sizeof to, "hello", 5, &sent, &operation->overlapped));
}

static int disconnect(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return boolean_outcome(disconnect_ex(operation->s, &operation->overlapped, 0, 0));
}

static void every_way(const char *name, START start_it)
{
    for (WAY way = 0; way < WAYS; way++)
        if (way != BY_ROUTINE)
            one_way(name, way, bound(stream()), INVALID_SOCKET, start_it, NULL);
}

static void errors(void)
{
    OVERLAPPED overlapped;
    DWORD sent;
    struct {
        const char *name;
        SOCKET s;
        void *address;
        int length;
        OVERLAPPED *overlapped;
    } rows[] = {
        { "not-bound", stream(), &to, sizeof to, &overlapped },
        { "no-overlapped", bound(stream()), &to, sizeof to, NULL },
        { "stale", stale(), &to, sizeof to, &overlapped },
        { "connected", streams().a, &to, sizeof to, &overlapped },
        { "udp", bound(datagram()), &to, sizeof to, &overlapped },
        { "listening", listener(), &to, sizeof to, &overlapped },
        { "length-4", bound(stream()), &to, 4, &overlapped },
        { "not-bound-and-no-overlapped", stream(), &to, sizeof to, NULL },
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        memset(&overlapped, 0, sizeof overlapped);
        BOOLEAN_OF(dotted("ConnectEx", rows[i].name),
                   connect_ex(rows[i].s, rows[i].address, rows[i].length, NULL, 0, &sent, rows[i].overlapped));
        closesocket(rows[i].s);
    }
}

static void connected(void)
{
    OPERATION operation = { .s = bound(stream()) };
    struct sockaddr_in name;
    int length = sizeof name;
    DWORD bytes, flags;
    operation.overlapped.hEvent = WSACreateEvent();
    int result = begin_with_data(&operation, NULL);
    NEED(result == 0 || result == WSA_IO_PENDING);
    NEED(WSAGetOverlappedResult(operation.s, &operation.overlapped, &bytes, TRUE, &flags));
    fact("ConnectEx.sent", "%d", (int)bytes);
    INT("ConnectEx.getpeername-before-update", getpeername(operation.s, (struct sockaddr *)&name, &length));
    INT("ConnectEx.shutdown-before-update", shutdown(operation.s, SD_RECEIVE));
    INT("ConnectEx.send-before-update", send(operation.s, "x", 1, 0));
    INT("ConnectEx.update", setsockopt(operation.s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0));
    length = sizeof name;
    INT("ConnectEx.getpeername-after-update", getpeername(operation.s, (struct sockaddr *)&name, &length));
    INT("ConnectEx.shutdown-after-update", shutdown(operation.s, SD_SEND));
    closesocket(operation.s);
}

static void disconnecting(void)
{
    OVERLAPPED overlapped;
    memset(&overlapped, 0, sizeof overlapped);
    SOCKET s = stream();
    char byte;
    BOOLEAN_OF("DisconnectEx.not-connected", disconnect_ex(s, NULL, 0, 0));
    closesocket(s);
    BOOLEAN_OF("DisconnectEx.stale", disconnect_ex(stale(), NULL, 0, 0));
    PAIR pair = streams();
    BOOLEAN_OF("DisconnectEx.unknown-flag", disconnect_ex(pair.a, NULL, 1, 0));
    BOOLEAN_OF("DisconnectEx.reserved", disconnect_ex(pair.a, NULL, 0, 1));
    close_pair(pair);
    pair = streams();
    BOOLEAN_OF("DisconnectEx.waiting", disconnect_ex(pair.a, NULL, 0, 0));
    INT("DisconnectEx.peer-recv", recv(pair.b, &byte, 1, 0));
    INT("DisconnectEx.then-send", send(pair.a, "x", 1, 0));
    close_pair(pair);
    pair = streams();
    NEED(shutdown(pair.b, SD_SEND) == 0);
    BOOLEAN_OF("DisconnectEx.reuse", disconnect_ex(pair.a, NULL, TF_REUSE_SOCKET, 0));
    INT("DisconnectEx.reuse.send", send(pair.a, "x", 1, 0));
    INT("DisconnectEx.reuse.connect", connect(pair.a, (struct sockaddr *)&to, sizeof to));
    INT("DisconnectEx.reuse.send-again", send(pair.a, "x", 1, 0));
    close_pair(pair);
    for (WAY way = 0; way < WAYS; way++)
        if (way != BY_ROUTINE) {
            pair = streams();
            NEED(shutdown(pair.b, SD_SEND) == 0);
            one_way("DisconnectEx", way, pair.a, pair.b, disconnect, NULL);
        }
}

int main(void)
{
    start();
    SOCKET any = stream(), listening = listener(), keeper = bound(stream());
    connect_ex = (LPFN_CONNECTEX)extension(any, (GUID)WSAID_CONNECTEX);
    disconnect_ex = (LPFN_DISCONNECTEX)extension(any, (GUID)WSAID_DISCONNECTEX);
    to = name_of(listening);
    errors();
    connected();
    every_way("ConnectEx.success", begin);
    every_way("ConnectEx.success-with-data", begin_with_data);
    disconnecting();
    to = name_of(keeper);
    every_way("ConnectEx.refused", begin);
    every_way("ConnectEx.refused-with-data", begin_with_data);
    closesocket(listening);
    return 0;
}
