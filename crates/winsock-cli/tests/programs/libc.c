/* The other half of together.cpp: the C library's own sockets, in a file that never heard of ours. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static int exchange(int from, int to, int number)
{
    int got = 0;
    struct timeval limit = { 10, 0 };
    fd_set set;
    FD_ZERO(&set);
    FD_SET(to, &set);
    return send(from, &number, sizeof number, 0) == sizeof number
        && select(to + 1, &set, NULL, NULL, &limit) == 1
        && recv(to, &got, sizeof got, MSG_WAITALL) == sizeof got && got == number;
}

/* Gives 1 if a connection of its own carries so many numbers there and back, by the C library's rules. */
int libc_echo(int rounds)
{
    struct addrinfo hints, *found;
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int listener, client, server, i, good;

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo("127.0.0.1", "0", &hints, &found) != 0)
        return 0;
    listener = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    good = listener >= 0 && bind(listener, found->ai_addr, found->ai_addrlen) == 0 && listen(listener, 1) == 0
        && getsockname(listener, (struct sockaddr *)&address, &length) == 0;
    freeaddrinfo(found);
    client = socket(address.ss_family, SOCK_STREAM, 0);
    good = good && connect(client, (struct sockaddr *)&address, length) == 0;
    server = accept(listener, NULL, NULL);
    /* Descriptors, and errors as errno. */
    good = good && fcntl(server, F_GETFD) >= 0 && send(-1, "", 1, 0) == -1 && errno == EBADF;
    for (i = 0; good && i < rounds; i++)
        good = exchange(client, server, i) && exchange(server, client, ~i);
    close(client);
    close(server);
    close(listener);
    return good;
}
