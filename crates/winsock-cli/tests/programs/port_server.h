// What the completion-port echo servers share: connections that outlive their operations, and the threads that take
// packets. How connections are accepted is each server's own.
//
// A connection has one operation at a time: it receives, sends all of that back, receives again. Its key is its own
// address; a key of 0 ends a worker.
#ifndef PORT_SERVER_H
#define PORT_SERVER_H

#include "check.h"
#include <mswsock.h>
#include <iostream>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

namespace port_server {

enum class Step { receive, send };

struct Connection {
  OVERLAPPED overlapped; // First, so that the operation's address is its connection's.
  SOCKET socket;
  Step step;
  WSABUF rest;
  char buffer[4096];
};

class Server {
public:
  explicit Server(DWORD workers) : port(CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0)) {
    CHECK(port != NULL);
    gone = CreateEvent(NULL, TRUE, TRUE, NULL);
    CHECK(gone != NULL);
    for (DWORD i = 0; i < workers; i++) {
      threads.push_back(CreateThread(NULL, 0, work, this, 0, NULL));
      CHECK(threads.back() != NULL);
    }
  }

  // A connection that is accepted, and associated with the port.
  Connection *add(SOCKET socket) {
    auto connection = new Connection{};
    connection->socket = socket;
    CHECK(CreateIoCompletionPort((HANDLE)socket, port, (ULONG_PTR)connection, 0) == port);
    std::lock_guard<std::mutex> guard(lock);
    served++;
    CHECK(connections.insert(connection).second);
    CHECK(ResetEvent(gone));
    return connection;
  }

  // All that the connection has received is in its buffer.
  void echo(Connection *connection, DWORD bytes) {
    connection->rest = {bytes, connection->buffer};
    send(connection);
  }

  void receive(Connection *connection) {
    DWORD flags = 0;
    connection->step = Step::receive;
    connection->rest = {sizeof connection->buffer, connection->buffer};
    connection->overlapped = {};
    started(connection, WSARecv(connection->socket, &connection->rest, 1, NULL, &flags, &connection->overlapped, NULL));
  }

  // The server's own packets: of the listener.
  virtual void packet(ULONG_PTR key, bool ok, DWORD bytes, OVERLAPPED *overlapped) {
    (void)key, (void)ok, (void)bytes, (void)overlapped;
    CHECK(!"a packet of nobody's");
  }

  // Closes what is left, waits until nothing pends, ends the workers, and says what was done.
  void stop() {
    {
      std::lock_guard<std::mutex> guard(lock);
      for (auto connection : connections) CHECK(closesocket(connection->socket) == 0);
      closed = true;
    }
    CHECK(WaitForSingleObject(gone, INFINITE) == WAIT_OBJECT_0);
    for (size_t i = 0; i < threads.size(); i++) CHECK(PostQueuedCompletionStatus(port, 0, 0, NULL));
    CHECK(WaitForMultipleObjects((DWORD)threads.size(), threads.data(), TRUE, INFINITE) == WAIT_OBJECT_0);
    for (auto thread : threads) {
      DWORD code = 0;
      CHECK(GetExitCodeThread(thread, &code) && code == 7 && CloseHandle(thread));
    }
    CHECK(CloseHandle(gone) && CloseHandle(port));
    std::cout << served << " connections, " << echoed << " bytes" << std::endl;
  }

  HANDLE port;

protected:
  virtual ~Server() = default;
  std::mutex lock;

private:
  void send(Connection *connection) {
    connection->step = Step::send;
    connection->overlapped = {};
    started(connection, WSASend(connection->socket, &connection->rest, 1, NULL, 0, &connection->overlapped, NULL));
  }

  // An operation that failed at once has no packet.
  void started(Connection *connection, int result) {
    if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING) remove(connection);
  }

  void remove(Connection *connection) {
    std::lock_guard<std::mutex> guard(lock);
    if (!closed) CHECK(closesocket(connection->socket) == 0);
    CHECK(connections.erase(connection) == 1);
    delete connection;
    if (connections.empty()) CHECK(SetEvent(gone));
  }

  void completed(Connection *connection, bool ok, DWORD bytes) {
    // The peer has reset the connection, or closed it, or it is closed here.
    if (!ok || bytes == 0) return remove(connection);
    switch (connection->step) {
    case Step::receive:
      return echo(connection, bytes);
    case Step::send:
      CHECK(bytes <= connection->rest.len);
      {
        std::lock_guard<std::mutex> guard(lock);
        echoed += bytes;
      }
      connection->rest.buf += bytes;
      connection->rest.len -= bytes;
      return connection->rest.len == 0 ? receive(connection) : send(connection);
    }
  }

  bool is_connection(ULONG_PTR key) {
    std::lock_guard<std::mutex> guard(lock);
    return connections.count((Connection *)key) == 1;
  }

  static DWORD WINAPI work(LPVOID parameter) {
    auto &server = *static_cast<Server *>(parameter);
    for (;;) {
      DWORD bytes = 0;
      ULONG_PTR key = 0;
      OVERLAPPED *overlapped = NULL;
      bool ok = GetQueuedCompletionStatus(server.port, &bytes, &key, &overlapped, INFINITE);
      CHECK(overlapped != NULL || ok);
      if (key == 0) return 7;
      if (!server.is_connection(key)) {
        server.packet(key, ok, bytes, overlapped);
        continue;
      }
      auto connection = (Connection *)key;
      CHECK(overlapped == &connection->overlapped);
      CHECK(HasOverlappedIoCompleted(overlapped) && overlapped->InternalHigh == bytes);
      server.completed(connection, ok, bytes);
    }
  }

  std::unordered_set<Connection *> connections;
  std::vector<HANDLE> threads;
  HANDLE gone; // Signalled while there is no connection.
  bool closed = false;
  unsigned long long served = 0, echoed = 0;
};

inline SOCKET listen_and_say() {
  sockaddr_in address;
  SOCKET listener = listening(&address);
  std::cout << "Port: " << ntohs(address.sin_port) << std::endl;
  return listener;
}

// The end of the input is the signal to stop.
inline void wait_for_stop() {
  std::string line;
  while (std::getline(std::cin, line)) {
  }
}

} // namespace port_server

#endif
