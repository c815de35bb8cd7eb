//! Sockets that whoever started the process has opened for it, as systemd does: `LISTEN_FDS` tells how many descriptors
//! from 3 on, and `LISTEN_PID` for which process they are meant.

use std::os::fd::OwnedFd;

use listenfd::ListenFd;
use winsock::Socket;

use crate::address::Transport;
use crate::error::{Context, Failure};

/// The sockets that are meant for this process, which are to be of the transport.
pub(super) fn inherited(transport: Transport) -> Result<Vec<Socket>, Failure> {
    let mut passed = ListenFd::from_env();
    let mut sockets = Vec::new();
    for index in 0..passed.len() {
        let taken = if transport.udp {
            passed.take_udp_socket(index).map(|socket| socket.map(OwnedFd::from))
        } else {
            passed.take_tcp_listener(index).map(|socket| socket.map(OwnedFd::from))
        };
        if let Some(fd) = taken.map_err(|error| Failure::system("LISTEN_FDS", error))? {
            let socket = Socket::try_from(fd).calling("LISTEN_FDS", "")?;
            socket.set_nonblocking(true).calling("ioctlsocket", "")?;
            sockets.push(socket);
        }
    }
    Ok(sockets)
}
