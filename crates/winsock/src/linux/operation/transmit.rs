//! `TransmitFile` and `TransmitPackets`: memory and files, in order, and the end of the connection if asked for.
//!
//! Files go to a stream by `sendfile`, which has no flag that asks not to wait: the descriptor goes into non-blocking
//! mode for good, and calls of the program that block wait for it first.

use super::{Attempt, disconnect, ends};
use crate::linux::file::File;
use crate::linux::socket::Socket;
use crate::linux::status::Status;
use crate::linux::sys::socket::{self as linux, Buffer, MSG_DONTWAIT, MSG_MORE, MSG_NOSIGNAL};
use crate::linux::sys::{Errno, file};
use crate::linux::transfer;
use crate::linux::translate::{self, Kind};
use std::sync::Arc;

/// The most that one call gives to the kernel.
const MAX_CALL: usize = 1 << 20;

/// A transmission.
pub(crate) struct Transmit {
    /// None of them empty.
    pub(crate) parts: Box<[Part]>,
    /// Bytes that one send takes at most.
    pub(crate) per_send: Option<usize>,
    pub(crate) finish: Finish,
}

/// Bytes from one place.
pub(crate) struct Part {
    pub(crate) source: Source,
    pub(crate) len: usize,
    /// What follows does not belong to the same packet.
    pub(crate) ends_packet: bool,
}

/// Where bytes come from.
pub(crate) enum Source {
    Memory(Buffer),
    File { file: Arc<File>, offset: u64 },
}

/// What follows the last byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Finish {
    Nothing,
    /// `TF_DISCONNECT`.
    Disconnect,
    /// `TF_DISCONNECT` and `TF_REUSE_SOCKET`.
    Reuse,
}

impl Transmit {
    /// Bytes in all.
    pub(crate) fn total(&self) -> usize {
        self.parts.iter().map(|part| part.len).sum()
    }

    pub(super) fn attempt(&mut self, socket: &Arc<Socket>, done: &mut usize) -> Attempt {
        let Some((index, skip)) = self.place(*done) else {
            return match self.finish {
                Finish::Nothing => ends(Status::SUCCESS, *done, true),
                Finish::Disconnect => disconnect::attempt(socket, false, *done),
                Finish::Reuse => disconnect::attempt(socket, true, *done),
            };
        };
        let result = match socket.kind {
            Kind::Stream => self.send_some(socket, index, skip),
            Kind::Datagram | Kind::Raw => self.send_packet(socket, index, skip),
        };
        match result {
            // The file has become shorter.
            Ok(0) => ends(Status::END_OF_FILE, *done, true),
            Ok(len) => {
                *done += len;
                Attempt::Again
            }
            Err(Errno::EAGAIN) => Attempt::Blocked,
            Err(Errno::EINTR) => Attempt::Again,
            Err(errno) if transfer::take_report(socket, errno) => Attempt::Again,
            Err(errno) => {
                transfer::note_failure(socket, errno);
                let status = match errno {
                    Errno::EPIPE if !socket.is_send_shut() => Status::CONNECTION_RESET,
                    errno => translate::status(errno),
                };
                ends(status, *done, true)
            }
        }
    }

    /// The part in which a byte stands, and how far in. `None` behind the last.
    fn place(&self, mut done: usize) -> Option<(usize, usize)> {
        for (index, part) in self.parts.iter().enumerate() {
            if done < part.len {
                return Some((index, done));
            }
            done -= part.len;
        }
        None
    }

    fn send_some(&self, socket: &Socket, index: usize, skip: usize) -> Result<usize, Errno> {
        let part = &self.parts[index];
        let len = (part.len - skip).min(self.per_send.unwrap_or(MAX_CALL));
        match &part.source {
            Source::Memory(buffer) => {
                let follows = index + 1 < self.parts.len() && !part.ends_packet;
                let more = if follows { MSG_MORE } else { 0 };
                let rest = Buffer::new(buffer.skip(skip).data(), len);
                linux::send(socket.fd(), rest, MSG_DONTWAIT | MSG_NOSIGNAL | more)
            }
            Source::File { file, offset } => {
                socket.make_descriptor_nonblocking()?;
                file::send(socket.fd(), file.fd(), offset + skip as u64, len)
            }
        }
    }

    /// Sends what is left of a packet, or as much of it as one send takes, as one datagram.
    fn send_packet(&self, socket: &Socket, index: usize, mut skip: usize) -> Result<usize, Errno> {
        let mut left = self.per_send.unwrap_or(usize::MAX);
        let mut buffers = Vec::new();
        let mut read = Vec::new();
        for part in &self.parts[index..] {
            let len = (part.len - skip).min(left);
            match &part.source {
                Source::Memory(buffer) => {
                    buffers.push(Buffer::new(buffer.skip(skip).data(), len));
                }
                Source::File { file, offset } => {
                    let mut bytes = vec![0u8; len.min(MAX_DATAGRAM + 1)];
                    let room = Buffer::new(bytes.as_mut_ptr(), bytes.len());
                    let len = file::read_at(file.fd(), room, offset + skip as u64)?;
                    if len < bytes.len() {
                        return Ok(0);
                    }
                    buffers.push(room);
                    read.push(bytes);
                }
            }
            skip = 0;
            left -= len;
            if part.ends_packet || left == 0 {
                break;
            }
        }
        let flags = MSG_DONTWAIT | MSG_NOSIGNAL;
        linux::send_message(socket.fd(), &buffers, None, flags)
    }
}

/// No datagram is longer: one byte more is refused as too long.
const MAX_DATAGRAM: usize = 65_535;
