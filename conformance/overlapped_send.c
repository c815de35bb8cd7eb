/* WSASend on a stream, and WriteFile. */
#include "ways.h"

static char block[8 << 20];

static int write_some(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    operation->buffer.len = 5;
    return outcome(WSASend(operation->s, &operation->buffer, 1, &bytes, 0, &operation->overlapped, routine));
}

/* More than the connection takes while nobody reads. */
static int write_much(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    operation->buffer.buf = block;
    operation->buffer.len = sizeof block;
    return outcome(WSASend(operation->s, &operation->buffer, 1, &bytes, 0, &operation->overlapped, routine));
}

static int write_nothing(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    return outcome(WSASend(operation->s, NULL, 0, &bytes, 0, &operation->overlapped, routine));
}

static int write_as_file(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return boolean_outcome(WriteFile((HANDLE)operation->s, operation->room, 5, NULL, &operation->overlapped));
}

static void peer_reads_all(OPERATION *operation)
{
    static char room[1 << 16];
    size_t left = sizeof block;
    while (left > 0) {
        int got = recv(operation->other, room, sizeof room, 0);
        NEED(got > 0);
        left -= got;
    }
}

static void every_way(const char *name, START begin, AFTERWARDS first, AFTERWARDS then)
{
    for (WAY way = 0; way < WAYS; way++) {
        if (way == BY_ROUTINE && begin == write_as_file)
            continue;
        PAIR pair = streams();
        OPERATION peer = { .s = pair.a, .other = pair.b };
        if (first) {
            first(&peer);
            if (first == peer_resets)
                await_readable(pair.a);
        }
        if (first == peer_resets)
            failing_way(name, way, pair.a, INVALID_SOCKET, begin);
        else
            one_way(name, way, pair.a, pair.b, begin, then);
    }
}

static void sending_is_shut(OPERATION *operation)
{
    NEED(shutdown(operation->s, SD_SEND) == 0);
}

int main(void)
{
    start();
    every_way("WSASend.room", write_some, NULL, NULL);
    every_way("WSASend.nothing", write_nothing, NULL, NULL);
    every_way("WSASend.after-shutdown", write_some, sending_is_shut, NULL);
    every_way("WSASend.after-a-reset", write_some, peer_resets, NULL);
    every_way("WSASend.much-that-is-read", write_much, NULL, peer_reads_all);
    every_way("WSASend.much-and-a-reset", write_much, NULL, peer_resets);
    every_way("WriteFile.room", write_as_file, NULL, NULL);
    every_way("WriteFile.after-shutdown", write_as_file, sending_is_shut, NULL);
    return 0;
}
