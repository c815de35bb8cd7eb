//! The peer: an echo server on tokio's runtime of one thread, a task for each connection.
//!
//! tokio [BUFFER]      prints "Port: N"

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let room: usize = std::env::args().nth(1).map_or(4096, |room| room.parse().expect("a size"));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("Port: {}", listener.local_addr()?.port());
    loop {
        let (mut socket, _) = listener.accept().await?;
        tokio::spawn(async move {
            let mut buffer = vec![0; room];
            while let Ok(count @ 1..) = socket.read(&mut buffer).await {
                if socket.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
        });
    }
}
