/* Functions in two widths of which other programs use one: here is the other. */
#include "check.h"
#include <windows.h>

#define WIDE(text) ((const WCHAR *)u##text)
#define WM_TWIN    (WM_APP + 2)

#define CHECK_ERROR(call, code)                                                              \
    do {                                                                                     \
        SetLastError(0);                                                                     \
        CHECK(!(call) && GetLastError() == (DWORD)(code));                                   \
    } while (0)

static int same(const WCHAR *text, const WCHAR *expected)
{
    return lstrcmpW(text, expected) == 0;
}

static void text(void)
{
    WCHAR both[16], letters[] = {'A', 0xc4, 'Z', 0xdf, 'Q', 0};

    CHECK(lstrcpyW(both, WIDE("gr\u00fcn")) == both && same(both, WIDE("gr\u00fcn")));
    CHECK(lstrcatW(both, WIDE(" blau")) == both && same(both, WIDE("gr\u00fcn blau")) && lstrlenW(both) == 9);
    CHECK(lstrcpyW(both, NULL) == NULL && lstrcatW(NULL, both) == NULL);
    CHECK(CharLowerBuffW(letters, 4) == 4 && same(letters, WIDE("a\u00e4z\u00dfQ")));
}

static void version(void)
{
    DWORDLONG conditions = VerSetConditionMask(0, VER_MAJORVERSION, VER_LESS_EQUAL);
    OSVERSIONINFOEXW old;

    memset(&old, 0, sizeof old);
    old.dwOSVersionInfoSize = sizeof old;
    old.dwMajorVersion = 6;
    CHECK_ERROR(VerifyVersionInfoW(&old, VER_MAJORVERSION, conditions), ERROR_OLD_WIN_VERSION);
    CHECK(VerifyVersionInfoW(&old, VER_MAJORVERSION, VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER)));
    CHECK_ERROR(VerifyVersionInfoW(&old, 0, conditions), ERROR_BAD_ARGUMENTS);
    CHECK_ERROR(VerifyVersionInfoW(NULL, 0, conditions), ERROR_NOACCESS);
}

/* What is told to the debugger stands on standard error, which is a file here. */
static void files(void)
{
    char narrow[MAX_PATH], told[32] = "";
    WCHAR path[MAX_PATH];
    HANDLE file;
    DWORD length = 0;

    snprintf(narrow, sizeof narrow, "/tmp/winsock-twins-%u-\xc3\xbc", (unsigned)GetCurrentProcessId());
    CHECK(MultiByteToWideChar(CP_UTF8, 0, narrow, -1, path, MAX_PATH) > 0);
    CHECK(GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES && GetLastError() == ERROR_FILE_NOT_FOUND);
    CHECK(GetFileAttributesW(WIDE("/tmp")) == FILE_ATTRIBUTE_DIRECTORY);
    CHECK(freopen(narrow, "w", stderr) != NULL);
    OutputDebugStringW(WIDE("gr\u00fcn\n"));
    OutputDebugStringW(NULL);
    CHECK(GetFileAttributesW(path) == FILE_ATTRIBUTE_NORMAL);
    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE && ReadFile(file, told, sizeof told - 1, &length, NULL));
    CHECK(strcmp(told, "gr\xc3\xbcn\n") == 0 && CloseHandle(file));
    CHECK_ERROR(DeleteFileW(WIDE("/tmp")), ERROR_ACCESS_DENIED);
    CHECK(DeleteFileW(path));
    CHECK_ERROR(DeleteFileW(path), ERROR_FILE_NOT_FOUND);
    CHECK_ERROR(DeleteFileW(NULL), ERROR_PATH_NOT_FOUND);
}

static LRESULT CALLBACK Procedure(HWND window, UINT message, WPARAM wParam, LPARAM lParam)
{
    if (message == WM_CREATE) CHECK(strcmp(((const CREATESTRUCTA *)lParam)->lpszName, "Twin") == 0);
    if (message == WM_TWIN) return (LRESULT)wParam + lParam;
    return DefWindowProcA(window, message, wParam, lParam);
}

static void windows(void)
{
    WNDCLASSA kind;
    DWORD_PTR result = 0;
    HWND window;
    char name[8];

    memset(&kind, 0, sizeof kind);
    kind.lpfnWndProc = Procedure;
    kind.lpszClassName = "Twins";
    CHECK(RegisterClassA(&kind) != 0);
    window = CreateWindowExA(0, "Twins", "Twin", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    CHECK(window != NULL && !IsWindowUnicode(window));
    CHECK(SendMessageA(window, WM_TWIN, 40, 2) == 42);
    CHECK(SendMessageA(window, WM_SETTEXT, 0, (LPARAM) "Other") && GetWindowTextA(window, name, sizeof name) == 5);
    CHECK(strcmp(name, "Other") == 0);
    CHECK(SendMessageTimeoutA(window, WM_TWIN, 1, 2, SMTO_NORMAL, 1000, &result) && result == 3);
    CHECK(DestroyWindow(window));
    CHECK_ERROR(SendMessageA(window, WM_TWIN, 40, 2), ERROR_INVALID_WINDOW_HANDLE);
    CHECK_ERROR(SendMessageTimeoutA(window, WM_TWIN, 1, 2, SMTO_NORMAL, 1000, &result), ERROR_INVALID_WINDOW_HANDLE);
    CHECK_ERROR(CreateWindowExA(0, "Nothing", "", 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL), ERROR_CANNOT_FIND_WND_CLASS);
    CHECK(UnregisterClassA("Twins", NULL));
}

int main(void)
{
    start();
    text();
    version();
    windows();
    printf("twins\n");
    files();
    return WSACleanup();
}
