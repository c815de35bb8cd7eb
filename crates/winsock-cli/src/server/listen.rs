//! The sockets that clients come to: bound, listening, non-blocking.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread;
use std::time::{Duration, Instant};

use winsock::{Error, Socket};

use super::options::Limits;
use crate::address::{DEFAULT_PORT, Endpoint, Transport};
use crate::error::{Context, Failure};
use crate::system::activation::Inherited;

/// How long a restart waits for an address: what used it may need a moment to be gone.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);

/// Where clients come, so that it can be opened again.
pub(super) struct Entrances {
    transport: Transport,
    backlog: i32,
    /// What whoever started the process has opened.
    inherited: Inherited,
    /// The addresses that were opened, with the ports that the system chose.
    own: Vec<SocketAddr>,
}

impl Entrances {
    /// Opens what is named and what was inherited, or, if there is neither, every address of this machine.
    pub(super) fn open(
        endpoints: &[Endpoint],
        transport: Transport,
        backlog: i32,
    ) -> Result<(Entrances, Vec<Socket>), Failure> {
        let mut inherited = Inherited::take(transport)?;
        let mut sockets = inherited.open()?;
        let mut own = Vec::new();
        if inherited.is_empty() || !endpoints.is_empty() {
            for socket in listen_with(endpoints, transport, backlog)? {
                own.push(local_address(&socket)?);
                sockets.push(socket);
            }
        }
        Ok((Entrances { transport, backlog, inherited, own }, sockets))
    }

    /// Opens the same addresses again.
    pub(super) fn reopen(&mut self) -> Result<Vec<Socket>, Failure> {
        let until = Instant::now() + PATIENCE;
        let mut sockets = self.inherited.open()?;
        for address in &self.own {
            sockets.push(loop {
                match open(*address, self.transport, self.backlog) {
                    Err(Failure::Call { error: Error::WSAEADDRINUSE, .. }) if Instant::now() < until => {
                        thread::sleep(PAUSE);
                    }
                    opened => break opened?,
                }
            });
        }
        Ok(sockets)
    }
}

/// Opens a socket for every address of every endpoint; for none, every address of this machine at the guide's port.
pub(crate) fn listen(endpoints: &[Endpoint], transport: Transport) -> Result<Vec<Socket>, Failure> {
    listen_with(endpoints, transport, Limits::BACKLOG)
}

/// The same with another queue of connections that wait to be accepted.
pub(super) fn listen_with(
    endpoints: &[Endpoint],
    transport: Transport,
    backlog: i32,
) -> Result<Vec<Socket>, Failure> {
    let everywhere = Endpoint { host: String::new(), port: DEFAULT_PORT };
    let endpoints = if endpoints.is_empty() { std::slice::from_ref(&everywhere) } else { endpoints };
    let mut sockets = Vec::new();
    for endpoint in endpoints {
        sockets.extend(open_all(addresses(endpoint, transport)?, transport, backlog)?);
    }
    Ok(sockets)
}

fn addresses(endpoint: &Endpoint, transport: Transport) -> Result<Vec<SocketAddr>, Failure> {
    if !endpoint.host.is_empty() {
        return endpoint.resolve(transport);
    }
    let mut every = vec![
        SocketAddr::from((Ipv4Addr::UNSPECIFIED, endpoint.port)),
        SocketAddr::from((Ipv6Addr::UNSPECIFIED, endpoint.port)),
    ];
    every.retain(|address| transport.takes(address));
    Ok(every)
}

/// Opens a socket for each address that this machine has: a name, or every address, may stand for a family that it
/// does not have. One has to be there.
fn open_all(addresses: Vec<SocketAddr>, transport: Transport, backlog: i32) -> Result<Vec<Socket>, Failure> {
    let mut sockets = Vec::new();
    let mut missing = None;
    for address in addresses {
        match open(address, transport, backlog) {
            Ok(socket) => sockets.push(socket),
            Err(failure @ Failure::Call { error: Error::WSAEAFNOSUPPORT | Error::WSAEADDRNOTAVAIL, .. }) => {
                missing = Some(failure);
            }
            Err(failure) => return Err(failure),
        }
    }
    match missing {
        Some(failure) if sockets.is_empty() => Err(failure),
        Some(_) | None => Ok(sockets),
    }
}

fn open(address: SocketAddr, transport: Transport, backlog: i32) -> Result<Socket, Failure> {
    let socket = transport.socket(address)?;
    socket.bind(address).calling("bind", address)?;
    if !transport.udp {
        socket.listen(backlog).calling("listen", address)?;
    }
    socket.set_nonblocking(true).calling("ioctlsocket", address)?;
    Ok(socket)
}

pub(crate) fn local_address(socket: &Socket) -> Result<SocketAddr, Failure> {
    socket.local_addr().calling("getsockname", "")
}
