/* Macros and inline functions of the headers, in C and in C++. Calls nothing of the library. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <mswsock.h>
#include <windows.h>

#include <stdio.h>
#include <stdlib.h>

static void check(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s does not hold\n", what);
  exit(1);
}
#define CHECK(condition) check(condition, #condition)

static IN6_ADDR in6(int first, int second, int at10, int last4, int last) {
  IN6_ADDR a;
  memset(&a, 0, sizeof a);
  a.s6_addr[0] = (UCHAR)first;
  a.s6_addr[1] = (UCHAR)second;
  a.s6_addr[10] = a.s6_addr[11] = (UCHAR)at10;
  a.s6_addr[12] = (UCHAR)last4;
  a.s6_addr[15] = (UCHAR)last;
  return a;
}

static void words(void) {
  CHECK(MAKEWORD(1, 2) == 0x0201 && LOBYTE(0x0201) == 1 && HIBYTE(0x0201) == 2);
  CHECK(MAKELONG(0x1234, 0x5678) == 0x56781234 && LOWORD(0x56781234) == 0x1234 && HIWORD(0x56781234) == 0x5678);
  CHECK(sizeof(DWORD) == 4 && sizeof(LONG) == 4 && sizeof(ULONG) == 4 && sizeof(u_long) == 4 && sizeof(BOOL) == 4);
  CHECK(sizeof(__int64) == 8 && sizeof(unsigned __int64) == 8 && sizeof(SOCKET) == 8 && sizeof(HANDLE) == 8);
  CHECK(sizeof(SIZE_T) == 8 && sizeof(DWORD_PTR) == 8 && sizeof(LPARAM) == 8 && sizeof(LARGE_INTEGER) == 8);
  CHECK(SUCCEEDED(S_FALSE) && FAILED(E_FAIL) && HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED) == E_ACCESSDENIED);
}

static void characters(void) {
  const TCHAR *text = TEXT("ab");
  CHECK(sizeof(WCHAR) == 2 && ARRAYSIZE(TEXT("ab")) == 3 && text[1] == 'b');
#if __SIZEOF_WCHAR_T__ == 2
  LPCWSTR wide = L"ab";
#else
  LPCWSTR wide = u"ab";
#endif
  CHECK(wide[1] == 'b' && wide[2] == 0);
#ifdef UNICODE
  CHECK(sizeof(TCHAR) == 2 && sizeof(ADDRINFOT) == sizeof(ADDRINFOW));
#else
  CHECK(sizeof(TCHAR) == 1);
#endif
}

static void memory(void) {
  struct { int a; LIST_ENTRY link; } node = {7, {0, 0}};
  char bytes[4] = {1, 2, 3, 4}, copy[4];
  __declspec(align(64)) static char aligned[64];
  PLIST_ENTRY link = &node.link;
  CopyMemory(copy, bytes, 4);
  CHECK(RtlEqualMemory(copy, bytes, 4));
  FillMemory(copy, 4, 9);
  CHECK(copy[3] == 9);
  ZeroMemory(copy, 4);
  CHECK(copy[3] == 0 && SecureZeroMemory(bytes, sizeof bytes) == bytes && bytes[0] == 0);
  CHECK(((ULONG_PTR)aligned & 63) == 0);
  CHECK((PVOID)((PCHAR)link - FIELD_OFFSET(struct _SECURITY_ATTRIBUTES, nLength)) == (PVOID)link);
  CHECK(*(int *)((PCHAR)link - ((PCHAR)&node.link - (PCHAR)&node)) == 7);
}

static void sets(void) {
  fd_set set;
  SOCKET s;
  FD_ZERO(&set);
  for (s = 4; s <= 4 * (FD_SETSIZE + 1); s += 4) FD_SET(s, &set);
  CHECK(set.fd_count == FD_SETSIZE && set.fd_array[FD_SETSIZE - 1] == 4 * FD_SETSIZE);
  FD_SET(8, &set);
  CHECK(set.fd_count == FD_SETSIZE);
  FD_CLR(4, &set);
  FD_CLR(4, &set);
  CHECK(set.fd_count == FD_SETSIZE - 1 && set.fd_array[0] == 8);
  FD_CLR(4 * FD_SETSIZE, &set);
  CHECK(set.fd_count == FD_SETSIZE - 2);
  FD_SET(12, &set);
  CHECK(set.fd_count == FD_SETSIZE - 2);
}

static void addresses(void) {
  IN6_ADDR any = in6(0, 0, 0, 0, 0), loopback = in6(0, 0, 0, 0, 1), compatible = in6(0, 0, 0, 10, 1);
  IN6_ADDR two = in6(0, 0, 0, 0, 2), mapped = in6(0, 0, 0xff, 127, 1), global = in6(0x20, 1, 0, 0, 1);
  IN6_ADDR link_local = in6(0xfe, 0xbf, 0, 0, 1), site_local = in6(0xfe, 0xc0, 0, 0, 1), multicast;
  CHECK(IN6_IS_ADDR_UNSPECIFIED(&any) && !IN6_IS_ADDR_UNSPECIFIED(&loopback));
  CHECK(IN6_IS_ADDR_LOOPBACK(&loopback) && !IN6_IS_ADDR_LOOPBACK(&any) && !IN6_IS_ADDR_LOOPBACK(&two));
  CHECK(IN6_IS_ADDR_V4COMPAT(&compatible) && IN6_IS_ADDR_V4COMPAT(&two));
  CHECK(!IN6_IS_ADDR_V4COMPAT(&any) && !IN6_IS_ADDR_V4COMPAT(&loopback) && !IN6_IS_ADDR_V4COMPAT(&mapped));
  CHECK(IN6_IS_ADDR_V4MAPPED(&mapped) && !IN6_IS_ADDR_V4MAPPED(&compatible));
  CHECK(IN6_IS_ADDR_LINKLOCAL(&link_local) && !IN6_IS_ADDR_LINKLOCAL(&site_local));
  CHECK(IN6_IS_ADDR_SITELOCAL(&site_local) && !IN6_IS_ADDR_SITELOCAL(&link_local));
  CHECK(IN6_IS_ADDR_GLOBAL(&global) && !IN6_IS_ADDR_GLOBAL(&link_local) && !IN6_IS_ADDR_GLOBAL(&loopback));
  multicast = in6(0xff, 0x01, 0, 0, 1);
  CHECK(IN6_IS_ADDR_MULTICAST(&multicast) && IN6_IS_ADDR_MC_NODELOCAL(&multicast));
  multicast = in6(0xff, 0x12, 0, 0, 1);
  CHECK(IN6_IS_ADDR_MC_LINKLOCAL(&multicast) && !IN6_IS_ADDR_MC_NODELOCAL(&multicast));
  multicast = in6(0xff, 0x05, 0, 0, 1);
  CHECK(IN6_IS_ADDR_MC_SITELOCAL(&multicast));
  multicast = in6(0xff, 0x08, 0, 0, 1);
  CHECK(IN6_IS_ADDR_MC_ORGLOCAL(&multicast));
  multicast = in6(0xff, 0x0e, 0, 0, 1);
  CHECK(IN6_IS_ADDR_MC_GLOBAL(&multicast));
  CHECK(!IN6_IS_ADDR_MULTICAST(&global) && !IN6_IS_ADDR_MC_LINKLOCAL(&link_local));
  IN6_SET_ADDR_LOOPBACK(&any);
  CHECK(IN6_ADDR_EQUAL(&any, &loopback));
  IN6_SET_ADDR_UNSPECIFIED(&any);
  CHECK(!IN6_ADDR_EQUAL(&any, &loopback));
}

static void socket_addresses(void) {
  SOCKADDR_INET address;
  SOCKADDR *generic = (SOCKADDR *)&address;
  memset(&address, 0xff, sizeof address);
  address.si_family = AF_INET;
  INETADDR_SETANY(generic);
  CHECK(address.Ipv4.sin_port == 0 && INETADDR_ISANY(generic) && !INETADDR_ISLOOPBACK(generic));
  INETADDR_SETLOOPBACK(generic);
  INETADDR_SET_PORT(generic, 0x1234);
  CHECK(INETADDR_ISLOOPBACK(generic) && INETADDR_PORT(generic) == 0x1234 && INETADDR_ADDRESS(generic)[0] == 127);
  CHECK(INETADDR_ADDRESS(generic)[3] == 1 && !INETADDR_ISV4MAPPED(generic));
  memset(&address, 0xff, sizeof address);
  address.si_family = AF_INET6;
  INETADDR_SETANY(generic);
  CHECK(address.Ipv6.sin6_scope_id == 0 && INETADDR_ISANY(generic) && !INETADDR_ISLOOPBACK(generic));
  INETADDR_SETLOOPBACK(generic);
  CHECK(INETADDR_ISLOOPBACK(generic) && INETADDR_ADDRESS(generic)[15] == 1 && IN6ADDR_ISLOOPBACK(&address.Ipv6));
  memset(&address, 0xff, sizeof address);
  IN6ADDR_SETANY(&address.Ipv6);
  CHECK(address.si_family == AF_INET6 && address.Ipv6.sin6_port == 0 && IN6ADDR_ISANY(&address.Ipv6));
  memset(&address, 0xff, sizeof address);
  IN6ADDR_SETLOOPBACK(&address.Ipv6);
  CHECK(IN6ADDR_ISLOOPBACK(&address.Ipv6) && !IN6ADDR_ISANY(&address.Ipv6) && address.Ipv6.sin6_scope_id == 0);
}

/* Two control messages of 5 and 8 bytes, walked as WSARecvMsg's callers do. */
static void control_data(void) {
  static char space[WSA_CMSG_SPACE(5) + WSA_CMSG_SPACE(8)];
  WSAMSG message;
  LPWSACMSGHDR header;
  memset(&message, 0, sizeof message);
  CHECK(WSA_CMSG_FIRSTHDR(&message) == NULL);
  message.Control.buf = space;
  message.Control.len = sizeof space;
  CHECK(WSA_CMSG_LEN(5) == 21 && WSA_CMSG_SPACE(5) == 24 && sizeof space == 48);
  header = WSA_CMSG_FIRSTHDR(&message);
  CHECK((char *)header == space && WSA_CMSG_NXTHDR(&message, (LPWSACMSGHDR)NULL) == header);
  header->cmsg_len = WSA_CMSG_LEN(5);
  CHECK((char *)WSA_CMSG_DATA(header) == space + 16);
  header = WSA_CMSG_NXTHDR(&message, header);
  CHECK((char *)header == space + 24);
  header->cmsg_len = WSA_CMSG_LEN(8);
  CHECK(WSA_CMSG_NXTHDR(&message, header) == NULL);
}

int main(void) {
  GUID accept_ex = WSAID_ACCEPTEX, connect_ex = WSAID_CONNECTEX;
  words();
  characters();
  memory();
  sets();
  addresses();
  socket_addresses();
  control_data();
#ifdef __cplusplus
  CHECK(IsEqualGUID(accept_ex, accept_ex) && !(accept_ex == connect_ex) && accept_ex != connect_ex);
#else
  CHECK(IsEqualGUID(&accept_ex, &accept_ex) && !IsEqualGUID(&accept_ex, &connect_ex) && max(1, 2) == 2);
#endif
  puts("helpers");
  return 0;
}
