// The server by messages: a window that nobody sees gets one for each event of a socket.
#include "common.h"

static HWND g_window;

static void on_socket(SOCKET socket, int event, int error) {
  PSOCK_INFO info = g_sockets;
  while (info != NULL && info->socket != socket) info = info->next;
  if (info == NULL) return; // Closed since the message was posted.
  if (error != 0) {
    if (!info->is_listener) close_client(info);
  } else if (event == FD_ACCEPT) {
    PSOCK_INFO client = accept_client(info);
    if (client != NULL && WSAAsyncSelect(client->socket, g_window, WM_USER_SOCKET, FD_READ | FD_WRITE | FD_CLOSE) != 0)
      close_client(client);
  } else if (!echo(info)) {
    close_client(info);
  }
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam) {
  switch (message) {
  case WM_USER_SOCKET:
    on_socket((SOCKET)wparam, WSAGETSELECTEVENT(lparam), WSAGETSELECTERROR(lparam));
    return 0;
  case WM_DESTROY:
    PostQuitMessage(0);
    return 0;
  default:
    return DefWindowProc(window, message, wparam, lparam);
  }
}

void serve_by_messages(void) {
  WNDCLASS kind;
  MSG message;
  ZeroMemory(&kind, sizeof kind);
  kind.lpszClassName = "Accept";
  kind.lpfnWndProc = procedure;
  if (!RegisterClass(&kind)) {
    printf("RegisterClass failed %d\n", GetLastError());
    return;
  }
  g_window = CreateWindow("Accept", "Accept", WS_OVERLAPPEDWINDOW, CW_USEDEFAULT, CW_USEDEFAULT, CW_USEDEFAULT,
                          CW_USEDEFAULT, NULL, NULL, NULL, NULL);
  for (PSOCK_INFO at = g_sockets; at != NULL; at = at->next)
    if (WSAAsyncSelect(at->socket, g_window, WM_USER_SOCKET, FD_ACCEPT | FD_CLOSE) == SOCKET_ERROR)
      printf("ERROR: WSAAsyncSelect failed. Error = %d\n", WSAGetLastError());
  while (GetMessage(&message, NULL, 0, 0) > 0) {
    TranslateMessage(&message);
    DispatchMessage(&message);
  }
}
