//! Windows that are there for messages, and the loop that takes them.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use crate::raw::window::{self, Taken};
use crate::win32::{HANDLE, WM_APP, WM_TIMER};
use crate::{Error, Waitable};

/// A message of a [`Window`]: a number and two parameters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Message {
    /// [`Message::FIRST`] or above, or [`Message::TIMER`].
    pub number: u32,
    /// The first parameter; the number of a timer.
    pub wparam: usize,
    /// The second parameter.
    pub lparam: isize,
}

impl Message {
    /// `WM_APP`: the first number that is a program's own.
    #[doc(alias = "WM_APP")]
    pub const FIRST: u32 = WM_APP;
    /// `WM_TIMER`: what a timer tells.
    #[doc(alias = "WM_TIMER")]
    pub const TIMER: u32 = WM_TIMER;

    /// A message of the program's own.
    pub fn new(number: u32, wparam: usize, lparam: isize) -> Message {
        Message { number, wparam, lparam }
    }
}

/// A message-only window: a closure that runs for the messages which the window is told, in the thread that made it, while
/// that takes its messages: in [`MessageLoop`], or while it waits for the answer to one that it has sent.
///
/// The closure gets timers and messages of the program's own; the system's are left to `DefWindowProc`. A panic in it goes
/// on in the call of [`MessageLoop`] that took the message. Dropping the window destroys it.
///
/// ```
/// use std::time::Duration;
/// use winsock::{Error, Message, MessageLoop, Window};
///
/// const GREET: u32 = Message::FIRST;
///
/// let window = Window::new(|message| match message.number {
///     GREET => 10 * message.wparam as isize,
///     Message::TIMER => {
///         MessageLoop::quit(3);
///         0
///     }
///     _ => 0,
/// })?;
/// let elsewhere = window.handle();
/// let thread = std::thread::spawn(move || elsewhere.send(Message::new(GREET, 4, 0), None));
///
/// window.set_timer(1, Duration::from_millis(50))?;
/// assert_eq!(MessageLoop::run()?, 3);
/// # while !thread.is_finished() { MessageLoop::run_pending()?; }
/// assert_eq!(thread.join().unwrap()?, 40);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "CreateWindowEx")]
#[doc(alias = "HWND")]
pub struct Window {
    handle: WindowHandle,
    /// It belongs to its thread.
    _thread: PhantomData<*const ()>,
}

impl Window {
    /// `CreateWindowExW` with `HWND_MESSAGE`: a window of the calling thread's.
    ///
    /// Microsoft's page: `winuser/nf-winuser-createwindowexw`.
    ///
    /// # Errors
    /// `ERROR_NO_MORE_USER_HANDLES`.
    #[doc(alias = "RegisterClass")]
    pub fn new(procedure: impl Fn(Message) -> isize + 'static) -> Result<Window, Error> {
        let closure = Box::new(move |number, wparam, lparam| procedure(Message { number, wparam, lparam }));
        let handle = WindowHandle(window::create(closure)?);
        Ok(Window { handle, _thread: PhantomData })
    }

    /// What other threads reach the window by.
    pub fn handle(&self) -> WindowHandle {
        self.handle
    }

    /// `SetTimer`: from now on the closure gets [`Message::TIMER`] with this number each time the period has passed,
    /// once however often it has, when there is no other message. A timer of that number is started anew. The period is 10
    /// milliseconds at least.
    ///
    /// Microsoft's page: `winuser/nf-winuser-settimer`.
    ///
    /// # Errors
    /// None that a window which is there gives.
    #[doc(alias = "SetTimer")]
    pub fn set_timer(&self, id: usize, period: Duration) -> Result<(), Error> {
        window::set_timer(self.handle.0, id, period)
    }

    /// `KillTimer`: ends a timer.
    ///
    /// Microsoft's page: `winuser/nf-winuser-killtimer`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for one that is not there.
    #[doc(alias = "KillTimer")]
    pub fn kill_timer(&self, id: usize) -> Result<(), Error> {
        window::kill_timer(self.handle.0, id)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        window::destroy(self.handle.0);
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Window").field(&self.handle.0).finish()
    }
}

/// A [`Window`] as every thread may know it. It may be gone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct WindowHandle(usize);

impl WindowHandle {
    /// The handle, for calls of [`win32`](crate::win32).
    pub fn as_raw(self) -> HANDLE {
        std::ptr::with_exposed_provenance_mut(self.0)
    }

    /// `PostMessageW`: puts a message into the queue of the window's thread.
    ///
    /// Microsoft's page: `winuser/nf-winuser-postmessagew`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for a number below [`Message::FIRST`], `ERROR_INVALID_WINDOW_HANDLE`,
    /// `ERROR_NOT_ENOUGH_QUOTA` if 10,000 messages wait.
    #[doc(alias = "PostMessage")]
    pub fn post(self, message: Message) -> Result<(), Error> {
        message.check()?;
        window::post(self.0, message.number, message.wparam, message.lparam)
    }

    /// `SendMessageTimeoutW`: has the closure run, in the window's thread, and waits for its answer: without limit for
    /// `None`. Meanwhile the calling thread runs what is sent to its own windows.
    ///
    /// Microsoft's page: `winuser/nf-winuser-sendmessagetimeoutw`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for a number below [`Message::FIRST`], `ERROR_INVALID_WINDOW_HANDLE`, also when window or thread
    /// end before they answer, `ERROR_TIMEOUT`.
    #[doc(alias = "SendMessage")]
    #[doc(alias = "SendMessageTimeout")]
    pub fn send(self, message: Message, timeout: Option<Duration>) -> Result<isize, Error> {
        message.check()?;
        let answer = window::send(self.0, message.number, message.wparam, message.lparam, timeout);
        window::go_on_panicking();
        answer
    }
}

impl Message {
    /// The system's own messages may carry pointers.
    fn check(self) -> Result<(), Error> {
        if self.number < Message::FIRST { Err(Error::WSA_INVALID_PARAMETER) } else { Ok(()) }
    }
}

/// What ended [`MessageLoop::wait`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Woken {
    /// The object at this place is signalled.
    Object(usize),
    /// There is a message.
    Message,
    /// The time has run out.
    TimedOut,
}

/// The calling thread's messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct MessageLoop;

impl MessageLoop {
    /// `GetMessageW` and `DispatchMessageW`, until the quit message, whose code is the answer.
    ///
    /// Microsoft's page: `winuser/nf-winuser-getmessagew`.
    ///
    /// # Errors
    /// None that a thread gives.
    ///
    /// # Panics
    /// As a closure did.
    #[doc(alias = "GetMessage")]
    #[doc(alias = "DispatchMessage")]
    pub fn run() -> Result<i32, Error> {
        loop {
            match window::take(true)? {
                Taken::Quit(code) => return Ok(code),
                Taken::Dispatched | Taken::None => {}
            }
        }
    }

    /// `PeekMessageW` and `DispatchMessageW`, until there is no message. Answers the code of the quit message, if it came.
    ///
    /// Microsoft's page: `winuser/nf-winuser-peekmessagew`.
    ///
    /// # Errors
    /// None that a thread gives.
    ///
    /// # Panics
    /// As a closure did.
    #[doc(alias = "PeekMessage")]
    pub fn run_pending() -> Result<Option<i32>, Error> {
        loop {
            match window::take(false)? {
                Taken::Quit(code) => return Ok(Some(code)),
                Taken::None => return Ok(None),
                Taken::Dispatched => {}
            }
        }
    }

    /// `PostQuitMessage`: the calling thread's loop ends with this code, when it has taken what is posted.
    ///
    /// Microsoft's page: `winuser/nf-winuser-postquitmessage`.
    #[doc(alias = "PostQuitMessage")]
    pub fn quit(code: i32) {
        window::quit(code);
    }

    /// `MsgWaitForMultipleObjectsEx`: waits until one of up to 63 objects is signalled or there is a message, which
    /// [`MessageLoop::run_pending`] takes.
    ///
    /// Microsoft's page: `winuser/nf-winuser-msgwaitformultipleobjectsex`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for more than 63.
    #[doc(alias = "MsgWaitForMultipleObjects")]
    #[doc(alias = "MsgWaitForMultipleObjectsEx")]
    pub fn wait(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Woken, Error> {
        let handles: Vec<HANDLE> = objects.iter().map(|object| object.as_raw()).collect();
        Ok(match window::wait(&handles, timeout)? {
            None => Woken::TimedOut,
            Some(place) if place == handles.len() => Woken::Message,
            Some(place) => Woken::Object(place),
        })
    }
}
