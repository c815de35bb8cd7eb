//! Which call fails with what, and how a program finds out.
use winsock::{Error, Family, Socket};

fn main() -> Result<(), Error> {
    // ANCHOR: order
    let socket = Socket::stream(Family::IPV4)?;
    if let Err(error) = socket.listen(i32::MAX) {
        println!("listen before bind: {}", error.code());
    }
    socket.bind(([127, 0, 0, 1], 0))?;
    if let Err(error) = socket.bind(([127, 0, 0, 1], 0)) {
        println!("bind for the second time: {error}");
    }
    // ANCHOR_END: order

    // ANCHOR: refused
    let client = Socket::stream(Family::IPV4)?;
    match client.connect(socket.local_addr()?) {
        Ok(()) => println!("connected"),
        Err(Error::WSAECONNREFUSED) => println!("nobody listens"),
        Err(error) => return Err(error),
    }
    // ANCHOR_END: refused

    // ANCHOR: io
    let error = std::io::Error::from(Error::WSAECONNREFUSED);
    println!("{:?}", error.kind());
    // ANCHOR_END: io
    Ok(())
}
