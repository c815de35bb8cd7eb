/* Every function of sockets and names, with every combination of its pointers NULL, on sockets in every state, stale and wild
   handles: none crashes, none blocks, and with nothing else wrong a bad handle is WSAENOTSOCK. */
#include "null.h"
#include <mstcpip.h>
#include <mswsock.h>

static struct sockaddr_in nobody;
static SOCKET readable;

/* What the calls get, as it is before each call. */
static char buffer[1024];
static WCHAR wide[256];
static struct sockaddr_storage address, address2;
static int length;
static DWORD size, size2, bytes, flags;
static u_long number;
static u_short half;
static WSABUF data;
static WSAMSG message;
static TRANSMIT_FILE_BUFFERS around;
static SOCKADDR *local, *remote;
static struct timeval at_once;
static fd_set one, two, none;
static WSAPOLLFD poll;
static WSAPROTOCOL_INFOA info;
static WSAPROTOCOL_INFOW info_wide;
static WSADATA wsa;
static ADDRINFOA hints, *found;
static ADDRINFOW hints_wide, *found_wide;
static int protocols[2];
static WSAEVENT happened;
static WSANETWORKEVENTS events;
static QOS qos;
static struct {
    SOCKET_ADDRESS_LIST list;
    SOCKET_ADDRESS second;
} addresses;

static void prepare(void)
{
    length = sizeof address;
    size = size2 = sizeof address;
    number = 1;
    memcpy(&address, &nobody, sizeof nobody);
    memcpy(&address2, &nobody, sizeof nobody);
    data.buf = buffer;
    data.len = 16;
    memset(&message, 0, sizeof message);
    message.name = (SOCKADDR *)&nobody;
    message.namelen = sizeof nobody;
    message.lpBuffers = &data;
    message.dwBufferCount = 1;
    around.Head = buffer;
    around.HeadLength = 16;
    flags = 0;
    FD_ZERO(&one);
    FD_SET(readable, &one);
    two = one;
    FD_ZERO(&none);
    poll.fd = readable;
    poll.events = POLLIN;
    memset(&info, 0, sizeof info);
    memset(&info_wide, 0, sizeof info_wide);
    strcpy(buffer, "127.0.0.1");
    wide[0] = '1', wide[1] = 0;
    addresses.list.iAddressCount = 2;
    addresses.list.Address[0].lpSockaddr = (SOCKADDR *)&nobody;
    addresses.list.Address[0].iSockaddrLength = sizeof nobody;
    addresses.second.lpSockaddr = NULL;
    addresses.second.iSockaddrLength = sizeof nobody;
}

static void on_socket(SOCKET s)
{
    SOCKADDR *a = (SOCKADDR *)&address, *b = (SOCKADDR *)&address2;

    /* Not blocking, so that a call with nothing wrong ends too. */
    prepare();
    ioctlsocket(s, FIONBIO, &number);

    EACH(ioctlsocket(s, FIONBIO, P(&number)))
    EACH(ioctlsocket(s, FIONREAD, P(&number)))
    EACH(ioctlsocket(s, SIOCATMARK, P(&number)))
    EACH(bind(s, P(a), sizeof nobody))
    EACH(connect(s, P(a), sizeof nobody))
    EACH(WSAConnect(s, P(a), sizeof nobody, P(&data), P(&data), P(&qos), P(&qos)))
    EACH(WSAConnectByList(s, P(&addresses.list), P(&size), P(a), P(&size2), P(b), P(&at_once), NULL))
    EACH(WSAConnectByNameA(s, P(buffer), P("1"), P(&size), P(a), P(&size2), P(b), P(&at_once), NULL))
    EACH(WSAConnectByNameW(s, P(wide), P(wide), P(&size), P(a), P(&size2), P(b), P(&at_once), NULL))
    EACH(accept(s, P(a), P(&length)))
    EACH(WSAAccept(s, P(a), P(&length), NULL, 0))
    EACH(getpeername(s, P(a), P(&length)))
    EACH(getsockname(s, P(a), P(&length)))
    EACH(getsockopt(s, SOL_SOCKET, SO_TYPE, P(buffer), P(&length)))
    EACH(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, P(buffer), sizeof(int)))
    EACH(send(s, P(buffer), 16, 0))
    EACH(sendto(s, P(buffer), 16, 0, P(a), sizeof nobody))
    EACH(recv(s, P(buffer), 16, 0))
    EACH(recvfrom(s, P(buffer), 16, 0, P(a), P(&length)))
    EACH(WSARecvEx(s, P(buffer), 16, P(&length)))
    EACH(WSASend(s, P(&data), 1, P(&bytes), 0, P(overlapped()), NULL))
    EACH(WSASendTo(s, P(&data), 1, P(&bytes), 0, P(a), sizeof nobody, P(overlapped()), NULL))
    EACH(WSARecv(s, P(&data), 1, P(&bytes), P(&flags), P(overlapped()), NULL))
    EACH(WSARecvFrom(s, P(&data), 1, P(&bytes), P(&flags), P(a), P(&length), P(overlapped()), NULL))
    EACH(WSASendMsg(s, P(&message), 0, P(&bytes), P(overlapped()), NULL))
    EACH(AcceptEx(s, s, P(buffer), 0, 32, 32, P(&bytes), P(overlapped())))
    EACH(TransmitFile(s, NULL, 0, 0, P(overlapped()), P(&around), 0))
    EACH(WSAGetOverlappedResult(s, P(overlapped()), P(&bytes), FALSE, P(&flags)))
    EACH((data.buf = NULL, WSASend(s, &data, 1, P(&bytes), 0, NULL, NULL)))
    EACH((data.buf = NULL, WSARecv(s, &data, 1, P(&bytes), &flags, NULL, NULL)))
    EACH(WSAIoctl(s, FIONREAD, P(buffer), 4, P(buffer), 4, P(&bytes), P(overlapped()), NULL))
    EACH(WSAIoctl(s, SIO_KEEPALIVE_VALS, P(buffer), 12, P(buffer), 4, P(&bytes), NULL, NULL))
    EACH(WSAEnumNetworkEvents(s, P(happened), P(&events)))
    EACH(WSAEventSelect(s, P(happened), FD_ALL_EVENTS))
    EACH(WSAEnumNetworkEvents(s, P(happened), P(&events)))
    EACH(WSAAsyncSelect(s, P((HWND)1), 0x400, FD_ALL_EVENTS))
    EACH(WSAEventSelect(s, P(happened), 0))
    EACH(WSAHtonl(s, 1, P(&number)))
    EACH(WSAHtons(s, 1, P(&half)))
    EACH(WSANtohl(s, 1, P(&number)))
    EACH(WSANtohs(s, 1, P(&half)))
    EACH(WSADuplicateSocketA(s, 1, P(&info)))
    EACH(WSADuplicateSocketW(s, 1, P(&info_wide)))
    EACH(listen(s, 1))
    EACH(WSASendDisconnect(s, P(&data)))
    EACH(WSARecvDisconnect(s, P(&data)))
    EACH(shutdown(s, SD_BOTH))
}

static void without_socket(void)
{
    SOCKADDR *a = (SOCKADDR *)&address;
    SOCKET made;

    EACH(select(0, P(&one), P(&two), P(&none), P(&at_once)))
    EACH(WSAPoll(P(&poll), 1, 0))
    EACH(__WSAFDIsSet(readable, P(&one)))
    EACH(WSAStartup(MAKEWORD(2, 2), P(&wsa)) == 0 && WSACleanup())
    EACH(closesocket(made = WSASocketA(AF_INET, SOCK_STREAM, 0, P(&info), 0, 0)))
    EACH(closesocket(made = WSASocketW(AF_INET, SOCK_STREAM, 0, P(&info_wide), 0, 0)))
    EACH(closesocket(made = socket(0, 0, 0)))
    (void)made;
    EACH(WSAEnumProtocolsA(P(protocols), P(&info), P(&bytes)))
    EACH(WSAEnumProtocolsW(P(protocols), P(&info_wide), P(&bytes)))

    EACH(getaddrinfo(P("localhost"), P("80"), P(&hints), P(&found)) == 0 && (freeaddrinfo(found), 0))
    EACH(GetAddrInfoW(P(L"127.0.0.1"), P(L"80"), P(&hints_wide), P(&found_wide)) == 0 && (FreeAddrInfoW(found_wide), 0))
    EACH((freeaddrinfo(NULL), FreeAddrInfoW(NULL), 0))
    EACH(getnameinfo(P(a), sizeof nobody, P(buffer), 64, P(buffer), 64, NI_NUMERICHOST))
    EACH(GetNameInfoW(P(a), sizeof nobody, P(wide), 64, P(wide), 64, NI_NUMERICHOST))
    EACH(gethostbyname(P("localhost")))
    EACH(gethostbyaddr(P((char *)&nobody.sin_addr), 4, AF_INET))
    EACH(gethostname(P(buffer), 64))
    EACH(GetHostNameW(P(wide), 64))
    EACH(getservbyname(P("http"), P("tcp")))
    EACH(getservbyport(htons(80), P("tcp")))
    EACH(getprotobyname(P("tcp")))
    EACH(getprotobynumber(-1))
    EACH(inet_addr(P("127.0.0.1")))
    EACH(inet_ntoa(nobody.sin_addr))
    EACH(inet_ntop(AF_INET, P(&nobody.sin_addr), P(buffer), 64))
    EACH(InetNtopW(AF_INET6, P(&address2), P(wide), 64))
    EACH(inet_pton(AF_INET, P("127.0.0.1"), P(buffer)))
    EACH(InetPtonW(AF_INET6, P(L"::1"), P(buffer)))
    EACH(WSAAddressToStringA(P(a), sizeof nobody, P(&info), P(buffer), P(&size)))
    EACH(WSAAddressToStringW(P(a), sizeof nobody, P(&info_wide), P(wide), P(&size)))
    EACH(WSAStringToAddressA(P(buffer), AF_INET, P(&info), P(a), P(&length)))
    EACH(WSAStringToAddressW(P(wide), AF_INET, P(&info_wide), P(a), P(&length)))
    EACH((gai_strerrorA(-1), gai_strerrorW(-1)))
    EACH(htonl(1) + htons(1) + ntohl(1) + ntohs(1))
    EACH((GetAcceptExSockaddrs(P(buffer), 0, 32, 32, P(&local), P(&length), P(&remote), P(&length)), 0))
    EACH((SetLastError(5), GetLastError()))
}

static void all(void)
{
    static const SOCKET wild[] = { 0, 1, 3, 4096, 0x7ffffffc, 0xdeadbeef, INVALID_SOCKET, (SOCKET)-4,
                                   (SOCKET)1 << 63 };
    struct sockaddr_in to;
    SOCKET listener = listening(&to), stream = socket(AF_INET, SOCK_STREAM, 0), client = connected(&to);
    SOCKET datagrams = bound(SOCK_DGRAM, &nobody), raw = socket(AF_INET6, SOCK_DGRAM, 0), stale;
    SOCKET accepted = accept(listener, NULL, NULL);
    unsigned i;

    CHECK(accepted != INVALID_SOCKET);
    /* A port of 127.0.0.1 that is taken, by a socket that no stream can reach. */
    readable = bound(SOCK_DGRAM, &to);
    CHECK(sendto(readable, "x", 1, 0, (SOCKADDR *)&to, sizeof to) == 1);

    without_socket();
    on_socket(stream);
    on_socket(listener);
    on_socket(client);
    on_socket(accepted);
    on_socket(datagrams);
    on_socket(raw);
    stale = stream;
    CHECK(closesocket(stream) == 0);
    bad_handle = WSAENOTSOCK;
    on_socket(stale);
    EACH(closesocket(stale))
    for (i = 0; i < sizeof wild / sizeof *wild; i++) {
        on_socket(wild[i]);
        EACH(closesocket(wild[i]))
    }
    bad_handle = 0;
    CHECK(closesocket(listener) == 0 && closesocket(client) == 0 && closesocket(accepted) == 0);
    CHECK(closesocket(datagrams) == 0 && closesocket(raw) == 0 && closesocket(readable) == 0);
}

int main(void)
{
    start();
    happened = WSACreateEvent();
    all();
    CHECK(WSACleanup() == 0);
    CHECK(calls > 9000);
    printf("no crash\n");
    return 0;
}
