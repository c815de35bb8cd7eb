/* WSARecvMsg and WSASendMsg as waiting calls: arguments and control data. */
#include "ways.h"

static char room[64], control[256];
static WSABUF buffer = { sizeof room, room };
static struct sockaddr_storage from;
static LPFN_WSARECVMSG receive_message;

static WSAMSG message(void)
{
    WSAMSG message;
    memset(&message, 0, sizeof message);
    message.name = (struct sockaddr *)&from;
    message.namelen = sizeof from;
    message.lpBuffers = &buffer;
    message.dwBufferCount = 1;
    message.Control.buf = control;
    message.Control.len = sizeof control;
    return message;
}

static void receives(const char *name, PAIR pair, DWORD control_length)
{
    WSAMSG got = message();
    DWORD bytes = 0;
    got.Control.len = control_length;
    NEED(send(pair.b, "hello", 5, 0) == 5);
    await_readable(pair.a);
    INT(name, receive_message(pair.a, &got, &bytes, NULL, NULL));
    fact(dotted(name, "bytes"), "%d, flags 0x%x, name of %d, control %d", (int)bytes, (unsigned)got.dwFlags, got.namelen,
         (int)got.Control.len);
    char items[128] = "";
    WSACMSGHDR *header = got.Control.len ? WSA_CMSG_FIRSTHDR(&got) : NULL;
    for (; header; header = WSA_CMSG_NXTHDR(&got, header))
        snprintf(items + strlen(items), 32, " %d/%d of %d", header->cmsg_level, header->cmsg_type,
                 (int)(header->cmsg_len - sizeof *header));
    fact(dotted(name, "control"), "%s", *items ? items + 1 : "none");
}

int main(void)
{
    start();
    PAIR pair = datagrams();
    DWORD bytes, on = 1;
    receive_message = (LPFN_WSARECVMSG)extension(pair.a, (GUID)WSAID_WSARECVMSG);
    receives("WSARecvMsg.plain", pair, 256);
    NEED(setsockopt(pair.a, IPPROTO_IP, IP_PKTINFO, (char *)&on, sizeof on) == 0);
    receives("WSARecvMsg.packet-info", pair, 256);
    receives("WSARecvMsg.control-too-short", pair, 8);
    receives("WSARecvMsg.no-control", pair, 0);
    NEED(setsockopt(pair.a, IPPROTO_IP, 21, (char *)&on, sizeof on) == 0);
    receives("WSARecvMsg.packet-info-and-ttl", pair, 256);
    buffer.len = 3;
    receives("WSARecvMsg.too-long", pair, 256);
    buffer.len = sizeof room;

    WSAMSG got = message();
    nonblocking(pair.a);
    INT("WSARecvMsg.nothing", receive_message(pair.a, &got, &bytes, NULL, NULL));
    INT("WSARecvMsg.stale", receive_message(stale(), &got, &bytes, NULL, NULL));
    INT("WSARecvMsg.null", receive_message(pair.a, NULL, &bytes, NULL, NULL));
    PAIR connected = streams();
    nonblocking(connected.a);
    INT("WSARecvMsg.stream", receive_message(connected.a, &got, &bytes, NULL, NULL));
    close_pair(connected);

    struct sockaddr_in to = name_of(pair.b);
    WSABUF out = { 5, room };
    WSAMSG sent = { (struct sockaddr *)&to, sizeof to, &out, 1, { 0, NULL }, 0 };
    SOCKET s = bound(datagram());
    INT("WSASendMsg", WSASendMsg(s, &sent, 0, &bytes, NULL, NULL));
    fact("WSASendMsg.bytes", "%d", (int)bytes);
    INT("WSASendMsg.stale", WSASendMsg(stale(), &sent, 0, &bytes, NULL, NULL));
    INT("WSASendMsg.null", WSASendMsg(s, NULL, 0, &bytes, NULL, NULL));
    sent.namelen = 4;
    INT("WSASendMsg.length-4", WSASendMsg(s, &sent, 0, &bytes, NULL, NULL));
    sent.name = NULL;
    sent.namelen = 0;
    INT("WSASendMsg.no-name", WSASendMsg(s, &sent, 0, &bytes, NULL, NULL));
    closesocket(s);
    close_pair(pair);
    return 0;
}
