//! Many sockets: a set as long as the program likes, descriptors beyond what the C library's select can name, and
//! nothing left when they are closed.
//!
//! One test, because descriptors and memory belong to the process.
#![cfg(target_os = "linux")] // descriptors, their limit and /proc are Linux's
#![allow(unsafe_code, reason = "the raw API is unsafe")]

#[path = "common/call.rs"]
mod call;
mod common;

use call::*;
use common::*;
use std::ptr::null_mut;
use winsock::win32::*;

/// The set of a program that defines FD_SETSIZE as 4096.
#[repr(C)]
struct LongSet {
    fd_count: u32,
    fd_array: [SOCKET; 4096],
}

/// Raises the limit on descriptors as far as it goes, and says how many there can be.
fn descriptors() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the structure is writable.
    assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit) }, 0);
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: the structure is readable.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
    limit.rlim_cur as usize
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The memory of the process, in KiB.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn pairs(count: usize) -> Vec<(SOCKET, SOCKET)> {
    let (listener, address) = listener();
    let pairs = (0..count)
        .map(|_| {
            let client = new(SOCK_STREAM);
            connect_to(client, &address).unwrap();
            (client, accept_on(listener).unwrap())
        })
        .collect();
    close(listener);
    pairs
}

fn close_pairs(pairs: &[(SOCKET, SOCKET)]) {
    for &(client, server) in pairs {
        close(client);
        close(server);
    }
}

fn a_long_set(pairs: &[(SOCKET, SOCKET)]) {
    let mut set = Box::new(LongSet { fd_count: 0, fd_array: [0; 4096] });
    for (to, &(_, server)) in set.fd_array.iter_mut().zip(pairs) {
        *to = server;
        set.fd_count += 1;
    }
    let len = set.fd_count as usize;
    let ready = [0, len / 2, len - 1];
    for index in ready {
        tx(pairs[index].0, b"x", 0).unwrap();
    }
    for index in ready {
        until_readable(pairs[index].1);
    }
    let time = TIMEVAL { tv_sec: LIMIT.as_secs() as i32, tv_usec: 0 };
    // SAFETY: the set has as many members as it says, and the time is whole.
    let found = unsafe { select(0, (&raw mut *set).cast(), null_mut(), null_mut(), &time) };
    assert_eq!((found, set.fd_count), (3, 3));
    assert_eq!(set.fd_array[..3], ready.map(|index| pairs[index].1));
    let entries: Vec<(SOCKET, i16)> = pairs.iter().map(|pair| (pair.1, POLLIN)).collect();
    let revents = poll_of(&entries, 0).unwrap();
    assert_eq!(revents.iter().filter(|&&revents| revents == POLLRDNORM).count(), 3);
    for index in ready {
        assert_eq!(rx_some(pairs[index].1, 0), Ok(b"x".to_vec()));
    }
}

fn open_use_close(sockets: usize, at_once: usize) {
    let mut left = sockets;
    while left > 0 {
        let now = left.min(at_once);
        let pairs = pairs(now / 2);
        for &(client, server) in &pairs {
            tx(client, b"used", 0).unwrap();
            assert_eq!(rx_some(server, 0), Ok(b"used".to_vec()));
        }
        close_pairs(&pairs);
        left -= now;
    }
}

#[test]
fn many_sockets_at_once_and_none_left() {
    const SOCKETS: usize = 10_000;
    const SLACK: usize = 64;
    start();
    let limit = descriptors() - SLACK;
    let long = pairs((limit / 2).min(4096));
    assert!(long.len() > 1024 || limit < 2200, "the limit on descriptors allows more than 1024");
    a_long_set(&long);
    close_pairs(&long);

    // The first round makes what is kept for good: the table, the allocator's own.
    open_use_close(SOCKETS, SOCKETS.min(limit));
    let (descriptors, memory) = (open_descriptors(), resident());
    for _ in 0..2 {
        open_use_close(SOCKETS, SOCKETS.min(limit));
    }
    assert_eq!(open_descriptors(), descriptors);
    let grown = resident().saturating_sub(memory);
    assert!(grown < 512, "{grown} KiB more after 20,000 sockets");
}
