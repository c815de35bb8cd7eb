/* strsafe.h: copies, joins and formats in both widths, what does not fit, what each flag does, and every refusal. */
#include "check.h"
#include <strsafe.h>
#include <windows.h>

#define L(text) L##text

#define FULL STRSAFE_E_INSUFFICIENT_BUFFER
#define BAD  STRSAFE_E_INVALID_PARAMETER

/* A buffer of `size` characters has these, and nothing beside it has changed. */
static char room[8];
static char beside[8];

static void fresh(void)
{
    memset(room, '#', sizeof room);
    memset(beside, '#', sizeof beside);
}

static HRESULT formatted(char *to, size_t size, const char *format, ...)
{
    HRESULT result;
    va_list list;
    va_start(list, format);
    result = StringCchVPrintfA(to, size, format, list);
    va_end(list);
    return result;
}

static void copies(void)
{
    fresh();
    CHECK(StringCchCopyA(room, 8, "seven77") == S_OK && strcmp(room, "seven77") == 0);
    CHECK(StringCchCopyA(room, 4, "seven") == FULL && strcmp(room, "sev") == 0);
    CHECK(StringCchCopyA(room, 1, "") == S_OK && room[0] == 0);
    CHECK(StringCchCopyA(room, 1, "x") == FULL && room[0] == 0);
    CHECK(StringCchCopyA(room, 0, "x") == BAD);
    CHECK(StringCchCopyA(room, (size_t)STRSAFE_MAX_CCH + 1, "x") == BAD);
    CHECK(StringCchCopyA(NULL, 8, "x") == BAD);
    CHECK(StringCchCopyA(room, 8, NULL) == BAD);
    CHECK(StringCchCopyNA(room, 8, "seven77", 3) == S_OK && strcmp(room, "sev") == 0);
    CHECK(StringCchCopyNA(room, 8, "ab", 7) == S_OK && strcmp(room, "ab") == 0);
    CHECK(StringCchCopyNA(room, 3, "seven", 4) == FULL && strcmp(room, "se") == 0);
    CHECK(StringCbCopyNA(room, sizeof room, "a\0b", 3) == S_OK && strcmp(room, "a") == 0);
    fresh();
    CHECK(StringCchCopyA(room, 5, "abcdefgh") == FULL && room[5] == '#' && beside[0] == '#');
}

static void joins(void)
{
    fresh();
    strcpy(room, "ab");
    CHECK(StringCchCatA(room, 8, "cd") == S_OK && strcmp(room, "abcd") == 0);
    CHECK(StringCchCatA(room, 7, "efgh") == FULL && strcmp(room, "abcdef") == 0);
    CHECK(StringCchCatNA(room, 8, "xyz", 1) == S_OK && strcmp(room, "abcdefx") == 0);
    CHECK(StringCbCatA(room, 8, "") == S_OK && strcmp(room, "abcdefx") == 0);
    CHECK(StringCbCatNA(room, 8, "1", 1) == FULL && strcmp(room, "abcdefx") == 0);
    memset(room, 'x', sizeof room);
    CHECK(StringCchCatA(room, 8, "y") == BAD);
    CHECK(StringCchCatA(NULL, 8, "y") == BAD);
}

static void prints(void)
{
    char text[64];
    CHECK(formatted(text, 64, "%s %d %I64d", "a", -1, (LONGLONG)1 << 40) == S_OK);
    CHECK(strcmp(text, "a -1 1099511627776") == 0);
    CHECK(StringCbPrintfA(text, sizeof text, "%5.2f|%x|%p|%c%%", 2.5, 255, (void *)0x10, 'z') == S_OK);
    CHECK(strcmp(text, " 2.50|ff|0000000000000010|z%") == 0);
    CHECK(StringCchPrintfA(text, 64, "%ls %S %hs", L("w\u00efde"), L("W"), "n") == S_OK);
    CHECK(strcmp(text, "w\xc3\xaf" "de W n") == 0);
    CHECK(StringCchPrintfA(text, 64, "%Lf %lu %ld", (long double)1.5, (DWORD)-1, (LONG)-2) == S_OK);
    CHECK(strcmp(text, "1.500000 4294967295 -2") == 0);
    CHECK(StringCchPrintfA(text, 4, "%d", 12345) == FULL && strcmp(text, "123") == 0);
    CHECK(StringCchPrintfA(text, 64, "%s", (const char *)NULL) == S_OK && strcmp(text, "(null)") == 0);
    CHECK(StringCchPrintfA(text, 64, "%n") == BAD && text[0] == 0);
    CHECK(StringCchPrintfA(text, 0, "x") == BAD);
    CHECK(StringCchPrintfA(text, 64, NULL) == BAD);
    CHECK(StringCchPrintfA(NULL, 64, "x") == BAD);
}

static void extended(void)
{
    char *end = NULL;
    size_t left = 77;

    fresh();
    CHECK(StringCchCopyExA(room, 8, "abc", &end, &left, 0) == S_OK && end == room + 3 && left == 5);
    CHECK(StringCchCopyExA(room, 8, "ab", &end, &left, STRSAFE_FILL_BEHIND_NULL | 'z') == S_OK);
    CHECK(memcmp(room, "ab\0zzzzz", 8) == 0 && left == 6);
    CHECK(StringCchCopyExA(room, 4, "abcd", &end, &left, 0) == FULL && end == room + 3 && left == 1);
    CHECK(StringCchCopyExA(room, 4, "abcd", &end, &left, STRSAFE_NULL_ON_FAILURE) == FULL && room[0] == 0);
    CHECK(end == room && left == 4);
    CHECK(StringCchCopyExA(room, 4, "abcd", &end, &left, STRSAFE_FAILURE_BYTE('f')) == FULL);
    CHECK(strcmp(room, "fff") == 0);
    CHECK(StringCchCopyExA(room, 8, NULL, &end, &left, STRSAFE_IGNORE_NULLS) == S_OK && room[0] == 0);
    CHECK(StringCchCopyExA(NULL, 0, NULL, &end, &left, STRSAFE_IGNORE_NULLS) == S_OK && end == NULL && left == 0);
    CHECK(StringCchCopyExA(NULL, 0, "x", &end, &left, STRSAFE_IGNORE_NULLS) == BAD);
    CHECK(StringCchCopyExA(room, 0, "x", &end, &left, STRSAFE_IGNORE_NULLS) == FULL);
    CHECK(StringCchCopyExA(room, 8, "x", &end, &left, 0x2000) == BAD);
    strcpy(room, "ab");
    CHECK(StringCchCatExA(room, 4, "cd", &end, &left, STRSAFE_NO_TRUNCATION) == FULL && strcmp(room, "ab") == 0);
    CHECK(StringCbPrintfExA(room, 8, &end, &left, 0, "%d", 123) == S_OK && end == room + 3 && left == 5);
}

static void wide(void)
{
    WCHAR text[8], *end = NULL;
    size_t length = 77;
    CHECK(StringCchCopyW(text, 8, L("w\u00efde")) == S_OK);
    CHECK(StringCchLengthW(text, 8, &length) == S_OK && length == 4);
    CHECK(StringCbLengthW(text, sizeof text, &length) == S_OK && length == 8);
    CHECK(StringCbCatW(text, sizeof text, L("123456")) == FULL);
    CHECK(StringCchLengthW(text, 8, &length) == S_OK && length == 7);
    CHECK(StringCbPrintfExW(text, sizeof text, &end, &length, 0, L("%s-%S"), L("a"), "b") == S_OK);
    CHECK(text[0] == 'a' && text[1] == '-' && text[2] == 'b' && text[3] == 0 && end == text + 3 && length == 10);
    CHECK(StringCbCopyExW(text, 9, L("x"), &end, &length, 0) == S_OK && length == 7);
}

static void lengths(void)
{
    size_t length = 77;
    CHECK(StringCchLengthA("four", 5, &length) == S_OK && length == 4);
    CHECK(StringCchLengthA("four", 4, &length) == BAD && length == 0);
    CHECK(StringCchLengthA("four", 5, NULL) == S_OK);
    CHECK(StringCchLengthA(NULL, 5, &length) == BAD);
    CHECK(StringCbLengthA("four", (size_t)STRSAFE_MAX_CCH + 1, &length) == BAD);
    CHECK(lstrlenA("four") == 4 && lstrlenA(NULL) == 0);
    CHECK(lstrlenW(L("four")) == 4 && lstrlenW(NULL) == 0);
}

int main(void)
{
    SetLastError(77);
    copies();
    joins();
    prints();
    extended();
    wide();
    lengths();
    CHECK(GetLastError() == 77);
    puts("strsafe");
    return 0;
}
