/* iocp.h: what iocpserver and iocpserverex share: their options, clients, worker threads, and the control handler.
 *
 * Every client has one operation under way, a receive or the send of what was received. Whoever takes its completion
 * owns the client: it starts the next operation, or drops the client. To end, the server closes all sockets and waits
 * until the workers have dropped every client.
 */
#ifndef IOCP_H
#define IOCP_H

#include "Sample.h"
#include <process.h>

#define MAX_WORKERS 64
#define LISTENER ((ULONG_PTR)1) /* The key of the listener's completions; that of a client is NULL. */

typedef struct _CLIENT {
  OVERLAPPED overlapped; /* First: an operation's address is its client's. */
  SOCKET socket;
  BOOL is_sending;
  WSABUF rest;
  struct _CLIENT *previous, *next;
  char buffer[8192];
} CLIENT, *PCLIENT;

static char *g_port = "5001";
static BOOL g_is_verbose, g_is_ending, g_is_restarting;
static HANDLE g_iocp;
static SOCKET g_listener = INVALID_SOCKET;
static PCLIENT g_clients;
static CRITICAL_SECTION g_lock; /* For the list, and for closing sockets. */
static HANDLE g_none_left;      /* Signalled while there is no client. */

/* What follows an accept; each of the servers has its own. */
static void accepted(BOOL succeeded);
/* Makes the server leave its loop. */
static void interrupt(void);

static void say(const char *format, ...) {
  char text[512];
  DWORD written;
  va_list arguments;
  va_start(arguments, format);
  if (SUCCEEDED(StringCchVPrintf(text, sizeof text, format, arguments)))
    WriteConsole(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)lstrlen(text), &written, NULL);
  va_end(arguments);
}

static void close_at_once(SOCKET s) {
  LINGER linger = {1, 0};
  setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
  closesocket(s);
}

static void drop(PCLIENT client) {
  EnterCriticalSection(&g_lock);
  if (client->previous) client->previous->next = client->next;
  if (client->next) client->next->previous = client->previous;
  if (g_clients == client) g_clients = client->next;
  if (client->socket != INVALID_SOCKET) close_at_once(client->socket);
  if (g_clients == NULL) SetEvent(g_none_left);
  LeaveCriticalSection(&g_lock);
  XFREE(client);
}

static BOOL is_under_way(int result) { return result != SOCKET_ERROR || WSAGetLastError() == WSA_IO_PENDING; }

static BOOL receive(PCLIENT client) {
  DWORD flags = 0;
  client->is_sending = FALSE;
  client->rest.buf = client->buffer;
  client->rest.len = sizeof client->buffer;
  return is_under_way(WSARecv(client->socket, &client->rest, 1, NULL, &flags, &client->overlapped, NULL));
}

static BOOL send_rest(PCLIENT client) {
  client->is_sending = TRUE;
  return is_under_way(WSASend(client->socket, &client->rest, 1, NULL, 0, &client->overlapped, NULL));
}

/* A connection becomes a client, unless the server ends. */
static void serve(SOCKET s) {
  PCLIENT client = (PCLIENT)XMALLOC(sizeof *client);
  __try {
    EnterCriticalSection(&g_lock);
    if (client == NULL || g_is_ending) __leave;
    if (CreateIoCompletionPort((HANDLE)s, g_iocp, 0, 0) == NULL) {
      say("CreateIoCompletionPort() failed: %d\n", GetLastError());
      __leave;
    }
    client->socket = s;
    client->next = g_clients;
    if (g_clients) g_clients->previous = client;
    g_clients = client;
    ResetEvent(g_none_left);
    client = NULL;
    if (!receive(g_clients)) drop(g_clients);
  }
  __finally {
    LeaveCriticalSection(&g_lock);
    if (client != NULL) {
      XFREE(client);
      close_at_once(s);
    }
  }
  if (g_is_verbose) say("Socket(%d) added to IOCP\n", (int)s);
}

static BOOL go_on(PCLIENT client, DWORD bytes) {
  if (bytes == 0) return FALSE;
  if (g_is_verbose)
    say("WorkerThread %d: %s completed (%d bytes)\n", GetCurrentThreadId(), client->is_sending ? "Send" : "Recv", bytes);
  if (!client->is_sending) {
    client->rest.len = bytes;
    return send_rest(client);
  }
  client->rest.buf += bytes;
  client->rest.len -= bytes;
  return client->rest.len > 0 ? send_rest(client) : receive(client);
}

static unsigned WINAPI worker(void *iocp) {
  for (;;) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    LPOVERLAPPED done = NULL;
    BOOL succeeded = GetQueuedCompletionStatus((HANDLE)iocp, &bytes, &key, &done, INFINITE);
    if (done == NULL) return 0; /* A packet that the server posts to end its workers. */
    if (key == LISTENER)
      accepted(succeeded);
    else if (!succeeded || !go_on((PCLIENT)done, bytes))
      drop((PCLIENT)done);
  }
}

static BOOL listen_at_port(void) {
  struct addrinfo *local = resolve(NULL, g_port, AF_INET, SOCK_STREAM);
  int none = 0;
  BOOL listens = FALSE;
  if (local == NULL) return FALSE;
  g_listener = WSASocket(local->ai_family, local->ai_socktype, local->ai_protocol, NULL, 0, WSA_FLAG_OVERLAPPED);
  if (bind(g_listener, local->ai_addr, (int)local->ai_addrlen) == SOCKET_ERROR)
    say("bind() failed: %d\n", WSAGetLastError());
  else if (listen(g_listener, SOMAXCONN) == SOCKET_ERROR)
    say("listen() failed: %d\n", WSAGetLastError());
  /* Sends go from our buffers, without a copy; accepted sockets inherit it. */
  else if (setsockopt(g_listener, SOL_SOCKET, SO_SNDBUF, (char *)&none, sizeof none) == SOCKET_ERROR)
    say("setsockopt(SO_SNDBUF) failed: %d\n", WSAGetLastError());
  else
    listens = TRUE;
  freeaddrinfo(local);
  return listens;
}

static BOOL WINAPI control(DWORD event) {
  switch (event) {
  case CTRL_BREAK_EVENT:
    g_is_restarting = TRUE;
    /* fall through */
  case CTRL_C_EVENT:
  case CTRL_CLOSE_EVENT:
  case CTRL_LOGOFF_EVENT:
  case CTRL_SHUTDOWN_EVENT:
    interrupt();
    return TRUE;
  default:
    return FALSE;
  }
}

/* Runs the server's loop with a port and its workers. */
static void run(void (*loop)(void)) {
  HANDLE workers[MAX_WORKERS];
  DWORD count = 0, wanted;
  SYSTEM_INFO system;

  GetSystemInfo(&system);
  wanted = min(2 * system.dwNumberOfProcessors, MAX_WORKERS);
  __try {
    g_is_ending = g_is_restarting = FALSE;
    g_iocp = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (g_iocp == NULL) __leave;
    while (count < wanted) {
      HANDLE thread = (HANDLE)_beginthreadex(NULL, 0, worker, g_iocp, 0, NULL);
      if (thread == NULL) __leave;
      workers[count++] = thread;
    }
    if (listen_at_port()) loop();
  }
  __finally {
    EnterCriticalSection(&g_lock);
    g_is_ending = TRUE;
    for (PCLIENT client = g_clients; client; client = client->next) {
      close_at_once(client->socket);
      client->socket = INVALID_SOCKET;
    }
    LeaveCriticalSection(&g_lock);
    WaitForSingleObject(g_none_left, INFINITE);
    for (DWORD i = 0; i < count; i++) PostQueuedCompletionStatus(g_iocp, 0, 0, NULL);
    if (count > 0 && WaitForMultipleObjects(count, workers, TRUE, INFINITE) != WAIT_OBJECT_0)
      say("WaitForMultipleObjects() failed: %d\n", GetLastError());
    while (count > 0) CloseHandle(workers[--count]);
    CloseHandle(g_iocp);
  }
}

/* The options, and one run after another until it is not to be restarted. */
static void run_until_ended(const char *name, char **argv, void (*loop)(void)) {
  OPTIONS options = {argv + 1, NULL};
  for (int letter; (letter = option(&options)) != 0;) {
    if (letter == 'e') {
      g_port = option_value(&options);
    } else if (letter == 'v') {
      g_is_verbose = TRUE;
    } else {
      say("Usage:\n  %s [-e:port] [-v] [-?]\n", name);
      return;
    }
  }
  if (!SetConsoleCtrlHandler(control, TRUE) || !start_sample()) return;
  __try {
    InitializeCriticalSection(&g_lock);
  }
  __except (EXCEPTION_EXECUTE_HANDLER) {
    say("InitializeCriticalSection raised an exception.\n");
    return;
  }
  g_none_left = CreateEvent(NULL, TRUE, TRUE, NULL);
  do {
    run(loop);
    say(g_is_restarting ? "\n%s is restarting...\n" : "\n%s is exiting...\n", name);
  } while (g_is_restarting);
  CloseHandle(g_none_left);
  DeleteCriticalSection(&g_lock);
  WSACleanup();
  SetConsoleCtrlHandler(control, FALSE);
}

#endif
