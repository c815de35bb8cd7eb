//! The wish to end, or to begin anew, where every wait can see it.
//!
//! A [`Stop`] owns a datagram socket that is connected to itself. Asking sends it one byte, which nobody reads before all
//! has ended: from then on every `poll` or `select` that watches the socket returns at once, in any number of threads.
//! Waits for events have an event of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::time::Duration;

use winsock::{Event, Family, PollEntry, PollEvents, Reset, Socket};

use crate::error::{Context, Failure};
use crate::system::signals;

pub(crate) struct Stop {
    /// A [`Wish`].
    wish: AtomicU8,
    socket: Socket,
    event: Event,
}

/// What is asked for: each is more than the one before.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Wish {
    Nothing,
    Restart,
    End,
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
        let socket = self_connected()?;
        socket.set_nonblocking(true).calling("ioctlsocket", "")?;
        Ok(Arc::new(Stop { wish: AtomicU8::new(Wish::Nothing as u8), socket, event }))
    }

    /// Asks on Ctrl-C and its kin. A second one ends the process at once, as if nobody had listened.
    pub(crate) fn on_signals(self: &Arc<Stop>) -> Result<(), Failure> {
        let stop = Arc::clone(self);
        signals::listen(move |wish| stop.ask_for(wish))
    }

    /// Beside that, asks for a restart on SIGHUP, where there is one.
    pub(crate) fn on_signals_and_hangup(self: &Arc<Stop>) -> Result<(), Failure> {
        let stop = Arc::clone(self);
        signals::listen_for_restarts(move |wish| stop.ask_for(wish))
    }

    pub(crate) fn ask(&self) {
        self.ask_for(Wish::End);
    }

    /// Asks for more than was asked for so far. Answers whether it is more.
    fn ask_for(&self, wish: Wish) -> bool {
        let more = self.wish.fetch_max(wish as u8, SeqCst) < wish as u8;
        // A datagram to ourselves can only fail where one is queued already.
        let _ = self.socket.send(&[0]);
        // It is open as long as this is.
        let _ = self.event.set();
        more
    }

    /// Whether the end, or a restart, is asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.wish.load(SeqCst) != Wish::Nothing as u8
    }

    /// Takes the wish for a restart back, when all has ended. Answers false where the end is asked for, or nothing.
    pub(crate) fn restarts(&self) -> bool {
        // First what wakes, then the wish: who asks for the end from now on wakes again.
        while self.socket.recv(&mut [0]).is_ok() {}
        let _ = self.event.reset();
        let restarts =
            self.wish.compare_exchange(Wish::Restart as u8, Wish::Nothing as u8, SeqCst, SeqCst).is_ok();
        if !restarts && self.is_asked() {
            self.ask();
        }
        restarts
    }

    /// The socket that is readable from the moment that somebody asks.
    pub(crate) fn socket(&self) -> &Socket {
        &self.socket
    }

    /// The event that is signalled from the moment that somebody asks.
    pub(crate) fn event(&self) -> &Event {
        &self.event
    }

    /// Waits until one of the sockets can be read, something is asked for, or `limit` has passed.
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
    use std::thread;

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

    #[test]
    fn a_restart_is_taken_back_and_the_end_is_not() {
        let stop = Stop::new().unwrap();
        assert!(!stop.restarts(), "nobody has asked");
        stop.ask_for(Wish::Restart);
        assert_eq!(stop.wait([], None).unwrap(), Woken::Stop);
        assert!(stop.restarts());
        assert_eq!(stop.wait([], Some(Duration::ZERO)).unwrap(), Woken::TimedOut);
        assert_eq!(wait_any(&[stop.event()], Some(Duration::ZERO)), Ok(None));
        assert!(stop.ask_for(Wish::Restart));
        assert!(stop.ask_for(Wish::End), "the end is more than a restart");
        assert!(!stop.ask_for(Wish::Restart) && !stop.ask_for(Wish::End));
        assert!(!stop.restarts());
        assert_eq!(stop.wait([], None).unwrap(), Woken::Stop);
        assert_eq!(wait_any(&[stop.event()], None), Ok(Some(0)));
    }
}
