/* overlap: an echo server in one thread, with an event for each operation under way: AcceptEx, WSARecv, WSASend. */
#include "SAMPLE.H"

#define MAX_PENDING 10
#define ERR(call) fprintf(stderr, "\n%s failed with error: %d\n", call, WSAGetLastError())

typedef struct {
  WSAOVERLAPPED overlapped;
  SOCKET socket;
  BOOL is_sending;
  WSABUF rest;
  char buffer[128];
} CLIENT;

static WSAEVENT events[MAX_PENDING];
static CLIENT *clients[MAX_PENDING]; /* Beside its event; the first one is to be accepted. */
static DWORD count;

static CLIENT *new_client(int family) {
  CLIENT *client = (CLIENT *)XMALLOC(sizeof *client);
  client->overlapped.hEvent = WSACreateEvent();
  client->socket = WSASocket(family, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  return client;
}

static void drop(DWORD place) {
  closesocket(clients[place]->socket);
  WSACloseEvent(events[place]);
  XFREE(clients[place]);
  count--;
  events[place] = events[count];
  clients[place] = clients[count];
}

static BOOL is_under_way(int result) {
  return result != SOCKET_ERROR || WSAGetLastError() == WSA_IO_PENDING;
}

static BOOL receive(CLIENT *client) {
  DWORD flags = 0;
  client->is_sending = FALSE;
  client->rest.buf = client->buffer;
  client->rest.len = sizeof client->buffer;
  SecureZeroMemory(client->buffer, sizeof client->buffer);
  return is_under_way(WSARecv(client->socket, &client->rest, 1, NULL, &flags, &client->overlapped, NULL));
}

static BOOL send_rest(CLIENT *client) {
  client->is_sending = TRUE;
  return is_under_way(WSASend(client->socket, &client->rest, 1, NULL, 0, &client->overlapped, NULL));
}

/* What follows the operation that has ended. */
static BOOL go_on(CLIENT *client) {
  DWORD bytes = 0, flags = 0;
  WSAResetEvent(client->overlapped.hEvent);
  if (!WSAGetOverlappedResult(client->socket, &client->overlapped, &bytes, FALSE, &flags) || bytes == 0) return FALSE;
  if (!client->is_sending) {
    printf("Read buffer [%s]\nEchoing back to client\n", client->buffer);
    client->rest.len = bytes;
    return send_rest(client);
  }
  printf("Wrote %lu bytes\n", (unsigned long)bytes);
  client->rest.buf += bytes;
  client->rest.len -= bytes;
  if (client->rest.len > 0) return send_rest(client);
  printf("Queueing read\n");
  return receive(client);
}

int __cdecl main(int argc, char **argv) {
  OPTIONS options = {argv + 1, NULL};
  char *address = NULL, *port = "5001", addresses[2 * (sizeof(SOCKADDR_STORAGE) + 16)];
  struct addrinfo *found = NULL;
  SOCKET listener = INVALID_SOCKET;
  GUID which = WSAID_ACCEPTEX;
  LPFN_ACCEPTEX accept_ex = NULL;
  DWORD bytes;
  int letter, family = AF_UNSPEC, started = 0;
  (void)argc;

  while ((letter = option(&options)) != 0) {
    if (letter == 'i') {
      address = option_value(&options);
    } else if (letter == 'e') {
      port = option_value(&options);
    } else {
      fprintf(stderr, "Usage\n%s -e [endpoint] -i [interface]\n", argv[0]);
      return 1;
    }
  }
  __try {
    if (!start_sample()) __leave;
    started = 1;
    if ((found = resolve(address, port, AF_UNSPEC, SOCK_STREAM)) == NULL) __leave;
    family = found->ai_family;
    listener = WSASocket(family, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    if (bind(listener, found->ai_addr, (int)found->ai_addrlen) == SOCKET_ERROR || listen(listener, 5) == SOCKET_ERROR) {
      ERR("bind()");
      __leave;
    }
    if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &which, sizeof which, &accept_ex, sizeof accept_ex,
                 &bytes, NULL, NULL) == SOCKET_ERROR) {
      ERR("WSAIoctl()");
      __leave;
    }
    {
      NAMES names = names_of(found->ai_addr, (int)found->ai_addrlen);
      printf("Listening on %s:%s\n", names.host, names.port);
    }
    for (;;) {
      CLIENT *next = new_client(family);
      clients[0] = next;
      events[0] = next->overlapped.hEvent;
      if (count == 0) count = 1;
      if (!accept_ex(listener, next->socket, addresses, 0, sizeof addresses / 2, sizeof addresses / 2, &bytes,
                     &next->overlapped) &&
          WSAGetLastError() != WSA_IO_PENDING) {
        ERR("AcceptEx()");
        __leave;
      }
      for (;;) {
        DWORD place = WSAWaitForMultipleEvents(count, events, FALSE, WSA_INFINITE, FALSE) - WSA_WAIT_EVENT_0;
        if (place >= count) {
          ERR("WSAWaitForMultipleEvents()");
          __leave;
        }
        if (place == 0) break;
        if (!go_on(clients[place])) drop(place);
      }
      /* The client that has come moves to a place of its own. */
      WSAResetEvent(events[0]);
      if (count == MAX_PENDING) {
        fprintf(stderr, "Too many pending requests\n");
        closesocket(next->socket);
        WSACloseEvent(events[0]);
        XFREE(next);
        continue;
      }
      setsockopt(next->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener);
      clients[count] = next;
      events[count] = events[0];
      count++;
      if (!receive(next)) drop(count - 1);
    }
  }
  __finally {
    while (count > 0) drop(count - 1);
    if (found != NULL) freeaddrinfo(found);
    closesocket(listener);
    if (started) WSACleanup();
  }
  return 0;
}
