//! Windows Sockets 2 in Rust, on Linux and on Windows.
//!
//! On Linux this crate *is* Winsock: its functions, its rules and its error codes, straight on the system calls. On
//! Windows the same program sits on the system's own. There are two ways in:
//!
//! - the **safe API**: [`Socket`] and what goes with it. `std::net`'s addresses, [`Read`](std::io::Read) and
//!   [`Write`](std::io::Write), methods for options, one [`Error`] with Winsock's codes. No unsafe code, nothing to
//!   start, nothing to clean up.
//! - the **raw API**, [`win32`]: Winsock's functions under the names, signatures and types of `windows-sys`, for
//!   programs that were written against those.
//!
//! Both work on the same sockets: [`Socket::as_raw`] and [`Socket::from_raw`] lead from one to the other.
//!
//! # An echo server and its client
//!
//! ```
//! use std::io::{Read, Write};
//! use std::{io, thread};
//! use winsock::{Error, Family, Shutdown, Socket};
//!
//! /// Sends back what comes, until the client has ended its side.
//! fn echo(client: Socket) -> io::Result<u64> {
//!     io::copy(&mut &client, &mut &client)
//! }
//!
//! fn main() -> io::Result<()> {
//!     let listener = Socket::stream(Family::IPV4)?;
//!     listener.bind(([127, 0, 0, 1], 0))?; // port 0: any that is free
//!     listener.listen(5)?;
//!     let address = listener.local_addr()?;
//!     let server = thread::spawn(move || echo(listener.accept()?.0));
//!
//!     let mut client = Socket::stream(Family::of(address))?;
//!     client.connect(address)?;
//!     client.set_nodelay(true)?;
//!     client.write_all(b"this is a test")?;
//!     client.shutdown(Shutdown::Send)?;
//!     let mut answer = String::new();
//!     client.read_to_string(&mut answer)?;
//!     assert_eq!(answer, "this is a test");
//!     assert_eq!(server.join().unwrap()?, 14);
//!
//!     // The listener is closed by now. Failures are Winsock's codes, and say so.
//!     let late = Socket::stream(Family::IPV4)?;
//!     let error = late.connect(address).unwrap_err();
//!     assert_eq!(error, Error::WSAECONNREFUSED);
//!     assert_eq!(error.to_string(), "WSAECONNREFUSED (10061): the target refused the connection");
//!     Ok(())
//! }
//! ```
//!
//! # What is where
//!
//! | to | use | Winsock's names |
//! |---|---|---|
//! | make, connect, send, receive | [`Socket`], [`Family`], [`Type`], [`Protocol`], [`Shutdown`] | `socket`, `bind`, `listen`, `accept`, `connect`, `send`, `recv`, `WSASend`, ... |
//! | set options | the methods of [`Socket`] | `setsockopt`, `getsockopt`, `ioctlsocket` |
//! | wait for several sockets | [`poll()`] with [`PollEntry`], [`select()`] with [`SocketSet`] | `WSAPoll`, `select` |
//! | be told of what happens by an event | [`Socket::select_events`], [`NetworkEvents`], [`NetworkRecord`] | `WSAEventSelect`, `WSAEnumNetworkEvents` |
//! | be told of it by messages | [`Socket::select_messages`], [`NetworkMessage`], [`Window`], [`MessageLoop`] | `WSAAsyncSelect`, `CreateWindowEx`, `GetMessage` |
//! | serve many sockets with few threads | [`CompletionPort`], [`PortSocket`], [`Completion`], [`Accepted`], [`engine()`] | `CreateIoCompletionPort`, `GetQueuedCompletionStatus`, `PostQueuedCompletionStatus`, `AcceptEx`, `ConnectEx` |
//! | start operations and wait for their ends | [`Pending`], [`Outcome`], [`Event`], [`wait_any`], [`wait_all`] | `OVERLAPPED`, `WSAGetOverlappedResult`, `CancelIoEx`, `WSAEVENT` |
//! | be told of their ends by closures | [`routines`] | completion routines, `SleepEx` |
//! | be told of Ctrl-C and its kin | [`on_control`], [`ControlEvent`] | `SetConsoleCtrlHandler` |
//! | look names up | [`resolve()`], [`Resolver`], [`name_of`], [`host_name`] | `GetAddrInfoW`, `GetNameInfoW`, `GetHostNameW` |
//! | understand a failure | [`Error`], which becomes a [`std::io::Error`] | `WSAGetLastError` |
//! | meet faults on purpose, to test what follows | [`faults()`], by the variable `WINSOCK_FAULTS` | |
//! | mix with raw calls | [`Socket::as_raw`], [`Socket::into_raw`], [`Socket::from_raw`], [`SockAddr`] | `SOCKET`, `SOCKADDR` |
//! | call Winsock as it is | [`win32`] | all of them |
//!
//! Winsock's names are in the search of this documentation: look for `WSAPoll`, and you find [`poll()`].
//!
//! # Worked examples
//!
//! The folder `examples` has the programs of Microsoft's guide and of its sample set on the safe API. Begin with
//! `guide_server` and `guide_client`; `simples` and `simplec` are the same for TCP, UDP and both families. Many sockets in
//! one thread: `simples_ioctl` and `accept_server` ([`select()`]), `poll` ([`poll()`]), `overlap` ([`Pending`] and
//! [`wait_any`]). A few threads for any number: `iocpserver` and `iocpserverex` ([`CompletionPort`]). `iocpclient` and
//! `accept_client` keep servers busy.
//!
//! # Start-up
//!
//! The safe API calls `WSAStartup` for version 2.2 the first time it is needed, and never calls `WSACleanup`: sockets
//! stay usable until the program ends. Parts of the program that call both for themselves do not disturb it.
//!
//! # Platforms
//!
//! - **Linux**: the implementation of this crate. A socket is a descriptor of Linux: [`Socket`] has
//!   [`AsFd`](std::os::fd::AsFd), and converts from and to [`OwnedFd`](std::os::fd::OwnedFd). `libc`'s sockets and
//!   `std::net` go on working beside it, in the same process and with each other.
//! - **Windows**: `ws2_32.dll`, through `windows-sys`. [`Socket`] has `AsSocket`, and converts from and to
//!   `OwnedSocket`.
//!
//! Where Linux differs from what Microsoft's documentation says of a function, its page here says so under
//! *On Linux*.

mod address;
mod console;
#[cfg(target_os = "linux")]
mod descriptor;
mod engine;
mod error;
mod event;
mod faults;
#[cfg(windows)]
mod handle;
#[cfg(target_os = "linux")]
mod linux;
mod loan;
mod network_events;
mod option;
mod outcome;
mod pending;
mod poll;
mod port;
mod raw;
mod resolve;
mod routine;
mod select;
mod socket;
mod startup;
#[allow(non_snake_case, non_camel_case_types, reason = "the names are Winsock's")]
pub mod win32;
mod window;

pub use address::{Family, Protocol, SockAddr, Type};
pub use console::{ControlEvent, ControlHandler, on_control, send_control};
pub use engine::{Engine, EngineChoice, engine};
pub use error::Error;
pub use event::{Event, Reset, Waitable, wait_all, wait_any};
pub use faults::{Faults, faults};
pub use network_events::{NetworkEvents, NetworkMessage, NetworkRecord};
pub use outcome::{Accepted, NotStarted, Operation, Outcome};
pub use pending::{Finished, Pending};
pub use poll::{PollEntry, PollEvents, poll};
pub use port::{Completion, CompletionPort, PortSocket};
pub use resolve::{Resolver, Service, host_name, name_of, resolve};
pub use routine::{Routines, routines};
pub use select::{SocketSet, select};
pub use socket::{Shutdown, Socket};
pub use window::{Message, MessageLoop, Window, WindowHandle, Woken};

/// The README's program is a test.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
