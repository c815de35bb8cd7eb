/* A connection of a server that never blocks: the lessons on readiness share it. */
#ifndef TURN_H
#define TURN_H

#include "lesson.h"

/* ANCHOR: turn */
typedef struct {
    SOCKET socket;
    int length;             /* bytes that were received ... */
    int sent;               /* ... and how many of them have been sent back */
    char buffer[4096];
} CONNECTION;

/* Echoes until a call would block. Receives nothing while something is still to be sent: so a client that does not read
   holds one buffer, and no more. FALSE when the connection has ended. */
static BOOL turn(CONNECTION *c)
{
    for (;;) {
        if (c->sent == c->length) {
            int count = recv(c->socket, c->buffer, sizeof c->buffer, 0);
            if (count == SOCKET_ERROR)
                return WSAGetLastError() == WSAEWOULDBLOCK;
            if (count == 0)
                return FALSE;
            c->length = count;
            c->sent = 0;
        }
        int count = send(c->socket, c->buffer + c->sent, c->length - c->sent, 0);
        if (count == SOCKET_ERROR)
            return WSAGetLastError() == WSAEWOULDBLOCK;
        c->sent += count;
        bytes_echoed += count;
    }
}

/* Whether the connection waits for room to send, not for something to receive. */
static inline BOOL is_sending(const CONNECTION *c)
{
    return c->sent < c->length;
}
/* ANCHOR_END: turn */

static inline void set_nonblocking(SOCKET s)
{
    u_long on = 1;
    check(ioctlsocket(s, FIONBIO, &on) == 0, "ioctlsocket");
}

#endif
