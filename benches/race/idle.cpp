// Ours: a server that has a receive posted on each of many connections, to which nothing comes. What the program itself
// needs for them is there before the first one, so that what its process grows by is the library's.
//
//   idle CONNECTIONS      prints "Port: N", and "all" when so many have come
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct Context {
  WSAOVERLAPPED overlapped;
  SOCKET socket;
  WSABUF room;
  char buffer[512];
};

static HANDLE port;

static DWORD WINAPI work(LPVOID) {
  for (;;) {
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    LPOVERLAPPED overlapped = NULL;
    GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    closesocket(((Context *)overlapped)->socket);
  }
}

int main(int argc, char **argv) {
  WSADATA data;
  sockaddr_in address = {};
  int size = sizeof address, count = argc > 1 ? atoi(argv[1]) : 0;
  Context *contexts = (Context *)malloc(count * sizeof(Context));
  for (int i = 0; i < count; i++) memset(&contexts[i], i, sizeof(Context));
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
  port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
  CloseHandle(CreateThread(NULL, 0, work, NULL, 0, NULL));
  SOCKET listener = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener, (sockaddr *)&address, sizeof address) != 0 || listen(listener, SOMAXCONN) != 0) return 1;
  getsockname(listener, (sockaddr *)&address, &size);
  printf("Port: %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (int i = 0; i < count; i++) {
    Context *context = &contexts[i];
    DWORD flags = 0;
    memset(context, 0, sizeof *context);
    context->socket = WSAAccept(listener, NULL, NULL, NULL, 0);
    if (context->socket == INVALID_SOCKET || CreateIoCompletionPort((HANDLE)context->socket, port, 0, 0) == NULL) return 1;
    context->room.buf = context->buffer;
    context->room.len = sizeof context->buffer;
    if (WSARecv(context->socket, &context->room, 1, NULL, &flags, &context->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING)
      return 1;
  }
  puts("all");
  fflush(stdout);
  Sleep(INFINITE);
}
