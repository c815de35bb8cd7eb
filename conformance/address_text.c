/* Addresses as text, and back. */
#include "facts.h"

static void four(const char *text)
{
    unsigned char address[16] = { 0xcc, 0xcc, 0xcc, 0xcc };
    int result = InetPtonA(AF_INET, text, address);
    char name[128];
    snprintf(name, sizeof name, "inet_pton.'%s'", text);
    if (result == 1)
        fact(name, "%d.%d.%d.%d", address[0], address[1], address[2], address[3]);
    else
        fact(name, "%d", result);
    snprintf(name, sizeof name, "inet_addr.'%s'", text);
    fact(name, "0x%08x", (unsigned)ntohl(inet_addr(text)));
}

static void six(const char *text)
{
    struct in6_addr address;
    char name[128], again[64] = "";
    memset(&address, 0xcc, sizeof address);
    int result = InetPtonA(AF_INET6, text, &address);
    snprintf(name, sizeof name, "inet_pton6.'%s'", text);
    if (result == 1)
        fact(name, "%s", InetNtopA(AF_INET6, &address, again, sizeof again) ? again : code(WSAGetLastError()));
    else
        fact(name, "%d", result);
}

static void parsed(const char *name, const char *text, int family)
{
    struct sockaddr_storage address;
    int length = sizeof address;
    char again[128] = "";
    DWORD room = sizeof again;
    memset(&address, 0, sizeof address);
    if (WSAStringToAddressA((char *)text, family, NULL, (struct sockaddr *)&address, &length) == SOCKET_ERROR) {
        fact(dotted("WSAStringToAddress", name), "%s", code(WSAGetLastError()));
        return;
    }
    int result = WSAAddressToStringA((struct sockaddr *)&address, length, NULL, again, &room);
    fact(dotted("WSAStringToAddress", name), "length %d, %s, %d characters", length, result ? code(WSAGetLastError()) : again, (int)room);
}

int main(void)
{
    start();
    four("1.2.3.4");
    four("255.255.255.255");
    four("1.2.3");
    four("1.2.3.256");
    four("1.2.3.4.5");
    four("01.2.3.4");
    four("0x1.2.3.4");
    four("1.2.3.4 ");
    four(" 1.2.3.4");
    four("1..2.3");
    four("1.2.3.4x");
    four("");
    four("1");
    four("1.256");
    four("a.b.c.d");
    six("::");
    six("::1");
    six("1:2:3:4:5:6:7:8");
    six("1:0:0:4:0:0:0:8");
    six("2001:DB8::A");
    six("::ffff:1.2.3.4");
    six("::1.2.3.4");
    six("1::2::3");
    six("1:2:3:4:5:6:7");
    six("12345::");
    six("fe80::1%1");
    six("1:2:3:4:5:6:7:8:9");
    six(":1");
    six("");
    six("1.2.3.4");

    struct in_addr address = { .s_addr = htonl(0x01020304) };
    char room[64];
    INT("inet_pton.family-99", InetPtonA(99, "1.2.3.4", &address));
    INT("inet_pton.null", InetPtonA(AF_INET, NULL, &address));
    INT("inet_pton.null-address", InetPtonA(AF_INET, "1.2.3.4", NULL));
    INT("inet_ntop.family-99", InetNtopA(99, &address, room, sizeof room) ? 0 : -1);
    INT("inet_ntop.little-room", InetNtopA(AF_INET, &address, room, 7) ? 0 : -1);
    INT("inet_ntop.just-enough", InetNtopA(AF_INET, &address, room, 8) ? 0 : -1);
    INT("inet_ntop.no-room", InetNtopA(AF_INET, &address, NULL, 8) ? 0 : -1);
    fact("inet_ntoa", "%s", inet_ntoa(address));

    parsed("number", "1.2.3.4", AF_INET);
    parsed("number-and-port", "1.2.3.4:80", AF_INET);
    parsed("port-0", "1.2.3.4:0", AF_INET);
    parsed("port-too-large", "1.2.3.4:65536", AF_INET);
    parsed("nonsense", "nonsense", AF_INET);
    parsed("empty", "", AF_INET);
    parsed("inet6", "::1", AF_INET6);
    parsed("inet6-and-port", "[::1]:80", AF_INET6);
    parsed("inet6-scope", "fe80::1%3", AF_INET6);
    parsed("inet6-as-inet", "::1", AF_INET);
    parsed("family-99", "1.2.3.4", 99);
    struct sockaddr_in name = loopback(80);
    int length = 4;
    DWORD little = 4;
    INT("WSAStringToAddress.little-room", WSAStringToAddressA("1.2.3.4", AF_INET, NULL, (struct sockaddr *)&name, &length));
    fact("WSAStringToAddress.little-room.length", "%d", length);
    INT("WSAAddressToString.little-room", WSAAddressToStringA((struct sockaddr *)&name, sizeof name, NULL, room, &little));
    fact("WSAAddressToString.little-room.length", "%d", (int)little);
    little = sizeof room;
    name.sin_family = 99;
    INT("WSAAddressToString.family-99", WSAAddressToStringA((struct sockaddr *)&name, sizeof name, NULL, room, &little));
    return 0;
}
