/* winuser.h: windows and messages, as far as they work without a display.
 *
 * Owns window classes, windows, the message queue of each thread, timers, and waiting for messages and objects at the
 * same time. Nothing is drawn, and nothing comes from a keyboard or a mouse: what would need either is not here. A
 * name that ends in A takes UTF-8.
 */
#ifndef _WINUSER_
#define _WINUSER_

#include <windef.h>

#include <_ws2/format.h>

#include <stdarg.h>

#define MAKEINTRESOURCEA(i) ((LPSTR)((ULONG_PTR)((WORD)(i))))
#define MAKEINTRESOURCEW(i) ((LPWSTR)((ULONG_PTR)((WORD)(i))))
#define IS_INTRESOURCE(r)   ((((ULONG_PTR)(r)) >> 16) == 0)

#define MAKEWPARAM(low, high)  ((WPARAM)(DWORD)MAKELONG(low, high))
#define MAKELPARAM(low, high)  ((LPARAM)(DWORD)MAKELONG(low, high))
#define MAKELRESULT(low, high) ((LRESULT)(DWORD)MAKELONG(low, high))

typedef LRESULT(CALLBACK *WNDPROC)(HWND, UINT, WPARAM, LPARAM);
typedef VOID(CALLBACK *TIMERPROC)(HWND, UINT, UINT_PTR, DWORD);

typedef struct tagMSG {
  HWND hwnd;
  UINT message;
  WPARAM wParam;
  LPARAM lParam;
  DWORD time;
  POINT pt;
} MSG, *PMSG, *NPMSG, *LPMSG;

typedef struct tagWNDCLASSA {
  UINT style;
  WNDPROC lpfnWndProc;
  int cbClsExtra;
  int cbWndExtra;
  HINSTANCE hInstance;
  HICON hIcon;
  HCURSOR hCursor;
  HBRUSH hbrBackground;
  LPCSTR lpszMenuName;
  LPCSTR lpszClassName;
} WNDCLASSA, *PWNDCLASSA, *NPWNDCLASSA, *LPWNDCLASSA;

typedef struct tagWNDCLASSW {
  UINT style;
  WNDPROC lpfnWndProc;
  int cbClsExtra;
  int cbWndExtra;
  HINSTANCE hInstance;
  HICON hIcon;
  HCURSOR hCursor;
  HBRUSH hbrBackground;
  LPCWSTR lpszMenuName;
  LPCWSTR lpszClassName;
} WNDCLASSW, *PWNDCLASSW, *NPWNDCLASSW, *LPWNDCLASSW;

typedef struct tagWNDCLASSEXA {
  UINT cbSize;
  UINT style;
  WNDPROC lpfnWndProc;
  int cbClsExtra;
  int cbWndExtra;
  HINSTANCE hInstance;
  HICON hIcon;
  HCURSOR hCursor;
  HBRUSH hbrBackground;
  LPCSTR lpszMenuName;
  LPCSTR lpszClassName;
  HICON hIconSm;
} WNDCLASSEXA, *PWNDCLASSEXA, *NPWNDCLASSEXA, *LPWNDCLASSEXA;

typedef struct tagWNDCLASSEXW {
  UINT cbSize;
  UINT style;
  WNDPROC lpfnWndProc;
  int cbClsExtra;
  int cbWndExtra;
  HINSTANCE hInstance;
  HICON hIcon;
  HCURSOR hCursor;
  HBRUSH hbrBackground;
  LPCWSTR lpszMenuName;
  LPCWSTR lpszClassName;
  HICON hIconSm;
} WNDCLASSEXW, *PWNDCLASSEXW, *NPWNDCLASSEXW, *LPWNDCLASSEXW;

typedef struct tagCREATESTRUCTA {
  LPVOID lpCreateParams;
  HINSTANCE hInstance;
  HMENU hMenu;
  HWND hwndParent;
  int cy;
  int cx;
  int y;
  int x;
  LONG style;
  LPCSTR lpszName;
  LPCSTR lpszClass;
  DWORD dwExStyle;
} CREATESTRUCTA, *LPCREATESTRUCTA;

typedef struct tagCREATESTRUCTW {
  LPVOID lpCreateParams;
  HINSTANCE hInstance;
  HMENU hMenu;
  HWND hwndParent;
  int cy;
  int cx;
  int y;
  int x;
  LONG style;
  LPCWSTR lpszName;
  LPCWSTR lpszClass;
  DWORD dwExStyle;
} CREATESTRUCTW, *LPCREATESTRUCTW;

/* Messages. */
#define WM_NULL              0
#define WM_CREATE            1
#define WM_DESTROY           2
#define WM_MOVE              3
#define WM_SIZE              5
#define WM_ACTIVATE          6
#define WM_SETFOCUS          7
#define WM_KILLFOCUS         8
#define WM_ENABLE            0xA
#define WM_SETREDRAW         0xB
#define WM_SETTEXT           0xC
#define WM_GETTEXT           0xD
#define WM_GETTEXTLENGTH     0xE
#define WM_PAINT             0xF
#define WM_CLOSE             0x10
#define WM_QUERYENDSESSION   0x11
#define WM_QUIT              0x12
#define WM_QUERYOPEN         0x13
#define WM_ERASEBKGND        0x14
#define WM_ENDSESSION        0x16
#define WM_SHOWWINDOW        0x18
#define WM_ACTIVATEAPP       0x1C
#define WM_TIMECHANGE        0x1E
#define WM_SETCURSOR         0x20
#define WM_GETMINMAXINFO     0x24
#define WM_WINDOWPOSCHANGING 0x46
#define WM_WINDOWPOSCHANGED  0x47
#define WM_COPYDATA          0x4A
#define WM_NOTIFY            0x4E
#define WM_CONTEXTMENU       0x7B
#define WM_STYLECHANGING     0x7C
#define WM_STYLECHANGED      0x7D
#define WM_SETICON           0x80
#define WM_NCCREATE          0x81
#define WM_NCDESTROY         0x82
#define WM_NCCALCSIZE        0x83
#define WM_KEYFIRST          0x100
#define WM_KEYDOWN           0x100
#define WM_KEYUP             0x101
#define WM_CHAR              0x102
#define WM_DEADCHAR          0x103
#define WM_SYSKEYDOWN        0x104
#define WM_SYSKEYUP          0x105
#define WM_SYSCHAR           0x106
#define WM_KEYLAST           0x109
#define WM_INITDIALOG        0x110
#define WM_COMMAND           0x111
#define WM_SYSCOMMAND        0x112
#define WM_TIMER             0x113
#define WM_HSCROLL           0x114
#define WM_VSCROLL           0x115
#define WM_MOUSEFIRST        0x200
#define WM_MOUSEMOVE         0x200
#define WM_LBUTTONDOWN       0x201
#define WM_LBUTTONUP         0x202
#define WM_LBUTTONDBLCLK     0x203
#define WM_RBUTTONDOWN       0x204
#define WM_RBUTTONUP         0x205
#define WM_MBUTTONDOWN       0x207
#define WM_MBUTTONUP         0x208
#define WM_MOUSEWHEEL        0x20A
#define WM_MOUSELAST         0x20E
#define WM_PARENTNOTIFY      0x210
#define WM_POWERBROADCAST    0x218
#define WM_DEVICECHANGE      0x219
#define WM_HOTKEY            0x312
#define WM_USER              0x400
#define WM_APP               0x8000

/* How a window is. None is ever seen. */
#define WS_OVERLAPPED       0
#define WS_POPUP            0x80000000
#define WS_CHILD            0x40000000
#define WS_MINIMIZE         0x20000000
#define WS_VISIBLE          0x10000000
#define WS_DISABLED         0x8000000
#define WS_CLIPSIBLINGS     0x4000000
#define WS_CLIPCHILDREN     0x2000000
#define WS_MAXIMIZE         0x1000000
#define WS_CAPTION          0xC00000
#define WS_BORDER           0x800000
#define WS_DLGFRAME         0x400000
#define WS_VSCROLL          0x200000
#define WS_HSCROLL          0x100000
#define WS_SYSMENU          0x80000
#define WS_THICKFRAME       0x40000
#define WS_GROUP            0x20000
#define WS_TABSTOP          0x10000
#define WS_MINIMIZEBOX      0x20000
#define WS_MAXIMIZEBOX      0x10000
#define WS_ICONIC           0x20000000
#define WS_OVERLAPPEDWINDOW 0xCF0000
#define WS_POPUPWINDOW      0x80880000
#define WS_CHILDWINDOW      WS_CHILD
#define WS_SIZEBOX          WS_THICKFRAME
#define WS_TILED            WS_OVERLAPPED
#define WS_TILEDWINDOW      WS_OVERLAPPEDWINDOW
#define WS_EX_NOPARENTNOTIFY 4
#define WS_EX_TOPMOST        8
#define WS_EX_TOOLWINDOW     0x80
#define WS_EX_NOACTIVATE     0x8000000

/* How a class is. */
#define CS_VREDRAW     1
#define CS_HREDRAW     2
#define CS_DBLCLKS     8
#define CS_OWNDC       0x20
#define CS_CLASSDC     0x40
#define CS_PARENTDC    0x80
#define CS_NOCLOSE     0x200
#define CS_SAVEBITS    0x800
#define CS_GLOBALCLASS 0x4000

#define CW_USEDEFAULT  ((int)0x80000000)
#define HWND_BROADCAST ((HWND)0xffff)
#define HWND_MESSAGE   ((HWND)-3)
#define HWND_DESKTOP   ((HWND)0)

/* The words of a window, and of its class. */
#define GWL_STYLE       (-16)
#define GWL_EXSTYLE     (-20)
#define GWLP_WNDPROC    (-4)
#define GWLP_HINSTANCE  (-6)
#define GWLP_HWNDPARENT (-8)
#define GWLP_USERDATA   (-21)
#define GWLP_ID         (-12)
#define GCW_ATOM           (-32)
#define GCL_STYLE          (-26)
#define GCL_CBCLSEXTRA     (-20)
#define GCL_CBWNDEXTRA     (-18)
#define GCLP_WNDPROC       (-24)
#define GCLP_HMODULE       (-16)
#define GCLP_HICON         (-14)
#define GCLP_HICONSM       (-34)
#define GCLP_HCURSOR       (-12)
#define GCLP_HBRBACKGROUND (-10)

/* What is looked for in a queue, what is there, and what ends a wait. */
#define PM_NOREMOVE       0
#define PM_REMOVE         1
#define PM_NOYIELD        2
#define PM_QS_INPUT       0x4070000
#define PM_QS_POSTMESSAGE 0x980000
#define PM_QS_PAINT       0x200000
#define PM_QS_SENDMESSAGE 0x400000
#define QS_KEY            1
#define QS_MOUSEMOVE      2
#define QS_MOUSEBUTTON    4
#define QS_MOUSE          6
#define QS_POSTMESSAGE    8
#define QS_TIMER          0x10
#define QS_PAINT          0x20
#define QS_SENDMESSAGE    0x40
#define QS_HOTKEY         0x80
#define QS_ALLPOSTMESSAGE 0x100
#define QS_RAWINPUT       0x400
#define QS_INPUT          0x407
#define QS_ALLEVENTS      0x4BF
#define QS_ALLINPUT       0x4FF
#define MWMO_WAITALL        1
#define MWMO_ALERTABLE      2
#define MWMO_INPUTAVAILABLE 4

/* Sending. */
#define SMTO_NORMAL             0
#define SMTO_BLOCK              1
#define SMTO_ABORTIFHUNG        2
#define SMTO_NOTIMEOUTIFNOTHUNG 8
#define SMTO_ERRORONEXIT        0x20
#define ISMEX_NOSEND   0
#define ISMEX_SEND     1
#define ISMEX_NOTIFY   2
#define ISMEX_CALLBACK 4
#define ISMEX_REPLIED  8

/* Timers, in milliseconds. */
#define USER_TIMER_MINIMUM 0xA
#define USER_TIMER_MAXIMUM 0x7FFFFFFF

/* How a window is to be shown. */
#define SW_HIDE            0
#define SW_SHOWNORMAL      1
#define SW_NORMAL          1
#define SW_SHOWMINIMIZED   2
#define SW_SHOWMAXIMIZED   3
#define SW_MAXIMIZE        3
#define SW_SHOWNOACTIVATE  4
#define SW_SHOW            5
#define SW_MINIMIZE        6
#define SW_SHOWMINNOACTIVE 7
#define SW_SHOWNA          8
#define SW_RESTORE         9
#define SW_SHOWDEFAULT     10
#define SW_FORCEMINIMIZE   11
#define SW_MAX              SW_FORCEMINIMIZE
#define SC_CLOSE            0xF060

/* The system's cursors and icons. */
#define IDC_ARROW       MAKEINTRESOURCE(32512)
#define IDC_IBEAM       MAKEINTRESOURCE(32513)
#define IDC_WAIT        MAKEINTRESOURCE(32514)
#define IDC_CROSS       MAKEINTRESOURCE(32515)
#define IDC_UPARROW     MAKEINTRESOURCE(32516)
#define IDC_SIZENWSE    MAKEINTRESOURCE(32642)
#define IDC_SIZENESW    MAKEINTRESOURCE(32643)
#define IDC_SIZEWE      MAKEINTRESOURCE(32644)
#define IDC_SIZENS      MAKEINTRESOURCE(32645)
#define IDC_SIZEALL     MAKEINTRESOURCE(32646)
#define IDC_NO          MAKEINTRESOURCE(32648)
#define IDC_HAND        MAKEINTRESOURCE(32649)
#define IDC_APPSTARTING MAKEINTRESOURCE(32650)
#define IDC_HELP        MAKEINTRESOURCE(32651)
#define IDI_APPLICATION MAKEINTRESOURCE(32512)
#define IDI_ERROR       MAKEINTRESOURCE(32513)
#define IDI_HAND        MAKEINTRESOURCE(32513)
#define IDI_QUESTION    MAKEINTRESOURCE(32514)
#define IDI_WARNING     MAKEINTRESOURCE(32515)
#define IDI_EXCLAMATION MAKEINTRESOURCE(32515)
#define IDI_INFORMATION MAKEINTRESOURCE(32516)
#define IDI_ASTERISK    MAKEINTRESOURCE(32516)
#define IDI_WINLOGO     MAKEINTRESOURCE(32517)
#define IDI_SHIELD      MAKEINTRESOURCE(32518)

#define CreateWindowA(lpClassName, lpWindowName, dwStyle, x, y, nWidth, nHeight, hWndParent, hMenu, hInstance, lpParam) \
  CreateWindowExA(0, lpClassName, lpWindowName, dwStyle, x, y, nWidth, nHeight, hWndParent, hMenu, hInstance, lpParam)
#define CreateWindowW(lpClassName, lpWindowName, dwStyle, x, y, nWidth, nHeight, hWndParent, hMenu, hInstance, lpParam) \
  CreateWindowExW(0, lpClassName, lpWindowName, dwStyle, x, y, nWidth, nHeight, hWndParent, hMenu, hInstance, lpParam)

#ifdef UNICODE
typedef WNDCLASSW WNDCLASS;
typedef PWNDCLASSW PWNDCLASS;
typedef LPWNDCLASSW LPWNDCLASS;
typedef WNDCLASSEXW WNDCLASSEX;
typedef PWNDCLASSEXW PWNDCLASSEX;
typedef LPWNDCLASSEXW LPWNDCLASSEX;
typedef CREATESTRUCTW CREATESTRUCT;
typedef LPCREATESTRUCTW LPCREATESTRUCT;
#define CallWindowProc        CallWindowProcW
#define CreateWindow          CreateWindowW
#define CreateWindowEx        CreateWindowExW
#define DefWindowProc         DefWindowProcW
#define DispatchMessage       DispatchMessageW
#define FindWindow            FindWindowW
#define FindWindowEx          FindWindowExW
#define GetClassInfo          GetClassInfoW
#define GetClassInfoEx        GetClassInfoExW
#define GetClassLong          GetClassLongW
#define GetClassLongPtr       GetClassLongPtrW
#define GetClassName          GetClassNameW
#define GetMessage            GetMessageW
#define GetWindowLong         GetWindowLongW
#define GetWindowLongPtr      GetWindowLongPtrW
#define GetWindowText         GetWindowTextW
#define GetWindowTextLength   GetWindowTextLengthW
#define LoadCursor            LoadCursorW
#define LoadIcon              LoadIconW
#define MAKEINTRESOURCE       MAKEINTRESOURCEW
#define PeekMessage           PeekMessageW
#define PostMessage           PostMessageW
#define PostThreadMessage     PostThreadMessageW
#define RegisterClass         RegisterClassW
#define RegisterClassEx       RegisterClassExW
#define RegisterWindowMessage RegisterWindowMessageW
#define SendMessage           SendMessageW
#define SendMessageTimeout    SendMessageTimeoutW
#define SendNotifyMessage     SendNotifyMessageW
#define SetClassLong          SetClassLongW
#define SetClassLongPtr       SetClassLongPtrW
#define SetWindowLong         SetWindowLongW
#define SetWindowLongPtr      SetWindowLongPtrW
#define SetWindowText         SetWindowTextW
#define UnregisterClass       UnregisterClassW
#else
typedef WNDCLASSA WNDCLASS;
typedef PWNDCLASSA PWNDCLASS;
typedef LPWNDCLASSA LPWNDCLASS;
typedef WNDCLASSEXA WNDCLASSEX;
typedef PWNDCLASSEXA PWNDCLASSEX;
typedef LPWNDCLASSEXA LPWNDCLASSEX;
typedef CREATESTRUCTA CREATESTRUCT;
typedef LPCREATESTRUCTA LPCREATESTRUCT;
#define CallWindowProc        CallWindowProcA
#define CreateWindow          CreateWindowA
#define CreateWindowEx        CreateWindowExA
#define DefWindowProc         DefWindowProcA
#define DispatchMessage       DispatchMessageA
#define FindWindow            FindWindowA
#define FindWindowEx          FindWindowExA
#define GetClassInfo          GetClassInfoA
#define GetClassInfoEx        GetClassInfoExA
#define GetClassLong          GetClassLongA
#define GetClassLongPtr       GetClassLongPtrA
#define GetClassName          GetClassNameA
#define GetMessage            GetMessageA
#define GetWindowLong         GetWindowLongA
#define GetWindowLongPtr      GetWindowLongPtrA
#define GetWindowText         GetWindowTextA
#define GetWindowTextLength   GetWindowTextLengthA
#define LoadCursor            LoadCursorA
#define LoadIcon              LoadIconA
#define MAKEINTRESOURCE       MAKEINTRESOURCEA
#define PeekMessage           PeekMessageA
#define PostMessage           PostMessageA
#define PostThreadMessage     PostThreadMessageA
#define RegisterClass         RegisterClassA
#define RegisterClassEx       RegisterClassExA
#define RegisterWindowMessage RegisterWindowMessageA
#define SendMessage           SendMessageA
#define SendMessageTimeout    SendMessageTimeoutA
#define SendNotifyMessage     SendNotifyMessageA
#define SetClassLong          SetClassLongA
#define SetClassLongPtr       SetClassLongPtrA
#define SetWindowLong         SetWindowLongA
#define SetWindowLongPtr      SetWindowLongPtrA
#define SetWindowText         SetWindowTextA
#define UnregisterClass       UnregisterClassA
#endif

_WS2_BEGIN_DECLS

ATOM WINAPI RegisterClassA(const WNDCLASSA *lpWndClass);
ATOM WINAPI RegisterClassW(const WNDCLASSW *lpWndClass);
ATOM WINAPI RegisterClassExA(const WNDCLASSEXA *lpWndClass);
ATOM WINAPI RegisterClassExW(const WNDCLASSEXW *lpWndClass);
BOOL WINAPI UnregisterClassA(LPCSTR lpClassName, HINSTANCE hInstance);
BOOL WINAPI UnregisterClassW(LPCWSTR lpClassName, HINSTANCE hInstance);
BOOL WINAPI GetClassInfoA(HINSTANCE hInstance, LPCSTR lpClassName, LPWNDCLASSA lpWndClass);
BOOL WINAPI GetClassInfoW(HINSTANCE hInstance, LPCWSTR lpClassName, LPWNDCLASSW lpWndClass);
BOOL WINAPI GetClassInfoExA(HINSTANCE hInstance, LPCSTR lpszClass, LPWNDCLASSEXA lpwcx);
BOOL WINAPI GetClassInfoExW(HINSTANCE hInstance, LPCWSTR lpszClass, LPWNDCLASSEXW lpwcx);
int WINAPI GetClassNameA(HWND hWnd, LPSTR lpClassName, int nMaxCount);
int WINAPI GetClassNameW(HWND hWnd, LPWSTR lpClassName, int nMaxCount);
HWND WINAPI CreateWindowExA(DWORD dwExStyle, LPCSTR lpClassName, LPCSTR lpWindowName, DWORD dwStyle, int X,
                            int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance,
                            LPVOID lpParam);
HWND WINAPI CreateWindowExW(DWORD dwExStyle, LPCWSTR lpClassName, LPCWSTR lpWindowName, DWORD dwStyle, int X,
                            int Y, int nWidth, int nHeight, HWND hWndParent, HMENU hMenu, HINSTANCE hInstance,
                            LPVOID lpParam);
BOOL WINAPI DestroyWindow(HWND hWnd);
BOOL WINAPI ShowWindow(HWND hWnd, int nCmdShow);
BOOL WINAPI IsWindowVisible(HWND hWnd);
BOOL WINAPI UpdateWindow(HWND hWnd);
BOOL WINAPI IsWindow(HWND hWnd);
BOOL WINAPI IsWindowUnicode(HWND hWnd);
BOOL WINAPI IsChild(HWND hWndParent, HWND hWnd);
HWND WINAPI GetParent(HWND hWnd);
DWORD WINAPI GetWindowThreadProcessId(HWND hWnd, LPDWORD lpdwProcessId);
HWND WINAPI FindWindowA(LPCSTR lpClassName, LPCSTR lpWindowName);
HWND WINAPI FindWindowW(LPCWSTR lpClassName, LPCWSTR lpWindowName);
HWND WINAPI FindWindowExA(HWND hWndParent, HWND hWndChildAfter, LPCSTR lpszClass, LPCSTR lpszWindow);
HWND WINAPI FindWindowExW(HWND hWndParent, HWND hWndChildAfter, LPCWSTR lpszClass, LPCWSTR lpszWindow);
LONG WINAPI GetWindowLongA(HWND hWnd, int nIndex);
LONG WINAPI GetWindowLongW(HWND hWnd, int nIndex);
LONG_PTR WINAPI GetWindowLongPtrA(HWND hWnd, int nIndex);
LONG_PTR WINAPI GetWindowLongPtrW(HWND hWnd, int nIndex);
LONG WINAPI SetWindowLongA(HWND hWnd, int nIndex, LONG dwNewLong);
LONG WINAPI SetWindowLongW(HWND hWnd, int nIndex, LONG dwNewLong);
LONG_PTR WINAPI SetWindowLongPtrA(HWND hWnd, int nIndex, LONG_PTR dwNewLong);
LONG_PTR WINAPI SetWindowLongPtrW(HWND hWnd, int nIndex, LONG_PTR dwNewLong);
DWORD WINAPI GetClassLongA(HWND hWnd, int nIndex);
DWORD WINAPI GetClassLongW(HWND hWnd, int nIndex);
ULONG_PTR WINAPI GetClassLongPtrA(HWND hWnd, int nIndex);
ULONG_PTR WINAPI GetClassLongPtrW(HWND hWnd, int nIndex);
DWORD WINAPI SetClassLongA(HWND hWnd, int nIndex, LONG dwNewLong);
DWORD WINAPI SetClassLongW(HWND hWnd, int nIndex, LONG dwNewLong);
ULONG_PTR WINAPI SetClassLongPtrA(HWND hWnd, int nIndex, LONG_PTR dwNewLong);
ULONG_PTR WINAPI SetClassLongPtrW(HWND hWnd, int nIndex, LONG_PTR dwNewLong);
LRESULT WINAPI DefWindowProcA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
LRESULT WINAPI DefWindowProcW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
LRESULT WINAPI CallWindowProcA(WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
LRESULT WINAPI CallWindowProcW(WNDPROC lpPrevWndFunc, HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
BOOL WINAPI SetWindowTextA(HWND hWnd, LPCSTR lpString);
BOOL WINAPI SetWindowTextW(HWND hWnd, LPCWSTR lpString);
int WINAPI GetWindowTextA(HWND hWnd, LPSTR lpString, int nMaxCount);
int WINAPI GetWindowTextW(HWND hWnd, LPWSTR lpString, int nMaxCount);
int WINAPI GetWindowTextLengthA(HWND hWnd);
int WINAPI GetWindowTextLengthW(HWND hWnd);
BOOL WINAPI GetMessageA(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax);
BOOL WINAPI GetMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax);
BOOL WINAPI PeekMessageA(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg);
BOOL WINAPI PeekMessageW(LPMSG lpMsg, HWND hWnd, UINT wMsgFilterMin, UINT wMsgFilterMax, UINT wRemoveMsg);
LRESULT WINAPI DispatchMessageA(const MSG *lpMsg);
LRESULT WINAPI DispatchMessageW(const MSG *lpMsg);
BOOL WINAPI TranslateMessage(const MSG *lpMsg);
BOOL WINAPI WaitMessage(VOID);
DWORD WINAPI GetQueueStatus(UINT flags);
LONG WINAPI GetMessageTime(VOID);
DWORD WINAPI MsgWaitForMultipleObjects(UINT nCount, const HANDLE *pHandles, BOOL fWaitAll, UINT
                                       dwMilliseconds, DWORD dwWakeMask);
DWORD WINAPI MsgWaitForMultipleObjectsEx(UINT nCount, const HANDLE *pHandles, UINT dwMilliseconds, DWORD
                                         dwWakeMask, DWORD dwFlags);
BOOL WINAPI PostMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
BOOL WINAPI PostMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
BOOL WINAPI PostThreadMessageA(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam);
BOOL WINAPI PostThreadMessageW(DWORD idThread, UINT Msg, WPARAM wParam, LPARAM lParam);
VOID WINAPI PostQuitMessage(int nExitCode);
LRESULT WINAPI SendMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
LRESULT WINAPI SendMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
LRESULT WINAPI SendMessageTimeoutA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags, UINT
                                   uTimeout, PDWORD_PTR lpdwResult);
LRESULT WINAPI SendMessageTimeoutW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam, UINT fuFlags, UINT
                                   uTimeout, PDWORD_PTR lpdwResult);
BOOL WINAPI SendNotifyMessageA(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
BOOL WINAPI SendNotifyMessageW(HWND hWnd, UINT Msg, WPARAM wParam, LPARAM lParam);
BOOL WINAPI ReplyMessage(LRESULT lResult);
BOOL WINAPI InSendMessage(VOID);
DWORD WINAPI InSendMessageEx(LPVOID lpReserved);
UINT WINAPI RegisterWindowMessageA(LPCSTR lpString);
UINT WINAPI RegisterWindowMessageW(LPCWSTR lpString);
UINT_PTR WINAPI SetTimer(HWND hWnd, UINT_PTR nIDEvent, UINT uElapse, TIMERPROC lpTimerFunc);
BOOL WINAPI KillTimer(HWND hWnd, UINT_PTR uIDEvent);
HCURSOR WINAPI LoadCursorA(HINSTANCE hInstance, LPCSTR lpCursorName);
HCURSOR WINAPI LoadCursorW(HINSTANCE hInstance, LPCWSTR lpCursorName);
HICON WINAPI LoadIconA(HINSTANCE hInstance, LPCSTR lpIconName);
HICON WINAPI LoadIconW(HINSTANCE hInstance, LPCWSTR lpIconName);

_WS2_END_DECLS

/* Letters of the other case, and formatted text. */
#ifdef UNICODE
#define CharLower CharLowerW
#define CharLowerBuff CharLowerBuffW
#define CharUpper CharUpperW
#define CharUpperBuff CharUpperBuffW
#define wsprintf wsprintfW
#define wvsprintf wvsprintfW
#else
#define CharLower CharLowerA
#define CharLowerBuff CharLowerBuffA
#define CharUpper CharUpperA
#define CharUpperBuff CharUpperBuffA
#define wsprintf wsprintfA
#define wvsprintf wvsprintfA
#endif

_WS2_BEGIN_DECLS

LPSTR WINAPI CharLowerA(LPSTR lpsz);
LPWSTR WINAPI CharLowerW(LPWSTR lpsz);
DWORD WINAPI CharLowerBuffA(LPSTR lpsz, DWORD cchLength);
DWORD WINAPI CharLowerBuffW(LPWSTR lpsz, DWORD cchLength);
LPSTR WINAPI CharUpperA(LPSTR lpsz);
LPWSTR WINAPI CharUpperW(LPWSTR lpsz);
DWORD WINAPI CharUpperBuffA(LPSTR lpsz, DWORD cchLength);
DWORD WINAPI CharUpperBuffW(LPWSTR lpsz, DWORD cchLength);

_WS2_END_DECLS

/* The text is cut where 1,024 characters end, its NUL included. */
_WS2_INLINE int WINAPIV wvsprintfA(LPSTR text, LPCSTR format, va_list list) {
  enum { ROOM = 1024 };
  int length = _ws2_vformat(text, ROOM, format, 1, list);
  return length < ROOM ? length : ROOM - 1;
}

_WS2_INLINE int WINAPIV wsprintfA(LPSTR text, LPCSTR format, ...) {
  int length;
  va_list list;
  va_start(list, format);
  length = wvsprintfA(text, format, list);
  va_end(list);
  return length;
}
_WS2_INLINE int WINAPIV wvsprintfW(LPWSTR text, LPCWSTR format, va_list list) {
  enum { ROOM = 1024 };
  int length = _ws2_vformat(text, ROOM, format, 2, list);
  return length < ROOM ? length : ROOM - 1;
}

_WS2_INLINE int WINAPIV wsprintfW(LPWSTR text, LPCWSTR format, ...) {
  int length;
  va_list list;
  va_start(list, format);
  length = wvsprintfW(text, format, list);
  va_end(list);
  return length;
}

#endif
