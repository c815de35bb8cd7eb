//! An echo server on monoio's runtime over io_uring, a task for each connection.
//!
//! monoio PORT

use monoio::io::{AsyncReadRent, AsyncWriteRentExt};
use monoio::net::TcpListener;

#[monoio::main(driver = "uring")]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).expect("usage: monoio PORT");
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    loop {
        let (mut socket, _) = listener.accept().await?;
        monoio::spawn(async move {
            let mut buffer = Vec::with_capacity(4096);
            loop {
                let (received, data) = socket.read(buffer).await;
                if !matches!(received, Ok(1..)) {
                    return;
                }
                let (sent, data) = socket.write_all(data).await;
                if sent.is_err() {
                    return;
                }
                buffer = data;
            }
        });
    }
}
