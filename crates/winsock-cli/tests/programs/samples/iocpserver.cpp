// iocpserver: an echo server on a completion port, whose main thread accepts. Ctrl-C ends it, Ctrl-Break restarts it.
#include "IOCP.h"

static void accepted(BOOL) {}

// The accept that waits for a client fails when its socket is closed.
static void interrupt(void) {
  if (g_is_verbose) say("CtrlHandler: closing listening socket\n");
  g_is_ending = TRUE;
  closesocket(InterlockedExchange64((LONG64 *)&g_listener, (LONG64)INVALID_SOCKET));
}

static void loop(void) {
  while (!g_is_ending) {
    SOCKET s = WSAAccept(g_listener, NULL, NULL, NULL, 0);
    if (s == INVALID_SOCKET) {
      say("WSAAccept() failed: %d\n", WSAGetLastError());
      break;
    }
    serve(s);
  }
}

void __cdecl main(int, char *argv[]) { run_until_ended("iocpserver", argv, loop); }
