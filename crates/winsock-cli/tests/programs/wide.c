/* The functions with W at their end, on 16-bit literals, non-ASCII ones too. */
#ifndef UNICODE
#define UNICODE
#endif
#include "check.h"
#include <mstcpip.h>

static int same(const WCHAR *a, const WCHAR *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

int main(void)
{
    ADDRINFOW hints, *found = NULL;
    WCHAR host[NI_MAXHOST], service[NI_MAXSERV], text[64];
    struct sockaddr_in address = loopback(27015);
    struct in6_addr six;
    struct sockaddr_storage any;
    DWORD length = 64;
    int any_length = sizeof any;

    CHECK(sizeof L'x' == 2);
    start();

    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST | AI_CANONNAME;
    hints.ai_socktype = SOCK_STREAM;
    CHECK(GetAddrInfo(L"127.0.0.1", L"27015", &hints, &found) == 0);
    CHECK(found->ai_family == AF_INET && found->ai_next == NULL && same(found->ai_canonname, L"127.0.0.1"));
    CHECK(((struct sockaddr_in *)found->ai_addr)->sin_port == htons(27015));
    CHECK(GetNameInfo(found->ai_addr, (socklen_t)found->ai_addrlen, host, NI_MAXHOST, service, NI_MAXSERV,
                      NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    CHECK(same(host, L"127.0.0.1") && same(service, L"27015"));
    FreeAddrInfo(found);

    hints.ai_flags = 0;
    CHECK(GetAddrInfo(L"localhost", NULL, &hints, &found) == 0);
    FreeAddrInfo(found);
    /* Names that no server is asked for: one that nobody can have, and one that is no number. */
    CHECK(GetAddrInfo(L"b\u00fccher.invalid", NULL, &hints, &found) == WSAHOST_NOT_FOUND);
    hints.ai_flags = AI_NUMERICHOST;
    CHECK(GetAddrInfo(L"\u65e5\u672c\u8a9e", NULL, &hints, &found) == WSAHOST_NOT_FOUND);
    CHECK(gai_strerrorW(WSAHOST_NOT_FOUND)[0] != 0);

    CHECK(InetPton(AF_INET6, L"2001:db8::1", &six) == 1);
    CHECK(same(InetNtop(AF_INET6, &six, text, 64), L"2001:db8::1"));
    /* Digits of another script are no address. */
    CHECK(InetPton(AF_INET, L"\u0661.\u0662.\u0663.\u0664", &address.sin_addr) == 0);
    CHECK(address.sin_addr.s_addr == htonl(INADDR_LOOPBACK));

    CHECK(WSAAddressToString((SOCKADDR *)&address, sizeof address, NULL, text, &length) == 0);
    CHECK(same(text, L"127.0.0.1:27015") && length == 16);
    CHECK(WSAStringToAddress(text, AF_INET, NULL, (SOCKADDR *)&any, &any_length) == 0);
    CHECK(any_length == sizeof address && memcmp(&any, &address, sizeof address) == 0);
    any_length = sizeof any;
    CHECK_FAILS(WSAStringToAddress((WCHAR *)L"127.0.0.1\u00e9", AF_INET, NULL, (SOCKADDR *)&any, &any_length),
                WSAEINVAL);

    CHECK(GetHostNameW(host, NI_MAXHOST) == 0 && host[0] != 0);
    CHECK(WSACleanup() == 0);
    printf("wide\n");
    return 0;
}
