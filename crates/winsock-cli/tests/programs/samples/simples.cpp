// simples: an echo server by TCP or UDP, with a thread for each address that it listens at.
#include "sample.h"

static void echo_stream(SOCKET s) {
  for (;;) {
    SOCKADDR_STORAGE from;
    int length = sizeof from, bytes;
    char buffer[4096];
    SOCKET client = accept(s, (SOCKADDR *)&from, &length);
    if (client == INVALID_SOCKET) {
      FAILED_CALL("accept");
      return;
    }
    NAMES names = names_of(&from, length);
    printf("Accepted connection from host %s and port %s\n", names.host, names.port);
    while ((bytes = recv(client, buffer, sizeof buffer, 0)) > 0) {
      printf("read %d bytes\n", bytes);
      if ((bytes = send(client, buffer, bytes, 0)) == SOCKET_ERROR) break;
      printf("wrote %d bytes\n", bytes);
    }
    if (bytes == SOCKET_ERROR) FAILED_CALL("echo");
    shutdown(client, SD_SEND);
    closesocket(client);
  }
}

static void echo_datagrams(SOCKET s) {
  for (;;) {
    SOCKADDR_STORAGE from;
    char buffer[4096];
    int length = sizeof from;
    int bytes = recvfrom(s, buffer, sizeof buffer, 0, (SOCKADDR *)&from, &length);
    if (bytes == SOCKET_ERROR && WSAGetLastError() == WSAECONNRESET) continue; // An earlier answer found nobody.
    if (bytes == SOCKET_ERROR) {
      FAILED_CALL("recvfrom");
      return;
    }
    NAMES names = names_of(&from, length);
    printf("read %d bytes from host %s and port %s\n", bytes, names.host, names.port);
    bytes = sendto(s, buffer, bytes, 0, (SOCKADDR *)&from, length);
    printf("sent %d bytes to host %s and port %s\n", bytes, names.host, names.port);
  }
}

static DWORD WINAPI serve(LPVOID parameter) {
  SOCKET s = (SOCKET)parameter;
  int type = 0, length = sizeof type;
  if (getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &length) == SOCKET_ERROR) FAILED_CALL("getsockopt");
  if (type == SOCK_STREAM) echo_stream(s);
  if (type == SOCK_DGRAM) echo_datagrams(s);
  return 0;
}

int __cdecl main(int, char **argv) {
  OPTIONS options = {argv + 1, NULL};
  char *address = NULL, *port = "5001";
  int family = AF_UNSPEC, type = SOCK_STREAM;
  SOCKET *sockets;
  HANDLE *threads;
  DWORD count = 0, used = 0;

  for (int letter; (letter = option(&options)) != 0;) switch (letter) {
    case '4': family = AF_INET; break;
    case '6': family = AF_INET6; break;
    case 'p': type = lstrcmpi(option_value(&options), "UDP") == 0 ? SOCK_DGRAM : SOCK_STREAM; break;
    case 'i': address = option_value(&options); break;
    case 'e': port = option_value(&options); break;
    default:
      fprintf(stderr, "Usage\n%s -p [protocol] -e [endpoint] -i [interface] [-4] [-6]\n", argv[0]);
      return 1;
  }
  if (!start_sample()) return 1;
  struct addrinfo *found = resolve(address, port, family, type), *at;
  for (at = found; at != NULL; at = at->ai_next) count++;
  sockets = (SOCKET *)XMALLOC(count * sizeof *sockets);
  threads = (HANDLE *)XMALLOC(count * sizeof *threads);
  for (at = found; at != NULL; at = at->ai_next) {
    SOCKET s = sockets[used] = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
    if (bind(s, at->ai_addr, (int)at->ai_addrlen) == SOCKET_ERROR) {
      FAILED_CALL("bind");
      return 0;
    }
    if (type == SOCK_STREAM && listen(s, 7) == SOCKET_ERROR) FAILED_CALL("listen");
    NAMES names = names_of(at->ai_addr, (int)at->ai_addrlen);
    printf("socket 0x%x bound to address %s and port %s\n", (UINT)s, names.host, names.port);
    threads[used++] = CreateThread(NULL, 0, serve, (LPVOID)s, 0, NULL);
  }
  freeaddrinfo(found);
  if (used > 0 && WaitForMultipleObjects(used, threads, TRUE, INFINITE) == WAIT_FAILED) FAILED_CALL("wait");
  while (used-- > 0) {
    CloseHandle(threads[used]);
    closesocket(sockets[used]);
  }
  XFREE(sockets);
  XFREE(threads);
  WSACleanup();
  return 0;
}
