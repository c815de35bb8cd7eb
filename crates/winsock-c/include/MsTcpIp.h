#include <mstcpip.h>
