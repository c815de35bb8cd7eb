// What only compilers of Windows take: headers in any spelling, void main, calling conventions, a library by pragma.
#include <WinSock2.h>
#include <Ws2TCPIP.H>
#include "Check.h"
#pragma comment(lib, "ws2_32")

static DWORD WINAPI ask(LPVOID parameter)
{
    return *static_cast<int *>(parameter) == 27015;
}

static int __stdcall twice(int number) { return 2 * number; }

void __cdecl main(int argc, char **argv)
{
    int port = 27015;
    start();
    CHECK(argc == 1 && argv[0] != NULL && ask(&port) == 1 && twice(21) == 42);
    closesocket(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP));
    WSACleanup();
    printf("odd\n");
}
