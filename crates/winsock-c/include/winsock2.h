/* winsock2.h: Windows Sockets 2.
 *
 * Owns SOCKET, the sets of select, WSADATA and WSAPROTOCOL_INFO, the database records (HOSTENT ...),
 * the constants of calls, events and polling, and the declarations of the functions: those of Windows
 * Sockets 1.1 first, then those that Windows Sockets 2 added, then overlapped I/O, each group in the
 * order of the alphabet. Promises that every function declared here is in the library. Names that libc
 * has too are exported with the prefix ws2_ (see _WS2_SYMBOL). Name resolution by getaddrinfo and its
 * kind is in ws2tcpip.h.
 */
#ifndef _WINSOCK2API_
#define _WINSOCK2API_
#ifndef _WINSOCKAPI_
#define _WINSOCKAPI_
#endif

#include <_ws2/libc.h>
#include <windef.h>
#include <winbase.h>
#include <qos.h>
#include <ws2def.h>

#include <stdarg.h>

#ifndef WINSOCK_VERSION
#define WINSOCK_VERSION MAKEWORD(2, 2)
#endif
#define WSAAPI __stdcall
#define WINSOCK_API_LINKAGE

typedef UINT_PTR SOCKET;
typedef UINT GROUP;

#define INVALID_SOCKET (~(SOCKET)0)
#define SOCKET_ERROR   (-1)

/* The sets of select. A program that wants more than 64 sockets in one defines FD_SETSIZE first. */
#ifndef FD_SETSIZE
#define FD_SETSIZE 64
#endif

typedef struct fd_set {
  u_int fd_count;
  SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;

_WS2_BEGIN_DECLS
int WSAAPI __WSAFDIsSet(SOCKET fd, fd_set *set);
_WS2_END_DECLS

_WS2_INLINE void _ws2_fd_set(SOCKET fd, fd_set *set) {
  u_int i;
  for (i = 0; i < set->fd_count; i++)
    if (set->fd_array[i] == fd) return;
  if (set->fd_count < FD_SETSIZE) set->fd_array[set->fd_count++] = fd;
}

_WS2_INLINE void _ws2_fd_clr(SOCKET fd, fd_set *set) {
  u_int i;
  for (i = 0; i < set->fd_count; i++) {
    if (set->fd_array[i] != fd) continue;
    set->fd_count--;
    for (; i < set->fd_count; i++) set->fd_array[i] = set->fd_array[i + 1];
    return;
  }
}

#define FD_SET(fd, set)   _ws2_fd_set((SOCKET)(fd), (fd_set *)(set))
#define FD_CLR(fd, set)   _ws2_fd_clr((SOCKET)(fd), (fd_set *)(set))
#define FD_ISSET(fd, set) __WSAFDIsSet((SOCKET)(fd), (fd_set *)(set))
#define FD_ZERO(set)      ((void)((set)->fd_count = 0))

typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;
#ifndef timerisset
#define timerisset(t) ((t)->tv_sec || (t)->tv_usec)
#endif
#ifndef timerclear
#define timerclear(t) ((t)->tv_sec = (t)->tv_usec = 0)
#endif

/* Requests of ioctlsocket. */
#define FIONREAD   0x4004667F
#define FIONBIO    0x8004667E
#define FIOASYNC   0x8004667D
#define SIOCSHIWAT 0x80047300
#define SIOCGHIWAT 0x40047301
#define SIOCSLOWAT 0x80047302
#define SIOCGLOWAT 0x40047303
#define SIOCATMARK 0x40047307

/* The database records. */
typedef struct hostent {
  char *h_name;
  char **h_aliases;
  short h_addrtype;
  short h_length;
  char **h_addr_list;
} HOSTENT, *PHOSTENT, *LPHOSTENT;
#define h_addr h_addr_list[0]

struct netent {
  char *n_name;
  char **n_aliases;
  short n_addrtype;
  u_long n_net;
};

typedef struct servent {
  char *s_name;
  char **s_aliases;
  char *s_proto;
  short s_port;
} SERVENT, *PSERVENT, *LPSERVENT;

typedef struct protoent {
  char *p_name;
  char **p_aliases;
  short p_proto;
} PROTOENT, *PPROTOENT, *LPPROTOENT;

#define MAXGETHOSTSTRUCT 1024
#define h_errno        WSAGetLastError()
#define HOST_NOT_FOUND WSAHOST_NOT_FOUND
#define TRY_AGAIN      WSATRY_AGAIN
#define NO_RECOVERY    WSANO_RECOVERY
#define NO_DATA        WSANO_DATA
#define WSANO_ADDRESS  WSANO_DATA
#define NO_ADDRESS     WSANO_ADDRESS

/* What WSAStartup tells. */
#define WSADESCRIPTION_LEN 256
#define WSASYS_STATUS_LEN  128

typedef struct WSAData {
  WORD wVersion;
  WORD wHighVersion;
  unsigned short iMaxSockets;
  unsigned short iMaxUdpDg;
  char *lpVendorInfo;
  char szDescription[WSADESCRIPTION_LEN + 1];
  char szSystemStatus[WSASYS_STATUS_LEN + 1];
} WSADATA, *LPWSADATA;

/* Options of SOL_SOCKET beside those of ws2def.h, and what they take. */
#define SO_PROTOCOL_INFOA 0x2004
#define SO_PROTOCOL_INFOW 0x2005
#ifdef UNICODE
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOW
#else
#define SO_PROTOCOL_INFO SO_PROTOCOL_INFOA
#endif
#define PVD_CONFIG 0x3001

typedef struct linger {
  u_short l_onoff;
  u_short l_linger;
} LINGER, *PLINGER, *LPLINGER;

#define SOMAXCONN         0x7FFFFFFF
#define SOMAXCONN_HINT(n) (-(n))

struct sockproto {
  u_short sp_family;
  u_short sp_protocol;
};

/* Flags of sending, receiving, shutting down and WSASocket. */
#define MSG_OOB            0x1
#define MSG_PEEK           0x2
#define MSG_DONTROUTE      0x4
#define MSG_WAITALL        0x8
#define MSG_INTERRUPT      0x10
#define MSG_PUSH_IMMEDIATE 0x20
#define MSG_PARTIAL        0x8000
#define MSG_MAXIOVLEN 16
#define SD_RECEIVE 0
#define SD_SEND    1
#define SD_BOTH    2
#define WSA_FLAG_OVERLAPPED             0x1
#define WSA_FLAG_MULTIPOINT_C_ROOT      0x2
#define WSA_FLAG_MULTIPOINT_C_LEAF      0x4
#define WSA_FLAG_MULTIPOINT_D_ROOT      0x8
#define WSA_FLAG_MULTIPOINT_D_LEAF      0x10
#define WSA_FLAG_ACCESS_SYSTEM_SECURITY 0x40
#define WSA_FLAG_NO_HANDLE_INHERIT      0x80
#define WSA_FLAG_REGISTERED_IO          0x100
#define FROM_PROTOCOL_INFO (-1)
#define SG_UNCONSTRAINED_GROUP 1
#define SG_CONSTRAINED_GROUP   2
#define CF_ACCEPT 0
#define CF_REJECT 1
#define CF_DEFER  2
#define JL_SENDER_ONLY   1
#define JL_RECEIVER_ONLY 2
#define JL_BOTH          4

/* Network events. */
#define FD_READ_BIT                     0
#define FD_WRITE_BIT                    1
#define FD_OOB_BIT                      2
#define FD_ACCEPT_BIT                   3
#define FD_CONNECT_BIT                  4
#define FD_CLOSE_BIT                    5
#define FD_QOS_BIT                      6
#define FD_GROUP_QOS_BIT                7
#define FD_ROUTING_INTERFACE_CHANGE_BIT 8
#define FD_ADDRESS_LIST_CHANGE_BIT      9
#define FD_MAX_EVENTS                   10
#define FD_READ                     (1 << FD_READ_BIT)
#define FD_WRITE                    (1 << FD_WRITE_BIT)
#define FD_OOB                      (1 << FD_OOB_BIT)
#define FD_ACCEPT                   (1 << FD_ACCEPT_BIT)
#define FD_CONNECT                  (1 << FD_CONNECT_BIT)
#define FD_CLOSE                    (1 << FD_CLOSE_BIT)
#define FD_QOS                      (1 << FD_QOS_BIT)
#define FD_GROUP_QOS                (1 << FD_GROUP_QOS_BIT)
#define FD_ROUTING_INTERFACE_CHANGE (1 << FD_ROUTING_INTERFACE_CHANGE_BIT)
#define FD_ADDRESS_LIST_CHANGE      (1 << FD_ADDRESS_LIST_CHANGE_BIT)
#define FD_ALL_EVENTS               ((1 << FD_MAX_EVENTS) - 1)

typedef struct _WSANETWORKEVENTS {
  LONG lNetworkEvents;
  int iErrorCode[FD_MAX_EVENTS];
} WSANETWORKEVENTS, *LPWSANETWORKEVENTS;

#define WSAGETASYNCBUFLEN(lParam)   LOWORD(lParam)
#define WSAGETASYNCERROR(lParam)    HIWORD(lParam)
#define WSAGETSELECTEVENT(lParam)   LOWORD(lParam)
#define WSAGETSELECTERROR(lParam)   HIWORD(lParam)
#define WSAMAKEASYNCREPLY(length, error) MAKELONG(length, error)
#define WSAMAKESELECTREPLY(event, error) MAKELONG(event, error)

/* Polling. */
#define POLLRDNORM 0x100
#define POLLRDBAND 0x200
#define POLLIN     (POLLRDNORM | POLLRDBAND)
#define POLLPRI    0x400
#define POLLWRNORM 0x10
#define POLLOUT    (POLLWRNORM)
#define POLLWRBAND 0x20
#define POLLERR    0x1
#define POLLHUP    0x2
#define POLLNVAL   0x4

typedef struct pollfd {
  SOCKET fd;
  SHORT events;
  SHORT revents;
} WSAPOLLFD, *PWSAPOLLFD, *LPWSAPOLLFD;

/* Overlapped I/O and events: types and values. */
typedef HANDLE WSAEVENT, *LPWSAEVENT;
typedef OVERLAPPED WSAOVERLAPPED, *LPWSAOVERLAPPED;
typedef void(CALLBACK *LPWSAOVERLAPPED_COMPLETION_ROUTINE)(DWORD dwError, DWORD cbTransferred,
                                                           LPWSAOVERLAPPED lpOverlapped, DWORD dwFlags);

#define WSA_IO_PENDING          ERROR_IO_PENDING
#define WSA_IO_INCOMPLETE       ERROR_IO_INCOMPLETE
#define WSA_INVALID_HANDLE      ERROR_INVALID_HANDLE
#define WSA_INVALID_PARAMETER   ERROR_INVALID_PARAMETER
#define WSA_NOT_ENOUGH_MEMORY   ERROR_NOT_ENOUGH_MEMORY
#define WSA_OPERATION_ABORTED   ERROR_OPERATION_ABORTED
#define WSA_INVALID_EVENT       ((WSAEVENT)NULL)
#define WSA_MAXIMUM_WAIT_EVENTS MAXIMUM_WAIT_OBJECTS
#define WSA_WAIT_FAILED        WAIT_FAILED
#define WSA_WAIT_EVENT_0       WAIT_OBJECT_0
#define WSA_WAIT_IO_COMPLETION WAIT_IO_COMPLETION
#define WSA_WAIT_TIMEOUT       WAIT_TIMEOUT
#define WSA_INFINITE           INFINITE

/* Quality of service, as connecting and accepting mention it. */
typedef struct _QualityOfService {
  FLOWSPEC SendingFlowspec;
  FLOWSPEC ReceivingFlowspec;
  WSABUF ProviderSpecific;
} QOS, *LPQOS;

typedef int(CALLBACK *LPCONDITIONPROC)(LPWSABUF lpCallerId, LPWSABUF lpCallerData, LPQOS lpSQOS, LPQOS lpGQOS,
                                       LPWSABUF lpCalleeId, LPWSABUF lpCalleeData, GROUP *g,
                                       DWORD_PTR dwCallbackData);

/* Protocols. */
#define MAX_PROTOCOL_CHAIN 7
#define BASE_PROTOCOL      1
#define LAYERED_PROTOCOL   0
#define WSAPROTOCOL_LEN    255

typedef struct _WSAPROTOCOLCHAIN {
  int ChainLen;
  DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;

typedef struct _WSAPROTOCOL_INFOA {
  DWORD dwServiceFlags1;
  DWORD dwServiceFlags2;
  DWORD dwServiceFlags3;
  DWORD dwServiceFlags4;
  DWORD dwProviderFlags;
  GUID ProviderId;
  DWORD dwCatalogEntryId;
  WSAPROTOCOLCHAIN ProtocolChain;
  int iVersion;
  int iAddressFamily;
  int iMaxSockAddr;
  int iMinSockAddr;
  int iSocketType;
  int iProtocol;
  int iProtocolMaxOffset;
  int iNetworkByteOrder;
  int iSecurityScheme;
  DWORD dwMessageSize;
  DWORD dwProviderReserved;
  CHAR szProtocol[WSAPROTOCOL_LEN + 1];
} WSAPROTOCOL_INFOA, *LPWSAPROTOCOL_INFOA;

typedef struct _WSAPROTOCOL_INFOW {
  DWORD dwServiceFlags1;
  DWORD dwServiceFlags2;
  DWORD dwServiceFlags3;
  DWORD dwServiceFlags4;
  DWORD dwProviderFlags;
  GUID ProviderId;
  DWORD dwCatalogEntryId;
  WSAPROTOCOLCHAIN ProtocolChain;
  int iVersion;
  int iAddressFamily;
  int iMaxSockAddr;
  int iMinSockAddr;
  int iSocketType;
  int iProtocol;
  int iProtocolMaxOffset;
  int iNetworkByteOrder;
  int iSecurityScheme;
  DWORD dwMessageSize;
  DWORD dwProviderReserved;
  WCHAR szProtocol[WSAPROTOCOL_LEN + 1];
} WSAPROTOCOL_INFOW, *LPWSAPROTOCOL_INFOW;

#define XP1_CONNECTIONLESS           0x1
#define XP1_GUARANTEED_DELIVERY      0x2
#define XP1_GUARANTEED_ORDER         0x4
#define XP1_MESSAGE_ORIENTED         0x8
#define XP1_PSEUDO_STREAM            0x10
#define XP1_GRACEFUL_CLOSE           0x20
#define XP1_EXPEDITED_DATA           0x40
#define XP1_CONNECT_DATA             0x80
#define XP1_DISCONNECT_DATA          0x100
#define XP1_SUPPORT_BROADCAST        0x200
#define XP1_SUPPORT_MULTIPOINT       0x400
#define XP1_MULTIPOINT_CONTROL_PLANE 0x800
#define XP1_MULTIPOINT_DATA_PLANE    0x1000
#define XP1_QOS_SUPPORTED            0x2000
#define XP1_INTERRUPT                0x4000
#define XP1_UNI_SEND                 0x8000
#define XP1_UNI_RECV                 0x00010000
#define XP1_IFS_HANDLES              0x00020000
#define XP1_PARTIAL_MESSAGE          0x00040000
#define XP1_SAN_SUPPORT_SDP          0x00080000
#define PFL_MULTIPLE_PROTO_ENTRIES  0x1
#define PFL_RECOMMENDED_PROTO_ENTRY 0x2
#define PFL_HIDDEN                  0x4
#define PFL_MATCHES_PROTOCOL_ZERO   0x8
#define PFL_NETWORKDIRECT_PROVIDER  0x10
#define BIGENDIAN              0
#define LITTLEENDIAN           1
#define SECURITY_PROTOCOL_NONE 0

#ifdef UNICODE
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#define WSAAddressToString WSAAddressToStringW
#define WSAConnectByName   WSAConnectByNameW
#define WSADuplicateSocket WSADuplicateSocketW
#define WSAEnumProtocols   WSAEnumProtocolsW
#define WSASocket          WSASocketW
#define WSAStringToAddress WSAStringToAddressW
#else
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#define WSAAddressToString WSAAddressToStringA
#define WSAConnectByName   WSAConnectByNameA
#define WSADuplicateSocket WSADuplicateSocketA
#define WSAEnumProtocols   WSAEnumProtocolsA
#define WSASocket          WSASocketA
#define WSAStringToAddress WSAStringToAddressA
#endif

_WS2_BEGIN_DECLS

/* Windows Sockets 1.1. */
SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen) _WS2_SYMBOL(accept);
int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen) _WS2_SYMBOL(bind);
int WSAAPI closesocket(SOCKET s);
int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen) _WS2_SYMBOL(connect);
struct hostent *WSAAPI gethostbyaddr(const char *addr, int len, int type) _WS2_SYMBOL(gethostbyaddr);
struct hostent *WSAAPI gethostbyname(const char *name) _WS2_SYMBOL(gethostbyname);
int WSAAPI gethostname(char *name, int namelen) _WS2_SYMBOL(gethostname);
int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen) _WS2_SYMBOL(getpeername);
struct protoent *WSAAPI getprotobyname(const char *name) _WS2_SYMBOL(getprotobyname);
struct protoent *WSAAPI getprotobynumber(int number) _WS2_SYMBOL(getprotobynumber);
struct servent *WSAAPI getservbyname(const char *name, const char *proto) _WS2_SYMBOL(getservbyname);
struct servent *WSAAPI getservbyport(int port, const char *proto) _WS2_SYMBOL(getservbyport);
int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen) _WS2_SYMBOL(getsockname);
int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen) _WS2_SYMBOL(getsockopt);
u_long WSAAPI htonl(u_long hostlong) _WS2_SYMBOL(htonl);
u_short WSAAPI htons(u_short hostshort) _WS2_SYMBOL(htons);
u_long WSAAPI inet_addr(const char *cp) _WS2_SYMBOL(inet_addr);
char *WSAAPI inet_ntoa(struct in_addr in) _WS2_SYMBOL(inet_ntoa);
int WSAAPI ioctlsocket(SOCKET s, LONG cmd, u_long *argp);
int WSAAPI listen(SOCKET s, int backlog) _WS2_SYMBOL(listen);
u_long WSAAPI ntohl(u_long netlong) _WS2_SYMBOL(ntohl);
u_short WSAAPI ntohs(u_short netshort) _WS2_SYMBOL(ntohs);
int WSAAPI recv(SOCKET s, char *buf, int len, int flags) _WS2_SYMBOL(recv);
int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
    _WS2_SYMBOL(recvfrom);
int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds,
                  const struct timeval *timeout) _WS2_SYMBOL(select);
int WSAAPI send(SOCKET s, const char *buf, int len, int flags) _WS2_SYMBOL(send);
int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to, int tolen)
    _WS2_SYMBOL(sendto);
int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen)
    _WS2_SYMBOL(setsockopt);
int WSAAPI shutdown(SOCKET s, int how) _WS2_SYMBOL(shutdown);
SOCKET WSAAPI socket(int af, int type, int protocol) _WS2_SYMBOL(socket);
int WSAAPI WSACleanup(void);
int WSAAPI WSAGetLastError(void);
void WSAAPI WSASetLastError(int iError);
int WSAAPI WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData);

/* Windows Sockets 2. */
int WSAAPI GetHostNameW(PWSTR name, int namelen);
SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                        DWORD_PTR dwCallbackData);
INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOA lpProtocolInfo, LPSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength,
                               LPWSAPROTOCOL_INFOW lpProtocolInfo, LPWSTR lpszAddressString,
                               LPDWORD lpdwAddressStringLength);
int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS);
BOOL WSAAPI WSAConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress, LPDWORD LocalAddressLength,
                             LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                             const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
BOOL WSAAPI WSAConnectByNameA(SOCKET s, LPCSTR nodename, LPCSTR servicename, LPDWORD LocalAddressLength,
                              LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
BOOL WSAAPI WSAConnectByNameW(SOCKET s, LPWSTR nodename, LPWSTR servicename, LPDWORD LocalAddressLength,
                              LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo);
int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo);
int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer,
                             LPDWORD lpdwBufferLength);
int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer,
                             LPDWORD lpdwBufferLength);
int WSAAPI WSAHtonl(SOCKET s, u_long hostlong, u_long *lpnetlong);
int WSAAPI WSAHtons(SOCKET s, u_short hostshort, u_short *lpnetshort);
int WSAAPI WSANtohl(SOCKET s, u_long netlong, u_long *lphostlong);
int WSAAPI WSANtohs(SOCKET s, u_short netshort, u_short *lphostshort);
int WSAAPI WSAPoll(LPWSAPOLLFD fdArray, ULONG fds, INT timeout);
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData);
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData);
SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo, GROUP g,
                         DWORD dwFlags);
SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g,
                         DWORD dwFlags);
INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength);
INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength);

/* Windows Sockets 2: overlapped I/O and events. */
int WSAAPI WSAAsyncSelect(SOCKET s, HWND hWnd, u_int wMsg, LONG lEvent);
BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent);
WSAEVENT WSAAPI WSACreateEvent(void);
int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents);
int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents);
BOOL WSAAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                                   LPDWORD lpdwFlags);
int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer,
                    LPVOID lpvOutBuffer, DWORD cbOutBuffer, LPDWORD lpcbBytesReturned, LPWSAOVERLAPPED lpOverlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                   LPDWORD lpFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen,
                       LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent);
int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                   DWORD dwFlags, LPWSAOVERLAPPED lpOverlapped,
                   LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent,
                     DWORD dwFlags, const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
BOOL WSAAPI WSASetEvent(WSAEVENT hEvent);
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll,
                                      DWORD dwTimeout, BOOL fAlertable);

_WS2_END_DECLS

/* Programs that were written when u_long was unsigned long say so. */
#ifdef __cplusplus
inline int ioctlsocket(SOCKET s, LONG cmd, unsigned long *argp) {
  u_long value = argp ? static_cast<u_long>(*argp) : 0;
  int result = ioctlsocket(s, cmd, argp ? &value : static_cast<u_long *>(0));
  if (argp && result == 0) *argp = value;
  return result;
}
#endif

#endif
