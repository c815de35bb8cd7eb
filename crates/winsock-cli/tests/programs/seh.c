/* __try, __finally, __except and __leave, in C and, under another name, in C++: every way out of a block that the
 * headers promise. A trace of letters shows which blocks ran, and in which order. */
#include "check.h"

static char trace[64];

static void mark(char letter) {
  size_t length = strlen(trace);
  CHECK(length + 1 < sizeof trace);
  trace[length] = letter;
}

#define TRACED(expected) \
  do { \
    CHECK(strcmp(trace, expected) == 0); \
    memset(trace, 0, sizeof trace); \
  } while (0)

static int filter(DWORD code) {
  mark('!');
  return code == 0 ? EXCEPTION_CONTINUE_SEARCH : EXCEPTION_EXECUTE_HANDLER;
}

static void to_the_end(void) {
  __try {
    mark('a');
  }
  __finally {
    mark(AbnormalTermination() ? '!' : 'b');
  }
  __try {
    mark('c');
  }
  __except (filter(GetExceptionCode())) {
    mark('!');
  }
  mark('d');
  TRACED("abcd");
}

/* As a program does that sets up one thing after another. */
static int several_steps(int failing) {
  int opened = 0, done = 0;

  __try {
    if (failing == 1) __leave;
    opened++;
    if (failing == 2) {
      int unused = opened;
      (void)unused;
      __leave;
    }
    opened++;
    done = 1;
  }
  __finally {
    while (opened > 0) {
      mark('x');
      opened--;
    }
  }
  return done;
}

static void out_of_loops_and_switches(int way) {
  __try {
    int i;
    for (i = 0; i < 3; i++) {
      mark('a');
      while (1) {
        switch (way) {
        case 0:
          do {
            if (i == 1) __leave;
          } while (0);
          break;
        case 1: {
          int j;
          for (j = 0;; j++)
            if (j == 2) __leave;
        }
        default:
          break;
        }
        if (i < 3) break;
      }
      if (i == 0) continue;
      mark('b');
    }
    mark('c');
  }
  __finally {
    mark('f');
  }
}

static void nested(int way) {
  __try {
    mark('a');
    __try {
      mark('b');
      if (way == 0) __leave;
      mark('c');
    }
    __finally {
      mark('d');
      if (way == 1) __leave; /* The outer one: this block is no longer in the inner. */
      __try {
        if (way == 2) __leave;
        mark('e');
      }
      __except (EXCEPTION_EXECUTE_HANDLER) {
        mark('!');
      }
    }
    __try {
      __try {
        mark('g');
        __leave;
      }
      __finally {
        mark('h');
      }
      mark('i');
    }
    __except (filter(0), EXCEPTION_EXECUTE_HANDLER) {
      mark('!');
    }
    mark('j');
  }
  __finally {
    mark('k');
  }
}

/* Nothing is behind such a block that a way out could miss. */
static int returns_from_inside(void) {
  __try {
    mark('a');
    if (trace[0] == 'a') return 7;
  }
  __except (EXCEPTION_EXECUTE_HANDLER) {
    mark('!');
    return 8;
  }
  return 9;
}

static void in_a_loop(void) {
  int i;
  for (i = 0; i < 3; i++) {
    __try {
      if (i == 0) continue;
      if (i == 2) break;
      mark('a');
    }
    __except (EXCEPTION_EXECUTE_HANDLER) {
      break;
    }
    mark('b');
  }
  for (i = 0; i < 3; i++) {
    __try {
      if (i == 1) __leave;
      mark('c');
    }
    __finally {
      mark('d');
    }
  }
}

static void under_other_names(void) {
  _try {
    mark('a');
    _leave;
  }
  _finally {
    mark('b');
  }
  _try {
    mark('c');
  }
  _except (EXCEPTION_EXECUTE_HANDLER) {
    mark('!');
  }
}

int main(void) {
  to_the_end();
  CHECK(several_steps(0) == 1);
  TRACED("xx");
  CHECK(several_steps(1) == 0);
  TRACED("");
  CHECK(several_steps(2) == 0);
  TRACED("x");
  out_of_loops_and_switches(0);
  TRACED("aaf");
  out_of_loops_and_switches(1);
  TRACED("af");
  out_of_loops_and_switches(2);
  TRACED("aababcf");
  nested(0);
  TRACED("abdeghijk");
  nested(1);
  TRACED("abcdk");
  nested(2);
  TRACED("abcdghijk");
  CHECK(returns_from_inside() == 7);
  TRACED("a");
  in_a_loop();
  TRACED("abcddcd");
  under_other_names();
  TRACED("abc");
  puts("left");
  return 0;
}
