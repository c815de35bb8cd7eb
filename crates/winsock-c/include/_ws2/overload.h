/* For C++: how libc's select and gethostname can be called by their own names and yet give way to
 * Winsock's.
 *
 * Owns the parameter type of such a function. A call reaches it by a user-defined conversion of every
 * argument, the worst there is: as soon as Winsock's function of the same name is declared and fits,
 * that one is called.
 */
#ifndef _WS2_OVERLOAD_H
#define _WS2_OVERLOAD_H
#pragma GCC system_header

extern "C++" {
template <class T> struct _ws2_libc_argument {
  T value;
  _ws2_libc_argument(T argument) : value(argument) {}
};
}

#endif
