//! The one place where a call of the program may sleep in the kernel.
//!
//! Blocking Winsock calls are alertable waits. A thread that procedure calls can reach waits in `poll`, where it can
//! be woken for them; every other thread makes its system call directly.

use super::faults;
use super::port;
use super::socket::Socket;
use super::sys::Errno;
use super::sys::poll::{Entries, POLLIN, POLLOUT, entry, poll};
use super::sys::socket::{MSG_DONTWAIT, SO_RCVTIMEO, SO_SNDTIMEO, timeout};
use super::thread;
use super::wait::wait_for_descriptors;
use std::cell::Cell;
use std::time::Instant;

/// The thread is about to sleep, or to make a call that may; until the guard goes it runs no code of the program.
///
/// Meanwhile it does not count as running on its completion port.
pub(crate) struct Pause {
    outer: bool,
    port: Option<port::Paused>,
}

thread_local! {
    static PAUSED: Cell<bool> = const { Cell::new(false) };
}

impl Pause {
    /// Costs neither a system call nor a lock for a thread that takes packets from no port.
    pub(crate) fn begin() -> Pause {
        let outer = PAUSED.replace(true);
        Pause { outer, port: if outer { None } else { port::pause() } }
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.port.take();
        PAUSED.set(self.outer);
    }
}

/// Whether the calling thread is inside a [`Pause`].
pub(crate) fn is_paused() -> bool {
    PAUSED.get()
}

/// What a call waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Ready {
    /// Data, a connection, or the end of either.
    ToReceive,
    /// Room for data, or the end of a connect.
    ToSend,
    /// Nothing: the call answers at once.
    Now,
}

/// Runs a system call that may block on a socket, until it answers. A signal does not end it: Winsock has no such
/// thing. `closesocket` does; the caller asks [`Socket::is_closing`] before it believes the answer.
///
/// The call gets a message flag: `MSG_DONTWAIT` when the waiting is done here. A call without flags (`accept`) is made
/// on a descriptor that does not wait, though the socket does: then the waiting is done here too.
///
/// # Errors
/// What the call gives, and `EAGAIN` when the socket's time-out has run out.
#[inline]
pub(crate) fn call<T>(
    socket: &Socket,
    ready: Ready,
    mut operation: impl FnMut(i32) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let (events, time_out) = match ready {
        Ready::ToReceive => (POLLIN, SO_RCVTIMEO),
        Ready::ToSend => (POLLOUT, SO_SNDTIMEO),
        Ready::Now => return uninterrupted(socket, || operation(0)),
    };
    if faults::are_on() {
        faults::before_call(socket, ready)?;
    }
    if socket.is_nonblocking() {
        return uninterrupted(socket, || operation(0));
    }
    if thread::is_plain() {
        match uninterrupted(socket, || operation(0)) {
            Err(Errno::EAGAIN) if socket.is_descriptor_nonblocking() => {}
            result => return result,
        }
    }
    call_watched(socket, ready, events, time_out, operation)
}

/// The same in a thread whose sleep concerns others (procedure calls can reach it, or its port counts it), and on a
/// descriptor that does not wait.
#[cold]
fn call_watched<T>(
    socket: &Socket,
    ready: Ready,
    events: i16,
    time_out: i32,
    mut operation: impl FnMut(i32) -> Result<T, Errno>,
) -> Result<T, Errno> {
    let thread = thread::current_if_shared();
    if thread.is_none() {
        let _pause = Pause::begin();
        match uninterrupted(socket, || operation(0)) {
            Err(Errno::EAGAIN) if socket.is_descriptor_nonblocking() => {}
            result => return result,
        }
    }
    let deadline = timeout(socket.fd(), time_out)?.map(|timeout| Instant::now() + timeout);
    let mut entries = Entries::from_elem(entry(socket.fd(), events), 1);
    loop {
        let waited = match &thread {
            Some(thread) if !socket.is_descriptor_nonblocking() => {
                uninterrupted(socket, || wait_for_descriptors(thread, &mut entries, deadline))
            }
            Some(_) | None => wait(&mut entries, deadline),
        };
        let flag = match waited {
            Ok(true) => MSG_DONTWAIT,
            Ok(false) => return Err(Errno::EAGAIN),
            // No descriptor is left to be woken by: the call blocks as if nobody could.
            Err(Errno::EMFILE | Errno::ENFILE | Errno::ENOMEM) => 0,
            Err(errno) => return Err(errno),
        };
        let _pause = Pause::begin();
        match operation(flag) {
            // The descriptor stays ready, and datagrams have no end of their own: nothing else would end this.
            result if is_over(socket, ready) => return result,
            // Another thread was quicker, or the time ran out in the call itself: the next wait tells.
            Err(Errno::EAGAIN | Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// Whether another thread has ended what the call waits for: by `closesocket`, or by `shutdown`.
fn is_over(socket: &Socket, ready: Ready) -> bool {
    socket.is_closing() || (ready == Ready::ToReceive && socket.is_receive_shut())
}

/// Waits until one of the descriptors has an event, or the deadline passes: then the answer is `false`. A signal does
/// not end it, nor do procedure calls, which run meanwhile.
///
/// # Errors
/// `ENOMEM`.
pub(crate) fn wait(entries: &mut Entries, deadline: Option<Instant>) -> Result<bool, Errno> {
    let thread = thread::current_if_shared();
    loop {
        let direct = |entries: &mut Entries| {
            let _pause = Pause::begin();
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            poll(entries, left).map(|ready| ready > 0)
        };
        let result = match &thread {
            None => direct(entries),
            Some(thread) => match wait_for_descriptors(thread, entries, deadline) {
                // No descriptor is left to be woken by: the call blocks as if nobody could.
                Err(Errno::EMFILE | Errno::ENFILE) => direct(entries),
                result => result,
            },
        };
        match result {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

fn uninterrupted<T>(socket: &Socket, mut operation: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match operation() {
            Err(Errno::EINTR) if !socket.is_closing() => {}
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sys::socket::{Buffer, SOL_SOCKET, recv, set_option};
    use super::*;
    use crate::win32::{AF_INET, SOCK_DGRAM};
    use std::time::Duration;

    #[test]
    fn a_socket_s_time_out_ends_an_alertable_call_and_a_direct_one() {
        const TIMEOUT: Duration = Duration::from_millis(20);
        let socket = Socket::new(AF_INET.into(), SOCK_DGRAM, 0).unwrap();
        let value = [0i64, TIMEOUT.as_micros() as i64];
        set_option(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, value).unwrap();
        let mut byte = 0u8;
        let buffer = Buffer::new(&raw mut byte, 1);
        let receive = || {
            let begin = Instant::now();
            let result = call(&socket, Ready::ToReceive, |extra| recv(socket.fd(), buffer, extra));
            assert_eq!(result, Err(Errno::EAGAIN));
            assert!(begin.elapsed() >= TIMEOUT);
            assert!(!is_paused());
        };
        receive();
        let _shared = thread::current();
        assert!(thread::current_if_shared().is_some());
        receive();
    }

    #[test]
    fn pauses_nest() {
        assert!(!is_paused());
        {
            let _outer = Pause::begin();
            drop(Pause::begin());
            assert!(is_paused());
        }
        assert!(!is_paused());
    }
}
