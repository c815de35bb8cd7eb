//! Windows and messages: the part of user32 that works without a display.
//!
//! The functions exist twice where texts are involved: in the names that end in A a text is UTF-8, in those that end
//! in W UTF-16. None of them needs `WSAStartup`.

mod class;
mod create;
mod find;
mod look;
mod procedure;
mod queue;
mod send;
mod text;
mod timer;
mod words;

pub use self::{class::*, create::*, find::*, look::*, procedure::*, queue::*, send::*, timer::*, words::*};
