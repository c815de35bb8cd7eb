//! The handles and operations of one sequence, and what has to hold at its end.
#![allow(clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use super::operation::Operation;
use super::{Call, Pick};
use crate::codes::check;
use std::cell::Cell;
use std::collections::HashMap;
use std::ptr::{null, null_mut, without_provenance_mut};
use std::sync::Once;
use std::time::{Duration, Instant};
use winsock::win32::*;

/// What must come comes within this time.
const LIMIT: Duration = Duration::from_secs(10);

/// What a handle names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Socket,
    Event,
    Port,
    Window,
    /// Mutexes, semaphores, timers and threads.
    Other,
}

#[derive(Debug)]
struct Handle {
    value: usize,
    kind: Kind,
    open: bool,
}

/// What the calls have to do with each other.
#[derive(Default)]
pub(super) struct World {
    handles: Vec<Handle>,
    #[allow(clippy::vec_box, reason = "each stays where it is until it has ended")]
    pub(super) operations: Vec<Box<Operation>>,
    /// The packets of each operation that ports have given.
    packets: HashMap<usize, u32>,
    /// The port of each socket.
    ports: HashMap<SOCKET, usize>,
    /// The sockets whose immediate successes leave no packet.
    pub(super) skipping: Vec<SOCKET>,
    /// Whether a socket has two handles: what is set by one holds for the other.
    pub(super) shares: bool,
}

thread_local! {
    /// Procedure calls that are queued and have not run.
    pub(super) static QUEUED: Cell<i64> = const { Cell::new(0) };
}

impl World {
    pub(super) fn new() -> World {
        World::default()
    }

    /// A handle of the kind, or, for some choices, another.
    pub(super) fn pick(&self, kind: Kind, pick: Pick) -> usize {
        let of_kind = |handle: &&Handle| handle.kind == kind || pick.how >= 200;
        let candidates: Vec<&Handle> = self.handles.iter().filter(of_kind).collect();
        match pick.how {
            ..230 if !candidates.is_empty() => candidates[usize::from(pick.index) % candidates.len()].value,
            ..245 => usize::from(pick.index) * 0x0101,
            245..250 => 0,
            250..253 => -1isize as usize,
            _ => -2isize as usize,
        }
    }

    pub(super) fn handle(&self, kind: Kind, pick: Pick) -> HANDLE {
        without_provenance_mut(self.pick(kind, pick))
    }

    /// Notes a new handle. It is none that is open.
    pub(super) fn add(&mut self, kind: Kind, value: usize) {
        assert!(value != 0 && value != INVALID_SOCKET);
        let is_window = |kind| kind == Kind::Window;
        let same = |other: &Handle| other.value == value && is_window(other.kind) == is_window(kind);
        assert!(!self.handles.iter().any(|other| other.open && same(other)), "{value:#x} is given twice");
        self.handles.push(Handle { value, kind, open: true });
    }

    pub(super) fn is_open(&self, value: usize) -> bool {
        self.handles.iter().any(|handle| handle.open && handle.value == value)
    }

    /// What a handle that is known has named.
    pub(super) fn kind_of(&self, value: usize) -> Kind {
        let known = self.handles.iter().rev().find(|handle| handle.value == value);
        known.map_or(Kind::Other, |handle| handle.kind)
    }

    /// A handle has been closed, or not: an open one of the right kind can be, and any other one cannot.
    pub(super) fn closed(&mut self, value: usize, closed: bool, kinds: &[Kind]) {
        // Windows have values of their own, which may be those of other handles.
        let closes = |handle: &Handle| handle.open && handle.value == value && handle.kind != Kind::Window;
        match self.handles.iter_mut().find(|handle| closes(handle)) {
            Some(handle) => {
                assert_eq!(closed, kinds.contains(&handle.kind), "{handle:?}");
                handle.open = !closed;
            }
            None => assert!(!closed || value >= usize::MAX - 1, "{value:#x} is not open"),
        }
        if closed {
            for operation in self.operations.iter_mut().filter(|operation| operation.port == Some(value)) {
                // Its packet may have gone with the port.
                operation.least = 0;
            }
        }
    }

    pub(super) fn associated(&mut self, s: SOCKET, port: usize) {
        self.ports.insert(s, port);
        let shares = self.shares;
        for operation in self.operations.iter_mut().filter(|operation| operation.socket == s || shares) {
            operation.associated(port);
        }
    }

    pub(super) fn port_of(&self, s: SOCKET) -> Option<usize> {
        self.ports.get(&s).copied()
    }

    /// A port has given a packet.
    pub(super) fn packet(&mut self, overlapped: usize) {
        *self.packets.entry(overlapped).or_default() += 1;
    }

    fn packets_of(&self, operation: &Operation) -> u32 {
        self.packets.get(&operation.address()).copied().unwrap_or(0)
    }

    /// A window, of a class that the library's own procedure serves.
    pub(super) fn window(&mut self) {
        const NAME: &[u16] = &[b'f' as u16, b'u' as u16, b'z' as u16, b'z' as u16, 0];
        static CLASS: Once = Once::new();
        CLASS.call_once(|| {
            let class = WNDCLASSW {
                lpfnWndProc: Some(DefWindowProcW),
                lpszClassName: NAME.as_ptr(),
                ..WNDCLASSW::default()
            };
            // SAFETY: the class is whole.
            assert_ne!(unsafe { RegisterClassW(&class) }, 0);
        });
        let (class, no_menu) = (NAME.as_ptr(), null_mut());
        // SAFETY: the name ends with a zero.
        let window = unsafe {
            CreateWindowExW(0, class, null(), 0, 0, 0, 0, 0, HWND_MESSAGE, no_menu, null_mut(), null())
        };
        self.add(Kind::Window, window.addr());
    }

    pub(super) fn perform(&mut self, call: &Call) {
        if !self.start_operation(call) {
            self.plain(call);
        }
    }

    /// Closes the sockets; then every operation ends, and is told as often as it has to be. Closes the rest.
    pub(super) fn end(mut self) {
        self.close_all(Kind::Socket);
        let limit = Instant::now() + LIMIT;
        while let Some(operation) = self.operations.iter().find(|operation| !operation.has_ended()) {
            assert!(Instant::now() < limit, "an operation never ends: {operation:?}");
            std::thread::yield_now();
        }
        while self.operations.iter().any(|operation| self.packets_of(operation) < operation.least) {
            let late = Instant::now() >= limit;
            self.drain();
            assert!(!late, "a packet is missing: {:?}", self.operations);
        }
        while QUEUED.get() > 0 || self.operations.iter().any(|operation| operation.routines_missing()) {
            // SAFETY: no memory is passed.
            unsafe { SleepEx(1, TRUE) };
            assert!(Instant::now() < limit, "a routine is missing: {:?}", self.operations);
        }
        self.drain();
        // SAFETY: no memory is passed.
        while unsafe { SleepEx(0, TRUE) } == WAIT_IO_COMPLETION {}
        assert_eq!(QUEUED.get(), 0);
        for operation in &self.operations {
            let packets = self.packets_of(operation);
            assert!(
                (operation.least..=operation.most).contains(&packets) && operation.routines_right(),
                "told {packets} times by a port: {operation:?}"
            );
        }
        for kind in [Kind::Window, Kind::Event, Kind::Port, Kind::Other] {
            self.close_all(kind);
        }
        self.messages();
    }

    /// Takes what is in the ports.
    fn drain(&mut self) {
        let is_port = |handle: &&Handle| handle.open && handle.kind == Kind::Port;
        let ports: Vec<usize> = self.handles.iter().filter(is_port).map(|handle| handle.value).collect();
        for port in ports {
            while self.take(without_provenance_mut(port), 0) {}
        }
    }

    fn close_all(&mut self, kind: Kind) {
        for handle in self.handles.iter_mut().filter(|handle| handle.open && handle.kind == kind) {
            handle.open = false;
            // SAFETY: no memory is passed.
            let closed = unsafe {
                match kind {
                    Kind::Socket => closesocket(handle.value) == 0,
                    Kind::Window => DestroyWindow(without_provenance_mut(handle.value)) == TRUE,
                    Kind::Event | Kind::Port | Kind::Other => {
                        CloseHandle(without_provenance_mut(handle.value)) == TRUE
                    }
                }
            };
            check("CloseHandle", closed);
            assert!(closed, "an open handle can be closed: {handle:?}");
        }
    }
}
