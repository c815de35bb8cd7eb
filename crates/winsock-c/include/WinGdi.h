#include <wingdi.h>
