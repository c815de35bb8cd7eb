/* Every function of memory, text, console, system and time, with every combination of its pointers NULL, on heaps and
   handles that are good, wild and NULL: none crashes, none blocks. */
#include "null.h"
#include <windows.h>

static DWORD number;
static char bytes[300];
static WCHAR units[300], wide[] = {'w', 0};
static FILETIME time_a, time_b, time_c, time_d;
static SYSTEMTIME date;
static LARGE_INTEGER large;
static ULONGLONG ticks;
static SYSTEM_INFO machine;
static OSVERSIONINFOA version_a;
static OSVERSIONINFOW version_w;
static void *block;
static BOOL used;
static UCHAR kinds[8];
static ULONGLONG words[8];

static void prepare(void)
{
    memset(bytes, 0, sizeof bytes);
    memset(units, 0, sizeof units);
    version_a.dwOSVersionInfoSize = sizeof version_a;
    version_w.dwOSVersionInfoSize = sizeof version_w;
    if (block == NULL)
        block = HeapAlloc(GetProcessHeap(), 0, 8);
}

/* The block is not used again: a call may have freed it. One that was given NULL instead has not, so it stays where whoever
   looks for lost memory finds it. */
void *kept[200];
static unsigned keeps;

static void *keep(void)
{
    CHECK(keeps < sizeof kept / sizeof *kept);
    kept[keeps++] = block;
    return NULL;
}

/* What a call has made of the block, or has freed, is not used again. */
static int made(void *it)
{
    HeapFree(GetProcessHeap(), 0, it);
    block = keep();
    return 0;
}

static void on_heap(HANDLE heap)
{
    EACH(made(HeapAlloc(heap, 0, 8)))
    EACH(HeapSize(heap, 0, P(block)))
    EACH(HeapValidate(heap, 0, P(block)))
    EACH(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, P(block), 4))
    EACH(HeapFree(heap, 0, P(block)) && (block = keep()) == NULL)
    EACH(HeapDestroy(heap == GetProcessHeap() ? NULL : heap))
}

static BOOL WINAPI handler(DWORD event)
{
    (void)event;
    return FALSE;
}

static void on_handle(HANDLE h)
{
    EACH(GetConsoleMode(h, P(&number)))
    EACH(SetConsoleMode(h, 99))
    EACH(GetFileType(h))
    EACH(WriteConsoleA(h, P("text"), 0, P(&number), P(block)))
    EACH(WriteConsoleW(h, P(wide), 0, P(&number), P(block)))
    EACH(GetProcessTimes(h, P(&time_a), P(&time_b), P(&time_c), P(&time_d)))
}

static void others(void)
{
    EACH(made(HeapCreate(7, 0, 0)))
    EACH(SetConsoleCtrlHandler(P(handler), FALSE))
    EACH(GenerateConsoleCtrlEvent(99, 0))
    EACH(GetStdHandle(99))
    EACH(SetStdHandle(99, P(block)))

    EACH(GetNativeSystemInfo(P(&machine)), 0)
    EACH(GetSystemInfo(P(&machine)), 0)
    EACH(GetVersion())
    EACH(GetVersionExA(P(&version_a)))
    EACH(GetVersionExW(P(&version_w)))

    EACH(LocalSize(P(block)))
    EACH(LocalLock(P(block)))
    EACH(LocalUnlock(P(block)))
    EACH(keep(), block = LocalReAlloc(P(block), 20, 0))
    EACH(LocalFree(P(block)) == NULL && (block = keep()) == NULL)
    EACH(made(LocalAlloc(LPTR, 8)))
    EACH(GlobalSize(P(block)))
    EACH(GlobalLock(P(block)))
    EACH(GlobalUnlock(P(block)))
    EACH(keep(), block = GlobalReAlloc(P(block), 20, 0))
    EACH(GlobalFree(P(block)) == NULL && (block = keep()) == NULL)
    EACH(made(GlobalAlloc(GPTR, 8)))

    EACH(CompareFileTime(P(&time_a), P(&time_b)))
    EACH(FileTimeToLocalFileTime(P(&time_a), P(&time_b)))
    EACH(FileTimeToSystemTime(P(&time_a), P(&date)))
    EACH(SystemTimeToFileTime(P(&date), P(&time_a)))
    EACH(GetLocalTime(P(&date)), 0)
    EACH(GetSystemTime(P(&date)), 0)
    EACH(GetSystemTimeAsFileTime(P(&time_a)), 0)
    EACH(GetSystemTimePreciseAsFileTime(P(&time_a)), 0)
    EACH(GetTickCount())
    EACH(GetTickCount64())
    EACH(QueryPerformanceCounter(P(&large)))
    EACH(QueryPerformanceFrequency(P(&large)))
    EACH(QueryUnbiasedInterruptTime(P(&ticks)))
    EACH(timeBeginPeriod(1))
    EACH(timeEndPeriod(1))
    EACH(timeGetTime())
}

/* VirtualProtect, VirtualFree and VirtualQuery of a region of their own; SetEnvironmentVariable of a name of its own. */
static void process(void)
{
    static char name[] = "WS_NULL";
    static WCHAR wide_name[] = {'W', 'S', 0};
    static MEMORY_BASIC_INFORMATION about;
    static OSVERSIONINFOEXA version_ex_a;
    static OSVERSIONINFOEXW version_ex_w;
    static DWORD size;
    static LONG high;
    void *region = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_READWRITE);
    HMODULE library = GetModuleHandleA("ws2_32");

    EACH(VirtualAlloc(P(region), 4096, MEM_COMMIT, PAGE_READWRITE))
    EACH(VirtualProtect(P(region), 4096, PAGE_READONLY, P(&number)))
    EACH(VirtualQuery(P(region), P(&about), sizeof about))
    EACH(VirtualFree(P(region), 0, MEM_RELEASE))

    EACH(GetModuleHandleA(P("ws2_32")))
    EACH(GetModuleHandleW(P(wide)))
    EACH(LoadLibraryA(P("ws2_32")))
    EACH(LoadLibraryW(P(wide)))
    EACH(FreeLibrary(P(library)))
    EACH(GetProcAddress(P(library), P("send")))
    EACH(GetModuleFileNameA(P(library), P(bytes), 300))
    EACH(GetModuleFileNameW(P(library), P(units), 300))
    EACH(GetCommandLineA())
    EACH(GetCommandLineW())
    EACH(IsDebuggerPresent())
    EACH(OutputDebugStringA(P("")), 0)
    EACH(OutputDebugStringW(P(units)), 0)
    CHECK((void (*)(UINT))ExitProcess != NULL);

    EACH(SetEnvironmentVariableA(P(name), P("text")))
    EACH(SetEnvironmentVariableW(P(wide_name), P(wide)))
    EACH(GetEnvironmentVariableA(P(name), P(bytes), 300))
    EACH(GetEnvironmentVariableW(P(wide_name), P(units), 300))
    EACH(GetCurrentDirectoryA(300, P(bytes)))
    EACH(GetCurrentDirectoryW(300, P(units)))
    EACH(SetCurrentDirectoryA(P("no such folder")))
    EACH(SetCurrentDirectoryW(P(wide)))
    EACH(GetTempPathA(300, P(bytes)))
    EACH(GetTempPathW(300, P(units)))
    EACH((size = 300, GetComputerNameA(P(bytes), P(&size))))
    EACH((size = 300, GetComputerNameW(P(units), P(&size))))
    EACH((size = 300, GetComputerNameExA(ComputerNameDnsHostname, P(bytes), P(&size))))
    EACH((size = 300, GetComputerNameExW(ComputerNameDnsHostname, P(units), P(&size))))
    EACH(VerSetConditionMask(0, VER_PLATFORMID, VER_EQUAL))
    EACH(VerifyVersionInfoA(P(&version_ex_a), VER_MAJORVERSION, 1))
    EACH(VerifyVersionInfoW(P(&version_ex_w), VER_MAJORVERSION, 1))

    EACH(DeleteFileA(P("no such folder/file")))
    EACH(DeleteFileW(P(wide)))
    EACH(GetFileAttributesA(P("no such file")))
    EACH(GetFileAttributesW(P(wide)))
    EACH(GetFileSize(P(library), P(&size)))
    EACH(SetFilePointer(P(library), 0, P(&high), FILE_BEGIN))
    EACH(SetEndOfFile(P(library)))
    EACH(FlushFileBuffers(P(library)))
}

static void text(void)
{
    EACH(lstrlenA(P("text")))
    EACH(lstrlenW(P(wide)))
    EACH(lstrcpyA(P(bytes), P("text")))
    EACH(lstrcpyW(P(units), P(wide)))
    EACH(lstrcpynA(P(bytes), P("text"), 3))
    EACH(lstrcpynW(P(units), P(wide), 3))
    EACH(lstrcatA(P(bytes), P("text")))
    EACH(lstrcatW(P(units), P(wide)))
    EACH(lstrcmpA(P(bytes), P("text")))
    EACH(lstrcmpW(P(units), P(wide)))
    EACH(lstrcmpiA(P(bytes), P("text")))
    EACH(lstrcmpiW(P(units), P(wide)))
    EACH(GetACP())
    EACH(GetConsoleCP())
    EACH(GetConsoleOutputCP())
    EACH(SetConsoleCP(CP_UTF8))
    EACH(SetConsoleOutputCP(CP_UTF8))
    EACH(CharLowerA(P(bytes)))
    EACH(CharLowerW(P(units)))
    EACH(CharUpperA(P(bytes)))
    EACH(CharUpperW(P(units)))
    EACH(CharLowerBuffA(P(bytes), 3))
    EACH(CharLowerBuffW(P(units), 3))
    EACH(CharUpperBuffA(P(bytes), 3))
    EACH(CharUpperBuffW(P(units), 3))
    EACH(IsValidCodePage(1252))
    EACH(MultiByteToWideChar(CP_ACP, 0, P("text"), -1, P(units), 300))
    EACH(WideCharToMultiByte(CP_ACP, 0, P(wide), -1, P(bytes), 300, P("?"), P(&used)))
    EACH(FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM, P(block), 5, 0, P(bytes), 300, P((va_list *)words)))
    EACH(FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM, P(block), 5, 0, P(units), 300, P((va_list *)words)))
    EACH(FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY, P("%1!d!"), 0, 0, P(bytes), 300,
                        P((va_list *)words)))
    EACH(_ws2_format_arguments(P("%d"), 1, P(kinds), 8))
    EACH(_ws2_format_text(P(bytes), 300, P("%d"), 1, P(words), 1))
    EACH(_ws2_message_arguments(FORMAT_MESSAGE_FROM_STRING, P("%1!d!"), 0, 0, 1))
}

int main(void)
{
    HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
    on_heap(GetProcessHeap());
    on_heap(HeapCreate(0, 0, 0));
    on_heap(NULL);
    on_heap((HANDLE)0x123450);
    on_heap(INVALID_HANDLE_VALUE);
    on_handle(GetStdHandle(STD_OUTPUT_HANDLE));
    on_handle(event);
    on_handle(NULL);
    on_handle((HANDLE)0x123450);
    on_handle(GetCurrentProcess());
    others();
    process();
    text();
    CHECK(calls > 200);
    puts("no crash");
    return 0;
}
