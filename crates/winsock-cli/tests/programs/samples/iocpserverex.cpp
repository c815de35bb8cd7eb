// iocpserverex: an echo server on a completion port, which also tells of accepts: AcceptEx always has one under way.
#include "IOCP.h"

static struct {
  OVERLAPPED overlapped;
  SOCKET socket;
  char addresses[2 * (sizeof(SOCKADDR_IN) + 16)];
} g_accept;
// Events may be made before Winsock is started.
static WSAEVENT g_end = WSACreateEvent();
static WSAEVENT g_no_accept = WSACreateEvent();

static void start_accept(void) {
  DWORD bytes;
  g_accept.socket = WSASocket(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
  if (AcceptEx(g_listener, g_accept.socket, g_accept.addresses, 0, sizeof(SOCKADDR_IN) + 16, sizeof(SOCKADDR_IN) + 16,
               &bytes, &g_accept.overlapped) ||
      WSAGetLastError() == WSA_IO_PENDING)
    return;
  if (!g_is_ending) say("AcceptEx() failed: %d\n", WSAGetLastError());
  closesocket(g_accept.socket);
  WSASetEvent(g_no_accept);
  WSASetEvent(g_end);
}

static void accepted(BOOL succeeded) {
  SOCKET s = g_accept.socket;
  if (succeeded && setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&g_listener, sizeof g_listener) == 0)
    serve(s);
  else
    closesocket(s);
  if (g_is_ending)
    WSASetEvent(g_no_accept);
  else
    start_accept();
}

static void interrupt(void) {
  if (g_is_verbose) say("CtrlHandler: ending\n");
  WSASetEvent(g_end);
}

static void loop(void) {
  WSAResetEvent(g_end);
  WSAResetEvent(g_no_accept);
  if (CreateIoCompletionPort((HANDLE)g_listener, g_iocp, LISTENER, 0) == NULL) return;
  start_accept();
  WSAWaitForMultipleEvents(1, &g_end, TRUE, WSA_INFINITE, FALSE);
  g_is_ending = TRUE;
  closesocket(g_listener);
  WSAWaitForMultipleEvents(1, &g_no_accept, TRUE, WSA_INFINITE, FALSE);
}

void __cdecl main(int, char *argv[]) {
  run_until_ended("iocpserverex", argv, loop);
  WSACloseEvent(g_no_accept);
  WSACloseEvent(g_end);
}
