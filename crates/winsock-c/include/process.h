/* process.h: threads by the names of Microsoft's C library, which are CreateThread and ExitThread here.
 *
 * The C library of this platform needs no preparation for a thread, so either way of making one serves.
 */
#ifndef _INC_PROCESS
#define _INC_PROCESS

#include <errhandlingapi.h>
#include <processthreadsapi.h>
#include <winerror.h>

#include <errno.h>
#include <stdint.h>

/* 0 on failure, with errno: EINVAL for bad arguments, EACCES for lack of resources. */
_WS2_INLINE uintptr_t __cdecl _beginthreadex(void *security, unsigned stack_size,
                                             unsigned(__stdcall *start_address)(void *), void *arglist,
                                             unsigned initflag, unsigned *thrdaddr) {
  HANDLE thread =
      CreateThread((LPSECURITY_ATTRIBUTES)security, stack_size, start_address, arglist, initflag, thrdaddr);
  if (thread == NULL) errno = GetLastError() == ERROR_INVALID_PARAMETER ? EINVAL : EACCES;
  return (uintptr_t)thread;
}

DECLSPEC_NORETURN _WS2_INLINE void __cdecl _endthreadex(unsigned retval) {
  ExitThread(retval);
}

#endif
