//! Datagrams of the client: one after the other, each of which waits for its echo.

use std::io::Cursor;
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

use winsock::Socket;

use super::files::{Input, Output};
use super::trips::{self, Trips};
use super::{BUFFER, Script, Task};
use crate::error::{Context, Failure};

/// Bytes of a datagram: what passes through most networks in one piece.
const DATAGRAM: usize = 1200;

struct Exchange<'a> {
    socket: &'a Socket,
    server: SocketAddr,
    verify: bool,
    output: Output,
    sent: usize,
    received: usize,
    echo: Vec<u8>,
}

/// Does the task with datagrams, to its end.
pub(super) fn exchange(socket: &Socket, server: SocketAddr, task: Task) -> Result<(), Failure> {
    let report = task.output.report();
    let Task { script, output, verify, stats } = task;
    let echo = vec![0; BUFFER];
    let mut exchange = Exchange { socket, server, verify, output, sent: 0, received: 0, echo };
    let began = Instant::now();
    match script {
        Script::Once(input) => exchange.send_all(input)?,
        Script::Again { message, count, interval } => {
            let mut trips = Trips::new(interval.is_some());
            for number in 1..=count {
                let began = Instant::now();
                exchange.send_all(Input::from(Cursor::new(message.clone())))?;
                trips.add(message.len(), began.elapsed(), report);
                if number < count {
                    thread::sleep(interval.unwrap_or(Duration::ZERO));
                }
            }
            trips.summary(report);
        }
    }
    report.line(format_args!("Bytes Sent: {}", exchange.sent));
    report.line(format_args!("Bytes received: {}", exchange.received));
    if stats {
        trips::rates(report, began.elapsed(), exchange.sent as u64, exchange.received as u64);
    }
    Ok(())
}

impl Exchange<'_> {
    fn send_all(&mut self, mut input: Input) -> Result<(), Failure> {
        let mut data = [0; DATAGRAM];
        loop {
            let len = input.fill(&mut data)?;
            if len == 0 {
                return Ok(());
            }
            self.send(&data[..len])?;
        }
    }

    fn send(&mut self, data: &[u8]) -> Result<(), Failure> {
        self.sent += self.socket.send(data).calling("send", self.server)?;
        let len = self.socket.recv(&mut self.echo).calling("recv", self.server)?;
        let echo = &self.echo[..len];
        if self.verify && echo != data {
            let different = data.iter().zip(echo).position(|(sent, got)| sent != got);
            return Err(Failure::Job(match different {
                Some(at) => format!(
                    "byte {} of the echo is {:#04x} instead of {:#04x}",
                    self.received + at,
                    echo[at],
                    data[at]
                ),
                None => format!("a datagram of {len} bytes came back instead of {}", data.len()),
            }));
        }
        self.received += len;
        self.output.write(echo)
    }
}
