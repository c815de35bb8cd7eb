/* No function of windows and messages crashes for NULL pointers and for windows that are none. */
#include "check.h"
#include <windows.h>

int main(void)
{
    HWND none = NULL;
    WCHAR wideEmpty[] = {0};

    /* Classes. */
    CHECK(RegisterClassA(NULL) == 0 && RegisterClassW(NULL) == 0);
    CHECK(RegisterClassExA(NULL) == 0 && RegisterClassExW(NULL) == 0);
    CHECK(!UnregisterClassA(NULL, NULL) && !UnregisterClassW(NULL, NULL));
    CHECK(!GetClassInfoA(NULL, NULL, NULL) && !GetClassInfoW(NULL, NULL, NULL));
    CHECK(!GetClassInfoExA(NULL, NULL, NULL) && !GetClassInfoExW(NULL, NULL, NULL));
    CHECK(!GetClassInfoA(NULL, "static", NULL));
    CHECK(GetClassNameA(none, NULL, 5) == 0 && GetClassNameW(none, NULL, 5) == 0);
    CHECK(LoadCursorA(NULL, NULL) == NULL && LoadCursorW(NULL, NULL) == NULL);
    CHECK(LoadIconA(NULL, NULL) == NULL && LoadIconW(NULL, NULL) == NULL);
    CHECK(GetStockObject(-1) == NULL);

    /* Windows. */
    CHECK(CreateWindowExA(0, NULL, NULL, 0, 0, 0, 0, 0, none, NULL, NULL, NULL) == NULL);
    CHECK(CreateWindowExW(0, NULL, NULL, 0, 0, 0, 0, 0, none, NULL, NULL, NULL) == NULL);
    CHECK(!DestroyWindow(none) && !IsWindow(none) && !IsWindowUnicode(none) && !IsWindowVisible(none));
    CHECK(!ShowWindow(none, SW_SHOW) && !UpdateWindow(none) && !IsChild(none, none) && GetParent(none) == NULL);
    CHECK(GetWindowThreadProcessId(none, NULL) == 0);
    CHECK(FindWindowA(NULL, "nobody") == NULL && FindWindowW(NULL, wideEmpty) == NULL);
    CHECK(FindWindowExA(none, none, NULL, NULL) == NULL && FindWindowExW(none, none, NULL, NULL) == NULL);
    CHECK(GetWindowLongA(none, 0) == 0 && GetWindowLongW(none, 0) == 0);
    CHECK(GetWindowLongPtrA(none, 0) == 0 && GetWindowLongPtrW(none, 0) == 0);
    CHECK(SetWindowLongA(none, 0, 0) == 0 && SetWindowLongW(none, 0, 0) == 0);
    CHECK(SetWindowLongPtrA(none, 0, 0) == 0 && SetWindowLongPtrW(none, 0, 0) == 0);
    CHECK(GetClassLongA(none, 0) == 0 && GetClassLongW(none, 0) == 0);
    CHECK(GetClassLongPtrA(none, 0) == 0 && GetClassLongPtrW(none, 0) == 0);
    CHECK(SetClassLongA(none, 0, 0) == 0 && SetClassLongW(none, 0, 0) == 0);
    CHECK(SetClassLongPtrA(none, 0, 0) == 0 && SetClassLongPtrW(none, 0, 0) == 0);
    CHECK(!SetWindowTextA(none, NULL) && !SetWindowTextW(none, NULL));
    CHECK(GetWindowTextA(none, NULL, 5) == 0 && GetWindowTextW(none, NULL, 5) == 0);
    CHECK(GetWindowTextLengthA(none) == 0 && GetWindowTextLengthW(none) == 0);
    CHECK(DefWindowProcA(none, WM_GETTEXT, 0, 0) == 0 && DefWindowProcW(none, WM_GETTEXT, 0, 0) == 0);
    CHECK(CallWindowProcA(NULL, none, 0, 0, 0) == 0 && CallWindowProcW(NULL, none, 0, 0, 0) == 0);

    /* A title of a window that is there. */
    {
        HWND window = CreateWindowExA(0, "STATIC", NULL, 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
        CHECK(window != NULL && SetWindowTextA(window, NULL));
        CHECK(SendMessageA(window, WM_GETTEXT, 5, 0) == 0 && SendMessageW(window, WM_GETTEXT, 5, 0) == 0);
        CHECK(SendMessageA(window, WM_SETTEXT, 0, 0) == 1 && SendMessageW(window, WM_SETTEXT, 0, 0) == 1);
        CHECK(SendMessageTimeoutA(window, WM_NULL, 0, 0, SMTO_NORMAL, 0, NULL) == 1);
        CHECK(SendMessageTimeoutW(window, WM_NULL, 0, 0, SMTO_NORMAL, 0, NULL) == 1);
        CHECK(DestroyWindow(window));
    }

    /* Messages. */
    CHECK(GetMessageA(NULL, none, 0, 0) == -1 && GetMessageW(NULL, none, 0, 0) == -1);
    CHECK(!PeekMessageA(NULL, none, 0, 0, PM_REMOVE) && !PeekMessageW(NULL, none, 0, 0, PM_REMOVE));
    CHECK(DispatchMessageA(NULL) == 0 && DispatchMessageW(NULL) == 0 && !TranslateMessage(NULL));
    CHECK(!PostThreadMessageA(0, WM_APP, 0, 0) && !PostThreadMessageW(0, WM_APP, 0, 0));
    CHECK(SendMessageA(none, WM_APP, 0, 0) == 0 && SendMessageW(none, WM_APP, 0, 0) == 0);
    CHECK(!SendNotifyMessageA(none, WM_APP, 0, 0) && !SendNotifyMessageW(none, WM_APP, 0, 0));
    CHECK(RegisterWindowMessageA(NULL) == 0 && RegisterWindowMessageW(NULL) == 0);
    CHECK(!ReplyMessage(0) && !InSendMessage() && InSendMessageEx(NULL) == ISMEX_NOSEND);
    CHECK(GetQueueStatus(QS_ALLINPUT) == 0 && GetMessageTime() == 0);
    CHECK(MsgWaitForMultipleObjects(1, NULL, FALSE, 0, QS_ALLINPUT) == WAIT_FAILED);
    CHECK(MsgWaitForMultipleObjectsEx(1, NULL, 0, QS_ALLINPUT, 0) == WAIT_FAILED);
    CHECK(!KillTimer(none, 0) && SetTimer(none, 0, 10, NULL) != 0);
    /* Without a window they are for this thread. */
    CHECK(PostMessageA(none, WM_APP, 0, 0) && PostMessageW(none, WM_APP, 0, 0) && WaitMessage());
    PostQuitMessage(0);
    printf("no crash\n");
    return 0;
}
