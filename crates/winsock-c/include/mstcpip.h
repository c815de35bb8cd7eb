/* mstcpip.h: Microsoft's own ioctls for TCP/IP, what they take, and socket addresses of either family.
 *
 * Owns the SIO_ codes of this vendor with their structs, and the INETADDR_ helpers.
 */
#ifndef _MSTCPIP_
#define _MSTCPIP_

#include <winsock2.h>
#include <ws2tcpip.h>

/* Ioctls of TCP/IP. */
#define SIO_RCVALL                     0x98000001
#define SIO_RCVALL_MCAST               0x98000002
#define SIO_RCVALL_IGMPMCAST           0x98000003
#define SIO_KEEPALIVE_VALS             0x98000004
#define SIO_ABSORB_RTRALERT            0x98000005
#define SIO_UCAST_IF                   0x98000006
#define SIO_LIMIT_BROADCASTS           0x98000007
#define SIO_INDEX_BIND                 0x98000008
#define SIO_INDEX_MCASTIF              0x98000009
#define SIO_INDEX_ADD_MCAST            0x9800000A
#define SIO_INDEX_DEL_MCAST            0x9800000B
#define SIO_UDP_CONNRESET              0x9800000C
#define SIO_RCVALL_MCAST_IF            0x9800000D
#define SIO_SOCKET_CLOSE_NOTIFY        0x9800000D
#define SIO_RCVALL_IF                  0x9800000E
#define SIO_UDP_NETRESET               0x9800000F
#define SIO_LOOPBACK_FAST_PATH         0x98000010
#define SIO_TCP_INITIAL_RTO            0x98000011
#define SIO_APPLY_TRANSPORT_SETTING    0x98000013
#define SIO_QUERY_TRANSPORT_SETTING    0x98000014
#define SIO_TCP_SET_ICW                0x98000016
#define SIO_TCP_SET_ACK_FREQUENCY      0x98000017
#define SIO_PRIORITY_HINT              0x98000018
#define SIO_TCP_INFO                   0xD8000027
#define SIO_CPU_AFFINITY               0x98000015
#define SIO_TIMESTAMPING               0x980000EB
#define SIO_GET_TX_TIMESTAMP           0x980000EA
#define SIO_ACQUIRE_PORT_RESERVATION   0x98000064
#define SIO_RELEASE_PORT_RESERVATION   0x98000065
#define SIO_ASSOCIATE_PORT_RESERVATION 0x98000066

/* SIO_KEEPALIVE_VALS: milliseconds. */
struct tcp_keepalive {
  ULONG onoff;
  ULONG keepalivetime;
  ULONG keepaliveinterval;
};

/* SIO_RCVALL. */
typedef int RCVALL_VALUE, *PRCVALL_VALUE;
#define RCVALL_OFF             0
#define RCVALL_ON              1
#define RCVALL_SOCKETLEVELONLY 2
#define RCVALL_IPLEVEL         3

typedef struct {
  RCVALL_VALUE Mode;
  ULONG Interface;
} RCVALL_IF, *PRCVALL_IF;

/* SIO_TCP_INITIAL_RTO. */
#define TCP_INITIAL_RTO_DEFAULT_RTT                     0x0
#define TCP_INITIAL_RTO_DEFAULT_MAX_SYN_RETRANSMISSIONS 0x0
#define TCP_INITIAL_RTO_UNSPECIFIED_RTT                     ((USHORT)-1)
#define TCP_INITIAL_RTO_UNSPECIFIED_MAX_SYN_RETRANSMISSIONS ((UCHAR)-1)
#define TCP_INITIAL_RTO_NO_SYN_RETRANSMISSIONS              ((UCHAR)-2)

typedef struct _TCP_INITIAL_RTO_PARAMETERS {
  USHORT Rtt;
  UCHAR MaxSynRetransmissions;
} TCP_INITIAL_RTO_PARAMETERS, *PTCP_INITIAL_RTO_PARAMETERS;

/* SIO_TCP_SET_ICW and SIO_TCP_SET_ACK_FREQUENCY. */
typedef int TCP_ICW_LEVEL, *PTCP_ICW_LEVEL;
#define TCP_ICW_LEVEL_DEFAULT      0
#define TCP_ICW_LEVEL_HIGH         1
#define TCP_ICW_LEVEL_VERY_HIGH    2
#define TCP_ICW_LEVEL_AGGRESSIVE   3
#define TCP_ICW_LEVEL_EXPERIMENTAL 4
#define TCP_ICW_LEVEL_COMPAT       254
#define TCP_ICW_LEVEL_MAX          255

typedef struct _TCP_ICW_PARAMETERS {
  TCP_ICW_LEVEL Level;
} TCP_ICW_PARAMETERS, *PTCP_ICW_PARAMETERS;

typedef struct _TCP_ACK_FREQUENCY_PARAMETERS {
  UCHAR TcpDelayedAckFrequency;
} TCP_ACK_FREQUENCY_PARAMETERS, *PTCP_ACK_FREQUENCY_PARAMETERS;

/* SIO_TCP_INFO. */
typedef int TCPSTATE;
#define TCPSTATE_CLOSED      0
#define TCPSTATE_LISTEN      1
#define TCPSTATE_SYN_SENT    2
#define TCPSTATE_SYN_RCVD    3
#define TCPSTATE_ESTABLISHED 4
#define TCPSTATE_FIN_WAIT_1  5
#define TCPSTATE_FIN_WAIT_2  6
#define TCPSTATE_CLOSE_WAIT  7
#define TCPSTATE_CLOSING     8
#define TCPSTATE_LAST_ACK    9
#define TCPSTATE_TIME_WAIT   10
#define TCPSTATE_MAX         11

typedef struct _TCP_INFO_v0 {
  TCPSTATE State;
  ULONG Mss;
  ULONG64 ConnectionTimeMs;
  BOOLEAN TimestampsEnabled;
  ULONG RttUs;
  ULONG MinRttUs;
  ULONG BytesInFlight;
  ULONG Cwnd;
  ULONG SndWnd;
  ULONG RcvWnd;
  ULONG RcvBuf;
  ULONG64 BytesOut;
  ULONG64 BytesIn;
  ULONG BytesReordered;
  ULONG BytesRetrans;
  ULONG FastRetrans;
  ULONG DupAcksIn;
  ULONG TimeoutEpisodes;
  UCHAR SynRetrans;
} TCP_INFO_v0, *PTCP_INFO_v0;

typedef struct _TCP_INFO_v1 {
  TCPSTATE State;
  ULONG Mss;
  ULONG64 ConnectionTimeMs;
  BOOLEAN TimestampsEnabled;
  ULONG RttUs;
  ULONG MinRttUs;
  ULONG BytesInFlight;
  ULONG Cwnd;
  ULONG SndWnd;
  ULONG RcvWnd;
  ULONG RcvBuf;
  ULONG64 BytesOut;
  ULONG64 BytesIn;
  ULONG BytesReordered;
  ULONG BytesRetrans;
  ULONG FastRetrans;
  ULONG DupAcksIn;
  ULONG TimeoutEpisodes;
  UCHAR SynRetrans;
  ULONG SndLimTransRwin;
  ULONG SndLimTimeRwin;
  ULONG64 SndLimBytesRwin;
  ULONG SndLimTransCwnd;
  ULONG SndLimTimeCwnd;
  ULONG64 SndLimBytesCwnd;
  ULONG SndLimTransSnd;
  ULONG SndLimTimeSnd;
  ULONG64 SndLimBytesSnd;
} TCP_INFO_v1, *PTCP_INFO_v1;

/* SIO_TIMESTAMPING. */
#define TIMESTAMPING_FLAG_RX 0x1
#define TIMESTAMPING_FLAG_TX 0x2

typedef struct _TIMESTAMPING_CONFIG {
  ULONG Flags;
  USHORT TxTimestampsBuffered;
} TIMESTAMPING_CONFIG, *PTIMESTAMPING_CONFIG;

/* SIO_ACQUIRE_PORT_RESERVATION and the two that follow it. */
typedef struct _INET_PORT_RANGE {
  USHORT StartPort;
  USHORT NumberOfPorts;
} INET_PORT_RANGE, *PINET_PORT_RANGE, INET_PORT_RESERVATION, *PINET_PORT_RESERVATION;

typedef struct {
  ULONG64 Token;
} INET_PORT_RESERVATION_TOKEN, *PINET_PORT_RESERVATION_TOKEN;

typedef struct {
  INET_PORT_RESERVATION Reservation;
  INET_PORT_RESERVATION_TOKEN Token;
} INET_PORT_RESERVATION_INSTANCE, *PINET_PORT_RESERVATION_INSTANCE;

typedef struct {
  ULONG OwningPid;
} INET_PORT_RESERVATION_INFORMATION, *PINET_PORT_RESERVATION_INFORMATION;

/* SIO_APPLY_TRANSPORT_SETTING and SIO_QUERY_TRANSPORT_SETTING. */
typedef struct TRANSPORT_SETTING_ID {
  GUID Guid;
} TRANSPORT_SETTING_ID, *PTRANSPORT_SETTING_ID;

/* IPv4 addresses, in network byte order. */
#define IN4ADDR_ANY       0x0
#define IN4ADDR_LOOPBACK  0x0100007F
#define IN4ADDR_BROADCAST 0xFFFFFFFF
#define IN4ADDR_LOOPBACKPREFIX_LENGTH  8
#define IN4ADDR_LINKLOCALPREFIX_LENGTH 16
#define IN4ADDR_MULTICASTPREFIX_LENGTH 4

_WS2_INLINE BOOLEAN IN4_ADDR_EQUAL(const IN_ADDR *a, const IN_ADDR *b) { return a->s_addr == b->s_addr; }
_WS2_INLINE BOOLEAN IN4_IS_ADDR_UNSPECIFIED(const IN_ADDR *a) { return a->s_addr == IN4ADDR_ANY; }
_WS2_INLINE BOOLEAN IN4_IS_ADDR_LOOPBACK(const IN_ADDR *a) { return a->S_un.S_un_b.s_b1 == 127; }
_WS2_INLINE BOOLEAN IN4_IS_ADDR_BROADCAST(const IN_ADDR *a) { return a->s_addr == IN4ADDR_BROADCAST; }
_WS2_INLINE BOOLEAN IN4_IS_ADDR_MULTICAST(const IN_ADDR *a) { return (a->S_un.S_un_b.s_b1 & 0xf0) == 0xe0; }

_WS2_INLINE void IN4ADDR_SETANY(struct sockaddr_in *a) {
  memset(a, 0, sizeof *a);
  a->sin_family = AF_INET;
}
_WS2_INLINE void IN4ADDR_SETLOOPBACK(struct sockaddr_in *a) {
  IN4ADDR_SETANY(a);
  a->sin_addr.s_addr = IN4ADDR_LOOPBACK;
}
_WS2_INLINE BOOLEAN IN4ADDR_ISANY(const struct sockaddr_in *a) {
  return a->sin_family == AF_INET && IN4_IS_ADDR_UNSPECIFIED(&a->sin_addr);
}
_WS2_INLINE BOOLEAN IN4ADDR_ISLOOPBACK(const struct sockaddr_in *a) {
  return a->sin_family == AF_INET && IN4_IS_ADDR_LOOPBACK(&a->sin_addr);
}
_WS2_INLINE BOOLEAN IN6ADDR_ISV4MAPPED(const struct sockaddr_in6 *a) {
  return a->sin6_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&a->sin6_addr);
}

/* Socket addresses of either family. The family is the caller's: these change and read the rest. */
_WS2_INLINE BOOLEAN INETADDR_ISANY(const SOCKADDR *a) {
  return a->sa_family == AF_INET6 ? IN6ADDR_ISANY((const SOCKADDR_IN6 *)(const void *)a)
                                  : IN4ADDR_ISANY((const SOCKADDR_IN *)(const void *)a);
}
_WS2_INLINE BOOLEAN INETADDR_ISLOOPBACK(const SOCKADDR *a) {
  return a->sa_family == AF_INET6 ? IN6ADDR_ISLOOPBACK((const SOCKADDR_IN6 *)(const void *)a)
                                  : IN4ADDR_ISLOOPBACK((const SOCKADDR_IN *)(const void *)a);
}
_WS2_INLINE BOOLEAN INETADDR_ISV4MAPPED(const SOCKADDR *a) {
  return a->sa_family == AF_INET6 && IN6ADDR_ISV4MAPPED((const SOCKADDR_IN6 *)(const void *)a);
}
_WS2_INLINE void INETADDR_SETANY(SOCKADDR *a) {
  if (a->sa_family == AF_INET6)
    IN6ADDR_SETANY((SOCKADDR_IN6 *)(void *)a);
  else
    IN4ADDR_SETANY((SOCKADDR_IN *)(void *)a);
}
_WS2_INLINE void INETADDR_SETLOOPBACK(SOCKADDR *a) {
  if (a->sa_family == AF_INET6)
    IN6ADDR_SETLOOPBACK((SOCKADDR_IN6 *)(void *)a);
  else
    IN4ADDR_SETLOOPBACK((SOCKADDR_IN *)(void *)a);
}
_WS2_INLINE USHORT INETADDR_PORT(const SOCKADDR *a) {
  return ((const SOCKADDR_IN *)(const void *)a)->sin_port;
}
_WS2_INLINE void INETADDR_SET_PORT(SOCKADDR *a, USHORT port) { ((SOCKADDR_IN *)(void *)a)->sin_port = port; }
_WS2_INLINE UCHAR *INETADDR_ADDRESS(const SOCKADDR *a) {
  return a->sa_family == AF_INET6 ? (UCHAR *)&((SOCKADDR_IN6 *)(void *)a)->sin6_addr
                                  : (UCHAR *)&((SOCKADDR_IN *)(void *)a)->sin_addr;
}

#endif
