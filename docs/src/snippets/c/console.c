/* A server that ends when it is asked to: control events of the console, which are signals on Linux. */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <stdio.h>

/* ANCHOR: handler */
static HANDLE stop;

/* Runs in a thread of its own. */
static BOOL WINAPI on_control(DWORD event)
{
    printf("control event %lu\n", (unsigned long)event);
    fflush(stdout);
    return SetEvent(stop);                      /* TRUE: taken, the process goes on to its end */
}

int main(void)
{
    stop = CreateEvent(NULL, TRUE, FALSE, NULL);
    if (stop == NULL || !SetConsoleCtrlHandler(on_control, TRUE))
        return 1;
    /* A user would press Ctrl-C, or send SIGINT. */
    if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0))
        return 1;
    WaitForSingleObject(stop, INFINITE);
    printf("draining and closing\n");
    return 0;
}
/* ANCHOR_END: handler */
