//! What the tests of network events share: one way to select and to see what is told, for events and for messages.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use super::call::{LIMIT, close_all, rx_some, tx_to};
use super::waiting::{Handle, LIMIT_MS, manual_event};
use super::{bind_loopback, last_error, new};
use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::Once;
use std::time::Instant;
use winsock::win32::*;

pub const READ: u32 = FD_READ;
pub const WRITE: u32 = FD_WRITE;
pub const OOB: u32 = FD_OOB;
pub const ACCEPT: u32 = FD_ACCEPT;
pub const CONNECT: u32 = FD_CONNECT;
pub const CLOSE: u32 = FD_CLOSE;
/// All that happens to sockets.
pub const ALL: u32 = READ | WRITE | OOB | ACCEPT | CONNECT | CLOSE;

/// An event, and its error.
pub type News = (u32, i32);

/// How a program is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Model {
    /// `WSAEventSelect`.
    Event,
    /// `WSAAsyncSelect`.
    Message,
}

/// The number of the messages.
pub const MESSAGE: u32 = WM_APP + 7;

pub const MODELS: [Model; 2] = [Model::Event, Model::Message];

/// `WSAEventSelect`.
pub fn event_select(s: SOCKET, event: Handle, events: u32) -> Result<(), i32> {
    // SAFETY: no memory is passed.
    match unsafe { WSAEventSelect(s, event.0 as WSAEVENT, events as i32) } {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

/// `WSAAsyncSelect`.
pub fn async_select(s: SOCKET, window: usize, message: u32, events: u32) -> Result<(), i32> {
    // SAFETY: no memory is passed.
    match unsafe { WSAAsyncSelect(s, without_provenance_mut(window), message, events as i32) } {
        0 => Ok(()),
        _ => Err(last_error()),
    }
}

/// A window of the calling thread that is told things by messages.
pub fn new_window() -> usize {
    static CLASS: Once = Once::new();
    let name: Vec<u16> = "network events\0".encode_utf16().collect();
    CLASS.call_once(|| {
        let (procedure, name) = (Some(DefWindowProcW as _), name.as_ptr());
        let class = WNDCLASSW { lpfnWndProc: procedure, lpszClassName: name, ..WNDCLASSW::default() };
        // SAFETY: the class is whole.
        assert_ne!(unsafe { RegisterClassW(&class) }, 0, "{}", last_error());
    });
    let (class, none) = (name.as_ptr(), null_mut());
    // SAFETY: the name ends with 0.
    let window =
        unsafe { CreateWindowExW(0, class, null(), 0, 0, 0, 0, 0, HWND_MESSAGE, none, none, null()) };
    assert!(!window.is_null(), "{}", last_error());
    window.addr()
}

/// The next message to a window, if there is one: its number, the socket, the event and its error.
pub fn next_message(window: usize, how: PEEK_MESSAGE_REMOVE_TYPE) -> Option<(u32, SOCKET, News)> {
    let mut message = MSG::default();
    // SAFETY: the message is writable.
    if unsafe { PeekMessageW(&mut message, without_provenance_mut(window), 0, 0, how) } == FALSE {
        return None;
    }
    let (event, error) = (message.lParam as u32 & 0xFFFF, message.lParam as u32 >> 16);
    Some((message.message, message.wParam, (event, error as i32)))
}

/// `WSAEnumNetworkEvents`: the events and their errors, the lowest bit first.
pub fn enumerate(s: SOCKET, event: Option<Handle>) -> Result<Vec<News>, i32> {
    const UNTOUCHED: i32 = 0x5A5A;
    let mut record = WSANETWORKEVENTS { lNetworkEvents: UNTOUCHED, iErrorCode: [UNTOUCHED; 10] };
    let event = event.map_or(0, |event| event.0) as WSAEVENT;
    // SAFETY: the record is writable.
    let done = unsafe { WSAEnumNetworkEvents(s, event, &mut record) };
    if done != 0 {
        assert_eq!(record.lNetworkEvents, UNTOUCHED, "a failure changes nothing");
        return Err(last_error());
    }
    let mut news = Vec::new();
    for (bit, error) in record.iErrorCode.into_iter().enumerate() {
        let event = 1 << bit;
        if record.lNetworkEvents as u32 & event != 0 {
            news.push((event, error));
        } else {
            assert_eq!(error, UNTOUCHED, "the error of an event that did not happen is left alone");
        }
    }
    Ok(news)
}

/// A program that selects events and is told of them.
pub struct Observer {
    model: Model,
    event: Handle,
    window: usize,
    /// A datagram socket that sends to itself: what was on its way before is told before.
    marker: (SOCKET, SOCKADDR_IN, Handle),
}

impl Observer {
    pub fn new(model: Model) -> Observer {
        let marker = new(SOCK_DGRAM);
        let address = bind_loopback(marker);
        let told = manual_event();
        event_select(marker, told, READ).unwrap();
        let window = match model {
            Model::Event => 0,
            Model::Message => new_window(),
        };
        Observer { model, event: manual_event(), window, marker: (marker, address, told) }
    }

    /// Selects events of a socket.
    pub fn select(&self, s: SOCKET, events: u32) {
        match self.model {
            Model::Event => event_select(s, self.event, events).unwrap(),
            Model::Message => async_select(s, self.window, MESSAGE, events).unwrap(),
        }
    }

    /// Whether something has been told, of any socket, and not been taken.
    pub fn is_told(&self) -> bool {
        match self.model {
            Model::Event => self.event.look(),
            Model::Message => next_message(self.window, PM_NOREMOVE).is_some(),
        }
    }

    /// Waits until something has been told.
    pub fn wait(&self) {
        let told = match self.model {
            Model::Event => self.event.wait(),
            // SAFETY: no objects are passed.
            Model::Message => unsafe {
                MsgWaitForMultipleObjectsEx(0, null(), LIMIT_MS, QS_POSTMESSAGE, MWMO_INPUTAVAILABLE)
            },
        };
        assert_eq!(told, WAIT_OBJECT_0, "nothing is told");
    }

    /// What has been told of a socket since the last time, the lowest bit first.
    fn take(&self, s: SOCKET) -> Vec<News> {
        match self.model {
            Model::Event => {
                let set = self.event.look();
                let news = enumerate(s, Some(self.event)).unwrap();
                assert!(set || news.is_empty(), "{news:x?} is recorded, and the event is not set");
                news
            }
            Model::Message => {
                let mut told = Vec::new();
                while let Some((number, of, news)) = next_message(self.window, PM_REMOVE) {
                    assert_eq!((number, of), (MESSAGE, s));
                    told.push(news);
                }
                assert_eq!(enumerate(s, None), Ok(vec![]), "messages leave no record");
                told
            }
        }
    }

    /// Waits until this has been told of a socket, and nothing else. There is one such socket at a time.
    pub fn expect(&self, s: SOCKET, expected: &[News], why: &str) {
        let end = Instant::now() + LIMIT;
        let mut news = Vec::new();
        while news.len() < expected.len() {
            assert!(Instant::now() < end, "{why}: {news:x?} instead of {expected:x?}");
            self.wait();
            news.extend(self.take(s));
            news.sort_unstable();
        }
        assert_eq!(news, expected, "{why}");
        self.expect_nothing(s, why);
    }

    /// What has been told by the time that the call before has returned.
    pub fn expect_now(&self, s: SOCKET, expected: &[News], why: &str) {
        let mut news = self.take(s);
        news.sort_unstable();
        assert_eq!(news, expected, "{why}");
    }

    /// Nothing more is told of a socket, of what happened until now.
    pub fn expect_nothing(&self, s: SOCKET, why: &str) {
        let (marker, address, told) = &self.marker;
        tx_to(*marker, b"m", address).unwrap();
        assert_eq!(told.wait(), WAIT_OBJECT_0);
        assert_eq!(enumerate(*marker, Some(*told)).unwrap(), [(READ, 0)]);
        rx_some(*marker, 0).unwrap();
        assert_eq!(self.take(s), [], "{why}: told once more");
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        if self.window != 0 {
            // SAFETY: no memory is passed.
            unsafe { DestroyWindow(without_provenance_mut(self.window)) };
        }
        close_all(&[self.marker.0]);
        self.marker.2.close();
        self.event.close();
    }
}
