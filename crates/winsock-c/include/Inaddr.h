#include <inaddr.h>
