/* Modules, the environment of the process, files by name, the version, and the small headers of Microsoft's C library. */
#include "check.h"
#include <conio.h>
#include <crtdbg.h>
#include <direct.h>
#include <io.h>
#include <iphlpapi.h>
#include <share.h>
#include <versionhelpers.h>
#include <windows.h>

#define CHECK_ERROR(call, code)                                                              \
    do {                                                                                     \
        SetLastError(0);                                                                     \
        CHECK(!(call) && GetLastError() == (DWORD)(code));                                   \
    } while (0)

typedef int(WSAAPI *ERROR_OF)(void);

static void modules(int is_static)
{
    static const char *names[] = {"ws2_32.dll", "WS2_32", "Mswsock.DLL", "kernel32", "C:\\Windows\\System32\\user32.dll"};
    HMODULE program = GetModuleHandleA(NULL), library = GetModuleHandleA("ws2_32.dll");
    WCHAR wide[MAX_PATH] = {'w', 's', '2', '_', '3', '2', 0};
    char path[MAX_PATH], cut[8];
    DWORD length;
    unsigned i;

    CHECK(program != NULL && *(const char *)program == 0x7f && library != NULL && *(const char *)library == 0x7f);
    CHECK((program == library) == is_static && GetModuleHandleW(NULL) == program && GetModuleHandleW(wide) == library);
    for (i = 0; i < sizeof names / sizeof *names; i++) {
        CHECK(GetModuleHandleA(names[i]) == library && LoadLibraryA(names[i]) == library && FreeLibrary(library));
    }
    CHECK(LoadLibraryW(wide) == library);
    CHECK_ERROR(GetModuleHandleA("advapi99.dll"), ERROR_MOD_NOT_FOUND);
    CHECK_ERROR(GetModuleHandleA(""), ERROR_MOD_NOT_FOUND);
    CHECK_ERROR(LoadLibraryA("advapi99.dll"), ERROR_MOD_NOT_FOUND);
    CHECK_ERROR(LoadLibraryA(NULL), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(FreeLibrary((HMODULE)0x1234), ERROR_MOD_NOT_FOUND);
    CHECK_ERROR(FreeLibrary(NULL), ERROR_MOD_NOT_FOUND);

    if (!is_static) {
        ERROR_OF last = (ERROR_OF)(void *)GetProcAddress(library, "WSAGetLastError");
        CHECK(last == WSAGetLastError);
        SetLastError(1234);
        CHECK(last() == 1234);
        /* Ours, and not the C library's. */
        CHECK(GetProcAddress(library, "recv") == (FARPROC)(void *)recv && GetProcAddress(library, "inet_ntoa") == (FARPROC)(void *)inet_ntoa);
        CHECK_ERROR(GetProcAddress(program, "WSAGetLastError"), ERROR_PROC_NOT_FOUND);
    }
    CHECK_ERROR(GetProcAddress(library, "printf"), ERROR_PROC_NOT_FOUND);
    CHECK_ERROR(GetProcAddress(library, "NoSuchFunction"), ERROR_PROC_NOT_FOUND);
    CHECK_ERROR(GetProcAddress(library, (LPCSTR)23), ERROR_PROC_NOT_FOUND);
    CHECK_ERROR(GetProcAddress((HMODULE)0x1234, "recv"), ERROR_MOD_NOT_FOUND);
    CHECK_ERROR(GetProcAddress((HMODULE)0x1234, NULL), ERROR_MOD_NOT_FOUND);

    SetLastError(5);
    length = GetModuleFileNameA(NULL, path, sizeof path);
    CHECK(length > 8 && length == strlen(path) && path[0] == '/' && GetLastError() == 0 && _access(path, 4) == 0);
    CHECK(GetModuleFileNameA(program, cut, sizeof cut) == sizeof cut && GetLastError() == ERROR_INSUFFICIENT_BUFFER);
    CHECK(memcmp(cut, path, 7) == 0 && cut[7] == 0);
    CHECK(GetModuleFileNameW(NULL, wide, MAX_PATH) == length && wide[0] == '/' && wide[length] == 0);
    CHECK_ERROR(GetModuleFileNameA((HMODULE)0x1234, NULL, 0), ERROR_MOD_NOT_FOUND);
    CHECK_ERROR(GetModuleFileNameA(NULL, NULL, 5), ERROR_INSUFFICIENT_BUFFER);
    if (!is_static) {
        CHECK(GetModuleFileNameA(library, path, sizeof path) > 0 && strstr(path, "libws2_32.so") != NULL);
    }
}

static void variables(void)
{
    WCHAR name[] = {'W', 'S', '_', 'T', 0}, value[] = {'g', 0xfc, 'n', 0}, wide[8];
    char text[8];

    CHECK_ERROR(GetEnvironmentVariableA("WS_T", text, sizeof text), ERROR_ENVVAR_NOT_FOUND);
    CHECK_ERROR(GetEnvironmentVariableA(NULL, text, sizeof text), ERROR_ENVVAR_NOT_FOUND);
    CHECK(SetEnvironmentVariableW(name, value) && strcmp(getenv("WS_T"), "g\xc3\xbcn") == 0);
    CHECK(GetEnvironmentVariableA("WS_T", text, sizeof text) == 4 && strcmp(text, "g\xc3\xbcn") == 0);
    CHECK(GetEnvironmentVariableW(name, wide, 8) == 3 && memcmp(wide, value, sizeof value) == 0);
    CHECK(GetEnvironmentVariableW(name, wide, 4) == 3 && GetEnvironmentVariableW(name, wide, 3) == 4);
    CHECK(GetEnvironmentVariableA("WS_T", NULL, 100) == 5);
    CHECK(SetEnvironmentVariableA("WS_T", NULL) && getenv("WS_T") == NULL);
    CHECK_ERROR(SetEnvironmentVariableA("WS_T", NULL), ERROR_ENVVAR_NOT_FOUND);
    CHECK_ERROR(SetEnvironmentVariableA("a=b", "c"), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(SetEnvironmentVariableA("", "c"), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(SetEnvironmentVariableA(NULL, NULL), ERROR_INVALID_PARAMETER);

    CHECK(SetEnvironmentVariableA("TMP", "/var/x") && GetTempPathA(8, text) == 7 && strcmp(text, "/var/x/") == 0);
    CHECK(GetTempPathA(7, text) == 8 && GetTempPathW(0, NULL) == 8);
}

static void names_of_the_machine(void)
{
    char name[300], whole[300], interface_name[IF_NAMESIZE];
    WCHAR wide[16];
    DWORD size = 0, needed;

    CHECK_ERROR(GetComputerNameA(NULL, NULL), ERROR_NOACCESS);
    CHECK_ERROR(GetComputerNameA(NULL, &size), ERROR_BUFFER_OVERFLOW);
    needed = size;
    CHECK(needed > 1 && needed <= MAX_COMPUTERNAME_LENGTH + 1 && GetComputerNameA(name, &size));
    CHECK(size == needed - 1 && strlen(name) == size);
    size = MAX_COMPUTERNAME_LENGTH + 1;
    CHECK(GetComputerNameW(wide, &size) && size == needed - 1 && wide[size] == 0);
    CHECK(strcmp(if_indextoname(if_nametoindex("lo"), interface_name), "lo") == 0 && if_nametoindex("no such") == 0);
    size = 0;
    CHECK_ERROR(GetComputerNameExA(ComputerNameDnsFullyQualified, name, &size), ERROR_MORE_DATA);
    size = sizeof whole;
    CHECK(GetComputerNameExA(ComputerNamePhysicalDnsFullyQualified, whole, &size));
    size = sizeof name;
    CHECK(GetComputerNameExA(ComputerNameDnsHostname, name, &size) && strncmp(name, whole, size) == 0);
    CHECK_ERROR(GetComputerNameExW((COMPUTER_NAME_FORMAT)99, NULL, NULL), ERROR_INVALID_PARAMETER);
}

static void the_version(void)
{
    OSVERSIONINFOEXA old;
    DWORDLONG conditions = 0;
    CHECK(IsWindows10OrGreater() && IsWindows7SP1OrGreater() && IsWindowsXPOrGreater() && !IsWindowsServer());
    CHECK(IsWindowsVersionOrGreater(6, 99, 9) && IsWindowsVersionOrGreater(10, 0, 0));
    CHECK_ERROR(IsWindowsVersionOrGreater(10, 0, 1), ERROR_OLD_WIN_VERSION);
    CHECK_ERROR(IsWindowsVersionOrGreater(11, 0, 0), ERROR_OLD_WIN_VERSION);

    memset(&old, 0, sizeof old);
    old.dwOSVersionInfoSize = sizeof old;
    old.dwMajorVersion = 6;
    old.dwMinorVersion = 1;
    VER_SET_CONDITION(conditions, VER_MAJORVERSION, VER_LESS_EQUAL);
    CHECK(conditions == 5 << 3);
    CHECK_ERROR(VerifyVersionInfoA(&old, VER_MAJORVERSION, conditions), ERROR_OLD_WIN_VERSION);
    CHECK(VerifyVersionInfoA(&old, VER_MAJORVERSION, VerSetConditionMask(0, VER_MAJORVERSION, VER_GREATER)));
    CHECK_ERROR(VerifyVersionInfoA(&old, 0, conditions), ERROR_BAD_ARGUMENTS);
    CHECK_ERROR(VerifyVersionInfoA(&old, VER_BUILDNUMBER, conditions), ERROR_BAD_ARGUMENTS);
    CHECK_ERROR(VerifyVersionInfoA(NULL, 0, conditions), ERROR_NOACCESS);
    CHECK(VerSetConditionMask(7, 0, VER_EQUAL) == 7);
}

static void files(void)
{
    char folder[MAX_PATH], here[MAX_PATH], text[16] = "";
    WCHAR wide[MAX_PATH];
    HANDLE file;
    LONG high = 1;
    DWORD size = 5;
    int number;

    snprintf(folder, sizeof folder, "/tmp/winsock-environment-%u", (unsigned)GetCurrentProcessId());
    CHECK(_mkdir(folder) == 0 && SetCurrentDirectoryA(folder) && _getcwd(here, sizeof here) != NULL && strcmp(here, folder) == 0);
    CHECK(GetCurrentDirectoryA(sizeof here, here) == strlen(folder) && strcmp(here, folder) == 0);
    CHECK(GetCurrentDirectoryA(3, here) == strlen(folder) + 1 && GetCurrentDirectoryW(MAX_PATH, wide) == strlen(folder));
    CHECK_ERROR(SetCurrentDirectoryA(""), ERROR_PATH_NOT_FOUND);
    CHECK_ERROR(SetCurrentDirectoryA("nowhere"), ERROR_FILE_NOT_FOUND);
    CHECK(GetFileAttributesA(folder) == FILE_ATTRIBUTE_DIRECTORY && SetCurrentDirectoryW(wide));

    file = CreateFileA("data", GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE && GetFileAttributesA(".\\data") == FILE_ATTRIBUTE_NORMAL);
    CHECK_ERROR(SetCurrentDirectoryA("data"), ERROR_DIRECTORY);
    CHECK(SetFilePointer(file, -1, &high, FILE_BEGIN) == 0xFFFFFFFF && GetLastError() == NO_ERROR && high == 1);
    CHECK(SetEndOfFile(file) && GetFileSize(file, &size) == 0xFFFFFFFF && GetLastError() == NO_ERROR && size == 1);
    CHECK(SetFilePointer(file, 1, NULL, FILE_CURRENT) == INVALID_SET_FILE_POINTER && GetLastError() == ERROR_INVALID_PARAMETER);
    high = 0;
    CHECK(SetFilePointer(file, 0, &high, FILE_CURRENT) == 0xFFFFFFFF && high == 1);
    CHECK(SetFilePointer(file, -5, NULL, FILE_BEGIN) == INVALID_SET_FILE_POINTER && GetLastError() == ERROR_NEGATIVE_SEEK);
    CHECK(SetFilePointer(file, 0, NULL, 9) == INVALID_SET_FILE_POINTER && GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(SetFilePointer(file, 3, NULL, FILE_BEGIN) == 3 && SetEndOfFile(file) && GetFileSize(file, NULL) == 3);
    CHECK(FlushFileBuffers(file) && CloseHandle(file));
    CHECK(GetFileSize(NULL, NULL) == INVALID_FILE_SIZE && GetLastError() == ERROR_INVALID_HANDLE);
    file = CreateFileA("data", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    CHECK_ERROR(SetEndOfFile(file), ERROR_ACCESS_DENIED);
    CHECK_ERROR(FlushFileBuffers(file), ERROR_ACCESS_DENIED);
    CHECK(CloseHandle(file));
    CHECK_ERROR(FlushFileBuffers(NULL), ERROR_INVALID_HANDLE);
    CHECK_ERROR(DeleteFileA(folder), ERROR_ACCESS_DENIED);
    CHECK_ERROR(DeleteFileA("no/data"), ERROR_PATH_NOT_FOUND);
    CHECK_ERROR(DeleteFileA(NULL), ERROR_PATH_NOT_FOUND);
    CHECK(DeleteFileA("data"));
    CHECK_ERROR(DeleteFileA("data"), ERROR_FILE_NOT_FOUND);
    CHECK(GetFileAttributesA("data") == INVALID_FILE_ATTRIBUTES && GetLastError() == ERROR_FILE_NOT_FOUND);

    number = _open("number", _O_CREAT | _O_EXCL | _O_RDWR | _O_BINARY, _S_IREAD | _S_IWRITE);
    CHECK(number >= 0 && _write(number, "hello", 5) == 5 && _lseek(number, 1, SEEK_SET) == 1 && _filelength(number) == 5);
    CHECK(_read(number, text, 16) == 4 && strcmp(text, "ello") == 0 && !_isatty(number) && _close(number) == 0);
    CHECK(_open("number", _O_CREAT | _O_EXCL | _O_RDWR, _S_IREAD) == -1 && errno == EEXIST);
    CHECK(_access("number", 6) == 0 && _access("none", 0) == -1 && errno == ENOENT && _close(number) == -1);
    CHECK(_fsopen("number", "r", 7) == NULL && errno == EINVAL && _unlink("number") == 0);
    CHECK(_chdir("/") == 0 && _rmdir(folder) == 0);
}

int main(int argc, char **argv)
{
    const char *line = GetCommandLineA();
    const WCHAR *wide = GetCommandLineW();
    int is_static = GetModuleHandleA(NULL) == GetModuleHandleA("ws2_32.dll"), i;
    (void)argc;
    CHECK(strncmp(line, argv[0], strlen(argv[0])) == 0 && line == GetCommandLineA());
    for (i = 0; line[i] != 0; i++)
        CHECK(wide[i] == line[i]);
    CHECK(wide[i] == 0 && !IsDebuggerPresent());
    OutputDebugStringA("");
    modules(is_static);
    variables();
    names_of_the_machine();
    the_version();
    files();
    _ASSERTE(line != NULL);
    CHECK(_kbhit() && _getch() == EOF && _ungetch('k') == 'k' && _ungetch('l') == EOF && _kbhit() && _getch() == 'k');
    CHECK(_cputs("environmen") == 0 && _putch('t') == 't' && _putch('\n') == '\n');
    ExitProcess(0);
}
