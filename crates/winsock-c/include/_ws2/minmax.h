/* For C++: min and max as the macros of Windows' headers have them, of two numbers of any types. */
#ifndef _WS2_MINMAX_H
#define _WS2_MINMAX_H
#pragma GCC system_header

extern "C++" {

/* The parentheses keep a program's own macro of the name away; A(a) makes the result a value, not a reference to it. */
template <class A, class B> constexpr auto(max)(A a, B b) -> decltype(a > b ? A(a) : B(b)) { return a > b ? a : b; }
template <class A, class B> constexpr auto(min)(A a, B b) -> decltype(a < b ? A(a) : B(b)) { return a < b ? a : b; }

}

#endif
