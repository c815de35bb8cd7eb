// An echo server with a completion port, which accepts with WSAAccept: the number of workers is its argument. The end of
// its input closes the listener, and that ends the accepting.
#include "port_server.h"

using namespace port_server;

namespace {

struct Accepting final : Server {
  using Server::Server;
};

DWORD WINAPI close_at_end(LPVOID listener) {
  wait_for_stop();
  CHECK(closesocket((SOCKET)listener) == 0);
  return 0;
}

} // namespace

int main(int, char **argv) {
  start();
  Accepting server(atoi(argv[1]));
  SOCKET listener = listen_and_say();
  HANDLE closing = CreateThread(NULL, 0, close_at_end, (LPVOID)listener, 0, NULL);
  CHECK(closing != NULL);

  for (;;) {
    SOCKET socket = WSAAccept(listener, NULL, NULL, NULL, 0);
    if (socket == INVALID_SOCKET) break;
    server.receive(server.add(socket));
  }
  CHECK(WSAGetLastError() == WSAEINTR || WSAGetLastError() == WSAENOTSOCK);
  CHECK(WaitForSingleObject(closing, INFINITE) == WAIT_OBJECT_0 && CloseHandle(closing));
  server.stop();
  CHECK(WSACleanup() == 0);
  return 0;
}
