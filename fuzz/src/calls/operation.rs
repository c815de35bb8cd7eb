//! Overlapped operations: their memory, how each is started, and how often its end has to be told.
#![allow(clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use super::world::{Kind, World};
use super::{Call, How, Told};
use crate::codes::check;
use crate::memory::Lent;
use crate::process::last_error;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering::Acquire};
use winsock::win32::*;

const PENDING: usize = 0x103;
/// The rooms of an `AcceptEx`: enough for any family.
const ROOM: u32 = 144;

/// An operation, at one place until the sequence is over.
#[repr(C)]
pub(super) struct Operation {
    /// First, so that a routine finds its operation.
    overlapped: OVERLAPPED,
    routines: u32,
    pub(super) socket: SOCKET,
    pub(super) port: Option<usize>,
    told: Told,
    /// How many packets there have to be.
    pub(super) least: u32,
    pub(super) most: u32,
    pub(super) started: bool,
    data: Lent,
    name: Lent,
    name_len: i32,
    control: Lent,
    buffers: [WSABUF; 2],
    message: WSAMSG,
    flags: u32,
    bytes: u32,
    around: TRANSMIT_FILE_BUFFERS,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Operation { routines, socket, port, told, least, most, started, .. } = self;
        let status = self.status();
        write!(f, "{told:?} of {socket:#x}, port {port:x?}, started {started}, status {status:#x}, ")?;
        write!(f, "{least} to {most} packets, {routines} routines")
    }
}

/// What starting has shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    AtOnce,
    /// It has ended with a warning, which is told as an end is.
    Warned,
    Pending,
    Failed,
}

unsafe extern "system" fn routine(_error: u32, _bytes: u32, overlapped: *mut OVERLAPPED, _flags: u32) {
    // SAFETY: every `OVERLAPPED` of this module lies in an operation, which stays until the sequence is over.
    unsafe { (*overlapped.cast::<Operation>()).routines += 1 };
}

impl Operation {
    fn new(socket: SOCKET, how: How, event: usize, name: &[u8]) -> Box<Operation> {
        let mut operation = Box::new(Operation {
            overlapped: OVERLAPPED::default(),
            routines: 0,
            socket,
            port: None,
            told: how.told,
            least: 0,
            most: 0,
            started: false,
            data: Lent::room(how.len.into()),
            name: Lent::new(name),
            name_len: name.len() as i32,
            control: Lent::room(64),
            buffers: [WSABUF { len: 0, buf: null_mut() }; 2],
            message: WSAMSG::default(),
            flags: u32::from(how.flags) & !(MSG_WAITALL as u32),
            bytes: 0,
            around: TRANSMIT_FILE_BUFFERS::default(),
        });
        operation.overlapped.hEvent = match how.told {
            Told::Packet => null_mut(),
            Told::Event => event as HANDLE,
            Told::EventOnly => (event | 1) as HANDLE,
            // The program's own.
            Told::Routine => event as HANDLE,
            Told::Nothing => 1 as HANDLE,
        };
        let half = operation.data.len() / 2;
        let start: *mut u8 = operation.data.pointer();
        operation.buffers = [
            WSABUF { len: half as u32, buf: start },
            WSABUF { len: (operation.data.len() - half) as u32, buf: start.wrapping_add(half) },
        ];
        operation
    }

    pub(super) fn address(&self) -> usize {
        &raw const self.overlapped as usize
    }

    pub(super) fn pointer(&mut self) -> *mut OVERLAPPED {
        &raw mut self.overlapped
    }

    fn status(&self) -> usize {
        let word = (&raw const self.overlapped.Internal).cast_mut();
        // SAFETY: an aligned word of ours, which the library writes atomically.
        unsafe { AtomicUsize::from_ptr(word) }.load(Acquire)
    }

    pub(super) fn has_ended(&self) -> bool {
        !self.started || self.status() != PENDING
    }

    pub(super) fn routines_missing(&self) -> bool {
        self.started && self.told == Told::Routine && self.routines == 0
    }

    pub(super) fn routines_right(&self) -> bool {
        self.routines == u32::from(self.started && self.told == Told::Routine)
    }

    /// Whether a port is told of it.
    fn wants_packet(&self) -> bool {
        match self.told {
            Told::Packet => true,
            Told::Event => self.overlapped.hEvent as usize & 1 == 0,
            Told::EventOnly | Told::Routine | Told::Nothing => false,
        }
    }

    /// Its socket gets a port after it has been started: it may have ended before.
    pub(super) fn associated(&mut self, port: usize) {
        if self.started && self.wants_packet() {
            self.port = Some(port);
            self.most = 1;
        }
    }
}

impl World {
    /// The address of a socket; no bytes without one.
    pub(super) fn name_of(s: SOCKET) -> Vec<u8> {
        let (mut name, mut len) = (Lent::room(128), 128);
        // SAFETY: there are 128 bytes.
        match unsafe { getsockname(s, name.pointer(), &mut len) } {
            0 => name.bytes()[..len as usize].to_vec(),
            _ => vec![0; 16],
        }
    }

    /// Starts the operation of a call, if it is one.
    pub(super) fn start_operation(&mut self, call: &Call) -> bool {
        let (s, how, to) = match *call {
            Call::Receive { s, how }
            | Call::Send { s, how }
            | Call::ReceiveFrom { s, how }
            | Call::ReceiveMessage { s, how }
            | Call::Read { s, how }
            | Call::Write { s, how }
            | Call::DisconnectEx { s, how }
            | Call::Transmit { s, how }
            | Call::AwaitChange { s, how } => (s, how, None),
            Call::AcceptEx { listener, s, how } => (listener, how, Some(s)),
            Call::SendTo { s, to, how }
            | Call::SendMessage { s, to, how }
            | Call::ConnectEx { s, to, how } => (s, how, Some(to)),
            _ => return false,
        };
        let socket = self.pick(Kind::Socket, s);
        let other = to.map_or(0, |to| self.pick(Kind::Socket, to));
        let event = self.pick(Kind::Event, how.event);
        let mut name = World::name_of(other);
        crate::inside::destination(&mut name);
        let mut operation = Operation::new(socket, how, event, &name);
        let start = operation.start(call, socket, other, how);
        operation.started = start != Start::Failed;
        if operation.started && operation.wants_packet() {
            operation.port = self.port_of(socket);
            let skips = start != Start::Pending && self.skipping.contains(&socket);
            let open = operation.port.is_some_and(|port| self.is_open(port));
            operation.least = u32::from(open && !skips && !self.shares);
            let told = operation.port.is_some() && !(skips && start == Start::AtOnce);
            operation.most = u32::from(told || self.shares);
        }
        self.operations.push(operation);
        true
    }
}

impl Operation {
    /// Makes the call.
    fn start(&mut self, call: &Call, s: SOCKET, other: SOCKET, how: How) -> Start {
        let routine: LPWSAOVERLAPPED_COMPLETION_ROUTINE = (self.told == Told::Routine).then_some(routine);
        let overlapped = self.pointer();
        let (bytes, flags) = (&raw mut self.bytes, &raw mut self.flags);
        let given = self.flags;
        let handle = s as HANDLE;
        let len = u32::from(how.len);
        let data: *mut u8 = self.data.pointer_unless(how.null == 1);
        let name: *mut SOCKADDR = self.name.pointer_unless(how.null == 2);
        let buffers = if how.null == 3 { null_mut() } else { (&raw mut self.buffers).cast::<WSABUF>() };
        // SAFETY: everything is as long as it says, and stays until the sequence is over, by when it has ended.
        let (function, done) = unsafe {
            match call {
                Call::Receive { .. } => {
                    ("WSARecv", WSARecv(s, buffers, 2, bytes, flags, overlapped, routine) == 0)
                }
                Call::Send { .. } => {
                    ("WSASend", WSASend(s, buffers, 2, bytes, given, overlapped, routine) == 0)
                }
                Call::ReceiveFrom { .. } => {
                    let name_len = &raw mut self.name_len;
                    let result =
                        WSARecvFrom(s, buffers, 2, bytes, flags, name, name_len, overlapped, routine);
                    ("WSARecv", result == 0)
                }
                Call::SendTo { .. } => {
                    let name_len = self.name_len;
                    let result = WSASendTo(s, buffers, 2, bytes, given, name, name_len, overlapped, routine);
                    ("WSASend", result == 0)
                }
                Call::ReceiveMessage { .. } => {
                    let message = self.message(name, buffers);
                    ("WSARecvMsg", WSARecvMsg(s, message, bytes, overlapped, routine) == 0)
                }
                Call::SendMessage { .. } => {
                    let message = self.message(name, buffers);
                    (*message).Control.len = 0;
                    ("WSASendMsg", WSASendMsg(s, message, given, bytes, overlapped, routine) == 0)
                }
                Call::AwaitChange { .. } => {
                    let code =
                        if given & 1 == 0 { SIO_ADDRESS_LIST_CHANGE } else { SIO_ROUTING_INTERFACE_CHANGE };
                    let input = self.name.pointer::<c_void>();
                    let input_len = self.name_len as u32;
                    let done =
                        WSAIoctl(s, code, input, input_len, null_mut(), 0, bytes, overlapped, routine) == 0;
                    ("WSAIoctl", done)
                }
                _ if self.told == Told::Routine => return Start::Failed,
                Call::Read { .. } => ("ReadFile", ReadFile(handle, data, len, bytes, overlapped) == TRUE),
                Call::Write { .. } => ("ReadFile", WriteFile(handle, data, len, bytes, overlapped) == TRUE),
                Call::AcceptEx { .. } => {
                    self.data = Lent::room((len + 2 * ROOM) as usize);
                    let out = self.data.pointer_unless(how.null == 1);
                    let done = AcceptEx(s, other, out, len, ROOM, ROOM, bytes, overlapped) == TRUE;
                    ("AcceptEx", done)
                }
                Call::ConnectEx { .. } => {
                    let name_len = self.name_len;
                    let done = ConnectEx(s, name, name_len, data.cast(), len, bytes, overlapped) == TRUE;
                    ("ConnectEx", done)
                }
                Call::DisconnectEx { .. } => {
                    ("DisconnectEx", DisconnectEx(s, overlapped, given & 2, 0) == TRUE)
                }
                Call::Transmit { .. } => {
                    self.around =
                        TRANSMIT_FILE_BUFFERS { Head: data.cast(), HeadLength: len, ..Default::default() };
                    let around = &raw const self.around;
                    let done = TransmitFile(s, null_mut(), 0, 0, overlapped, around, given & 3) == TRUE;
                    ("TransmitFile", done)
                }
                _ => unreachable!("only operations are started"),
            }
        };
        if done {
            return Start::AtOnce;
        }
        check(function, false);
        let receives = matches!(function, "WSARecv" | "WSARecvMsg" | "ReadFile");
        match last_error() {
            WSA_IO_PENDING => Start::Pending,
            WSAEMSGSIZE | 234 if receives => Start::Warned,
            _ => Start::Failed,
        }
    }

    fn message(&mut self, name: *mut SOCKADDR, buffers: *mut WSABUF) -> *mut WSAMSG {
        self.message = WSAMSG {
            name,
            namelen: self.name_len,
            lpBuffers: buffers,
            dwBufferCount: 2,
            Control: WSABUF { len: self.control.len() as u32, buf: self.control.pointer() },
            dwFlags: 0,
        };
        &raw mut self.message
    }
}
