//! [`routines`]: overlapped operations whose ends are told by closures, in alertable waits of one thread.

use std::borrow::Borrow;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::loan::{self, Request, Routine, Task, Waiting};
use crate::outcome::NotStarted;
use crate::raw::object;
use crate::{Finished, SockAddr, Socket};

/// A scope for operations with completion routines. The routines may borrow whatever lives longer than the scope.
///
/// A routine runs in the thread of the scope, in an alertable wait: [`Routines::sleep`], and every call of this crate that
/// blocks. At its end the scope cancels the operations that are under way, and waits until their routines have run;
/// from then on none starts. A panic of a routine goes on in the next [`Routines::sleep`], or at the end.
///
/// ```
/// use std::cell::Cell;
/// use winsock::{Error, Family, Socket, routines};
///
/// let socket = Socket::datagram(Family::IPV4)?;
/// socket.bind(([127, 0, 0, 1], 0))?;
/// let received = Cell::new(0);
/// let cancelled = Cell::new(false);
///
/// routines(|scope| {
///     scope.receive(&socket, Vec::with_capacity(100), |done| received.set(done.buffer.len()))?;
///     socket.send_to(b"to myself", socket.local_addr()?)?;
///     assert!(scope.sleep(None), "a routine has run");
///     assert_eq!(received.get(), 9);
///
///     // One that is never answered ends with the scope, and fails.
///     scope.receive(&socket, Vec::with_capacity(100), |done| {
///         cancelled.set(done.outcome.error == Some(Error::WSA_OPERATION_ABORTED));
///     })?;
///     Ok::<(), Error>(())
/// })?;
/// assert!(cancelled.get());
/// # Ok::<(), Error>(())
/// ```
///
/// What ends before the scope cannot be borrowed:
///
/// ```compile_fail,E0597
/// # use std::cell::Cell;
/// # use winsock::{Family, Socket, routines};
/// # let socket = Socket::stream(Family::IPV4).unwrap();
/// routines(|scope| {
///     let local = Cell::new(0);
///     let received = &local;
///     scope.receive(&socket, Vec::new(), move |done| received.set(done.buffer.len())).unwrap();
/// });
/// ```
///
/// # Panics
/// As a routine did.
pub fn routines<'env, R>(body: impl for<'scope> FnOnce(Routines<'scope, 'env>) -> R) -> R {
    loan::scope(|waiting| body(Routines { waiting }))
}

/// The scope of [`routines`].
#[derive(Clone, Copy)]
pub struct Routines<'scope, 'env> {
    waiting: &'scope Waiting<'scope, 'env>,
}

/// Starting operations, as [`Pending`](crate::Pending) does. `S` is the socket, which comes back with the end: `&Socket`,
/// `Arc<Socket>`, or a `Socket` that belongs to the operation until its end.
///
/// Each fails with what Winsock refuses it for, as the call of [`Socket`] of the same name does: `WSAEINVAL` for a socket
/// that is associated with a port, `WSA_OPERATION_ABORTED` when the scope is at its end. Then the routine does not run.
impl<'scope> Routines<'scope, '_> {
    /// `WSARecv`: appends what comes to the buffer, as much as there is spare capacity.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecv`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSARecv")]
    pub fn receive<S: Borrow<Socket> + 'scope>(
        self,
        socket: S,
        buffer: Vec<u8>,
        routine: impl FnOnce(Finished<S>) + 'scope,
    ) -> Result<(), NotStarted<()>> {
        self.start(Task::Receive, socket, buffer, routine)
    }

    /// `WSARecvFrom`: the same, and tells where it came from.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsarecvfrom`.
    ///
    /// # Errors
    /// Those of this group. `WSAECONNRESET`: an earlier datagram reached a closed port; the next call receives again.
    #[doc(alias = "WSARecvFrom")]
    pub fn receive_from<S: Borrow<Socket> + 'scope>(
        self,
        socket: S,
        buffer: Vec<u8>,
        routine: impl FnOnce(Finished<S>) + 'scope,
    ) -> Result<(), NotStarted<()>> {
        self.start(Task::ReceiveFrom, socket, buffer, routine)
    }

    /// `WSASend`: sends the buffer; on a stream it ends when all of it has been taken.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasend`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASend")]
    pub fn send<S: Borrow<Socket> + 'scope>(
        self,
        socket: S,
        buffer: Vec<u8>,
        routine: impl FnOnce(Finished<S>) + 'scope,
    ) -> Result<(), NotStarted<()>> {
        self.start(Task::Send, socket, buffer, routine)
    }

    /// `WSASendTo`: sends the buffer as a datagram to an address.
    ///
    /// Microsoft's page: `winsock2/nf-winsock2-wsasendto`.
    ///
    /// # Errors
    /// Those of this group.
    #[doc(alias = "WSASendTo")]
    pub fn send_to<S: Borrow<Socket> + 'scope>(
        self,
        socket: S,
        buffer: Vec<u8>,
        to: impl Into<SocketAddr>,
        routine: impl FnOnce(Finished<S>) + 'scope,
    ) -> Result<(), NotStarted<()>> {
        self.start(Task::SendTo(&SockAddr::from(to.into())), socket, buffer, routine)
    }

    /// `SleepEx`, alertable: runs the routines whose turn it is, or waits for the first of them, no longer than the
    /// time-out; `None` waits without limit. Answers whether one has run.
    ///
    /// Microsoft's page: `synchapi/nf-synchapi-sleepex`.
    ///
    /// # Panics
    /// As a routine did.
    #[doc(alias = "SleepEx")]
    pub fn sleep(self, timeout: Option<Duration>) -> bool {
        let have_run = object::sleep_alertable(timeout);
        self.waiting.go_on_panicking();
        have_run
    }

    /// How many operations are under way.
    pub fn under_way(self) -> usize {
        self.waiting.under_way()
    }

    fn start<S: Borrow<Socket> + 'scope>(
        self,
        task: Task<'_>,
        socket: S,
        buffer: Vec<u8>,
        routine: impl FnOnce(Finished<S>) + 'scope,
    ) -> Result<(), NotStarted<()>> {
        let handle = socket.borrow().as_raw();
        let routine: Routine<'scope> = Box::new(move |returned| routine(returned.replace(socket).0.into()));
        let request = Request { socket: handle, task, event: 0, routine: None };
        self.waiting.start(request, buffer, routine)
    }
}

impl fmt::Debug for Routines<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routines").field("under_way", &self.under_way()).finish()
    }
}
