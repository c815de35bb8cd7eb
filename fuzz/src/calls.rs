//! Sequences of calls with handles that are open, closed or invented, and with memory that is valid, of any content.
//!
//! However they are mixed: no call panics or hangs, each fails with a documented code, closing works once, each operation
//! that was accepted ends exactly once, and its end is told once.
#![allow(unsafe_code, reason = "the raw API is unsafe")]

mod operation;
mod plain;
mod world;

use arbitrary::{Arbitrary, Unstructured};
use std::sync::LazyLock;
use world::World;

/// Calls of one sequence: more find nothing else.
const MAX: usize = 64;

/// `FUZZ_SHOW=1` prints the calls, for whoever looks into a finding.
static SHOWS: LazyLock<bool> = LazyLock::new(|| std::env::var_os("FUZZ_SHOW").is_some());

/// Any bytes.
pub(crate) fn run(data: &[u8]) {
    let mut input = Unstructured::new(data);
    let mut world = World::new();
    for _ in 0..MAX {
        match Call::arbitrary(&mut input) {
            Ok(call) if !input.is_empty() => {
                if *SHOWS {
                    eprintln!("{call:?}");
                }
                world.perform(&call);
            }
            Ok(_) | Err(_) => break,
        }
    }
    world.end();
}

/// A handle among those of the sequence: mostly one of the kind that the call wants.
#[derive(Arbitrary, Debug, Clone, Copy)]
struct Pick {
    how: u8,
    index: u8,
}

/// What an overlapped operation is to have.
#[derive(Arbitrary, Debug, Clone, Copy)]
struct How {
    told: Told,
    event: Pick,
    len: u8,
    flags: u8,
    /// Which of the pointers are NULL, for some values.
    null: u8,
}

#[derive(Arbitrary, Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// By the port of the socket, if it has one.
    Packet,
    Event,
    /// By an event alone.
    EventOnly,
    Routine,
    /// By nothing but its status.
    Nothing,
}

#[derive(Arbitrary, Debug)]
enum Call {
    // What makes handles.
    Socket { kind: crate::address::Kind },
    Pair,
    Listener,
    Event { manual: bool, set: bool },
    Mutex { owned: bool },
    Semaphore { count: u8 },
    Timer { manual: bool },
    Port { threads: u8 },
    Window,
    Duplicate { of: Pick, options: u8 },
    Share { of: Pick },
    Accept { listener: Pick },
    // What ends them.
    CloseSocket { s: Pick },
    CloseHandle { handle: Pick },
    // Overlapped operations.
    Receive { s: Pick, how: How },
    Send { s: Pick, how: How },
    ReceiveFrom { s: Pick, how: How },
    SendTo { s: Pick, to: Pick, how: How },
    ReceiveMessage { s: Pick, how: How },
    SendMessage { s: Pick, to: Pick, how: How },
    Read { s: Pick, how: How },
    Write { s: Pick, how: How },
    AcceptEx { listener: Pick, s: Pick, how: How },
    ConnectEx { s: Pick, to: Pick, how: How },
    DisconnectEx { s: Pick, how: How },
    Transmit { s: Pick, how: How },
    AwaitChange { s: Pick, how: How },
    Cancel { s: Pick },
    CancelEx { s: Pick, operation: Option<u8> },
    Result { s: Pick, operation: u8, milliseconds: u8, alertable: bool },
    Modes { s: Pick, modes: u8 },
    // Ports.
    Associate { s: Pick, port: Pick, key: u8 },
    Post { port: Pick, key: u8 },
    Take { port: Pick, milliseconds: u8 },
    TakeMany { port: Pick, room: u8, milliseconds: u8, alertable: bool },
    // Plain calls.
    Bind { s: Pick },
    Listen { s: Pick },
    Connect { s: Pick, to: Pick },
    PlainSend { s: Pick, len: u8, flags: u8 },
    PlainReceive { s: Pick, len: u8, flags: u8 },
    Shutdown { s: Pick, how: u8 },
    Select { sockets: [Pick; 3], milliseconds: u8 },
    Poll { sockets: [Pick; 3], events: [i16; 3], milliseconds: u8 },
    EventSelect { s: Pick, event: Pick, events: u16 },
    AsyncSelect { s: Pick, window: Pick, events: u16 },
    EnumEvents { s: Pick, event: Pick },
    Messages,
    PostMessage { window: Pick, message: u16, wide: u32, long: u32 },
    // Waits.
    SetEvent { event: Pick, how: u8 },
    Wait { handles: [Pick; 3], count: u8, all: bool, milliseconds: u8, alertable: bool },
    SignalAndWait { handles: [Pick; 2], milliseconds: u8, alertable: bool },
    Release { handle: Pick, count: i8 },
    SetTimer { timer: Pick, due: u8, period: u8, routine: bool },
    QueueApc { thread: Pick },
    Sleep { alertable: bool },
}
