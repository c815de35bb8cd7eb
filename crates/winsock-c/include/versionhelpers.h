/* versionhelpers.h: whether the system is of a version of Windows, or newer: that of GetVersionEx. */
#ifndef _VERSIONHELPERS_H_INCLUDED_
#define _VERSIONHELPERS_H_INCLUDED_

#include <windows.h>

_WS2_INLINE BOOL IsWindowsVersionOrGreater(WORD major, WORD minor, WORD service_pack) {
  OSVERSIONINFOEXW version;
  DWORDLONG conditions = 0;
  memset(&version, 0, sizeof version);
  version.dwOSVersionInfoSize = sizeof version;
  version.dwMajorVersion = major;
  version.dwMinorVersion = minor;
  version.wServicePackMajor = service_pack;
  VER_SET_CONDITION(conditions, VER_MAJORVERSION, VER_GREATER_EQUAL);
  VER_SET_CONDITION(conditions, VER_MINORVERSION, VER_GREATER_EQUAL);
  VER_SET_CONDITION(conditions, VER_SERVICEPACKMAJOR, VER_GREATER_EQUAL);
  return VerifyVersionInfoW(&version, VER_MAJORVERSION | VER_MINORVERSION | VER_SERVICEPACKMAJOR, conditions);
}

_WS2_INLINE BOOL IsWindowsXPOrGreater(void) { return IsWindowsVersionOrGreater(5, 1, 0); }
_WS2_INLINE BOOL IsWindowsXPSP1OrGreater(void) { return IsWindowsVersionOrGreater(5, 1, 1); }
_WS2_INLINE BOOL IsWindowsXPSP2OrGreater(void) { return IsWindowsVersionOrGreater(5, 1, 2); }
_WS2_INLINE BOOL IsWindowsXPSP3OrGreater(void) { return IsWindowsVersionOrGreater(5, 1, 3); }
_WS2_INLINE BOOL IsWindowsVistaOrGreater(void) { return IsWindowsVersionOrGreater(6, 0, 0); }
_WS2_INLINE BOOL IsWindowsVistaSP1OrGreater(void) { return IsWindowsVersionOrGreater(6, 0, 1); }
_WS2_INLINE BOOL IsWindowsVistaSP2OrGreater(void) { return IsWindowsVersionOrGreater(6, 0, 2); }
_WS2_INLINE BOOL IsWindows7OrGreater(void) { return IsWindowsVersionOrGreater(6, 1, 0); }
_WS2_INLINE BOOL IsWindows7SP1OrGreater(void) { return IsWindowsVersionOrGreater(6, 1, 1); }
_WS2_INLINE BOOL IsWindows8OrGreater(void) { return IsWindowsVersionOrGreater(6, 2, 0); }
_WS2_INLINE BOOL IsWindows8Point1OrGreater(void) { return IsWindowsVersionOrGreater(6, 3, 0); }
_WS2_INLINE BOOL IsWindows10OrGreater(void) { return IsWindowsVersionOrGreater(10, 0, 0); }

_WS2_INLINE BOOL IsWindowsServer(void) {
  OSVERSIONINFOEXW version;
  DWORDLONG conditions = 0;
  memset(&version, 0, sizeof version);
  version.dwOSVersionInfoSize = sizeof version;
  version.wProductType = VER_NT_WORKSTATION;
  VER_SET_CONDITION(conditions, VER_PRODUCT_TYPE, VER_EQUAL);
  return !VerifyVersionInfoW(&version, VER_PRODUCT_TYPE, conditions);
}

#endif
