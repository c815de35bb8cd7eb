#include <wspiapi.h>
