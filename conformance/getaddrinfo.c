/* getaddrinfo and getnameinfo, without a name server: numbers and the machine itself. */
#include "facts.h"

static void asks(const char *name, const char *node, const char *service, const struct addrinfo *hints)
{
    struct addrinfo *list = NULL, *at;
    int result = getaddrinfo(node, service, hints, &list);
    if (result) {
        fact(dotted("getaddrinfo", name), "%s", code(result));
        return;
    }
    int count = 0;
    for (at = list; at; at = at->ai_next)
        count++;
    char host[64] = "", port[16] = "";
    getnameinfo(list->ai_addr, (socklen_t)list->ai_addrlen, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    fact(dotted("getaddrinfo", name), "%d: %s port %s, family %d, type %d, protocol %d, length %d%s%s", count, host, port,
         list->ai_family, list->ai_socktype, list->ai_protocol, (int)list->ai_addrlen, list->ai_canonname ? ", name " : "",
         list->ai_canonname ? list->ai_canonname : "");
    freeaddrinfo(list);
}

static struct addrinfo wants(int flags, int family, int type, int protocol)
{
    struct addrinfo hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    return hints;
}

static void reverse(const char *name, const void *address, int length, int room, int service_room, int flags)
{
    char host[256] = "", service[64] = "";
    int result = getnameinfo(address, length, room ? host : NULL, room, service_room ? service : NULL, service_room, flags);
    fact(dotted("getnameinfo", name), "%s%s%s%s%s", code(result), *host ? ", " : "", host, *service ? ", " : "", service);
}

int main(void)
{
    start();
    struct addrinfo hints;
    asks("nothing", NULL, NULL, NULL);
    hints = wants(0, AF_INET, SOCK_STREAM, 0);
    asks("number", "127.0.0.1", "80", &hints);
    asks("number-alone", "127.0.0.1", NULL, &hints);
    asks("service-alone", NULL, "80", &hints);
    asks("service-name", "127.0.0.1", "http", &hints);
    asks("service-unknown", "127.0.0.1", "no-such-service", &hints);
    asks("service-empty", "127.0.0.1", "", &hints);
    asks("service-65535", "127.0.0.1", "65535", &hints);
    asks("inet6-number-for-inet", "::1", NULL, &hints);
    asks("localhost", "localhost", "1", &hints);
    asks("two-parts", "127.1", NULL, &hints);
    asks("hexadecimal", "0x7f.0.0.1", NULL, &hints);
    hints = wants(0, AF_UNSPEC, SOCK_STREAM, 0);
    asks("inet6-number", "::1", "80", &hints);
    asks("mapped-number", "::ffff:1.2.3.4", NULL, &hints);
    hints = wants(AI_PASSIVE, AF_INET, SOCK_STREAM, 0);
    asks("passive", NULL, "80", &hints);
    asks("passive-with-node", "1.2.3.4", "80", &hints);
    hints = wants(AI_PASSIVE, AF_INET6, SOCK_STREAM, 0);
    asks("passive-inet6", NULL, "80", &hints);
    hints = wants(AI_NUMERICHOST, AF_INET, SOCK_STREAM, 0);
    asks("numeric-host", "1.2.3.4", NULL, &hints);
    asks("numeric-host-name", "localhost", NULL, &hints);
    hints = wants(AI_NUMERICSERV, AF_INET, SOCK_STREAM, 0);
    asks("numeric-service", "1.2.3.4", "7", &hints);
    asks("numeric-service-name", "1.2.3.4", "http", &hints);
    hints = wants(AI_CANONNAME, AF_INET, SOCK_STREAM, 0);
    asks("canonical-number", "1.2.3.4", NULL, &hints);
    asks("canonical-nothing", NULL, "80", &hints);
    hints = wants(0, AF_INET, 0, 0);
    asks("any-type", "1.2.3.4", "80", &hints);
    hints = wants(0, AF_INET, SOCK_DGRAM, 0);
    asks("datagram", "1.2.3.4", "53", &hints);
    hints = wants(0, AF_INET, SOCK_RAW, 0);
    asks("raw", "1.2.3.4", NULL, &hints);
    hints = wants(0, AF_INET, SOCK_STREAM, IPPROTO_UDP);
    asks("stream-and-udp", "1.2.3.4", NULL, &hints);
    hints = wants(0, AF_INET, 0, IPPROTO_TCP);
    asks("protocol-alone", "1.2.3.4", NULL, &hints);
    hints = wants(0, 99, SOCK_STREAM, 0);
    asks("family-99", "1.2.3.4", NULL, &hints);
    hints = wants(0, AF_INET, 99, 0);
    asks("type-99", "1.2.3.4", NULL, &hints);
    hints = wants(0x40000000, AF_INET, SOCK_STREAM, 0);
    asks("unknown-flag", "1.2.3.4", NULL, &hints);
    hints = wants(0, AF_INET, SOCK_STREAM, 0);
    hints.ai_addrlen = 16;
    asks("hints-with-a-length", "1.2.3.4", NULL, &hints);

    struct sockaddr_in four = loopback(80);
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(80) };
    four.sin_addr.s_addr = htonl(0x01020304);
    six.sin6_addr.s6_addr[15] = 1;
    reverse("numbers", &four, sizeof four, 256, 64, NI_NUMERICHOST | NI_NUMERICSERV);
    reverse("host-alone", &four, sizeof four, 256, 0, NI_NUMERICHOST);
    reverse("service-alone", &four, sizeof four, 0, 64, NI_NUMERICSERV);
    reverse("service-name", &four, sizeof four, 0, 64, 0);
    reverse("neither", &four, sizeof four, 0, 0, 0);
    reverse("inet6", &six, sizeof six, 256, 64, NI_NUMERICHOST | NI_NUMERICSERV);
    reverse("inet6-length-16", &six, 16, 256, 64, NI_NUMERICHOST);
    reverse("length-8", &four, 8, 256, 64, NI_NUMERICHOST);
    reverse("little-room", &four, sizeof four, 4, 64, NI_NUMERICHOST | NI_NUMERICSERV);
    reverse("little-room-for-the-service", &four, sizeof four, 256, 1, NI_NUMERICHOST | NI_NUMERICSERV);
    reverse("null", NULL, sizeof four, 256, 64, NI_NUMERICHOST);
    four.sin_family = 99;
    reverse("family-99", &four, sizeof four, 256, 64, NI_NUMERICHOST);
    return 0;
}
