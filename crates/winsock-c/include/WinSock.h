#include <winsock.h>
