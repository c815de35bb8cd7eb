//! io_uring: one ring, any thread may submit, one at a time waits.
#![allow(unsafe_code, reason = "hands memory to the kernel through the ring")]

use super::faults::{self, Side};
use super::fork;
use super::socket::{Buffer, MAX_BUFFERS, Received, SockAddr, total};
use super::{AsFd, AsRawFd, BorrowedFd, Errno};
use io_uring::types::{Fd, SubmitArgs, Timespec};
use io_uring::{IoUring, Probe, cqueue, opcode, squeue::Entry};
use std::mem::{ManuallyDrop, MaybeUninit};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Requests that fit between two submissions.
const SUBMISSIONS: u32 = 1024;
/// Completions that the kernel keeps before it has to keep them elsewhere.
const COMPLETIONS: u32 = 8192;

/// A ring.
pub(crate) struct Ring {
    ring: ManuallyDrop<IoUring>,
    /// The process whose memory the ring is in.
    generation: u32,
    /// Whoever writes requests; the kernel reads them under a lock of its own.
    submitting: Mutex<()>,
    /// Whoever takes completions.
    completing: Mutex<()>,
}

/// One completion: what the request was known by, and its result.
#[derive(Clone, Copy)]
pub(crate) struct Completed {
    pub(crate) data: u64,
    pub(crate) result: Result<usize, Errno>,
    /// A receive has left something behind.
    pub(crate) more: bool,
}

/// A request for the kernel. Memory that it names stays valid until its completion has been taken.
pub(crate) struct Submission(Entry);

impl Submission {
    /// `waits`: nothing will be there, so that the kernel waits before it tries.
    pub(crate) fn recv(fd: BorrowedFd<'_>, buffer: Buffer, flags: i32, waits: bool) -> Submission {
        /// `IORING_RECVSEND_POLL_FIRST`.
        const POLL_FIRST: u16 = 1;
        let Some(len) = handed_over(fd, Side::Receive, buffer.len(), flags) else {
            return Submission::nothing();
        };
        let receive = opcode::Recv::new(Fd(fd.as_raw_fd()), buffer.data(), len as u32).flags(flags);
        Submission(receive.ioprio(if waits { POLL_FIRST } else { 0 }).build())
    }

    pub(crate) fn send(fd: BorrowedFd<'_>, buffer: Buffer, flags: i32) -> Submission {
        let Some(len) = handed_over(fd, Side::Send, buffer.len(), flags) else {
            return Submission::nothing();
        };
        Submission(opcode::Send::new(Fd(fd.as_raw_fd()), buffer.data(), len as u32).flags(flags).build())
    }

    pub(crate) fn recv_message(fd: BorrowedFd<'_>, message: &mut Message, flags: i32) -> Submission {
        if !message.is_handed_over(fd, Side::Receive, flags) {
            return Submission::nothing();
        }
        Submission(
            opcode::RecvMsg::new(Fd(fd.as_raw_fd()), message.for_receiving()).flags(flags as u32).build(),
        )
    }

    pub(crate) fn send_message(fd: BorrowedFd<'_>, message: &mut Message, flags: i32) -> Submission {
        if !message.is_handed_over(fd, Side::Send, flags) {
            return Submission::nothing();
        }
        Submission(
            opcode::SendMsg::new(Fd(fd.as_raw_fd()), message.for_sending()).flags(flags as u32).build(),
        )
    }

    /// Completes when the descriptor is ready for one of the events.
    pub(crate) fn poll(fd: BorrowedFd<'_>, events: i16) -> Submission {
        Submission(opcode::PollAdd::new(Fd(fd.as_raw_fd()), events as u32).build())
    }

    /// Asks a request, known by its data, to end.
    pub(crate) fn cancel(data: u64) -> Submission {
        Submission(opcode::AsyncCancel::new(data).build())
    }

    /// Completes at once.
    pub(crate) fn nothing() -> Submission {
        Submission(opcode::Nop::new().build())
    }

    /// What the completion will be known by.
    pub(crate) fn known_by(self, data: u64) -> Submission {
        Submission(self.0.user_data(data))
    }
}

/// How many bytes of a transfer the kernel is to work on; `None` if it is not to get it.
#[inline]
fn handed_over(fd: BorrowedFd<'_>, side: Side, len: usize, flags: i32) -> Option<usize> {
    if faults::on() { faults::hand_over(fd, side, len, flags) } else { Some(len) }
}

/// Several buffers and an address, kept where the kernel finds them until the request has ended.
pub(crate) struct Message {
    header: libc::msghdr,
    buffers: Vec<Buffer>,
    address: SockAddr,
}

// SAFETY: the pointers lead into the box itself and to memory lent to the operation, whichever thread works on it.
unsafe impl Send for Message {}

impl Message {
    pub(crate) fn new(buffers: &[Buffer], to: Option<SockAddr>) -> Box<Message> {
        Box::new(Message {
            // SAFETY: all zero is a valid msghdr: no name, no buffers, no control data.
            header: unsafe { MaybeUninit::zeroed().assume_init() },
            buffers: buffers.iter().take(MAX_BUFFERS).copied().collect(),
            address: to.unwrap_or(SockAddr { len: 0, ..SockAddr::empty() }),
        })
    }

    /// The same for its buffers.
    fn is_handed_over(&mut self, fd: BorrowedFd<'_>, side: Side, flags: i32) -> bool {
        if !faults::on() {
            return true;
        }
        let asked = total(&self.buffers);
        match faults::hand_over(fd, side, asked, flags) {
            Some(len) if len < asked => self.buffers = faults::first(&self.buffers, len),
            Some(_) => {}
            None => return false,
        }
        true
    }

    fn for_sending(&mut self) -> *const libc::msghdr {
        self.header.msg_iov = self.buffers.as_mut_ptr().cast();
        self.header.msg_iovlen = self.buffers.len();
        if self.address.len > 0 {
            self.header.msg_name = self.address.bytes.as_mut_ptr().cast();
            self.header.msg_namelen = self.address.len;
        }
        &raw const self.header
    }

    fn for_receiving(&mut self) -> *mut libc::msghdr {
        self.address = SockAddr::empty();
        self.for_sending();
        &raw mut self.header
    }

    /// What a receive left here, besides its length.
    pub(crate) fn received(&self, len: usize) -> Received {
        let from = SockAddr { len: self.header.msg_namelen, ..self.address };
        Received { len, from }
    }
}

impl Ring {
    /// A ring, if the kernel allows one that can do all that is needed here.
    pub(crate) fn new() -> Result<Ring, Errno> {
        let ring = IoUring::builder()
            .setup_coop_taskrun()
            .setup_cqsize(COMPLETIONS)
            .dontfork()
            .build(SUBMISSIONS)
            .map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EIO)))?;
        let parameters = ring.params();
        if !parameters.is_feature_ext_arg() || !parameters.is_feature_nodrop() {
            return Err(Errno::ENOSYS);
        }
        let mut probe = Probe::new();
        ring.submitter()
            .register_probe(&mut probe)
            .map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EIO)))?;
        let needed = [
            opcode::Recv::CODE,
            opcode::Send::CODE,
            opcode::RecvMsg::CODE,
            opcode::SendMsg::CODE,
            opcode::PollAdd::CODE,
            opcode::AsyncCancel::CODE,
            opcode::Nop::CODE,
        ];
        if !needed.into_iter().all(|code| probe.is_supported(code)) {
            return Err(Errno::ENOSYS);
        }
        let ring = ManuallyDrop::new(ring);
        Ok(Ring {
            ring,
            generation: fork::generation(),
            submitting: Mutex::new(()),
            completing: Mutex::new(()),
        })
    }

    /// Queues a request; it reaches the kernel with the next [`Ring::submit`] or [`Ring::wait`] of any thread.
    ///
    /// # Safety
    /// The memory that the request names stays valid until its completion has been taken, or the ring is gone.
    pub(crate) unsafe fn push(&self, submission: &Submission) {
        let _submitting = self.submitting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            // SAFETY: the lock makes this the only submission queue in use.
            let mut queue = unsafe { self.ring.submission_shared() };
            // SAFETY: the caller's promise.
            if unsafe { queue.push(&submission.0) }.is_ok() {
                return;
            }
            drop(queue);
            self.submit();
        }
    }

    /// Whether requests wait for a [`Ring::submit`].
    pub(crate) fn has_unsubmitted(&self) -> bool {
        let _submitting = self.submitting.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the lock makes this the only submission queue in use.
        !unsafe { self.ring.submission_shared() }.is_empty()
    }

    /// Gives the queued requests to the kernel.
    pub(crate) fn submit(&self) {
        // A kernel short of memory refuses for now; the requests stay queued for the next time.
        let _ = self.ring.submit();
    }

    /// Gives the queued requests to the kernel and waits for a completion, or until the time is over.
    pub(crate) fn wait(&self, timeout: Option<Duration>) {
        let time = timeout.map(Timespec::from);
        let mut arguments = SubmitArgs::new();
        if let Some(time) = &time {
            arguments = arguments.timespec(time);
        }
        // Over the time, interrupted by a signal, short of memory: the caller looks and comes back.
        let _ = self.ring.submitter().submit_with_args(1, &arguments);
    }

    /// Takes completions that are there. Answers how many.
    pub(crate) fn take(&self, room: &mut [Completed]) -> usize {
        let _completing = self.completing.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the lock makes this the only completion queue in use.
        let queue = unsafe { self.ring.completion_shared() };
        let mut count = 0;
        for (place, entry) in room.iter_mut().zip(queue) {
            let result = usize::try_from(entry.result()).map_err(|_| Errno(-entry.result()));
            let more = cqueue::sock_nonempty(entry.flags());
            *place = Completed { data: entry.user_data(), result, more };
            count += 1;
        }
        count
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        if self.generation == fork::generation() {
            // SAFETY: nothing uses the ring after its owner is gone.
            unsafe { ManuallyDrop::drop(&mut self.ring) };
        } else {
            // A child of a fork has the descriptor but not the memory, in whose place there may be other memory now.
            // SAFETY: the descriptor is the ring's, and nothing else closes it.
            unsafe { libc::close(self.ring.as_raw_fd()) };
        }
    }
}

/// Readable while there are completions.
impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the ring keeps its descriptor open as long as it lives.
        unsafe { BorrowedFd::borrow_raw(self.ring.as_raw_fd()) }
    }
}
