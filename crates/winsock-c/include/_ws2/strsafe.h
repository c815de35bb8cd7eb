/* The functions of strsafe.h for one width of characters: _WS2_CHAR, with names by _WS2_STR. No include guard:
 * strsafe.h includes it once for each width.
 */

/* How long a string is, as far as it is looked at. */
_WS2_INLINE size_t _WS2_STR(_ws2_bounded_length)(const _WS2_CHAR *text, size_t limit) {
  size_t length = 0;
  while (length < limit && text[length] != 0) length++;
  return length;
}

/* What the Ex functions check before anything else. */
_WS2_INLINE HRESULT _WS2_STR(_ws2_check)(const _WS2_CHAR *to, size_t room, DWORD flags) {
  if ((flags & ~(DWORD)STRSAFE_VALID_FLAGS) != 0 || room > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER;
  if (to == NULL && room != 0) return STRSAFE_E_INVALID_PARAMETER;
  if (room == 0 && (flags & STRSAFE_IGNORE_NULLS) == 0) return STRSAFE_E_INVALID_PARAMETER;
  return S_OK;
}

/* What they do at their end, with a text of `length` characters, the first `kept` of which were there before. */
_WS2_INLINE HRESULT _WS2_STR(_ws2_finish)(_WS2_CHAR *to, size_t room, size_t kept, size_t length,
                                          HRESULT result, _WS2_CHAR **end, size_t *remaining, DWORD flags) {
  if (room > 0 && FAILED(result)) {
    if ((flags & STRSAFE_FILL_ON_FAILURE) != 0) {
      memset((void *)to, (int)(flags & 0xFF), room * sizeof *to);
      length = (flags & 0xFF) == 0 ? 0 : room - 1;
    }
    if ((flags & STRSAFE_NO_TRUNCATION) != 0) length = kept;
    if ((flags & STRSAFE_NULL_ON_FAILURE) != 0) length = 0;
    to[length] = 0;
  } else if (room > 0 && (flags & STRSAFE_FILL_BEHIND_NULL) != 0) {
    memset((void *)(to + length + 1), (int)(flags & 0xFF), (room - length - 1) * sizeof *to);
  }
  if (end != NULL) *end = to == NULL ? to : to + length;
  if (remaining != NULL) *remaining = room - length;
  return result;
}

/* Puts at most `limit` characters of a string behind the first `kept` of another. */
_WS2_INLINE HRESULT _WS2_STR(_ws2_put)(_WS2_CHAR *to, size_t room, size_t kept, const _WS2_CHAR *from,
                                       size_t limit, _WS2_CHAR **end, size_t *remaining, DWORD flags) {
  size_t length, fitting;
  if (from == NULL && (flags & STRSAFE_IGNORE_NULLS) == 0) return STRSAFE_E_INVALID_PARAMETER;
  if (limit > STRSAFE_MAX_CCH) return STRSAFE_E_INVALID_PARAMETER;
  if (room == 0) {
    HRESULT full = to == NULL ? STRSAFE_E_INVALID_PARAMETER : STRSAFE_E_INSUFFICIENT_BUFFER;
    HRESULT result = from == NULL || limit == 0 || *from == 0 ? S_OK : full;
    return _WS2_STR(_ws2_finish)(to, room, 0, 0, result, end, remaining, flags);
  }
  /* One more than fits is enough to know. */
  fitting = room - kept - 1;
  length = from == NULL ? 0 : _WS2_STR(_ws2_bounded_length)(from, limit <= fitting ? limit : fitting + 1);
  if (length > fitting) {
    memmove((void *)(to + kept), from, fitting * sizeof *to);
    to[room - 1] = 0;
    return _WS2_STR(_ws2_finish)(to, room, kept, room - 1, STRSAFE_E_INSUFFICIENT_BUFFER, end, remaining, flags);
  }
  if (length > 0) memmove((void *)(to + kept), from, length * sizeof *to);
  to[kept + length] = 0;
  return _WS2_STR(_ws2_finish)(to, room, kept, kept + length, S_OK, end, remaining, flags);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCopyNEx)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc,
                                               size_t cchToCopy, _WS2_CHAR **ppszDestEnd, size_t *pcchRemaining,
                                               DWORD dwFlags) {
  HRESULT result = _WS2_STR(_ws2_check)(pszDest, cchDest, dwFlags);
  if (FAILED(result)) return result;
  return _WS2_STR(_ws2_put)(pszDest, cchDest, 0, pszSrc, cchToCopy, ppszDestEnd, pcchRemaining, dwFlags);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCatNEx)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc,
                                              size_t cchToAppend, _WS2_CHAR **ppszDestEnd, size_t *pcchRemaining,
                                              DWORD dwFlags) {
  HRESULT result = _WS2_STR(_ws2_check)(pszDest, cchDest, dwFlags);
  size_t kept;
  if (FAILED(result)) return result;
  kept = _WS2_STR(_ws2_bounded_length)(pszDest, cchDest);
  if (kept == cchDest && cchDest > 0) return STRSAFE_E_INVALID_PARAMETER;
  return _WS2_STR(_ws2_put)(pszDest, cchDest, kept, pszSrc, cchToAppend, ppszDestEnd, pcchRemaining, dwFlags);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchVPrintfEx)(_WS2_CHAR *pszDest, size_t cchDest, _WS2_CHAR **ppszDestEnd,
                                                 size_t *pcchRemaining, DWORD dwFlags, const _WS2_CHAR *pszFormat,
                                                 va_list argList) {
  HRESULT result = _WS2_STR(_ws2_check)(pszDest, cchDest, dwFlags);
  static const _WS2_CHAR empty[1] = {0};
  int length;
  if (FAILED(result)) return result;
  if (pszFormat == NULL && (dwFlags & STRSAFE_IGNORE_NULLS) == 0) return STRSAFE_E_INVALID_PARAMETER;
  length = _ws2_vformat(pszDest, cchDest, pszFormat == NULL ? empty : pszFormat, sizeof *pszDest, argList);
  if (length < 0) {
    if (cchDest > 0) *pszDest = 0;
    return _WS2_STR(_ws2_finish)(pszDest, cchDest, 0, 0, STRSAFE_E_INVALID_PARAMETER, ppszDestEnd, pcchRemaining,
                                 dwFlags);
  }
  if (cchDest == 0) {
    HRESULT full = pszDest == NULL ? STRSAFE_E_INVALID_PARAMETER : STRSAFE_E_INSUFFICIENT_BUFFER;
    return _WS2_STR(_ws2_finish)(pszDest, 0, 0, 0, length == 0 ? S_OK : full, ppszDestEnd, pcchRemaining, dwFlags);
  }
  if ((size_t)length >= cchDest)
    return _WS2_STR(_ws2_finish)(pszDest, cchDest, 0, cchDest - 1, STRSAFE_E_INSUFFICIENT_BUFFER, ppszDestEnd,
                                 pcchRemaining, dwFlags);
  return _WS2_STR(_ws2_finish)(pszDest, cchDest, 0, (size_t)length, S_OK, ppszDestEnd, pcchRemaining, dwFlags);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchPrintfEx)(_WS2_CHAR *pszDest, size_t cchDest, _WS2_CHAR **ppszDestEnd,
                                                size_t *pcchRemaining, DWORD dwFlags, const _WS2_CHAR *pszFormat,
                                                ...) {
  HRESULT result;
  va_list list;
  va_start(list, pszFormat);
  result = _WS2_STR(StringCchVPrintfEx)(pszDest, cchDest, ppszDestEnd, pcchRemaining, dwFlags, pszFormat, list);
  va_end(list);
  return result;
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCopyEx)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc,
                                              _WS2_CHAR **ppszDestEnd, size_t *pcchRemaining, DWORD dwFlags) {
  return _WS2_STR(StringCchCopyNEx)(pszDest, cchDest, pszSrc, STRSAFE_MAX_CCH, ppszDestEnd, pcchRemaining, dwFlags);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCatEx)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc,
                                             _WS2_CHAR **ppszDestEnd, size_t *pcchRemaining, DWORD dwFlags) {
  return _WS2_STR(StringCchCatNEx)(pszDest, cchDest, pszSrc, STRSAFE_MAX_CCH, ppszDestEnd, pcchRemaining, dwFlags);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCopy)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc) {
  return _WS2_STR(StringCchCopyEx)(pszDest, cchDest, pszSrc, NULL, NULL, 0);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCopyN)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc,
                                             size_t cchToCopy) {
  return _WS2_STR(StringCchCopyNEx)(pszDest, cchDest, pszSrc, cchToCopy, NULL, NULL, 0);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCat)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc) {
  return _WS2_STR(StringCchCatEx)(pszDest, cchDest, pszSrc, NULL, NULL, 0);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchCatN)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszSrc,
                                            size_t cchToAppend) {
  return _WS2_STR(StringCchCatNEx)(pszDest, cchDest, pszSrc, cchToAppend, NULL, NULL, 0);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchVPrintf)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszFormat,
                                               va_list argList) {
  return _WS2_STR(StringCchVPrintfEx)(pszDest, cchDest, NULL, NULL, 0, pszFormat, argList);
}

_WS2_INLINE HRESULT _WS2_STR(StringCchPrintf)(_WS2_CHAR *pszDest, size_t cchDest, const _WS2_CHAR *pszFormat, ...) {
  HRESULT result;
  va_list list;
  va_start(list, pszFormat);
  result = _WS2_STR(StringCchVPrintf)(pszDest, cchDest, pszFormat, list);
  va_end(list);
  return result;
}

_WS2_INLINE HRESULT _WS2_STR(StringCchLength)(const _WS2_CHAR *psz, size_t cchMax, size_t *pcchLength) {
  size_t length = psz == NULL || cchMax > STRSAFE_MAX_CCH ? cchMax : _WS2_STR(_ws2_bounded_length)(psz, cchMax);
  if (pcchLength != NULL) *pcchLength = length < cchMax ? length : 0;
  return length < cchMax ? S_OK : STRSAFE_E_INVALID_PARAMETER;
}

/* The same in bytes. What is less than a character at the end stays unused, and counts as remaining. */
_WS2_INLINE HRESULT _WS2_STR(_ws2_in_bytes)(HRESULT result, size_t bytes, size_t *remaining) {
  if (remaining != NULL && result != STRSAFE_E_INVALID_PARAMETER)
    *remaining = *remaining * sizeof(_WS2_CHAR) + bytes % sizeof(_WS2_CHAR);
  return result;
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCopyNEx)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc,
                                              size_t cbToCopy, _WS2_CHAR **ppszDestEnd, size_t *pcbRemaining,
                                              DWORD dwFlags) {
  HRESULT result = _WS2_STR(StringCchCopyNEx)(pszDest, cbDest / sizeof *pszDest, pszSrc, cbToCopy / sizeof *pszSrc,
                                              ppszDestEnd, pcbRemaining, dwFlags);
  return _WS2_STR(_ws2_in_bytes)(result, cbDest, pcbRemaining);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCatNEx)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc,
                                             size_t cbToAppend, _WS2_CHAR **ppszDestEnd, size_t *pcbRemaining,
                                             DWORD dwFlags) {
  HRESULT result = _WS2_STR(StringCchCatNEx)(pszDest, cbDest / sizeof *pszDest, pszSrc, cbToAppend / sizeof *pszSrc,
                                             ppszDestEnd, pcbRemaining, dwFlags);
  return _WS2_STR(_ws2_in_bytes)(result, cbDest, pcbRemaining);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbVPrintfEx)(_WS2_CHAR *pszDest, size_t cbDest, _WS2_CHAR **ppszDestEnd,
                                                size_t *pcbRemaining, DWORD dwFlags, const _WS2_CHAR *pszFormat,
                                                va_list argList) {
  HRESULT result = _WS2_STR(StringCchVPrintfEx)(pszDest, cbDest / sizeof *pszDest, ppszDestEnd, pcbRemaining,
                                                dwFlags, pszFormat, argList);
  return _WS2_STR(_ws2_in_bytes)(result, cbDest, pcbRemaining);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbPrintfEx)(_WS2_CHAR *pszDest, size_t cbDest, _WS2_CHAR **ppszDestEnd,
                                               size_t *pcbRemaining, DWORD dwFlags, const _WS2_CHAR *pszFormat,
                                               ...) {
  HRESULT result;
  va_list list;
  va_start(list, pszFormat);
  result = _WS2_STR(StringCbVPrintfEx)(pszDest, cbDest, ppszDestEnd, pcbRemaining, dwFlags, pszFormat, list);
  va_end(list);
  return result;
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCopyEx)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc,
                                             _WS2_CHAR **ppszDestEnd, size_t *pcbRemaining, DWORD dwFlags) {
  HRESULT result = _WS2_STR(StringCchCopyEx)(pszDest, cbDest / sizeof *pszDest, pszSrc, ppszDestEnd, pcbRemaining,
                                             dwFlags);
  return _WS2_STR(_ws2_in_bytes)(result, cbDest, pcbRemaining);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCatEx)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc,
                                            _WS2_CHAR **ppszDestEnd, size_t *pcbRemaining, DWORD dwFlags) {
  HRESULT result = _WS2_STR(StringCchCatEx)(pszDest, cbDest / sizeof *pszDest, pszSrc, ppszDestEnd, pcbRemaining,
                                            dwFlags);
  return _WS2_STR(_ws2_in_bytes)(result, cbDest, pcbRemaining);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCopy)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc) {
  return _WS2_STR(StringCchCopy)(pszDest, cbDest / sizeof *pszDest, pszSrc);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCopyN)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc,
                                            size_t cbToCopy) {
  return _WS2_STR(StringCchCopyN)(pszDest, cbDest / sizeof *pszDest, pszSrc, cbToCopy / sizeof *pszSrc);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCat)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc) {
  return _WS2_STR(StringCchCat)(pszDest, cbDest / sizeof *pszDest, pszSrc);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbCatN)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszSrc,
                                           size_t cbToAppend) {
  return _WS2_STR(StringCchCatN)(pszDest, cbDest / sizeof *pszDest, pszSrc, cbToAppend / sizeof *pszSrc);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbVPrintf)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszFormat,
                                              va_list argList) {
  return _WS2_STR(StringCchVPrintf)(pszDest, cbDest / sizeof *pszDest, pszFormat, argList);
}

_WS2_INLINE HRESULT _WS2_STR(StringCbPrintf)(_WS2_CHAR *pszDest, size_t cbDest, const _WS2_CHAR *pszFormat, ...) {
  HRESULT result;
  va_list list;
  va_start(list, pszFormat);
  result = _WS2_STR(StringCbVPrintf)(pszDest, cbDest, pszFormat, list);
  va_end(list);
  return result;
}

_WS2_INLINE HRESULT _WS2_STR(StringCbLength)(const _WS2_CHAR *psz, size_t cbMax, size_t *pcbLength) {
  HRESULT result = _WS2_STR(StringCchLength)(psz, cbMax / sizeof *psz, pcbLength);
  if (pcbLength != NULL) *pcbLength *= sizeof *psz;
  return result;
}
