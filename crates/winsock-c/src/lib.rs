//! libws2_32: Winsock for C and C++. Exports only: every function is the one of [`winsock::win32`].
//!
//! Names that libc has too are exported with the prefix `ws2_`, and the headers map them back. A plain `socket` here
//! would capture the C library's, and with it `std::net`'s, in the same process.
#![allow(unsafe_code, reason = "exports functions to C")]
#![allow(
    non_snake_case,
    clippy::missing_safety_doc,
    reason = "names and promises are those of winsock::win32"
)]

mod console;
mod environment;
mod event;
mod extension;
mod file;
mod handle;
mod heap;
mod locals;
mod lock;
mod module;
mod names;
mod object;
mod overlapped;
mod port;
mod process;
mod sockets;
mod system;
mod text;
mod thread;
mod threadpool;
mod time;
mod times;
mod virtual_memory;
mod wait;
mod window;
mod winsock2;

// For the test that compares them with their prototypes.
pub use self::{
    console::*, environment::*, event::*, extension::*, file::*, handle::*, heap::*, locals::*, lock::*,
    module::*, names::*, object::*, overlapped::*, port::*, process::*, sockets::*, system::*, text::*,
    thread::*, threadpool::*, time::*, times::*, virtual_memory::*, wait::*, window::*, winsock2::*,
};

/// Exports functions of [`winsock::win32`] under the symbols on the left.
macro_rules! export {
    ($($symbol:literal fn $name:ident($($argument:ident: $type:ty),*) $(-> $result:ty)?;)*) => {$(
        #[doc = concat!("`", stringify!($name), "`: see `winsock::win32`.")]
        #[unsafe(export_name = $symbol)]
        pub unsafe extern "C" fn $name($($argument: $type),*) $(-> $result)? {
            // SAFETY: the caller makes the same promises to the same function.
            unsafe { winsock::win32::$name($($argument),*) }
        }
    )*};
}
use export;
