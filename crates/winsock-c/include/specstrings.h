/* specstrings.h: the annotations under their older header name. */
#include <sal.h>
