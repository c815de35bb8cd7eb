//! Network events told by messages to a [`Window`](crate::Window).

use crate::win32::SOCKET;
use crate::{Error, Message, NetworkEvents, Socket, WindowHandle, raw};

/// Being told of what happens by messages.
impl Socket {
    /// `WSAAsyncSelect`: has a message of this number posted to a window for each network event of the socket, which
    /// [`Message::network_event`] reads. The socket is non-blocking from now on.
    ///
    /// The rules are those of [`Socket::select_events`], and a second selection of either kind replaces the first. After a
    /// message no other comes for the same event until something enables it again. [`Socket::deselect_events`] ends it;
    /// messages that wait in the queue stay.
    ///
    /// ```
    /// use winsock::{Error, Family, Message, MessageLoop, NetworkEvents, Socket, Window};
    ///
    /// const TOLD: u32 = Message::FIRST;
    ///
    /// let socket = Socket::datagram(Family::IPV4)?;
    /// socket.bind(([127, 0, 0, 1], 0))?;
    /// let told = socket.as_raw();
    /// let window = Window::new(move |message| {
    ///     let happened = message.network_event();
    ///     assert_eq!((happened.socket, happened.result), (told, Ok(())));
    ///     assert_eq!(happened.event, NetworkEvents::READ);
    ///     MessageLoop::quit(0);
    ///     0
    /// })?;
    /// socket.select_messages(window.handle(), TOLD, NetworkEvents::READ)?;
    /// socket.send_to(b"to myself", socket.local_addr()?)?;
    /// assert_eq!(MessageLoop::run()?, 0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// Microsoft's page: `winsock/nf-winsock-wsaasyncselect`.
    ///
    /// # Errors
    /// `WSA_INVALID_PARAMETER` for a number below [`Message::FIRST`], `WSAEINVAL` for [`NetworkEvents::NONE`] and for a
    /// window that is gone, `WSAEMFILE`, `WSAENOBUFS`.
    #[doc(alias = "WSAAsyncSelect")]
    pub fn select_messages(
        &self,
        window: WindowHandle,
        number: u32,
        events: NetworkEvents,
    ) -> Result<(), Error> {
        if number < Message::FIRST {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        if events == NetworkEvents::NONE {
            return Err(Error::WSAEINVAL);
        }
        raw::async_select(self.as_raw(), window.as_raw(), number, events.to_raw())
    }
}

/// What a message tells of a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct NetworkMessage {
    /// Of which socket: [`Socket::as_raw`]. It may be closed by now.
    pub socket: SOCKET,
    /// The event.
    pub event: NetworkEvents,
    /// How it went: why a connect failed, and whether the peer has ended its side (`Ok`) or the connection broke.
    pub result: Result<(), Error>,
}

impl Message {
    /// `WSAGETSELECTEVENT` and `WSAGETSELECTERROR`: what a message of [`Socket::select_messages`] tells. Other messages
    /// tell nothing that makes sense.
    #[doc(alias = "WSAGETSELECTEVENT")]
    #[doc(alias = "WSAGETSELECTERROR")]
    pub fn network_event(self) -> NetworkMessage {
        let result = match (self.lparam >> 16) & 0xFFFF {
            0 => Ok(()),
            code => Err(Error::from_code(code as i32)),
        };
        let event = NetworkEvents::from_raw((self.lparam & 0xFFFF) as u32);
        NetworkMessage { socket: self.wparam as SOCKET, event, result }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_word_is_the_event_and_the_high_one_the_error() {
        let read = |lparam| Message::new(Message::FIRST, 5, lparam).network_event();
        let close = NetworkMessage { socket: 5, event: NetworkEvents::CLOSE, result: Ok(()) };
        assert_eq!(read(0x20), close);
        let reset = Err(Error::WSAECONNRESET);
        assert_eq!(read(0x20 | 10054 << 16), NetworkMessage { result: reset, ..close });
        assert_eq!(read(-1).event.to_raw(), 0xFFFF);
    }
}
