//! The engine: what makes pending operations progress.
//!
//! There are two kinds of backend, behind one contract, and a third for tests, *script*, that does what either may:
//! - *epoll* tells of readiness: it is told of a socket once ([`Engine::register`]), tells of its present state and of
//!   every change (`overlapped::on_ready`), and operations are attempted then;
//! - *io_uring* works on operations: it is given the first of each direction ([`Engine::hand_over`]) and answers each
//!   once (`overlapped::on_completion`), also after it was asked to give it up ([`Engine::cancel`]). Of kinds that it does
//!   not know ([`Engine::attempts`]) it only tells when an attempt may find something.
//!
//! Both do so inside [`Engine::drive`], which waits until there is something to tell, the time is over or
//! [`Engine::wake`] was called. It may be called from any thread, by as many at a time as [`Engine::max_drivers`] says.
//!
//! Each port has an engine of its own, driven by the threads that wait on the port. Sockets without a port share one,
//! driven by a thread of the library.

pub(crate) mod choice;
mod epoll;
mod monitor;
mod nap;
mod script;
mod token;
mod uring;

use super::fork;
use super::operation::{Direction, Operation, Request};
use super::port::{self, Port};
use super::socket::Socket;
use super::sys::poll::{POLLIN, POLLOUT, POLLPRI, POLLRDBAND, POLLRDHUP};
use super::sys::{AsFd, BorrowedFd};
use super::translate::Kind;
use crate::error::Error;
use choice::{Backend, Drivers};
use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering::*};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

pub(crate) use choice::check;
pub(crate) use monitor::{stay_awake_for_what_waits, watch};

static GLOBAL: Mutex<Option<Arc<Engine>>> = Mutex::new(None);

fn global() -> MutexGuard<'static, Option<Arc<Engine>>> {
    GLOBAL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The locks of all engines, for a fork.
pub(super) fn hold() -> impl Any {
    (global(), choice::hold(), monitor::hold(), epoll::hold())
}

/// Events or completions that one look takes at most: what they touch is still in the cache when the program takes their
/// packets.
pub(crate) const BATCH: usize = 32;

/// What an engine knows a socket by.
#[derive(Clone, Copy)]
pub(crate) struct Registration(usize);

/// How an engine goes about an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It tells when an attempt may find something.
    Attempt,
    /// It is given the operation.
    HandOver,
}

/// One engine.
pub(crate) struct Engine {
    backend: Backend,
    /// The process that made it: no other can use it.
    generation: u32,
    port: Weak<Port>,
    /// Threads inside [`Engine::drive`], and how often one has come out: what the monitor looks at.
    drivers: AtomicU32,
    drives: AtomicU32,
}

impl Engine {
    /// An engine for a port's sockets.
    ///
    /// # Errors
    /// `WSAEMFILE`, `WSAENOBUFS`.
    pub(crate) fn new(port: Weak<Port>) -> Result<Arc<Engine>, Error> {
        Engine::driven_by(Drivers::Workers, port)
    }

    fn driven_by(drivers: Drivers, port: Weak<Port>) -> Result<Arc<Engine>, Error> {
        Ok(Arc::new(Engine {
            backend: Backend::new(drivers)?,
            generation: fork::generation(),
            port,
            drivers: AtomicU32::new(0),
            drives: AtomicU32::new(0),
        }))
    }

    /// The engine of the sockets that have no port, with the thread that drives it.
    ///
    /// # Errors
    /// `WSAEMFILE`, `WSAENOBUFS`.
    pub(crate) fn global() -> Result<Arc<Engine>, Error> {
        let mut global = global();
        if let Some(engine) = global.as_ref().filter(|engine| !engine.is_inherited()) {
            return Ok(Arc::clone(engine));
        }
        let engine = Engine::driven_by(Drivers::OneOfOurs, Weak::new())?;
        let driven = Arc::clone(&engine);
        let forever = move || loop {
            driven.drive(None);
        };
        std::thread::Builder::new()
            .name("winsock-engine".into())
            .spawn(forever)
            .map_err(|_| Error::WSAENOBUFS)?;
        *global = Some(Arc::clone(&engine));
        Ok(engine)
    }

    /// Whether the engine was made before a fork: then it is the parent's, and nothing may be asked of it.
    pub(crate) fn is_inherited(&self) -> bool {
        self.generation != fork::generation()
    }

    /// Begins to tell of a socket.
    ///
    /// # Errors
    /// `WSAENOBUFS` when the system watches too many already.
    pub(crate) fn register(&self, socket: &Arc<Socket>) -> Result<Registration, Error> {
        match &self.backend {
            Backend::Epoll(epoll) => epoll.register(socket).map(Registration),
            // Every request names its descriptor.
            Backend::Uring(_) | Backend::Script(_) => Ok(Registration(0)),
        }
    }

    /// Goes on to tell of a socket whose descriptor names another file now.
    ///
    /// # Errors
    /// `WSAENOBUFS` when the system watches too many already.
    pub(crate) fn register_again(&self, socket: &Socket, registration: Registration) -> Result<(), Error> {
        match &self.backend {
            Backend::Epoll(epoll) => epoll.watch(socket, registration.0),
            Backend::Uring(_) | Backend::Script(_) => Ok(()),
        }
    }

    /// Tells of a socket no more: it is being closed.
    pub(crate) fn forget(&self, registration: Registration) {
        match &self.backend {
            Backend::Epoll(epoll) => epoll.forget(registration.0),
            Backend::Uring(_) | Backend::Script(_) => {}
        }
    }

    /// Whether an operation is attempted when something may be there, or is the kernel's to work on; `others`: more wait
    /// behind it in its lane.
    pub(crate) fn attempts(&self, socket: &Socket, operation: &Operation, others: bool) -> bool {
        let stream = socket.kind == Kind::Stream;
        match &self.backend {
            Backend::Epoll(_) => true,
            // Sends and receives of many sockets go to the kernel together. Those that queue up at one datagram socket
            // would each wait for the one before.
            Backend::Uring(_) => operation.request.waits_for_readiness(socket) || others && !stream,
            // What of streams can go through the script does.
            Backend::Script(_) => !stream || operation.request.waits_for_readiness(socket),
        }
    }

    /// How it goes about sends and receives on a stream; `None`: that is not sure.
    #[inline]
    pub(crate) fn usual_way(&self) -> Option<Way> {
        match &self.backend {
            Backend::Epoll(_) => Some(Way::Attempt),
            Backend::Uring(_) => Some(Way::HandOver),
            Backend::Script(_) => None,
        }
    }

    /// Gives the first operation of a direction to the backend, whose lane is locked; `empty`: an attempt would probably
    /// find nothing. Answers whether the kernel has it now.
    pub(crate) fn hand_over(&self, socket: &Arc<Socket>, operation: &mut Operation, empty: bool) -> bool {
        operation.polled = operation.request.waits_for_readiness(socket);
        match &self.backend {
            Backend::Epoll(_) => false,
            Backend::Uring(uring) => {
                uring.hand_over(socket, operation, empty);
                true
            }
            Backend::Script(script) => script.hand_over(socket, operation),
        }
    }

    /// Asks for the end of the operation that the kernel has of a direction, whose lane is locked.
    pub(crate) fn cancel(&self, socket: &Socket, direction: Direction) {
        match &self.backend {
            Backend::Epoll(_) => unreachable!("the kernel has no operations"),
            Backend::Uring(uring) => {
                uring.cancel(socket, direction);
                uring.submit();
            }
            Backend::Script(script) => script.cancel(socket, direction),
        }
    }

    /// What was handed over leaves now, unless the calling thread is about to ask its port, and so to drive this
    /// engine: then it leaves together with what comes until then.
    pub(crate) fn flush_unless_driving(&self) {
        match &self.backend {
            Backend::Epoll(_) | Backend::Script(_) => {}
            Backend::Uring(_) if port::runs_on(&self.port) => monitor::stay_awake_for_what_waits(),
            Backend::Uring(uring) => uring.submit(),
        }
    }

    /// What was handed over leaves now: the thread is not going to drive. Answers whether there was something.
    pub(crate) fn flush(&self) -> bool {
        match &self.backend {
            Backend::Epoll(_) | Backend::Script(_) => false,
            Backend::Uring(uring) => {
                let lies = uring.has_unsubmitted();
                if lies {
                    uring.submit();
                }
                lies
            }
        }
    }

    /// Waits for news and passes them on.
    pub(crate) fn drive(&self, timeout: Option<Duration>) {
        self.driven(|| match &self.backend {
            Backend::Epoll(epoll) => epoll.drive(timeout),
            Backend::Uring(uring) => uring.drive(timeout),
            Backend::Script(script) => script.drive(timeout),
        });
    }

    /// The same without a wait, after the caller has waited in its own way for a descriptor to become readable.
    pub(crate) fn drive_after(&self, wait: impl FnOnce(BorrowedFd<'_>)) {
        /// How long an engine without a descriptor keeps the caller.
        const REST: Duration = Duration::from_millis(1);
        self.driven(|| match &self.backend {
            Backend::Epoll(epoll) => {
                wait(epoll.as_fd());
                epoll.drive(Some(Duration::ZERO));
            }
            Backend::Uring(uring) => {
                wait(uring.as_fd());
                uring.drive(Some(Duration::ZERO));
            }
            Backend::Script(script) => script.drive(Some(REST)),
        });
    }

    fn driven(&self, drive: impl FnOnce()) {
        self.drivers.fetch_add(1, Relaxed);
        drive();
        self.drivers.fetch_sub(1, Relaxed);
        self.drives.fetch_add(1, Relaxed);
        monitor::stay_awake();
    }

    /// Lets one thread come out of [`Engine::drive`]: the one that went in last.
    pub(crate) fn wake(&self) {
        match &self.backend {
            Backend::Epoll(epoll) => epoll.wake(),
            Backend::Uring(uring) => uring.wake(),
            Backend::Script(script) => script.wake(),
        }
    }

    /// How many threads may drive at a time.
    pub(crate) fn max_drivers(&self) -> u32 {
        match &self.backend {
            Backend::Epoll(_) | Backend::Script(_) => u32::MAX,
            // The kernel would wake every thread that waits for completions with each of them.
            Backend::Uring(_) => 1,
        }
    }
}

/// What it tells of, as `poll` has it.
fn events(request: &Request) -> i16 {
    match request.direction() {
        // io_uring does not wake a request for POLLPRI alone; nothing is ever ready for POLLRDBAND, but wakes go to it.
        Direction::Urgent => POLLPRI | POLLRDBAND | POLLRDHUP,
        Direction::Receive => POLLIN,
        Direction::Send => POLLOUT,
    }
}
