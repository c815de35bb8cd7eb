/* getsockopt and setsockopt: what is there, what it reads first, what it takes. */
#include "facts.h"

/* Not in every ws2ipdef.h. */
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#endif

static void reads(const char *name, SOCKET s, int level, int option)
{
    unsigned char value[32];
    int length = 8;
    memset(value, 0xcc, sizeof value);
    if (getsockopt(s, level, option, (char *)value, &length) == SOCKET_ERROR) {
        fact(dotted("option", name), "%s", code(WSAGetLastError()));
        return;
    }
    int number = 0;
    memcpy(&number, value, length < 4 ? length : 4);
    fact(dotted("option", name), "%d, length %d", number, length);
}

/* Sets a number and reads it back. */
static void takes(const char *name, SOCKET s, int level, int option, int number)
{
    int value = 0, length = sizeof value;
    if (setsockopt(s, level, option, (char *)&number, sizeof number) == SOCKET_ERROR) {
        fact(dotted("option.set", name), "%s", code(WSAGetLastError()));
        return;
    }
    getsockopt(s, level, option, (char *)&value, &length);
    fact(dotted("option.set", name), "%d", value);
}

static void socket_level(void)
{
    SOCKET s = stream(), d = datagram();
    reads("SO_TYPE", s, SOL_SOCKET, SO_TYPE);
    reads("SO_TYPE.udp", d, SOL_SOCKET, SO_TYPE);
    reads("SO_ACCEPTCONN", s, SOL_SOCKET, SO_ACCEPTCONN);
    reads("SO_BROADCAST", d, SOL_SOCKET, SO_BROADCAST);
    reads("SO_BROADCAST.tcp", s, SOL_SOCKET, SO_BROADCAST);
    reads("SO_DEBUG", s, SOL_SOCKET, SO_DEBUG);
    reads("SO_DONTLINGER", s, SOL_SOCKET, SO_DONTLINGER);
    reads("SO_DONTLINGER.udp", d, SOL_SOCKET, SO_DONTLINGER);
    reads("SO_DONTROUTE", s, SOL_SOCKET, SO_DONTROUTE);
    reads("SO_ERROR", s, SOL_SOCKET, SO_ERROR);
    reads("SO_EXCLUSIVEADDRUSE", s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE);
    reads("SO_KEEPALIVE", s, SOL_SOCKET, SO_KEEPALIVE);
    reads("SO_KEEPALIVE.udp", d, SOL_SOCKET, SO_KEEPALIVE);
    reads("SO_LINGER", s, SOL_SOCKET, SO_LINGER);
    reads("SO_LINGER.udp", d, SOL_SOCKET, SO_LINGER);
    reads("SO_MAX_MSG_SIZE.udp", d, SOL_SOCKET, SO_MAX_MSG_SIZE);
    reads("SO_OOBINLINE", s, SOL_SOCKET, SO_OOBINLINE);
    reads("SO_RCVTIMEO", s, SOL_SOCKET, SO_RCVTIMEO);
    reads("SO_REUSEADDR", s, SOL_SOCKET, SO_REUSEADDR);
    reads("SO_SNDTIMEO", s, SOL_SOCKET, SO_SNDTIMEO);
    reads("SO_CONDITIONAL_ACCEPT", s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT);
    reads("SO_CONNECT_TIME", s, SOL_SOCKET, SO_CONNECT_TIME);
    reads("SO_UPDATE_ACCEPT_CONTEXT", s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT);
    reads("unknown", s, SOL_SOCKET, 0x7777);
    reads("unknown-level", s, 0x1234, 1);
    takes("SO_KEEPALIVE", s, SOL_SOCKET, SO_KEEPALIVE, 1);
    takes("SO_OOBINLINE", s, SOL_SOCKET, SO_OOBINLINE, 1);
    takes("SO_BROADCAST", d, SOL_SOCKET, SO_BROADCAST, 1);
    takes("SO_DONTROUTE", s, SOL_SOCKET, SO_DONTROUTE, 1);
    takes("SO_RCVTIMEO", s, SOL_SOCKET, SO_RCVTIMEO, 1500);
    takes("SO_SNDTIMEO", s, SOL_SOCKET, SO_SNDTIMEO, 1);
    takes("SO_RCVBUF", s, SOL_SOCKET, SO_RCVBUF, 16384);
    takes("SO_SNDBUF", s, SOL_SOCKET, SO_SNDBUF, 32768);
    takes("SO_SNDBUF.0", s, SOL_SOCKET, SO_SNDBUF, 0);
    takes("SO_DONTLINGER.0", s, SOL_SOCKET, SO_DONTLINGER, 0);
    takes("SO_DONTLINGER.1", s, SOL_SOCKET, SO_DONTLINGER, 1);
    takes("SO_CONDITIONAL_ACCEPT", s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
    takes("SO_TYPE", s, SOL_SOCKET, SO_TYPE, 2);
    takes("SO_ACCEPTCONN", s, SOL_SOCKET, SO_ACCEPTCONN, 1);
    takes("SO_ERROR", s, SOL_SOCKET, SO_ERROR, 0);
    takes("SO_MAX_MSG_SIZE", d, SOL_SOCKET, SO_MAX_MSG_SIZE, 1);
    takes("unknown", s, SOL_SOCKET, 0x7777, 1);
    takes("unknown-level", s, 0x1234, 1, 1);
    takes("SO_KEEPALIVE.udp", d, SOL_SOCKET, SO_KEEPALIVE, 1);
    closesocket(s);
    closesocket(d);
}

static void other_levels(void)
{
    SOCKET s = stream(), d = datagram(), six = socket(AF_INET6, SOCK_STREAM, 0), six_d = socket(AF_INET6, SOCK_DGRAM, 0);
    reads("TCP_NODELAY", s, IPPROTO_TCP, TCP_NODELAY);
    reads("TCP_NODELAY.udp", d, IPPROTO_TCP, TCP_NODELAY);
    takes("TCP_NODELAY", s, IPPROTO_TCP, TCP_NODELAY, 1);
    reads("TCP_KEEPCNT", s, IPPROTO_TCP, TCP_KEEPCNT);
    reads("tcp-unknown", s, IPPROTO_TCP, 0x777);
    reads("IP_TTL", s, IPPROTO_IP, IP_TTL);
    takes("IP_TTL", s, IPPROTO_IP, IP_TTL, 7);
    takes("IP_TTL.300", s, IPPROTO_IP, IP_TTL, 300);
    reads("IP_TOS", s, IPPROTO_IP, IP_TOS);
    reads("IP_HDRINCL", s, IPPROTO_IP, IP_HDRINCL);
    reads("IP_DONTFRAGMENT", d, IPPROTO_IP, IP_DONTFRAGMENT);
    takes("IP_DONTFRAGMENT", d, IPPROTO_IP, IP_DONTFRAGMENT, 1);
    reads("IP_MULTICAST_TTL", d, IPPROTO_IP, IP_MULTICAST_TTL);
    reads("IP_MULTICAST_LOOP", d, IPPROTO_IP, IP_MULTICAST_LOOP);
    takes("IP_MULTICAST_TTL", d, IPPROTO_IP, IP_MULTICAST_TTL, 3);
    takes("IP_MULTICAST_LOOP", d, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    reads("IP_PKTINFO", d, IPPROTO_IP, IP_PKTINFO);
    takes("IP_PKTINFO", d, IPPROTO_IP, IP_PKTINFO, 1);
    reads("IP_RECVTTL", d, IPPROTO_IP, 21);
    reads("IP_OPTIONS", s, IPPROTO_IP, IP_OPTIONS);
    reads("ip-unknown", s, IPPROTO_IP, 0x777);
    reads("IPV6_V6ONLY", six, IPPROTO_IPV6, IPV6_V6ONLY);
    takes("IPV6_V6ONLY.0", six, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    reads("IPV6_UNICAST_HOPS", six, IPPROTO_IPV6, IPV6_UNICAST_HOPS);
    takes("IPV6_UNICAST_HOPS", six, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 9);
    reads("IPV6_MULTICAST_HOPS", six_d, IPPROTO_IPV6, IPV6_MULTICAST_HOPS);
    reads("IPV6_MULTICAST_LOOP", six_d, IPPROTO_IPV6, IPV6_MULTICAST_LOOP);
    reads("IPV6_PKTINFO", six_d, IPPROTO_IPV6, IPV6_PKTINFO);
    reads("IPV6_V6ONLY.on-inet", s, IPPROTO_IPV6, IPV6_V6ONLY);
    reads("ipv6-unknown", six, IPPROTO_IPV6, 0x777);
    closesocket(s);
    closesocket(d);
    closesocket(six);
    closesocket(six_d);
}

static void arguments(void)
{
    SOCKET s = stream();
    int value = 1, length = sizeof value;
    struct linger linger = { 1, 5 };
    INT("getsockopt.null-value", getsockopt(s, SOL_SOCKET, SO_TYPE, NULL, &length));
    INT("getsockopt.null-length", getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&value, NULL));
    length = 0;
    INT("getsockopt.length-0", getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&value, &length));
    length = 2;
    INT("getsockopt.length-2", getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&value, &length));
    length = 1;
    INT("getsockopt.bool-length-1", getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length));
    length = 4;
    INT("getsockopt.linger-length-3", getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &(int){ 3 }));
    INT("setsockopt.null-value", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, NULL, 4));
    INT("setsockopt.length-0", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, 0));
    INT("setsockopt.length-1", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, 1));
    INT("setsockopt.length-8", setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)(int[2]){ 1, 0 }, 8));
    INT("setsockopt.timeout-length-2", setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&value, 2));
    INT("setsockopt.linger", setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger));
    length = sizeof linger;
    memset(&linger, 0, sizeof linger);
    INT("setsockopt.linger.get", getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &length));
    fact("setsockopt.linger.reads", "%d for %d s", linger.l_onoff != 0, linger.l_linger);
    INT("setsockopt.linger-udp", setsockopt(datagram(), SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger));
    INT("setsockopt.update-accept-context", setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&s, sizeof s));
    INT("setsockopt.update-connect-context", setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0));
    closesocket(s);
    PAIR pair = streams();
    length = sizeof value;
    getsockopt(pair.b, SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, &length);
    fact("option.SO_CONNECT_TIME.connected", "%s", value >= 0 && value < 5 ? "a moment" : "no time");
    INT("setsockopt.V6ONLY-bound", ({
            SOCKET six = socket(AF_INET6, SOCK_STREAM, 0);
            struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
            int off = 0;
            NEED(bind(six, (struct sockaddr *)&any, sizeof any) == 0);
            int result = setsockopt(six, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof off);
            closesocket(six);
            result;
        }));
    close_pair(pair);
}

int main(void)
{
    start();
    socket_level();
    other_levels();
    arguments();
    return 0;
}
