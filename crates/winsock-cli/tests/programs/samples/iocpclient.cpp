// iocpclient: threads that send a buffer, wait for its echo and verify it, again and again, until Ctrl-C.
#include "sample.h"

#define MAX_THREADS 64

static char *g_host = "localhost", *g_port = "5001";
static int g_threads = 1, g_bytes = 4096;
static BOOL g_is_verbose;
static SOCKET g_sockets[MAX_THREADS];
static volatile LONG g_is_ending;
static HANDLE g_closed;

static void say(const char *format, ...) {
  char text[256];
  DWORD written;
  va_list arguments;
  va_start(arguments, format);
  StringCchVPrintf(text, sizeof text, format, arguments);
  va_end(arguments);
  WriteConsole(GetStdHandle(STD_OUTPUT_HANDLE), text, (DWORD)lstrlen(text), &written, NULL);
}

static BOOL transfer(int number, char *buffer, BOOL is_sending) {
  for (int done = 0; done < g_bytes;) {
    int bytes = is_sending ? send(g_sockets[number], buffer + done, g_bytes - done, 0)
                           : recv(g_sockets[number], buffer + done, g_bytes - done, 0);
    if (bytes == 0) say("connection closed\n");
    if (bytes == SOCKET_ERROR && !g_is_ending)
      say("%s(thread=%d) failed: %d\n", is_sending ? "send" : "recv", number, WSAGetLastError());
    if (bytes <= 0) return FALSE;
    done += bytes;
  }
  return TRUE;
}

static DWORD WINAPI echo(LPVOID parameter) {
  int number = (int)(INT_PTR)parameter;
  char *out = (char *)XMALLOC(g_bytes), *in = (char *)XMALLOC(g_bytes);
  FillMemory(out, g_bytes, (BYTE)number);
  while (transfer(number, out, TRUE) && transfer(number, in, FALSE)) {
    if (memcmp(in, out, g_bytes) != 0) {
      say("nak(%d)\n", number);
      break;
    }
    if (g_is_verbose) say("ack(%d)\n", number);
  }
  XFREE(in);
  XFREE(out);
  return TRUE;
}

static BOOL WINAPI control(DWORD) {
  LINGER linger = {1, 0};
  SetConsoleCtrlHandler(NULL, TRUE);
  say("Closing handles and sockets\n");
  InterlockedExchange(&g_is_ending, TRUE);
  for (int i = 0; i < g_threads; i++) {
    setsockopt(g_sockets[i], SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
    closesocket(g_sockets[i]);
  }
  SetEvent(g_closed);
  return TRUE;
}

static BOOL connect_to_server(int number) {
  struct addrinfo *found = resolve(g_host, g_port, AF_INET, SOCK_STREAM);
  if (found == NULL) return FALSE;
  SOCKET s = g_sockets[number] = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
  BOOL connected = connect(s, found->ai_addr, (int)found->ai_addrlen) != SOCKET_ERROR;
  if (connected)
    say("connected(thread %d)\n", number);
  else
    say("connect(thread %d) failed: %d\n", number, WSAGetLastError());
  freeaddrinfo(found);
  return connected;
}

int __cdecl main(int, char *argv[]) {
  OPTIONS options = {argv + 1, NULL};
  HANDLE threads[MAX_THREADS];
  OSVERSIONINFO version;
  int count = 0;

  for (int letter; (letter = option(&options)) != 0;) switch (letter) {
    case 'n': g_host = option_value(&options); break;
    case 'e': g_port = option_value(&options); break;
    case 't': g_threads = min(MAX_THREADS, atoi(option_value(&options))); break;
    case 'b': g_bytes = 1024 * atoi(option_value(&options)); break;
    case 'v': g_is_verbose = TRUE; break;
    default:
      say("usage:\n%s [-b:#] [-e:#] [-n:host] [-t:#] [-v]\n", argv[0]);
      return 1;
  }
  ZeroMemory(&version, sizeof version);
  version.dwOSVersionInfoSize = sizeof version;
  GetVersionEx(&version);
  if (version.dwPlatformId == VER_PLATFORM_WIN32_WINDOWS || !start_sample()) return 1;
  g_closed = CreateEvent(NULL, TRUE, FALSE, NULL);
  SetConsoleCtrlHandler(control, TRUE);
  while (count < g_threads && connect_to_server(count)) {
    threads[count] = CreateThread(NULL, 0, echo, (LPVOID)(INT_PTR)count, 0, NULL);
    count++;
  }
  if (count > 0 && WaitForMultipleObjects(count, threads, TRUE, INFINITE) == WAIT_FAILED)
    say("WaitForMultipleObjects() failed: %d\n", GetLastError());
  // Without a server the handler is called by the program itself.
  if (!g_is_ending) GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0);
  WaitForSingleObject(g_closed, INFINITE);
  while (count > 0) CloseHandle(threads[--count]);
  CloseHandle(g_closed);
  WSACleanup();
  SetConsoleCtrlHandler(control, FALSE);
  return 0;
}
