//! `--metrics`: the counters as text in Prometheus's format, for whoever asks by HTTP.
//!
//! One thread of its own answers one question after the other. Whoever is slow to ask or to listen is cut off, so
//! that the next can have its turn; the server itself is never kept waiting.

use std::fmt::{Display, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tracing::debug;
use winsock::{Error, Shutdown, Socket};

use super::counters::Counters;
use super::listen;
use crate::address::{Endpoint, Transport};
use crate::error::{Context, Failure};

/// The longest that one question may take, with its answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest question that is read.
const LONGEST: usize = 8 * 1024;
const BACKLOG: i32 = 16;

/// Answers at an endpoint from now on, and gives its addresses.
pub(super) fn start(endpoint: &Endpoint, counters: &Arc<Counters>) -> Result<Vec<SocketAddr>, Failure> {
    let transport = Transport { udp: false, ipv4: false, ipv6: false };
    let mut addresses = Vec::new();
    for listener in listen::listen_with(std::slice::from_ref(endpoint), transport, BACKLOG)? {
        addresses.push(listen::local_address(&listener)?);
        listener.set_nonblocking(false).calling("ioctlsocket", "")?;
        let counters = Arc::clone(counters);
        thread::Builder::new()
            .name("metrics".to_owned())
            .spawn(move || answer_all(&listener, &counters))
            .map_err(|error| Failure::system("thread", error))?;
    }
    Ok(addresses)
}

fn answer_all(listener: &Socket, counters: &Counters) {
    loop {
        match listener.accept() {
            Ok((client, _)) => {
                if let Err(error) = answer(&client, counters) {
                    debug!("metrics: {error}");
                }
            }
            // The client was gone before it was accepted.
            Err(Error::WSAECONNRESET) => {}
            Err(error) => {
                counters.failed("metrics", error);
                thread::sleep(PATIENCE);
            }
        }
    }
}

fn answer(client: &Socket, counters: &Counters) -> Result<(), Error> {
    let until = Instant::now() + PATIENCE;
    let left = || Some(until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1)));
    let mut question = Vec::new();
    let mut piece = [0; 1024];
    while !question.windows(4).any(|end| end == b"\r\n\r\n") {
        if question.len() > LONGEST || Instant::now() > until {
            return Err(Error::WSAETIMEDOUT);
        }
        client.set_read_timeout(left())?;
        match client.recv(&mut piece)? {
            0 => return Ok(()),
            len => question.extend_from_slice(&piece[..len]),
        }
    }
    client.set_write_timeout(left())?;
    client.send(response(&question, counters).as_bytes())?;
    client.shutdown(Shutdown::Send)
}

/// What a question is answered with.
fn response(question: &[u8], counters: &Counters) -> String {
    let line = question.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let (status, body) = match (words.next(), words.next()) {
        (Some("GET"), Some("/metrics" | "/")) => ("200 OK", text(counters)),
        (Some("GET"), _) => ("404 Not Found", "the metrics are at /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed\r\nAllow: GET", "only GET is answered\n".to_owned()),
    };
    let len = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
         Content-Length: {len}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// The counters in Prometheus's text format.
fn text(counters: &Counters) -> String {
    let counts = counters.read();
    let mut page = Page(String::new());
    page.one("gauge", "uptime_seconds", "Time since the server began.", counts.time.as_secs_f64());
    page.one("counter", "restarts_total", "Restarts that were asked for.", counts.restarts);
    page.one("counter", "connections_total", "Connections accepted.", counts.accepted);
    page.one("gauge", "connections_open", "Connections open now.", counts.open);
    page.one("counter", "connections_idle_total", "Connections ended for being idle.", counts.idle);
    page.one("counter", "datagrams_total", "Datagrams received.", counts.datagrams);
    page.one("counter", "datagrams_dropped_total", "Datagrams not echoed.", counts.datagrams_dropped);
    page.one("counter", "received_bytes_total", "Bytes received.", counts.bytes_received);
    page.one("counter", "sent_bytes_total", "Bytes sent.", counts.bytes_sent);
    let help = "Receives whose bytes went back completely.";
    page.one("counter", "round_trips_total", help, counts.round_trips);
    page.one("counter", "completions_total", "Overlapped operations ended.", counts.completions);
    let help = "Connections with received bytes that wait to go back.";
    page.one("gauge", "queue_depth", help, counts.owed);
    page.head("counter", "errors_total", "Failed calls by Winsock error.");
    for (error, count) in &counts.errors {
        let (code, name) = (error.code(), error.name().unwrap_or("unknown"));
        page.line(&format!("errors_total{{code=\"{code}\",name=\"{name}\"}}"), count);
    }
    page.0
}

/// Text in Prometheus's format. Writing to a string cannot fail.
struct Page(String);

impl Page {
    fn head(&mut self, kind: &str, name: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP winsock_{name} {help}\n# TYPE winsock_{name} {kind}");
    }

    fn line(&mut self, name: &str, value: impl Display) {
        let _ = writeln!(self.0, "winsock_{name} {value}");
    }

    fn one(&mut self, kind: &str, name: &str, help: &str, value: impl Display) {
        self.head(kind, name, help);
        self.line(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_is_given() {
        let counters = Counters::new();
        for (question, status) in [
            ("GET /metrics HTTP/1.1\r\n\r\n", "200 OK"),
            ("GET / HTTP/1.0\r\nHost: x\r\n\r\n", "200 OK"),
            ("GET /secret HTTP/1.1\r\n\r\n", "404 Not Found"),
            ("POST /metrics HTTP/1.1\r\n\r\n", "405 Method Not Allowed"),
            ("\r\n\r\n", "405 Method Not Allowed"),
        ] {
            let answer = response(question.as_bytes(), &counters);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{question:?}: {answer}");
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())), "{head}");
        }
    }

    #[test]
    fn each_sample_has_its_type_and_errors_have_their_codes() {
        let counters = Counters::new();
        let seat = counters.seat();
        seat.received(70);
        counters.failed("client", Error::WSAECONNRESET);
        counters.failed("accept", Error::WSAECONNRESET);
        let page = text(&counters);
        for line in [
            "winsock_connections_open 1",
            "winsock_received_bytes_total 70",
            "winsock_round_trips_total 0",
            "winsock_queue_depth 1",
            "winsock_errors_total{code=\"10054\",name=\"WSAECONNRESET\"} 2",
        ] {
            assert!(page.lines().any(|found| found == line), "{line:?} is missing in:\n{page}");
        }
        for sample in page.lines().filter(|line| !line.starts_with('#')) {
            let name = sample.split(['{', ' ']).next().unwrap();
            assert!(page.contains(&format!("\n# TYPE {name} ")), "{name} has no type");
        }
        seat.echoed();
        assert!(text(&counters).contains("winsock_queue_depth 0\n"));
    }
}
