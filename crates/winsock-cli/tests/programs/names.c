/* Names, services and protocols by the functions of both generations. */
#include "check.h"

static int family_of(const char *name, int family)
{
    struct addrinfo hints, *found = NULL;
    int result;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(name, "http", &hints, &found) != 0)
        return -1;
    result = found->ai_family;
    CHECK(found->ai_socktype == SOCK_STREAM);
    CHECK(((struct sockaddr_in *)found->ai_addr)->sin_port == htons(80));
    freeaddrinfo(found);
    return result;
}

int main(void)
{
    struct hostent *host;
    struct servent *service;
    struct protoent *protocol;
    struct addrinfo hints, *found;
    struct sockaddr_in address = loopback(80);
    char text[NI_MAXHOST], port[NI_MAXSERV], tiny[2];

    start();
    CHECK(family_of("localhost", AF_INET) == AF_INET);
    CHECK(family_of("localhost", AF_INET6) == AF_INET6);
    CHECK(family_of("127.0.0.1", AF_UNSPEC) == AF_INET);
    CHECK(family_of("::1", AF_UNSPEC) == AF_INET6);
    CHECK(family_of("::1", AF_INET) == -1);

    memset(&hints, 0, sizeof hints);
    CHECK(getaddrinfo("nobody.invalid", NULL, &hints, &found) == WSAHOST_NOT_FOUND && WSAHOST_NOT_FOUND == 11001);
    CHECK(getaddrinfo("127.0.0.1", "no such service", &hints, &found) == WSATYPE_NOT_FOUND);
    CHECK(getaddrinfo(NULL, NULL, &hints, &found) == WSAHOST_NOT_FOUND);
    hints.ai_family = 1234;
    CHECK(getaddrinfo("127.0.0.1", NULL, &hints, &found) == WSAEAFNOSUPPORT);
    CHECK(strlen(gai_strerrorA(WSAHOST_NOT_FOUND)) > 0);

    CHECK(getnameinfo((SOCKADDR *)&address, sizeof address, text, sizeof text, port, sizeof port,
                      NI_NUMERICHOST) == 0);
    CHECK(strcmp(text, "127.0.0.1") == 0 && strcmp(port, "http") == 0);

    host = gethostbyname("localhost");
    CHECK(host != NULL && host->h_addrtype == AF_INET && host->h_length == 4);
    CHECK(memcmp(host->h_addr, &address.sin_addr, 4) == 0);
    CHECK(gethostbyname("nobody.invalid") == NULL && WSAGetLastError() == WSAHOST_NOT_FOUND);
    service = getservbyname("domain", "udp");
    CHECK(service != NULL && ntohs((u_short)service->s_port) == 53 && strcmp(service->s_proto, "udp") == 0);
    service = getservbyport(htons(25), "tcp");
    CHECK(service != NULL && strcmp(service->s_name, "smtp") == 0);
    protocol = getprotobyname("udp");
    CHECK(protocol != NULL && protocol->p_proto == IPPROTO_UDP);
    protocol = getprotobynumber(6);
    CHECK(protocol != NULL && strcmp(protocol->p_name, "tcp") == 0);

    CHECK(gethostname(text, sizeof text) == 0 && text[0] != 0);
    CHECK_FAILS(gethostname(tiny, 1), WSAEFAULT);
    CHECK(inet_addr("10.2") == htonl(0x0a000002) && inet_addr("none") == INADDR_NONE);
    CHECK(strcmp(inet_ntoa(address.sin_addr), "127.0.0.1") == 0);
    CHECK(strcmp(inet_ntop(AF_INET, &address.sin_addr, text, sizeof text), "127.0.0.1") == 0);
    CHECK(inet_ntop(AF_INET, &address.sin_addr, text, 9) == NULL && WSAGetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(inet_pton(AF_INET, "10.2", &address.sin_addr) == 0);
    CHECK(WSACleanup() == 0);
    printf("names\n");
    return 0;
}
