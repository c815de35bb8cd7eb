/* A file that has already included libc's socket headers and now includes winsock2.h.
 *
 * Owns the change of meaning in that order: libc's constants are undefined, and since libc's types and
 * functions cannot be undeclared, Winsock's are declared under names with the prefix ws2_, to which
 * macros lead. The library exports the functions under these names anyway. Two things differ from the
 * usual order, in C++ only: the types have other names for the linker, and a member function called
 * like a socket function (send, connect) must be declared and used on the same side of winsock2.h.
 * Including winsock2.h first avoids both.
 */
#pragma GCC system_header

/* sys/socket.h, netinet/in.h, netinet/tcp.h, netdb.h, poll.h, net/if.h, sys/ioctl.h: constants and macros. */
#undef AF_APPLETALK
#undef AF_DECnet
#undef AF_INET
#undef AF_INET6
#undef AF_IPX
#undef AF_IRDA
#undef AF_MAX
#undef AF_SNA
#undef AF_UNIX
#undef AF_UNSPEC
#undef AI_ADDRCONFIG
#undef AI_ALL
#undef AI_CANONNAME
#undef AI_NUMERICHOST
#undef AI_NUMERICSERV
#undef AI_PASSIVE
#undef AI_V4MAPPED
#undef CMSG_DATA
#undef CMSG_FIRSTHDR
#undef CMSG_LEN
#undef CMSG_NXTHDR
#undef CMSG_SPACE
#undef EAI_AGAIN
#undef EAI_BADFLAGS
#undef EAI_FAIL
#undef EAI_FAMILY
#undef EAI_MEMORY
#undef EAI_NODATA
#undef EAI_NONAME
#undef EAI_SERVICE
#undef EAI_SOCKTYPE
#undef FIOASYNC
#undef FIONBIO
#undef FIONREAD
#undef GROUP_FILTER_SIZE
#undef HOST_NOT_FOUND
#undef IFF_BROADCAST
#undef IFF_LOOPBACK
#undef IFF_MULTICAST
#undef IFF_UP
#undef IN6ADDR_ANY_INIT
#undef IN6ADDR_LOOPBACK_INIT
#undef IN6_ARE_ADDR_EQUAL
#undef IN6_IS_ADDR_LINKLOCAL
#undef IN6_IS_ADDR_LOOPBACK
#undef IN6_IS_ADDR_MC_GLOBAL
#undef IN6_IS_ADDR_MC_LINKLOCAL
#undef IN6_IS_ADDR_MC_NODELOCAL
#undef IN6_IS_ADDR_MC_ORGLOCAL
#undef IN6_IS_ADDR_MC_SITELOCAL
#undef IN6_IS_ADDR_MULTICAST
#undef IN6_IS_ADDR_SITELOCAL
#undef IN6_IS_ADDR_UNSPECIFIED
#undef IN6_IS_ADDR_V4COMPAT
#undef IN6_IS_ADDR_V4MAPPED
#undef INADDR_ANY
#undef INADDR_BROADCAST
#undef INADDR_LOOPBACK
#undef INADDR_NONE
#undef INET6_ADDRSTRLEN
#undef INET_ADDRSTRLEN
#undef IN_CLASSA
#undef IN_CLASSA_HOST
#undef IN_CLASSA_MAX
#undef IN_CLASSA_NET
#undef IN_CLASSA_NSHIFT
#undef IN_CLASSB
#undef IN_CLASSB_HOST
#undef IN_CLASSB_MAX
#undef IN_CLASSB_NET
#undef IN_CLASSB_NSHIFT
#undef IN_CLASSC
#undef IN_CLASSC_HOST
#undef IN_CLASSC_NET
#undef IN_CLASSC_NSHIFT
#undef IN_CLASSD
#undef IN_MULTICAST
#undef IOC_IN
#undef IOC_INOUT
#undef IOC_OUT
#undef IPPORT_RESERVED
#undef IPPROTO_AH
#undef IPPROTO_DSTOPTS
#undef IPPROTO_EGP
#undef IPPROTO_ESP
#undef IPPROTO_FRAGMENT
#undef IPPROTO_HOPOPTS
#undef IPPROTO_ICMP
#undef IPPROTO_ICMPV6
#undef IPPROTO_IDP
#undef IPPROTO_IGMP
#undef IPPROTO_IP
#undef IPPROTO_IPV6
#undef IPPROTO_NONE
#undef IPPROTO_PIM
#undef IPPROTO_PUP
#undef IPPROTO_RAW
#undef IPPROTO_ROUTING
#undef IPPROTO_SCTP
#undef IPPROTO_TCP
#undef IPPROTO_UDP
#undef IPV6_ADD_MEMBERSHIP
#undef IPV6_CHECKSUM
#undef IPV6_DONTFRAG
#undef IPV6_DROP_MEMBERSHIP
#undef IPV6_HDRINCL
#undef IPV6_HOPLIMIT
#undef IPV6_HOPOPTS
#undef IPV6_JOIN_GROUP
#undef IPV6_LEAVE_GROUP
#undef IPV6_MTU
#undef IPV6_MTU_DISCOVER
#undef IPV6_MULTICAST_HOPS
#undef IPV6_MULTICAST_IF
#undef IPV6_MULTICAST_LOOP
#undef IPV6_PKTINFO
#undef IPV6_RECVERR
#undef IPV6_RECVRTHDR
#undef IPV6_RECVTCLASS
#undef IPV6_RTHDR
#undef IPV6_TCLASS
#undef IPV6_UNICAST_HOPS
#undef IPV6_UNICAST_IF
#undef IPV6_V6ONLY
#undef IP_ADD_MEMBERSHIP
#undef IP_ADD_SOURCE_MEMBERSHIP
#undef IP_BLOCK_SOURCE
#undef IP_DEFAULT_MULTICAST_LOOP
#undef IP_DEFAULT_MULTICAST_TTL
#undef IP_DROP_MEMBERSHIP
#undef IP_DROP_SOURCE_MEMBERSHIP
#undef IP_HDRINCL
#undef IP_MAX_MEMBERSHIPS
#undef IP_MSFILTER
#undef IP_MSFILTER_SIZE
#undef IP_MTU
#undef IP_MTU_DISCOVER
#undef IP_MULTICAST_IF
#undef IP_MULTICAST_LOOP
#undef IP_MULTICAST_TTL
#undef IP_OPTIONS
#undef IP_PKTINFO
#undef IP_PMTUDISC_DO
#undef IP_PMTUDISC_DONT
#undef IP_PMTUDISC_PROBE
#undef IP_RECVERR
#undef IP_RECVTOS
#undef IP_RECVTTL
#undef IP_TOS
#undef IP_TTL
#undef IP_UNBLOCK_SOURCE
#undef IP_UNICAST_IF
#undef MCAST_BLOCK_SOURCE
#undef MCAST_EXCLUDE
#undef MCAST_INCLUDE
#undef MCAST_JOIN_GROUP
#undef MCAST_JOIN_SOURCE_GROUP
#undef MCAST_LEAVE_GROUP
#undef MCAST_LEAVE_SOURCE_GROUP
#undef MCAST_UNBLOCK_SOURCE
#undef MSG_CTRUNC
#undef MSG_DONTROUTE
#undef MSG_ERRQUEUE
#undef MSG_OOB
#undef MSG_PEEK
#undef MSG_TRUNC
#undef MSG_WAITALL
#undef NI_DGRAM
#undef NI_MAXHOST
#undef NI_MAXSERV
#undef NI_NAMEREQD
#undef NI_NOFQDN
#undef NI_NUMERICHOST
#undef NI_NUMERICSERV
#undef NO_ADDRESS
#undef NO_DATA
#undef NO_RECOVERY
#undef PF_APPLETALK
#undef PF_DECnet
#undef PF_INET
#undef PF_INET6
#undef PF_IPX
#undef PF_IRDA
#undef PF_MAX
#undef PF_SNA
#undef PF_UNIX
#undef PF_UNSPEC
#undef POLLERR
#undef POLLHUP
#undef POLLIN
#undef POLLNVAL
#undef POLLOUT
#undef POLLPRI
#undef POLLRDBAND
#undef POLLRDNORM
#undef POLLWRBAND
#undef POLLWRNORM
#undef SIOCATMARK
#undef SOCK_DGRAM
#undef SOCK_RAW
#undef SOCK_RDM
#undef SOCK_SEQPACKET
#undef SOCK_STREAM
#undef SOL_IP
#undef SOL_IPV6
#undef SOL_SOCKET
#undef SOMAXCONN
#undef SO_ACCEPTCONN
#undef SO_BROADCAST
#undef SO_DEBUG
#undef SO_DONTROUTE
#undef SO_ERROR
#undef SO_KEEPALIVE
#undef SO_LINGER
#undef SO_OOBINLINE
#undef SO_RCVBUF
#undef SO_RCVLOWAT
#undef SO_RCVTIMEO
#undef SO_REUSEADDR
#undef SO_SNDBUF
#undef SO_SNDLOWAT
#undef SO_SNDTIMEO
#undef SO_TIMESTAMP
#undef SO_TYPE
#undef TCP_FASTOPEN
#undef TCP_KEEPCNT
#undef TCP_KEEPIDLE
#undef TCP_KEEPINTVL
#undef TCP_MAXSEG
#undef TCP_NODELAY
#undef TRY_AGAIN
#undef h_addr
#undef h_errno
#undef htonl
#undef htons
#undef ntohl
#undef ntohs
#undef s6_addr

/* sys/poll.h, sys/un.h: types. */
#ifdef _SYS_POLL_H
#define pollfd ws2_pollfd
#endif
#ifdef _SYS_UN_H
#define sockaddr_un ws2_sockaddr_un
#endif

#ifdef _SYS_SOCKET_H

/* sys/socket.h, netinet/in.h, netdb.h: types. */
#define sockaddr         ws2_sockaddr
#define sockaddr_storage ws2_sockaddr_storage
#define linger           ws2_linger
#define cmsghdr          ws2_cmsghdr
#define in_addr          ws2_in_addr
#define in6_addr         ws2_in6_addr
#define sockaddr_in      ws2_sockaddr_in
#define sockaddr_in6     ws2_sockaddr_in6
#define ip_mreq          ws2_ip_mreq
#define ip_mreq_source   ws2_ip_mreq_source
#define ip_msfilter      ws2_ip_msfilter
#define ipv6_mreq        ws2_ipv6_mreq
#define group_req        ws2_group_req
#define group_source_req ws2_group_source_req
#define group_filter     ws2_group_filter
#define in_pktinfo       ws2_in_pktinfo
#define in6_pktinfo      ws2_in6_pktinfo
#define hostent          ws2_hostent
#define netent           ws2_netent
#define servent          ws2_servent
#define protoent         ws2_protoent
#define addrinfo         ws2_addrinfo

/* std::bind must still be found by the name that the macro below gives it. */
#ifdef __cplusplus
#include <functional>
extern "C++" {
namespace std {
template <class... A> inline auto ws2_bind(A &&...a) -> decltype(bind(static_cast<A &&>(a)...)) {
  return bind(static_cast<A &&>(a)...);
}
template <class R, class... A> inline auto ws2_bind(A &&...a) -> decltype(bind<R>(static_cast<A &&>(a)...)) {
  return bind<R>(static_cast<A &&>(a)...);
}
}
}
#endif

/* sys/socket.h, netinet/in.h, arpa/inet.h, netdb.h: functions and objects. */
#define accept           ws2_accept
#define bind             ws2_bind
#define connect          ws2_connect
#define gethostbyaddr    ws2_gethostbyaddr
#define gethostbyname    ws2_gethostbyname
#define getpeername      ws2_getpeername
#define getprotobyname   ws2_getprotobyname
#define getprotobynumber ws2_getprotobynumber
#define getservbyname    ws2_getservbyname
#define getservbyport    ws2_getservbyport
#define getsockname      ws2_getsockname
#define getsockopt       ws2_getsockopt
#define htonl            ws2_htonl
#define htons            ws2_htons
#define inet_addr        ws2_inet_addr
#define inet_ntoa        ws2_inet_ntoa
#define listen           ws2_listen
#define ntohl            ws2_ntohl
#define ntohs            ws2_ntohs
#define recv             ws2_recv
#define recvfrom         ws2_recvfrom
#define send             ws2_send
#define sendto           ws2_sendto
#define setsockopt       ws2_setsockopt
#define shutdown         ws2_shutdown
#define socket           ws2_socket
#define freeaddrinfo     ws2_freeaddrinfo
#define getaddrinfo      ws2_getaddrinfo
#define getnameinfo      ws2_getnameinfo
#define inet_ntop        ws2_inet_ntop
#define inet_pton        ws2_inet_pton
#define in6addr_any      ws2_in6addr_any
#define in6addr_loopback ws2_in6addr_loopback

#endif
