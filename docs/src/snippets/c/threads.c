/* A thread for each client, and blocking calls. */
#include "lesson.h"

/* ANCHOR: serve */
static unsigned __stdcall serve(void *parameter)
{
    SOCKET client = (SOCKET)(UINT_PTR)parameter;
    char buffer[4096];
    int received;

    while ((received = recv(client, buffer, sizeof buffer, 0)) > 0) {
        if (send(client, buffer, received, 0) == SOCKET_ERROR)
            break;
        InterlockedExchangeAdd(&bytes_echoed, received);
    }
    closesocket(client);
    return 0;
}
/* ANCHOR_END: serve */

/* ANCHOR: accept */
int main(void)
{
    SOCKET listener = begin();
    HANDLE threads[CLIENTS];

    for (int i = 0; i < CLIENTS; i++) {
        SOCKET client = accept(listener, NULL, NULL);
        check(client != INVALID_SOCKET, "accept");
        threads[i] = (HANDLE)_beginthreadex(NULL, 0, serve, (void *)(UINT_PTR)client, 0, NULL);
        check(threads[i] != NULL, "_beginthreadex");
    }
    for (int i = 0; i < CLIENTS; i++) {
        WaitForSingleObject(threads[i], INFINITE);
        CloseHandle(threads[i]);
    }
    return finish(listener);
}
/* ANCHOR_END: accept */
