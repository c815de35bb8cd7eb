// accept_client: sends bytes to a server that echoes them, in one of five orders of sending and receiving.
#include "sample.h"

enum { SEND_THEN_RECEIVE = 1, NEVER_RECEIVE, WAIT_THEN_RECEIVE, WAIT_THEN_SEND, AT_THE_SAME_TIME };

static SOCKET g_socket;
static LONG g_bytes = 1024, g_sent, g_received;

static void send_all(void) {
  char *buffer = (char *)malloc(g_bytes + 1);
  FillMemory(buffer, g_bytes, 'H');
  while (g_sent < g_bytes) {
    int sent = send(g_socket, buffer + g_sent, g_bytes - g_sent, 0);
    if (sent == SOCKET_ERROR) {
      printf("ERROR: send failed: Error = %d\n", WSAGetLastError());
      break;
    }
    g_sent += sent;
    printf("Sent %d bytes so far\n", g_sent);
  }
  if (g_sent == g_bytes) printf("Send completed\n");
  free(buffer);
  if (shutdown(g_socket, SD_SEND) == SOCKET_ERROR)
    printf("shutdown failed. err = %d\n", WSAGetLastError());
  else
    printf("shutdown successful\n");
}

static DWORD WINAPI receive_all(LPVOID) {
  char buffer[10240];
  int received;
  while ((received = recv(g_socket, buffer, sizeof buffer, 0)) > 0) {
    g_received += received;
    printf("Recd %d bytes so far\n", g_received);
  }
  if (received == 0)
    printf("Recv returned 0. Remote socket must have been gracefully closed.\n");
  else
    printf("ERROR: recv returned : %d\n", WSAGetLastError());
  return 0;
}

static SOCKET connect_to(char *server, char *port, int family) {
  struct addrinfo *found = resolve(server, port, family, SOCK_STREAM);
  SOCKET s = INVALID_SOCKET;
  for (struct addrinfo *at = found; at != NULL && s == INVALID_SOCKET; at = at->ai_next) {
    s = WSASocket(at->ai_family, at->ai_socktype, at->ai_protocol, NULL, 0, 0);
    if (connect(s, at->ai_addr, (int)at->ai_addrlen) != SOCKET_ERROR) {
      printf("Connected successfully\n");
    } else {
      printf("connect failed. Error = %d\n", WSAGetLastError());
      closesocket(s);
      s = INVALID_SOCKET;
    }
  }
  freeaddrinfo(found);
  return s;
}

static void converse(int scenario, DWORD delay) {
  if (scenario == AT_THE_SAME_TIME) {
    HANDLE receiver = CreateThread(NULL, 0, receive_all, NULL, 0, NULL);
    send_all();
    WaitForSingleObject(receiver, INFINITE);
    CloseHandle(receiver);
    return;
  }
  if (scenario == WAIT_THEN_SEND) Sleep(delay);
  send_all();
  if (scenario == WAIT_THEN_RECEIVE) Sleep(delay);
  if (scenario != NEVER_RECEIVE) receive_all(NULL);
}

int _cdecl main(int, char *argv[]) {
  OPTIONS options = {argv + 1, NULL};
  char *server = "localhost", *port = "7243";
  int family = AF_UNSPEC, scenario = AT_THE_SAME_TIME, iterations = 1;
  DWORD delay = 5000;

  for (int letter; (letter = option(&options)) != 0;) switch (letter) {
    case 'a': {
      int number = atoi(option_value(&options));
      family = number == 4 ? AF_INET : number == 6 ? AF_INET6 : AF_UNSPEC;
      break;
    }
    case 'n': server = option_value(&options); break;
    case 'e': port = option_value(&options); break;
    case 'b': g_bytes = atol(option_value(&options)); break;
    case 'l': iterations = atoi(option_value(&options)); break;
    case 'd': delay = atol(option_value(&options)); break;
    case 's': scenario = atoi(option_value(&options)); break;
    default:
      printf("Usage:\n   %s -a <0|4|6> -n <server> -e <endpoint> -b <bytes> -l <count> -d <millisecs> -s <1..5>\n",
             argv[0]);
      return 1;
  }
  if (scenario < SEND_THEN_RECEIVE || scenario > AT_THE_SAME_TIME || g_bytes < 0 || !start_sample()) return 1;
  while (iterations-- > 0) {
    g_sent = g_received = 0;
    g_socket = connect_to(server, port, family);
    if (g_socket == INVALID_SOCKET) continue;
    converse(scenario, delay);
    closesocket(g_socket);
    printf("Closed socket %d. Total Bytes Recd = %d, Total Bytes Sent = %d\n", (int)g_socket, g_received, g_sent);
  }
  WSACleanup();
  return 0;
}
