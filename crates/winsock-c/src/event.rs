//! Events.

use crate::export;
use winsock::win32::*;

export! {
    "CreateEventA" fn CreateEventA(lpeventattributes: *const SECURITY_ATTRIBUTES, bmanualreset: BOOL, binitialstate: BOOL, lpname: PCSTR) -> HANDLE;
    "CreateEventW" fn CreateEventW(lpeventattributes: *const SECURITY_ATTRIBUTES, bmanualreset: BOOL, binitialstate: BOOL, lpname: PCWSTR) -> HANDLE;
    "CreateEventExA" fn CreateEventExA(lpeventattributes: *const SECURITY_ATTRIBUTES, lpname: PCSTR, dwflags: CREATE_EVENT, dwdesiredaccess: u32) -> HANDLE;
    "CreateEventExW" fn CreateEventExW(lpeventattributes: *const SECURITY_ATTRIBUTES, lpname: PCWSTR, dwflags: CREATE_EVENT, dwdesiredaccess: u32) -> HANDLE;
    "OpenEventA" fn OpenEventA(dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS, binherithandle: BOOL, lpname: PCSTR) -> HANDLE;
    "OpenEventW" fn OpenEventW(dwdesiredaccess: SYNCHRONIZATION_ACCESS_RIGHTS, binherithandle: BOOL, lpname: PCWSTR) -> HANDLE;
    "PulseEvent" fn PulseEvent(hevent: HANDLE) -> BOOL;
    "ResetEvent" fn ResetEvent(hevent: HANDLE) -> BOOL;
    "SetEvent" fn SetEvent(hevent: HANDLE) -> BOOL;
    "WSAAsyncSelect" fn WSAAsyncSelect(s: SOCKET, hwnd: HWND, wmsg: u32, levent: i32) -> i32;
    "WSACloseEvent" fn WSACloseEvent(hevent: WSAEVENT) -> BOOL;
    "WSACreateEvent" fn WSACreateEvent() -> WSAEVENT;
    "WSAEnumNetworkEvents" fn WSAEnumNetworkEvents(s: SOCKET, heventobject: WSAEVENT, lpnetworkevents: *mut WSANETWORKEVENTS) -> i32;
    "WSAEventSelect" fn WSAEventSelect(s: SOCKET, heventobject: WSAEVENT, lnetworkevents: i32) -> i32;
    "WSAResetEvent" fn WSAResetEvent(hevent: WSAEVENT) -> BOOL;
    "WSASetEvent" fn WSASetEvent(hevent: WSAEVENT) -> BOOL;
}
