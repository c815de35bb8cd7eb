/* The peer: a server on epoll as one writes it by hand, level-triggered, one thread.

   epoll [PORT [echo|sink|udp [BUFFER]]]      prints "Port: N"; sink receives only */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static char *buffer;
static size_t room = 65536;
static int epoll, listener;

static void watch(int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(void)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;)
        watch(fd);
}

static void serve(int fd, int echo)
{
    ssize_t got = recv(fd, buffer, room, 0);
    if (got <= 0 || (echo && send(fd, buffer, got, MSG_NOSIGNAL) != got))
        close(fd);
}

/* Datagrams until there are none. */
static void answer_all(int fd)
{
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    for (ssize_t got; (got = recvfrom(fd, buffer, room, 0, (struct sockaddr *)&from, &length)) >= 0; length = sizeof from)
        sendto(fd, buffer, got, 0, (struct sockaddr *)&from, length);
}

int main(int argc, char **argv)
{
    struct epoll_event events[128];
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int udp = argc > 2 && strcmp(argv[2], "udp") == 0, echo = argc < 3 || strcmp(argv[2], "sink") != 0;
    if (argc > 1)
        address.sin_port = htons(atoi(argv[1]));
    if (argc > 3)
        room = atoi(argv[3]);
    buffer = malloc(room);
    epoll = epoll_create1(0);
    listener = socket(AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK, 0);
    if (bind(listener, (struct sockaddr *)&address, length) || (!udp && listen(listener, SOMAXCONN))) {
        perror("bind");
        return 1;
    }
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("Port: %d\n", ntohs(address.sin_port));
    fflush(stdout);
    watch(listener);
    for (;;) {
        int count = epoll_wait(epoll, events, 128, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener)
                serve(events[i].data.fd, echo);
            else if (udp)
                answer_all(listener);
            else
                accept_all();
        }
    }
}
