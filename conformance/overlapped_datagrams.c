/* WSARecvFrom, WSASendTo, WSARecvMsg and WSASendMsg on datagram sockets. */
#include "ways.h"

static int receive(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    return outcome(WSARecvFrom(operation->s, &operation->buffer, 1, &bytes, &operation->flags,
                               (struct sockaddr *)&operation->from, &operation->from_length, &operation->overlapped, routine));
}

static int receive_three(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    operation->buffer.len = 3;
    return receive(operation, routine);
}

static int peek(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    operation->flags = MSG_PEEK;
    return receive(operation, routine);
}

static int receive_message(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    LPFN_WSARECVMSG WSARecvMsg_ = (LPFN_WSARECVMSG)extension(operation->s, (GUID)WSAID_WSARECVMSG);
    WSAMSG *message = calloc(1, sizeof *message);
    message->name = (struct sockaddr *)&operation->from;
    message->namelen = sizeof operation->from;
    message->lpBuffers = &operation->buffer;
    message->dwBufferCount = 1;
    return outcome(WSARecvMsg_(operation->s, message, NULL, &operation->overlapped, routine));
}

static int receive_message_three(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    operation->buffer.len = 3;
    return receive_message(operation, routine);
}

static int write_to(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    struct sockaddr_in to = name_of(operation->other);
    operation->buffer.len = 5;
    return outcome(WSASendTo(operation->s, &operation->buffer, 1, &bytes, 0, (struct sockaddr *)&to, sizeof to,
                             &operation->overlapped, routine));
}

static int write_too_much(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    static char block[70000];
    DWORD bytes = 0;
    struct sockaddr_in to = name_of(operation->other);
    operation->buffer = (WSABUF){ sizeof block, block };
    return outcome(WSASendTo(operation->s, &operation->buffer, 1, &bytes, 0, (struct sockaddr *)&to, sizeof to,
                             &operation->overlapped, routine));
}

static int write_message(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD bytes = 0;
    struct sockaddr_in to = name_of(operation->other);
    operation->buffer.len = 5;
    WSAMSG message = { (struct sockaddr *)&to, sizeof to, &operation->buffer, 1, { 0, NULL }, 0 };
    return outcome(WSASendMsg(operation->s, &message, 0, &bytes, &operation->overlapped, routine));
}

static void every_way(const char *name, START begin, AFTERWARDS first, AFTERWARDS then)
{
    for (WAY way = 0; way < WAYS; way++) {
        PAIR pair = datagrams();
        OPERATION peer = { .s = pair.a, .other = pair.b };
        if (first) {
            first(&peer);
            await_readable(pair.a);
        }
        if (begin == write_too_much)
            failing_way(name, way, pair.a, pair.b, begin);
        else
            one_way(name, way, pair.a, pair.b, begin, then);
    }
}

int main(void)
{
    start();
    every_way("WSARecvFrom.data-was-there", receive, peer_sends, NULL);
    every_way("WSARecvFrom.data-comes", receive, NULL, peer_sends);
    every_way("WSARecvFrom.too-long-was-there", receive_three, peer_sends, NULL);
    every_way("WSARecvFrom.too-long-comes", receive_three, NULL, peer_sends);
    every_way("WSARecvFrom.peek-was-there", peek, peer_sends, NULL);
    every_way("WSARecvFrom.CancelIoEx", receive, NULL, is_cancelled);
    every_way("WSARecvFrom.closesocket", receive, NULL, socket_closes);
    every_way("WSARecvMsg.data-was-there", receive_message, peer_sends, NULL);
    every_way("WSARecvMsg.data-comes", receive_message, NULL, peer_sends);
    every_way("WSARecvMsg.too-long-comes", receive_message_three, NULL, peer_sends);
    every_way("WSARecvMsg.CancelIoEx", receive_message, NULL, is_cancelled);
    every_way("WSASendTo.room", write_to, NULL, NULL);
    every_way("WSASendTo.too-long", write_too_much, NULL, NULL);
    every_way("WSASendMsg.room", write_message, NULL, NULL);
    return 0;
}
