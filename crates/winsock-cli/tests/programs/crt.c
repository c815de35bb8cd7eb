/* What the headers have of Microsoft's C library: what it gives, what it cuts, what it refuses. */
#include "check.h"
#include <windows.h>
#include <tchar.h>

static char text[8];

static int printed(int (*print)(char *, size_t, const char *, va_list), size_t size, const char *format, ...)
{
    int length;
    va_list list;
    va_start(list, format);
    length = print(text, size, format, list);
    va_end(list);
    return length;
}

static void comparing(void)
{
    CHECK(_stricmp("Case", "cASE") == 0 && _stricmp("a", "B") < 0 && _stricmp("ab", "a") > 0);
    CHECK(_strnicmp("CASEx", "casey", 4) == 0 && _strnicmp("ab", "AC", 2) < 0 && _strnicmp("x", "y", 0) == 0);
    CHECK(_tcsicmp(_T("X"), _T("x")) == 0 && _tcslen(_T("four")) == 4);
    strcpy(text, "aBc");
    CHECK(strcmp(_strupr(text), "ABC") == 0 && strcmp(_strlwr(text), "abc") == 0);
}

static void numbers(void)
{
    char digits[70];
    CHECK(strcmp(_itoa(-12, digits, 10), "-12") == 0 && strcmp(_itoa(-1, digits, 16), "ffffffff") == 0);
    CHECK(strcmp(_i64toa((-9223372036854775807LL - 1), digits, 10), "-9223372036854775808") == 0);
    CHECK(strcmp(_ui64toa(5, digits, 2), "101") == 0 && strcmp(_ultoa(4294967295u, digits, 10), "4294967295") == 0);
    CHECK(_atoi64("-1099511627776") == -1099511627776LL);
    CHECK(_itoa_s(12345678, text, sizeof text, 10) == ERANGE && text[0] == 0);
    CHECK(_itoa_s(-1234, text, sizeof text, 10) == 0 && strcmp(text, "-1234") == 0 && _itoa_s(1, text, 8, 1) == EINVAL);
}

static void formats(void)
{
    memset(text, '#', sizeof text);
    CHECK(_snprintf(text, 5, "%I64d", (LONGLONG)12345) == 5 && memcmp(text, "12345#", 6) == 0);
    CHECK(_snprintf(text, 3, "%d", 98765) == -1 && memcmp(text, "987", 3) == 0 && text[3] == '4');
    CHECK(_snprintf(NULL, 0, "%d", 98765) == 5);
    CHECK(sprintf_s(text, sizeof text, "%d-%s", 1, "x") == 3 && strcmp(text, "1-x") == 0);
    CHECK(sprintf_s(text, 4, "%d", 12345) == -1 && errno == ERANGE && text[0] == 0);
    CHECK(sprintf_s(NULL, 4, "x") == -1 && errno == EINVAL);
    CHECK(printed(vsprintf_s, 8, "%d", 7) == 1 && printed(_vsnprintf, 8, "%S", L"w") == 1 && text[0] == 'w');
    CHECK(_snprintf_s(text, 4, _TRUNCATE, "%d", 12345) == -1 && strcmp(text, "123") == 0);
    CHECK(_snprintf_s(text, 8, 2, "%d", 12345) == -1 && strcmp(text, "12") == 0);
    CHECK(_snprintf_s(text, 4, 9, "%d", 12345) == -1 && errno == ERANGE && text[0] == 0);
}

static void copies(void)
{
    CHECK(strcpy_s(text, 8, "seven77") == 0 && strcpy_s(text, 8, "eight888") == ERANGE && text[0] == 0);
    CHECK(strcpy_s(NULL, 8, "x") == EINVAL && strcpy_s(text, 0, "x") == EINVAL && strcpy_s(text, 8, NULL) == EINVAL);
    CHECK(strncpy_s(text, 8, "seven", 3) == 0 && strcmp(text, "sev") == 0);
    CHECK(strncpy_s(text, 4, "seven", _TRUNCATE) == STRUNCATE && strcmp(text, "sev") == 0);
    CHECK(strcat_s(text, 8, "en") == 0 && strcmp(text, "seven") == 0 && strcat_s(text, 8, "xyz") == ERANGE && text[0] == 0);
    CHECK(strncat_s(text, 8, "abc", 2) == 0 && strcmp(text, "ab") == 0);
    CHECK(memcpy_s(text, 8, "123", 4) == 0 && strcmp(text, "123") == 0 && memcpy_s(text, 2, "123", 3) == ERANGE);
    CHECK(memcpy_s(text, 8, NULL, 3) == EINVAL && memcpy_s(NULL, 8, "x", 1) == EINVAL);
#ifdef __cplusplus
    CHECK(strcpy_s(text, "tem") == 0 && strcat_s(text, "plate") == ERANGE && sprintf_s(text, "%d", 5) == 1);
    CHECK(strncpy_s(text, "abc", 1) == 0 && strcmp(text, "a") == 0);
#endif
}

int main(void)
{
    char *copy = _strdup("copy");
    CHECK(strcmp(copy, "copy") == 0 && _countof(text) == 8);
    free(copy);
    comparing();
    numbers();
    formats();
    copies();
    puts("crt");
    return 0;
}
