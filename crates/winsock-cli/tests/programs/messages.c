/* Windows and messages: a window of a class in each width, messages that are posted and sent, a timer, a thread that
 * sends, and two sockets in the same wait. At the end the program is idle for a second, and says whether it was. */
#include "check.h"
#include <windows.h>
#include <time.h>

#define WM_HELLO (WM_APP + 1)
#define TICKS    15

static int created, timed, hello;

static LRESULT CALLBACK Procedure(HWND window, UINT message, WPARAM wParam, LPARAM lParam)
{
    switch (message) {
    case WM_CREATE: {
        const CREATESTRUCT *create = (const CREATESTRUCT *)lParam;
        CHECK(strcmp(create->lpszClass, "Messages") == 0 && strcmp(create->lpszName, "A window") == 0);
        SetWindowLongPtr(window, GWLP_USERDATA, (LONG_PTR)create->lpCreateParams);
        created++;
        return 0;
    }
    case WM_TIMER:
        timed++;
        return 0;
    case WM_HELLO:
        hello++;
        CHECK(InSendMessage() == (wParam == 2));
        return (LRESULT)wParam * 10;
    case WM_DESTROY:
        PostQuitMessage(42);
        return 0;
    default:
        return DefWindowProc(window, message, wParam, lParam);
    }
}

static LRESULT CALLBACK WideProcedure(HWND window, UINT message, WPARAM wParam, LPARAM lParam)
{
    return DefWindowProcW(window, message, wParam, lParam);
}

static unsigned WINAPI Sender(void *window)
{
    CHECK(SendMessage((HWND)window, WM_HELLO, 2, 0) == 20);
    CHECK(PostMessage((HWND)window, WM_HELLO, 3, 0));
    return 0;
}

/* The CPU time of this process, in microseconds. */
static long used(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000000L + time.tv_nsec / 1000;
}

int main(void)
{
    WNDCLASS narrow;
    WNDCLASSW wide;
    WCHAR wideName[] = {'W', 'i', 'd', 'e', 0};
    struct sockaddr_in address;
    HANDLE events[2];
    HWND window, other;
    MSG msg;
    HANDLE thread;
    char text[32];
    SOCKET sockets[2];
    long before, cpu;
    int i;

    start();
    memset(&narrow, 0, sizeof narrow);
    narrow.lpfnWndProc = Procedure;
    narrow.lpszClassName = "Messages";
    narrow.hCursor = LoadCursor(NULL, IDC_ARROW);
    narrow.hIcon = LoadIcon(NULL, IDI_APPLICATION);
    narrow.hbrBackground = (HBRUSH)GetStockObject(WHITE_BRUSH);
    CHECK(narrow.hCursor && narrow.hIcon && narrow.hbrBackground && RegisterClass(&narrow));
    memset(&wide, 0, sizeof wide);
    wide.lpfnWndProc = WideProcedure;
    wide.lpszClassName = wideName;
    CHECK(RegisterClassW(&wide));

    window = CreateWindow("Messages", "A window", WS_OVERLAPPEDWINDOW, CW_USEDEFAULT, CW_USEDEFAULT, CW_USEDEFAULT,
                          CW_USEDEFAULT, NULL, NULL, NULL, &created);
    CHECK(window != NULL && created == 1 && IsWindow(window));
    CHECK(GetWindowLongPtr(window, GWLP_USERDATA) == (LONG_PTR)&created);
    other = CreateWindowExW(0, wideName, wideName, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    CHECK(other != NULL && IsWindowUnicode(other) && !IsWindowUnicode(window));
    CHECK(GetWindowText(other, text, sizeof text) == 4 && strcmp(text, "Wide") == 0);
    CHECK(CreateWindow("No such class", "", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL) == NULL);
    CHECK(GetLastError() == ERROR_CANNOT_FIND_WND_CLASS);
    CHECK(!ShowWindow(window, SW_SHOW) && UpdateWindow(window) && IsWindowVisible(window));

    CHECK(SendMessage(window, WM_HELLO, 1, 0) == 10);
    thread = CreateThread(NULL, 0, (LPTHREAD_START_ROUTINE)Sender, window, 0, NULL);
    while (hello < 3) {
        CHECK(GetMessage(&msg, NULL, 0, 0) > 0);
        TranslateMessage(&msg);
        DispatchMessage(&msg);
    }
    CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0 && CloseHandle(thread));

    /* Idle: a timer, two sockets and their events. */
    sockets[0] = bound(SOCK_DGRAM, &address);
    sockets[1] = listening(&address);
    for (i = 0; i < 2; i++) CHECK((events[i] = WSACreateEvent()) != WSA_INVALID_EVENT);
    CHECK(SetTimer(window, 7, 100, NULL) == 7);
    before = used();
    while (timed < TICKS) {
        DWORD woken = MsgWaitForMultipleObjects(2, events, FALSE, INFINITE, QS_ALLINPUT);
        CHECK(woken == WAIT_OBJECT_0 + 2);
        while (PeekMessage(&msg, NULL, 0, 0, PM_REMOVE)) DispatchMessage(&msg);
    }
    cpu = used() - before;
    /* 1 % of one and a half seconds. */
    if (cpu > 15000) fprintf(stderr, "idle cost %ld microseconds\n", cpu);
    CHECK(KillTimer(window, 7));
    for (i = 0; i < 2; i++) CHECK(closesocket(sockets[i]) == 0 && WSACloseEvent(events[i]));

    CHECK(DestroyWindow(other) && DestroyWindow(window) && !IsWindow(window));
    CHECK(GetMessage(&msg, NULL, 0, 0) == 0 && msg.message == WM_QUIT && msg.wParam == 42);
    CHECK(UnregisterClass("Messages", NULL) && UnregisterClassW(wideName, NULL));
    printf("messages: %d hellos, %d ticks\n", hello, timed);
    return WSACleanup();
}
