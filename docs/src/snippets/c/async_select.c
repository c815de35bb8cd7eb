/* One thread, a window that is told of the sockets by messages, WSAAsyncSelect. */
#include "turn.h"

/* ANCHOR: procedure */
#define WM_SOCKET (WM_APP + 1)

static CONNECTION *clients[CLIENTS];
static int accepted, ended;

static void on_accept(HWND window, SOCKET listener)
{
    SOCKET s = accept(listener, NULL, NULL);
    if (s == INVALID_SOCKET) {
        check(WSAGetLastError() == WSAEWOULDBLOCK, "accept");
        return;
    }
    CONNECTION *c = calloc(1, sizeof *c);
    check(c != NULL && accepted < CLIENTS, "calloc");
    c->socket = s;
    clients[accepted++] = c;
    check(WSAAsyncSelect(s, window, WM_SOCKET, FD_READ | FD_WRITE | FD_CLOSE) == 0, "WSAAsyncSelect");
}

static void on_data(SOCKET s)
{
    for (int i = 0; i < accepted; i++) {
        CONNECTION *c = clients[i];
        if (c == NULL || c->socket != s || turn(c))
            continue;
        closesocket(s);
        free(c);
        clients[i] = NULL;
        if (++ended == CLIENTS)
            PostQuitMessage(0);
    }
}

static LRESULT CALLBACK procedure(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message != WM_SOCKET)
        return DefWindowProc(window, message, wparam, lparam);
    if (WSAGETSELECTEVENT(lparam) == FD_ACCEPT)
        on_accept(window, (SOCKET)wparam);
    else
        on_data((SOCKET)wparam);            /* a message of a socket that is closed by now finds no connection */
    return 0;
}
/* ANCHOR_END: procedure */

/* ANCHOR: loop */
int main(void)
{
    SOCKET listener = begin();
    WNDCLASS class = {0};
    MSG message;

    class.lpfnWndProc = procedure;
    class.lpszClassName = TEXT("Sockets");
    check(RegisterClass(&class) != 0, "RegisterClass");
    HWND window = CreateWindow(class.lpszClassName, NULL, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    check(window != NULL, "CreateWindow");
    check(WSAAsyncSelect(listener, window, WM_SOCKET, FD_ACCEPT) == 0, "WSAAsyncSelect");

    while (GetMessage(&message, NULL, 0, 0) > 0)
        DispatchMessage(&message);
    DestroyWindow(window);
    return finish(listener);
}
/* ANCHOR_END: loop */
