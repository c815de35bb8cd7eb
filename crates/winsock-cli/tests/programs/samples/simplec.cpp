// simplec: sends messages by TCP or UDP, one after the other, and waits for each to come back.
#include "Sample.h"

#define DEFAULT_PORT "5001"

int __cdecl main(int, char **argv) {
  OPTIONS options = {argv + 1, NULL};
  char *server = "localhost", *port = DEFAULT_PORT;
  int family = AF_UNSPEC, type = SOCK_STREAM, messages = 1;

  for (int letter; (letter = option(&options)) != 0;) switch (letter) {
    case '4': family = AF_INET; break;
    case '6': family = AF_INET6; break;
    case 'p': type = lstrcmpi(option_value(&options), "UDP") == 0 ? SOCK_DGRAM : SOCK_STREAM; break;
    case 'n': server = option_value(&options); break;
    case 'e': port = option_value(&options); break;
    case 'l': messages = atoi(option_value(&options)); break;
    default:
      fprintf(stderr, "Usage\n%s -p [protocol] -n [server] -e [endpoint] -l [iterations] [-4] [-6]\n", argv[0]);
      return 1;
  }
  if (!start_sample()) return 1;
  struct addrinfo *found = resolve(server, port, family, type), *at;
  SOCKET s = INVALID_SOCKET;
  for (at = found; at != NULL; at = at->ai_next) {
    NAMES names = names_of(at->ai_addr, (int)at->ai_addrlen);
    printf("Client attempting connection to: %s port: %s\n", names.host, names.port);
    s = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (s != INVALID_SOCKET && connect(s, at->ai_addr, (int)at->ai_addrlen) != SOCKET_ERROR) break;
    closesocket(s);
  }
  freeaddrinfo(found);
  if (at == NULL) {
    printf("Unable to establish connection...\n");
    WSACleanup();
    return 0;
  }
  printf("Connection established...\n");

  for (int number = 0; number < messages; number++) {
    char buffer[4096];
    StringCbPrintf(buffer, sizeof buffer, "This is a small test message [number %d]", number);
    int sent = send(s, buffer, lstrlen(buffer) + 1, 0);
    if (sent == SOCKET_ERROR) {
      FAILED_CALL("send");
      break;
    }
    printf("wrote %d bytes\n", sent);
    int received = recv(s, buffer, sizeof buffer, 0);
    if (received == SOCKET_ERROR) {
      FAILED_CALL("recv");
      break;
    }
    if (received == 0) {
      printf("Server closed connection\n");
      break;
    }
    printf("read %d bytes, data [%s] from server\n", received, buffer);
  }
  if (shutdown(s, SD_SEND) == SOCKET_ERROR) FAILED_CALL("shutdown");
  if (closesocket(s) == SOCKET_ERROR) FAILED_CALL("closesocket");
  WSACleanup();
  return 0;
}
