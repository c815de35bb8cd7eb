/* winerror.h: the error codes.
 *
 * Owns HRESULT's few, the Win32 codes that sockets, names, overlapped I/O and waiting can give, and all
 * Winsock codes. Other Win32 codes are not here: nothing in this library returns them.
 */
#ifndef _WINERROR_
#define _WINERROR_

#include <winnt.h>

/* HRESULT: success is 0 or more, a failure is negative. */
#define S_OK           ((HRESULT)0)
#define S_FALSE        ((HRESULT)1)
#define E_NOTIMPL      ((HRESULT)0x80004001)
#define E_POINTER      ((HRESULT)0x80004003)
#define E_ABORT        ((HRESULT)0x80004004)
#define E_FAIL         ((HRESULT)0x80004005)
#define E_UNEXPECTED   ((HRESULT)0x8000FFFF)
#define E_ACCESSDENIED ((HRESULT)0x80070005)
#define E_HANDLE       ((HRESULT)0x80070006)
#define E_OUTOFMEMORY  ((HRESULT)0x8007000E)
#define E_INVALIDARG   ((HRESULT)0x80070057)

#define SUCCEEDED(result) ((HRESULT)(result) >= 0)
#define FAILED(result)    ((HRESULT)(result) < 0)
#define HRESULT_FROM_WIN32(code) \
  ((HRESULT)(code) <= 0 ? (HRESULT)(code) : (HRESULT)(((code) & 0xFFFF) | 0x80070000))

#define ERROR_SUCCESS 0
#define NO_ERROR      0

/* Win32: arguments, handles, memory. */
#define ERROR_INVALID_FUNCTION       1
#define ERROR_FILE_NOT_FOUND         2
#define ERROR_PATH_NOT_FOUND         3
#define ERROR_TOO_MANY_OPEN_FILES    4
#define ERROR_ACCESS_DENIED          5
#define ERROR_INVALID_HANDLE         6
#define ERROR_NOT_ENOUGH_MEMORY      8
#define ERROR_INVALID_DATA           13
#define ERROR_OUTOFMEMORY            14
#define ERROR_NOT_READY              21
#define ERROR_BAD_LENGTH             24
#define ERROR_GEN_FAILURE            31
#define ERROR_SHARING_VIOLATION      32
#define ERROR_HANDLE_EOF             38
#define ERROR_NOT_SUPPORTED          50
#define ERROR_FILE_EXISTS            80
#define ERROR_INVALID_PARAMETER      87
#define ERROR_BROKEN_PIPE            109
#define ERROR_BUFFER_OVERFLOW        111
#define ERROR_DISK_FULL              112
#define ERROR_CALL_NOT_IMPLEMENTED   120
#define ERROR_INSUFFICIENT_BUFFER    122
#define ERROR_INVALID_NAME           123
#define ERROR_MOD_NOT_FOUND          126
#define ERROR_PROC_NOT_FOUND         127
#define ERROR_NEGATIVE_SEEK          131
#define ERROR_DIR_NOT_EMPTY          145
#define ERROR_NOT_LOCKED             158
#define ERROR_BAD_ARGUMENTS          160
#define ERROR_BUSY                   170
#define ERROR_ALREADY_EXISTS         183
#define ERROR_ENVVAR_NOT_FOUND       203
#define ERROR_FILENAME_EXCED_RANGE   206
#define ERROR_FILE_TOO_LARGE         223
#define ERROR_NO_DATA                232
#define ERROR_PIPE_NOT_CONNECTED     233
#define ERROR_MORE_DATA              234
#define ERROR_NO_MORE_ITEMS          259
#define ERROR_DIRECTORY              267
#define ERROR_INVALID_ADDRESS        487
#define ERROR_ARITHMETIC_OVERFLOW    534
#define ERROR_INVALID_FLAGS          1004
#define ERROR_NO_UNICODE_TRANSLATION 1113
#define ERROR_IO_DEVICE              1117
#define ERROR_OLD_WIN_VERSION        1150
#define ERROR_NOT_FOUND              1168
#define ERROR_INVALID_NETNAME        1214
#define ERROR_NO_SYSTEM_RESOURCES    1450
#define ERROR_INTERNAL_ERROR         1359

/* Win32: waiting, ports and overlapped I/O. */
#define ERROR_TOO_MANY_POSTS    298
#define ERROR_MR_MID_NOT_FOUND       317
#define ERROR_SEM_TIMEOUT       121
#define WAIT_TIMEOUT            258
#define ERROR_NOT_OWNER         288
#define ERROR_OPERATION_ABORTED 995
#define ERROR_IO_INCOMPLETE     996
#define ERROR_IO_PENDING        997
#define ERROR_NOACCESS          998
#define ERROR_ABANDONED_WAIT_0  735
#define ERROR_ABANDONED_WAIT_63 736
#define ERROR_CANCELLED         1223
#define ERROR_RETRY             1237
#define ERROR_TIMEOUT           1460
#define ERROR_RESOURCE_LANG_NOT_FOUND 1815

/* Win32: the network's own. A broken connection is ERROR_NETNAME_DELETED through a completion port. */
#define ERROR_REM_NOT_LIST               51
#define ERROR_DUP_NAME                   52
#define ERROR_BAD_NETPATH                53
#define ERROR_NETWORK_BUSY               54
#define ERROR_DEV_NOT_EXIST              55
#define ERROR_UNEXP_NET_ERR              59
#define ERROR_NETNAME_DELETED            64
#define ERROR_NETWORK_ACCESS_DENIED      65
#define ERROR_BAD_NET_NAME               67
#define ERROR_PORT_UNREACHABLE           1234
#define ERROR_REQUEST_ABORTED        1235
#define ERROR_GRACEFUL_DISCONNECT        1226
#define ERROR_ADDRESS_ALREADY_ASSOCIATED 1227
#define ERROR_ADDRESS_NOT_ASSOCIATED     1228
#define ERROR_CONNECTION_INVALID         1229
#define ERROR_CONNECTION_ACTIVE          1230
#define ERROR_CONNECTION_REFUSED         1225
#define ERROR_CONNECTION_ABORTED         1236
#define ERROR_NETWORK_UNREACHABLE        1231
#define ERROR_HOST_UNREACHABLE           1232
#define ERROR_PROTOCOL_UNREACHABLE       1233
#define ERROR_INCORRECT_ADDRESS          1241
#define ERROR_CONNECTION_COUNT_LIMIT     1238
#define ERROR_NOT_CONNECTED              2250
#define ERROR_NO_MORE_USER_HANDLES       1158
#define ERROR_MESSAGE_SYNC_ONLY          1159
#define ERROR_INVALID_WINDOW_HANDLE      1400
#define ERROR_TLW_WITH_WSCHILD           1406
#define ERROR_CANNOT_FIND_WND_CLASS      1407
#define ERROR_WINDOW_OF_OTHER_THREAD     1408
#define ERROR_CLASS_ALREADY_EXISTS       1410
#define ERROR_CLASS_DOES_NOT_EXIST       1411
#define ERROR_CLASS_HAS_WINDOWS          1412
#define ERROR_INVALID_INDEX              1413
#define ERROR_INVALID_THREAD_ID          1444
#define ERROR_RESOURCE_NAME_NOT_FOUND    1814
#define ERROR_NOT_ENOUGH_QUOTA           1816

/* Winsock: the codes that came from Berkeley sockets. */
#define WSABASEERR         10000
#define WSAEINTR           10004
#define WSAEBADF           10009
#define WSAEACCES          10013
#define WSAEFAULT          10014
#define WSAEINVAL          10022
#define WSAEMFILE          10024
#define WSAEWOULDBLOCK     10035
#define WSAEINPROGRESS     10036
#define WSAEALREADY        10037
#define WSAENOTSOCK        10038
#define WSAEDESTADDRREQ    10039
#define WSAEMSGSIZE        10040
#define WSAEPROTOTYPE      10041
#define WSAENOPROTOOPT     10042
#define WSAEPROTONOSUPPORT 10043
#define WSAESOCKTNOSUPPORT 10044
#define WSAEOPNOTSUPP      10045
#define WSAEPFNOSUPPORT    10046
#define WSAEAFNOSUPPORT    10047
#define WSAEADDRINUSE      10048
#define WSAEADDRNOTAVAIL   10049
#define WSAENETDOWN        10050
#define WSAENETUNREACH     10051
#define WSAENETRESET       10052
#define WSAECONNABORTED    10053
#define WSAECONNRESET      10054
#define WSAENOBUFS         10055
#define WSAEISCONN         10056
#define WSAENOTCONN        10057
#define WSAESHUTDOWN       10058
#define WSAETOOMANYREFS    10059
#define WSAETIMEDOUT       10060
#define WSAECONNREFUSED    10061
#define WSAELOOP           10062
#define WSAENAMETOOLONG    10063
#define WSAEHOSTDOWN       10064
#define WSAEHOSTUNREACH    10065
#define WSAENOTEMPTY       10066
#define WSAEPROCLIM        10067
#define WSAEUSERS          10068
#define WSAEDQUOT          10069
#define WSAESTALE          10070
#define WSAEREMOTE         10071

/* Winsock: its own codes. */
#define WSASYSNOTREADY         10091
#define WSAVERNOTSUPPORTED     10092
#define WSANOTINITIALISED      10093
#define WSAEDISCON             10101
#define WSAENOMORE             10102
#define WSAECANCELLED          10103
#define WSAEINVALIDPROCTABLE   10104
#define WSAEINVALIDPROVIDER    10105
#define WSAEPROVIDERFAILEDINIT 10106
#define WSASYSCALLFAILURE      10107
#define WSASERVICE_NOT_FOUND   10108
#define WSATYPE_NOT_FOUND      10109
#define WSA_E_NO_MORE          10110
#define WSA_E_CANCELLED        10111
#define WSAEREFUSED            10112

/* Winsock: names. */
#define WSAHOST_NOT_FOUND 11001
#define WSATRY_AGAIN      11002
#define WSANO_RECOVERY    11003
#define WSANO_DATA        11004

/* Winsock: quality of service and IPsec. */
#define WSA_QOS_RECEIVERS           11005
#define WSA_QOS_SENDERS             11006
#define WSA_QOS_NO_SENDERS          11007
#define WSA_QOS_NO_RECEIVERS        11008
#define WSA_QOS_REQUEST_CONFIRMED   11009
#define WSA_QOS_ADMISSION_FAILURE   11010
#define WSA_QOS_POLICY_FAILURE      11011
#define WSA_QOS_BAD_STYLE           11012
#define WSA_QOS_BAD_OBJECT          11013
#define WSA_QOS_TRAFFIC_CTRL_ERROR  11014
#define WSA_QOS_GENERIC_ERROR       11015
#define WSA_QOS_ESERVICETYPE        11016
#define WSA_QOS_EFLOWSPEC           11017
#define WSA_QOS_EPROVSPECBUF        11018
#define WSA_QOS_EFILTERSTYLE        11019
#define WSA_QOS_EFILTERTYPE         11020
#define WSA_QOS_EFILTERCOUNT        11021
#define WSA_QOS_EOBJLENGTH          11022
#define WSA_QOS_EFLOWCOUNT          11023
#define WSA_QOS_EUNKOWNPSOBJ        11024
#define WSA_QOS_EPOLICYOBJ          11025
#define WSA_QOS_EFLOWDESC           11026
#define WSA_QOS_EPSFLOWSPEC         11027
#define WSA_QOS_EPSFILTERSPEC       11028
#define WSA_QOS_ESDMODEOBJ          11029
#define WSA_QOS_ESHAPERATEOBJ       11030
#define WSA_QOS_RESERVED_PETYPE     11031
#define WSA_SECURE_HOST_NOT_FOUND   11032
#define WSA_IPSEC_NAME_POLICY_ERROR 11033

#endif
