//! Winsock, libc's sockets and `std::net` work in one process, at the same time and with each other.
#![cfg(target_os = "linux")]

mod safe_common;

use safe_common::*;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{FromRawFd, OwnedFd};
use std::thread;
use winsock::{Error, Family, Socket};

/// The ways to have a TCP connection.
#[derive(Clone, Copy, Debug)]
enum Way {
    Winsock,
    Libc,
    Std,
}

const WAYS: [Way; 3] = [Way::Winsock, Way::Libc, Way::Std];
const CLIENTS: usize = 8;
const ROUNDS: usize = 100;

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

impl Way {
    fn listen(self) -> Listener {
        match self {
            Way::Winsock => Listener::Winsock(listener(Family::IPV4).0),
            Way::Std => Listener::Std(TcpListener::bind("127.0.0.1:0").unwrap()),
            Way::Libc => Listener::Libc(libc_calls::listen()),
        }
    }

    fn connect(self, address: SocketAddr) -> Box<dyn Stream> {
        match self {
            Way::Winsock => {
                let socket = limited(Socket::stream(Family::IPV4).unwrap());
                socket.connect(address).unwrap();
                Box::new(socket)
            }
            Way::Std => Box::new(limited_std(TcpStream::connect(address).unwrap())),
            Way::Libc => Box::new(libc_calls::connect(address.port())),
        }
    }
}

enum Listener {
    Winsock(Socket),
    Std(TcpListener),
    Libc(libc_calls::Stream),
}

impl Listener {
    fn address(&self) -> SocketAddr {
        match self {
            Listener::Winsock(socket) => socket.local_addr().unwrap(),
            Listener::Std(socket) => socket.local_addr().unwrap(),
            Listener::Libc(socket) => libc_calls::address(socket),
        }
    }

    fn accept(&self) -> Box<dyn Stream> {
        match self {
            Listener::Winsock(socket) => Box::new(limited(socket.accept().unwrap().0)),
            Listener::Std(socket) => Box::new(limited_std(socket.accept().unwrap().0)),
            Listener::Libc(socket) => Box::new(libc_calls::accept(socket)),
        }
    }
}

fn limited_std(stream: TcpStream) -> TcpStream {
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream.set_write_timeout(Some(LIMIT)).unwrap();
    stream
}

/// The socket calls of libc itself, by the names that a Winsock library has too.
#[allow(unsafe_code, reason = "calls into libc")]
mod libc_calls {
    use super::*;
    use std::os::fd::AsRawFd;

    /// A descriptor, read and written by `recv` and `send`.
    pub(crate) struct Stream(OwnedFd);

    fn new() -> Stream {
        // SAFETY: no memory is passed.
        let fd = unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) };
        assert!(fd >= 0);
        // SAFETY: the descriptor is new, and nobody else owns it.
        Stream(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    fn loopback(port: u16) -> libc::sockaddr_in {
        libc::sockaddr_in {
            sin_family: libc::AF_INET as u16,
            sin_port: port.to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes([127, 0, 0, 1]) },
            sin_zero: [0; 8],
        }
    }

    pub(crate) fn listen() -> Stream {
        let socket = new();
        let address = loopback(0);
        let len = size_of_val(&address) as u32;
        // SAFETY: the address has `len` readable bytes.
        assert_eq!(unsafe { libc::bind(socket.0.as_raw_fd(), (&raw const address).cast(), len) }, 0);
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { libc::listen(socket.0.as_raw_fd(), 128) }, 0);
        socket
    }

    pub(crate) fn address(socket: &Stream) -> SocketAddr {
        let mut address = loopback(0);
        let mut len = size_of_val(&address) as u32;
        // SAFETY: the address has `len` writable bytes.
        let result =
            unsafe { libc::getsockname(socket.0.as_raw_fd(), (&raw mut address).cast(), &raw mut len) };
        assert_eq!(result, 0);
        ([127, 0, 0, 1], u16::from_be(address.sin_port)).into()
    }

    pub(crate) fn accept(socket: &Stream) -> Stream {
        let none = std::ptr::null_mut();
        // SAFETY: no address is asked for.
        let fd = unsafe { libc::accept4(socket.0.as_raw_fd(), none, none.cast(), libc::SOCK_CLOEXEC) };
        assert!(fd >= 0);
        // SAFETY: the descriptor is new, and nobody else owns it.
        Stream(unsafe { OwnedFd::from_raw_fd(fd) })
    }

    pub(crate) fn connect(port: u16) -> Stream {
        let socket = new();
        let address = loopback(port);
        let len = size_of_val(&address) as u32;
        // SAFETY: the address has `len` readable bytes.
        assert_eq!(unsafe { libc::connect(socket.0.as_raw_fd(), (&raw const address).cast(), len) }, 0);
        socket
    }

    impl Read for Stream {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            // SAFETY: the slice is writable, and its length goes with it.
            let len = unsafe { libc::recv(self.0.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) };
            usize::try_from(len).map_err(|_| std::io::Error::last_os_error())
        }
    }

    impl Write for Stream {
        fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
            // SAFETY: the slice is readable, and its length goes with it.
            let len = unsafe { libc::send(self.0.as_raw_fd(), data.as_ptr().cast(), data.len(), 0) };
            usize::try_from(len).map_err(|_| std::io::Error::last_os_error())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
}

fn echo(mut stream: Box<dyn Stream>) {
    let mut message = [0; 16];
    for _ in 0..ROUNDS {
        stream.read_exact(&mut message).unwrap();
        stream.write_all(&message).unwrap();
    }
}

fn talk(mut stream: Box<dyn Stream>, client: usize) {
    for round in 0..ROUNDS {
        let message = ((client * ROUNDS + round) as u128).to_be_bytes();
        stream.write_all(&message).unwrap();
        let mut answer = [0; 16];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, message);
    }
}

#[test]
fn each_serves_the_others_at_once() {
    thread::scope(|scope| {
        for server in WAYS {
            let listener = server.listen();
            let address = listener.address();
            for client in 0..CLIENTS {
                for way in WAYS {
                    scope.spawn(move || talk(way.connect(address), client));
                }
            }
            scope.spawn(move || {
                thread::scope(|scope| {
                    for _ in 0..CLIENTS * WAYS.len() {
                        let stream = listener.accept();
                        scope.spawn(move || echo(stream));
                    }
                });
            });
        }
    });
}

#[test]
fn a_handle_is_no_descriptor_and_neither_error_is_the_others() {
    let socket = Socket::stream(Family::IPV4).unwrap();
    assert_eq!(socket.connect(nobody(Family::IPV4)), Err(Error::WSAECONNREFUSED));
    // libc's errno of the same moment is its own: a failed call of libc tells its own failure.
    let error = TcpStream::connect(nobody(Family::IPV4)).unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::ECONNREFUSED));
    assert_eq!(socket.as_raw() % 4, 0);
}
