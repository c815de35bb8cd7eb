//! What the kernel answers when `WINSOCK_FAULTS` has it fail: counts cut short, connections reset or refused,
//! descriptors and memory that have run out, datagrams lost.
//!
//! Owns the plan and each socket's place in it, by its descriptor. Whether the next transfer of a socket meets a fault
//! depends on the seed, the number of the socket, the direction, and how many transfers of that direction have been
//! answered: not on the clock, on other sockets, or on calls that found nothing. Does not know what a program is told.
//!
//! As long as nothing is planned, the calls beside this file ask one flag.

use super::socket::{
    self as linux, AF_INET, AF_INET6, Buffer, MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, SHUT_RDWR, SockAddr,
};
use super::{AsFd, AsRawFd, BorrowedFd, Errno, OwnedFd, poll};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU8, AtomicU32, AtomicU64, Ordering::*};
use std::time::Duration;

/// The kinds of faults.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Fault {
    Short,
    Reset,
    Delay,
    WouldBlock,
    Refuse,
    Abort,
    Descriptors,
    Memory,
    Loss,
}

impl Fault {
    pub(crate) const COUNT: usize = 9;
}

/// Which faults there are to be: of each kind, for what part of the occasions, and the seed that decides which.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Plan {
    pub(crate) rates: [f64; Fault::COUNT],
    pub(crate) seed: u64,
}

/// The direction of a transfer. An `accept` receives, a `connect` sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Side {
    Receive,
    Send,
}

static ON: AtomicBool = AtomicBool::new(false);
static PLAN: OnceLock<Plan> = OnceLock::new();
static STRUCK: [AtomicU64; Fault::COUNT] = [const { AtomicU64::new(0) }; Fault::COUNT];
/// Sockets so far.
static SOCKETS: AtomicU32 = AtomicU32::new(0);
/// Sockets that were asked for since the first transfer, and whether there was one.
static ASKED: AtomicU32 = AtomicU32::new(0);
static HAS_TRANSFERRED: AtomicBool = AtomicBool::new(false);

/// By the number of the descriptor. Those beyond are spared.
static PLACES: [Place; 16_384] = [const { Place::nobody() }; 16_384];

/// A socket's place in the plan.
struct Place {
    /// 0: no socket of ours.
    number: AtomicU32,
    flags: AtomicU8,
    sides: [Turns; 2],
}

/// Of one direction.
struct Turns {
    /// Transfers that were answered.
    answered: AtomicU32,
    /// Operations whose end was told.
    told: AtomicU32,
    /// The transfer, counted from 1, that was last delayed, and the one that was last put off.
    delayed: AtomicU32,
    put_off: AtomicU32,
    /// What a request that is with the kernel is answered, if that is not the kernel's to say.
    answer: AtomicI32,
}

const STREAM: u8 = 1;
/// The connection is gone.
const RESET: u8 = 2;
/// A part of a send was taken: what follows is the rest of it.
const PARTIAL: u8 = 4;
const CONNECTING: u8 = 8;
/// Connected to itself: with such sockets programs wake their own threads.
const OWN: u8 = 16;
/// A transfer of that direction is with the kernel.
const RECEIVES: u8 = 32;
const SENDS: u8 = 64;

/// What becomes of a transfer.
enum Turn {
    Whole,
    Part(usize),
    Fails(Errno),
}

/// Whether any fault is planned.
#[inline]
pub(crate) fn on() -> bool {
    ON.load(Relaxed)
}

/// From now on this is the plan. There is one in the life of a process.
pub(crate) fn install(plan: Plan) {
    if PLAN.set(plan).is_ok() {
        ON.store(true, Release);
    }
}

/// How often each kind has struck.
pub(crate) fn struck() -> [u64; Fault::COUNT] {
    std::array::from_fn(|kind| STRUCK[kind].load(Relaxed))
}

/// A number that depends on these alone.
fn mix(words: [u64; 4]) -> u64 {
    let mut state = 0;
    for word in words {
        // SplitMix64.
        state = (state ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15);
        state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        state ^= state >> 31;
    }
    state
}

/// The number behind the decision on an occasion, if the fault strikes there.
fn draw(fault: Fault, number: u32, side: Side, occasion: u32) -> Option<u64> {
    let plan = PLAN.get()?;
    let which = (fault as u64) << 1 | side as u64;
    let mixed = mix([plan.seed, number.into(), which, occasion.into()]);
    let part = (mixed >> 11) as f64 / (1u64 << 53) as f64;
    (part < plan.rates[fault as usize]).then(|| mix([mixed, 0, 0, 0]))
}

fn strikes(fault: Fault) {
    STRUCK[fault as usize].fetch_add(1, Relaxed);
}

impl Turns {
    const fn new() -> Turns {
        Turns {
            answered: AtomicU32::new(0),
            told: AtomicU32::new(0),
            delayed: AtomicU32::new(0),
            put_off: AtomicU32::new(0),
            answer: AtomicI32::new(0),
        }
    }
}

impl Place {
    const fn nobody() -> Place {
        Place { number: AtomicU32::new(0), flags: AtomicU8::new(0), sides: [Turns::new(), Turns::new()] }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags.load(Acquire) & flag != 0
    }

    fn set(&self, flag: u8, on: bool) {
        if on {
            self.flags.fetch_or(flag, AcqRel);
        } else {
            self.flags.fetch_and(!flag, AcqRel);
        }
    }

    fn side(&self, side: Side) -> &Turns {
        &self.sides[side as usize]
    }

    /// The decision on the next transfer of a direction.
    fn draw(&self, fault: Fault, side: Side) -> Option<u64> {
        draw(fault, self.number.load(Relaxed), side, self.side(side).answered.load(Relaxed))
    }

    fn answered(&self, side: Side) {
        self.side(side).answered.fetch_add(1, Relaxed);
    }

    fn fails(&self, fault: Fault, side: Side, errno: Errno) -> Turn {
        strikes(fault);
        self.answered(side);
        Turn::Fails(errno)
    }

    /// Decides on a transfer of that many bytes.
    fn turn(&self, fd: BorrowedFd<'_>, side: Side, asked: usize, flags: i32) -> Turn {
        if self.has(RESET) {
            return Turn::Fails(Errno::ECONNRESET);
        }
        if flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE) != 0 {
            return Turn::Whole;
        }
        if self.has(STREAM) && self.draw(Fault::Reset, side).is_some() {
            self.set(RESET, true);
            break_connection(fd);
            return self.fails(Fault::Reset, side, Errno::ECONNRESET);
        }
        // The rest of a send is sent: else a call that sends all would have sent a part.
        if side == Side::Send && !self.has(PARTIAL) && self.draw(Fault::Memory, side).is_some() {
            return self.fails(Fault::Memory, side, Errno::ENOBUFS);
        }
        match self.draw(Fault::Short, side) {
            Some(some) if self.has(STREAM) && asked > 1 => {
                Turn::Part(1 + (some % (asked as u64 - 1)) as usize)
            }
            Some(_) | None => Turn::Whole,
        }
    }

    /// What the kernel has answered.
    fn result<T>(&self, side: Side, part: Option<usize>, result: Result<T, Errno>) -> Result<T, Errno> {
        if self.has(RESET) {
            return Err(Errno::ECONNRESET);
        }
        match result {
            Ok(done) => {
                if part.is_some() {
                    strikes(Fault::Short);
                }
                HAS_TRANSFERRED.store(true, Relaxed);
                let lost =
                    side == Side::Receive && !self.has(STREAM) && self.draw(Fault::Loss, side).is_some();
                self.answered(side);
                if lost {
                    strikes(Fault::Loss);
                    // Who receives begins anew.
                    return Err(Errno::EINTR);
                }
                Ok(done)
            }
            Err(errno @ (Errno::EAGAIN | Errno::EINTR | Errno::ECANCELED)) => Err(errno),
            Err(errno) => {
                self.answered(side);
                Err(errno)
            }
        }
    }
}

/// The place of a socket that is not spared.
fn place(fd: BorrowedFd<'_>) -> Option<&'static Place> {
    let place = PLACES.get(usize::try_from(fd.as_raw_fd()).ok()?)?;
    (place.number.load(Acquire) != 0 && !place.has(OWN)).then_some(place)
}

/// Ends a connection as a reset from the peer does, and resets the peer's side.
fn break_connection(fd: BorrowedFd<'_>) {
    // What waits in the kernel, for either direction, is told.
    if linux::disconnect(fd).is_err() {
        let _ = linux::set_linger(fd, true, 0);
        let _ = linux::shutdown(fd, SHUT_RDWR);
    }
}

/// A socket of the program has this descriptor from now on.
pub(crate) fn adopt(fd: BorrowedFd<'_>, is_stream: bool) {
    let Some(place) = usize::try_from(fd.as_raw_fd()).ok().and_then(|index| PLACES.get(index)) else {
        return;
    };
    place.number.store(0, Release);
    place.flags.store(if is_stream { STREAM } else { 0 }, Relaxed);
    for side in &place.sides {
        for count in [&side.answered, &side.told, &side.delayed, &side.put_off] {
            count.store(0, Relaxed);
        }
        side.answer.store(0, Relaxed);
    }
    place.number.store(SOCKETS.fetch_add(1, Relaxed) + 1, Release);
}

/// The descriptor names another connection now, or none.
pub(super) fn renew(fd: BorrowedFd<'_>) {
    if let Some(place) = place(fd) {
        place.set(RESET | PARTIAL | CONNECTING, false);
    }
}

/// A send of `asked` bytes by a call that is told how many of them to take.
pub(super) fn send(
    fd: BorrowedFd<'_>,
    asked: usize,
    flags: i32,
    call: impl FnOnce(usize) -> Result<usize, Errno>,
) -> Result<usize, Errno> {
    let Some(place) = place(fd) else { return call(asked) };
    let part = match place.turn(fd, Side::Send, asked, flags) {
        Turn::Fails(errno) => return Err(errno),
        Turn::Part(part) => Some(part),
        Turn::Whole => None,
    };
    let sent = place.result(Side::Send, part, call(part.unwrap_or(asked)))?;
    place.set(PARTIAL, place.has(STREAM) && sent < asked);
    Ok(sent)
}

/// A receive into `room` bytes by a call that is told how many of them to fill.
pub(super) fn receive<T>(
    fd: BorrowedFd<'_>,
    room: usize,
    flags: i32,
    call: impl FnOnce(usize) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let Some(place) = place(fd) else { return call(room) };
    let part = match place.turn(fd, Side::Receive, room, flags) {
        Turn::Fails(errno) => return Err(errno),
        Turn::Part(part) => Some(part),
        Turn::Whole => None,
    };
    let result = call(part.unwrap_or(room));
    if flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE) != 0 || room == 0 {
        return if place.has(RESET) { Err(Errno::ECONNRESET) } else { result };
    }
    place.result(Side::Receive, part, result)
}

/// A transfer that is about to be handed to the kernel: how many of its bytes. `None`: it is not to be, and is answered
/// in [`completed`].
pub(super) fn hand_over(fd: BorrowedFd<'_>, side: Side, asked: usize, flags: i32) -> Option<usize> {
    let Some(place) = place(fd) else { return Some(asked) };
    place.set(with_kernel(side), true);
    let part = match place.turn(fd, side, asked, flags) {
        Turn::Fails(errno) => {
            place.side(side).answer.store(errno.0, Relaxed);
            return None;
        }
        Turn::Part(part) => {
            strikes(Fault::Short);
            part
        }
        Turn::Whole => asked,
    };
    if side == Side::Send {
        place.set(PARTIAL, part < asked);
    }
    Some(part)
}

/// The kernel's answer to what it was handed.
pub(crate) fn completed(
    fd: BorrowedFd<'_>,
    side: Side,
    result: Result<usize, Errno>,
) -> Result<usize, Errno> {
    let Some(place) = place(fd) else { return result };
    if !place.has(with_kernel(side)) {
        return result;
    }
    place.set(with_kernel(side), false);
    match place.side(side).answer.swap(0, Relaxed) {
        0 => place.result(side, None, result),
        errno => Err(Errno(errno)),
    }
}

fn with_kernel(side: Side) -> u8 {
    match side {
        Side::Receive => RECEIVES,
        Side::Send => SENDS,
    }
}

/// The first bytes of some buffers.
pub(super) fn first(buffers: &[Buffer], len: usize) -> Vec<Buffer> {
    let mut left = len;
    let mut first = Vec::with_capacity(buffers.len());
    for buffer in buffers {
        let part = buffer.len().min(left);
        left -= part;
        first.push(Buffer::new(buffer.data(), part));
    }
    first
}

/// A connection that was accepted: its peer may have given it up.
pub(super) fn accepted<T>(listener: BorrowedFd<'_>, connection: (OwnedFd, T)) -> Result<(OwnedFd, T), Errno> {
    let Some(place) = place(listener) else { return Ok(connection) };
    let aborted = place.draw(Fault::Abort, Side::Receive).is_some();
    place.answered(Side::Receive);
    if !aborted {
        return Ok(connection);
    }
    strikes(Fault::Abort);
    let _ = linux::set_linger(connection.0.as_fd(), true, 0);
    Err(Errno::ECONNRESET)
}

/// Whether there is a descriptor for a connection that waits. If not, it goes on waiting.
pub(crate) fn descriptor_to_accept(listener: BorrowedFd<'_>) -> Result<(), Errno> {
    let Some(place) = place(listener) else { return Ok(()) };
    if place.draw(Fault::Descriptors, Side::Receive).is_none() || ready(listener, poll::POLLIN) == 0 {
        return Ok(());
    }
    place.answered(Side::Receive);
    strikes(Fault::Descriptors);
    Err(Errno::EMFILE)
}

/// Whether there is a descriptor for a new socket. There is before the first transfer: a program is to begin.
pub(crate) fn descriptor_for_socket() -> Result<(), Errno> {
    if !HAS_TRANSFERRED.load(Relaxed) {
        return Ok(());
    }
    match draw(Fault::Descriptors, 0, Side::Send, ASKED.fetch_add(1, Relaxed)) {
        Some(_) => {
            strikes(Fault::Descriptors);
            Err(Errno::EMFILE)
        }
        None => Ok(()),
    }
}

/// A `connect`: a stream's may be refused when it begins.
pub(super) fn connect(
    fd: BorrowedFd<'_>,
    to: &SockAddr,
    call: impl FnOnce() -> Result<(), Errno>,
) -> Result<(), Errno> {
    let Some(place) = place(fd) else { return call() };
    if !place.has(STREAM) {
        call()?;
        place.set(OWN, is_own(fd, to));
        return Ok(());
    }
    if !place.has(CONNECTING) && place.draw(Fault::Refuse, Side::Send).is_some() {
        place.answered(Side::Send);
        strikes(Fault::Refuse);
        return Err(Errno::ECONNREFUSED);
    }
    let result = call();
    let goes_on = matches!(result, Err(Errno::EINPROGRESS | Errno::EALREADY | Errno::EINTR));
    place.set(CONNECTING, goes_on);
    result
}

/// Whether an address is the socket's own.
fn is_own(fd: BorrowedFd<'_>, to: &SockAddr) -> bool {
    /// Family, port and address; behind them may be anything.
    const SAID: [(i32, usize); 2] = [(AF_INET, 8), (AF_INET6, 24)];
    let Ok(own) = linux::local_address(fd) else { return false };
    let family = i32::from(u16::from_ne_bytes([to.bytes[0], to.bytes[1]]));
    SAID.iter().any(|&(known, len)| known == family && own.bytes[..len] == to.bytes[..len])
}

/// How much later than it could a plain call answers: each transfer is delayed once.
pub(crate) fn call_delay(fd: BorrowedFd<'_>, side: Side) -> Option<Duration> {
    let place = place(fd)?;
    let delay = place.draw(Fault::Delay, side)?;
    let occasion = place.side(side).answered.load(Relaxed) + 1;
    if place.side(side).delayed.swap(occasion, Relaxed) == occasion {
        return None;
    }
    strikes(Fault::Delay);
    Some(length(delay))
}

/// How much later than it could an operation is said to have ended.
pub(crate) fn end_delay(fd: BorrowedFd<'_>, side: Side) -> Option<Duration> {
    let place = place(fd)?;
    let occasion = place.side(side).told.fetch_add(1, Relaxed);
    let delay = draw(Fault::Delay, place.number.load(Relaxed), side, occasion)?;
    strikes(Fault::Delay);
    Some(length(delay))
}

fn length(delay: u64) -> Duration {
    /// The longest in microseconds.
    const MOST: u64 = 10_000;
    Duration::from_micros(1 + delay % MOST)
}

/// What of these events holds of a socket.
fn ready(fd: BorrowedFd<'_>, events: i16) -> i16 {
    let mut entry = [poll::entry(fd, events)];
    match poll::poll(&mut entry, Some(Duration::ZERO)) {
        Ok(_) => entry[0].revents,
        Err(_) => 0,
    }
}

/// Whether a call that does not wait finds nothing, though there is something: each transfer is put off once. The end of
/// a connection, of which programs are told once, is not.
pub(crate) fn puts_off(fd: BorrowedFd<'_>, side: Side) -> bool {
    let Some(place) = place(fd) else { return false };
    let event = match side {
        Side::Receive => poll::POLLIN,
        Side::Send => poll::POLLOUT,
    };
    if place.draw(Fault::WouldBlock, side).is_none() || ready(fd, event | poll::POLLRDHUP) != event {
        return false;
    }
    let occasion = place.side(side).answered.load(Relaxed) + 1;
    if place.side(side).put_off.swap(occasion, Relaxed) == occasion {
        return false;
    }
    strikes(Fault::WouldBlock);
    true
}
