/* Heaps: the process heap and one of the program's own, growth, limits, and what a heap refuses. */
#include "check.h"
#include <windows.h>

#define CHECK_ERROR(call, code)                                                              \
    do {                                                                                     \
        SetLastError(0);                                                                     \
        CHECK(!(call) && GetLastError() == (DWORD)(code));                                   \
    } while (0)

static int all(const char *block, size_t from, size_t to, char value)
{
    while (from < to && block[from] == value)
        from++;
    return from == to;
}

static void blocks_of(HANDLE heap)
{
    char *block = (char *)HeapAlloc(heap, HEAP_ZERO_MEMORY, 100), *other;

    CHECK(block != NULL && all(block, 0, 100, 0) && (ULONG_PTR)block % 16 == 0);
    CHECK(HeapSize(heap, 0, block) == 100 && HeapValidate(heap, 0, block) && HeapValidate(heap, 0, NULL));
    memset(block, 'x', 100);
    block = (char *)HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 5000);
    CHECK(block != NULL && all(block, 0, 100, 'x') && all(block, 100, 5000, 0) && HeapSize(heap, 0, block) == 5000);
    CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 50000) == NULL && HeapSize(heap, 0, block) == 5000);
    CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, block, 10) == block && HeapSize(heap, 0, block) == 10);
    memset(block, 'y', 10);
    CHECK(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY | HEAP_ZERO_MEMORY, block, 20) == block);
    CHECK(all(block, 0, 10, 'y') && all(block, 10, 20, 0));

    other = (char *)HeapAlloc(heap, 0, 0);
    CHECK(other != NULL && HeapSize(heap, 0, other) == 0 && HeapFree(heap, 0, other));
    SetLastError(77);
    CHECK(HeapAlloc(heap, HEAP_ZERO_MEMORY, (SIZE_T)-1) == NULL);
    CHECK(HeapAlloc(heap, HEAP_GENERATE_EXCEPTIONS, (SIZE_T)1 << 62) == NULL);
    CHECK(HeapReAlloc(heap, 0, block, (SIZE_T)1 << 62) == NULL && all(block, 0, 10, 'y'));
    CHECK(HeapReAlloc(heap, 0, NULL, 10) == NULL && HeapSize(heap, 0, NULL) == (SIZE_T)-1);
    CHECK(GetLastError() == 77);
    CHECK(HeapFree(heap, 0, NULL) && HeapFree(heap, HEAP_NO_SERIALIZE, block));
}

int main(void)
{
    HANDLE process = GetProcessHeap(), own = HeapCreate(0, 0, 0), small = HeapCreate(HEAP_NO_SERIALIZE, 0x1000, 0x2000);
    char *block;

    CHECK(process != NULL && process == GetProcessHeap() && own != NULL && small != NULL && own != process);
    blocks_of(process);
    blocks_of(own);

    /* A block belongs to its heap. */
    block = (char *)HeapAlloc(own, 0, 10);
    CHECK_ERROR(HeapFree(small, 0, block), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(HeapFree(process, 0, block), ERROR_INVALID_PARAMETER);
    CHECK(!HeapValidate(small, 0, block) && HeapSize(process, 0, block) == (SIZE_T)-1 && HeapFree(own, 0, block));
    CHECK_ERROR(HeapFree(own, 0, block), ERROR_INVALID_PARAMETER);

    /* A maximum is kept, and freed memory counts no more. */
    CHECK(HeapAlloc(small, 0, 0x2000) == NULL);
    block = (char *)HeapAlloc(small, 0, 0x1800);
    CHECK(block != NULL && HeapAlloc(small, 0, 0x1000) == NULL && HeapReAlloc(small, 0, block, 0x1900) == NULL);
    CHECK(HeapFree(small, 0, block) && HeapAlloc(small, 0, 0x1800) != NULL);

    /* What is no heap. */
    CHECK(HeapDestroy(small) && HeapAlloc(own, 0, 1000) != NULL && HeapDestroy(own));
    CHECK_ERROR(HeapDestroy(own), ERROR_INVALID_HANDLE);
    CHECK_ERROR(HeapDestroy(process), ERROR_INVALID_HANDLE);
    CHECK_ERROR(HeapDestroy(NULL), ERROR_INVALID_HANDLE);
    CHECK(HeapAlloc(own, 0, 1) == NULL && HeapAlloc(NULL, 0, 1) == NULL && !HeapValidate(own, 0, NULL));
    block = (char *)HeapAlloc(process, 0, 1);
    CHECK_ERROR(HeapFree(own, 0, block), ERROR_INVALID_HANDLE);
    CHECK(HeapFree(process, 0, block));
    CHECK_ERROR(HeapCreate(0, 2, 1), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(HeapCreate(0x80000000, 0, 0), ERROR_INVALID_PARAMETER);
    CHECK_ERROR(HeapCreate(HEAP_CREATE_ENABLE_EXECUTE, 0, 0), ERROR_NOT_SUPPORTED);
    puts("heaps");
    return 0;
}
