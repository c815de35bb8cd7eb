/* Ping-pong on a connected pair of TCP sockets in one thread: four system calls a round, no waiting, so that what is
   measured is the cost of the calls. The same source is built twice: with winsock cc, and with -DPLAIN against the C
   library. Prints the processor time of a round in nanoseconds.

   pingpong ROUNDS BYTES */
#ifdef PLAIN
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
typedef int SOCKET;
#define INVALID_SOCKET (-1)
#else
#include <winsock2.h>
#include <ws2tcpip.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void check(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e9 + now.tv_nsec;
}

static void pass(SOCKET from, SOCKET to, char *data, int bytes)
{
    check(send(from, data, bytes, 0) == bytes, "send");
    for (int got = 0; got < bytes;) {
        int n = recv(to, data + got, bytes - got, 0);
        check(n > 0, "recv");
        got += n;
    }
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 100000;
    int bytes = argc > 2 ? atoi(argv[2]) : 64;
    char *data = calloc(1, bytes);
#ifndef PLAIN
    WSADATA wsa;
    check(WSAStartup(MAKEWORD(2, 2), &wsa) == 0, "WSAStartup");
#endif
    struct sockaddr_in address = { 0 };
    socklen_t len = sizeof address;
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    check(listener != INVALID_SOCKET, "socket");
    check(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    check(listen(listener, 1) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    SOCKET a = socket(AF_INET, SOCK_STREAM, 0);
    check(connect(a, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    SOCKET b = accept(listener, NULL, NULL);
    check(b != INVALID_SOCKET, "accept");
    int one = 1;
    setsockopt(a, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof one);
    setsockopt(b, IPPROTO_TCP, TCP_NODELAY, (char *)&one, sizeof one);
    for (long i = 0; i < rounds / 10; i++) {
        pass(a, b, data, bytes);
        pass(b, a, data, bytes);
    }
    double start = cpu_ns();
    for (long i = 0; i < rounds; i++) {
        pass(a, b, data, bytes);
        pass(b, a, data, bytes);
    }
    printf("%.1f\n", (cpu_ns() - start) / rounds);
    return 0;
}
