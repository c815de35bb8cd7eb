/* A program that does what memcheck is to see: reads a block of a heap that it has freed, or loses one. */
#include "check.h"
#include <windows.h>

int main(int argc, char **argv)
{
    volatile char *block;
    start();
    CHECK(argc == 2);
    block = HeapAlloc(GetProcessHeap(), 0, 100);
    CHECK(block != NULL);
    block[50] = 7;
    if (strcmp(argv[1], "read") == 0) {
        HeapFree(GetProcessHeap(), 0, (void *)block);
        printf("%d\n", block[50]);
    }
    block = NULL;
    return 0;
}
