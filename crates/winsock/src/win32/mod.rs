//! The raw API: Winsock's functions under the names, signatures and types of `windows-sys`.
//!
//! On Windows these are `windows-sys`'s own. On Linux each is a few lines: the boundary (has `WSAStartup` been
//! called, no panic leaves), the caller's memory, the object of the handle, one call of the implementation, the last
//! error. Errors are documented in the order in which they are checked.
//!
//! ```
//! use winsock::win32::*;
//!
//! // SAFETY: the pointer is to a WSADATA of ours.
//! let mut data = unsafe { std::mem::zeroed() };
//! assert_eq!(unsafe { WSAStartup(0x0202, &mut data) }, 0);
//! // SAFETY: no memory is passed.
//! assert_eq!(unsafe { closesocket(12345) }, SOCKET_ERROR);
//! assert_eq!(unsafe { WSAGetLastError() }, WSAENOTSOCK);
//! unsafe { WSACleanup() };
//! ```

mod types;
pub use types::*;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::*;

#[cfg(target_os = "linux")]
mod accept_ex;
#[cfg(target_os = "linux")]
mod address_text;
#[cfg(target_os = "linux")]
mod boundary;
#[cfg(target_os = "linux")]
mod byte_order;
#[cfg(target_os = "linux")]
mod code_page;
#[cfg(target_os = "linux")]
mod connect_by;
#[cfg(target_os = "linux")]
mod connect_ex;
#[cfg(target_os = "linux")]
mod connection;
#[cfg(target_os = "linux")]
mod console;
#[cfg(target_os = "linux")]
mod console_mode;
#[cfg(target_os = "linux")]
mod critical_section;
#[cfg(target_os = "linux")]
mod database;
#[cfg(target_os = "linux")]
mod environment;
#[cfg(target_os = "linux")]
mod event;
#[cfg(target_os = "linux")]
mod extension;
#[cfg(target_os = "linux")]
mod file;
#[cfg(target_os = "linux")]
mod file_name;
#[cfg(target_os = "linux")]
mod format_message;
#[cfg(target_os = "linux")]
mod handle;
#[cfg(target_os = "linux")]
mod heap;
#[cfg(target_os = "linux")]
mod init_once;
#[cfg(target_os = "linux")]
mod ioctl;
#[cfg(target_os = "linux")]
mod last_error;
#[cfg(target_os = "linux")]
mod letter_case;
#[cfg(target_os = "linux")]
mod local;
#[cfg(target_os = "linux")]
mod locals;
#[cfg(target_os = "linux")]
mod memory;
#[cfg(target_os = "linux")]
mod message;
#[cfg(target_os = "linux")]
mod module;
#[cfg(target_os = "linux")]
mod mutex;
#[cfg(target_os = "linux")]
mod named;
#[cfg(target_os = "linux")]
mod names;
#[cfg(target_os = "linux")]
mod network_events;
#[cfg(target_os = "linux")]
mod option;
#[cfg(target_os = "linux")]
mod overlapped;
#[cfg(target_os = "linux")]
mod port;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod protocol;
#[cfg(target_os = "linux")]
mod read_write;
#[cfg(target_os = "linux")]
mod select;
#[cfg(target_os = "linux")]
mod semaphore;
#[cfg(target_os = "linux")]
mod socket;
#[cfg(target_os = "linux")]
mod srw_lock;
#[cfg(target_os = "linux")]
mod startup;
#[cfg(target_os = "linux")]
mod string;
#[cfg(target_os = "linux")]
mod system;
#[cfg(target_os = "linux")]
mod text_format;
#[cfg(target_os = "linux")]
mod thread;
#[cfg(target_os = "linux")]
mod threadpool;
#[cfg(target_os = "linux")]
mod time;
#[cfg(target_os = "linux")]
mod timer;
#[cfg(target_os = "linux")]
mod transfer;
#[cfg(target_os = "linux")]
mod transfer_buffers;
#[cfg(target_os = "linux")]
mod transmit;
#[cfg(target_os = "linux")]
mod version;
#[cfg(target_os = "linux")]
mod virtual_memory;
#[cfg(target_os = "linux")]
mod wait;
#[cfg(target_os = "linux")]
mod window;
#[cfg(target_os = "linux")]
mod winsock2;

#[cfg(target_os = "linux")]
pub use self::{
    accept_ex::*,
    address_text::*,
    byte_order::*,
    code_page::*,
    connect_by::*,
    connect_ex::*,
    connection::*,
    console::*,
    console_mode::*,
    critical_section::*,
    database::*,
    environment::*,
    event::*,
    file::*,
    file_name::*,
    format_message::*,
    handle::*,
    heap::*,
    init_once::*,
    ioctl::*,
    last_error::*,
    letter_case::*,
    local::*,
    locals::*,
    message::*,
    module::*,
    mutex::*,
    names::*,
    network_events::*,
    option::*,
    overlapped::{
        CancelIo, CancelIoEx, GetOverlappedResult, GetOverlappedResultEx, RtlNtStatusToDosError,
        SetFileCompletionNotificationModes, WSAGetOverlappedResult,
    },
    port::*,
    process::*,
    protocol::{
        WSADuplicateSocketA, WSADuplicateSocketW, WSAEnumProtocolsA, WSAEnumProtocolsW, WSASocketA,
        WSASocketW,
    },
    read_write::*,
    select::*,
    semaphore::*,
    socket::*,
    srw_lock::*,
    startup::*,
    string::*,
    system::*,
    text_format::{format_arguments, format_text},
    thread::*,
    threadpool::*,
    time::*,
    timer::*,
    transfer::*,
    transfer_buffers::*,
    transmit::*,
    version::*,
    virtual_memory::*,
    wait::*,
    window::*,
    winsock2::*,
};
