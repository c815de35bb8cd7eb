//! Sockets that whoever started the process has opened for it, as systemd does: `LISTEN_FDS` tells how many descriptors
//! from 3 on, and `LISTEN_PID` for which process they are meant.
//!
//! Others have them too, and go on using them when this server has ended. But closing a socket that an engine still looks
//! at shuts it down, for everybody. So none is closed before its last operation is long over, and in the end none at all.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;

use listenfd::ListenFd;
use winsock::Socket;

use crate::address::Transport;
use crate::error::{Context, Failure};

/// What the subject of a failure is called.
const WHERE: &str = "LISTEN_FDS";

/// Runs of the server whose sockets are kept open: the present one and the one before.
const KEPT: usize = 2;

/// The sockets that are meant for this process. They stay open, and are served by way of duplicates.
pub(crate) struct Inherited {
    descriptors: Vec<OwnedFd>,
    /// A handle of each socket of the last runs.
    kept: VecDeque<Vec<Socket>>,
}

impl Inherited {
    /// Takes the sockets, which are to be of the transport.
    pub(crate) fn take(transport: Transport) -> Result<Inherited, Failure> {
        let mut passed = ListenFd::from_env();
        let mut descriptors = Vec::new();
        for index in 0..passed.len() {
            let taken = if transport.udp {
                passed.take_udp_socket(index).map(|socket| socket.map(OwnedFd::from))
            } else {
                passed.take_tcp_listener(index).map(|socket| socket.map(OwnedFd::from))
            };
            descriptors.extend(taken.map_err(|error| Failure::system(WHERE, error))?);
        }
        Ok(Inherited { descriptors, kept: VecDeque::new() })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.descriptors.is_empty()
    }

    /// Opens each anew: to Winsock another socket, which can belong to another port than the one before.
    pub(crate) fn open(&mut self) -> Result<Vec<Socket>, Failure> {
        let open = |fd: &OwnedFd| {
            let fd = fd.try_clone().map_err(|error| Failure::system(WHERE, error))?;
            let socket = Socket::try_from(fd).calling(WHERE, "")?;
            socket.set_nonblocking(true).calling("ioctlsocket", "")?;
            Ok(socket)
        };
        let opened = self.descriptors.iter().map(open).collect::<Result<Vec<_>, Failure>>()?;
        let handle = |socket: &Socket| socket.try_clone().calling("WSADuplicateSocket", "");
        let handles = opened.iter().map(handle).collect::<Result<_, Failure>>()?;
        self.kept.truncate(KEPT - 1);
        self.kept.push_front(handles);
        Ok(opened)
    }
}

impl Drop for Inherited {
    fn drop(&mut self) {
        for socket in self.kept.drain(..).flatten() {
            // The end of the process closes it.
            let _ = socket.into_raw();
        }
    }
}
