//! The message queue of a thread: what others have sent and posted, what is due, and what of it is new.
//!
//! Promises the documented order: sent messages are delivered before anything is taken; then come posted messages,
//! the quit message, timers. "New" is what has come since the thread last looked; waits of the thread end by what is
//! new, or by what is there, as they ask. Does not know windows beyond their numbers, nor how a message is delivered.

use super::send::{self, Sent};
use super::timer::Timers;
use super::{NO_WINDOW, lock, window};
use crate::error::Error;
use crate::linux::dispatcher::{self, Guarded, Key, Mode, Outcome, Waitable};
use crate::linux::event::{Event, Reset};
use crate::linux::sys::clock;
use crate::linux::thread::ThreadControl;
use crate::linux::wait;
use crate::win32::{
    QS_ALLEVENTS, QS_ALLINPUT, QS_ALLPOSTMESSAGE, QS_HOTKEY, QS_INPUT, QS_PAINT, QS_POSTMESSAGE,
    QS_SENDMESSAGE, QS_TIMER, WM_QUIT,
};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many posted messages a queue holds.
const MAX_POSTED: usize = 10_000;
/// A thread that has not looked at its queue for so long does not respond.
const HUNG_AFTER: Duration = Duration::from_secs(5);
/// Everything that a queue can hold.
pub(crate) const ALL_KINDS: u32 = QS_ALLINPUT | QS_ALLPOSTMESSAGE;

/// A message as it waits in a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Message {
    pub(crate) window: usize,
    pub(crate) number: u32,
    pub(crate) wparam: usize,
    pub(crate) lparam: isize,
    /// Milliseconds since the machine was started, when it was made.
    pub(crate) time: u32,
}

impl Message {
    /// A message of now.
    pub(crate) fn new(window: usize, number: u32, wparam: usize, lparam: isize) -> Message {
        Message { window, number, wparam, lparam, time: milliseconds() }
    }
}

/// `GetTickCount`.
pub(crate) fn milliseconds() -> u32 {
    clock::since_boot().as_millis() as u32
}

/// Which messages are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Filter {
    pub(crate) of: Of,
    /// The numbers from the first to the last; all, if both are 0.
    pub(crate) numbers: (u32, u32),
}

/// Whose messages are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Of {
    /// Every window's and the thread's own.
    All,
    /// The thread's own.
    Thread,
    /// Those of a window and its children.
    Window(usize),
}

impl Filter {
    /// `WM_QUIT` passes whatever numbers are asked for.
    fn passes(&self, key: &Key, message: &Message) -> bool {
        let number = message.number == WM_QUIT
            || self.is_open()
            || (self.numbers.0..=self.numbers.1).contains(&message.number);
        number
            && match self.of {
                Of::All => true,
                Of::Thread => message.window == NO_WINDOW,
                Of::Window(wanted) => window::is_or_is_below(key, message.window, wanted),
            }
    }

    fn is_open(&self) -> bool {
        self.numbers == (0, 0)
    }
}

/// What of a queue ends a wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    /// What of these kinds has come since the thread last looked.
    New(u32),
    /// What of these kinds is there.
    There(u32),
}

impl Wanted {
    fn kinds(self) -> u32 {
        match self {
            Wanted::New(kinds) | Wanted::There(kinds) => kinds,
        }
    }
}

/// The queue of a thread.
pub(crate) struct Queue {
    /// The number of the thread.
    pub(crate) thread: u32,
    /// Signalled while the queue holds what its thread waits for.
    ready: Arc<Event>,
    contents: Guarded<RefCell<Contents>>,
}

struct Contents {
    /// `None` when the thread has ended.
    sent: Option<VecDeque<Arc<Sent>>>,
    posted: VecDeque<Message>,
    quit: Option<i32>,
    timers: Timers,
    /// The kinds of what has come since the thread last looked.
    new: u32,
    wanted: Wanted,
    /// When the thread last looked; `None` while it waits for messages.
    looked: Option<Instant>,
    /// The time of the message that was taken last.
    last_time: u32,
}

impl Contents {
    /// The kinds of what is there.
    fn kinds(&self) -> u32 {
        let mut kinds = 0;
        if self.sent.as_ref().is_some_and(|sent| !sent.is_empty()) {
            kinds |= QS_SENDMESSAGE;
        }
        if !self.posted.is_empty() || self.quit.is_some() {
            kinds |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
        }
        if self.timers.are_due() {
            kinds |= QS_TIMER;
        }
        kinds
    }

    fn look_at_timers(&mut self) {
        if self.timers.fall_due(Instant::now()) {
            self.new |= QS_TIMER;
        }
    }

    fn is_ready(&self) -> bool {
        match self.wanted {
            Wanted::New(kinds) => self.new & kinds != 0,
            Wanted::There(kinds) => self.kinds() & kinds != 0,
        }
    }

    /// What a look finds of the queued messages, in their order.
    fn find(&mut self, key: &Key, filter: &Filter, kinds: u32, remove: bool) -> Option<Message> {
        if kinds & (QS_POSTMESSAGE | QS_ALLPOSTMESSAGE) != 0 {
            if let Some(index) = self.posted.iter().position(|message| filter.passes(key, message)) {
                return if remove { self.posted.remove(index) } else { self.posted.get(index).copied() };
            }
            if let Some(code) = self.quit {
                if remove {
                    self.quit = None;
                }
                return Some(Message::new(NO_WINDOW, WM_QUIT, code as usize, 0));
            }
        }
        if kinds & QS_TIMER == 0 {
            return None;
        }
        self.timers.take(remove, |message| filter.passes(key, message))
    }
}

/// What a look at the queue finds.
enum Found {
    /// Something to deliver first.
    Sent(Arc<Sent>),
    Message(Message),
    Nothing,
}

impl Queue {
    pub(super) fn new(thread: u32) -> Queue {
        let contents = Contents {
            sent: Some(VecDeque::new()),
            posted: VecDeque::new(),
            quit: None,
            timers: Timers::new(),
            new: 0,
            wanted: Wanted::New(0),
            looked: Some(Instant::now()),
            last_time: 0,
        };
        Queue {
            thread,
            ready: Event::new(Reset::Manual, false),
            contents: Guarded::new(RefCell::new(contents)),
        }
    }

    /// Changes the contents, and ends the thread's wait if it waits for what came.
    fn change<T>(&self, change: impl FnOnce(&Key, &mut Contents) -> T) -> T {
        let key = dispatcher::lock();
        let mut contents = self.contents.get(&key).borrow_mut();
        let result = change(&key, &mut contents);
        let woken = self.tell(&key, &contents);
        drop(contents);
        drop(key);
        dispatcher::wake(woken);
        result
    }

    fn tell(&self, key: &Key, contents: &Contents) -> Vec<Arc<ThreadControl>> {
        if contents.is_ready() {
            return self.ready.signal.set(key);
        }
        self.ready.signal.reset(key);
        Vec::new()
    }

    /// Puts a message behind the others.
    ///
    /// # Errors
    /// `ERROR_INVALID_THREAD_ID` if the thread has ended, `ERROR_NOT_ENOUGH_QUOTA` if there are 10,000.
    pub(super) fn post(&self, message: Message) -> Result<(), Error> {
        self.change(|_, contents| {
            if contents.sent.is_none() {
                return Err(Error::ERROR_INVALID_THREAD_ID);
            }
            if contents.posted.len() >= MAX_POSTED {
                return Err(Error::ERROR_NOT_ENOUGH_QUOTA);
            }
            contents.posted.push_back(message);
            contents.new |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
            Ok(())
        })
    }

    /// Asks the thread to quit when it has taken what is posted.
    pub(crate) fn post_quit(&self, code: i32) {
        self.change(|_, contents| {
            contents.quit = Some(code);
            contents.new |= QS_POSTMESSAGE | QS_ALLPOSTMESSAGE;
        });
    }

    /// Puts a message that is to be answered. Gives it back if the thread has ended.
    pub(super) fn send(&self, message: Arc<Sent>) -> Result<(), Arc<Sent>> {
        self.change(|_, contents| match &mut contents.sent {
            Some(sent) => {
                sent.push_back(message);
                contents.new |= QS_SENDMESSAGE;
                Ok(())
            }
            None => Err(message),
        })
    }

    /// Takes the next message that is to be answered.
    pub(super) fn take_sent(&self) -> Option<Arc<Sent>> {
        self.change(|_, contents| contents.sent.as_mut()?.pop_front())
    }

    /// The thread has ended: whoever waits for an answer waits no longer.
    pub(super) fn close(&self) {
        let sent = self.change(|_, contents| {
            contents.posted.clear();
            contents.sent.take()
        });
        sent.into_iter().flatten().for_each(|sent| sent.lose());
    }

    /// A window is gone: what is queued for it goes too.
    pub(super) fn forget_window(&self, window: usize) {
        let mut lost = Vec::new();
        self.change(|_, contents| {
            contents.posted.retain(|message| message.window != window);
            contents.timers.kill_all(window);
            if let Some(sent) = &mut contents.sent {
                lost.extend(sent.iter().filter(|sent| sent.message.window == window).cloned());
                sent.retain(|sent| sent.message.window != window);
            }
        });
        lost.into_iter().for_each(|sent| sent.lose());
    }

    /// Changes the timers.
    pub(super) fn with_timers<T>(&self, change: impl FnOnce(&mut Timers) -> T) -> T {
        self.change(|_, contents| change(&mut contents.timers))
    }

    /// Looks once. What is there of these kinds is no longer new.
    fn look(&self, filter: &Filter, kinds: u32, remove: bool) -> Found {
        self.change(|key, contents| {
            contents.looked = Some(Instant::now());
            if let Some(sent) = contents.sent.as_mut().and_then(VecDeque::pop_front) {
                return Found::Sent(sent);
            }
            contents.look_at_timers();
            let kept = if filter.is_open() { 0 } else { QS_ALLPOSTMESSAGE };
            contents.new &= kept | !(kinds | QS_SENDMESSAGE);
            let Some(message) = contents.find(key, filter, kinds, remove) else { return Found::Nothing };
            contents.last_time = message.time;
            Found::Message(message)
        })
    }

    /// `PeekMessage`: delivers what was sent, and gives the first message that passes, of these kinds, which
    /// `remove` takes out of the queue.
    pub(crate) fn peek(&self, filter: &Filter, kinds: u32, remove: bool) -> Option<Message> {
        loop {
            match self.look(filter, kinds, remove) {
                Found::Sent(sent) => send::deliver(&sent),
                Found::Message(message) => return Some(message),
                Found::Nothing => return None,
            }
        }
    }

    /// `GetMessage`: the same, and waits until there is one.
    pub(crate) fn get(&self, filter: &Filter) -> Message {
        loop {
            if let Some(message) = self.peek(filter, ALL_KINDS, true) {
                return message;
            }
            self.wait(&[], Mode::Any, None, false, Wanted::New(QS_ALLINPUT));
        }
    }

    /// Waits for objects and for messages, as one wait in which the queue stands behind the objects. Alone among the
    /// waits it also ends for timers, which the thread looks at itself.
    pub(crate) fn wait(
        &self,
        objects: &[Waitable],
        mode: Mode,
        timeout: Option<Duration>,
        alertable: bool,
        wanted: Wanted,
    ) -> Outcome {
        let mut objects = objects.to_vec();
        objects.push(Waitable::Event(self.ready.clone()));
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let outcome = loop {
            let next = self.change(|_, contents| {
                contents.wanted = wanted;
                contents.look_at_timers();
                contents.looked = None;
                if wanted.kinds() & QS_TIMER == 0 { None } else { contents.timers.next() }
            });
            let until = deadline.into_iter().chain(next).min();
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match wait::wait(&objects, mode, left, alertable) {
                Outcome::TimedOut if deadline.is_none_or(|deadline| Instant::now() < deadline) => {}
                outcome => break outcome,
            }
        };
        self.change(|_, contents| contents.looked = Some(Instant::now()));
        outcome
    }

    /// `GetQueueStatus`: the kinds of what is new, which is not new any more, and of what is there.
    pub(crate) fn status(&self, kinds: u32) -> (u32, u32) {
        self.change(|_, contents| {
            contents.look_at_timers();
            contents.looked = Some(Instant::now());
            let new = contents.new & kinds;
            contents.new &= !kinds;
            (new, contents.kinds() & kinds)
        })
    }

    /// `WaitMessage`: waits until something new is queued, which is not new any more then. What is sent meanwhile is
    /// delivered.
    pub(crate) fn wait_for_new(&self) {
        loop {
            while let Some(sent) = self.take_sent() {
                send::deliver(&sent);
            }
            self.wait(&[], Mode::Any, None, false, Wanted::New(ALL_KINDS));
            let (new, _) = self.status(ALL_KINDS);
            if new & !QS_SENDMESSAGE != 0 {
                return;
            }
        }
    }

    /// Whether the thread has not looked for five seconds.
    pub(super) fn is_hung(&self) -> bool {
        let key = lock();
        let looked = self.contents.get(&key).borrow().looked;
        looked.is_some_and(|looked| looked.elapsed() > HUNG_AFTER)
    }

    /// When the message was made that the thread took last.
    pub(crate) fn last_time(&self) -> u32 {
        self.contents.get(&lock()).borrow().last_time
    }
}

/// The kinds that the upper half of `PeekMessage`'s flags names; all, if it names none.
pub(crate) fn kinds_of_flags(flags: u32) -> Option<u32> {
    const KNOWN: u32 = QS_ALLEVENTS | QS_ALLPOSTMESSAGE | QS_SENDMESSAGE | QS_INPUT | QS_PAINT | QS_HOTKEY;
    match flags >> 16 {
        0 => Some(ALL_KINDS),
        kinds if kinds & !KNOWN == 0 => Some(kinds),
        _ => None,
    }
}
