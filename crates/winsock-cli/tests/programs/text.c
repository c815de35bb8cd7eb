/* Strings, conversion and messages: what they give, and what each refuses, with its code. */
#include "check.h"
#include <windows.h>

#define CHECK_ERROR(call, code)                                                              \
    do {                                                                                     \
        SetLastError(0);                                                                     \
        CHECK(!(call) && GetLastError() == (DWORD)(code));                                   \
    } while (0)

static char bytes[300];
static WCHAR units[300];

static void strings(void)
{
    WCHAR small[4];
    CHECK(lstrcpyA(bytes, "one") == bytes && lstrcatA(bytes, " two") == bytes && strcmp(bytes, "one two") == 0);
    CHECK(lstrcpynA(bytes, "seven", 4) == bytes && strcmp(bytes, "sev") == 0);
    CHECK(lstrcpynW(small, L"seven", 4) == small && lstrcmpW(small, L"sev") == 0);
    CHECK(lstrcpynA(bytes, "x", 0) == NULL && lstrcpynA(bytes, "x", -1) == NULL && strcmp(bytes, "sev") == 0);
    CHECK(lstrcmpA("a", "b") < 0 && lstrcmpA("b", "a") > 0 && lstrcmpA("a", "a") == 0 && lstrcmpA(NULL, "") < 0);
    CHECK(lstrcmpiA("\xc3\x84" "b", "\xc3\xa4" "B") == 0 && lstrcmpiW(L"\u00c4b", L"\u00e4B") == 0 && lstrcmpiA("a", "B") < 0);
}

static void to_wide(void)
{
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "\xc3\xa4\xf0\x9f\x98\x80", -1, NULL, 0) == 4);
    CHECK(MultiByteToWideChar(CP_ACP, MB_PRECOMPOSED, "\xc3\xa4\xf0\x9f\x98\x80", -1, units, 4) == 4);
    CHECK(units[0] == 0xe4 && units[1] == 0xd83d && units[2] == 0xde00 && units[3] == 0);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "abc", 2, units, 300) == 2 && units[1] == 'b' && units[2] == 0xde00);
    CHECK(MultiByteToWideChar(CP_UTF8, 0, "a\xff", 2, units, 300) == 2 && units[1] == 0xfffd);
    CHECK(MultiByteToWideChar(1252, 0, "\x80", 1, units, 300) == 1 && units[0] == 0x20ac);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, "a\xff", 2, units, 300), ERROR_NO_UNICODE_TRANSLATION);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, units, 3), ERROR_INSUFFICIENT_BUFFER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, MB_PRECOMPOSED, "abc", -1, units, 300), ERROR_INVALID_FLAGS);
    CHECK_ERROR(MultiByteToWideChar(CP_ACP, 0x100, "abc", -1, units, 300), ERROR_INVALID_FLAGS);
    CHECK_ERROR(MultiByteToWideChar(4711, 0x100, "abc", -1, units, 300), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "abc", 0, units, 300), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "abc", -2, units, 300), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, "abc", -1, units, -1), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(MultiByteToWideChar(CP_UTF8, 0, (char *)units, -1, units, 300), ERROR_INVALID_PARAMETER);
}

static void to_bytes(void)
{
    BOOL used = 77;
    CHECK(WideCharToMultiByte(CP_UTF8, 0, L"\u00e4\U0001F600", -1, NULL, 0, NULL, NULL) == 7);
    CHECK(WideCharToMultiByte(CP_ACP, 0, L"\u00e4", -1, bytes, 300, "#", &used) == 3 && used == FALSE);
    CHECK(strcmp(bytes, "\xc3\xa4") == 0);
    CHECK(WideCharToMultiByte(1252, WC_NO_BEST_FIT_CHARS, L"\u20ac\u4e00", -1, bytes, 300, "#", &used) == 3);
    CHECK(used == TRUE && strcmp(bytes, "\x80#") == 0);
    units[0] = 0xd800;
    CHECK(WideCharToMultiByte(CP_UTF8, 0, units, 1, bytes, 300, NULL, NULL) == 3 && memcmp(bytes, "\xef\xbf\xbd", 3) == 0);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, units, 1, bytes, 300, NULL, NULL), ERROR_NO_UNICODE_TRANSLATION);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"a", -1, bytes, 300, "#", NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"a", -1, bytes, 300, NULL, &used), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, WC_NO_BEST_FIT_CHARS, L"a", -1, bytes, 300, NULL, NULL), ERROR_INVALID_FLAGS);
    CHECK_ERROR(WideCharToMultiByte(1252, WC_ERR_INVALID_CHARS, L"a", -1, bytes, 300, NULL, NULL), ERROR_INVALID_FLAGS);
    CHECK_ERROR(WideCharToMultiByte(CP_UTF8, 0, L"abc", -1, bytes, 3, NULL, NULL), ERROR_INSUFFICIENT_BUFFER);
    CHECK(IsValidCodePage(GetACP()) && IsValidCodePage(1252) && !IsValidCodePage(CP_ACP) && !IsValidCodePage(932));
}

static DWORD inserts(DWORD flags, const char *format, ...)
{
    DWORD length;
    va_list list;
    va_start(list, format);
    length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | flags, format, 0, 0, bytes, 300, &list);
    va_end(list);
    return length;
}

static void messages(void)
{
    const DWORD system = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;
    DWORD_PTR list[2];
    char *own = NULL;
    WCHAR *wide = NULL;
    DWORD length = FormatMessageA(system, NULL, WSAECONNREFUSED, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), bytes, 300, NULL);

    CHECK(length == strlen(bytes) && length > 10 && strcmp(bytes + length - 3, ".\r\n") == 0);
    CHECK(FormatMessageA(system | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, WSAECONNREFUSED, 0, (LPSTR)&own, 0, NULL) == length);
    CHECK(strcmp(own, bytes) == 0 && LocalSize(own) == length + 1 && LocalFree(own) == NULL);
    CHECK(FormatMessageW(system | FORMAT_MESSAGE_ALLOCATE_BUFFER, NULL, WSAECONNREFUSED, 0, (LPWSTR)&wide, 1000, NULL) == length);
    CHECK(lstrlenW(wide) == (int)length && wide[0] == bytes[0] && LocalSize(wide) == 2000 && LocalFree(wide) == NULL);
    CHECK(FormatMessageA(system | FORMAT_MESSAGE_MAX_WIDTH_MASK, NULL, 0, 0, bytes, 300, NULL) > 0 && strchr(bytes, '\n') == NULL);

    CHECK(inserts(0, "%1 is %2!d!, not %3!I64u! or %4!ls!", "it", -7, (ULONGLONG)1 << 40, L"wide"));
    CHECK(strcmp(bytes, "it is -7, not 1099511627776 or wide") == 0);
    CHECK(inserts(FORMAT_MESSAGE_IGNORE_INSERTS, "%1 %2!d!", "it", -7) == 8 && strcmp(bytes, "%1 %2!d!") == 0);
    list[0] = (DWORD_PTR) "first";
    list[1] = 5;
    CHECK(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, "%2!03d!%n%1", 0, 0, bytes, 300,
                         (va_list *)list) == 10);
    CHECK(strcmp(bytes, "005\r\nfirst") == 0);

    CHECK_ERROR(FormatMessageA(system, NULL, 5, 0, NULL, 300, NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(FormatMessageA(0, NULL, 5, 0, bytes, 300, NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(FormatMessageA(FORMAT_MESSAGE_FROM_STRING, NULL, 5, 0, bytes, 300, NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(FormatMessageA(FORMAT_MESSAGE_FROM_STRING, "%1", 0, 0, bytes, 300, NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(FormatMessageA(system, NULL, 0x12345678, 0, bytes, 300, NULL), ERROR_MR_MID_NOT_FOUND);
    CHECK_ERROR(FormatMessageA(FORMAT_MESSAGE_FROM_HMODULE, NULL, 5, 0, bytes, 300, NULL), ERROR_MR_MID_NOT_FOUND);
    CHECK_ERROR(FormatMessageA(system, NULL, 5, 0x407, bytes, 300, NULL), ERROR_RESOURCE_LANG_NOT_FOUND);
    CHECK_ERROR(FormatMessageA(system, NULL, WSAECONNREFUSED, 0, bytes, length, NULL), ERROR_INSUFFICIENT_BUFFER);
}

static void blocks(void)
{
    char *block = (char *)LocalAlloc(LPTR, 10);
    CHECK(block != NULL && block[9] == 0 && LocalSize(block) == 10 && LocalLock(block) == block);
    CHECK_ERROR(LocalUnlock(block), ERROR_NOT_LOCKED);
    strcpy(block, "kept");
    block = (char *)LocalReAlloc(block, 1000, LMEM_MOVEABLE | LMEM_ZEROINIT);
    CHECK(strcmp(block, "kept") == 0 && block[999] == 0 && LocalFree(block) == NULL && LocalFree(NULL) == NULL);
    block = (char *)GlobalAlloc(GHND, 10);
    CHECK(GlobalLock(block) == block && GlobalUnlock(block) && GlobalSize(block) == 10 && GlobalFree(block) == NULL);
    CHECK_ERROR(LocalAlloc(0, (SIZE_T)1 << 62), ERROR_NOT_ENOUGH_MEMORY);
    CHECK_ERROR(LocalSize(NULL), ERROR_INVALID_HANDLE);
    CHECK_ERROR(GlobalLock(NULL), ERROR_INVALID_HANDLE);
    CHECK_ERROR(GlobalReAlloc(NULL, 1, 0), ERROR_INVALID_HANDLE);
    SetLastError(0);
    CHECK(LocalFree((HLOCAL)(bytes + 1)) == (HLOCAL)(bytes + 1) && GetLastError() == ERROR_INVALID_HANDLE);
}

static void letters(void)
{
    char text[] = "a\xc3\xa4z\xc3\x9f \xff!";
    WCHAR wide[] = {'a', 0xe4, 0x439, 0xd83d, 0xde00, 'Z', 0};
    char printed[1100];
    WCHAR printed_wide[20], wide_format[] = {'%', 'd', '-', '%', 's', 0};

    CHECK(CharUpperA(text) == text && strcmp(text, "A\xc3\x84Z\xc3\x9f \xff!") == 0);
    CHECK(CharLowerBuffA(text, 3) == 3 && strcmp(text, "a\xc3\xa4Z\xc3\x9f \xff!") == 0);
    CHECK(CharLowerA((LPSTR)(ULONG_PTR)'Q') == (LPSTR)(ULONG_PTR)'q' && CharUpperW((LPWSTR)(ULONG_PTR)0xe4) == (LPWSTR)(ULONG_PTR)0xc4);
    CHECK(CharUpperBuffW(wide, 3) == 3 && wide[0] == 'A' && wide[1] == 0xc4 && wide[2] == 0x419 && wide[3] == 0xd83d);
    CHECK(CharLowerW(wide) == wide && wide[2] == 0x439 && wide[4] == 0xde00 && wide[5] == 'z');
    CHECK(CharUpperBuffA(NULL, 3) == 0 && CharUpperW(NULL) == NULL);

    CHECK(wsprintfA(printed, "%d %s", 7, "x") == 3 && strcmp(printed, "7 x") == 0);
    CHECK(wsprintfA(printed, "%1050d", 7) == 1023 && strlen(printed) == 1023);
    CHECK(wsprintfW(printed_wide, wide_format, 12, wide) == 9 && printed_wide[2] == '-' && printed_wide[8] == 'z');
    CHECK(GetConsoleCP() == CP_UTF8 && GetConsoleOutputCP() == CP_UTF8 && SetConsoleOutputCP(CP_UTF8) && SetConsoleCP(CP_UTF8));
    SetLastError(0);
    CHECK(!SetConsoleCP(437) && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(!SetConsoleOutputCP(1) && GetLastError() == ERROR_INVALID_PARAMETER);
}

int main(void)
{
    letters();
    strings();
    to_wide();
    to_bytes();
    messages();
    blocks();
    puts("text");
    return 0;
}
