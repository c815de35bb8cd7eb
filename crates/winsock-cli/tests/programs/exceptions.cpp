// Exceptions and the blocks of structured exception handling: RaiseException's and C++'s own, in and around __try.
#include "check.h"
#include <pthread.h>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

std::string trace;

void traced(const char *expected) {
  if (trace != expected) fprintf(stderr, "%s instead of %s\n", trace.c_str(), expected);
  CHECK(trace == expected);
  trace.clear();
}

int asked(int answer) {
  trace += '?';
  return answer;
}

const DWORD OURS = 0xE0000001;

int look(PEXCEPTION_POINTERS both, DWORD code) {
  const EXCEPTION_RECORD *record = both->ExceptionRecord;
  CHECK(both->ContextRecord == NULL && record->ExceptionCode == code && record->ExceptionRecord == NULL);
  CHECK(record->ExceptionAddress != NULL);
  return record->NumberParameters == 2 && record->ExceptionInformation[1] == 43 ? EXCEPTION_EXECUTE_HANDLER
                                                                                : EXCEPTION_CONTINUE_SEARCH;
}

void raised() {
  ULONG_PTR arguments[] = {42, 43};
  __try {
    trace += 'a';
    RaiseException(OURS | 0x10000000, 0, 2, arguments);
  }
  __except (look(GetExceptionInformation(), GetExceptionCode())) {
    CHECK(GetExceptionCode() == OURS);
    trace += 'b';
  }
  traced("ab");

  __try {
    RaiseException(EXCEPTION_ACCESS_VIOLATION, EXCEPTION_NONCONTINUABLE, 1000, NULL);
  }
  __except (GetExceptionInformation()->ExceptionRecord->NumberParameters == 0) {
    CHECK(GetExceptionCode() == EXCEPTION_ACCESS_VIOLATION);
    trace += 'c';
  }
  traced("c");
}

void finally_before_the_handler() {
  __try {
    __try {
      __try {
        RaiseException(OURS, 0, 0, NULL);
        trace += '!';
      }
      __except (asked(EXCEPTION_CONTINUE_SEARCH)) {
        trace += '!';
      }
      trace += '!';
    }
    __finally {
      trace += AbnormalTermination() ? 'f' : '!';
      __try {
        trace += 'g';
      }
      __finally {
        trace += AbnormalTermination() ? '!' : 'h';
      }
    }
    trace += '!';
  }
  __except (asked(EXCEPTION_EXECUTE_HANDLER)) {
    trace += 'e';
    __try {
      RaiseException(2, 0, 0, NULL);
    }
    __except (EXCEPTION_EXECUTE_HANDLER) {
      trace += GetExceptionCode() == 2 ? 'i' : '!';
    }
    trace += GetExceptionCode() == OURS ? 'j' : '!';
  }
  traced("?fgh?eij");
}

void no_continuing() {
  __try {
    __try {
      RaiseException(OURS, 0, 0, NULL);
      trace += '!';
    }
    __except (EXCEPTION_CONTINUE_EXECUTION) {
      trace += '!';
    }
  }
  __except (EXCEPTION_EXECUTE_HANDLER) {
    trace += GetExceptionCode() == EXCEPTION_NONCONTINUABLE_EXCEPTION ? 'a' : '!';
  }
  traced("a");
}

void of_cxx() {
  __try {
    std::vector<int>().at(1);
  }
  __except (EXCEPTION_EXECUTE_HANDLER) {
    trace += GetExceptionCode() == 0xE06D7363 ? 'a' : '!';
  }
  try {
    __try {
      throw std::runtime_error("told");
    }
    __finally {
      trace += 'b';
    }
  } catch (const std::runtime_error &error) {
    trace += error.what();
  }
  // A second one takes the place of the first.
  try {
    __try {
      throw 1;
    }
    __finally {
      throw 2;
    }
  } catch (int number) {
    trace += std::to_string(number);
  }
  // A way out of the block of __except leaves nothing behind.
  for (int i = 0; i < 3; i++) {
    __try {
      if (i < 2) throw i;
    }
    __except (EXCEPTION_EXECUTE_HANDLER) {
      trace += 'c';
      if (i == 1) break;
    }
    trace += 'd';
  }
  traced("abtold2cdc");
}

struct Leaver {
  ~Leaver() {
    __try {
      trace += 'l';
      __leave;
    }
    __finally {
      trace += AbnormalTermination() ? '!' : 'f';
    }
  }
};

void while_another_is_under_way() {
  try {
    Leaver leaver;
    throw 1;
  } catch (int) {
    trace += 'c';
  }
  traced("lfc");
}

// The end of a thread of pthread's passes through all of them.
void *ends(void *) {
  __try {
    __try {
      pthread_exit(NULL);
    }
    __finally {
      trace += '!';
    }
  }
  __except (EXCEPTION_EXECUTE_HANDLER) {
    trace += '!';
  }
  trace += '!';
  return NULL;
}

void end_of_a_thread() {
  pthread_t thread;
  CHECK(pthread_create(&thread, NULL, ends, NULL) == 0 && pthread_join(thread, NULL) == 0);
  traced("");
}

void each_thread_has_its_own() {
  std::vector<std::thread> threads;
  for (DWORD number = 1; number <= 4; number++)
    threads.emplace_back([number] {
      for (int i = 0; i < 1000; i++) {
        DWORD code = 0;
        __try {
          __try {
            RaiseException(number, 0, 0, NULL);
          }
          __finally {
            code = AbnormalTermination() ? 100 : 200;
          }
        }
        __except (GetExceptionCode() == number) {
          code += GetExceptionCode();
        }
        CHECK(code == 100 + number);
      }
    });
  for (std::thread &thread : threads) thread.join();
}

} // namespace

int main() {
  raised();
  finally_before_the_handler();
  no_continuing();
  of_cxx();
  while_another_is_under_way();
  end_of_a_thread();
  each_thread_has_its_own();
  puts("handled");
  return 0;
}
