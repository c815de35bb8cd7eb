/* The load: connections to an echo server, every byte of which is checked. One thread, without the library.

   load KIND PORT CONNECTIONS[:ACTIVE] BYTES [PID...]
     ring    each connection has one message on its way; by io_uring, which costs the load least
     echo    the same by epoll
     accept  each message has a connection of its own, which ends when it is back
     stream  messages go one way, as many as the server takes
     udp     datagrams, one of each socket on its way

   ACTIVE of the connections have messages, else all.

   Says "ready" when it is connected. For each line on standard input, a time in milliseconds, it then loads the server so
   long, until all is back, and says in a line of JSON: the messages, the seconds, the processor time that the processes
   PID used in them, and the latency's percentiles. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "ring.h"

enum kind { RING, ECHO, ACCEPT, STREAM, UDP };

struct connection {
    int fd;
    unsigned sequence;    /* of messages: says which bytes the next one has */
    size_t sent, checked; /* of the message on its way */
    uint64_t begun;
    char *back; /* where io_uring receives */
};

enum { SHIFTS = 4096, FINE = 64, LIMIT = 60 /* seconds: a server that says nothing for so long has failed */ };
static char *bytes; /* message n of connection c begins at (c + n) % SHIFTS */
static size_t size;
static enum kind kind;
static struct connection *connections;
static int count, active, epoll, processes, waiting;
static struct sockaddr_in server;
static clockid_t clocks[16];
static uint64_t histogram[64 * FINE], messages;

static void check(int ok, const char *what)
{
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static uint64_t now(clockid_t clock)
{
    struct timespec time;
    check(clock_gettime(clock, &time) == 0, "clock_gettime");
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint64_t used(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < processes; i++)
        sum += now(clocks[i]);
    return sum;
}

/* 64 buckets for each power of two. */
static void record(uint64_t latency)
{
    int top = 63 - __builtin_clzll(latency | FINE), shift = top - 6;
    histogram[shift * FINE + (latency >> shift)]++;
    messages++;
}

static double percentile(double part)
{
    uint64_t seen = 0;
    for (int i = 0; i < 64 * FINE; i++) {
        seen += histogram[i];
        if (seen && seen >= messages * part)
            return (i < 2 * FINE ? (double)i : ldexp(i % FINE + FINE, i / FINE - 1)) / 1000;
    }
    return 0;
}

static const char *message(const struct connection *c)
{
    return bytes + (c - connections + c->sequence) % SHIFTS;
}

static void open_connection(struct connection *c)
{
    static unsigned from; /* another address of this machine each time: no address runs out of ports */
    struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + from++ % 200) };
    struct epoll_event event = { .events = kind == STREAM ? EPOLLOUT : EPOLLIN, .data.ptr = c };
    int one = 1;
    c->fd = socket(AF_INET, kind == UDP ? SOCK_DGRAM : SOCK_STREAM, 0);
    check(c->fd >= 0, "socket");
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    check(bind(c->fd, (struct sockaddr *)&own, sizeof own) == 0, "bind");
    check(connect(c->fd, (struct sockaddr *)&server, sizeof server) == 0, "connect");
    if (kind != UDP)
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    check(kind == RING || epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) == 0, "epoll_ctl");
}

/* A message and its echo. Some servers take a connection only when it has sent something. */
static void greet(struct connection *c)
{
    check(send(c->fd, message(c), size, MSG_NOSIGNAL) == (ssize_t)size, "send");
    check(recv(c->fd, c->back, size, MSG_WAITALL) == (ssize_t)size, "recv");
    check(memcmp(c->back, message(c), size) == 0, "a wrong byte came back");
    c->sequence++;
}

static void push(struct connection *c)
{
    ssize_t sent = send(c->fd, message(c) + c->sent, size - c->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
    check(sent > 0 || errno == EAGAIN, "send");
    c->sent += sent > 0 ? sent : 0;
}

static void begin(struct connection *c)
{
    if (kind == ACCEPT)
        open_connection(c);
    c->sent = c->checked = 0;
    c->begun = now(CLOCK_MONOTONIC);
    waiting++;
    push(c);
}

/* Takes what is there; true when the message is back. */
static int take(struct connection *c)
{
    static char data[65536];
    ssize_t got = recv(c->fd, data, sizeof data, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return 0;
    check(got > 0, "recv");
    if (c->checked + got > size || memcmp(data, message(c) + c->checked, got) != 0) {
        fprintf(stderr, "a wrong byte came back\n");
        exit(1);
    }
    c->checked += got;
    if (c->sent < size)
        push(c);
    return c->checked == size;
}

static void end(struct connection *c)
{
    record(now(CLOCK_MONOTONIC) - c->begun);
    c->sequence++;
    waiting--;
    if (kind == ACCEPT)
        close(c->fd);
}

/* Sends a message, and then receives all of it back: two requests, one completion. */
static void ring_begin(struct connection *c)
{
    c->begun = now(CLOCK_MONOTONIC);
    waiting++;
    while (ring.pending + 2 > RING_ENTRIES)
        check(ring_enter(0) > 0, "io_uring_enter");
    ring_push((struct io_uring_sqe){ .opcode = IORING_OP_SEND, .flags = IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS, .fd = c->fd,
                                     .addr = (uintptr_t)message(c), .len = size, .msg_flags = MSG_WAITALL | MSG_NOSIGNAL,
                                     .user_data = (uintptr_t)c });
    ring_push((struct io_uring_sqe){ .opcode = IORING_OP_RECV, .ioprio = IORING_RECVSEND_POLL_FIRST, .fd = c->fd,
                                     .addr = (uintptr_t)c->back, .len = size, .msg_flags = MSG_WAITALL,
                                     .user_data = (uintptr_t)c });
}

static void ring_echo(uint64_t until)
{
    for (int i = 0; i < active; i++)
        ring_begin(&connections[i]);
    while (waiting > 0) {
        struct io_uring_cqe completion;
        check(ring_enter(1) >= 0, "io_uring_enter");
        while (ring_take(&completion)) {
            struct connection *c = (struct connection *)(uintptr_t)completion.user_data;
            if (completion.res != (int)size || memcmp(c->back, message(c), size) != 0) {
                fprintf(stderr, "not what was sent came back: %d\n", completion.res);
                exit(1);
            }
            end(c);
            if (now(CLOCK_MONOTONIC) < until)
                ring_begin(c);
        }
    }
}

static void echo(uint64_t until)
{
    struct epoll_event events[256];
    for (int i = 0; i < active; i++)
        begin(&connections[i]);
    while (waiting > 0) {
        int ready = epoll_wait(epoll, events, 256, 5000);
        check(ready > 0, "nothing comes back: epoll_wait");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!take(c))
                continue;
            end(c);
            if (now(CLOCK_MONOTONIC) < until)
                begin(c);
        }
    }
}

static void stream(uint64_t until)
{
    struct epoll_event events[256];
    while (now(CLOCK_MONOTONIC) < until) {
        int ready = epoll_wait(epoll, events, 256, 5000);
        check(ready > 0, "nothing is taken: epoll_wait");
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            push(c);
            if (c->sent == size) {
                c->sent = 0;
                messages++;
            }
        }
    }
    /* What is on its way still costs the server: until its system has all, and it has been idle for a while. */
    for (int i = 0, left = 1; i < count; i += !left)
        check(ioctl(connections[i].fd, SIOCOUTQ, &left) == 0, "SIOCOUTQ");
    for (uint64_t before = 0, after = used(); before != after; after = used()) {
        before = after;
        usleep(2000);
    }
}

static void slice(int milliseconds)
{
    memset(histogram, 0, sizeof histogram);
    messages = 0;
    uint64_t own = now(CLOCK_PROCESS_CPUTIME_ID), cpu = used(), begin = now(CLOCK_MONOTONIC), until = begin + milliseconds * 1000000ull;
    if (kind == STREAM)
        stream(until);
    else if (kind == RING)
        ring_echo(until);
    else
        echo(until);
    double seconds = (now(CLOCK_MONOTONIC) - begin) / 1e9;
    printf("{\"messages\": %lu, \"seconds\": %.6f, \"cpu_us\": %.4f, \"load_us\": %.4f, \"p50\": %.2f, \"p99\": %.2f, \"p99.9\": %.2f}\n", messages,
           seconds, (used() - cpu) / 1e3 / messages, (now(CLOCK_PROCESS_CPUTIME_ID) - own) / 1e3 / messages, percentile(0.5), percentile(0.99), percentile(0.999));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const char *kinds[] = { "ring", "echo", "accept", "stream", "udp" };
    check(argc >= 5, "load KIND PORT CONNECTIONS[:ACTIVE] BYTES [PID...]");
    while (strcmp(kinds[kind], argv[1]) != 0)
        check(++kind <= UDP, "KIND");
    server = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(atoi(argv[2])),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    count = active = atoi(argv[3]);
    if (strchr(argv[3], ':'))
        active = atoi(strchr(argv[3], ':') + 1);
    size = atoi(argv[4]);
    for (int i = 5; i < argc && processes < 16; i++)
        check(clock_getcpuclockid(atoi(argv[i]), &clocks[processes++]) == 0, "PID");
    bytes = malloc(size + SHIFTS);
    connections = calloc(count, sizeof *connections);
    for (size_t filled = 0; filled < size + SHIFTS; filled += 256)
        check(getrandom(bytes + filled, size + SHIFTS - filled < 256 ? size + SHIFTS - filled : 256, 0) > 0, "getrandom");
    epoll = epoll_create1(0);
    alarm(LIMIT);
    check(kind != RING || ring_open(), "io_uring_setup");
    for (int i = 0; i < count && kind != ACCEPT; i++) {
        open_connection(&connections[i]);
        connections[i].back = malloc(size);
        if (kind == RING || kind == ECHO)
            greet(&connections[i]);
    }
    puts("ready");
    fflush(stdout);
    for (int milliseconds; alarm(0), scanf("%d", &milliseconds) == 1;) {
        alarm(LIMIT + milliseconds / 1000);
        slice(milliseconds);
    }
    return 0;
}
