// Ours: an echo server on a completion port as it is written for Windows, in the shape of Microsoft's iocpserver. A
// context for each connection, found by the completion key; one operation at a time: it receives, sends all of that
// back, receives again. The main thread accepts.
//
//   iocp [WORKERS [BUFFER [sink]]]      prints "Port: N"; sink: it receives only
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

enum Operation { RECEIVE, SEND };

struct Context {
  WSAOVERLAPPED overlapped;
  SOCKET socket;
  Operation operation;
  DWORD total, sent;
  WSABUF room;
  Context *next, *back;
  char *buffer;
};

static HANDLE port;
static CRITICAL_SECTION lock;
static Context *all;
static DWORD buffer_size = 4096;
static bool sink;

static void enter(Context *context) {
  EnterCriticalSection(&lock);
  context->next = all;
  if (all) all->back = context;
  all = context;
  LeaveCriticalSection(&lock);
}

static void leave(Context *context) {
  closesocket(context->socket);
  EnterCriticalSection(&lock);
  if (context->back) context->back->next = context->next;
  else all = context->next;
  if (context->next) context->next->back = context->back;
  LeaveCriticalSection(&lock);
  free(context);
}

static bool started(int result) {
  return result == 0 || WSAGetLastError() == WSA_IO_PENDING;
}

static bool start_receive(Context *context) {
  DWORD flags = 0;
  context->operation = RECEIVE;
  context->room.buf = context->buffer;
  context->room.len = buffer_size;
  return started(WSARecv(context->socket, &context->room, 1, NULL, &flags, &context->overlapped, NULL));
}

static bool start_send(Context *context) {
  context->operation = SEND;
  context->room.buf = context->buffer + context->sent;
  context->room.len = context->total - context->sent;
  return started(WSASend(context->socket, &context->room, 1, NULL, 0, &context->overlapped, NULL));
}

static bool go_on(Context *context, DWORD bytes) {
  if (sink) return start_receive(context);
  if (context->operation == RECEIVE) {
    context->total = bytes;
    context->sent = 0;
    return start_send(context);
  }
  context->sent += bytes;
  return context->sent < context->total ? start_send(context) : start_receive(context);
}

static DWORD WINAPI work(LPVOID) {
  for (;;) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    LPOVERLAPPED overlapped = NULL;
    BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    Context *context = (Context *)key;
    if (!ok || bytes == 0 || !go_on(context, bytes)) leave(context);
  }
}

int main(int argc, char **argv) {
  if (argc > 2) buffer_size = atoi(argv[2]);
  sink = argc > 3;
  WSADATA data;
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
  InitializeCriticalSection(&lock);
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  for (int workers = argc > 1 ? atoi(argv[1]) : 1; workers > 0; workers--) CloseHandle(CreateThread(NULL, 0, work, NULL, 0, NULL));
  SOCKET listener = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  sockaddr_in address = {};
  int size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (sockaddr *)&address, sizeof address) != 0 || listen(listener, SOMAXCONN) != 0) return 1;
  getsockname(listener, (sockaddr *)&address, &size);
  printf("Port: %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    SOCKET socket = WSAAccept(listener, NULL, NULL, NULL, 0);
    if (socket == INVALID_SOCKET) return 1;
    Context *context = (Context *)calloc(1, sizeof(Context) + buffer_size);
    context->buffer = (char *)(context + 1);
    context->socket = socket;
    if (CreateIoCompletionPort((HANDLE)socket, port, (ULONG_PTR)context, 0) == NULL) return 1;
    enter(context);
    if (!start_receive(context)) leave(context);
  }
}
