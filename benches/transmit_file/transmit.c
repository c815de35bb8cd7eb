/* A file over TCP on loopback, again and again: TransmitFile, or, built with -DPLAIN against the C library, sendfile.
   Prints the processor time that the sender took for a GiB, in milliseconds.

   transmit sink                       says its port, and receives whatever comes
   transmit send PORT FILE ROUNDS      with -DPLAIN or without
   transmit overlapped PORT FILE ROUNDS */
#ifdef PLAIN
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
typedef int SOCKET;
#define INVALID_SOCKET (-1)
#else
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void check(int ok, const char *what)
{
    if (!ok) {
        fprintf(stderr, "%s failed\n", what);
        exit(1);
    }
}

static double cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = { 0 };
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void sink(void)
{
    static char data[256 * 1024];
    struct sockaddr_in address = loopback(0);
    socklen_t len = sizeof address;
    SOCKET listener = socket(AF_INET, SOCK_STREAM, 0);
    check(bind(listener, (struct sockaddr *)&address, len) == 0, "bind");
    check(getsockname(listener, (struct sockaddr *)&address, &len) == 0, "getsockname");
    check(listen(listener, 1) == 0, "listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;) {
        SOCKET s = accept(listener, NULL, NULL);
        check(s != INVALID_SOCKET, "accept");
        while (recv(s, data, sizeof data, 0) > 0) {
        }
        shutdown(s, 2);
#ifdef PLAIN
        close(s);
#else
        closesocket(s);
#endif
    }
}

#ifdef PLAIN
static double transmit(SOCKET s, const char *name, int rounds, int overlapped)
{
    struct stat about;
    int file = open(name, O_RDONLY);
    check(file >= 0 && !overlapped && fstat(file, &about) == 0, "open");
    while (rounds--) {
        off_t offset = 0;
        while (offset < about.st_size)
            check(sendfile(s, file, &offset, about.st_size - offset) > 0, "sendfile");
    }
    close(file);
    return about.st_size;
}
#else
static double transmit(SOCKET s, const char *name, int rounds, int overlapped)
{
    HANDLE file = CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    check(file != INVALID_HANDLE_VALUE, "CreateFile");
    LARGE_INTEGER size;
    check(GetFileSizeEx(file, &size), "GetFileSizeEx");
    OVERLAPPED operation = { 0 };
    operation.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    while (rounds--) {
        DWORD count = 0;
        if (!TransmitFile(s, file, 0, 0, overlapped ? &operation : NULL, NULL, 0)) {
            check(overlapped && WSAGetLastError() == WSA_IO_PENDING, "TransmitFile");
            check(GetOverlappedResult((HANDLE)s, &operation, &count, TRUE), "TransmitFile");
        }
    }
    CloseHandle(operation.hEvent);
    CloseHandle(file);
    return size.QuadPart;
}
#endif

int main(int argc, char **argv)
{
    check(argc == 2 || argc == 5, "the command line");
#ifndef PLAIN
    WSADATA wsa;
    check(WSAStartup(MAKEWORD(2, 2), &wsa) == 0, "WSAStartup");
#endif
    if (argc == 2)
        sink();
    struct sockaddr_in address = loopback(atoi(argv[2]));
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    check(connect(s, (struct sockaddr *)&address, sizeof address) == 0, "connect");
    int rounds = atoi(argv[4]);
    double begin = cpu_ms();
    double size = transmit(s, argv[3], rounds, strcmp(argv[1], "overlapped") == 0);
    char end;
    check(shutdown(s, 1) == 0, "shutdown");
    check(recv(s, &end, 1, 0) == 0, "recv");
    printf("%.3f\n", (cpu_ms() - begin) / (size * rounds / (1 << 30)));
}
