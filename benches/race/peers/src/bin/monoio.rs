//! An echo server on monoio's runtime over io_uring, a task for each connection.
//!
//! monoio [BUFFER]      prints "Port: N"

use monoio::io::{AsyncReadRent, AsyncWriteRentExt};
use monoio::net::TcpListener;

#[monoio::main(driver = "uring")]
async fn main() -> std::io::Result<()> {
    let room: usize = std::env::args().nth(1).map_or(4096, |room| room.parse().expect("a size"));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("Port: {}", listener.local_addr()?.port());
    loop {
        let (mut socket, _) = listener.accept().await?;
        monoio::spawn(async move {
            let mut buffer = Vec::with_capacity(room);
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
