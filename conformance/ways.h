/* The ways in which a program hears of the end of an overlapped operation, and one way to ask about all of them.

   A case starts an operation on a socket, lets something happen to it, and prints two facts for each way: what the call
   returned, and what the program was told. */
#ifndef CONFORMANCE_WAYS_H
#define CONFORMANCE_WAYS_H

#include "facts.h"

typedef enum { BY_EVENT, BY_ROUTINE, BY_PORT, BY_LOOK, WAYS } WAY;

static UNUSED const char *const way_names[WAYS] = { "event", "routine", "port", "look" };

typedef struct OPERATION OPERATION;

/* One operation with all its memory. */
struct OPERATION {
    OVERLAPPED overlapped;
    WAY way;
    SOCKET s;          /* it runs on this socket */
    SOCKET other;      /* the peer, or another socket that the case needs */
    HANDLE port;
    char room[256];
    WSABUF buffer;
    DWORD flags;
    struct sockaddr_storage from;
    int from_length;
};

/* Starts the operation: 0, or the code. */
typedef int (*START)(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);

/* What makes it end, if it has not. */
typedef void (*AFTERWARDS)(OPERATION *operation);

static struct {
    int runs;
    DWORD error, bytes, flags;
    OVERLAPPED *overlapped;
} routine_said;

static UNUSED void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *overlapped, DWORD flags)
{
    routine_said.runs++;
    routine_said.error = error;
    routine_said.bytes = bytes;
    routine_said.flags = flags;
    routine_said.overlapped = overlapped;
}

/* Of what failed nobody promises a count, but of a datagram that was cut. */
static UNUSED void ended(const char *name, int fault, int bytes, const char *more)
{
    if (fault == 0 || fault == WSAEMSGSIZE || fault == ERROR_MORE_DATA)
        fact(name, "%s, %d bytes%s", code(fault), bytes, more);
    else
        fact(name, "%s%s", code(fault), more);
}

static UNUSED void told(const char *name, OPERATION *operation)
{
    OVERLAPPED *overlapped = &operation->overlapped, *found = NULL;
    DWORD bytes = 0, flags = 0;
    ULONG_PTR key = 0;
    char more[64];
    switch (operation->way) {
    case BY_EVENT: {
        if (WaitForSingleObject(overlapped->hEvent, LIMIT) != WAIT_OBJECT_0) {
            fact(name, "never");
            break;
        }
        BOOL good = WSAGetOverlappedResult(operation->s, overlapped, &bytes, FALSE, &flags);
        int fault = good ? 0 : WSAGetLastError();
        snprintf(more, sizeof more, ", flags 0x%x", (unsigned)flags);
        ended(name, fault, bytes, more);
        break;
    }
    case BY_ROUTINE:
        while (routine_said.runs == 0)
            if (SleepEx(LIMIT, TRUE) != WAIT_IO_COMPLETION)
                break;
        SleepEx(0, TRUE);
        if (routine_said.runs == 0) {
            fact(name, "never");
            break;
        }
        snprintf(more, sizeof more, ", flags 0x%x%s%s", (unsigned)routine_said.flags,
                 routine_said.runs == 1 ? "" : ", more than once",
                 routine_said.overlapped == overlapped ? "" : ", of another operation");
        ended(name, routine_said.error, routine_said.bytes, more);
        break;
    case BY_PORT: {
        BOOL good = GetQueuedCompletionStatus(operation->port, &bytes, &key, &found, LIMIT);
        int fault = good ? 0 : (int)GetLastError();
        if (found == NULL) {
            fact(name, "never: %s", code(fault));
            break;
        }
        snprintf(more, sizeof more, "%s%s", key == 77 ? "" : ", another key", found == overlapped ? "" : ", of another operation");
        ended(name, fault, bytes, more);
        if (GetQueuedCompletionStatus(operation->port, &bytes, &key, &found, 0))
            fact(name, "twice");
        break;
    }
    case BY_LOOK: {
        ULONGLONG end = GetTickCount64() + LIMIT;
        while (!HasOverlappedIoCompleted(overlapped) && GetTickCount64() < end)
            Sleep(1);
        unsigned status = (unsigned)overlapped->Internal;
        if (status == 0 || status == 0x80000005)
            fact(name, "status 0x%x, %d bytes", status, (int)overlapped->InternalHigh);
        else
            fact(name, "status 0x%x", status);
        break;
    }
    case WAYS: break;
    }
}

static UNUSED OPERATION *prepared(WAY way, SOCKET s, SOCKET other)
{
    OPERATION *operation = calloc(1, sizeof *operation);
    operation->way = way;
    operation->s = s;
    operation->other = other;
    operation->buffer.buf = operation->room;
    operation->buffer.len = sizeof operation->room;
    operation->from_length = sizeof operation->from;
    memset(&routine_said, 0, sizeof routine_said);
    if (way == BY_EVENT)
        operation->overlapped.hEvent = WSACreateEvent();
    if (way == BY_PORT) {
        operation->port = CreateIoCompletionPort((HANDLE)s, NULL, 77, 0);
        NEED(operation->port != NULL);
    }
    return operation;
}

/* The memory stays: what does not end as it should may still write to it. */
static UNUSED void put_away(OPERATION *operation)
{
    SleepEx(0, TRUE);
    closesocket(operation->s);
    closesocket(operation->other);
    if (operation->port)
        CloseHandle(operation->port);
    if (operation->overlapped.hEvent)
        WSACloseEvent(operation->overlapped.hEvent);
}

/* The operation on a socket, in one way. Whether it ends during the call is the system's choice, and no fact: then the
   program is told all the same. A datagram that is cut is told of too. */
static UNUSED void one_way(const char *name, WAY way, SOCKET s, SOCKET other, START begin, AFTERWARDS afterwards)
{
    OPERATION *operation = prepared(way, s, other);
    const char *own_name = dotted(name, way_names[way]);
    char call_name[128];
    snprintf(call_name, sizeof call_name, "%s.call", own_name);
    int result = begin(operation, way == BY_ROUTINE ? note : NULL);
    if (result == 0 || result == WSA_IO_PENDING || result == WSAEMSGSIZE) {
        fact(call_name, "started");
        if (result == WSA_IO_PENDING && afterwards)
            afterwards(operation);
        told(own_name, operation);
    } else {
        fact(call_name, "%s", code(result));
    }
    put_away(operation);
}

/* The same for what cannot succeed: whether it fails during the call or later is the system's choice. */
static UNUSED void failing_way(const char *name, WAY way, SOCKET s, SOCKET other, START begin)
{
    OPERATION *operation = prepared(way, s, other);
    DWORD bytes, flags;
    int result = begin(operation, way == BY_ROUTINE ? note : NULL);
    ULONGLONG end = GetTickCount64() + LIMIT;
    while (result == WSA_IO_PENDING && !HasOverlappedIoCompleted(&operation->overlapped) && GetTickCount64() < end)
        SleepEx(1, TRUE);
    if (result == WSA_IO_PENDING)
        result = WSAGetOverlappedResult(s, &operation->overlapped, &bytes, FALSE, &flags) ? 0 : WSAGetLastError();
    fact(dotted(name, way_names[way]), "%s", code(result));
    put_away(operation);
}

static UNUSED int outcome(int result)
{
    return result == SOCKET_ERROR ? WSAGetLastError() : 0;
}

static UNUSED int boolean_outcome(BOOL result)
{
    return result ? 0 : WSAGetLastError();
}

/* Things that happen to an operation. */
static UNUSED void peer_sends(OPERATION *operation)
{
    NEED(send(operation->other, "hello", 5, 0) == 5);
}

static UNUSED void peer_ends(OPERATION *operation)
{
    NEED(shutdown(operation->other, SD_SEND) == 0);
}

static UNUSED void peer_resets(OPERATION *operation)
{
    reset(operation->other);
}

static UNUSED void is_cancelled(OPERATION *operation)
{
    NEED(CancelIoEx((HANDLE)operation->s, &operation->overlapped));
}

static UNUSED void all_are_cancelled(OPERATION *operation)
{
    NEED(CancelIo((HANDLE)operation->s));
}

static UNUSED void socket_closes(OPERATION *operation)
{
    closesocket(operation->s);
}

static UNUSED void *extension(SOCKET s, GUID id)
{
    void *function = NULL;
    DWORD bytes;
    NEED(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes, NULL, NULL) == 0);
    return function;
}

#endif
