//! Memory that is lent to the kernel: what an overlapped operation reads and writes until it has ended.
//!
//! Owns the one rule on which everything overlapped in the safe API rests: *contents leave a loan only when its status
//! is final*. A [`Loan`] has one owner, is never freed but by giving its contents back, and is leaked if it is
//! forgotten. Its status is `STATUS_PENDING` from the beginning, and the kernel writes the final one as its last act, so
//! whoever asks too early, or because of somebody else's packet, gets nothing. Does not know what waits for the end:
//! ports, events and routines are [`Place`]s to it. The calls themselves are `loan/call.rs`'s.
#![allow(unsafe_code, reason = "lends memory to the kernel and takes it back")]

mod call;
mod scope;

use std::cell::UnsafeCell;
use std::mem::ManuallyDrop;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::*};
use std::time::Duration;

use crate::outcome::{Accepted, NotStarted, Operation, Outcome};
use crate::raw::{self, object};
use crate::win32::{self, OVERLAPPED, SOCKET};
use crate::{Error, SockAddr, Socket};
use call::Prepared;
pub(crate) use scope::{Routine, Waiting, scope};

/// `STATUS_PENDING`.
const PENDING: usize = 0x103;

/// One operation's memory. At a fixed place from its making to its end.
#[repr(C)]
struct Record<X> {
    /// First: its address is the record's.
    overlapped: UnsafeCell<OVERLAPPED>,
    socket: SOCKET,
    /// The socket that an accept connects. It is open as long as the loan is full.
    guest: SOCKET,
    operation: Operation,
    held: UnsafeCell<Option<Held<X>>>,
    /// Where a receive got its data from, or where a send goes. Not of others: it is long.
    address: UnsafeCell<Option<Box<SockAddr>>>,
}

/// What comes back at the end.
struct Held<X> {
    bytes: Bytes,
    /// For an accept.
    guest: Option<Guest>,
    data: X,
}

/// The memory that the kernel reads or writes.
pub(crate) enum Bytes {
    Own(Vec<u8>),
    /// Of a send alone: others may read it meanwhile, and nobody can write to it.
    Shared(Arc<[u8]>),
}

/// The socket that an accept connects.
struct Guest {
    socket: Socket,
    /// The bytes for which there is room before the addresses.
    first: u32,
}

// SAFETY: the cells are the kernel's until the status is final, then those of the loan's one owner; the status itself
// is read atomically. What a record holds is `Send`.
unsafe impl<X: Send> Send for Record<X> {}
// SAFETY: as above; a shared record gives out nothing but its status.
unsafe impl<X: Send> Sync for Record<X> {}

impl<X> Record<X> {
    fn overlapped(&self) -> *mut OVERLAPPED {
        self.overlapped.get()
    }

    fn status(&self) -> usize {
        // SAFETY: a field of the record, which is alive.
        let status = unsafe { &raw mut (*self.overlapped()).Internal };
        // SAFETY: an aligned word of live memory, to which the kernel writes whole words.
        unsafe { AtomicUsize::from_ptr(status) }.load(Acquire)
    }
}

/// An operation's memory, for the time in which the kernel may use it. Forgotten, it is leaked.
pub(crate) struct Loan<X>(ManuallyDrop<Arc<Record<X>>>);

/// A loan's contents after its end.
pub(crate) struct Returned<X> {
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
    pub(crate) from: Option<SocketAddr>,
    pub(crate) accepted: Option<Accepted>,
    pub(crate) buffer: Vec<u8>,
    pub(crate) data: X,
}

/// Where loans are kept until somebody learns that their operations have ended.
pub(crate) trait Place<X> {
    /// Keeps a loan.
    fn put(&self, loan: Loan<X>);
    /// Gives back the loan at an address, if it is there.
    fn take(&self, address: usize) -> Option<Loan<X>>;
}

/// What an operation is to do.
#[derive(Clone, Copy)]
pub(crate) enum Task<'a> {
    Receive,
    ReceiveFrom,
    Send,
    /// Of shared bytes, so many from there on.
    SendPart {
        from: usize,
        len: usize,
    },
    SendTo(&'a SockAddr),
    /// With so many bytes of first data at most; 0 waits for none.
    Accept {
        first: usize,
    },
    Connect(&'a SockAddr),
    Post,
}

/// An operation to be started, and who tells its end besides its status.
pub(crate) struct Request<'a> {
    pub(crate) socket: SOCKET,
    pub(crate) task: Task<'a>,
    /// For the `hEvent` of the `OVERLAPPED`.
    pub(crate) event: usize,
    pub(crate) routine: win32::LPWSAOVERLAPPED_COMPLETION_ROUTINE,
}

impl Task<'_> {
    fn operation(self) -> Operation {
        match self {
            Task::Receive => Operation::Receive,
            Task::ReceiveFrom => Operation::ReceiveFrom,
            Task::Send | Task::SendPart { .. } => Operation::Send,
            Task::SendTo(_) => Operation::SendTo,
            Task::Accept { .. } => Operation::Accept,
            Task::Connect(_) => Operation::Connect,
            Task::Post => Operation::Post,
        }
    }

    /// What its record has for an address.
    fn address(self) -> Option<SockAddr> {
        match self {
            Task::ReceiveFrom => Some(SockAddr::empty()),
            // Windows copies it, but Wine 8 looks at it again when the send goes on later.
            Task::SendTo(to) => Some(*to),
            Task::Receive
            | Task::Send
            | Task::SendPart { .. }
            | Task::Accept { .. }
            | Task::Connect(_)
            | Task::Post => None,
        }
    }
}

impl Bytes {
    /// The program's own buffer; it gets none back for what it shares.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        match self {
            Bytes::Own(buffer) => buffer,
            Bytes::Shared(_) => Vec::new(),
        }
    }
}

impl<X> Returned<X> {
    /// The same with other data, and the data.
    pub(crate) fn replace<Y>(self, other: Y) -> (Returned<Y>, X) {
        let Returned { operation, outcome, from, accepted, buffer, data } = self;
        (Returned { operation, outcome, from, accepted, buffer, data: other }, data)
    }
}

impl<X> Loan<X> {
    fn new(request: &Request<'_>, status: usize, held: Held<X>) -> Loan<X> {
        let overlapped = OVERLAPPED {
            Internal: status,
            hEvent: std::ptr::with_exposed_provenance_mut(request.event),
            ..OVERLAPPED::default()
        };
        Loan(ManuallyDrop::new(Arc::new(Record {
            overlapped: UnsafeCell::new(overlapped),
            socket: request.socket,
            guest: held.guest.as_ref().map_or(win32::INVALID_SOCKET, |guest| guest.socket.as_raw()),
            operation: request.task.operation(),
            held: UnsafeCell::new(Some(held)),
            address: UnsafeCell::new(request.task.address().map(Box::new)),
        })))
    }

    /// The loan of a value that is posted to a port: it has ended from the beginning.
    pub(crate) fn posted(data: X) -> Loan<X> {
        let request = Request { socket: win32::INVALID_SOCKET, task: Task::Post, event: 0, routine: None };
        Loan::new(&request, 0, Held { bytes: Bytes::Own(Vec::new()), guest: None, data })
    }

    /// The address of its `OVERLAPPED`, which no other loan has as long as this one is not given back.
    pub(crate) fn address(&self) -> usize {
        self.0.overlapped().addr()
    }

    /// The socket of its operation.
    pub(crate) fn socket(&self) -> SOCKET {
        self.0.socket
    }

    /// How long the connection is there whose first data it waits for.
    pub(crate) fn connect_time(&self) -> Option<Duration> {
        match self.0.operation {
            Operation::Accept if !self.has_ended() => raw::connect_time(self.0.guest).ok()?,
            _ => None,
        }
    }

    /// Whether the operation has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.status() != PENDING
    }

    /// Asks the operation to end. Answers whether it was there to be asked.
    pub(crate) fn cancel(&self) -> bool {
        object::cancel(self.0.socket, Some(self.address())).is_ok()
    }

    /// The contents, if the operation has ended.
    pub(crate) fn take_back(self) -> Result<Returned<X>, Loan<X>> {
        if !self.has_ended() {
            return Err(self);
        }
        let record = ManuallyDrop::into_inner(self.0);
        let mut outcome = outcome(&record);
        // SAFETY: the status is final, so the kernel is done with the record, and this was its only loan.
        let held = unsafe { &mut *record.held.get() }.take();
        let Held { bytes, guest, data } = held.expect("a loan is full until it is taken back");
        let mut buffer = bytes.into_buffer();
        let (mut from, mut accepted) = (None, None);
        match record.operation {
            Operation::Receive | Operation::ReceiveFrom => {
                let len = buffer.len() + outcome.bytes.min(call::room(&buffer));
                // SAFETY: the kernel has written as many bytes behind the old length, and there was room for them.
                unsafe { buffer.set_len(len) };
                if record.operation == Operation::ReceiveFrom {
                    // SAFETY: as for the contents.
                    let address = unsafe { &*record.address.get() };
                    from = address.as_deref().and_then(|address| SocketAddr::try_from(*address).ok());
                }
            }
            Operation::Accept if outcome.error.is_none() => {
                let guest = guest.expect("an accept has its socket");
                let len = buffer.len() + outcome.bytes.min(guest.first as usize);
                match call::admit(record.socket, guest, &buffer) {
                    Ok(socket) => {
                        // SAFETY: as for a receive.
                        unsafe { buffer.set_len(len) };
                        accepted = Some(socket);
                    }
                    Err(error) => outcome = Outcome::failed(error),
                }
            }
            Operation::Connect if outcome.error.is_none() => call::update_connect_context(record.socket),
            Operation::Accept
            | Operation::Connect
            | Operation::Send
            | Operation::SendTo
            | Operation::Post => {}
        }
        Ok(Returned { operation: record.operation, outcome, from, accepted, buffer, data })
    }

    /// The contents, though the status is not final.
    ///
    /// # Safety
    /// The operation was refused: the kernel has nothing of it.
    unsafe fn withdraw(self) -> Option<Held<X>> {
        let record = ManuallyDrop::into_inner(self.0);
        // SAFETY: the kernel does not know the record, and this was its only loan.
        unsafe { &mut *record.held.get() }.take()
    }
}

/// What became of an operation that has ended.
fn outcome<X>(record: &Record<X>) -> Outcome {
    let status = record.status() as u32;
    // SAFETY: the status is final, so nobody writes to the `OVERLAPPED` any more.
    let bytes = unsafe { (*record.overlapped()).InternalHigh };
    if status as i32 >= 0 {
        return Outcome { bytes, error: None, port_error: None };
    }
    // SAFETY: no memory is passed.
    let win32_code = unsafe { win32::RtlNtStatusToDosError(status as i32) };
    let port_error = Error::from_code(win32_code as i32);
    let (mut transferred, mut flags) = (0, 0);
    let (socket, overlapped) = (record.socket, record.overlapped());
    let results = (&raw mut transferred, &raw mut flags);
    // SAFETY: the record is alive, and both results are ours.
    let ok = unsafe { win32::WSAGetOverlappedResult(socket, overlapped, results.0, 0, results.1) };
    let error = match raw::last_error() {
        // The socket is gone, and the one mapping with it.
        _ if ok != 0 => port_error,
        Error::WSAENOTSOCK => port_error,
        error => error,
    };
    Outcome { bytes, error: Some(error), port_error: Some(port_error) }
}

/// Starts an operation whose loan waits in `place` for its end.
///
/// # Errors
/// What refused it, with its contents: then nothing will tell of it, and `place` does not have it.
pub(crate) fn start<X>(
    place: &impl Place<X>,
    request: Request<'_>,
    mut bytes: Bytes,
    data: X,
) -> Result<(), NotStarted<X>> {
    let Prepared { memory, guest } = match call::prepare(&request, &mut bytes) {
        Ok(prepared) => prepared,
        Err(error) => return Err(NotStarted { error, buffer: bytes.into_buffer(), data }),
    };
    let loan = Loan::new(&request, PENDING, Held { bytes, guest, data });
    // Keeps the address from being another loan's while the call goes on: the end may come before the call returns,
    // and whoever learns of it may take the loan back at once.
    let record = Arc::clone(&loan.0);
    let address = loan.address();
    place.put(loan);
    // SAFETY: the record, and the bytes that it holds, stay until the status is final, which the kernel makes it as
    // its last act; this clone keeps the record even longer.
    let Err(error) = (unsafe { call::call(&record, &request, &memory) }) else { return Ok(()) };
    if is_warning(record.status()) {
        // A datagram longer than its buffer: told at once, and to the place as well.
        return Ok(());
    }
    // Whoever has taken it from its place meanwhile has its outcome.
    let Some(loan) = place.take(address) else { return Ok(()) };
    assert!(Arc::ptr_eq(&loan.0, &record), "a place gives back what was put there");
    // SAFETY: the call has failed with an error, after which there is no operation.
    match unsafe { loan.withdraw() } {
        Some(Held { bytes, data, guest: _ }) => Err(NotStarted { error, buffer: bytes.into_buffer(), data }),
        None => unreachable!("a loan is full until it is taken back"),
    }
}

/// Whether the outcome is delivered though the call fails (`STATUS_BUFFER_OVERFLOW`).
fn is_warning(status: usize) -> bool {
    status as u32 >> 30 == 2
}
