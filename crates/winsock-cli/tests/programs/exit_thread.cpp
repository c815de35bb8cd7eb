// ExitThread in C++: a thread of CreateThread's ends where it stands, as on Windows; one of pthread's is unwound, so that
// its maker can clean up after it.
#include "check.h"
#include <pthread.h>
#include <atomic>
#include <string>

namespace {

std::atomic<int> destroyed{0};

struct Local {
  ~Local() { destroyed++; }
};

[[noreturn]] void exit_deeper(DWORD code) {
  Local deeper;
  ExitThread(code);
}

DWORD WINAPI ours(LPVOID code) {
  Local local;
  exit_deeper((DWORD)(ULONG_PTR)code);
}

void *theirs(void *handle) {
  Local local;
  CHECK(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), (HANDLE *)handle, 0, FALSE,
                        DUPLICATE_SAME_ACCESS));
  exit_deeper(9);
}

void ends_with(HANDLE thread, DWORD expected) {
  DWORD code = 0;
  CHECK(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
  CHECK(GetExitCodeThread(thread, &code) && code == expected && CloseHandle(thread));
}

} // namespace

int main() {
  ends_with(CreateThread(NULL, 0, ours, (LPVOID)8, 0, NULL), 8);
  CHECK(destroyed == 0);

  pthread_t thread;
  HANDLE handle = NULL;
  CHECK(pthread_create(&thread, NULL, theirs, &handle) == 0);
  CHECK(pthread_join(thread, NULL) == 0);
  ends_with(handle, 9);
  CHECK(destroyed == 2);
  puts("ended");
  return 0;
}
