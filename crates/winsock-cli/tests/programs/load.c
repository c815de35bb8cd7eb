/* A client of an echo server, on the C library's own sockets: load <port> <connections> <bytes>.

   All connections are open before any sends. Then each sends its own numbered stream in pieces of changing size, whatever has
   come back so far, and compares what comes back byte by byte. One in ten ends with a reset, the others close their side and
   wait for the server's. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE_MAX = 3000 };

struct connection {
    size_t sent, received;
    unsigned seed;
    int closing;
};

static size_t total;

static void fail(const char *what, size_t connection)
{
    fprintf(stderr, "connection %zu: %s: %s\n", connection, what, strerror(errno));
    exit(1);
}

static char byte_of(size_t connection, size_t at)
{
    return (char)(connection * 31 + at * 7 + (at >> 8));
}

static void send_piece(struct connection *c, struct pollfd *p, size_t number)
{
    char piece[PIECE_MAX];
    size_t length, i;
    ssize_t sent;

    c->seed = c->seed * 1664525 + 1013904223;
    length = 1 + (c->seed >> 16) % PIECE_MAX;
    if (length > total - c->sent)
        length = total - c->sent;
    for (i = 0; i < length; i++)
        piece[i] = byte_of(number, c->sent + i);
    sent = send(p->fd, piece, length, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        fail("send", number);
    if (sent > 0)
        c->sent += (size_t)sent;
    if (c->sent == total)
        p->events = POLLIN;
}

/* Whether the connection is done with. */
static int receive_piece(struct connection *c, struct pollfd *p, size_t number)
{
    struct linger reset = { 1, 0 };
    char piece[PIECE_MAX];
    ssize_t i, got = recv(p->fd, piece, sizeof piece, 0);

    if (got < 0 && errno == EAGAIN)
        return 0;
    if (got < 0)
        fail("recv", number);
    if (got == 0 && !c->closing)
        fail("closed by the server", number);
    if (got == 0)
        return 1;
    for (i = 0; i < got; i++)
        if (piece[i] != byte_of(number, c->received + (size_t)i))
            fail("another byte", number);
    c->received += (size_t)got;
    if (c->received > c->sent)
        fail("more than was sent", number);
    if (c->received < total)
        return 0;
    if (number % 10 == 9) {
        setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        return 1;
    }
    c->closing = 1;
    if (shutdown(p->fd, SHUT_WR) != 0)
        fail("shutdown", number);
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    size_t count, i, left;
    struct connection *connections;
    struct pollfd *polled;

    if (argc != 4)
        return 2;
    count = strtoul(argv[2], NULL, 10);
    total = strtoul(argv[3], NULL, 10);
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)atoi(argv[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connections = calloc(count, sizeof *connections);
    polled = calloc(count, sizeof *polled);
    if (!connections || !polled)
        fail("memory", count);
    for (i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
            fail("connect", i);
        if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
            fail("fcntl", i);
        polled[i].fd = fd;
        polled[i].events = POLLIN | POLLOUT;
        connections[i].seed = (unsigned)i;
    }
    for (left = count; left > 0;) {
        if (poll(polled, count, 30000) <= 0)
            fail("nothing comes", left);
        for (i = 0; i < count; i++) {
            struct pollfd *p = &polled[i];
            if (p->revents & POLLOUT && p->events & POLLOUT)
                send_piece(&connections[i], p, i);
            if (p->revents & ~POLLOUT && receive_piece(&connections[i], p, i)) {
                close(p->fd);
                p->fd = -1;
                p->revents = 0;
                left--;
            }
        }
    }
    printf("%zu bytes\n", count * total);
    return 0;
}
