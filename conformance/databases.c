/* The old name functions, and services and protocols by name. */
#include "facts.h"

static void service(const char *name, struct servent *entry)
{
    if (entry)
        fact(name, "%s/%s, port %d", entry->s_name, entry->s_proto, ntohs((u_short)entry->s_port));
    else
        fact(name, "%s", code(WSAGetLastError()));
}

static void protocol(const char *name, struct protoent *entry)
{
    if (entry)
        fact(name, "%s, number %d", entry->p_name, entry->p_proto);
    else
        fact(name, "%s", code(WSAGetLastError()));
}

static void host(const char *name, struct hostent *entry)
{
    if (entry)
        fact(name, "family %d, length %d, %s", entry->h_addrtype, entry->h_length,
             inet_ntoa(*(struct in_addr *)entry->h_addr_list[0]));
    else
        fact(name, "%s", code(WSAGetLastError()));
}

int main(void)
{
    start();
    service("getservbyname.http", getservbyname("http", "tcp"));
    service("getservbyname.domain-udp", getservbyname("domain", "udp"));
    service("getservbyname.any-protocol", getservbyname("http", NULL));
    service("getservbyname.unknown", getservbyname("no-such-service", "tcp"));
    service("getservbyname.unknown-protocol", getservbyname("http", "xyz"));
    service("getservbyport.80", getservbyport(htons(80), "tcp"));
    service("getservbyport.unknown", getservbyport(htons(4), "tcp"));
    protocol("getprotobyname.tcp", getprotobyname("tcp"));
    protocol("getprotobyname.udp", getprotobyname("udp"));
    protocol("getprotobyname.unknown", getprotobyname("no-such-protocol"));
    protocol("getprotobynumber.1", getprotobynumber(1));
    protocol("getprotobynumber.6", getprotobynumber(6));
    protocol("getprotobynumber.unknown", getprotobynumber(250));
    host("gethostbyname.number", gethostbyname("1.2.3.4"));
    host("gethostbyname.localhost", gethostbyname("localhost"));
    struct in_addr one = { .s_addr = htonl(INADDR_LOOPBACK) };
    INT("gethostbyaddr.short", gethostbyaddr((char *)&one, 2, AF_INET) ? 0 : -1);
    INT("gethostbyaddr.family-99", gethostbyaddr((char *)&one, 4, 99) ? 0 : -1);
    fact("gethostbyname.null", "%s", gethostbyname(NULL) ? "this machine" : code(WSAGetLastError()));
    return 0;
}
