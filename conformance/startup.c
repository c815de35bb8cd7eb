/* WSAStartup and WSACleanup: versions, counting, and what fails without them. */
#include "facts.h"

static void version(const char *name, WORD wanted)
{
    WSADATA data;
    memset(&data, 0, sizeof data);
    int result = WSAStartup(wanted, &data);
    fact(dotted("startup.version", name), "%s, version %d.%d of %d.%d", code(result), LOBYTE(data.wVersion),
         HIBYTE(data.wVersion), LOBYTE(data.wHighVersion), HIBYTE(data.wHighVersion));
    if (result == 0)
        WSACleanup();
}

static void without(void)
{
    struct sockaddr_in address = loopback(0);
    int length = sizeof address;
    char text[64];
    WSABUF buffer = { 1, text };
    DWORD bytes = 0, flags = 0;
    u_long on = 1;
    fd_set set;
    struct timeval now = { 0, 0 };
    struct addrinfo *list = NULL;
    FD_ZERO(&set);
    FD_SET(4, &set);

    SOCKET_OF("not-started.socket", socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    SOCKET_OF("not-started.WSASocketA", WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0));
    SOCKET_OF("not-started.WSASocketW", WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0));
    INT("not-started.bind", bind(4, (struct sockaddr *)&address, length));
    INT("not-started.listen", listen(4, 1));
    INT("not-started.connect", connect(4, (struct sockaddr *)&address, length));
    SOCKET_OF("not-started.accept", accept(4, NULL, NULL));
    INT("not-started.recv", recv(4, text, 1, 0));
    INT("not-started.send", send(4, text, 1, 0));
    INT("not-started.recvfrom", recvfrom(4, text, 1, 0, NULL, NULL));
    INT("not-started.sendto", sendto(4, text, 1, 0, (struct sockaddr *)&address, length));
    INT("not-started.shutdown", shutdown(4, SD_BOTH));
    INT("not-started.closesocket", closesocket(4));
    INT("not-started.getsockname", getsockname(4, (struct sockaddr *)&address, &length));
    INT("not-started.getpeername", getpeername(4, (struct sockaddr *)&address, &length));
    length = sizeof on;
    INT("not-started.getsockopt", getsockopt(4, SOL_SOCKET, SO_TYPE, (char *)&on, &length));
    INT("not-started.setsockopt", setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    INT("not-started.ioctlsocket", ioctlsocket(4, FIONBIO, &on));
    INT("not-started.select", select(0, &set, NULL, NULL, &now));
    WSAPOLLFD entry = { 4, POLLRDNORM, 0 };
    INT("not-started.WSAPoll", WSAPoll(&entry, 1, 0));
    INT("not-started.WSARecv", WSARecv(4, &buffer, 1, &bytes, &flags, NULL, NULL));
    INT("not-started.WSASend", WSASend(4, &buffer, 1, &bytes, 0, NULL, NULL));
    INT("not-started.WSAEventSelect", WSAEventSelect(4, NULL, 0));
    INT("not-started.WSAIoctl", WSAIoctl(4, FIONBIO, &on, sizeof on, NULL, 0, &bytes, NULL, NULL));
    INT("not-started.gethostname", gethostname(text, sizeof text));
    INT("not-started.gethostbyname", gethostbyname("127.0.0.1") == NULL ? -1 : 0);
    INT("not-started.getservbyname", getservbyname("http", "tcp") == NULL ? -1 : 0);
    fact("not-started.getaddrinfo", "%s", code(getaddrinfo("127.0.0.1", NULL, NULL, &list)));
    INT("not-started.WSACleanup", WSACleanup());
    fact("not-started.htons", "%d", htons(0x1234));
    fact("not-started.htonl", "%x", (unsigned)htonl(0x12345678));
    fact("not-started.inet_addr", "%x", (unsigned)inet_addr("1.2.3.4"));
    struct in_addr four;
    fact("not-started.inet_pton", "%d", InetPtonA(AF_INET, "1.2.3.4", &four));
    WSASetLastError(10014);
    fact("not-started.WSAGetLastError", "%s", code(WSAGetLastError()));
}

int main(void)
{
    WSADATA data;
    fact("startup.null-data", "%s", code(WSAStartup(MAKEWORD(2, 2), NULL)));
    fact("startup.null-data-bad-version", "%s", code(WSAStartup(0, NULL)));
    version("0.0", MAKEWORD(0, 0));
    version("0.9", MAKEWORD(0, 9));
    version("1.0", MAKEWORD(1, 0));
    version("1.1", MAKEWORD(1, 1));
    version("1.2", MAKEWORD(1, 2));
    version("2.0", MAKEWORD(2, 0));
    version("2.1", MAKEWORD(2, 1));
    version("2.2", MAKEWORD(2, 2));
    version("2.3", MAKEWORD(2, 3));
    version("3.0", MAKEWORD(3, 0));
    version("255.255", MAKEWORD(255, 255));

    without();

    start();
    fact("startup.twice", "%s", code(WSAStartup(MAKEWORD(2, 2), &data)));
    SOCKET s = stream();
    INT("startup.first-cleanup", WSACleanup());
    INT("startup.socket-lives-until-the-last-cleanup", bound(s) == s ? 0 : -1);
    INT("startup.last-cleanup", WSACleanup());
    INT("startup.cleanup-too-often", WSACleanup());
    start();
    INT("startup.socket-of-an-earlier-start", listen(s, 1));
    WSASetLastError(1234);
    SOCKET t = stream();
    fact("startup.success-keeps-the-last-error", "%d", WSAGetLastError());
    SetLastError(4321);
    fact("startup.one-last-error", "%d", WSAGetLastError());
    closesocket(t);
    return 0;
}
