/* ws2def.h: what sockets are made of.
 *
 * Owns address families, socket types, levels and protocols, the generic and the IPv4 socket address,
 * the ioctl codes, scatter/gather buffers and messages with control data, and the result of name
 * resolution with its flags. Knows nothing about IPv6 addresses and multicast options (ws2ipdef.h) and
 * declares no function.
 */
#ifndef _WS2DEF_
#define _WS2DEF_

#include <_ws2/libc.h>
#include <inaddr.h>
#include <minwindef.h>
#include <winerror.h>

/* Address families. */
typedef USHORT ADDRESS_FAMILY;
#define AF_UNSPEC     0
#define AF_UNIX       1
#define AF_INET       2
#define AF_IMPLINK    3
#define AF_PUP        4
#define AF_CHAOS      5
#define AF_NS         6
#define AF_IPX        6
#define AF_ISO        7
#define AF_OSI        7
#define AF_ECMA       8
#define AF_DATAKIT    9
#define AF_CCITT      10
#define AF_SNA        11
#define AF_DECnet     12
#define AF_DLI        13
#define AF_LAT        14
#define AF_HYLINK     15
#define AF_APPLETALK  16
#define AF_NETBIOS    17
#define AF_VOICEVIEW  18
#define AF_FIREFOX    19
#define AF_UNKNOWN1   20
#define AF_BAN        21
#define AF_ATM        22
#define AF_INET6      23
#define AF_CLUSTER    24
#define AF_12844      25
#define AF_IRDA       26
#define AF_NETDES     28
#define AF_TCNPROCESS 29
#define AF_TCNMESSAGE 30
#define AF_ICLFXBM    31
#define AF_LINK       33
#define AF_HYPERV     34
#define AF_BTH        32
#define AF_MAX        35

#define PF_UNSPEC     AF_UNSPEC
#define PF_UNIX       AF_UNIX
#define PF_INET       AF_INET
#define PF_IMPLINK    AF_IMPLINK
#define PF_PUP        AF_PUP
#define PF_CHAOS      AF_CHAOS
#define PF_NS         AF_NS
#define PF_IPX        AF_IPX
#define PF_ISO        AF_ISO
#define PF_OSI        AF_OSI
#define PF_ECMA       AF_ECMA
#define PF_DATAKIT    AF_DATAKIT
#define PF_CCITT      AF_CCITT
#define PF_SNA        AF_SNA
#define PF_DECnet     AF_DECnet
#define PF_DLI        AF_DLI
#define PF_LAT        AF_LAT
#define PF_HYLINK     AF_HYLINK
#define PF_APPLETALK  AF_APPLETALK
#define PF_VOICEVIEW  AF_VOICEVIEW
#define PF_FIREFOX    AF_FIREFOX
#define PF_UNKNOWN1   AF_UNKNOWN1
#define PF_BAN        AF_BAN
#define PF_ATM        AF_ATM
#define PF_INET6      AF_INET6
#define PF_IRDA       AF_IRDA
#define PF_BTH        AF_BTH
#define PF_MAX        AF_MAX

/* Socket types. */
#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_RDM       4
#define SOCK_SEQPACKET 5

/* Option levels, and the options of SOL_SOCKET that came with Windows Vista and later. */
#define SOL_SOCKET 0xFFFF
#define SOL_IP   0xFFFB
#define SOL_IPV6 0xFFFA
#define SO_DEBUG               0x1
#define SO_ACCEPTCONN          0x2
#define SO_REUSEADDR           0x4
#define SO_KEEPALIVE           0x8
#define SO_DONTROUTE           0x10
#define SO_BROADCAST           0x20
#define SO_USELOOPBACK         0x40
#define SO_LINGER              0x80
#define SO_OOBINLINE           0x100
#define SO_SNDBUF              0x1001
#define SO_RCVBUF              0x1002
#define SO_SNDLOWAT            0x1003
#define SO_RCVLOWAT            0x1004
#define SO_SNDTIMEO            0x1005
#define SO_RCVTIMEO            0x1006
#define SO_ERROR               0x1007
#define SO_TYPE                0x1008
#define SO_BSP_STATE           0x1009
#define SO_GROUP_ID            0x2001
#define SO_GROUP_PRIORITY      0x2002
#define SO_MAX_MSG_SIZE        0x2003
#define SO_CONDITIONAL_ACCEPT  0x3002
#define SO_PAUSE_ACCEPT        0x3003
#define SO_COMPARTMENT_ID      0x3004
#define SO_RANDOMIZE_PORT      0x3005
#define SO_PORT_SCALABILITY    0x3006
#define SO_REUSE_UNICASTPORT   0x3007
#define SO_REUSE_MULTICASTPORT 0x3008
#define SO_ORIGINAL_DST        0x300F
#define SO_TIMESTAMP           0x300A
#define SO_TIMESTAMP_ID        0x300B
#define SO_DONTLINGER       ((int)~SO_LINGER)
#define SO_EXCLUSIVEADDRUSE ((int)~SO_REUSEADDR)
#define WSK_SO_BASE 0x4000
#define TCP_NODELAY 1

/* Protocols. */
typedef int IPPROTO, *PIPPROTO;
#define IPPROTO_IP       0
#define IPPROTO_HOPOPTS  0
#define IPPROTO_ICMP     1
#define IPPROTO_IGMP     2
#define IPPROTO_GGP      3
#define IPPROTO_IPV4     4
#define IPPROTO_ST       5
#define IPPROTO_TCP      6
#define IPPROTO_CBT      7
#define IPPROTO_EGP      8
#define IPPROTO_IGP      9
#define IPPROTO_PUP      12
#define IPPROTO_UDP      17
#define IPPROTO_IDP      22
#define IPPROTO_RDP      27
#define IPPROTO_IPV6     41
#define IPPROTO_ROUTING  43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ESP      50
#define IPPROTO_AH       51
#define IPPROTO_ICMPV6   58
#define IPPROTO_NONE     59
#define IPPROTO_DSTOPTS  60
#define IPPROTO_ND       77
#define IPPROTO_ICLFXBM  78
#define IPPROTO_PIM      103
#define IPPROTO_PGM      113
#define IPPROTO_L2TP     115
#define IPPROTO_SCTP     132
#define IPPROTO_RAW      255
#define IPPROTO_MAX      256

/* Well-known ports. */
#define IPPORT_TCPMUX         1
#define IPPORT_ECHO           7
#define IPPORT_DISCARD        9
#define IPPORT_SYSTAT         11
#define IPPORT_DAYTIME        13
#define IPPORT_NETSTAT        15
#define IPPORT_QOTD           17
#define IPPORT_MSP            18
#define IPPORT_CHARGEN        19
#define IPPORT_FTP_DATA       20
#define IPPORT_FTP            21
#define IPPORT_TELNET         23
#define IPPORT_SMTP           25
#define IPPORT_TIMESERVER     37
#define IPPORT_NAMESERVER     42
#define IPPORT_WHOIS          43
#define IPPORT_MTP            57
#define IPPORT_TFTP           69
#define IPPORT_RJE            77
#define IPPORT_FINGER         79
#define IPPORT_TTYLINK        87
#define IPPORT_SUPDUP         95
#define IPPORT_POP3           110
#define IPPORT_NTP            123
#define IPPORT_EPMAP          135
#define IPPORT_NETBIOS_NS     137
#define IPPORT_NETBIOS_DGM    138
#define IPPORT_NETBIOS_SSN    139
#define IPPORT_IMAP           143
#define IPPORT_SNMP           161
#define IPPORT_SNMP_TRAP      162
#define IPPORT_IMAP3          220
#define IPPORT_LDAP           389
#define IPPORT_HTTPS          443
#define IPPORT_MICROSOFT_DS   445
#define IPPORT_EXECSERVER     512
#define IPPORT_LOGINSERVER    513
#define IPPORT_CMDSERVER      514
#define IPPORT_EFSSERVER      520
#define IPPORT_BIFFUDP        512
#define IPPORT_WHOSERVER      513
#define IPPORT_ROUTESERVER    520
#define IPPORT_RESERVED       1024
#define IPPORT_REGISTERED_MIN 1024
#define IPPORT_REGISTERED_MAX 49151
#define IPPORT_DYNAMIC_MIN    49152
#define IPPORT_DYNAMIC_MAX    65535

/* IPv4 addresses in host byte order, and their classes. */
#define INADDR_ANY       ((ULONG)0x00000000)
#define ADDR_ANY         INADDR_ANY
#define INADDR_LOOPBACK  0x7F000001
#define INADDR_BROADCAST ((ULONG)0xFFFFFFFF)
#define INADDR_NONE      0xFFFFFFFF

#define IN_CLASSA(i)   (((LONG)(i) & 0x80000000) == 0)
#define IN_CLASSB(i)   (((LONG)(i) & 0xC0000000) == 0x80000000)
#define IN_CLASSC(i)   (((LONG)(i) & 0xE0000000) == 0xC0000000)
#define IN_CLASSD(i)   (((LONG)(i) & 0xF0000000) == 0xE0000000)
#define IN_MULTICAST(i) IN_CLASSD(i)
#define IN_CLASSA_NET    0xFF000000
#define IN_CLASSA_NSHIFT 0x18
#define IN_CLASSA_HOST   0x00FFFFFF
#define IN_CLASSA_MAX    0x80
#define IN_CLASSB_NET    0xFFFF0000
#define IN_CLASSB_NSHIFT 0x10
#define IN_CLASSB_HOST   0xFFFF
#define IN_CLASSB_MAX    0x00010000
#define IN_CLASSC_NET    0xFFFFFF00
#define IN_CLASSC_NSHIFT 0x8
#define IN_CLASSC_HOST   0xFF
#define IN_CLASSD_NET    0xF0000000
#define IN_CLASSD_NSHIFT 0x1C
#define IN_CLASSD_HOST   0x0FFFFFFF

/* Socket addresses. */
typedef struct sockaddr {
  ADDRESS_FAMILY sa_family;
  CHAR sa_data[14];
} SOCKADDR, *PSOCKADDR, *LPSOCKADDR;

typedef struct _SOCKET_ADDRESS {
  LPSOCKADDR lpSockaddr;
  INT iSockaddrLength;
} SOCKET_ADDRESS, *PSOCKET_ADDRESS, *LPSOCKET_ADDRESS;

typedef struct _SOCKET_ADDRESS_LIST {
  INT iAddressCount;
  SOCKET_ADDRESS Address[1];
} SOCKET_ADDRESS_LIST, *PSOCKET_ADDRESS_LIST, *LPSOCKET_ADDRESS_LIST;

#define SIZEOF_SOCKET_ADDRESS_LIST(count) \
  (FIELD_OFFSET(SOCKET_ADDRESS_LIST, Address) + (count) * sizeof(SOCKET_ADDRESS))

typedef struct _CSADDR_INFO {
  SOCKET_ADDRESS LocalAddr;
  SOCKET_ADDRESS RemoteAddr;
  INT iSocketType;
  INT iProtocol;
} CSADDR_INFO, *PCSADDR_INFO, *LPCSADDR_INFO;

#define _SS_MAXSIZE   128
#define _SS_ALIGNSIZE (sizeof(__int64))
#define _SS_PAD1SIZE  (_SS_ALIGNSIZE - sizeof(USHORT))
#define _SS_PAD2SIZE  (_SS_MAXSIZE - (sizeof(USHORT) + _SS_PAD1SIZE + _SS_ALIGNSIZE))

typedef struct sockaddr_storage {
  ADDRESS_FAMILY ss_family;
  CHAR __ss_pad1[_SS_PAD1SIZE];
  __int64 __ss_align;
  CHAR __ss_pad2[_SS_PAD2SIZE];
} SOCKADDR_STORAGE_LH, *PSOCKADDR_STORAGE_LH, *LPSOCKADDR_STORAGE_LH;
typedef SOCKADDR_STORAGE_LH SOCKADDR_STORAGE, *PSOCKADDR_STORAGE, *LPSOCKADDR_STORAGE;

typedef struct sockaddr_in {
  ADDRESS_FAMILY sin_family;
  USHORT sin_port;
  IN_ADDR sin_addr;
  CHAR sin_zero[8];
} SOCKADDR_IN, *PSOCKADDR_IN;

/* The zone of an IPv6 scope. */
typedef int SCOPE_LEVEL;
#define ScopeLevelInterface    1
#define ScopeLevelLink         2
#define ScopeLevelSubnet       3
#define ScopeLevelAdmin        4
#define ScopeLevelSite         5
#define ScopeLevelOrganization 8
#define ScopeLevelGlobal       14
#define ScopeLevelCount        16

__extension__ typedef struct {
  union {
    struct {
      ULONG Zone : 28;
      ULONG Level : 4;
    };
    ULONG Value;
  };
} SCOPE_ID, *PSCOPE_ID;

#define SCOPEID_UNSPECIFIED_INIT {{{0, 0}}}

/* Ioctl codes: how they are built, and those of every kind of socket. */
#define IOC_UNIX     0x0
#define IOC_WS2      0x08000000
#define IOC_PROTOCOL 0x10000000
#define IOC_VENDOR   0x18000000
#define IOCPARM_MASK 0x7F
#define IOC_VOID     0x20000000
#define IOC_OUT      0x40000000
#define IOC_IN       0x80000000
#define IOC_INOUT    0xC0000000

#define _WSAIO(group, code)   (IOC_VOID | (group) | (code))
#define _WSAIOR(group, code)  (IOC_OUT | (group) | (code))
#define _WSAIOW(group, code)  (IOC_IN | (group) | (code))
#define _WSAIORW(group, code) (IOC_INOUT | (group) | (code))

#define SIO_ASSOCIATE_HANDLE                        0x88000001
#define SIO_ENABLE_CIRCULAR_QUEUEING                0x28000002
#define SIO_FIND_ROUTE                              0x48000003
#define SIO_FLUSH                                   0x28000004
#define SIO_GET_BROADCAST_ADDRESS                   0x48000005
#define SIO_GET_EXTENSION_FUNCTION_POINTER          0xC8000006
#define SIO_GET_QOS                                 0xC8000007
#define SIO_GET_GROUP_QOS                           0xC8000008
#define SIO_MULTIPOINT_LOOPBACK                     0x88000009
#define SIO_MULTICAST_SCOPE                         0x8800000A
#define SIO_SET_QOS                                 0x8800000B
#define SIO_SET_GROUP_QOS                           0x8800000C
#define SIO_TRANSLATE_HANDLE                        0xC800000D
#define SIO_ROUTING_INTERFACE_QUERY                 0xC8000014
#define SIO_ROUTING_INTERFACE_CHANGE                0x88000015
#define SIO_ADDRESS_LIST_QUERY                      0x48000016
#define SIO_ADDRESS_LIST_CHANGE                     0x28000017
#define SIO_QUERY_TARGET_PNP_HANDLE                 0x48000018
#define SIO_NSP_NOTIFY_CHANGE                       0x88000019
#define SIO_ADDRESS_LIST_SORT                       0xC8000019
#define SIO_RESERVED_1                              0x8800001A
#define SIO_BSP_HANDLE                              0x4800001B
#define SIO_BSP_HANDLE_SELECT                       0x4800001C
#define SIO_BSP_HANDLE_POLL                         0x4800001D
#define SIO_EXT_SELECT                              0xC800001E
#define SIO_EXT_POLL                                0xC800001F
#define SIO_EXT_SENDMSG                             0xC8000020
#define SIO_RESERVED_2                              0x88000021
#define SIO_BASE_HANDLE                             0x48000022
#define SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER 0xC8000024
#define SIO_QUERY_RSS_SCALABILITY_INFO              0x580000D2
#define SIO_QUERY_WFP_ALE_ENDPOINT_HANDLE           0x580000CD
#define SIO_QUERY_RSS_PROCESSOR_INFO                0x48000025

/* Buffers, messages and their control data. */
typedef struct _WSABUF {
  ULONG len;
  CHAR *buf;
} WSABUF, *PWSABUF, *LPWSABUF;

typedef struct _WSAMSG {
  LPSOCKADDR name;
  INT namelen;
  LPWSABUF lpBuffers;
  ULONG dwBufferCount;
  WSABUF Control;
  ULONG dwFlags;
} WSAMSG, *PWSAMSG, *LPWSAMSG;

typedef struct cmsghdr {
  SIZE_T cmsg_len;
  INT cmsg_level;
  INT cmsg_type;
} WSACMSGHDR, *PWSACMSGHDR, *LPWSACMSGHDR, CMSGHDR, *PCMSGHDR;

#define WSA_CMSGHDR_ALIGN(length)  (((length) + __alignof__(WSACMSGHDR) - 1) & ~(__alignof__(WSACMSGHDR) - 1))
#define WSA_CMSGDATA_ALIGN(length) (((length) + sizeof(ULONG_PTR) - 1) & ~(sizeof(ULONG_PTR) - 1))

#define WSA_CMSG_FIRSTHDR(msg) \
  (((msg)->Control.len >= sizeof(WSACMSGHDR)) ? (LPWSACMSGHDR)(void *)(msg)->Control.buf : (LPWSACMSGHDR)NULL)
#define WSA_CMSG_NXTHDR(msg, cmsg)                                                                       \
  (((cmsg) == NULL) ? WSA_CMSG_FIRSTHDR(msg)                                                             \
   : ((PUCHAR)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len) + sizeof(WSACMSGHDR) >                        \
      (PUCHAR)(msg)->Control.buf + (msg)->Control.len)                                                   \
       ? (LPWSACMSGHDR)NULL                                                                              \
       : (LPWSACMSGHDR)(void *)((PUCHAR)(cmsg) + WSA_CMSGHDR_ALIGN((cmsg)->cmsg_len)))
#define WSA_CMSG_DATA(cmsg)    ((PUCHAR)(cmsg) + WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)))
#define WSA_CMSG_SPACE(length) (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR) + WSA_CMSGHDR_ALIGN(length)))
#define WSA_CMSG_LEN(length)   (WSA_CMSGDATA_ALIGN(sizeof(WSACMSGHDR)) + (length))
#define CMSG_FIRSTHDR          WSA_CMSG_FIRSTHDR
#define CMSG_NXTHDR            WSA_CMSG_NXTHDR
#define CMSG_DATA              WSA_CMSG_DATA
#define CMSG_SPACE             WSA_CMSG_SPACE
#define CMSG_LEN               WSA_CMSG_LEN

#define MSG_TRUNC    0x100
#define MSG_CTRUNC   0x200
#define MSG_BCAST    0x400
#define MSG_MCAST    0x800
#define MSG_ERRQUEUE 0x1000

/* Name resolution: results and flags. */
typedef struct addrinfo {
  int ai_flags;
  int ai_family;
  int ai_socktype;
  int ai_protocol;
  size_t ai_addrlen;
  char *ai_canonname;
  struct sockaddr *ai_addr;
  struct addrinfo *ai_next;
} ADDRINFOA, *PADDRINFOA;

typedef struct addrinfoW {
  int ai_flags;
  int ai_family;
  int ai_socktype;
  int ai_protocol;
  size_t ai_addrlen;
  PWSTR ai_canonname;
  struct sockaddr *ai_addr;
  struct addrinfoW *ai_next;
} ADDRINFOW, *PADDRINFOW;

#ifdef UNICODE
typedef ADDRINFOW ADDRINFOT, *PADDRINFOT;
#else
typedef ADDRINFOA ADDRINFOT, *PADDRINFOT;
#endif
typedef ADDRINFOA ADDRINFO, *LPADDRINFO;

#define AI_PASSIVE                  0x1
#define AI_CANONNAME                0x2
#define AI_NUMERICHOST              0x4
#define AI_NUMERICSERV              0x8
#define AI_DNS_ONLY                 0x10
#define AI_FORCE_CLEAR_TEXT         0x20
#define AI_BYPASS_DNS_CACHE         0x40
#define AI_RETURN_TTL               0x80
#define AI_ALL                      0x100
#define AI_ADDRCONFIG               0x400
#define AI_V4MAPPED                 0x800
#define AI_NON_AUTHORITATIVE        0x4000
#define AI_SECURE                   0x8000
#define AI_RETURN_PREFERRED_NAMES   0x00010000
#define AI_FQDN                     0x00020000
#define AI_FILESERVER               0x00040000
#define AI_DISABLE_IDN_ENCODING     0x00080000
#define AI_SECURE_WITH_FALLBACK     0x00100000
#define AI_EXCLUSIVE_CUSTOM_SERVERS 0x00200000
#define AI_RETURN_RESPONSE_FLAGS    0x10000000
#define AI_REQUIRE_SECURE           0x20000000
#define AI_RESOLUTION_HANDLE        0x40000000
#define AI_EXTENDED                 0x80000000

#define NI_NOFQDN      0x1
#define NI_NUMERICHOST 0x2
#define NI_NAMEREQD    0x4
#define NI_NUMERICSERV 0x8
#define NI_DGRAM       0x10
#define NI_MAXHOST 1025
#define NI_MAXSERV 32

#endif
