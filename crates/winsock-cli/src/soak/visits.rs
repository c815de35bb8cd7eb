//! The clients of one server: connections that come at a rate and end in every manner, and the check of what comes back.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use fastrand::Rng;
use winsock::{Error, Family, Shutdown, Socket};

/// Connections that are open at once.
pub(super) const BATCH: usize = 8;
/// Nothing takes longer.
const LIMIT: Duration = Duration::from_secs(10);
/// A datagram that is not back by then is lost.
const LOST_AFTER: Duration = Duration::from_millis(100);
/// The longest message, that of a server for one client, and the longest datagram.
const LONGEST: usize = 20_000;
const SHORT: usize = 500;
const LONGEST_DATAGRAM: usize = 1_400;

/// What came of the visits so far.
#[derive(Default)]
pub(super) struct Visits {
    pub(super) begun: u64,
    /// Those that got all back and ended in good order.
    pub(super) whole: u64,
    /// Those that broke, or datagrams that were lost.
    pub(super) broken: u64,
    /// Why, of the first.
    pub(super) first: Option<String>,
    /// Bytes that came back right.
    pub(super) bytes: u64,
    /// The first byte that was wrong, in words.
    pub(super) wrong: Option<String>,
}

/// How a connection ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Messages there and back, then this side's end, then the server's.
    Orderly,
    /// This side ends before its message is back.
    HalfClose,
    /// A reset while the message is under way.
    Reset,
    /// Closed with the echo unread.
    Unread,
    /// Closed without a word.
    Silent,
}

impl Manner {
    fn choose(random: &mut Rng) -> Manner {
        match random.u8(..10) {
            0..4 => Manner::Orderly,
            4..6 => Manner::HalfClose,
            6 | 7 => Manner::Reset,
            8 => Manner::Unread,
            _ => Manner::Silent,
        }
    }
}

/// What ends a visit early.
enum Trouble {
    Broken(&'static str, Error),
    /// The server has ended before everything was back.
    Early,
    Wrong(String),
}

impl Visits {
    /// Some connections at once.
    pub(super) fn batch(&mut self, target: SocketAddr, random: &mut Rng) {
        let mut open = Vec::new();
        for _ in 0..BATCH {
            self.begun += 1;
            let manner = Manner::choose(random);
            let message = message(random, LONGEST);
            match begin(target, manner, &message) {
                Ok(socket) => open.push((socket, manner, message)),
                Err(trouble) => self.count(Err(trouble)),
            }
        }
        for (socket, manner, message) in open {
            let ended = end(&socket, manner, &message, LONGEST, random);
            self.count(ended);
        }
    }

    /// One connection that ends in good order, and says little.
    pub(super) fn one(&mut self, target: SocketAddr, random: &mut Rng) {
        self.begun += 1;
        let message = message(random, SHORT);
        let ended = begin(target, Manner::Orderly, &message)
            .and_then(|socket| end(&socket, Manner::Orderly, &message, SHORT, random));
        self.count(ended);
    }

    /// As many datagrams, of a socket of their own.
    pub(super) fn datagrams(&mut self, target: SocketAddr, random: &mut Rng) {
        self.begun += BATCH as u64;
        let mut left = BATCH as u64;
        match self.try_datagrams(target, random, &mut left) {
            Ok(()) => {}
            Err(trouble) => {
                self.broken += left.saturating_sub(1);
                self.count(Err(trouble));
            }
        }
    }

    fn try_datagrams(&mut self, target: SocketAddr, random: &mut Rng, left: &mut u64) -> Result<(), Trouble> {
        let broken = |call| move |error| Trouble::Broken(call, error);
        let socket = Socket::datagram(Family::of(target)).map_err(broken("socket"))?;
        socket.connect(target).map_err(broken("connect"))?;
        socket.set_read_timeout(Some(LOST_AFTER)).map_err(broken("setsockopt"))?;
        let mut room = room(LONGEST_DATAGRAM + 1);
        while *left > 0 {
            let message = message(random, LONGEST_DATAGRAM);
            socket.send(&message).map_err(broken("send"))?;
            match socket.recv(&mut room) {
                Ok(len) => {
                    compare(&message, &room[..len])?;
                    self.count(Ok(len as u64));
                }
                Err(Error::WSAETIMEDOUT) => self.broken += 1,
                Err(error) => return Err(Trouble::Broken("recv", error)),
            }
            *left -= 1;
        }
        Ok(())
    }

    fn count(&mut self, ended: Result<u64, Trouble>) {
        match ended {
            Ok(bytes) => {
                self.whole += 1;
                self.bytes += bytes;
            }
            Err(trouble) => {
                self.broken += 1;
                let text = match trouble {
                    Trouble::Broken(call, error) => format!("{call}: {error}"),
                    Trouble::Early => "the server has ended too early".to_owned(),
                    Trouble::Wrong(text) => {
                        self.wrong.get_or_insert(text.clone());
                        text
                    }
                };
                self.first.get_or_insert(text);
            }
        }
    }
}

/// So many bytes, in memory of one size: else the allocator keeps some of every size that ever was asked for, and this
/// process would grow for minutes.
fn room(len: usize) -> Vec<u8> {
    let mut room = Vec::with_capacity(LONGEST);
    room.resize(len, 0);
    room
}

fn message(random: &mut Rng, longest: usize) -> Vec<u8> {
    let mut message = room(random.usize(1..=longest));
    random.fill(&mut message);
    message
}

/// Connects and sends the first message.
fn begin(target: SocketAddr, manner: Manner, message: &[u8]) -> Result<Socket, Trouble> {
    let broken = |call| move |error| Trouble::Broken(call, error);
    let socket = Socket::stream(Family::of(target)).map_err(broken("socket"))?;
    socket.connect(target).map_err(broken("connect"))?;
    socket.set_read_timeout(Some(LIMIT)).map_err(broken("setsockopt"))?;
    socket.set_write_timeout(Some(LIMIT)).map_err(broken("setsockopt"))?;
    socket.set_nodelay(true).map_err(broken("setsockopt"))?;
    if manner != Manner::Silent {
        send(&socket, message)?;
    }
    if manner == Manner::HalfClose {
        socket.shutdown(Shutdown::Send).map_err(broken("shutdown"))?;
    }
    Ok(socket)
}

/// Takes back what is owed, and ends. Gives how many bytes came back.
fn end(
    socket: &Socket,
    manner: Manner,
    message: &[u8],
    longest: usize,
    random: &mut Rng,
) -> Result<u64, Trouble> {
    let broken = |call| move |error| Trouble::Broken(call, error);
    match manner {
        Manner::Orderly => {
            receive(socket, message)?;
            let mut bytes = message.len();
            for _ in 0..random.u8(..3) {
                let message = self::message(random, longest);
                send(socket, &message)?;
                receive(socket, &message)?;
                bytes += message.len();
            }
            socket.shutdown(Shutdown::Send).map_err(broken("shutdown"))?;
            expect_end(socket)?;
            Ok(bytes as u64)
        }
        Manner::HalfClose => {
            receive(socket, message)?;
            expect_end(socket)?;
            Ok(message.len() as u64)
        }
        Manner::Reset => {
            socket.set_linger(Some(Duration::ZERO)).map_err(broken("setsockopt"))?;
            Ok(0)
        }
        Manner::Unread | Manner::Silent => Ok(0),
    }
}

fn send(socket: &Socket, message: &[u8]) -> Result<(), Trouble> {
    match socket.send(message) {
        Ok(len) if len == message.len() => Ok(()),
        Ok(_) => Err(Trouble::Broken("send", Error::WSAETIMEDOUT)),
        Err(error) => Err(Trouble::Broken("send", error)),
    }
}

fn receive(socket: &Socket, message: &[u8]) -> Result<(), Trouble> {
    let mut room = room(message.len());
    let mut done = 0;
    while done < room.len() {
        let len = match socket.recv(&mut room[done..]) {
            Ok(0) => return Err(Trouble::Early),
            Ok(len) => len,
            Err(error) => return Err(Trouble::Broken("recv", error)),
        };
        compare(&message[done..done + len], &room[done..done + len])?;
        done += len;
    }
    Ok(())
}

fn expect_end(socket: &Socket) -> Result<(), Trouble> {
    match socket.recv(&mut [0]) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Trouble::Wrong("a byte too many".to_owned())),
        Err(error) => Err(Trouble::Broken("recv", error)),
    }
}

fn compare(sent: &[u8], received: &[u8]) -> Result<(), Trouble> {
    if sent == received {
        return Ok(());
    }
    let at = sent.iter().zip(received).position(|(sent, received)| sent != received);
    let at = at.map_or_else(
        || format!("of {} bytes {} came", sent.len(), received.len()),
        |at| format!("byte {at}"),
    );
    Err(Trouble::Wrong(format!("{at} of what came back is not what was sent")))
}

/// When the next batch is due, at a rate of visits a second.
pub(super) struct Pace {
    due: Instant,
    between: Duration,
}

impl Pace {
    pub(super) fn new(visits: usize, rate: f64) -> Pace {
        Pace { due: Instant::now(), between: Duration::from_secs_f64(visits as f64 / rate) }
    }

    /// How long until then. What is late is not made up for.
    pub(super) fn next(&mut self) -> Duration {
        let now = Instant::now();
        self.due = (self.due + self.between).max(now);
        self.due - now
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// One visit to a server that sends back what `answer` makes of what comes, and then ends.
    fn visit(answer: fn(Vec<u8>) -> Vec<u8>) -> Visits {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut piece = vec![0; LONGEST];
            let len = stream.read(&mut piece).unwrap();
            piece.truncate(len);
            stream.write_all(&answer(piece)).unwrap();
        });
        let mut visits = Visits::default();
        visits.one(address, &mut Rng::with_seed(3));
        server.join().unwrap();
        visits
    }

    #[test]
    fn a_wrong_byte_is_seen() {
        let visits = visit(|mut piece| {
            piece[0] ^= 1;
            piece
        });
        assert!(visits.wrong.is_some_and(|wrong| wrong.starts_with("byte 0 ")));
        assert_eq!((visits.begun, visits.whole, visits.broken), (1, 0, 1));
    }

    #[test]
    fn an_end_that_comes_too_early_is_a_broken_visit_and_no_wrong_byte() {
        let visits = visit(|mut piece| {
            piece.pop();
            piece
        });
        assert_eq!((visits.wrong, visits.whole, visits.broken), (None, 0, 1));
    }

    #[test]
    fn a_rate_that_is_missed_is_not_made_up_for() {
        let mut pace = Pace::new(8, 16.0);
        let half = Duration::from_millis(500);
        assert!(pace.next() > half - Duration::from_millis(100));
        pace.due -= 10 * half;
        assert_eq!(pace.next(), Duration::ZERO);
        assert!(pace.next() > half - Duration::from_millis(100));
    }
}
