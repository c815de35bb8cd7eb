//! `WSARecvMsg` and `WSASendMsg`: datagrams with control data.

use super::{Attempt, Buffers, ends};
use crate::linux::control;
use crate::linux::lent::MessageRoom;
use crate::linux::option;
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::message::{self as linux, Control};
use crate::linux::sys::socket::{MSG_CTRUNC, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_TRUNC};
use crate::linux::sys::{Errno, socket};
use crate::linux::transfer;
use crate::linux::translate::{self, Address, Family};
use crate::win32;

/// A datagram to receive or to send.
pub(crate) struct Message {
    pub(crate) buffers: Buffers,
    pub(crate) flags: i32,
    pub(crate) rest: Rest,
}

/// What belongs to one of the directions.
pub(crate) enum Rest {
    Receive { room: MessageRoom },
    Send { to: Option<Address>, control: Box<Control> },
}

impl Message {
    pub(super) fn receive(&self, socket: &Socket) -> Attempt {
        let Rest::Receive { room } = &self.rest else { unreachable!("only receives are received") };
        let flags = self.flags | MSG_DONTWAIT | MSG_TRUNC;
        let received = match linux::receive(socket.fd(), self.buffers.as_slice(), flags) {
            Ok(received) => received,
            Err(Errno::EAGAIN) => return Attempt::Blocked,
            Err(Errno::EINTR) => return Attempt::Again,
            Err(errno) if transfer::take_report(socket, errno) => return Attempt::Again,
            Err(errno) => return super::failed(socket, errno),
        };
        let total = self.buffers.total();
        let mut flags = 0;
        if received.len > total {
            flags |= win32::MSG_TRUNC;
        }
        let truncated = room.write(Address::from_linux(&received.from).as_ref(), |room| {
            control::to_winsock(&received.control, option::received_classes(socket), room)
        });
        if truncated || received.flags & MSG_CTRUNC != 0 {
            flags |= win32::MSG_CTRUNC;
        }
        room.write_flags(flags);
        let status = if flags == 0 { Status::SUCCESS } else { Status::BUFFER_OVERFLOW };
        ends(status, received.len.min(total), true)
    }

    pub(super) fn send(&self, socket: &Socket) -> Attempt {
        let Rest::Send { to, control } = &self.rest else { unreachable!("only sends are sent") };
        let to = to.map(Address::to_linux);
        let flags = self.flags | MSG_DONTWAIT | MSG_NOSIGNAL;
        match linux::send(socket.fd(), self.buffers.as_slice(), to.as_ref(), control, flags) {
            Ok(len) => {
                socket.bound_implicitly();
                ends(Status::SUCCESS, len, true)
            }
            Err(Errno::EAGAIN) => Attempt::Blocked,
            Err(Errno::EINTR) => Attempt::Again,
            Err(errno) if transfer::take_report(socket, errno) => Attempt::Again,
            Err(errno) => ends(translate::status(errno), 0, true),
        }
    }
}

/// The class of traffic that the socket's datagrams have.
pub(crate) fn own_class(socket: &Socket) -> u8 {
    let (level, name) = match socket.family {
        Family::V4 => (socket::IPPROTO_IP, linux::IP_TOS),
        Family::V6 => (socket::IPPROTO_IPV6, linux::IPV6_TCLASS),
        Family::Unix => return 0,
    };
    socket::option_i32(socket.fd(), level, name).unwrap_or(0) as u8
}
