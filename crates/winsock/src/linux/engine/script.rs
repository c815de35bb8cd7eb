//! The scripted backend: what may happen, happens, by the numbers of a seed. For tests, of this library and of
//! programs: `WINSOCK_ENGINE=script:SEED`.
//!
//! Operations of streams are handed to it, as to a kernel that works on them. It completes them in an order of its
//! own, with short counts, late, after interruptions and failures that do no harm to the data; a cancel wins or loses
//! by chance. Other sockets are told to be ready when they are and when they are not. The data is real. It looks
//! again and again instead of sleeping until something happens: it is no engine for work.

use crate::linux::operation::{Direction, Operation, Request};
use crate::linux::overlapped;
use crate::linux::socket::Socket;
use crate::linux::sys::poll;
use crate::linux::sys::socket::{self as linux, Buffer, MAX_BUFFERS, MSG_DONTWAIT, MSG_NOSIGNAL};
use crate::linux::sys::{AsRawFd, Errno};
use crate::linux::transfer;
use crate::linux::translate::Kind;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long it rests between two looks.
const REST: Duration = Duration::from_micros(200);
/// Looks that an operation is passed over at most before the first attempt.
const MOST_DELAY: usize = 4;
/// Of so many attempts one is interrupted, one gives nothing, one is ended as if its thread had, one fails.
const MISHAPS: usize = 64;

pub(super) struct Script {
    state: Mutex<State>,
    called: Condvar,
}

struct State {
    random: u64,
    called: bool,
    works: Vec<Work>,
    /// Sockets and directions that are told of readiness.
    watched: Vec<(Weak<Socket>, Direction)>,
}

/// An operation that is with the script.
struct Work {
    socket: Arc<Socket>,
    direction: Direction,
    task: Task,
    /// Nothing of it has been done yet: a failure loses no data.
    fresh: bool,
    cancelled: bool,
    delay: usize,
}

enum Task {
    /// Waits until one of these events is there, and takes nothing.
    Look(i16),
    Receive(Vec<Buffer>, i32),
    Send(Vec<Buffer>, i32),
}

/// What came of a look at an operation.
enum Turn {
    Waits,
    Ends(Result<usize, Errno>),
}

impl Script {
    pub(super) fn new(seed: u64) -> Script {
        let state = State { random: seed, called: false, works: Vec::new(), watched: Vec::new() };
        Script { state: Mutex::new(state), called: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a lane's first operation, if its socket is one whose operations are worked on. The lane is locked.
    pub(super) fn hand_over(&self, socket: &Arc<Socket>, operation: &Operation) -> bool {
        let direction = operation.request.direction();
        let mut state = self.lock();
        match socket.kind {
            Kind::Stream => {}
            Kind::Datagram | Kind::Raw => {
                state.watch(socket, direction);
                return false;
            }
        }
        let task = match &operation.request {
            request if operation.polled => Task::Look(super::events(request)),
            Request::Receive { buffers, flags, .. } => {
                let rest = transfer::skip(buffers.as_slice(), operation.done);
                Task::Receive(first(&rest), *flags)
            }
            Request::Send { buffers, flags, .. } => {
                let rest = transfer::skip(buffers.as_slice(), operation.done);
                Task::Send(first(&rest), flags | MSG_NOSIGNAL)
            }
            Request::ReceiveMessage(_)
            | Request::SendMessage(_)
            | Request::Accept(_)
            | Request::FirstData(_)
            | Request::Connect(_)
            | Request::Transmit(_)
            | Request::Change { .. }
            | Request::Disconnect { .. }
            | Request::Drain { .. } => unreachable!("attempted"),
        };
        let delay = state.below(MOST_DELAY + 1);
        let (socket, fresh) = (Arc::clone(socket), operation.done == 0);
        state.works.push(Work { socket, direction, task, fresh, cancelled: false, delay });
        true
    }

    /// Asks the operation of a lane to end, if it is here.
    pub(super) fn cancel(&self, socket: &Socket, direction: Direction) {
        for work in &mut self.lock().works {
            if std::ptr::eq(Arc::as_ptr(&work.socket), socket) && work.direction == direction {
                work.cancelled = true;
            }
        }
    }

    pub(super) fn drive(&self, timeout: Option<Duration>) {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let mut state = self.lock();
        loop {
            let called = std::mem::take(&mut state.called);
            let ended = state.look();
            let ready = state.ready();
            let news = !ended.is_empty() || !ready.is_empty();
            drop(state);
            for (work, result) in ended {
                overlapped::on_completion(&work.socket, work.direction, result, false);
            }
            for (socket, direction) in ready {
                overlapped::on_ready(&socket, direction, false);
            }
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if news || called || left == Some(Duration::ZERO) {
                return;
            }
            state = self.lock();
            if !state.called {
                let rest = left.map_or(REST, |left| left.min(REST));
                state = self.called.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
            }
        }
    }

    pub(super) fn wake(&self) {
        self.lock().called = true;
        self.called.notify_one();
    }
}

impl State {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn watch(&mut self, socket: &Arc<Socket>, direction: Direction) {
        let same = |(other, its): &(Weak<Socket>, Direction)| {
            other.as_ptr() == Arc::as_ptr(socket) && *its == direction
        };
        if !self.watched.iter().any(same) {
            self.watched.push((Arc::downgrade(socket), direction));
        }
    }

    /// Gives every operation its turn, in an order by chance; those that end leave.
    fn look(&mut self) -> Vec<(Work, Result<usize, Errno>)> {
        let mut ended = Vec::new();
        let mut works = std::mem::take(&mut self.works);
        while !works.is_empty() {
            let mut work = works.swap_remove(self.below(works.len()));
            match self.turn(&mut work) {
                Turn::Waits => self.works.push(work),
                Turn::Ends(result) => ended.push((work, result)),
            }
        }
        ended
    }

    fn turn(&mut self, work: &mut Work) -> Turn {
        // The cancel comes first; else it comes too late for what is there already.
        if work.cancelled && self.below(2) == 0 {
            return Turn::Ends(Err(Errno::ECANCELED));
        }
        if work.delay > 0 {
            work.delay -= 1;
            return Turn::Waits;
        }
        match self.below(MISHAPS) {
            0 => return Turn::Ends(Err(Errno::EINTR)),
            1 => return Turn::Ends(Err(Errno::EAGAIN)),
            2 => return Turn::Ends(Err(Errno::ECANCELED)),
            3 if work.fresh => return Turn::Ends(Err(Errno::ENOBUFS)),
            _ => {}
        }
        match self.attempt(work) {
            Err(Errno::EAGAIN) if work.cancelled => Turn::Ends(Err(Errno::ECANCELED)),
            Err(Errno::EAGAIN) => Turn::Waits,
            result => Turn::Ends(result),
        }
    }

    fn attempt(&mut self, work: &Work) -> Result<usize, Errno> {
        let fd = work.socket.fd();
        match &work.task {
            Task::Look(events) => {
                let mut entry = [poll::pollfd { fd: fd.as_raw_fd(), events: *events, revents: 0 }];
                match poll::poll(&mut entry, Some(Duration::ZERO))? {
                    0 => Err(Errno::EAGAIN),
                    _ => Ok(0),
                }
            }
            Task::Receive(buffers, flags) => {
                let some = self.shorten(buffers);
                linux::recv_message(fd, &some, flags | MSG_DONTWAIT).map(|received| received.len)
            }
            Task::Send(buffers, flags) => {
                let some = self.shorten(buffers);
                linux::send_message(fd, &some, None, flags | MSG_DONTWAIT)
            }
        }
    }

    /// All of the buffers, or a part that begins where they do and is not empty unless they are.
    fn shorten(&mut self, buffers: &[Buffer]) -> Vec<Buffer> {
        let total: usize = buffers.iter().map(Buffer::len).sum();
        let mut left = if total > 1 && self.below(2) == 0 { 1 + self.below(total - 1) } else { total };
        let mut some = Vec::with_capacity(buffers.len());
        for buffer in buffers {
            let part = buffer.len().min(left);
            left -= part;
            some.push(Buffer::new(buffer.data(), part));
        }
        some
    }

    /// The sockets that are told to be ready, whether they are or not.
    fn ready(&mut self) -> Vec<(Arc<Socket>, Direction)> {
        self.watched.retain(|(socket, _)| socket.strong_count() > 0);
        // Now and then, so that threads rest in between.
        if self.watched.is_empty() || self.below(4) > 0 {
            return Vec::new();
        }
        let watched: Vec<_> =
            self.watched.iter().filter_map(|(socket, its)| Some((socket.upgrade()?, *its))).collect();
        watched.into_iter().filter(|_| self.below(2) == 0).collect()
    }
}

/// As many buffers as one call takes.
fn first(buffers: &[Buffer]) -> Vec<Buffer> {
    buffers.iter().take(MAX_BUFFERS).copied().collect()
}
