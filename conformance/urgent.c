/* Out-of-band data, lingering, and the order of bytes through several buffers. */
#include "facts.h"

int main(void)
{
    start();
    char text[16] = "";
    u_long mark;
    int on = 1;
    PAIR pair = streams();
    INT("urgent.send", send(pair.a, "ab!", 3, MSG_OOB));
    fd_set set;
    FD_ZERO(&set);
    FD_SET(pair.b, &set);
    INT("urgent.except", select(0, NULL, NULL, &set, &(struct timeval){ 10, 0 }));
    INT("urgent.recv-plain", recv(pair.b, text, 16, 0));
    fact("urgent.recv-plain.text", "%.2s", text);
    INT("urgent.at-mark", ioctlsocket(pair.b, SIOCATMARK, &mark));
    fact("urgent.at-mark.value", "%d", (int)mark);
    INT("urgent.peek", recv(pair.b, text, 16, MSG_OOB | MSG_PEEK));
    INT("urgent.recv", recv(pair.b, text, 16, MSG_OOB));
    fact("urgent.recv.text", "%.1s", text);
    ioctlsocket(pair.b, SIOCATMARK, &mark);
    fact("urgent.read.mark", "%d", (int)mark);
    nonblocking(pair.b);
    INT("urgent.recv-again", recv(pair.b, text, 16, MSG_OOB));
    close_pair(pair);

    pair = streams();
    NEED(setsockopt(pair.b, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on) == 0);
    NEED(send(pair.a, "a!", 2, MSG_OOB) == 2);
    await_readable(pair.b);
    INT("urgent.inline.recv", recv(pair.b, text, 16, 0));
    INT("urgent.inline.recv-rest", recv(pair.b, text, 16, 0));
    INT("urgent.inline.recv-oob", recv(pair.b, text, 16, MSG_OOB));
    close_pair(pair);

    pair = streams();
    WSABUF parts[3] = { { 3, "abc" }, { 0, "" }, { 2, "de" } };
    char one[2], two[8];
    WSABUF rooms[2] = { { 2, one }, { 8, two } };
    DWORD bytes = 0, flags = 0;
    INT("buffers.WSASend", WSASend(pair.a, parts, 3, &bytes, 0, NULL, NULL));
    fact("buffers.WSASend.bytes", "%d", (int)bytes);
    await_readable(pair.b);
    INT("buffers.WSARecv", WSARecv(pair.b, rooms, 2, &bytes, &flags, NULL, NULL));
    fact("buffers.WSARecv.bytes", "%d: %.2s %.3s", (int)bytes, one, two);
    INT("buffers.WSASend-null", WSASend(pair.a, NULL, 1, &bytes, 0, NULL, NULL));
    INT("buffers.WSASend-count-0", WSASend(pair.a, parts, 0, &bytes, 0, NULL, NULL));
    INT("buffers.WSASend-no-bytes", WSASend(pair.a, parts, 1, NULL, 0, NULL, NULL));
    nonblocking(pair.b);
    INT("buffers.WSARecv-no-bytes", WSARecv(pair.b, rooms, 1, NULL, &flags, NULL, NULL));
    INT("buffers.WSARecv-no-flags", WSARecv(pair.b, rooms, 1, &bytes, NULL, NULL, NULL));
    INT("buffers.WSARecv-count-0", WSARecv(pair.b, rooms, 0, &bytes, &flags, NULL, NULL));
    flags = 0x400000;
    INT("buffers.WSARecv-unknown-flag", WSARecv(pair.b, rooms, 1, &bytes, &flags, NULL, NULL));
    close_pair(pair);

    pair = datagrams();
    INT("buffers.udp-WSASend", WSASend(pair.a, parts, 3, &bytes, 0, NULL, NULL));
    await_readable(pair.b);
    flags = 0;
    INT("buffers.udp-too-long", WSARecv(pair.b, rooms, 1, &bytes, &flags, NULL, NULL));
    fact("buffers.udp-too-long.flags", "0x%x", (unsigned)flags);
    close_pair(pair);

    struct linger linger = { 1, 0 };
    pair = streams();
    NEED(setsockopt(pair.a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger) == 0);
    INT("linger.0.closesocket", closesocket(pair.a));
    await_readable(pair.b);
    int got = send(pair.b, "x", 1, 0);
    fact("linger.0.peer-send", "%s", got == 1 ? "1" : code(WSAGetLastError()));
    closesocket(pair.b);
    pair = streams();
    linger.l_linger = 5;
    NEED(setsockopt(pair.a, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger) == 0);
    NEED(send(pair.a, "abc", 3, 0) == 3);
    INT("linger.5.closesocket", closesocket(pair.a));
    await_readable(pair.b);
    INT("linger.5.peer-recv", recv(pair.b, text, 16, 0));
    INT("linger.5.peer-recv-end", recv(pair.b, text, 16, 0));
    closesocket(pair.b);
    return 0;
}
