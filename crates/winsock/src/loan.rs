//! Memory that is lent to the kernel: what an overlapped operation reads and writes until it has ended.
//!
//! Owns the one rule on which everything overlapped in the safe API rests: *contents leave a loan only when its status
//! is final*. A [`Loan`] has one owner, is never freed but by giving its contents back, and is leaked if it is
//! forgotten. Its status is `STATUS_PENDING` from the beginning, and the kernel writes the final one as its last act, so
//! whoever asks too early, or because of somebody else's packet, gets nothing. Does not know what waits for the end:
//! ports, events and routines are [`Place`]s to it.
#![allow(unsafe_code, reason = "lends memory to the kernel and takes it back")]

use std::any::Any;
use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};
use std::net::SocketAddr;
use std::panic::{self, AssertUnwindSafe};
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::*};

use crate::outcome::{NotStarted, Operation, Outcome};
use crate::raw::{self, object};
use crate::win32::{self, OVERLAPPED, SOCKET, WSABUF};
use crate::{Error, SockAddr};

/// `STATUS_PENDING`.
const PENDING: usize = 0x103;

/// One operation's memory. At a fixed place from its making to its end.
#[repr(C)]
struct Record<X> {
    /// First: its address is the record's.
    overlapped: UnsafeCell<OVERLAPPED>,
    address: UnsafeCell<SockAddr>,
    socket: SOCKET,
    operation: Operation,
    held: UnsafeCell<Option<Held<X>>>,
}

/// What comes back at the end.
struct Held<X> {
    buffer: Vec<u8>,
    data: X,
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

/// What an operation is to do, and who tells its end besides its status.
pub(crate) struct Request {
    pub(crate) socket: SOCKET,
    pub(crate) operation: Operation,
    /// For [`Operation::SendTo`].
    pub(crate) to: Option<SockAddr>,
    /// For the `hEvent` of the `OVERLAPPED`.
    pub(crate) event: usize,
    pub(crate) routine: win32::LPWSAOVERLAPPED_COMPLETION_ROUTINE,
}

impl<X> Returned<X> {
    /// The same with other data.
    pub(crate) fn with<Y>(self, data: Y) -> Returned<Y> {
        let Returned { operation, outcome, from, buffer, data: _ } = self;
        Returned { operation, outcome, from, buffer, data }
    }
}

impl<X> Loan<X> {
    fn new(request: &Request, status: usize, buffer: Vec<u8>, data: X) -> Loan<X> {
        let overlapped = OVERLAPPED {
            Internal: status,
            hEvent: std::ptr::with_exposed_provenance_mut(request.event),
            ..OVERLAPPED::default()
        };
        Loan(ManuallyDrop::new(Arc::new(Record {
            overlapped: UnsafeCell::new(overlapped),
            address: UnsafeCell::new(request.to.unwrap_or_else(SockAddr::empty)),
            socket: request.socket,
            operation: request.operation,
            held: UnsafeCell::new(Some(Held { buffer, data })),
        })))
    }

    /// The loan of a value that is posted to a port: it has ended from the beginning.
    pub(crate) fn posted(data: X) -> Loan<X> {
        let request = Request {
            socket: win32::INVALID_SOCKET,
            operation: Operation::Post,
            to: None,
            event: 0,
            routine: None,
        };
        Loan::new(&request, 0, Vec::new(), data)
    }

    /// The address of its `OVERLAPPED`, which no other loan has as long as this one is not given back.
    pub(crate) fn address(&self) -> usize {
        self.0.overlapped().addr()
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
        let outcome = outcome(&record);
        // SAFETY: the status is final, so the kernel is done with the record, and this was its only loan.
        let held = unsafe { &mut *record.held.get() }.take();
        let Held { mut buffer, data } = held.expect("a loan is full until it is taken back");
        let from = match record.operation {
            Operation::Receive | Operation::ReceiveFrom => {
                let len = buffer.len() + outcome.bytes.min(room(&buffer));
                // SAFETY: the kernel has written as many bytes behind the old length, and there was room for them.
                unsafe { buffer.set_len(len) };
                // SAFETY: as for the contents.
                let from = unsafe { *record.address.get() };
                SocketAddr::try_from(from).ok()
            }
            Operation::Send | Operation::SendTo | Operation::Post => None,
        };
        Ok(Returned { operation: record.operation, outcome, from, buffer, data })
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

/// The bytes that a receive may append to a buffer: as many as one call can.
fn room(buffer: &Vec<u8>) -> usize {
    (buffer.capacity() - buffer.len()).min(u32::MAX as usize)
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
    request: Request,
    mut buffer: Vec<u8>,
    data: X,
) -> Result<(), NotStarted<X>> {
    let memory = match request.operation {
        Operation::Receive | Operation::ReceiveFrom => {
            let len = room(&buffer) as u32;
            WSABUF { len, buf: buffer.spare_capacity_mut().as_mut_ptr().cast() }
        }
        Operation::Send | Operation::SendTo | Operation::Post => match u32::try_from(buffer.len()) {
            Ok(len) => WSABUF { len, buf: buffer.as_mut_ptr() },
            Err(_) => return Err(NotStarted { error: Error::WSAEMSGSIZE, buffer, data }),
        },
    };
    let loan = Loan::new(&request, PENDING, buffer, data);
    // Keeps the address from being another loan's while the call goes on: the end may come before the call returns,
    // and whoever learns of it may take the loan back at once.
    let record = Arc::clone(&loan.0);
    let address = loan.address();
    place.put(loan);
    // SAFETY: the record, and the buffer that it holds, stay until the status is final, which the kernel makes it as
    // its last act; this clone keeps the record even longer.
    let Err(error) = (unsafe { call(&record, &request, &memory) }) else { return Ok(()) };
    if is_warning(record.status()) {
        // A datagram longer than its buffer: told at once, and to the place as well.
        return Ok(());
    }
    // Whoever has taken it from its place meanwhile has its outcome.
    let Some(loan) = place.take(address) else { return Ok(()) };
    assert!(Arc::ptr_eq(&loan.0, &record), "a place gives back what was put there");
    // SAFETY: the call has failed with an error, after which there is no operation.
    match unsafe { loan.withdraw() } {
        Some(Held { buffer, data }) => Err(NotStarted { error, buffer, data }),
        None => unreachable!("a loan is full until it is taken back"),
    }
}

/// Whether the outcome is delivered though the call fails (`STATUS_BUFFER_OVERFLOW`).
fn is_warning(status: usize) -> bool {
    status as u32 >> 30 == 2
}

/// The raw call. Its own results are on this stack: the record may be taken back before it returns.
///
/// # Safety
/// The record and the memory stay valid and untouched until the status is final.
unsafe fn call<X>(record: &Record<X>, request: &Request, memory: &WSABUF) -> Result<(), Error> {
    let (socket, overlapped, routine) = (request.socket, record.overlapped(), request.routine);
    let mut flags = 0;
    let flags = &raw mut flags;
    let result = match request.operation {
        // SAFETY: the caller's promise.
        Operation::Receive => unsafe {
            win32::WSARecv(socket, memory, 1, null_mut(), flags, overlapped, routine)
        },
        Operation::ReceiveFrom => {
            // SAFETY: nobody else has the address: the operation begins below.
            let (name, len) = unsafe { &mut *record.address.get() }.as_out();
            // SAFETY: the caller's promise.
            unsafe {
                win32::WSARecvFrom(socket, memory, 1, null_mut(), flags, name, len, overlapped, routine)
            }
        }
        // SAFETY: the caller's promise.
        Operation::Send => unsafe { win32::WSASend(socket, memory, 1, null_mut(), 0, overlapped, routine) },
        Operation::SendTo => {
            let to = request.to.expect("a send to somebody says to whom");
            let (name, len) = (to.as_ptr(), to.len());
            // SAFETY: the caller's promise; the address is captured by the call.
            unsafe { win32::WSASendTo(socket, memory, 1, null_mut(), 0, name, len, overlapped, routine) }
        }
        Operation::Post => unreachable!("what is posted is not started"),
    };
    match result {
        0 => Ok(()),
        _ => match raw::last_error() {
            Error::WSA_IO_PENDING => Ok(()),
            error => Err(error),
        },
    }
}

/// What runs at the end of an operation.
pub(crate) type Routine<'scope> = Box<dyn FnOnce(Returned<()>) + 'scope>;

/// The operations of one scope whose ends are told by routines, in its thread.
///
/// [`scope`] makes it, keeps it in its place, and returns when no operation is left: so `hEvent`, which is the program's
/// own beside a routine, can name it, and routines may borrow what lives for `'scope`.
pub(crate) struct Waiting<'scope, 'env: 'scope> {
    /// `'scope` in truth.
    loans: RefCell<HashMap<usize, Loan<Routine<'static>>>>,
    open: Cell<bool>,
    panic: Cell<Option<Box<dyn Any + Send>>>,
    scope: PhantomData<Cell<&'scope ()>>,
    env: PhantomData<Cell<&'env ()>>,
}

/// Runs `body` with a place for routines, and at its end, however it ends, cancels what is under way and waits until
/// every routine has run. A panic of either goes on after that.
pub(crate) fn scope<'env, R>(body: impl for<'scope> FnOnce(&'scope Waiting<'scope, 'env>) -> R) -> R {
    let waiting = Waiting {
        loans: RefCell::default(),
        open: Cell::new(true),
        panic: Cell::new(None),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = panic::catch_unwind(AssertUnwindSafe(|| body(&waiting)));
    waiting.open.set(false);
    while waiting.under_way() > 0 {
        // Not under the borrow: an operation that ends may be told at once.
        let addresses: Vec<(SOCKET, usize)> =
            waiting.loans.borrow().values().map(|loan| (loan.0.socket, loan.address())).collect();
        for (socket, address) in addresses {
            let _ = object::cancel(socket, Some(address));
        }
        object::sleep_alertable(None);
    }
    match result {
        Ok(result) => {
            waiting.go_on_panicking();
            result
        }
        Err(panic) => panic::resume_unwind(panic),
    }
}

impl<'scope> Waiting<'scope, '_> {
    /// Starts an operation whose end `routine` tells.
    ///
    /// # Errors
    /// As [`start`]; `WSA_OPERATION_ABORTED` when the scope is at its end.
    pub(crate) fn start(
        &self,
        mut request: Request,
        buffer: Vec<u8>,
        routine: Routine<'scope>,
    ) -> Result<(), NotStarted<()>> {
        if !self.open.get() {
            return Err(NotStarted::too_late(buffer, ()));
        }
        request.event = std::ptr::from_ref(self).expose_provenance();
        request.routine = Some(ended);
        // SAFETY: only the lifetime changes. `scope` does not return before the routine has run or has been dropped,
        // and `'scope`, which the caller of `scope` cannot choose, lasts until then.
        let routine = unsafe { mem::transmute::<Routine<'scope>, Routine<'static>>(routine) };
        start(self, request, buffer, routine).map_err(|NotStarted { error, buffer, data: _ }| NotStarted {
            error,
            buffer,
            data: (),
        })
    }

    /// How many operations are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.loans.borrow().len()
    }

    /// Lets the panic of a routine go on, if there was one.
    pub(crate) fn go_on_panicking(&self) {
        if let Some(panic) = self.panic.take() {
            panic::resume_unwind(panic);
        }
    }

    fn end_of(&self, address: usize) {
        let Some(Ok(returned)) = self.take(address).map(Loan::take_back) else { return };
        let Returned { operation, outcome, from, buffer, data: routine } = returned;
        let run = || routine(Returned { operation, outcome, from, buffer, data: () });
        if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(run)) {
            self.panic.set(Some(panic));
        }
    }
}

impl Place<Routine<'static>> for Waiting<'_, '_> {
    fn put(&self, loan: Loan<Routine<'static>>) {
        self.loans.borrow_mut().insert(loan.address(), loan);
    }

    fn take(&self, address: usize) -> Option<Loan<Routine<'static>>> {
        self.loans.borrow_mut().remove(&address)
    }
}

/// The completion routine of every operation of a [`Waiting`].
unsafe extern "system" fn ended(_error: u32, _bytes: u32, overlapped: *mut OVERLAPPED, _flags: u32) {
    // SAFETY: an `OVERLAPPED` of ours: its loan is still in its place, for only this function takes it out.
    let event = unsafe { (*overlapped).hEvent };
    let waiting: *const Waiting<'_, '_> = std::ptr::with_exposed_provenance(event.addr());
    // SAFETY: `start` has put it there; `scope` keeps it until no operation is left, in this thread, which is the one
    // that Winsock runs routines in.
    let waiting = unsafe { &*waiting };
    waiting.end_of(overlapped.addr());
}
