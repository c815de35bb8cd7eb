/* Formatted output of both widths of characters, with the formats of Microsoft's libraries.
 *
 * Owns the way from a function's variable arguments to the library, which cannot take them: it says what a
 * format takes, this fetches it, and the library writes the text. A format takes 64 arguments at most.
 */
#ifndef _WS2_FORMAT_H
#define _WS2_FORMAT_H

#include <minwindef.h>

#include <stdarg.h>

#define _WS2_FORMAT_ARGUMENTS ((UINT)64)

_WS2_BEGIN_DECLS

INT WINAPI _ws2_format_arguments(LPCVOID format, INT width, PUCHAR kinds, UINT room);
INT WINAPI _ws2_format_text(LPVOID to, SIZE_T room, LPCVOID format, INT width, const ULONGLONG *arguments,
                            UINT count);

_WS2_END_DECLS

/* Writes as much as fits, with its zero, and answers the length of all, or -1 for what is no format. `width` is
 * the size of a character. */
_WS2_INLINE int _ws2_vformat(void *to, size_t room, const void *format, int width, va_list list) {
  UCHAR kinds[_WS2_FORMAT_ARGUMENTS];
  ULONGLONG words[_WS2_FORMAT_ARGUMENTS];
  int count = _ws2_format_arguments(format, width, kinds, _WS2_FORMAT_ARGUMENTS);
  int i;

  for (i = 0; i < count; i++) {
    double real;
    switch (kinds[i]) {
      case 0: words[i] = (ULONGLONG)(LONGLONG)va_arg(list, int); break;
      case 1: words[i] = va_arg(list, ULONGLONG); break;
      case 2:
        real = va_arg(list, double);
        memcpy(&words[i], &real, sizeof real);
        break;
      case 3:
        real = (double)va_arg(list, long double);
        memcpy(&words[i], &real, sizeof real);
        break;
      default: words[i] = (ULONGLONG)va_arg(list, void *); break;
    }
  }
  return count < 0 ? -1 : _ws2_format_text(to, room, format, width, words, (UINT)count);
}

#endif
