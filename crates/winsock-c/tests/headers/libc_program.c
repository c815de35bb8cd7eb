/* A program on libc's own sockets, in C and in C++: every name that the headers also give a Winsock meaning. */
#include <stdlib.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#ifdef __cplusplus
#include <filesystem>
#include <functional>
#include <string>
static int add(int a, int b) { return a + b; }
#endif

static void check(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "%s does not hold\n", what);
  exit(1);
}
#define CHECK(condition) check(condition, #condition)

int main(void) {
  int pair[2], listener, waiting = 0;
  char host[256], byte;
  fd_set set;
  struct timeval soon = {5, 0};
  struct pollfd entry;
  struct addrinfo hints, *found;
  struct sockaddr_in6 address;
  struct sockaddr_un local;
  struct in_addr plain;
  struct linger linger = {1, 0};
  socklen_t length = sizeof address;
  unsigned int *also_length = &length;
  u_long wide = 0;

  CHECK(sizeof wide == sizeof(long) && FD_SETSIZE == 1024 && sizeof set == 128);
  CHECK(AF_INET6 == 10 && SOL_SOCKET == 1 && POLLIN == 1 && IFF_MULTICAST == 0x1000 && sizeof linger == 8);
  CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  CHECK(send(pair[1], "x", 1, MSG_NOSIGNAL) == 1);

  FD_ZERO(&set);
  FD_SET(pair[0], &set);
  CHECK(select(pair[0] + 1, &set, NULL, NULL, &soon) == 1 && FD_ISSET(pair[0], &set));
  entry.fd = pair[0];
  entry.events = POLLIN;
  CHECK(poll(&entry, 1, 0) == 1 && entry.revents == POLLIN);
  CHECK(ioctl(pair[0], FIONREAD, &waiting) == 0 && waiting == 1);
  CHECK(recv(pair[0], &byte, 1, 0) == 1 && byte == 'x');

  CHECK(gethostname(host, sizeof host) == 0);
  memset(&hints, 0, sizeof hints);
  hints.ai_flags = AI_NUMERICHOST;
  CHECK(getaddrinfo("127.0.0.1", "0", &hints, &found) == 0 && found->ai_family == AF_INET);
  listener = socket(found->ai_family, SOCK_STREAM, IPPROTO_TCP);
  CHECK(listener >= 0 && bind(listener, found->ai_addr, found->ai_addrlen) == 0 && listen(listener, 1) == 0);
  freeaddrinfo(found);
  CHECK(getsockname(listener, (struct sockaddr *)&address, also_length) == 0 && length == sizeof(struct sockaddr_in));
  CHECK(inet_pton(AF_INET, "1.2.3.4", &plain) == 1 && plain.s_addr == htonl(0x01020304));
  local.sun_family = AF_UNIX;
  CHECK(local.sun_family == 1);

#ifdef __cplusplus
  CHECK(std::bind(add, 1, std::placeholders::_1)(2) == 3);
  CHECK(std::filesystem::path("a/b").filename().string() == std::string("b"));
#endif
  close(listener);
  close(pair[0]);
  close(pair[1]);
  puts("libc");
  return 0;
}
