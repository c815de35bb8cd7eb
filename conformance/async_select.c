/* WSAAsyncSelect: the same as messages to a window. */
#include "facts.h"

#define TOLD (WM_USER + 1)
static HWND window;

/* The next messages of sockets until none comes for a while. */
static void tells(const char *name, SOCKET s, DWORD wait)
{
    char words[128] = "";
    MSG message;
    int any = 0;
    while (MsgWaitForMultipleObjects(0, NULL, FALSE, any ? MOMENT : wait, QS_ALLINPUT) == WAIT_OBJECT_0)
        while (PeekMessage(&message, NULL, 0, 0, PM_REMOVE)) {
            if (message.message != TOLD)
                continue;
            int what = WSAGETSELECTEVENT(message.lParam), fault = WSAGETSELECTERROR(message.lParam);
            strcat(words, what == FD_READ ? " READ" : what == FD_WRITE ? " WRITE" : what == FD_ACCEPT ? " ACCEPT"
                : what == FD_CONNECT ? " CONNECT" : what == FD_CLOSE ? " CLOSE" : what == FD_OOB ? " OOB" : " ?");
            if (fault)
                strcat(strcat(words, ":"), code(fault));
            if (message.wParam != s)
                strcat(words, " of another socket");
            any = 1;
        }
    fact(dotted("messages", name), "%s", *words ? words + 1 : "none");
}

int main(void)
{
    start();
    char byte;
    u_long off = 0;
    WNDCLASSA class = { 0 };
    class.lpfnWndProc = DefWindowProcA;
    class.hInstance = GetModuleHandleA(NULL);
    class.lpszClassName = "conformance";
    NEED(RegisterClassA(&class));
    window = CreateWindowExA(0, "conformance", "", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, class.hInstance, NULL);
    NEED(window != NULL);

    SOCKET s = stream();
    INT("WSAAsyncSelect.no-window", WSAAsyncSelect(s, NULL, TOLD, FD_READ));
    INT("WSAAsyncSelect.stale", WSAAsyncSelect(stale(), window, TOLD, FD_READ));
    INT("WSAAsyncSelect.stale-and-no-window", WSAAsyncSelect(stale(), NULL, TOLD, FD_READ));
    INT("WSAAsyncSelect.selected", WSAAsyncSelect(s, window, TOLD, FD_READ));
    INT("WSAAsyncSelect.FIONBIO-off", ioctlsocket(s, FIONBIO, &off));
    INT("WSAAsyncSelect.nothing", WSAAsyncSelect(s, window, TOLD, 0));
    INT("WSAAsyncSelect.FIONBIO-off-then", ioctlsocket(s, FIONBIO, &off));
    closesocket(s);

    SOCKET listening = listener();
    struct sockaddr_in to = name_of(listening);
    NEED(WSAAsyncSelect(listening, window, TOLD, FD_ACCEPT) == 0);
    tells("listener", listening, MOMENT);
    SOCKET client = stream();
    NEED(connect(client, (struct sockaddr *)&to, sizeof to) == 0);
    tells("accept", listening, LIMIT);
    SOCKET served = accept(listening, NULL, NULL);
    NEED(served != INVALID_SOCKET);
    NEED(WSAAsyncSelect(served, window, TOLD, FD_READ | FD_WRITE | FD_CLOSE) == 0);
    tells("write", served, LIMIT);
    NEED(send(client, "ab", 2, 0) == 2);
    tells("read", served, LIMIT);
    tells("read-is-told-once", served, MOMENT);
    NEED(recv(served, &byte, 1, 0) == 1);
    tells("read-enables-again", served, LIMIT);
    NEED(recv(served, &byte, 1, 0) == 1);
    tells("all-is-read", served, MOMENT);
    NEED(shutdown(client, SD_SEND) == 0);
    tells("close", served, LIMIT);
    INT("messages.recv-end", recv(served, &byte, 1, 0));
    tells("close-is-told-once", served, MOMENT);
    closesocket(served);
    closesocket(client);

    PAIR pair = streams();
    NEED(WSAAsyncSelect(pair.a, window, TOLD, FD_READ | FD_CLOSE) == 0);
    reset(pair.b);
    tells("reset", pair.a, LIMIT);
    closesocket(pair.a);

    SOCKET keeper = bound(stream());
    to = name_of(keeper);
    client = stream();
    NEED(WSAAsyncSelect(client, window, TOLD, FD_CONNECT) == 0);
    INT("messages.connect", connect(client, (struct sockaddr *)&to, sizeof to));
    tells("refused", client, LIMIT);
    closesocket(client);
    to = name_of(listening);
    client = stream();
    NEED(WSAAsyncSelect(client, window, TOLD, FD_CONNECT) == 0);
    NEED(WSAAsyncSelect(listening, window, TOLD, 0) == 0);
    connect(client, (struct sockaddr *)&to, sizeof to);
    tells("connected", client, LIMIT);
    WSAEVENT event = WSACreateEvent();
    INT("WSAAsyncSelect.then-WSAEventSelect", WSAEventSelect(client, event, FD_WRITE));
    tells("replaced", client, MOMENT);
    WAIT("messages.replaced.event", WSAWaitForMultipleEvents(1, &event, FALSE, LIMIT, FALSE));
    closesocket(client);
    return 0;
}
