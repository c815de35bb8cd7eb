// An echo server with a completion port and sixteen AcceptEx posted, each of which ends with the first data of its
// connection: the number of workers is its argument. The end of its input stops it.
#include "port_server.h"

using namespace port_server;

namespace {

constexpr DWORD room = sizeof(sockaddr_in) + 16;
constexpr size_t accepts = 16;

struct Slot {
  OVERLAPPED overlapped; // First, so that the operation's address is its own.
  SOCKET socket;
  char buffer[1024 + 2 * room];
};

template <class Function> Function extension(SOCKET socket, GUID id) {
  Function function = nullptr;
  DWORD bytes = 0;
  CHECK(WSAIoctl(socket, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes, NULL,
                 NULL) == 0);
  CHECK(bytes == sizeof function && function != nullptr);
  return function;
}

class Accepting final : public Server {
public:
  Accepting(DWORD workers, SOCKET listener)
      : Server(workers), listener(listener), accept(extension<LPFN_ACCEPTEX>(listener, WSAID_ACCEPTEX)),
        addresses(extension<LPFN_GETACCEPTEXSOCKADDRS>(listener, WSAID_GETACCEPTEXSOCKADDRS)) {
    ended = CreateEvent(NULL, TRUE, FALSE, NULL);
    CHECK(ended != NULL);
    CHECK(CreateIoCompletionPort((HANDLE)listener, port, listener, 0) == port);
    for (auto &slot : posted) CHECK(post(&slot));
  }

  void stop() {
    {
      std::lock_guard<std::mutex> guard(lock);
      closed = true;
      CHECK(closesocket(listener) == 0);
    }
    CHECK(WaitForSingleObject(ended, INFINITE) == WAIT_OBJECT_0 && CloseHandle(ended));
    Server::stop();
  }

private:
  // False when the listener is closed.
  bool post(Slot *slot) {
    std::lock_guard<std::mutex> guard(lock);
    if (closed) return false;
    DWORD bytes = 0;
    slot->overlapped = {};
    slot->socket = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    CHECK(slot->socket != INVALID_SOCKET);
    CHECK(accept(listener, slot->socket, slot->buffer, sizeof slot->buffer - 2 * room, room, room, &bytes,
                 &slot->overlapped) ||
          WSAGetLastError() == ERROR_IO_PENDING);
    return true;
  }

  void end() {
    std::lock_guard<std::mutex> guard(lock);
    if (++finished == accepts) CHECK(SetEvent(ended));
  }

  void packet(ULONG_PTR key, bool ok, DWORD bytes, OVERLAPPED *overlapped) override {
    CHECK(key == listener);
    auto slot = (Slot *)overlapped;
    if (!ok) {
      // The listener is closed, or the peer is gone already.
      CHECK(closesocket(slot->socket) == 0);
      if (!post(slot)) end();
      return;
    }
    CHECK(setsockopt(slot->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener) == 0);
    check_addresses(slot);
    Connection *connection = add(slot->socket);
    memcpy(connection->buffer, slot->buffer, bytes);
    if (!post(slot)) end();
    if (bytes > 0)
      echo(connection, bytes);
    else
      receive(connection);
  }

  // Where AcceptEx put them is what the socket itself says.
  void check_addresses(Slot *slot) {
    sockaddr *local = nullptr, *remote = nullptr;
    int local_length = 0, remote_length = 0, length = sizeof(sockaddr_in);
    sockaddr_in name;
    addresses(slot->buffer, sizeof slot->buffer - 2 * room, room, room, &local, &local_length, &remote,
              &remote_length);
    CHECK(local_length == length && remote_length == length);
    CHECK(getsockname(slot->socket, (SOCKADDR *)&name, &length) == 0 && memcmp(&name, local, length) == 0);
    // A peer that has reset the connection meanwhile has no name.
    if (getpeername(slot->socket, (SOCKADDR *)&name, &length) == 0)
      CHECK(memcmp(&name, remote, length) == 0);
    else
      CHECK(WSAGetLastError() == WSAENOTCONN);
  }

  SOCKET listener;
  LPFN_ACCEPTEX accept;
  LPFN_GETACCEPTEXSOCKADDRS addresses;
  Slot posted[accepts];
  size_t finished = 0;
  HANDLE ended;
  bool closed = false;
};

} // namespace

int main(int, char **argv) {
  start();
  SOCKET listener = listen_and_say();
  Accepting server(atoi(argv[1]), listener);
  wait_for_stop();
  server.stop();
  CHECK(WSACleanup() == 0);
  return 0;
}
