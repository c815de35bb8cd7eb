//! `WINSOCK_FAULTS`: which faults a program is to meet, and where the model lets them in.
//!
//! Owns the text and what it means, and what only the model can do: hold a call or an outcome back, and say that a call
//! would block. What the kernel's part is, and which transfer of a socket meets what, is [`sys::faults`]'s. Every
//! fault is one that Microsoft's pages tell programs to expect.

use super::blocking::{Pause, Ready};
use super::operation::Direction;
use super::socket::Socket;
use super::sys::faults::{self, Fault, Plan, Side};
use super::sys::{BorrowedFd, Errno};
use super::translate::Kind;
use crate::error::Error;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

pub(crate) use faults::on as are_on;

/// A kind as users name it, and the part of the occasions on which it strikes where they do not say.
struct Named {
    fault: Fault,
    name: &'static str,
    rate: f64,
}

/// In the order of [`Fault`].
const KINDS: [Named; Fault::COUNT] = [
    Named { fault: Fault::Short, name: "short", rate: 0.25 },
    Named { fault: Fault::Reset, name: "reset", rate: 0.01 },
    Named { fault: Fault::Delay, name: "delay", rate: 0.1 },
    Named { fault: Fault::WouldBlock, name: "wouldblock", rate: 0.1 },
    Named { fault: Fault::Refuse, name: "refuse", rate: 0.1 },
    Named { fault: Fault::Abort, name: "abort", rate: 0.05 },
    Named { fault: Fault::Descriptors, name: "emfile", rate: 0.05 },
    Named { fault: Fault::Memory, name: "nobufs", rate: 0.01 },
    Named { fault: Fault::Loss, name: "loss", rate: 0.05 },
];

const VARIABLE: &str = "WINSOCK_FAULTS";

/// Reads the text: kinds, each with a rate if it is to be another than usual, and the seed.
fn parse(text: &str) -> Result<Option<Plan>, String> {
    let mut plan = Plan { rates: [0.0; Fault::COUNT], seed: 0 };
    let mut any = false;
    for part in text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (part, None),
        };
        if name == "seed" {
            let seed = value.and_then(|value| value.parse().ok());
            plan.seed = seed.ok_or("the seed is a number from 0 to 2^64 - 1")?;
            continue;
        }
        let rate = match value.map(str::parse) {
            None => None,
            Some(Ok(rate)) if (0.0..=1.0).contains(&rate) => Some(rate),
            Some(Ok(_) | Err(_)) => return Err(format!("the rate of {name} is a number from 0 to 1")),
        };
        let mut known = false;
        for (kind, planned) in KINDS.iter().zip(&mut plan.rates) {
            if name == kind.name || name == "all" {
                *planned = rate.unwrap_or(kind.rate);
                known = true;
            }
        }
        if !known {
            let names = KINDS.map(|kind| kind.name).join(", ");
            return Err(format!("{name} is not one of {names}, all, seed"));
        }
        any = true;
    }
    Ok(any.then_some(plan))
}

/// The plan in words: what [`parse`] reads as the same plan.
fn describe(plan: &Plan) -> String {
    let planned = KINDS.iter().zip(plan.rates).filter(|(_, rate)| *rate > 0.0);
    let kinds: Vec<_> = planned.map(|(kind, rate)| format!("{}={rate}", kind.name)).collect();
    format!("{};seed={}", kinds.join(","), plan.seed)
}

/// What the variable said when it was first asked, in words; the plan holds from then on.
fn planned() -> &'static Result<Option<String>, String> {
    static PLANNED: OnceLock<Result<Option<String>, String>> = OnceLock::new();
    PLANNED.get_or_init(|| {
        let Some(value) = std::env::var_os(VARIABLE) else { return Ok(None) };
        let text = value.to_str().ok_or(format!("{VARIABLE} is not text"))?;
        let plan = parse(text).map_err(|reason| format!("{VARIABLE}={text}: {reason}"))?;
        Ok(plan.map(|plan| {
            let words = describe(&plan);
            faults::install(plan);
            words
        }))
    })
}

/// Whether what the program is to meet can be had, if anything is.
///
/// # Errors
/// `WSASYSNOTREADY`, and a line on standard error that says why.
pub(crate) fn check() -> Result<(), Error> {
    let Err(reason) = planned() else { return Ok(()) };
    eprintln!("winsock: {reason}");
    Err(Error::WSASYSNOTREADY)
}

/// What is planned, in words, and how often each planned kind has struck. `None`: nothing is.
pub(crate) fn explain() -> Option<(&'static str, Vec<(&'static str, u64)>)> {
    let plan = planned().as_ref().ok()?.as_ref()?;
    let is_planned =
        |name| plan.split([',', ';']).any(|part| part.split_once('=').is_some_and(|p| p.0 == name));
    let struck = faults::struck();
    let counts = KINDS.iter().map(|kind| (kind.name, struck[kind.fault as usize]));
    Some((plan, counts.filter(|(name, _)| is_planned(*name)).collect()))
}

/// A socket of the program has this descriptor.
#[cold]
pub(crate) fn adopt(fd: BorrowedFd<'_>, kind: Kind) {
    let is_stream = match kind {
        Kind::Stream => true,
        Kind::Datagram | Kind::Raw => false,
    };
    faults::adopt(fd, is_stream);
}

/// Before a socket is made.
#[cold]
pub(crate) fn before_socket() -> Result<(), Errno> {
    faults::descriptor_for_socket()
}

/// Before a connection is accepted by a plain call. An overlapped one has its descriptor already.
#[cold]
pub(crate) fn before_accept(listener: &Socket) -> Result<(), Errno> {
    faults::descriptor_to_accept(listener.fd())
}

/// Before a plain call: it may take its time, and one that does not wait may find nothing.
#[cold]
pub(crate) fn before_call(socket: &Socket, ready: Ready) -> Result<(), Errno> {
    let side = match ready {
        Ready::ToReceive => Side::Receive,
        Ready::ToSend => Side::Send,
        Ready::Now => return Ok(()),
    };
    if let Some(delay) = faults::call_delay(socket.fd(), side) {
        let _pause = Pause::begin();
        std::thread::sleep(delay);
    }
    if socket.is_nonblocking() && faults::puts_off(socket.fd(), side) {
        return Err(Errno::EAGAIN);
    }
    Ok(())
}

/// When the end of an operation is to be told, if that is later than now.
#[cold]
pub(crate) fn delivery(socket: &Socket, direction: Direction) -> Option<Instant> {
    let delay: Duration = faults::end_delay(socket.fd(), side(direction))?;
    Some(Instant::now() + delay)
}

/// The kernel's answer to an operation that it was given.
#[inline]
pub(crate) fn completed(
    socket: &Socket,
    direction: Direction,
    result: Result<usize, Errno>,
) -> Result<usize, Errno> {
    match direction {
        _ if !faults::on() => result,
        // Of that it only tells.
        Direction::Urgent => result,
        Direction::Receive | Direction::Send => faults::completed(socket.fd(), side(direction), result),
    }
}

fn side(direction: Direction) -> Side {
    match direction {
        Direction::Receive | Direction::Urgent => Side::Receive,
        Direction::Send => Side::Send,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_rates_and_the_seed_may_stand_anywhere() {
        let plan = parse("short,reset=0.5;seed=7").unwrap().unwrap();
        assert_eq!(plan.seed, 7);
        assert_eq!(plan.rates, [0.25, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(parse(" seed=7 ; short , reset = 0.5 ").unwrap().unwrap(), plan);
        assert_eq!(parse(&describe(&plan)).unwrap().unwrap(), plan);
        let all = parse("all,loss=0").unwrap().unwrap();
        assert!(all.rates[..8].iter().all(|rate| *rate > 0.0));
        assert_eq!(all.rates[Fault::Loss as usize], 0.0);
    }

    #[test]
    fn the_kinds_stand_in_order() {
        for (index, kind) in KINDS.iter().enumerate() {
            assert_eq!(kind.fault as usize, index, "{}", kind.name);
        }
    }

    #[test]
    fn nothing_is_planned_by_nothing() {
        for text in ["", " ", ";", "seed=3"] {
            assert_eq!(parse(text), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_fault_is_named() {
        let table = [
            (
                "slow",
                "slow is not one of short, reset, delay, wouldblock, refuse, abort, emfile, nobufs, loss, all, seed",
            ),
            ("short=2", "the rate of short is a number from 0 to 1"),
            ("short=-1", "the rate of short is a number from 0 to 1"),
            ("short=NaN", "the rate of short is a number from 0 to 1"),
            ("all=", "the rate of all is a number from 0 to 1"),
            ("short;seed", "the seed is a number from 0 to 2^64 - 1"),
            ("short;seed=-1", "the seed is a number from 0 to 2^64 - 1"),
        ];
        for (text, reason) in table {
            assert_eq!(parse(text), Err(reason.to_owned()), "{text:?}");
        }
    }
}
