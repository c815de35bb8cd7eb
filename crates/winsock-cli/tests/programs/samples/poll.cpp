// poll: a client and a server in two threads of one program exchange 38 bytes each way, on non-blocking sockets and WSAPoll.
#include "sample.h"
#include <MsTcpIp.h>

#define WAIT 30000
#define MESSAGE "the quick brown fox jumps over the ..."

static SOCKADDR_IN6 g_address;
static HANDLE g_done;

// Waits until the socket can do what is asked for.
static BOOL is_ready(SOCKET s, SHORT events) {
  WSAPOLLFD entry = {s, events, 0};
  int found = WSAPoll(&entry, 1, WAIT);
  if (found == SOCKET_ERROR) FAILED_CALL("WSAPoll");
  return found == 1 && (entry.revents & events) != 0;
}

static SOCKET new_socket(void) {
  u_long nonblocking = 1;
  SOCKET s = socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP);
  if (s == INVALID_SOCKET || ioctlsocket(s, FIONBIO, &nonblocking) == SOCKET_ERROR) FAILED_CALL("socket");
  return s;
}

static BOOL exchange(const char *who, SOCKET s, BOOL sends_first) {
  char buffer[MAX_PATH];
  for (int turn = 0; turn < 2; turn++) {
    BOOL sends = (turn == 0) == sends_first;
    if (!is_ready(s, sends ? POLLWRNORM : POLLRDNORM)) return FALSE;
    int bytes = sends ? send(s, MESSAGE, 38, 0) : recv(s, buffer, sizeof buffer, 0);
    if (bytes == SOCKET_ERROR) {
      FAILED_CALL(sends ? "send" : "recv");
      return FALSE;
    }
    printf("%s: %s %d bytes\n", who, sends ? "sent" : "recvd", bytes);
  }
  return TRUE;
}

static DWORD WINAPI connect_thread(LPVOID) {
  SOCKET s = INVALID_SOCKET;
  __try {
    s = new_socket();
    if (connect(s, (SOCKADDR *)&g_address, sizeof g_address) == SOCKET_ERROR && WSAGetLastError() != WSAEWOULDBLOCK) {
      FAILED_CALL("connect");
      __leave;
    }
    if (!is_ready(s, POLLWRNORM)) __leave;
    printf("ConnectThread: Established connection\n");
    if (!exchange("ConnectThread", s, TRUE)) __leave;
    WaitForSingleObject(g_done, WAIT);
  }
  __finally {
    closesocket(s);
  }
  return 0;
}

int __cdecl main() {
  SOCKET listener = INVALID_SOCKET, accepted = INVALID_SOCKET;
  HANDLE thread = NULL;
  int length = sizeof g_address;

  if (!start_sample()) return 1;
  __try {
    if ((g_done = CreateEvent(NULL, TRUE, FALSE, NULL)) == NULL) __leave;
    listener = new_socket();
    g_address.sin6_family = AF_INET6;
    INETADDR_SETLOOPBACK((SOCKADDR *)&g_address);
    if (bind(listener, (SOCKADDR *)&g_address, length) == SOCKET_ERROR || listen(listener, 1) == SOCKET_ERROR ||
        getsockname(listener, (SOCKADDR *)&g_address, &length) == SOCKET_ERROR) {
      FAILED_CALL("bind");
      __leave;
    }
    if ((thread = CreateThread(NULL, 0, connect_thread, NULL, 0, NULL)) == NULL) __leave;
    if (!is_ready(listener, POLLRDNORM)) __leave;
    printf("Main: Connection established.\n");
    accepted = accept(listener, NULL, NULL);
    exchange("Main", accepted, FALSE);
    SetEvent(g_done);
    WaitForSingleObject(thread, WAIT);
  }
  __finally {
    CloseHandle(g_done);
    CloseHandle(thread);
    closesocket(accepted);
    closesocket(listener);
    WSACleanup();
  }
  return 0;
}
