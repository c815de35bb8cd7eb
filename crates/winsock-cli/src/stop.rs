//! The wish to end, where every wait can see it.
//!
//! A [`Stop`] owns a datagram socket that is connected to itself. Asking for the end sends it one byte, which nobody
//! ever reads: from then on every `poll` or `select` that watches the socket returns at once, in any number of threads.
//! Waits for events have an event of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use winsock::{Event, Family, PollEntry, PollEvents, Reset, Socket};

use crate::error::{Context, Failure};

pub(crate) struct Stop {
    asked: AtomicBool,
    socket: Socket,
    event: Event,
}

/// What ended a wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Woken {
    /// At least one of the sockets has something to receive or to accept.
    Ready,
    /// The end is asked for.
    Stop,
    /// Nothing happened within the limit.
    TimedOut,
}

/// A datagram socket that is connected to itself: what is sent on it wakes whoever waits to receive from it.
pub(crate) fn self_connected() -> Result<Socket, Failure> {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let socket = Socket::datagram(Family::IPV4).calling("socket", "")?;
    socket.bind(anywhere).calling("bind", anywhere)?;
    let address = socket.local_addr().calling("getsockname", "")?;
    socket.connect(address).calling("connect", address)?;
    Ok(socket)
}

impl Stop {
    pub(crate) fn new() -> Result<Arc<Stop>, Failure> {
        let event = Event::new(Reset::Manual, false).calling("WSACreateEvent", "")?;
        Ok(Arc::new(Stop { asked: AtomicBool::new(false), socket: self_connected()?, event }))
    }

    /// Asks on Ctrl-C and SIGTERM. A second signal ends the process at once, as if nobody had listened.
    pub(crate) fn on_signals(self: &Arc<Stop>) -> Result<(), Failure> {
        let mut signals =
            Signals::new([SIGINT, SIGTERM]).map_err(|error| Failure::system("signals", error))?;
        let stop = Arc::clone(self);
        let listen = move || {
            for signal in signals.forever() {
                if stop.is_asked() {
                    let _ = emulate_default_handler(signal);
                }
                stop.ask();
            }
        };
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(listen)
            .map_err(|error| Failure::system("thread", error))?;
        Ok(())
    }

    pub(crate) fn ask(&self) {
        self.asked.store(true, Ordering::SeqCst);
        // A datagram to ourselves can only fail where one is queued already.
        let _ = self.socket.send(&[0]);
        // It is open as long as this is.
        let _ = self.event.set();
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    /// The socket that is readable from the moment that somebody asks.
    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The event that is signalled from the moment that somebody asks.
    pub(crate) fn event(&self) -> &Event {
        &self.event
    }

    /// Waits until one of the sockets can be read, the end is asked for, or `limit` has passed.
    pub(crate) fn wait<'a>(
        &'a self,
        sockets: impl IntoIterator<Item = &'a Socket>,
        limit: Option<Duration>,
    ) -> Result<Woken, winsock::Error> {
        let mut watched: Vec<_> = [&self.socket]
            .into_iter()
            .chain(sockets)
            .map(|socket| PollEntry::new(socket, PollEvents::READABLE))
            .collect();
        let ready = winsock::poll(&mut watched, limit)?;
        Ok(if self.is_asked() {
            Woken::Stop
        } else if ready == 0 {
            Woken::TimedOut
        } else {
            Woken::Ready
        })
    }
}

#[cfg(test)]
mod tests {
    use winsock::wait_any;

    use super::*;

    #[test]
    fn asking_wakes_every_waiter_now_and_later() {
        let stop = Stop::new().unwrap();
        assert_eq!(stop.wait([], Some(Duration::ZERO)).unwrap(), Woken::TimedOut);
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                let stop = Arc::clone(&stop);
                thread::spawn(move || stop.wait([], Some(Duration::from_secs(30))).unwrap())
            })
            .collect();
        stop.ask();
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), Woken::Stop);
        }
        assert_eq!(stop.wait([], None).unwrap(), Woken::Stop);
        assert_eq!(wait_any(&[stop.event()], None), Ok(Some(0)));
    }
}
