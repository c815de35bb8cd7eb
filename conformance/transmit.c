/* TransmitFile: what is sent, and how the program hears of it. */
#include "ways.h"

static char path[MAX_PATH];
static HANDLE file;

static int begin_file(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return boolean_outcome(TransmitFile(operation->s, file, 0, 0, &operation->overlapped, NULL, 0));
}

static int begin_nothing(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    (void)routine;
    return boolean_outcome(TransmitFile(operation->s, NULL, 0, 0, &operation->overlapped, NULL, 0));
}

static int begin_head_alone(OPERATION *operation, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    static TRANSMIT_FILE_BUFFERS buffers = { "head", 4, NULL, 0 };
    (void)routine;
    return boolean_outcome(TransmitFile(operation->s, NULL, 0, 0, &operation->overlapped, &buffers, 0));
}

static void every_way(const char *name, START begin)
{
    for (WAY way = 0; way < WAYS; way++)
        if (way != BY_ROUTINE) {
            PAIR pair = streams();
            one_way(name, way, pair.a, pair.b, begin, NULL);
        }
}

/* What comes out at the other end of a waiting call. */
static void arrives(const char *name, HANDLE source, DWORD bytes, TRANSMIT_FILE_BUFFERS *buffers, DWORD flags)
{
    char room[64] = "";
    int length = 0, got;
    PAIR pair = streams();
    BOOLEAN_OF(dotted("TransmitFile", name), TransmitFile(pair.a, source, bytes, 0, NULL, buffers, flags));
    shutdown(pair.a, SD_SEND);
    while ((got = recv(pair.b, room + length, (int)sizeof room - 1 - length, 0)) > 0)
        length += got;
    room[length] = 0;
    fact(dotted(dotted("TransmitFile", name), "arrived"), "%s", room);
    close_pair(pair);
}

int main(void)
{
    start();
    char folder[MAX_PATH];
    DWORD written;
    NEED(GetTempPathA(sizeof folder, folder));
    snprintf(path, sizeof path, "%.200sconformance-%lu.txt", folder, (unsigned long)GetCurrentProcessId());
    file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    NEED(file != INVALID_HANDLE_VALUE);
    NEED(WriteFile(file, "0123456789", 10, &written, NULL));
    SetFilePointer(file, 0, NULL, FILE_BEGIN);

    TRANSMIT_FILE_BUFFERS both = { "<head>", 6, "<tail>", 6 };
    arrives("all", file, 0, NULL, 0);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    arrives("three-bytes", file, 3, NULL, 0);
    arrives("from-the-pointer-on", file, 0, NULL, 0);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    arrives("with-head-and-tail", file, 0, &both, 0);
    arrives("head-and-tail-alone", NULL, 0, &both, 0);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    arrives("more-than-there-is", file, 50, NULL, 0);

    SOCKET s = stream();
    BOOLEAN_OF("TransmitFile.not-connected", TransmitFile(s, file, 0, 0, NULL, NULL, 0));
    BOOLEAN_OF("TransmitFile.stale-file", ({
            HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
            CloseHandle(event);
            PAIR pair = streams();
            BOOL result = TransmitFile(pair.a, event, 0, 0, NULL, NULL, 0);
            DWORD fault = GetLastError();
            close_pair(pair);
            SetLastError(fault);
            result;
        }));
    closesocket(s);
    s = bound(datagram());
    BOOLEAN_OF("TransmitFile.udp", TransmitFile(s, file, 0, 0, NULL, NULL, 0));
    closesocket(s);
    PAIR pair = streams();
    NEED(shutdown(pair.a, SD_SEND) == 0);
    BOOLEAN_OF("TransmitFile.after-shutdown", TransmitFile(pair.a, file, 0, 0, NULL, NULL, 0));
    close_pair(pair);
    pair = streams();
    char byte;
    BOOLEAN_OF("TransmitFile.disconnect", TransmitFile(pair.a, NULL, 0, 0, NULL, NULL, TF_DISCONNECT));
    DWORD limit = 1000;
    NEED(setsockopt(pair.b, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit) == 0);
    INT("TransmitFile.disconnect.peer-recv", recv(pair.b, &byte, 1, 0));
    close_pair(pair);

    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    every_way("TransmitFile.file", begin_file);
    every_way("TransmitFile.nothing", begin_nothing);
    every_way("TransmitFile.head-alone", begin_head_alone);

    CloseHandle(file);
    DeleteFileA(path);
    return 0;
}
