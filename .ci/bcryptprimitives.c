/* bcryptprimitives.dll for Wine before 8.19, which has none: Rust's standard library asks it for random bytes, and
   without it no program starts (exit code 53). For tests under Wine alone. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *bytes, SIZE_T count)
{
    const SIZE_T most = 1u << 30;
    SIZE_T done = 0;
    while (done < count) {
        SIZE_T part = count - done < most ? count - done : most;
        if (!RtlGenRandom(bytes + done, (ULONG)part))
            return FALSE;
        done += part;
    }
    return TRUE;
}
