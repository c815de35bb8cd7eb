/* Text on a pipe by WriteConsole, and control events: each word on the command line is done in turn.
   The order of handlers, which thread they run in, and what ends the process is what the lines tell. */
#include "check.h"
#include <windows.h>

static HANDLE out, seen;
static DWORD main_thread;

/* As Microsoft's samples print: only while the last error is 0, and a success leaves it so. */
static void say(const char *text)
{
    DWORD written = 77;
    SetLastError(0);
    CHECK(WriteConsoleA(out, text, (DWORD)lstrlenA(text), &written, NULL));
    CHECK(written == (DWORD)lstrlenA(text) && GetLastError() == 0);
}

static BOOL WINAPI first(DWORD event)
{
    static const char *const names[] = {"C", "Break", "Close"};
    CHECK(event < 3 && GetCurrentThreadId() != main_thread);
    say("first: ");
    say(names[event]);
    say("\n");
    CHECK(SetEvent(seen));
    return TRUE;
}

static BOOL WINAPI second(DWORD event)
{
    (void)event;
    say("second\n");
    return FALSE;
}

static BOOL WINAPI refuses(DWORD event)
{
    (void)event;
    return FALSE;
}

static void errors(void)
{
    DWORD mode = 0;
    SetLastError(0);
    CHECK(!SetConsoleCtrlHandler(refuses, FALSE) && GetLastError() == ERROR_INVALID_PARAMETER);
    SetLastError(0);
    CHECK(!GenerateConsoleCtrlEvent(CTRL_CLOSE_EVENT, 0) && GetLastError() == ERROR_INVALID_PARAMETER);
    SetLastError(0);
    CHECK(!GenerateConsoleCtrlEvent(7, 0) && GetLastError() == ERROR_INVALID_PARAMETER);
    SetLastError(0);
    CHECK(!GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0x7ffffffe) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0x7ffffffe));
    SetLastError(0);
    CHECK(GetStdHandle(0) == INVALID_HANDLE_VALUE && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(!SetStdHandle(0, NULL) && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(GetFileType(seen) == FILE_TYPE_UNKNOWN && GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(GetFileType(GetStdHandle(STD_INPUT_HANDLE)) == FILE_TYPE_CHAR && GetFileType(out) == FILE_TYPE_PIPE);
    SetLastError(0);
    CHECK(!GetConsoleMode(out, &mode) && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(!SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), 0) && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(!WriteConsoleA(NULL, "x", 1, NULL, NULL) && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(!WriteConsoleA(seen, "x", 1, NULL, NULL) && GetLastError() == ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(!WriteConsoleA(out, NULL, 1, NULL, NULL) && GetLastError() == ERROR_NOACCESS);
    SetLastError(0);
    CHECK(!WriteConsoleW(GetStdHandle(STD_INPUT_HANDLE), L"x", 1, NULL, NULL) && GetLastError() == ERROR_ACCESS_DENIED);
}

int main(int count, char **words)
{
    int i;
    out = GetStdHandle(STD_OUTPUT_HANDLE);
    seen = CreateEventA(NULL, FALSE, FALSE, NULL);
    main_thread = GetCurrentThreadId();
    CHECK(out != NULL && out != INVALID_HANDLE_VALUE && out == GetStdHandle(STD_OUTPUT_HANDLE) && seen != NULL);

    for (i = 1; i < count; i++) {
        const char *word = words[i];
        if (strcmp(word, "errors") == 0) {
            errors();
        } else if (strcmp(word, "wide") == 0) {
            DWORD written = 77;
            CHECK(WriteConsoleW(out, L"w\u00efde \U0001F600\n", 8, &written, NULL) && written == 8);
        } else if (strcmp(word, "first") == 0) {
            CHECK(SetConsoleCtrlHandler(first, TRUE));
        } else if (strcmp(word, "second") == 0) {
            CHECK(SetConsoleCtrlHandler(second, TRUE));
        } else if (strcmp(word, "-second") == 0) {
            CHECK(SetConsoleCtrlHandler(second, FALSE));
        } else if (strcmp(word, "refuses") == 0) {
            CHECK(SetConsoleCtrlHandler(refuses, TRUE));
        } else if (strcmp(word, "ignore") == 0) {
            CHECK(SetConsoleCtrlHandler(NULL, TRUE));
        } else if (strcmp(word, "-ignore") == 0) {
            CHECK(SetConsoleCtrlHandler(NULL, FALSE));
        } else if (strcmp(word, "C") == 0) {
            CHECK(GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0));
        } else if (strcmp(word, "Break") == 0) {
            CHECK(GenerateConsoleCtrlEvent(CTRL_BREAK_EVENT, 0));
        } else if (strcmp(word, "wait") == 0) {
            CHECK(WaitForSingleObject(seen, INFINITE) == WAIT_OBJECT_0);
        } else if (strcmp(word, "ready") == 0) {
            say("ready\n");
        } else {
            CHECK(!"a word that is known");
        }
    }
    say("end\n");
    return 0;
}
