// Our sockets, the C library's (libc.c) and the C++ standard library in one process, at once.
#include <atomic>
#include <functional>
#include <iostream>
#include <thread>
#include <vector>
#include "check.h"

extern "C" int libc_echo(int rounds);

namespace {

constexpr int rounds = 2000;

int winsock_echo(const sockaddr_in &address, SOCKET listener) {
  SOCKET client = connected(&address);
  SOCKET server = accept(listener, nullptr, nullptr);
  CHECK(server != INVALID_SOCKET);
  for (int i = 0; i < rounds; i++) {
    int got = 0;
    CHECK(send(client, reinterpret_cast<const char *>(&i), sizeof i, 0) == sizeof i);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(server, &set);
    CHECK(select(0, &set, nullptr, nullptr, nullptr) == 1);
    CHECK(recv(server, reinterpret_cast<char *>(&got), sizeof got, MSG_WAITALL) == sizeof got && got == i);
  }
  closesocket(client);
  closesocket(server);
  return 1;
}

} // namespace

int main() {
  // Ours wait for WSAStartup; the C library's never did.
  CHECK(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET && WSAGetLastError() == WSANOTINITIALISED);
  CHECK(libc_echo(1));
  start();

  sockaddr_in address;
  SOCKET listener = listening(&address);
  std::atomic<int> ours{0}, theirs{0};
  std::vector<std::thread> threads;
  auto work = std::bind(winsock_echo, std::cref(address), listener);
  threads.emplace_back([&] { ours += work(); });
  for (int i = 0; i < 2; i++) threads.emplace_back([&] { theirs += libc_echo(rounds); });
  for (auto &thread : threads) thread.join();
  closesocket(listener);
  CHECK(WSACleanup() == 0);
  CHECK(libc_echo(1));
  std::cout << ours << " and " << theirs << std::endl;
  return 0;
}
