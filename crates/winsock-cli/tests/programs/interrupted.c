/* Ctrl-C while a call waits: a handler runs, and the call goes on waiting until it has what it waits for. Once with a handler of
   the C library's, which interrupts system calls, and once with a control handler. */
#define _GNU_SOURCE
#include "check.h"
#include <pthread.h>
#include <signal.h>
#include <windows.h>

enum { TIMES = 10 };

static volatile LONG handled, waiter;
static SOCKET listener, here, there;
static HANDLE port, event;
static struct sockaddr_in address;

static void by_signal(int number)
{
    (void)number;
    InterlockedIncrement(&handled);
}

static BOOL WINAPI by_console(DWORD kind)
{
    CHECK(kind == CTRL_C_EVENT);
    InterlockedIncrement(&handled);
    return TRUE;
}

static void receives(void)
{
    char byte = 0;
    CHECK(recv(here, &byte, 1, 0) == 1 && byte == 'x');
}

static void gets_a_byte(void)
{
    CHECK(send(there, "x", 1, 0) == 1);
}

static void accepts(void)
{
    SOCKET s = accept(listener, NULL, NULL);
    CHECK(s != INVALID_SOCKET && closesocket(s) == 0);
}

static void gets_a_client(void)
{
    CHECK(closesocket(connected(&address)) == 0);
}

static void selects(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(here, &set);
    CHECK(select(0, &set, NULL, NULL, NULL) == 1 && FD_ISSET(here, &set));
    receives();
}

static void dequeues(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *which;
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &which, INFINITE) && bytes == 5 && key == 6 && which == NULL);
}

static void gets_a_packet(void)
{
    CHECK(PostQueuedCompletionStatus(port, 5, 6, NULL));
}

static void waits(void)
{
    CHECK(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
}

static void gets_the_event(void)
{
    CHECK(SetEvent(event));
}

static const struct {
    void (*waits)(void);
    void (*is_released)(void);
} calls[] = {
    {receives, gets_a_byte}, {accepts, gets_a_client},  {selects, gets_a_byte},
    {dequeues, gets_a_packet}, {waits, gets_the_event},
};

static void *run(void *argument)
{
    waiter = (LONG)gettid();
    calls[(size_t)argument].waits();
    waiter = 0;
    return NULL;
}

/* Until the thread sleeps in the kernel; whether it has ended instead. */
static int sleeps(void)
{
    for (;;) {
        char name[64], line[256] = "";
        LONG thread = waiter;
        FILE *file;
        snprintf(name, sizeof name, "/proc/self/task/%d/stat", (int)thread);
        file = fopen(name, "r");
        if (thread == 0 || file == NULL)
            return 0;
        CHECK(fgets(line, sizeof line, file) != NULL);
        fclose(file);
        if (strrchr(line, ')') != NULL && strrchr(line, ')')[2] == 'S')
            return 1;
        SwitchToThread();
    }
}

static void interrupt_each(void)
{
    size_t i;
    int time;
    for (i = 0; i < sizeof calls / sizeof *calls; i++) {
        pthread_t thread;
        waiter = -1;
        CHECK(pthread_create(&thread, NULL, run, (void *)i) == 0);
        while (waiter == -1)
            SwitchToThread();
        for (time = 0; time < TIMES; time++) {
            LONG before = handled;
            CHECK(sleeps() && pthread_kill(thread, SIGINT) == 0);
            while (handled == before)
                SwitchToThread();
        }
        CHECK(sleeps());
        calls[i].is_released();
        CHECK(pthread_join(thread, NULL) == 0);
    }
}

int main(void)
{
    struct sigaction action;
    start();
    listener = listening(&address);
    there = connected(&address);
    here = accept(listener, NULL, NULL);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    event = CreateEventA(NULL, FALSE, FALSE, NULL);
    CHECK(here != INVALID_SOCKET && port != NULL && event != NULL);

    memset(&action, 0, sizeof action);
    action.sa_handler = by_signal;
    CHECK(sigaction(SIGINT, &action, NULL) == 0);
    interrupt_each();
    CHECK(SetConsoleCtrlHandler(by_console, TRUE));
    interrupt_each();
    printf("%d interruptions\n", (int)handled);
    return 0;
}
