/* excpt.h: structured exception handling, as far as macros carry it.
 *
 * Owns the keywords __try, __except, __finally and __leave (also with one underscore), the values of a filter, and what
 * the two kinds of block may ask. Promises of a __try block that ends, or is left by __leave, out of any loops and
 * switches: its __finally block runs once, its __except block does not. Blocks may be nested.
 *
 * No fault of the processor is caught: a wild pointer ends the program. `return`, `break`, `continue` and `goto` leave
 * a __try block as they leave any other, so that its __finally block is skipped.
 *
 * C++, from C++11 on and with exceptions: whatever is thrown, by RaiseException or by throw, runs __finally and comes
 * to the filter of __except. A filter is asked after the __finally blocks inside its __try block have run, and
 * EXCEPTION_CONTINUE_EXECUTION raises STATUS_NONCONTINUABLE_EXCEPTION. A __try that is the body of an `if` wants braces.
 * C: has no exceptions. The block of __except is compiled and never runs, and there is no RaiseException.
 */
#ifndef _INC_EXCPT
#define _INC_EXCPT
#pragma GCC system_header

#include <minwinbase.h>

#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#ifndef __cplusplus

/* From __try up to the other keyword it is one expression, with the label that __leave goes to. */
#define __try         if (__extension__({ __label__ _ws2_leave;
#define __leave       goto _ws2_leave
#define __finally     _ws2_leave: __attribute__((__unused__)); 1; }))
#define __except(...) _ws2_leave: __attribute__((__unused__)); 0 && (__VA_ARGS__); }))

#define AbnormalTermination()     FALSE
#define GetExceptionCode()        ((DWORD)0)
#define GetExceptionInformation() ((PEXCEPTION_POINTERS)NULL)

#elif __cplusplus >= 201103L && defined(__cpp_exceptions)

#include <_ws2/exceptions.h>

/* The C++ library has this one too, for its own headers. */
#ifndef __try
#define __try try
#endif
#define __leave   throw ::_ws2_seh::leave()
#define __finally                                         \
  catch (const ::_ws2_seh::leave &) {}                    \
  catch (...) { ::_ws2_seh::ending::begin(); }            \
  if (const ::_ws2_seh::ending _ws2_ending{})
#define __except(...)                                     \
  catch (const ::_ws2_seh::leave &) {}                    \
  catch (...) {                                           \
    const ::_ws2_seh::caught _ws2_caught{};               \
    _ws2_caught.filter((__VA_ARGS__));                     \
  }                                                       \
  if (const ::_ws2_seh::handled _ws2_caught{})

#define AbnormalTermination()     _ws2_ending.abnormal()
#define GetExceptionCode()        _ws2_caught.code()
#define GetExceptionInformation() _ws2_caught.information()

#endif

#define _try     __try
#define _except  __except
#define _finally __finally
#define _leave   __leave

#endif
