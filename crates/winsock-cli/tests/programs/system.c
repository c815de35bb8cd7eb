/* The machine, the version and the clocks: what they tell agrees with itself, and what they refuse. */
#include "check.h"
#include <windows.h>

#define CHECK_ERROR(call, code)                                                              \
    do {                                                                                     \
        SetLastError(0);                                                                     \
        CHECK(!(call) && GetLastError() == (DWORD)(code));                                   \
    } while (0)

static ULONGLONG ticks(FILETIME time)
{
    return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static FILETIME time_of(ULONGLONG ticks)
{
    FILETIME time;
    time.dwLowDateTime = (DWORD)ticks;
    time.dwHighDateTime = (DWORD)(ticks >> 32);
    return time;
}

static void machine(void)
{
    SYSTEM_INFO info, native;
    OSVERSIONINFOA a;
    OSVERSIONINFOEXW w;
    DWORD_PTR mask;
    DWORD count = 0;

    GetSystemInfo(&info);
    GetNativeSystemInfo(&native);
    CHECK(memcmp(&info, &native, sizeof info) == 0);
    for (mask = info.dwActiveProcessorMask; mask != 0; mask &= mask - 1)
        count++;
    CHECK(info.dwNumberOfProcessors == count && count > 0 && info.dwAllocationGranularity == 65536);
    CHECK(info.dwPageSize >= 4096 && (info.dwPageSize & (info.dwPageSize - 1)) == 0);
    CHECK((char *)info.lpMinimumApplicationAddress < (char *)&info && (char *)&info < (char *)info.lpMaximumApplicationAddress);
    CHECK(info.wProcessorArchitecture != PROCESSOR_ARCHITECTURE_UNKNOWN);

    memset(&a, 'x', sizeof a);
    memset(&w, 'x', sizeof w);
    a.dwOSVersionInfoSize = sizeof a;
    w.dwOSVersionInfoSize = sizeof w;
    CHECK(GetVersionExA(&a) && a.dwMajorVersion == 10 && a.dwPlatformId == VER_PLATFORM_WIN32_NT && a.szCSDVersion[0] == 0);
    CHECK(GetVersionExW((LPOSVERSIONINFOW)&w) && w.dwBuildNumber == a.dwBuildNumber && w.wProductType == VER_NT_WORKSTATION);
    CHECK(LOBYTE(LOWORD(GetVersion())) == 10 && HIWORD(GetVersion()) == a.dwBuildNumber);
    w.dwOSVersionInfoSize = sizeof(OSVERSIONINFOW);
    w.wProductType = 77;
    CHECK(GetVersionExW((LPOSVERSIONINFOW)&w) && w.wProductType == 77 && w.dwOSVersionInfoSize == sizeof(OSVERSIONINFOW));
    a.dwOSVersionInfoSize = 5;
    CHECK_ERROR(GetVersionExA(&a), ERROR_INSUFFICIENT_BUFFER);
    CHECK_ERROR(GetVersionExW(NULL), ERROR_NOACCESS);
}

static void counters(void)
{
    LARGE_INTEGER frequency, before, after;
    ULONGLONG milliseconds = GetTickCount64(), unbiased, elapsed;
    DWORD multimedia = timeGetTime();

    CHECK(QueryPerformanceFrequency(&frequency) && frequency.QuadPart > 1000);
    CHECK(QueryPerformanceCounter(&before) && QueryUnbiasedInterruptTime(&unbiased) && timeBeginPeriod(1) == TIMERR_NOERROR);
    Sleep(20);
    CHECK(QueryPerformanceCounter(&after) && timeEndPeriod(1) == TIMERR_NOERROR);
    elapsed = (ULONGLONG)((after.QuadPart - before.QuadPart) * 1000 / frequency.QuadPart);
    CHECK(elapsed >= 19 && GetTickCount64() - milliseconds >= 19 && timeGetTime() - multimedia >= 19);
    CHECK(GetTickCount() - (DWORD)milliseconds < 60000 && timeBeginPeriod(0) == TIMERR_NOCANDO);
    CHECK_ERROR(QueryPerformanceCounter(NULL), ERROR_NOACCESS);
}

static void dates(void)
{
    FILETIME now, precise, back, local, created, ended, kernel, user;
    SYSTEMTIME date, here;

    GetSystemTimeAsFileTime(&now);
    GetSystemTimePreciseAsFileTime(&precise);
    GetSystemTime(&date);
    GetLocalTime(&here);
    CHECK(SystemTimeToFileTime(&date, &back));
    CHECK(ticks(precise) - ticks(now) < 600000000 && ticks(back) - ticks(now) + 10000 < 600000000);
    CHECK(CompareFileTime(&now, &now) == 0 && CompareFileTime(&now, &precise) <= 0);
    CHECK(SystemTimeToFileTime(&here, &back) && FileTimeToLocalFileTime(&now, &local));
    CHECK(ticks(back) - ticks(local) + 10000 < 600000000);

    now = time_of(116444736000000000);
    CHECK(FileTimeToSystemTime(&now, &date) && date.wYear == 1970 && date.wMonth == 1 && date.wDay == 1);
    CHECK(date.wDayOfWeek == 4 && date.wHour == 0 && date.wMilliseconds == 0);
    now = time_of((ULONGLONG)1 << 63);
    CHECK_ERROR(FileTimeToSystemTime(&now, &date), ERROR_INVALID_PARAMETER);
    date.wMonth = 2;
    date.wDay = 29;
    CHECK_ERROR(SystemTimeToFileTime(&date, &now), ERROR_INVALID_PARAMETER);
    date.wDay = 28;
    date.wHour = 24;
    CHECK_ERROR(SystemTimeToFileTime(&date, &now), ERROR_INVALID_PARAMETER);

    GetSystemTimeAsFileTime(&now);
    CHECK(GetProcessTimes(GetCurrentProcess(), &created, &ended, &kernel, &user) && ticks(ended) == 0);
    CHECK(ticks(created) < ticks(now) + 1000000 && ticks(now) - ticks(created) + 1000000 < 1200000000);
    CHECK_ERROR(GetProcessTimes(NULL, &created, &ended, &kernel, &user), ERROR_INVALID_HANDLE);
    CHECK_ERROR(GetProcessTimes(GetCurrentProcess(), NULL, &ended, &kernel, &user), ERROR_NOACCESS);
}

int main(void)
{
    machine();
    counters();
    dates();
    puts("system");
    return 0;
}
