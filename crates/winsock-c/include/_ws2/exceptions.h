/* For C++: what stands behind the keywords of excpt.h, and RaiseException.
 *
 * Owns the exceptions that __leave and RaiseException throw, and the objects that lead an exception from the catch
 * clause that stopped it to the __finally or __except block behind. That way is the calling thread's own, and nothing
 * runs between its two ends.
 */
#ifndef _WS2_EXCEPTIONS_H
#define _WS2_EXCEPTIONS_H
#pragma GCC system_header

#include <minwinbase.h>

extern "C++" {

#include <exception>

namespace _ws2_seh {

/* Thrown by __leave; its own __try block catches it. */
struct leave {};

/* Thrown by RaiseException. */
struct raised {
  EXCEPTION_RECORD record;
};

[[noreturn]] inline void raise(DWORD code, DWORD flags, void *address, DWORD count, const ULONG_PTR *arguments) {
  raised exception = {};
  exception.record.ExceptionCode = code & ~0x10000000u;
  exception.record.ExceptionFlags = flags & EXCEPTION_NONCONTINUABLE;
  exception.record.ExceptionAddress = address;
  if (arguments) {
    exception.record.NumberParameters = count < EXCEPTION_MAXIMUM_PARAMETERS ? count : EXCEPTION_MAXIMUM_PARAMETERS;
    for (DWORD i = 0; i < exception.record.NumberParameters; i++)
      exception.record.ExceptionInformation[i] = arguments[i];
  }
  throw exception;
}

/* In a __finally block: goes on with the exception that brought us here, if one did. */
class ending {
  std::exception_ptr exception;

  static std::exception_ptr &stopped() {
    static thread_local std::exception_ptr exception;
    return exception;
  }

  static bool another_is_under_way() {
#ifdef __cpp_lib_uncaught_exceptions
    return std::uncaught_exceptions() > 0;
#else
    return std::uncaught_exception();
#endif
  }

public:
  /* In the catch clause. What is no exception of C++, such as the end of a thread, goes on at once. */
  static void begin() {
    stopped() = std::current_exception();
    if (!stopped()) throw;
  }

  ending() { exception.swap(stopped()); }
  ending(const ending &) = delete;
  ending &operator=(const ending &) = delete;
  ~ending() noexcept(false) {
    if (exception && !another_is_under_way()) std::rethrow_exception(exception);
  }

  explicit operator bool() const { return true; }
  BOOL abnormal() const { return exception != nullptr; }
};

/* The exception of an __except block that runs. */
class handled {
protected:
  EXCEPTION_RECORD record;
  bool is_there;

  static handled &stopped() {
    static thread_local handled exception = handled(false);
    return exception;
  }

  explicit handled(bool is_there) : record(), is_there(is_there) {}

public:
  handled() : handled(stopped()) { stopped().is_there = false; }

  explicit operator bool() const { return is_there; }
  DWORD code() const { return record.ExceptionCode; }
};

/* The exception in the catch clause of an __except, for its filter. */
class caught : handled {
  EXCEPTION_POINTERS pointers;

public:
  caught() : handled(true), pointers() {
    const std::exception_ptr exception = std::current_exception();
    if (!exception) throw;
    try {
      std::rethrow_exception(exception);
    } catch (const raised &own) {
      record = own.record;
    } catch (...) {
      record.ExceptionCode = 0xE06D7363; /* What Microsoft's compiler throws for C++. */
      record.ExceptionFlags = EXCEPTION_NONCONTINUABLE;
    }
    pointers.ExceptionRecord = &record;
  }
  caught(const caught &) = delete;
  caught &operator=(const caught &) = delete;

  using handled::code;
  PEXCEPTION_POINTERS information() const { return const_cast<PEXCEPTION_POINTERS>(&pointers); }

  void filter(LONG answer) const {
    if (answer == 0) throw;
    if (answer < 0) raise(STATUS_NONCONTINUABLE_EXCEPTION, EXCEPTION_NONCONTINUABLE, record.ExceptionAddress, 0, nullptr);
    stopped() = *this;
  }
};

}

/* Ends the program if no __except block handles the exception. */
[[noreturn]] inline void WINAPI RaiseException(DWORD dwExceptionCode, DWORD dwExceptionFlags,
                                               DWORD nNumberOfArguments, const ULONG_PTR *lpArguments) {
  ::_ws2_seh::raise(dwExceptionCode, dwExceptionFlags, __builtin_return_address(0), nNumberOfArguments, lpArguments);
}

}

#endif
