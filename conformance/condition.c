/* WSAAccept with a condition function, WSADuplicateSocket, WSAEnumProtocols. */
#include "facts.h"

static int answer, asked, caller_length;

static int CALLBACK condition(WSABUF *caller, WSABUF *data, QOS *qos, QOS *group_qos, WSABUF *callee, WSABUF *callee_data,
                              GROUP *group, DWORD_PTR context)
{
    (void)data, (void)qos, (void)group_qos, (void)callee, (void)callee_data, (void)group;
    asked = (int)context;
    caller_length = caller ? (int)caller->len : -1;
    return answer;
}

static SOCKET connected_to(SOCKET listening)
{
    struct sockaddr_in to = name_of(listening);
    SOCKET s = stream();
    NEED(connect(s, (struct sockaddr *)&to, sizeof to) == 0);
    await_readable(listening);
    return s;
}

int main(void)
{
    start();
    SOCKET listening = listener(), client = connected_to(listening), served;
    nonblocking(listening);
    answer = CF_ACCEPT;
    served = SOCKET_OF("WSAAccept.accept", WSAAccept(listening, NULL, NULL, condition, 55));
    fact("WSAAccept.asked", "%d, caller of %d bytes", asked, caller_length);
    closesocket(served);
    closesocket(client);
    client = connected_to(listening);
    answer = CF_REJECT;
    SOCKET_OF("WSAAccept.reject", WSAAccept(listening, NULL, NULL, condition, 56));
    SOCKET_OF("WSAAccept.after-reject", WSAAccept(listening, NULL, NULL, NULL, 0));
    closesocket(client);
    client = connected_to(listening);
    answer = CF_DEFER;
    SOCKET_OF("WSAAccept.defer", WSAAccept(listening, NULL, NULL, condition, 57));
    served = SOCKET_OF("WSAAccept.after-defer", WSAAccept(listening, NULL, NULL, NULL, 0));
    closesocket(served);
    closesocket(client);

    WSAPROTOCOL_INFOA info;
    PAIR pair = streams();
    char byte;
    INT("duplicate.no-process", WSADuplicateSocketA(pair.a, 0, &info));
    INT("duplicate.null", WSADuplicateSocketA(pair.a, GetCurrentProcessId(), NULL));
    INT("duplicate.self", WSADuplicateSocketA(pair.a, GetCurrentProcessId(), &info));
    SOCKET twin = SOCKET_OF("duplicate.socket", WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0));
    INT("duplicate.close-the-first", closesocket(pair.a));
    INT("duplicate.twin-sends", send(twin, "x", 1, 0));
    INT("duplicate.peer-receives", recv(pair.b, &byte, 1, 0));
    closesocket(twin);
    closesocket(pair.b);

    DWORD length = 0;
    INT("protocols.no-room", WSAEnumProtocolsA(NULL, NULL, &length));
    int only[2] = { IPPROTO_TCP, 0 };
    WSAPROTOCOL_INFOA *list = malloc(length);
    int count = WSAEnumProtocolsA(only, list, &length), tcp = 0;
    for (int i = 0; i < count; i++)
        tcp += list[i].iProtocol == IPPROTO_TCP && list[i].iSocketType == SOCK_STREAM;
    fact("protocols.tcp-alone", "%s", count > 0 && tcp == count ? "streams of TCP" : "others too");
    fact("protocols.tcp.flags", "0x%x", (unsigned)(list[0].dwServiceFlags1 & (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER
         | XP1_MESSAGE_ORIENTED | XP1_CONNECTIONLESS | XP1_IFS_HANDLES | XP1_EXPEDITED_DATA)));
    length = 8;
    INT("protocols.little-room", WSAEnumProtocolsA(NULL, list, &length));
    return 0;
}
