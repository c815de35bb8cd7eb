// Ours: an echo server for datagrams on a completion port. One socket, many receives posted, one worker.
//
//   udp [POSTED]      prints "Port: N"
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

struct Context {
  WSAOVERLAPPED overlapped;
  bool received;
  sockaddr_in from;
  int from_size;
  char buffer[4096];
};

static SOCKET server;

static bool started(int result) { return result == 0 || WSAGetLastError() == WSA_IO_PENDING; }

static bool start_receive(Context *context) {
  WSABUF room = {sizeof context->buffer, context->buffer};
  DWORD flags = 0;
  context->received = true;
  context->from_size = sizeof context->from;
  return started(WSARecvFrom(server, &room, 1, NULL, &flags, (sockaddr *)&context->from, &context->from_size,
                             &context->overlapped, NULL));
}

static bool start_send(Context *context, DWORD bytes) {
  WSABUF data = {bytes, context->buffer};
  context->received = false;
  return started(WSASendTo(server, &data, 1, NULL, 0, (sockaddr *)&context->from, context->from_size, &context->overlapped, NULL));
}

int main(int argc, char **argv) {
  WSADATA data;
  sockaddr_in address = {};
  int size = sizeof address;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
  HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  server = WSASocket(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(server, (sockaddr *)&address, sizeof address) != 0) return 1;
  if (CreateIoCompletionPort((HANDLE)server, port, 0, 0) == NULL) return 1;
  for (int posted = argc > 1 ? atoi(argv[1]) : 64; posted > 0; posted--)
    if (!start_receive((Context *)calloc(1, sizeof(Context)))) return 1;
  getsockname(server, (sockaddr *)&address, &size);
  printf("Port: %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    LPOVERLAPPED overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    Context *context = (Context *)overlapped;
    if (!(ok && context->received ? start_send(context, bytes) : start_receive(context))) return 1;
  }
}
