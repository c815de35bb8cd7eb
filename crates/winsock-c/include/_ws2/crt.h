/* What Microsoft's C library has beyond the standard's, as inline functions: comparing without case, numbers as
 * text, copying and formatting within bounds.
 *
 * The functions of Annex K that end in _s answer an error number; where Microsoft's would end the program for a bad
 * argument, these answer EINVAL, or ERANGE for what does not fit, and leave an empty string. Brings no <stdlib.h>
 * along, which in C++ would declare libc's select before Winsock's.
 */
#ifndef _WS2_CRT_H
#define _WS2_CRT_H

#include <_ws2/format.h>

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

typedef int errno_t;

#define _TRUNCATE ((size_t)-1)
#define _countof(array) (sizeof(array) / sizeof((array)[0]))

_WS2_INLINE int _strnicmp(const char *a, const char *b, size_t count) {
  for (; count > 0; a++, b++, count--) {
    int difference = tolower((unsigned char)*a) - tolower((unsigned char)*b);
    if (difference != 0 || *a == 0) return difference;
  }
  return 0;
}

_WS2_INLINE int _stricmp(const char *a, const char *b) {
  return _strnicmp(a, b, (size_t)-1);
}

_WS2_INLINE char *_strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = (char *)__builtin_malloc(size);
  return copy == NULL ? NULL : (char *)memcpy(copy, text, size);
}

_WS2_INLINE char *_strlwr(char *text) {
  char *at;
  for (at = text; *at != 0; at++) *at = (char)tolower((unsigned char)*at);
  return text;
}

_WS2_INLINE char *_strupr(char *text) {
  char *at;
  for (at = text; *at != 0; at++) *at = (char)toupper((unsigned char)*at);
  return text;
}

/* Number to text in a radix from 2 to 36. */
_WS2_INLINE char *_ui64toa(unsigned long long value, char *text, int radix) {
  char digits[64];
  int count = 0, i;
  if (radix < 2 || radix > 36) {
    errno = EINVAL;
    *text = 0;
    return text;
  }
  do {
    digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned)radix];
    value /= (unsigned)radix;
  } while (value != 0);
  for (i = 0; i < count; i++) text[i] = digits[count - 1 - i];
  text[count] = 0;
  return text;
}

_WS2_INLINE char *_i64toa(long long value, char *text, int radix) {
  if (radix == 10 && value < 0) {
    *text = '-';
    _ui64toa(0 - (unsigned long long)value, text + 1, radix);
    return text;
  }
  return _ui64toa((unsigned long long)value, text, radix);
}

_WS2_INLINE char *_itoa(int value, char *text, int radix) {
  return radix == 10 ? _i64toa(value, text, radix) : _ui64toa((unsigned)value, text, radix);
}

_WS2_INLINE char *_ultoa(ULONG value, char *text, int radix) {
  return _ui64toa(value, text, radix);
}

_WS2_INLINE LONGLONG _atoi64(const char *text) {
  ULONGLONG value = 0;
  int negative;
  while (isspace((unsigned char)*text)) text++;
  negative = *text == '-';
  if (*text == '-' || *text == '+') text++;
  for (; isdigit((unsigned char)*text); text++) value = value * 10 + (ULONGLONG)(*text - '0');
  return (LONGLONG)(negative ? 0 - value : value);
}

/* As Microsoft's: -1 for what does not fit, and then no zero at its end. */
_WS2_INLINE int _vsnprintf(char *text, size_t count, const char *format, va_list list) {
  va_list again;
  char *whole;
  int length;
  va_copy(again, list);
  length = _ws2_vformat(NULL, 0, format, 1, again);
  va_end(again);
  if (length < 0 || count == 0) return count == 0 ? length : -1;
  if ((size_t)length < count) return _ws2_vformat(text, count, format, 1, list);
  whole = (char *)__builtin_malloc((size_t)length + 1);
  if (whole == NULL) return -1;
  _ws2_vformat(whole, (size_t)length + 1, format, 1, list);
  memcpy(text, whole, count);
  __builtin_free(whole);
  return (size_t)length == count ? length : -1;
}

_WS2_INLINE int _snprintf(char *text, size_t count, const char *format, ...) {
  int length;
  va_list list;
  va_start(list, format);
  length = _vsnprintf(text, count, format, list);
  va_end(list);
  return length;
}

_WS2_INLINE int vsprintf_s(char *text, size_t size, const char *format, va_list list) {
  int length;
  if (text == NULL || size == 0 || format == NULL) {
    errno = EINVAL;
    return -1;
  }
  length = _ws2_vformat(text, size, format, 1, list);
  if (length < 0 || (size_t)length >= size) {
    errno = length < 0 ? EINVAL : ERANGE;
    *text = 0;
    return -1;
  }
  return length;
}

_WS2_INLINE int sprintf_s(char *text, size_t size, const char *format, ...) {
  int length;
  va_list list;
  va_start(list, format);
  length = vsprintf_s(text, size, format, list);
  va_end(list);
  return length;
}

/* With _TRUNCATE what does not fit is cut, and -1 says so. */
_WS2_INLINE int _vsnprintf_s(char *text, size_t size, size_t count, const char *format, va_list list) {
  size_t room = count == _TRUNCATE || count >= size ? size : count + 1;
  int length;
  if (text == NULL || size == 0 || format == NULL) {
    errno = EINVAL;
    return -1;
  }
  length = _ws2_vformat(text, room, format, 1, list);
  if (length >= 0 && (size_t)length >= room && room == size && count != _TRUNCATE) {
    errno = ERANGE;
    *text = 0;
  }
  return length < 0 || (size_t)length >= room ? -1 : length;
}

_WS2_INLINE int _snprintf_s(char *text, size_t size, size_t count, const char *format, ...) {
  int length;
  va_list list;
  va_start(list, format);
  length = _vsnprintf_s(text, size, count, format, list);
  va_end(list);
  return length;
}

/* Puts at most `count` characters behind the first `kept` of a string; STRUNCATE is Microsoft's. */
#define STRUNCATE 80
_WS2_INLINE errno_t _ws2_put_s(char *to, size_t size, size_t kept, const char *from, size_t count) {
  size_t length;
  if (to == NULL || size == 0) return EINVAL;
  if (from == NULL || kept == size) {
    *to = 0;
    return EINVAL;
  }
  for (length = 0; length < count && length < size - kept && from[length] != 0;) length++;
  if (length < size - kept) {
    memmove(to + kept, from, length);
    to[kept + length] = 0;
    return 0;
  }
  if (count == _TRUNCATE) {
    memmove(to + kept, from, size - kept - 1);
    to[size - 1] = 0;
    return STRUNCATE;
  }
  *to = 0;
  return ERANGE;
}

_WS2_INLINE errno_t strcpy_s(char *to, size_t size, const char *from) {
  return _ws2_put_s(to, size, 0, from, (size_t)-2);
}

_WS2_INLINE errno_t strncpy_s(char *to, size_t size, const char *from, size_t count) {
  return _ws2_put_s(to, size, 0, from, count);
}

_WS2_INLINE size_t _ws2_kept(const char *to, size_t size) {
  size_t kept = 0;
  while (to != NULL && kept < size && to[kept] != 0) kept++;
  return kept;
}

_WS2_INLINE errno_t strcat_s(char *to, size_t size, const char *from) {
  return _ws2_put_s(to, size, _ws2_kept(to, size), from, (size_t)-2);
}

_WS2_INLINE errno_t strncat_s(char *to, size_t size, const char *from, size_t count) {
  return _ws2_put_s(to, size, _ws2_kept(to, size), from, count);
}

_WS2_INLINE errno_t memcpy_s(void *to, size_t size, const void *from, size_t count) {
  if (count == 0) return 0;
  if (to == NULL) return EINVAL;
  if (from == NULL || count > size) {
    memset(to, 0, size);
    return from == NULL ? EINVAL : ERANGE;
  }
  memcpy(to, from, count);
  return 0;
}

_WS2_INLINE errno_t _itoa_s(int value, char *text, size_t size, int radix) {
  char whole[68];
  if (text == NULL || size == 0) return EINVAL;
  *text = 0;
  if (radix < 2 || radix > 36) return EINVAL;
  return strcpy_s(text, size, _itoa(value, whole, radix));
}

#ifdef __cplusplus
/* The sizes of arrays are known. */
extern "C++" {
template <size_t size> inline errno_t strcpy_s(char (&to)[size], const char *from) {
  return strcpy_s(to, size, from);
}
template <size_t size> inline errno_t strncpy_s(char (&to)[size], const char *from, size_t count) {
  return strncpy_s(to, size, from, count);
}
template <size_t size> inline errno_t strcat_s(char (&to)[size], const char *from) {
  return strcat_s(to, size, from);
}
template <size_t size, class... A> inline int sprintf_s(char (&to)[size], const char *format, A... arguments) {
  return sprintf_s(static_cast<char *>(to), size, format, arguments...);
}
}
#endif

#endif
