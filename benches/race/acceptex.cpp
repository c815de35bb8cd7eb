// Ours: an echo server on a completion port where connections come through AcceptEx, many of which are posted, each with
// the first bytes of its client. One worker.
//
//   acceptex [POSTED]      prints "Port: N"
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

enum Operation { ACCEPT, SEND, RECEIVE };

struct Context {
  WSAOVERLAPPED overlapped;
  SOCKET socket;
  Operation operation;
  DWORD total, sent;
  char buffer[1024];
};

static const DWORD ADDRESS = sizeof(sockaddr_in) + 16;
static const DWORD ROOM = sizeof Context::buffer - 2 * ADDRESS;
static HANDLE port;
static SOCKET listener;
static LPFN_ACCEPTEX accept_ex;

static SOCKET new_socket() { return WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED); }

static void leave(Context *context) {
  closesocket(context->socket);
  free(context);
}

static bool started(int result) { return result == 0 || WSAGetLastError() == WSA_IO_PENDING; }

static bool start_accept() {
  Context *context = (Context *)calloc(1, sizeof *context);
  DWORD bytes = 0;
  context->operation = ACCEPT;
  context->socket = new_socket();
  return accept_ex(listener, context->socket, context->buffer, ROOM, ADDRESS, ADDRESS, &bytes, &context->overlapped) ||
         WSAGetLastError() == ERROR_IO_PENDING;
}

static bool start_send(Context *context) {
  WSABUF rest = {context->total - context->sent, context->buffer + context->sent};
  context->operation = SEND;
  return started(WSASend(context->socket, &rest, 1, NULL, 0, &context->overlapped, NULL));
}

static bool start_receive(Context *context) {
  WSABUF room = {sizeof context->buffer, context->buffer};
  DWORD flags = 0;
  context->operation = RECEIVE;
  return started(WSARecv(context->socket, &room, 1, NULL, &flags, &context->overlapped, NULL));
}

static bool accepted(Context *context) {
  return start_accept() &&
         setsockopt(context->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener) == 0 &&
         CreateIoCompletionPort((HANDLE)context->socket, port, 0, 0) != NULL;
}

static bool go_on(Context *context, DWORD bytes) {
  switch (context->operation) {
    case ACCEPT:
      if (!accepted(context)) return false;
      context->total = bytes;
      return bytes > 0 && start_send(context);
    case RECEIVE:
      context->total = bytes;
      context->sent = 0;
      return bytes > 0 && start_send(context);
    case SEND:
      context->sent += bytes;
      return context->sent < context->total ? start_send(context) : start_receive(context);
  }
  return false;
}

int main(int argc, char **argv) {
  WSADATA data;
  GUID id = WSAID_ACCEPTEX;
  DWORD bytes = 0;
  sockaddr_in address = {};
  int size = sizeof address;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  listener = new_socket();
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (sockaddr *)&address, sizeof address) != 0 || listen(listener, SOMAXCONN) != 0) return 1;
  if (WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &accept_ex, sizeof accept_ex, &bytes, NULL, NULL) != 0)
    return 1;
  if (CreateIoCompletionPort((HANDLE)listener, port, 0, 0) == NULL) return 1;
  for (int posted = argc > 1 ? atoi(argv[1]) : 64; posted > 0; posted--)
    if (!start_accept()) return 1;
  getsockname(listener, (sockaddr *)&address, &size);
  printf("Port: %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    ULONG_PTR key = 0;
    LPOVERLAPPED overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    Context *context = (Context *)overlapped;
    if (!ok || !go_on(context, bytes)) leave(context);
  }
}
