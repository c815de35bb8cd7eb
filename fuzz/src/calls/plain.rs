//! The calls of a sequence that start no overlapped operation.
#![allow(clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use super::world::{Kind, QUEUED, World};
use super::{Call, Pick};
use crate::codes::check;
use crate::memory::Lent;
use crate::options::bind_inside;
use crate::process::last_error;
use std::ffi::c_void;
use std::ptr::{null, null_mut, without_provenance};
use winsock::win32::*;

/// No call waits longer.
const LONGEST_MS: u8 = 3;
const KNOWN_EVENTS: i32 = 0x3FF;

unsafe extern "system" fn procedure(_parameter: usize) {
    QUEUED.set(QUEUED.get() - 1);
}

unsafe extern "system" fn tick(_argument: *const c_void, _low: u32, _high: u32) {}

fn milliseconds(wanted: u8) -> u32 {
    (wanted % (LONGEST_MS + 1)).into()
}

/// Makes a socket one whose plain calls do not wait.
fn unblock(s: SOCKET) {
    let mut on = 1;
    // SAFETY: the number is readable and writable.
    check("ioctlsocket", unsafe { ioctlsocket(s, FIONBIO, &mut on) } == 0);
}

impl World {
    #[allow(clippy::too_many_lines, reason = "one arm after another")]
    pub(super) fn plain(&mut self, call: &Call) {
        // SAFETY: every pointer is to memory of ours that is as long as it says, or NULL.
        unsafe {
            match *call {
                Call::Socket { kind } => {
                    let s = kind.socket();
                    self.add(Kind::Socket, s);
                }
                Call::Pair => self.pair(),
                Call::Listener => {
                    self.listener();
                }
                Call::Event { manual, set } => {
                    self.add(Kind::Event, CreateEventW(null(), manual.into(), set.into(), null()).addr());
                }
                Call::Mutex { owned } => {
                    self.add(Kind::Other, CreateMutexW(null(), owned.into(), null()).addr());
                }
                Call::Semaphore { count } => {
                    let count = i32::from(count % 8);
                    self.add(Kind::Other, CreateSemaphoreW(null(), count, 8, null()).addr());
                }
                Call::Timer { manual } => {
                    self.add(Kind::Other, CreateWaitableTimerW(null(), manual.into(), null()).addr());
                }
                Call::Port { threads } => {
                    let port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, threads.into());
                    self.add(Kind::Port, port.addr());
                }
                Call::Window => self.window(),
                Call::Duplicate { of, options } => self.duplicate(of, options),
                Call::Share { of } => self.share(of),
                Call::Accept { listener } => {
                    let (mut name, mut len) = (Lent::room(128), 128);
                    let s = accept(self.pick(Kind::Socket, listener), name.pointer(), &mut len);
                    check("accept", s != INVALID_SOCKET);
                    if s != INVALID_SOCKET {
                        unblock(s);
                        self.add(Kind::Socket, s);
                    }
                }
                Call::CloseSocket { s } => {
                    let s = self.pick(Kind::Socket, s);
                    let closed = closesocket(s) == 0;
                    check("closesocket", closed);
                    self.closed(s, closed, &[Kind::Socket]);
                }
                Call::CloseHandle { handle } => {
                    let handle = self.pick(Kind::Event, handle);
                    let closed = CloseHandle(without_provenance::<c_void>(handle).cast_mut()) == TRUE;
                    check("CloseHandle", closed);
                    self.closed(handle, closed, &[Kind::Socket, Kind::Event, Kind::Port, Kind::Other]);
                }
                Call::Cancel { s } => {
                    check("CancelIo", CancelIo(self.handle(Kind::Socket, s)) == TRUE);
                }
                Call::CancelEx { s, operation } => {
                    let overlapped = operation.and_then(|index| self.overlapped(index)).unwrap_or(null_mut());
                    check("CancelIoEx", CancelIoEx(self.handle(Kind::Socket, s), overlapped) == TRUE);
                }
                Call::Result { s, operation, milliseconds: wanted, alertable } => {
                    let Some(overlapped) = self.started(operation) else { return };
                    let (handle, mut bytes, mut flags) = (self.handle(Kind::Socket, s), 0, 0);
                    let wait = milliseconds(wanted);
                    let done = GetOverlappedResultEx(handle, overlapped, &mut bytes, wait, alertable.into());
                    check("GetOverlappedResult", done == TRUE);
                    let s = handle.addr();
                    let done = WSAGetOverlappedResult(s, overlapped, &mut bytes, FALSE, &mut flags);
                    check("WSAGetOverlappedResult", done == TRUE);
                }
                Call::Modes { s, modes } => {
                    let s = self.pick(Kind::Socket, s);
                    let set = SetFileCompletionNotificationModes(s as HANDLE, modes) == TRUE;
                    check("SetFileCompletionNotificationModes", set);
                    if set && modes & 1 != 0 {
                        self.skipping.push(s);
                    }
                }
                Call::Associate { s, port, key } => {
                    let (s, port) = (self.pick(Kind::Socket, s), self.pick(Kind::Port, port));
                    if s == INVALID_SOCKET {
                        // This makes another port.
                        return;
                    }
                    let handle = CreateIoCompletionPort(s as HANDLE, port as HANDLE, key.into(), 0);
                    check("CreateIoCompletionPort", !handle.is_null());
                    if !handle.is_null() && port == 0 {
                        self.add(Kind::Port, handle.addr());
                    }
                    if !handle.is_null() {
                        self.associated(s, handle.addr());
                    }
                }
                Call::Post { port, key } => {
                    let port = self.handle(Kind::Port, port);
                    let posted = PostQueuedCompletionStatus(port, 7, key.into(), null());
                    check("PostQueuedCompletionStatus", posted == TRUE);
                }
                Call::Take { port, milliseconds: wanted } => {
                    self.take(self.handle(Kind::Port, port), milliseconds(wanted));
                }
                Call::TakeMany { port, room, milliseconds: wanted, alertable } => {
                    let mut entries = vec![OVERLAPPED_ENTRY::default(); usize::from(room % 8)];
                    let (mut count, wait) = (0, milliseconds(wanted));
                    let (port, room) = (self.handle(Kind::Port, port), entries.len() as u32);
                    let start = entries.as_mut_ptr();
                    let done =
                        GetQueuedCompletionStatusEx(port, start, room, &mut count, wait, alertable.into());
                    check("GetQueuedCompletionStatus", done == TRUE);
                    if done == TRUE {
                        assert!((1..=room).contains(&count));
                        for entry in &entries[..count as usize] {
                            self.packet(entry.lpOverlapped as usize);
                        }
                    }
                }
                Call::Bind { s } => {
                    let s = self.pick(Kind::Socket, s);
                    let name = [AF_INET as u8, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
                    check("bind", bind(s, name.as_ptr().cast(), 16) == 0);
                }
                Call::Listen { s } => {
                    check("listen", listen(self.pick(Kind::Socket, s), 5) == 0);
                }
                Call::Connect { s, to } => {
                    let mut name = World::name_of(self.pick(Kind::Socket, to));
                    crate::inside::destination(&mut name);
                    let done = connect(self.pick(Kind::Socket, s), name.as_ptr().cast(), name.len() as i32);
                    check("connect", done == 0);
                }
                Call::PlainSend { s, len, flags } => {
                    let mut data = Lent::room(len.into());
                    let s = self.pick(Kind::Socket, s);
                    check("WSASend", send(s, data.pointer(), len.into(), flags.into()) >= 0);
                }
                Call::PlainReceive { s, len, flags } => {
                    let mut data = Lent::room(len.into());
                    let s = self.pick(Kind::Socket, s);
                    check("WSARecv", recv(s, data.pointer(), len.into(), flags.into()) >= 0);
                }
                Call::Shutdown { s, how } => {
                    let done = shutdown(self.pick(Kind::Socket, s), i32::from(how % 4)) == 0;
                    check("shutdown", done);
                }
                Call::Select { sockets, milliseconds: wanted } => {
                    let mut sets = [FD_SET::default(); 3];
                    for (set, pick) in sets.iter_mut().zip(sockets) {
                        set.fd_count = u32::from(pick.how % 3 != 0);
                        set.fd_array[0] = self.pick(Kind::Socket, pick);
                    }
                    let time = TIMEVAL { tv_sec: 0, tv_usec: milliseconds(wanted) as i32 * 1000 };
                    let [read, write, other] = &mut sets;
                    check("select", select(0, read, write, other, &time) >= 0);
                }
                Call::Poll { sockets, events, milliseconds: wanted } => {
                    let entry =
                        |(pick, events)| WSAPOLLFD { fd: self.pick(Kind::Socket, pick), events, revents: 0 };
                    let mut entries: Vec<WSAPOLLFD> = sockets.into_iter().zip(events).map(entry).collect();
                    let done = WSAPoll(entries.as_mut_ptr(), 3, milliseconds(wanted) as i32);
                    check("WSAPoll", done >= 0);
                }
                Call::EventSelect { s, event, events } => {
                    let (s, event) = (self.pick(Kind::Socket, s), self.pick(Kind::Event, event) as isize);
                    check("WSAEventSelect", WSAEventSelect(s, event, i32::from(events) & KNOWN_EVENTS) == 0);
                }
                Call::AsyncSelect { s, window, events } => {
                    let (s, window) = (self.pick(Kind::Socket, s), self.handle(Kind::Window, window));
                    let events = i32::from(events) & KNOWN_EVENTS;
                    check("WSAAsyncSelect", WSAAsyncSelect(s, window, WM_USER, events) == 0);
                }
                Call::EnumEvents { s, event } => {
                    let (s, event) = (self.pick(Kind::Socket, s), self.pick(Kind::Event, event) as isize);
                    let mut recorded = WSANETWORKEVENTS::default();
                    check("WSAEnumNetworkEvents", WSAEnumNetworkEvents(s, event, &mut recorded) == 0);
                }
                Call::Messages => self.messages(),
                Call::PostMessage { window, message, wide, long } => {
                    // Messages of the system's may have pointers.
                    let message = WM_USER + u32::from(message);
                    PostMessageW(self.handle(Kind::Window, window), message, wide as usize, long as isize);
                }
                Call::SetEvent { event, how } => {
                    let event = self.handle(Kind::Event, event);
                    let done = match how % 3 {
                        0 => SetEvent(event),
                        1 => ResetEvent(event),
                        _ => PulseEvent(event),
                    };
                    check("SetEvent", done == TRUE);
                }
                Call::Wait { handles, count, all, milliseconds: wanted, alertable } => {
                    let handles = handles.map(|pick| self.handle(Kind::Event, pick));
                    let (count, wait) = (u32::from(count % 4), milliseconds(wanted));
                    let start = handles.as_ptr();
                    let reason = WaitForMultipleObjectsEx(count, start, all.into(), wait, alertable.into());
                    check("WaitForMultipleObjects", reason != WAIT_FAILED);
                }
                Call::SignalAndWait { handles, milliseconds: wanted, alertable } => {
                    let [signal, wait] = handles.map(|pick| self.handle(Kind::Event, pick));
                    let reason = SignalObjectAndWait(signal, wait, milliseconds(wanted), alertable.into());
                    check("SignalObjectAndWait", reason != WAIT_FAILED);
                }
                Call::Release { handle, count } => {
                    let handle = self.handle(Kind::Other, handle);
                    let released = ReleaseSemaphore(handle, count.into(), null_mut());
                    check("ReleaseSemaphore", released == TRUE);
                    check("ReleaseMutex", ReleaseMutex(handle) == TRUE);
                }
                Call::SetTimer { timer, due, period, routine } => {
                    let timer = self.handle(Kind::Other, timer);
                    // In units of 100 nanoseconds from now.
                    let due = -i64::from(due) * 1_000;
                    let (period, routine) = (period.into(), routine.then_some(tick as _));
                    let set = SetWaitableTimer(timer, &due, period, routine, null(), FALSE);
                    check("SetWaitableTimer", set == TRUE);
                }
                Call::QueueApc { thread } => {
                    let thread = self.handle(Kind::Other, thread);
                    let queued = QueueUserAPC(Some(procedure), thread, 0) != 0;
                    check("QueueUserAPC", queued);
                    QUEUED.set(QUEUED.get() + i64::from(queued));
                }
                Call::Sleep { alertable } => {
                    SleepEx(0, alertable.into());
                }
                Call::Receive { .. }
                | Call::Send { .. }
                | Call::ReceiveFrom { .. }
                | Call::SendTo { .. }
                | Call::ReceiveMessage { .. }
                | Call::SendMessage { .. }
                | Call::Read { .. }
                | Call::Write { .. }
                | Call::AcceptEx { .. }
                | Call::ConnectEx { .. }
                | Call::DisconnectEx { .. }
                | Call::Transmit { .. }
                | Call::AwaitChange { .. } => unreachable!("these start operations"),
            }
        }
    }

    fn overlapped(&mut self, index: u8) -> Option<*mut OVERLAPPED> {
        let count = self.operations.len().max(1);
        self.operations.get_mut(usize::from(index) % count).map(|operation| operation.pointer())
    }

    /// The operation, if it is one: the outcome of another one may not be asked for.
    fn started(&mut self, index: u8) -> Option<*mut OVERLAPPED> {
        let count = self.operations.len().max(1);
        let operation = self.operations.get_mut(usize::from(index) % count)?;
        operation.started.then(|| operation.pointer())
    }

    /// Takes a packet. Answers whether there was one.
    pub(super) fn take(&mut self, port: HANDLE, wait: u32) -> bool {
        let (mut bytes, mut key, mut overlapped) = (0, 0, null_mut());
        // SAFETY: the pointers are to variables of ours.
        let done =
            unsafe { GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, wait) } == TRUE;
        check("GetQueuedCompletionStatus", done);
        let taken = done || !overlapped.is_null();
        if taken {
            self.packet(overlapped as usize);
        }
        taken
    }

    fn listener(&mut self) -> SOCKET {
        let kind = crate::address::Kind::Tcp4;
        let s = kind.socket();
        bind_inside(s, kind);
        // SAFETY: no memory is passed.
        check("listen", unsafe { listen(s, 5) } == 0);
        self.add(Kind::Socket, s);
        s
    }

    /// Two sockets that are connected, and their listener.
    fn pair(&mut self) {
        let listener = self.listener();
        let name = World::name_of(listener);
        // SAFETY: no memory is passed.
        let client = unsafe { socket(AF_INET.into(), SOCK_STREAM, 0) };
        assert_ne!(client, INVALID_SOCKET, "{}", last_error());
        // SAFETY: the address is whole.
        let connected = unsafe { connect(client, name.as_ptr().cast(), name.len() as i32) };
        assert_eq!(connected, 0, "{}", last_error());
        unblock(client);
        self.add(Kind::Socket, client);
        // SAFETY: no address is asked for.
        let server = unsafe { accept(listener, null_mut(), null_mut()) };
        assert_ne!(server, INVALID_SOCKET, "{}", last_error());
        unblock(server);
        self.add(Kind::Socket, server);
    }

    fn duplicate(&mut self, of: Pick, options: u8) {
        let (source, mut copy) = (self.pick(Kind::Event, of), null_mut());
        // The source would be closed, too.
        let options = u32::from(options & !(DUPLICATE_CLOSE_SOURCE as u8));
        let kind = self.kind_of(source);
        // SAFETY: the handle is a variable of ours.
        let done = unsafe {
            let process = GetCurrentProcess();
            DuplicateHandle(process, source as HANDLE, process, &mut copy, 0, FALSE, options)
        };
        check("DuplicateHandle", done == TRUE);
        if done == TRUE {
            self.add(kind, copy.addr());
        }
    }

    /// A second handle of a socket, by way of its description.
    fn share(&mut self, of: Pick) {
        let mut description = WSAPROTOCOL_INFOW::default();
        // SAFETY: the description is a variable of ours.
        unsafe {
            let shared =
                WSADuplicateSocketW(self.pick(Kind::Socket, of), GetCurrentProcessId(), &mut description)
                    == 0;
            check("WSADuplicateSocket", shared);
            if shared {
                let any = FROM_PROTOCOL_INFO;
                let s = WSASocketW(any, any, any, &description, 0, WSA_FLAG_OVERLAPPED);
                check("WSASocket", s != INVALID_SOCKET);
                if s != INVALID_SOCKET {
                    self.shares = true;
                    self.add(Kind::Socket, s);
                }
            }
        }
    }

    /// Takes and dispatches what is in the thread's queue.
    pub(super) fn messages(&mut self) {
        let mut message = MSG::default();
        // SAFETY: the message is a variable of ours, and its window has the library's own procedure.
        unsafe {
            while PeekMessageW(&mut message, null_mut(), 0, 0, PM_REMOVE) == TRUE {
                DispatchMessageW(&message);
            }
        }
    }
}
