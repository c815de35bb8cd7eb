/* Common.h: what the two ways of the accept server share: listeners, clients, and what is done with them. */
#ifndef ACCEPT_COMMON_H
#define ACCEPT_COMMON_H

#include "..\Sample.h"

#define WM_USER_SOCKET (WM_USER + 1)

/* A listener or a client, in one list. */
typedef struct _SOCK_INFO {
  SOCKET socket;
  BOOL is_listener;
  char buffer[4096];
  int bytes, sent;         /* In the buffer, and gone of these. */
  int received, all_sent;  /* In all. */
  struct _SOCK_INFO *next;
} SOCK_INFO, *PSOCK_INFO;

extern PSOCK_INFO g_sockets;

PSOCK_INFO add(SOCKET socket, BOOL is_listener);
PSOCK_INFO accept_client(PSOCK_INFO listener);
void close_client(PSOCK_INFO client);
/* Echo as far as it goes now; FALSE when the client is done or gone. */
BOOL echo(PSOCK_INFO client);

/* The two ways: until their end, which is that of the program. */
void serve_by_select(void);
void serve_by_messages(void);

#endif
