/* winsock.h: Windows Sockets 1.1, which Windows Sockets 2 contains. */
#include <winsock2.h>
