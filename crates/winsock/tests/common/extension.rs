//! The extension functions under their names on Windows too, which gives them by `WSAIoctl` alone.
#![cfg(windows)]
#![allow(
    unsafe_code,
    dead_code,
    non_snake_case,
    unreachable_pub,
    reason = "the names are Winsock's; each test file uses its own part of this one"
)]

use std::ffi::c_void;
use std::ptr::null_mut;
use winsock::win32::*;

/// What the provider of TCP and UDP gives for an identifier.
///
/// # Safety
/// `F` is the `LPFN_...` of the function that `id` names.
unsafe fn find<F: Default + IntoIterator>(id: &GUID) -> F::Item {
    // SAFETY: no memory is passed.
    let any = unsafe { socket(AF_INET.into(), SOCK_STREAM, 0) };
    let (mut function, mut bytes) = (F::default(), 0);
    let (input, input_len) = (std::ptr::from_ref(id).cast(), size_of::<GUID>() as u32);
    let (output, output_len) = ((&raw mut function).cast(), size_of::<F>() as u32);
    let command = SIO_GET_EXTENSION_FUNCTION_POINTER;
    // SAFETY: the identifier is readable, and the function's place is as long as a pointer, which is what it gets.
    let found =
        unsafe { WSAIoctl(any, command, input, input_len, output, output_len, &mut bytes, null_mut(), None) };
    // SAFETY: no memory is passed.
    assert_eq!((found, unsafe { closesocket(any) }), (0, 0), "the function is there once Winsock is started");
    function.into_iter().next().expect("a pointer")
}

/// Functions that look for themselves and pass their arguments on.
macro_rules! extensions {
    ($($name:ident: $pointer:ident, $id:ident ($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        pub unsafe extern "system" fn $name($($argument: $type),*) -> $result {
            // SAFETY: the identifier is that of the type.
            let function = unsafe { find::<$pointer>(&$id) };
            // SAFETY: the caller's promises are those of the function.
            unsafe { function($($argument),*) }
        }
    )*};
}

extensions! {
    ConnectEx: LPFN_CONNECTEX, WSAID_CONNECTEX (
        s: SOCKET, name: *const SOCKADDR, name_len: i32, data: *const c_void, data_len: u32, sent: *mut u32,
        overlapped: *mut OVERLAPPED
    ) -> BOOL;
    DisconnectEx: LPFN_DISCONNECTEX, WSAID_DISCONNECTEX (
        s: SOCKET, overlapped: *mut OVERLAPPED, flags: u32, reserved: u32
    ) -> BOOL;
    TransmitPackets: LPFN_TRANSMITPACKETS, WSAID_TRANSMITPACKETS (
        s: SOCKET, elements: *const TRANSMIT_PACKETS_ELEMENT, count: u32, send_size: u32,
        overlapped: *mut OVERLAPPED, flags: u32
    ) -> BOOL;
    WSARecvMsg: LPFN_WSARECVMSG, WSAID_WSARECVMSG (
        s: SOCKET, message: *mut WSAMSG, received: *mut u32, overlapped: *mut OVERLAPPED,
        routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE
    ) -> i32;
}
