/* Calls with every combination of their pointers NULL.

   P(pointer) marks a pointer parameter. EACH(call) repeats a call until every set of them has been NULL once, each time after
   prepare(), which is the program's own. With nothing NULL a bad handle, and nothing else, is what the call fails for. */
#ifndef NULL_H
#define NULL_H

#include "check.h"

static unsigned null_set, pointers, calls;

/* The code of a bad handle while the calls have one, else 0. */
static int bad_handle;

static void prepare(void);

#define P(pointer) (this_is_null() ? NULL : (pointer))
#define EACH(...)                                                                            \
    for (null_set = 0, pointers = 0; null_set >> pointers == 0; null_set++, calls++) {       \
        pointers = 0;                                                                        \
        prepare();                                                                           \
        WSASetLastError(0);                                                                  \
        (void)(__VA_ARGS__);                                                                 \
        if (null_set == 0 && bad_handle != 0)                                                \
            CHECK(WSAGetLastError() == bad_handle);                                          \
    }

static int this_is_null(void)
{
    return null_set >> pointers++ & 1;
}

/* Each operation has its own, for as long as the process lives. */
static inline OVERLAPPED *overlapped(void)
{
    static OVERLAPPED all[4096];
    static unsigned used;
    CHECK(used < 4096);
    return &all[used++];
}

#endif
