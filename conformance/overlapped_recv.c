/* WSARecv on a stream: each way to be told, each thing that can happen. */
#include "ways.h"

static int receive(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    return outcome(WSARecv(operation->s, &operation->buffer, 1, &bytes, &operation->flags, &operation->overlapped, routine));
}

static int receive_no_count(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    return outcome(WSARecv(operation->s, &operation->buffer, 1, NULL, &operation->flags, &operation->overlapped, routine));
}

static int receive_nothing(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    operation->buffer.len = 0;
    return receive(operation, routine);
}

static int receive_as_file(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return boolean_outcome(ReadFile((HANDLE)operation->s, operation->room, 16, NULL, &operation->overlapped));
}

/* On a new connection, in every way; `first` happens before the call. */
static void every_way(const char *name, START begin, AFTERWARDS first, AFTERWARDS then)
{
    for (WAY way = 0; way < WAYS; way++) {
        if (way == BY_ROUTINE && begin == receive_as_file)
            continue;
        PAIR pair = streams();
        OPERATION peer = { .s = pair.a, .other = pair.b };
        if (first) {
            first(&peer);
            await_readable(pair.a);
        }
        if (first == peer_resets)
            failing_way(name, way, pair.a, INVALID_SOCKET, begin);
        else
            one_way(name, way, pair.a, pair.b, begin, then);
    }
}

int main(void)
{
    start();
    every_way("WSARecv.data-was-there", receive, peer_sends, NULL);
    every_way("WSARecv.data-comes", receive, NULL, peer_sends);
    every_way("WSARecv.no-count", receive_no_count, NULL, peer_sends);
    every_way("WSARecv.end-was-there", receive, peer_ends, NULL);
    every_way("WSARecv.end-comes", receive, NULL, peer_ends);
    every_way("WSARecv.reset-was-there", receive, peer_resets, NULL);
    every_way("WSARecv.reset-comes", receive, NULL, peer_resets);
    every_way("WSARecv.no-room-data-was-there", receive_nothing, peer_sends, NULL);
    every_way("WSARecv.no-room-data-comes", receive_nothing, NULL, peer_sends);
    every_way("WSARecv.CancelIoEx", receive, NULL, is_cancelled);
    every_way("WSARecv.CancelIo", receive, NULL, all_are_cancelled);
    every_way("WSARecv.closesocket", receive, NULL, socket_closes);
    every_way("ReadFile.data-was-there", receive_as_file, peer_sends, NULL);
    every_way("ReadFile.data-comes", receive_as_file, NULL, peer_sends);
    every_way("ReadFile.end-comes", receive_as_file, NULL, peer_ends);
    every_way("ReadFile.reset-comes", receive_as_file, NULL, peer_resets);
    return 0;
}
