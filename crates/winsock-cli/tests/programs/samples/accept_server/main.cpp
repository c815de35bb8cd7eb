// accept_server: an echo server in one thread that learns of events by select or by messages.
#include "common.h"

static BOOL add_listeners(char *address, char *port, int family) {
  struct addrinfo *found = resolve(address, port, family, SOCK_STREAM);
  for (struct addrinfo *at = found; at != NULL; at = at->ai_next) {
    u_long nonblocking = 1;
    SOCKET s = WSASocket(at->ai_family, at->ai_socktype, at->ai_protocol, NULL, 0, 0);
    if (bind(s, at->ai_addr, (int)at->ai_addrlen) == SOCKET_ERROR) {
      printf("bind failed. Error = %d\n", WSAGetLastError());
      closesocket(s);
      continue;
    }
    if (listen(s, FD_SETSIZE) == SOCKET_ERROR || ioctlsocket(s, FIONBIO, &nonblocking) == SOCKET_ERROR)
      printf("listen failed. Error = %d\n", WSAGetLastError());
    else
      printf("Listen successful\n");
    add(s, TRUE);
  }
  freeaddrinfo(found);
  return g_sockets != NULL;
}

int _cdecl main(int, char *argv[]) {
  OPTIONS options = {argv + 1, NULL};
  char *address = NULL, *port = "7243";
  int family = AF_UNSPEC, way = 1;

  for (int letter; (letter = option(&options)) != 0;) switch (letter) {
    case 'a': {
      int number = atoi(option_value(&options));
      family = number == 4 ? AF_INET : number == 6 ? AF_INET6 : AF_UNSPEC;
      break;
    }
    case 'i': address = option_value(&options); break;
    case 'e': port = option_value(&options); break;
    case 't': way = atoi(option_value(&options)); break;
    default: way = 0;
  }
  if (way < 1 || way > 2) {
    printf("Usage:\n   %s -a <0|4|6> -i <interface> -e <endpoint> -t <1|2>\n", argv[0]);
    return 1;
  }
  if (!start_sample() || !add_listeners(address, port, family)) return 1;
  if (way == 1)
    serve_by_select();
  else
    serve_by_messages();
  while (g_sockets != NULL) close_client(g_sockets);
  WSACleanup();
  return 0;
}
