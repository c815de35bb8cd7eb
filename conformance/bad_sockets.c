/* Every call with what is no socket: a handle that was closed, and INVALID_SOCKET. */
#include "facts.h"

static void calls(const char *what, SOCKET s)
{
    struct sockaddr_in address = loopback(1);
    int length = sizeof address;
    char text[64] = "";
    WSABUF buffer = { 1, text };
    DWORD bytes = 0, flags = 0;
    u_long on = 1;
    fd_set set;
    struct timeval now = { 0, 0 };
    WSANETWORKEVENTS events;
    OVERLAPPED overlapped;
    WSAPROTOCOL_INFOA info;
    WSAEVENT event = WSACreateEvent();
    FD_ZERO(&set);
    FD_SET(s, &set);
    memset(&overlapped, 0, sizeof overlapped);

    INT(dotted(what, "bind"), bind(s, (struct sockaddr *)&address, length));
    INT(dotted(what, "listen"), listen(s, 1));
    INT(dotted(what, "connect"), connect(s, (struct sockaddr *)&address, length));
    INT(dotted(what, "WSAConnect"), WSAConnect(s, (struct sockaddr *)&address, length, NULL, NULL, NULL, NULL));
    SOCKET_OF(dotted(what, "accept"), accept(s, NULL, NULL));
    SOCKET_OF(dotted(what, "WSAAccept"), WSAAccept(s, NULL, NULL, NULL, 0));
    INT(dotted(what, "recv"), recv(s, text, 1, 0));
    INT(dotted(what, "recvfrom"), recvfrom(s, text, 1, 0, NULL, NULL));
    INT(dotted(what, "send"), send(s, text, 1, 0));
    INT(dotted(what, "sendto"), sendto(s, text, 1, 0, (struct sockaddr *)&address, length));
    INT(dotted(what, "shutdown"), shutdown(s, SD_BOTH));
    INT(dotted(what, "closesocket"), closesocket(s));
    INT(dotted(what, "getsockname"), getsockname(s, (struct sockaddr *)&address, &length));
    INT(dotted(what, "getpeername"), getpeername(s, (struct sockaddr *)&address, &length));
    length = sizeof on;
    INT(dotted(what, "getsockopt"), getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&on, &length));
    INT(dotted(what, "setsockopt"), setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    INT(dotted(what, "ioctlsocket"), ioctlsocket(s, FIONBIO, &on));
    INT(dotted(what, "WSAIoctl"), WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, &bytes, NULL, NULL));
    INT(dotted(what, "select"), select(0, &set, NULL, NULL, &now));
    INT(dotted(what, "WSARecv"), WSARecv(s, &buffer, 1, &bytes, &flags, NULL, NULL));
    INT(dotted(what, "WSARecv-overlapped"), WSARecv(s, &buffer, 1, &bytes, &flags, &overlapped, NULL));
    INT(dotted(what, "WSARecvFrom"), WSARecvFrom(s, &buffer, 1, &bytes, &flags, NULL, NULL, NULL, NULL));
    INT(dotted(what, "WSASend"), WSASend(s, &buffer, 1, &bytes, 0, NULL, NULL));
    INT(dotted(what, "WSASendTo"),
        WSASendTo(s, &buffer, 1, &bytes, 0, (struct sockaddr *)&address, sizeof address, NULL, NULL));
    INT(dotted(what, "WSARecvDisconnect"), WSARecvDisconnect(s, NULL));
    INT(dotted(what, "WSASendDisconnect"), WSASendDisconnect(s, NULL));
    INT(dotted(what, "WSAEventSelect"), WSAEventSelect(s, event, FD_READ));
    INT(dotted(what, "WSAEnumNetworkEvents"), WSAEnumNetworkEvents(s, NULL, &events));
    BOOLEAN_OF(dotted(what, "WSAGetOverlappedResult"), WSAGetOverlappedResult(s, &overlapped, &bytes, FALSE, &flags));
    INT(dotted(what, "WSADuplicateSocketA"), WSADuplicateSocketA(s, GetCurrentProcessId(), &info));
    BOOLEAN_OF(dotted(what, "TransmitFile"), TransmitFile(s, NULL, 0, 0, NULL, NULL, 0));
    BOOLEAN_OF(dotted(what, "CancelIoEx"), CancelIoEx((HANDLE)s, NULL));
    BOOLEAN_OF(dotted(what, "CancelIo"), CancelIo((HANDLE)s));
    HANDLE_OF(dotted(what, "CreateIoCompletionPort"), CreateIoCompletionPort((HANDLE)s, NULL, 0, 0));
    WSACloseEvent(event);
}

int main(void)
{
    start();
    calls("stale", stale());
    WSAPOLLFD entry = { stale(), POLLRDNORM, 0 };
    fact("stale.WSAPoll", "%d, revents 0x%x", WSAPoll(&entry, 1, 0), entry.revents);
    calls("invalid-socket", INVALID_SOCKET);
    return 0;
}
