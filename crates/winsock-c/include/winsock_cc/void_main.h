/*
 * Lets a program whose main returns void compile as C++ and end with exit code 0, as C and as C++.
 *
 * `winsock cc` and `winsock c++` include it before a source that has such a main, and only then. The source's main
 * becomes winsock_void_main, on the line where it stands; the real main calls it. Both are weak, so that several
 * sources of one program may include this, and a real main elsewhere wins.
 */
#ifndef WINSOCK_CC_VOID_MAIN_H
#define WINSOCK_CC_VOID_MAIN_H

#ifdef __cplusplus
extern "C" {
#endif

void winsock_call_void_main(int, char **, char **) __asm__("winsock_void_main") __attribute__((__weak__));
int winsock_main(int, char **, char **) __asm__("main") __attribute__((__weak__));

int winsock_main(int argc, char **argv, char **envp)
{
    winsock_call_void_main(argc, argv, envp);
    return 0;
}

#ifdef __cplusplus
}
#define main(...) winsock_before_main(void); extern "C" void winsock_void_main(__VA_ARGS__)
#else
#define main(...) winsock_before_main(void); void winsock_void_main(__VA_ARGS__)
#endif

#endif
