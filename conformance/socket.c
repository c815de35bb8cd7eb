/* socket and WSASocket: which families, types and protocols go together. */
#include "facts.h"

static void make(const char *name, int family, int type, int protocol)
{
    SOCKET s = SOCKET_OF(dotted("socket", name), socket(family, type, protocol));
    if (s == INVALID_SOCKET)
        return;
    WSAPROTOCOL_INFOA info;
    int length = sizeof info;
    NEED(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &length) == 0);
    fact(dotted(dotted("socket", name), "is"), "family %d, type %d, protocol %d", info.iAddressFamily, info.iSocketType,
         info.iProtocol);
    closesocket(s);
}

int main(void)
{
    start();
    make("tcp", AF_INET, SOCK_STREAM, IPPROTO_TCP);
    make("stream-0", AF_INET, SOCK_STREAM, 0);
    make("udp", AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    make("datagram-0", AF_INET, SOCK_DGRAM, 0);
    make("tcp6", AF_INET6, SOCK_STREAM, IPPROTO_TCP);
    make("udp6", AF_INET6, SOCK_DGRAM, 0);
    make("0-0-tcp", 0, 0, IPPROTO_TCP);
    make("0-0-udp", 0, 0, IPPROTO_UDP);
    make("0-stream-0", 0, SOCK_STREAM, 0);
    make("0-stream-tcp", 0, SOCK_STREAM, IPPROTO_TCP);
    make("inet-0-0", AF_INET, 0, 0);
    make("inet-0-tcp", AF_INET, 0, IPPROTO_TCP);
    make("0-0-0", 0, 0, 0);
    make("stream-udp", AF_INET, SOCK_STREAM, IPPROTO_UDP);
    make("datagram-tcp", AF_INET, SOCK_DGRAM, IPPROTO_TCP);
    make("stream-icmp", AF_INET, SOCK_STREAM, IPPROTO_ICMP);
    make("stream-255", AF_INET, SOCK_STREAM, 255);
    make("stream-9999", AF_INET, SOCK_STREAM, 9999);
    make("type-9", AF_INET, 9, 0);
    make("type-9-tcp", AF_INET, 9, IPPROTO_TCP);
    make("type-negative", AF_INET, -1, 0);
    make("seqpacket", AF_INET, SOCK_SEQPACKET, 0);
    make("rdm", AF_INET, SOCK_RDM, 0);
    make("family-99", 99, SOCK_STREAM, 0);
    make("family-99-tcp", 99, SOCK_STREAM, IPPROTO_TCP);
    make("family-99-type-9", 99, 9, 0);
    make("family-negative", -1, SOCK_STREAM, 0);
    make("appletalk", AF_APPLETALK, SOCK_STREAM, 0);

    SOCKET s = SOCKET_OF("WSASocket.overlapped", WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED));
    closesocket(s);
    s = SOCKET_OF("WSASocket.no-overlapped", WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0));
    closesocket(s);
    s = SOCKET_OF("WSASocket.no-inherit",
                  WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT));
    closesocket(s);
    s = SOCKET_OF("WSASocket.multipoint-root", WSASocketW(AF_INET, SOCK_DGRAM, 0, NULL, 0, WSA_FLAG_MULTIPOINT_C_ROOT));
    SOCKET_OF("WSASocket.family-99", WSASocketA(99, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0));
    SOCKET_OF("WSASocket.mismatch", WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_UDP, NULL, 0, 0));

    WSAPROTOCOL_INFOA info;
    int length = sizeof info;
    s = stream();
    NEED(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &length) == 0);
    closesocket(s);
    s = SOCKET_OF("WSASocket.from-info", WSASocketA(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0));
    closesocket(s);
    s = SOCKET_OF("WSASocket.info-and-other-type", WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, &info, 0, 0));
    if (s != INVALID_SOCKET) {
        int type = 0;
        length = sizeof type;
        getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &length);
        fact("WSASocket.info-and-other-type.is", "type %d", type);
        closesocket(s);
    }
    return 0;
}
