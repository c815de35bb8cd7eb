//! The raw calls as tests like them: slices in, and the result or the code of the failure out.
#![allow(
    unsafe_code,
    dead_code,
    unreachable_pub,
    reason = "the raw API is unsafe; each test file uses its own part of this one"
)]

use std::ptr::null_mut;
use std::time::{Duration, Instant};
use winsock::win32::*;

/// No test waits longer for what has to happen.
pub const LIMIT: Duration = Duration::from_secs(20);

fn code() -> i32 {
    // SAFETY: no memory is passed.
    unsafe { WSAGetLastError() }
}

/// A result that fails with `SOCKET_ERROR`.
fn count(result: i32) -> Result<usize, i32> {
    usize::try_from(result).map_err(|_| code())
}

fn done(result: i32) -> Result<(), i32> {
    count(result).map(drop)
}

const IN_LEN: i32 = size_of::<SOCKADDR_IN>() as i32;

pub fn bind_to(s: SOCKET, address: &SOCKADDR_IN) -> Result<(), i32> {
    // SAFETY: the address is whole.
    done(unsafe { bind(s, std::ptr::from_ref(address).cast(), IN_LEN) })
}

pub fn connect_to(s: SOCKET, address: &SOCKADDR_IN) -> Result<(), i32> {
    // SAFETY: the address is whole.
    done(unsafe { connect(s, std::ptr::from_ref(address).cast(), IN_LEN) })
}

pub fn listen_on(s: SOCKET) -> Result<(), i32> {
    // SAFETY: no memory is passed.
    done(unsafe { listen(s, 16) })
}

pub fn accept_on(s: SOCKET) -> Result<SOCKET, i32> {
    // SAFETY: no address is asked for.
    match unsafe { accept(s, null_mut(), null_mut()) } {
        INVALID_SOCKET => Err(code()),
        accepted => Ok(accepted),
    }
}

pub fn shut(s: SOCKET, how: i32) -> Result<(), i32> {
    // SAFETY: no memory is passed.
    done(unsafe { shutdown(s, how) })
}

/// A port, in host order, and the address it is a port of.
pub type Name = (u16, [u8; 4]);

fn name_of(address: &SOCKADDR_IN) -> Name {
    // SAFETY: every form of the union is plain bytes.
    (u16::from_be(address.sin_port), unsafe { address.sin_addr.S_un.S_addr }.to_ne_bytes())
}

pub fn local(s: SOCKET) -> Result<Name, i32> {
    let mut address = SOCKADDR_IN::default();
    let mut len = IN_LEN;
    // SAFETY: the address has `len` bytes of room.
    done(unsafe { getsockname(s, (&raw mut address).cast(), &mut len) })?;
    Ok(name_of(&address))
}

pub fn peer(s: SOCKET) -> Result<Name, i32> {
    let mut address = SOCKADDR_IN::default();
    let mut len = IN_LEN;
    // SAFETY: the address has `len` bytes of room.
    done(unsafe { getpeername(s, (&raw mut address).cast(), &mut len) })?;
    Ok(name_of(&address))
}

pub fn tx(s: SOCKET, data: &[u8], flags: i32) -> Result<usize, i32> {
    // SAFETY: the data is readable.
    count(unsafe { send(s, data.as_ptr(), data.len() as i32, flags) })
}

pub fn rx(s: SOCKET, room: &mut [u8], flags: i32) -> Result<usize, i32> {
    // SAFETY: the room is writable.
    count(unsafe { recv(s, room.as_mut_ptr(), room.len() as i32, flags) })
}

/// Receives at most 64 bytes.
pub fn rx_some(s: SOCKET, flags: i32) -> Result<Vec<u8>, i32> {
    let mut room = vec![0; 64];
    let len = rx(s, &mut room, flags)?;
    room.truncate(len);
    Ok(room)
}

pub fn tx_to(s: SOCKET, data: &[u8], to: &SOCKADDR_IN) -> Result<usize, i32> {
    let to = std::ptr::from_ref(to).cast();
    // SAFETY: data and address are readable.
    count(unsafe { sendto(s, data.as_ptr(), data.len() as i32, 0, to, IN_LEN) })
}

pub fn rx_from(s: SOCKET, room: &mut [u8], flags: i32) -> Result<(usize, Name), i32> {
    let mut address = SOCKADDR_IN::default();
    let mut len = IN_LEN;
    // SAFETY: room and address are writable.
    let received = unsafe {
        recvfrom(s, room.as_mut_ptr(), room.len() as i32, flags, (&raw mut address).cast(), &mut len)
    };
    Ok((count(received)?, name_of(&address)))
}

/// `FIONBIO`.
pub fn nonblocking(s: SOCKET, on: bool) {
    let mut value = u32::from(on);
    // SAFETY: the value is readable and writable.
    assert_eq!(unsafe { ioctlsocket(s, FIONBIO, &mut value) }, 0, "{}", code());
}

pub fn set_option(s: SOCKET, level: i32, name: i32, value: u32) {
    let bytes = value.to_ne_bytes();
    // SAFETY: the bytes are readable.
    assert_eq!(unsafe { setsockopt(s, level, name, bytes.as_ptr(), 4) }, 0, "{}", code());
}

pub fn option(s: SOCKET, level: i32, name: i32) -> i32 {
    let mut value = 0i32;
    let mut len = 4;
    // SAFETY: the value has four bytes.
    assert_eq!(unsafe { getsockopt(s, level, name, (&raw mut value).cast(), &mut len) }, 0, "{}", code());
    value
}

/// Closes with a reset instead of an end.
pub fn reset(s: SOCKET) {
    let linger = LINGER { l_onoff: 1, l_linger: 0 };
    let len = size_of::<LINGER>() as i32;
    // SAFETY: the structure is readable.
    assert_eq!(unsafe { setsockopt(s, SOL_SOCKET, SO_LINGER, (&raw const linger).cast(), len) }, 0);
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { closesocket(s) }, 0);
}

/// Closes sockets that are open.
pub fn close_all(sockets: &[SOCKET]) {
    for &s in sockets {
        // SAFETY: no memory is passed.
        assert_eq!(unsafe { closesocket(s) }, 0, "{}", code());
    }
}

/// A thread that signals are sent to. It must not have ended.
#[cfg(target_os = "linux")]
pub struct Thread(libc::pthread_t);

/// Windows has no signals: nothing interrupts a thread.
#[cfg(windows)]
pub struct Thread;

#[cfg(windows)]
impl Thread {
    pub fn current() -> Thread {
        Thread
    }

    pub fn interrupt(&self) {}
}

#[cfg(target_os = "linux")]
impl Thread {
    pub fn current() -> Thread {
        extern "C" fn ignore(_: i32) {}
        // SAFETY: all zero is a valid sigaction: no flags (so no restart), no mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = ignore as extern "C" fn(i32) as usize;
        // SAFETY: the action is whole.
        assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &action, null_mut()) }, 0);
        // SAFETY: no memory is passed.
        Thread(unsafe { libc::pthread_self() })
    }

    /// Sends it signals for a while, so that some find it blocked.
    pub fn interrupt(&self) {
        let end = Instant::now() + Duration::from_millis(10);
        while Instant::now() < end {
            // SAFETY: the thread has not ended.
            assert_eq!(unsafe { libc::pthread_kill(self.0, libc::SIGUSR1) }, 0);
            std::thread::yield_now();
        }
    }
}

/// A set of sockets.
pub fn set_of(sockets: &[SOCKET]) -> FD_SET {
    let mut set = FD_SET { fd_count: sockets.len() as u32, ..FD_SET::default() };
    set.fd_array[..sockets.len()].copy_from_slice(sockets);
    set
}

/// What `select` leaves in the three sets.
pub type Ready = [Vec<SOCKET>; 3];

/// `select` with sets of at most 64; no time waits as long as a test may.
pub fn select_of(sets: [&[SOCKET]; 3], timeout: Option<Duration>) -> Result<Ready, i32> {
    let mut sets = sets.map(set_of);
    let timeout = timeout.unwrap_or(LIMIT);
    let timeout = TIMEVAL { tv_sec: timeout.as_secs() as i32, tv_usec: timeout.subsec_micros() as i32 };
    let [read, write, except] = &mut sets;
    // SAFETY: sets and time are whole.
    let ready = count(unsafe { select(0, read, write, except, &timeout) })?;
    let left = sets.map(|set| set.fd_array[..set.fd_count as usize].to_vec());
    if ready > 0 {
        assert_eq!(ready, left.iter().map(Vec::len).sum::<usize>(), "the result counts what is left");
    }
    Ok(left)
}

/// Waits until a socket is readable.
pub fn until_readable(s: SOCKET) {
    assert_eq!(select_of([&[s], &[], &[]], None).unwrap()[0], [s]);
}

/// `WSAPoll`: the `revents`, after checking that the result counts them.
pub fn poll_of(entries: &[(SOCKET, i16)], timeout_ms: i32) -> Result<Vec<i16>, i32> {
    const STALE: i16 = 0x55;
    let entry = |&(fd, events)| WSAPOLLFD { fd, events, revents: STALE };
    let mut entries: Vec<WSAPOLLFD> = entries.iter().map(entry).collect();
    // SAFETY: the entries are writable.
    let result = count(unsafe { WSAPoll(entries.as_mut_ptr(), entries.len() as u32, timeout_ms) });
    let revents: Vec<i16> = entries.iter().map(|entry| entry.revents).collect();
    match result {
        Ok(ready) => assert_eq!(ready, revents.iter().filter(|&&revents| revents != 0).count()),
        Err(_) => assert!(revents.iter().all(|&revents| revents == STALE), "a failure changes nothing"),
    }
    result.map(|_| revents)
}

/// Repeats a call until it gives what is awaited: for what the other end does on its own time.
pub fn until<T: PartialEq + std::fmt::Debug>(awaited: T, mut call: impl FnMut() -> T) {
    let end = Instant::now() + LIMIT;
    loop {
        let now = call();
        if now == awaited {
            return;
        }
        assert!(Instant::now() < end, "{now:?} instead of {awaited:?}");
        std::thread::yield_now();
    }
}

fn wsabuf(data: &[u8]) -> WSABUF {
    WSABUF { len: data.len() as u32, buf: data.as_ptr().cast_mut() }
}

/// `WSASend` of several pieces.
pub fn wsa_send(s: SOCKET, pieces: &[&[u8]], flags: u32) -> Result<u32, i32> {
    let buffers: Vec<WSABUF> = pieces.iter().map(|piece| wsabuf(piece)).collect();
    let mut sent = 0;
    // SAFETY: the buffers are readable.
    done(unsafe { WSASend(s, buffers.as_ptr(), buffers.len() as u32, &mut sent, flags, null_mut(), None) })?;
    Ok(sent)
}

/// `WSASendTo` of several pieces.
pub fn wsa_send_to(s: SOCKET, pieces: &[&[u8]], to: &SOCKADDR_IN) -> Result<u32, i32> {
    let buffers: Vec<WSABUF> = pieces.iter().map(|piece| wsabuf(piece)).collect();
    let mut sent = 0;
    let to = std::ptr::from_ref(to).cast();
    // SAFETY: buffers and address are readable.
    done(unsafe {
        WSASendTo(s, buffers.as_ptr(), buffers.len() as u32, &mut sent, 0, to, IN_LEN, null_mut(), None)
    })?;
    Ok(sent)
}

/// What a `WSARecvFrom` leaves behind.
#[derive(Debug, PartialEq)]
pub struct Scattered {
    pub result: Result<(), i32>,
    pub bytes: u32,
    pub flags: u32,
    pub from: Name,
}

/// `WSARecvFrom` into several pieces.
pub fn wsa_recv_from(s: SOCKET, pieces: &mut [Vec<u8>], flags: u32) -> Scattered {
    let buffers: Vec<WSABUF> =
        pieces.iter_mut().map(|piece| WSABUF { len: piece.len() as u32, buf: piece.as_mut_ptr() }).collect();
    let mut address = SOCKADDR_IN::default();
    let mut len = IN_LEN;
    let (mut bytes, mut flags) = (0, flags);
    // SAFETY: the buffers and the address are writable.
    let result = unsafe {
        WSARecvFrom(
            s,
            buffers.as_ptr(),
            buffers.len() as u32,
            &mut bytes,
            &mut flags,
            (&raw mut address).cast(),
            &mut len,
            null_mut(),
            None,
        )
    };
    Scattered { result: done(result), bytes, flags, from: name_of(&address) }
}
