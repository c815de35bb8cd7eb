/* ws2tcpip.h: TCP/IP beyond Windows Sockets 1.1.
 *
 * Owns name resolution by getaddrinfo and its kind, addresses to and from text, and the tests and
 * setters of IPv6 addresses. Promises that every function declared here is in the library or inline.
 */
#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#include <winsock2.h>
#include <ws2ipdef.h>

#define WS2TCPIP_INLINE _WS2_INLINE

/* An address of any of the two families, and one interface as SIO_GET_INTERFACE_LIST reports it. */
struct sockaddr_in6_old {
  SHORT sin6_family;
  USHORT sin6_port;
  ULONG sin6_flowinfo;
  IN6_ADDR sin6_addr;
};

typedef union sockaddr_gen {
  struct sockaddr Address;
  struct sockaddr_in AddressIn;
  struct sockaddr_in6_old AddressIn6;
} sockaddr_gen;

typedef struct _INTERFACE_INFO {
  ULONG iiFlags;
  sockaddr_gen iiAddress;
  sockaddr_gen iiBroadcastAddress;
  sockaddr_gen iiNetmask;
} INTERFACE_INFO, *LPINTERFACE_INFO;

#define SIO_GET_INTERFACE_LIST     0x4004747F
#define SIO_GET_INTERFACE_LIST_EX  0x4004747E
#define SIO_SET_MULTICAST_FILTER   0x8004747D
#define SIO_GET_MULTICAST_FILTER   0x8004747C
#define SIOCSIPMSFILTER            SIO_SET_MULTICAST_FILTER
#define SIOCGIPMSFILTER            SIO_GET_MULTICAST_FILTER
#define SIOCSMSFILTER              0x8004747E
#define SIOCGMSFILTER              0x8004747F

/* The failures of name resolution. */
#define EAI_AGAIN       WSATRY_AGAIN
#define EAI_BADFLAGS    WSAEINVAL
#define EAI_FAIL        WSANO_RECOVERY
#define EAI_FAMILY      WSAEAFNOSUPPORT
#define EAI_MEMORY      WSA_NOT_ENOUGH_MEMORY
#define EAI_NOSECURENAME WSA_SECURE_HOST_NOT_FOUND
#define EAI_NONAME      WSAHOST_NOT_FOUND
#define EAI_NODATA      EAI_NONAME
#define EAI_SERVICE     WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE    WSAESOCKTNOSUPPORT
#define EAI_IPSECPOLICY WSA_IPSEC_NAME_POLICY_ERROR

#define GAI_STRERROR_BUFFER_SIZE 1024

_WS2_BEGIN_DECLS

extern const IN6_ADDR in6addr_any __asm__("in6addr_any");
extern const IN6_ADDR in6addr_loopback __asm__("in6addr_loopback");

void WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo) _WS2_SYMBOL(freeaddrinfo);
void WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo);
char *WSAAPI gai_strerrorA(int ecode);
WCHAR *WSAAPI gai_strerrorW(int ecode);
INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints, PADDRINFOA *ppResult)
    _WS2_SYMBOL(getaddrinfo);
INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints, PADDRINFOW *ppResult);
INT WSAAPI getnameinfo(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer,
                       DWORD NodeBufferSize, PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags)
    _WS2_SYMBOL(getnameinfo);
INT WSAAPI GetNameInfoW(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer,
                        DWORD NodeBufferSize, PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags);
PCSTR WSAAPI inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize)
    _WS2_SYMBOL(inet_ntop);
INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf) _WS2_SYMBOL(inet_pton);
PCWSTR WSAAPI InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize);
INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf);

_WS2_END_DECLS

#define FreeAddrInfoA freeaddrinfo
#define GetAddrInfoA  getaddrinfo
#define GetNameInfoA  getnameinfo
#define InetNtopA     inet_ntop
#define InetPtonA     inet_pton

#ifdef UNICODE
#define FreeAddrInfo FreeAddrInfoW
#define GetAddrInfo  GetAddrInfoW
#define GetNameInfo  GetNameInfoW
#define InetNtop     InetNtopW
#define InetPton     InetPtonW
#define gai_strerror gai_strerrorW
#else
#define FreeAddrInfo FreeAddrInfoA
#define GetAddrInfo  GetAddrInfoA
#define GetNameInfo  GetNameInfoA
#define InetNtop     InetNtopA
#define InetPton     InetPtonA
#define gai_strerror gai_strerrorA
#endif

/* IPv6 addresses: comparing and telling apart. */
#define IN6_ARE_ADDR_EQUAL IN6_ADDR_EQUAL

WS2TCPIP_INLINE BOOLEAN IN6_ADDR_EQUAL(const IN6_ADDR *x, const IN6_ADDR *y) {
  return memcmp(x, y, sizeof *x) == 0;
}

/* Whether all of the address but its last bytes is zero. */
WS2TCPIP_INLINE BOOLEAN _ws2_in6_zero_but(const IN6_ADDR *a, int last) {
  int i;
  for (i = 0; i < 16 - last; i++)
    if (a->u.Byte[i] != 0) return FALSE;
  return TRUE;
}

WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *a) { return _ws2_in6_zero_but(a, 0); }
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *a) {
  return _ws2_in6_zero_but(a, 1) && a->u.Byte[15] == 1;
}
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_MULTICAST(const IN6_ADDR *a) { return a->u.Byte[0] == 0xff; }
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *a) {
  return a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0x80;
}
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *a) {
  return a->u.Byte[0] == 0xfe && (a->u.Byte[1] & 0xc0) == 0xc0;
}
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_GLOBAL(const IN6_ADDR *a) {
  return (a->u.Byte[0] & 0xf0) != 0 && (a->u.Byte[0] & 0xf0) != 0xf0;
}
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *a) {
  return _ws2_in6_zero_but(a, 6) && a->u.Byte[10] == 0xff && a->u.Byte[11] == 0xff;
}
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_V4COMPAT(const IN6_ADDR *a) {
  return _ws2_in6_zero_but(a, 4) && !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a);
}

/* Multicast by scope: the low half of the second byte. */
WS2TCPIP_INLINE BOOLEAN _ws2_in6_scope(const IN6_ADDR *a, int scope) {
  return IN6_IS_ADDR_MULTICAST(a) && (a->u.Byte[1] & 0xf) == scope;
}
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_MC_NODELOCAL(const IN6_ADDR *a) { return _ws2_in6_scope(a, 0x1); }
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_MC_LINKLOCAL(const IN6_ADDR *a) { return _ws2_in6_scope(a, 0x2); }
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_MC_SITELOCAL(const IN6_ADDR *a) { return _ws2_in6_scope(a, 0x5); }
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_MC_ORGLOCAL(const IN6_ADDR *a) { return _ws2_in6_scope(a, 0x8); }
WS2TCPIP_INLINE BOOLEAN IN6_IS_ADDR_MC_GLOBAL(const IN6_ADDR *a) { return _ws2_in6_scope(a, 0xe); }

/* IPv6 addresses: setting. */
WS2TCPIP_INLINE void IN6_SET_ADDR_UNSPECIFIED(IN6_ADDR *a) { memset(a, 0, sizeof *a); }
WS2TCPIP_INLINE void IN6_SET_ADDR_LOOPBACK(IN6_ADDR *a) {
  memset(a, 0, sizeof *a);
  a->u.Byte[15] = 1;
}

/* The same for whole socket addresses. */
WS2TCPIP_INLINE void IN6ADDR_SETANY(struct sockaddr_in6 *a) {
  memset(a, 0, sizeof *a);
  a->sin6_family = AF_INET6;
}
WS2TCPIP_INLINE void IN6ADDR_SETLOOPBACK(struct sockaddr_in6 *a) {
  IN6ADDR_SETANY(a);
  IN6_SET_ADDR_LOOPBACK(&a->sin6_addr);
}
WS2TCPIP_INLINE BOOLEAN IN6ADDR_ISANY(const struct sockaddr_in6 *a) {
  return a->sin6_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->sin6_addr);
}
WS2TCPIP_INLINE BOOLEAN IN6ADDR_ISLOOPBACK(const struct sockaddr_in6 *a) {
  return a->sin6_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&a->sin6_addr);
}

#endif
