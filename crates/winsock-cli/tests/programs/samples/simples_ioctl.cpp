// simples_ioctl: an echo server on non-blocking sockets and select, for one client after another.
#include "sample.h"

#define MAX_LISTENERS 8

static int wait_for(const SOCKET *sockets, int count, BOOL to_send, fd_set *ready) {
  FD_ZERO(ready);
  for (int i = 0; i < count; i++) FD_SET(sockets[i], ready);
  int found = select(0, to_send ? NULL : ready, to_send ? ready : NULL, NULL, NULL);
  if (found == SOCKET_ERROR) FAILED_CALL("select");
  return found;
}

/* All of the bytes, however few go at once. */
static BOOL send_all(SOCKET s, const char *buffer, int bytes) {
  for (int done = 0; done < bytes;) {
    fd_set ready;
    int sent = send(s, buffer + done, bytes - done, 0);
    if (sent != SOCKET_ERROR) {
      done += sent;
    } else if (WSAGetLastError() != WSAEWOULDBLOCK || wait_for(&s, 1, TRUE, &ready) == SOCKET_ERROR) {
      FAILED_CALL("send");
      return FALSE;
    }
  }
  printf("sent %d bytes\n", bytes);
  return TRUE;
}

static void serve(SOCKET s) {
  char buffer[4096];
  fd_set ready;
  for (;;) {
    int bytes = recv(s, buffer, sizeof buffer, 0);
    if (bytes > 0) {
      printf("read %d bytes\n", bytes);
      if (!send_all(s, buffer, bytes)) return;
    } else if (bytes == 0) {
      shutdown(s, SD_SEND);
      return;
    } else if (WSAGetLastError() != WSAEWOULDBLOCK || wait_for(&s, 1, FALSE, &ready) == SOCKET_ERROR) {
      FAILED_CALL("recv");
      return;
    }
  }
}

int __cdecl main(int, char **argv) {
  OPTIONS options = {argv + 1, NULL};
  char *address = NULL, *port = "5001";
  int family = AF_UNSPEC, count = 0;
  SOCKET listeners[MAX_LISTENERS];
  u_long nonblocking = 1;

  for (int letter; (letter = option(&options)) != 0;) switch (letter) {
    case '4': family = AF_INET; break;
    case '6': family = AF_INET6; break;
    case 'i': address = option_value(&options); break;
    case 'e': port = option_value(&options); break;
    default:
      fprintf(stderr, "Usage\n%s -e [endpoint] -i [interface] [-4] [-6]\n", argv[0]);
      return 1;
  }
  if (!start_sample()) return 1;
  struct addrinfo *found = resolve(address, port, family, SOCK_STREAM);
  for (struct addrinfo *at = found; at != NULL && count < MAX_LISTENERS; at = at->ai_next) {
    SOCKET s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (bind(s, at->ai_addr, (int)at->ai_addrlen) == SOCKET_ERROR || listen(s, 7) == SOCKET_ERROR ||
        ioctlsocket(s, FIONBIO, &nonblocking) == SOCKET_ERROR) {
      FAILED_CALL("bind");
      return 0;
    }
    NAMES names = names_of(at->ai_addr, (int)at->ai_addrlen);
    printf("Server socket 0x%x listening on %s and port %s\n", (UINT)s, names.host, names.port);
    listeners[count++] = s;
  }
  freeaddrinfo(found);

  fd_set ready;
  while (count > 0 && wait_for(listeners, count, FALSE, &ready) != SOCKET_ERROR) {
    for (int i = 0; i < count; i++) {
      SOCKADDR_STORAGE from;
      int length = sizeof from;
      if (!FD_ISSET(listeners[i], &ready)) continue;
      SOCKET s = accept(listeners[i], (SOCKADDR *)&from, &length);
      if (s == INVALID_SOCKET) continue; // The client has gone again.
      NAMES names = names_of(&from, length);
      printf("Accepted client connection from %s and port %s\n", names.host, names.port);
      ioctlsocket(s, FIONBIO, &nonblocking);
      serve(s);
      closesocket(s);
    }
  }
  while (count > 0) closesocket(listeners[--count]);
  WSACleanup();
  return 0;
}
