//! Overlapped operations: how the calls that can pend start one, and how programs ask for its outcome.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::memory::AddressOut;
use super::{
    BOOL, FALSE, HANDLE, LPWSAOVERLAPPED_COMPLETION_ROUTINE, NTSTATUS, OVERLAPPED, SOCKET, TRUE, WSABUF,
    boundary, memory,
};
use crate::error::Error;
use crate::linux::apc;
use crate::linux::blocking::Pause;
use crate::linux::handles;
use crate::linux::lent::Overlapped;
use crate::linux::objects;
use crate::linux::operation::synchronous::{self, Patience};
use crate::linux::operation::{Buffers, Indication, Operation, Outcome, Request};
use crate::linux::overlapped::{self, Started, at_once};
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::thread;
use crate::linux::transfer;
use crate::linux::translate::Address;
use std::sync::Arc;
use std::time::Duration;

/// Starts a receive.
///
/// # Errors
/// `WSA_IO_PENDING` when it ends later; else what ended it.
///
/// # Safety
/// `overlapped` and the memory that `buffers` and `from` name stay valid until the operation has ended.
pub(super) unsafe fn start_receive(
    socket: &Arc<Socket>,
    buffers: Buffers,
    flags: i32,
    from: Option<AddressOut>,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Outcome, Error> {
    transfer::check_receive(socket, buffers.as_slice(), flags)?;
    if let (Buffers::One(buffer), 0, None, None) = (&buffers, flags, &from, routine) {
        // SAFETY: the caller's promise.
        let overlapped = unsafe { Overlapped::new(overlapped) };
        if overlapped.event() == 0
            && let Some(receiving) = at_once::receive(socket, *buffer, overlapped)
        {
            return started(Ok(receiving));
        }
    }
    let from = from.map(AddressOut::lend);
    // SAFETY: the caller's promise.
    unsafe { start(socket, Request::Receive { buffers, flags, from }, overlapped, routine) }
}

/// Starts a send.
///
/// # Errors
/// `WSA_IO_PENDING` when it ends later; else what ended it.
///
/// # Safety
/// `overlapped` and the memory that `buffers` names stay valid until the operation has ended.
pub(super) unsafe fn start_send(
    socket: &Arc<Socket>,
    buffers: Buffers,
    flags: i32,
    to: Option<Address>,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Outcome, Error> {
    match &to {
        Some(to) => transfer::check_send_to(socket, flags, to)?,
        None => transfer::check_send(socket, flags)?,
    }
    if let (Buffers::One(buffer), None, None) = (&buffers, &to, routine) {
        // SAFETY: the caller's promise.
        let overlapped = unsafe { Overlapped::new(overlapped) };
        if overlapped.event() == 0
            && let Some(sent) = at_once::send(socket, *buffer, flags, overlapped)
        {
            return started(sent);
        }
    }
    if to.is_some() {
        // Linux gives the socket its address with the first datagram.
        socket.bound_implicitly();
    }
    // SAFETY: the caller's promise.
    unsafe { start(socket, Request::Send { buffers, flags, to: to.map(Box::new) }, overlapped, routine) }
}

/// Starts an operation, or, without an `OVERLAPPED`, runs it to its end.
///
/// # Errors
/// As [`start`], and what [`synchronous::run`] has.
///
/// # Safety
/// As [`start`]; `overlapped` may be NULL.
pub(super) unsafe fn start_or_run(
    socket: &Arc<Socket>,
    request: Request,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    patience: Patience,
) -> Result<Outcome, Error> {
    if !overlapped.is_null() {
        // SAFETY: the caller's promise.
        return unsafe { start(socket, request, overlapped, routine) };
    }
    synchronous::run(socket, request, patience)
}

/// Starts an operation. Answers the outcome, a success or a warning, of one that has ended already.
///
/// # Errors
/// `WSA_IO_PENDING` when it ends later; else what ended it, or [`indication`] has against it.
///
/// # Safety
/// `overlapped` and the memory that the request names stay valid until the operation has ended.
pub(super) unsafe fn start(
    socket: &Arc<Socket>,
    mut request: Request,
    overlapped: *mut OVERLAPPED,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Outcome, Error> {
    // SAFETY: the caller's promise.
    let overlapped = unsafe { Overlapped::new(overlapped) };
    let owner = request.owner().unwrap_or(socket);
    let indication = match indication(owner, overlapped, routine) {
        Ok(indication) => indication,
        Err(error) => {
            request.was_not_started(socket);
            return Err(error);
        }
    };
    started(overlapped::start(socket, Operation::new(request, overlapped, indication)))
}

fn started(started: Result<Started, Error>) -> Result<Outcome, Error> {
    match started? {
        Started::Ended(outcome) => Ok(outcome),
        Started::Pending => Err(Error::WSA_IO_PENDING),
    }
}

/// How the program will be told. With a routine, `hEvent` is the program's own.
///
/// # Errors
/// `WSAEINVAL` for a routine on a socket that is associated with a port, `WSA_INVALID_HANDLE` for an event that is none.
fn indication(
    socket: &Socket,
    overlapped: Overlapped,
    routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> Result<Indication, Error> {
    const NO_PACKET: usize = 1;
    match (routine, overlapped.event()) {
        (Some(_), _) if socket.io.is_bound() => Err(Error::WSAEINVAL),
        (Some(routine), _) => Ok(Indication::Routine { thread: thread::current(), routine }),
        (None, 0) => Ok(Indication::Packet),
        (None, NO_PACKET) => Ok(Indication::Nothing),
        (None, handle) => {
            let event = objects::event(handle & !NO_PACKET)?;
            Ok(Indication::Event { event, and_packet: handle & NO_PACKET == 0 })
        }
    }
}

/// The buffers of a `WSABUF` array, captured for an operation.
///
/// # Errors
/// As [`memory::buffers`].
///
/// # Safety
/// `buffers` is NULL or names `count` readable entries.
pub(super) unsafe fn capture(buffers: *const WSABUF, count: u32) -> Result<Buffers, Error> {
    // SAFETY: the caller's promise.
    if let Some(one) = unsafe { memory::only_buffer(buffers, count) } {
        return Ok(Buffers::One(one));
    }
    // SAFETY: the caller's promise.
    let captured = unsafe { memory::buffers(buffers, count) }?;
    Ok(match captured.as_slice() {
        [one] => Buffers::One(*one),
        many => Buffers::Many(many.into()),
    })
}

/// `WSAGetOverlappedResult`: what became of an operation, in WSA codes. With `fwait` it waits for the end.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsagetoverlappedresult`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEFAULT` for a NULL pointer, `WSA_IO_INCOMPLETE` if it has not ended and
/// `fwait` is FALSE, and what the operation met.
///
/// # Safety
/// Each pointer is NULL or valid; `lpoverlapped` is that of an operation that was started.
pub unsafe extern "system" fn WSAGetOverlappedResult(
    s: SOCKET,
    lpoverlapped: *const OVERLAPPED,
    lpcbtransfer: *mut u32,
    fwait: BOOL,
    lpdwflags: *mut u32,
) -> BOOL {
    boundary::call(FALSE, || {
        let _socket = handles::socket(s)?;
        if lpoverlapped.is_null() || lpcbtransfer.is_null() || lpdwflags.is_null() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: the caller's promise.
        let overlapped = unsafe { Overlapped::new(lpoverlapped.cast_mut()) };
        let timeout = if fwait == FALSE { Some(Duration::ZERO) } else { None };
        let (status, bytes) = outcome(overlapped, timeout, false)?.ok_or(Error::WSA_IO_INCOMPLETE)?;
        // SAFETY: not NULL, and the caller promises that it is writable.
        unsafe { memory::write(lpcbtransfer, bytes as u32) }?;
        // SAFETY: as above.
        unsafe { memory::write(lpdwflags, status.received_flags()) }?;
        if status.is_warning_or_error() { Err(status.wsa()) } else { Ok(TRUE) }
    })
}

/// `GetOverlappedResult`: what became of an operation, in Win32 codes. With `bwait` it waits for the end.
///
/// Microsoft's page: `ioapiset/nf-ioapiset-getoverlappedresult`.
///
/// # Errors
/// As [`GetOverlappedResultEx`].
///
/// # Safety
/// As [`GetOverlappedResultEx`].
pub unsafe extern "system" fn GetOverlappedResult(
    hfile: HANDLE,
    lpoverlapped: *const OVERLAPPED,
    lpnumberofbytestransferred: *mut u32,
    bwait: BOOL,
) -> BOOL {
    let milliseconds = if bwait == FALSE { 0 } else { u32::MAX };
    // SAFETY: the caller makes the same promises.
    unsafe { GetOverlappedResultEx(hfile, lpoverlapped, lpnumberofbytestransferred, milliseconds, FALSE) }
}

/// `GetOverlappedResultEx`: the same, with a limit to the wait, which may be alertable: then it also ends when procedure
/// calls are queued to the thread, and runs them.
///
/// Microsoft's page: `ioapiset/nf-ioapiset-getoverlappedresultex`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for a NULL pointer, `ERROR_IO_INCOMPLETE` (996) if it has not
/// ended and the time-out is 0, `WAIT_TIMEOUT` if the time is over, `WAIT_IO_COMPLETION` if procedure calls have run, and
/// what the operation met.
///
/// # Safety
/// Each pointer is NULL or valid; `lpoverlapped` is that of an operation that was started.
pub unsafe extern "system" fn GetOverlappedResultEx(
    hfile: HANDLE,
    lpoverlapped: *const OVERLAPPED,
    lpnumberofbytestransferred: *mut u32,
    dwmilliseconds: u32,
    balertable: BOOL,
) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let _socket = handles::socket(hfile as SOCKET).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        if lpoverlapped.is_null() || lpnumberofbytestransferred.is_null() {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let overlapped = unsafe { Overlapped::new(lpoverlapped.cast_mut()) };
        let too_early = if dwmilliseconds == 0 { Error::WSA_IO_INCOMPLETE } else { Error::WSA_WAIT_TIMEOUT };
        let timeout = (dwmilliseconds != u32::MAX).then(|| Duration::from_millis(dwmilliseconds.into()));
        let (status, bytes) = outcome(overlapped, timeout, balertable != FALSE)?.ok_or(too_early)?;
        // SAFETY: not NULL, and the caller promises that it is writable.
        unsafe { memory::write(lpnumberofbytestransferred, bytes as u32) }?;
        if status.is_warning_or_error() { Err(Error::from_code(status.win32() as i32)) } else { Ok(TRUE) }
    })
}

/// `RtlNtStatusToDosError`: the Win32 code of a status, as it stands in `OVERLAPPED.Internal`. A status without one
/// gives `ERROR_MR_MID_NOT_FOUND` (317).
///
/// Microsoft's page: `winternl/nf-winternl-rtlntstatustodoserror`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn RtlNtStatusToDosError(status: NTSTATUS) -> u32 {
    match Status(status as u32) {
        Status::SUCCESS => 0,
        status => status.win32(),
    }
}

/// The outcome of an operation, after waiting for it no longer than the time-out. A thread that waits does not count
/// as running on its port.
///
/// # Errors
/// `WAIT_IO_COMPLETION` of an alertable wait that has run procedure calls.
fn outcome(
    overlapped: Overlapped,
    timeout: Option<Duration>,
    alertable: bool,
) -> Result<Option<(Status, usize)>, Error> {
    let look = || Some(overlapped.outcome()).filter(|(status, _)| *status != Status::PENDING);
    let now = look();
    if now.is_some() || timeout == Some(Duration::ZERO) {
        return Ok(now);
    }
    if alertable {
        let thread = thread::current();
        let alerted = {
            let _pause = Pause::begin();
            overlapped.sleep_alertably(&thread, timeout)
        };
        if alerted {
            apc::run(&thread);
            return Err(Error::WAIT_IO_COMPLETION);
        }
    } else {
        let _pause = Pause::begin();
        overlapped.sleep_until_ended(timeout);
    }
    Ok(look())
}

/// `CancelIoEx`: asks the operation of one `OVERLAPPED`, or every operation of the socket (NULL), to end. Those that
/// can be stopped end with `ERROR_OPERATION_ABORTED`; one that is ending already ends as it does.
///
/// Microsoft's page: `fileio/cancelioex-func`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_NOT_FOUND` (1168) if there is none.
///
/// # Safety
/// None is needed: the pointer is compared, never followed.
pub unsafe extern "system" fn CancelIoEx(hfile: HANDLE, lpoverlapped: *const OVERLAPPED) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let socket = handles::socket(hfile as SOCKET).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        let one = (!lpoverlapped.is_null()).then_some(lpoverlapped as usize);
        if overlapped::cancel(&socket, one, None) { Ok(TRUE) } else { Err(Error::ERROR_NOT_FOUND) }
    })
}

/// `CancelIo`: asks every operation to end that the calling thread has started on the socket. It succeeds also when
/// there is none.
///
/// Microsoft's page: `fileio/cancelio`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn CancelIo(hfile: HANDLE) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let socket = handles::socket(hfile as SOCKET).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        overlapped::cancel(&socket, None, Some(overlapped::this_thread()));
        Ok(TRUE)
    })
}

/// `SetFileCompletionNotificationModes`: whether an operation that succeeds at once leaves no packet
/// (`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`) and whether the handle itself is left unsignalled
/// (`FILE_SKIP_SET_EVENT_ON_HANDLE`). What is set stays set.
///
/// Microsoft's page: `winbase/nf-winbase-setfilecompletionnotificationmodes`.
///
/// # Errors
/// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_PARAMETER` for an unknown mode.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn SetFileCompletionNotificationModes(filehandle: HANDLE, flags: u8) -> BOOL {
    boundary::call_any_time(FALSE, || {
        let socket = handles::socket(filehandle as SOCKET).map_err(|_| Error::WSA_INVALID_HANDLE)?;
        if flags & !(overlapped::SKIP_PORT_ON_SUCCESS | overlapped::SKIP_SET_EVENT_ON_HANDLE) != 0 {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        socket.io.set_modes(flags);
        Ok(TRUE)
    })
}
