/* Address space: reserving, committing, protecting, asking and giving back, by their rules and in wrong orders. */
#include "check.h"
#include <windows.h>

#define CHECK_ERROR(call, code)                                                              \
    do {                                                                                     \
        SetLastError(0);                                                                     \
        CHECK(!(call) && GetLastError() == (DWORD)(code));                                   \
    } while (0)

enum { PAGE = 4096, GRANULE = 65536 };

static MEMORY_BASIC_INFORMATION about(const void *address)
{
    MEMORY_BASIC_INFORMATION info;
    memset(&info, 'x', sizeof info);
    CHECK(VirtualQuery(address, &info, sizeof info) == sizeof info);
    return info;
}

static void by_steps(void)
{
    MEMORY_BASIC_INFORMATION info;
    DWORD old = 77;
    int i;
    char *base = (char *)VirtualAlloc(NULL, 40 * PAGE, MEM_RESERVE, PAGE_NOACCESS);
    CHECK(base != NULL && (ULONG_PTR)base % GRANULE == 0);
    info = about(base + 5);
    CHECK(info.BaseAddress == base && info.AllocationBase == base && info.RegionSize == 40 * PAGE);
    CHECK(info.State == MEM_RESERVE && info.Protect == 0 && info.AllocationProtect == PAGE_NOACCESS && info.Type == MEM_PRIVATE);
    CHECK_ERROR(VirtualProtect(base, PAGE, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS);

    /* Two pages of the middle, by an address inside the first one. */
    CHECK(VirtualAlloc(base + 10 * PAGE + 3, PAGE, MEM_COMMIT, PAGE_READWRITE) == base + 10 * PAGE);
    for (i = 0; i < 2 * PAGE; i++)
        CHECK(base[10 * PAGE + i] == 0);
    memset(base + 10 * PAGE, 'a', 2 * PAGE);
    CHECK(about(base).RegionSize == 10 * PAGE && about(base + 12 * PAGE).RegionSize == 28 * PAGE);
    info = about(base + 11 * PAGE);
    CHECK(info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE && info.RegionSize == PAGE && info.AllocationBase == base);
    /* Once more keeps the content. */
    CHECK(VirtualAlloc(base + 10 * PAGE, 3 * PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL);
    CHECK(base[10 * PAGE] == 'a' && base[12 * PAGE] == 0 && about(base + 10 * PAGE).RegionSize == 3 * PAGE);

    CHECK(VirtualProtect(base + 11 * PAGE, 1, PAGE_READONLY, &old) && old == PAGE_READWRITE && base[11 * PAGE] == 'a');
    CHECK(about(base + 10 * PAGE).RegionSize == PAGE && about(base + 11 * PAGE).Protect == PAGE_READONLY);
    CHECK(VirtualProtect(base + 11 * PAGE, PAGE, PAGE_READWRITE, &old) && old == PAGE_READONLY);
    CHECK_ERROR(VirtualProtect(base + 12 * PAGE, 2 * PAGE, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS);
    CHECK(old == PAGE_READONLY && about(base + 12 * PAGE).Protect == PAGE_READWRITE);

    /* What is taken away comes back as zeros. */
    CHECK(VirtualFree(base + 10 * PAGE, PAGE, MEM_DECOMMIT) && about(base + 10 * PAGE).State == MEM_RESERVE);
    CHECK(VirtualFree(base + 20 * PAGE, PAGE, MEM_DECOMMIT));
    CHECK(VirtualAlloc(base + 10 * PAGE, PAGE, MEM_COMMIT, PAGE_READWRITE) != NULL && base[10 * PAGE] == 0 && base[11 * PAGE] == 'a');

    CHECK_ERROR(VirtualAlloc(base + GRANULE, PAGE, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualAlloc(base + 39 * PAGE, 2 * PAGE, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualFree(base + PAGE, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualFree(base + PAGE, 0, MEM_DECOMMIT), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualFree(base, PAGE, MEM_RELEASE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualFree(base, 0, MEM_RELEASE | MEM_DECOMMIT), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualFree(base, 0, 0), ERROR_INVALID_PARAMETER);
    CHECK(VirtualFree(base, 0, MEM_DECOMMIT) && about(base).RegionSize == 40 * PAGE && about(base).State == MEM_RESERVE);
    CHECK(VirtualFree(base, 0, MEM_RELEASE));
    CHECK_ERROR(VirtualFree(base, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualAlloc(base, PAGE, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_ADDRESS);

    /* The place is free again, and an address inside it is rounded down. */
    CHECK(VirtualAlloc(base + PAGE, PAGE, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) == base);
    CHECK(about(base).RegionSize == 2 * PAGE && about(base).Protect == PAGE_READWRITE);
    CHECK(VirtualFree(base, 0, MEM_RELEASE));
}

static void at_once(void)
{
    static const DWORD protections[] = {PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE, PAGE_EXECUTE, PAGE_EXECUTE_READ,
                                        PAGE_EXECUTE_READWRITE};
    unsigned i;
    char *block = (char *)VirtualAlloc(NULL, 1, MEM_COMMIT, PAGE_READWRITE);
    CHECK(block != NULL && about(block).RegionSize == PAGE && about(block).State == MEM_COMMIT);
    memset(block, 1, PAGE);
    CHECK(VirtualFree(block, 0, MEM_RELEASE));
    for (i = 0; i < sizeof protections / sizeof *protections; i++) {
        block = (char *)VirtualAlloc(NULL, PAGE, MEM_COMMIT | MEM_RESERVE | MEM_TOP_DOWN, protections[i]);
        CHECK(block != NULL && about(block).Protect == protections[i] && about(block).AllocationProtect == protections[i]);
        CHECK(VirtualFree(block, 0, MEM_RELEASE));
    }
    /* Space without memory behind it. */
    block = (char *)VirtualAlloc(NULL, (SIZE_T)1 << 40, MEM_RESERVE, PAGE_READWRITE);
    CHECK(block != NULL && VirtualAlloc(block + ((SIZE_T)1 << 39), 1, MEM_COMMIT, PAGE_READWRITE) != NULL);
    block[(SIZE_T)1 << 39] = 1;
    CHECK(VirtualFree(block, 0, MEM_RELEASE));
}

static void refused(void)
{
    DWORD old;
    MEMORY_BASIC_INFORMATION info;
    CHECK_ERROR(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, 0, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_TOP_DOWN, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_COMMIT | 1, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_COMMIT, 0), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_WRITECOPY), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READONLY | PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD), ERROR_NOT_SUPPORTED);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_COMMIT | MEM_LARGE_PAGES, PAGE_READWRITE), ERROR_NOT_SUPPORTED);
    CHECK_ERROR(VirtualAlloc(NULL, PAGE, MEM_RESERVE | MEM_WRITE_WATCH, 0), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc((LPVOID)16, PAGE, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc((LPVOID)-4096, PAGE, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(NULL, (SIZE_T)-1, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualAlloc(&old, 1, MEM_RESERVE, PAGE_READWRITE), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualProtect(&old, 1, PAGE_READONLY, &old), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualProtect(&old, 1, 0, NULL), ERROR_NOACCESS);
    CHECK_ERROR(VirtualProtect(&old, 0, 0, &old), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(VirtualFree(NULL, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    CHECK_ERROR(VirtualQuery(&old, NULL, 0), ERROR_NOACCESS);
    CHECK_ERROR(VirtualQuery(&old, &info, sizeof info - 1), ERROR_BAD_LENGTH);
    CHECK_ERROR(VirtualQuery((LPVOID)-4096, &info, sizeof info), ERROR_INVALID_PARAMETER);
}

static void elsewhere(void)
{
    static int data = 1;
    int local = 0;
    MEMORY_BASIC_INFORMATION info = about(&local);
    CHECK(info.State == MEM_COMMIT && info.Protect == PAGE_READWRITE && info.Type == MEM_PRIVATE);
    CHECK((char *)&local >= (char *)info.BaseAddress && (char *)&local < (char *)info.BaseAddress + info.RegionSize);
    CHECK(about(&data).Type == MEM_IMAGE && data == 1);
    info = about((const void *)(ULONG_PTR)elsewhere);
    CHECK(info.Protect == PAGE_EXECUTE_READ && info.Type == MEM_IMAGE);
    info = about(NULL);
    CHECK(info.State == MEM_FREE && info.Protect == PAGE_NOACCESS && info.AllocationBase == NULL && info.RegionSize > 0);
}

int main(void)
{
    by_steps();
    at_once();
    refused();
    elsewhere();
    puts("memory");
    return 0;
}
