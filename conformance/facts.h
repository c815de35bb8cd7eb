/* What the conformance programs share. A fact is one line, `name = value`; a value is a number, a word, or a code by its
   name. Nothing is printed that may differ between two runs: no port, no handle, no time. */
#ifndef CONFORMANCE_FACTS_H
#define CONFORMANCE_FACTS_H

#define _WIN32_WINNT 0x0602
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNUSED __attribute__((unused))

/* No single step takes longer. */
#define LIMIT 10000

/* Long enough to tell that something does not happen. */
#define MOMENT 50

/* The name of a code of Winsock or of Windows. */
static UNUSED const char *code(int value)
{
    static char numbers[4][16];
    static int next;
#define NAME(name) \
    case name: \
        return #name
    switch (value) {
        NAME(WSAEINTR); NAME(WSAEBADF); NAME(WSAEACCES); NAME(WSAEFAULT); NAME(WSAEINVAL); NAME(WSAEMFILE);
        NAME(WSAEWOULDBLOCK); NAME(WSAEINPROGRESS); NAME(WSAEALREADY); NAME(WSAENOTSOCK); NAME(WSAEDESTADDRREQ);
        NAME(WSAEMSGSIZE); NAME(WSAEPROTOTYPE); NAME(WSAENOPROTOOPT); NAME(WSAEPROTONOSUPPORT); NAME(WSAESOCKTNOSUPPORT);
        NAME(WSAEOPNOTSUPP); NAME(WSAEPFNOSUPPORT); NAME(WSAEAFNOSUPPORT); NAME(WSAEADDRINUSE); NAME(WSAEADDRNOTAVAIL);
        NAME(WSAENETDOWN); NAME(WSAENETUNREACH); NAME(WSAENETRESET); NAME(WSAECONNABORTED); NAME(WSAECONNRESET);
        NAME(WSAENOBUFS); NAME(WSAEISCONN); NAME(WSAENOTCONN); NAME(WSAESHUTDOWN); NAME(WSAETIMEDOUT);
        NAME(WSAECONNREFUSED); NAME(WSAENAMETOOLONG); NAME(WSAEHOSTUNREACH); NAME(WSASYSNOTREADY);
        NAME(WSAVERNOTSUPPORTED); NAME(WSANOTINITIALISED); NAME(WSAEDISCON); NAME(WSAEINVALIDPROCTABLE);
        NAME(WSAEINVALIDPROVIDER); NAME(WSASERVICE_NOT_FOUND); NAME(WSATYPE_NOT_FOUND); NAME(WSAEREFUSED);
        NAME(WSAHOST_NOT_FOUND); NAME(WSATRY_AGAIN); NAME(WSANO_RECOVERY); NAME(WSANO_DATA);
        NAME(WSA_INVALID_HANDLE); NAME(WSA_INVALID_PARAMETER); NAME(WSA_NOT_ENOUGH_MEMORY); NAME(WSA_IO_INCOMPLETE);
        NAME(WSA_IO_PENDING); NAME(WSA_OPERATION_ABORTED);
        NAME(ERROR_ACCESS_DENIED); NAME(ERROR_ALREADY_EXISTS); NAME(ERROR_FILE_NOT_FOUND); NAME(ERROR_HANDLE_EOF);
        NAME(ERROR_INSUFFICIENT_BUFFER); NAME(ERROR_MORE_DATA); NAME(ERROR_NETNAME_DELETED); NAME(ERROR_NOT_FOUND);
        NAME(ERROR_NOT_OWNER); NAME(ERROR_NOT_SUPPORTED); NAME(ERROR_ABANDONED_WAIT_0); NAME(ERROR_CONNECTION_REFUSED);
        NAME(ERROR_CONNECTION_ABORTED); NAME(ERROR_PORT_UNREACHABLE); NAME(ERROR_SEM_TIMEOUT); NAME(ERROR_TOO_MANY_POSTS);
 NAME(ERROR_INVALID_WINDOW_HANDLE); NAME(ERROR_CLASS_DOES_NOT_EXIST);
        NAME(ERROR_CANNOT_FIND_WND_CLASS); NAME(ERROR_CLASS_ALREADY_EXISTS); NAME(ERROR_INVALID_THREAD_ID);
        NAME(ERROR_UNEXP_NET_ERR); NAME(ERROR_INVALID_NETNAME); NAME(ERROR_GEN_FAILURE); NAME(ERROR_NOACCESS);
        NAME(ERROR_INVALID_FUNCTION); NAME(ERROR_INVALID_ADDRESS); NAME(ERROR_INVALID_FLAGS);
        NAME(ERROR_PATH_NOT_FOUND); NAME(ERROR_INVALID_NAME);
        NAME(WAIT_TIMEOUT); NAME(WAIT_IO_COMPLETION);
    }
#undef NAME
    char *number = numbers[next++ % 4];
    snprintf(number, 16, "%d", value);
    return number;
}

static UNUSED void fact(const char *name, const char *format, ...)
{
    va_list arguments;
    printf("%s = ", name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}

/* For names that are made of two words. */
static UNUSED const char *dotted(const char *first, const char *second)
{
    static char names[4][128];
    static int next;
    char *name = names[next++ % 4];
    snprintf(name, 128, "%s.%s", first, second);
    return name;
}

static UNUSED int fact_int(const char *name, int result)
{
    if (result == SOCKET_ERROR)
        fact(name, "%s", code(WSAGetLastError()));
    else
        fact(name, "%d", result);
    return result;
}

static UNUSED BOOL fact_bool(const char *name, BOOL result)
{
    fact(name, "%s", result ? "TRUE" : code(GetLastError()));
    return result;
}

static UNUSED SOCKET fact_socket(const char *name, SOCKET s)
{
    fact(name, "%s", s != INVALID_SOCKET ? "a socket" : code(WSAGetLastError()));
    return s;
}

static UNUSED HANDLE fact_handle(const char *name, HANDLE handle)
{
    fact(name, "%s", handle != NULL && handle != INVALID_HANDLE_VALUE ? "a handle" : code(GetLastError()));
    return handle;
}

static UNUSED const char *wait_word(DWORD result)
{
    static char words[4][24];
    static int next;
    char *word = words[next++ % 4];
    if (result == WAIT_FAILED)
        snprintf(word, 24, "%s", code(GetLastError()));
    else if (result == WAIT_TIMEOUT || result == WAIT_IO_COMPLETION)
        snprintf(word, 24, "%s", code(result));
    else if (result >= WAIT_ABANDONED_0 && result < WAIT_ABANDONED_0 + MAXIMUM_WAIT_OBJECTS)
        snprintf(word, 24, "WAIT_ABANDONED_0+%d", (int)(result - WAIT_ABANDONED_0));
    else
        snprintf(word, 24, "WAIT_OBJECT_0+%d", (int)result);
    return word;
}

static UNUSED DWORD fact_wait(const char *name, DWORD result)
{
    fact(name, "%s", wait_word(result));
    return result;
}

/* What a call returns: a number or its code. A code that an earlier call left behind does not count. */
#define INT(name, call) (WSASetLastError(0), fact_int(name, (int)(call)))
#define BOOLEAN_OF(name, call) (SetLastError(0), fact_bool(name, (call)))
#define SOCKET_OF(name, call) (WSASetLastError(0), fact_socket(name, (call)))
#define HANDLE_OF(name, call) (SetLastError(0), fact_handle(name, (HANDLE)(call)))
#define WAIT(name, call) (SetLastError(0), fact_wait(name, (call)))

/* Ends the program: what the facts are about could not be set up. */
static UNUSED void needed(int holds, const char *what)
{
    if (!holds) {
        printf("! %s: %s\n", what, code(WSAGetLastError()));
        fflush(stdout);
        exit(1);
    }
}
#define NEED(call) needed((call) != 0, #call)

static UNUSED void start(void)
{
    WSADATA data;
    NEED(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

static UNUSED struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((u_short)port);
    return address;
}

static UNUSED SOCKET stream(void)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    NEED(s != INVALID_SOCKET);
    return s;
}

static UNUSED SOCKET datagram(void)
{
    SOCKET s = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    NEED(s != INVALID_SOCKET);
    return s;
}

static UNUSED struct sockaddr_in name_of(SOCKET s)
{
    struct sockaddr_in address;
    int length = sizeof address;
    NEED(getsockname(s, (struct sockaddr *)&address, &length) == 0);
    return address;
}

/* Binds to a free port of the loopback address. */
static UNUSED SOCKET bound(SOCKET s)
{
    struct sockaddr_in address = loopback(0);
    NEED(bind(s, (struct sockaddr *)&address, sizeof address) == 0);
    return s;
}

static UNUSED SOCKET listener(void)
{
    SOCKET s = bound(stream());
    NEED(listen(s, 8) == 0);
    return s;
}

/* Two ends of a connection. */
typedef struct {
    SOCKET a, b;
} PAIR;

static UNUSED PAIR streams(void)
{
    SOCKET listening = listener();
    struct sockaddr_in address = name_of(listening);
    PAIR pair = { stream(), INVALID_SOCKET };
    NEED(connect(pair.a, (struct sockaddr *)&address, sizeof address) == 0);
    pair.b = accept(listening, NULL, NULL);
    NEED(pair.b != INVALID_SOCKET);
    closesocket(listening);
    return pair;
}

/* Two datagram sockets, each connected with the other. */
static UNUSED PAIR datagrams(void)
{
    PAIR pair = { bound(datagram()), bound(datagram()) };
    struct sockaddr_in a = name_of(pair.a), b = name_of(pair.b);
    NEED(connect(pair.a, (struct sockaddr *)&b, sizeof b) == 0);
    NEED(connect(pair.b, (struct sockaddr *)&a, sizeof a) == 0);
    return pair;
}

static UNUSED void close_pair(PAIR pair)
{
    closesocket(pair.a);
    closesocket(pair.b);
}

/* Closes a connection by a reset. */
static UNUSED void reset(SOCKET s)
{
    struct linger now = { 1, 0 };
    NEED(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof now) == 0);
    closesocket(s);
}

static UNUSED void nonblocking(SOCKET s)
{
    u_long on = 1;
    NEED(ioctlsocket(s, FIONBIO, &on) == 0);
}

static UNUSED int readable(SOCKET s)
{
    fd_set set;
    struct timeval limit = { LIMIT / 1000, 0 };
    FD_ZERO(&set);
    FD_SET(s, &set);
    return select(0, &set, NULL, NULL, &limit) == 1;
}

/* Waits until there is something to receive, or an end, or a fault. */
static UNUSED void await_readable(SOCKET s)
{
    NEED(readable(s));
}

/* A handle that was a socket's. */
static UNUSED SOCKET stale(void)
{
    SOCKET s = stream();
    closesocket(s);
    return s;
}

#endif
