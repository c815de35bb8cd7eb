#include <initguid.h>
