//! `WSAEventSelect`, `WSAEnumNetworkEvents`, `WSAAsyncSelect`.
#![allow(unsafe_code, reason = "the signatures are Winsock's")]

use super::{HWND, SOCKET, SOCKET_ERROR, WSAEVENT, WSANETWORKEVENTS, boundary, memory};
use crate::error::Error;
use crate::linux::network_events::{self, Events, Recorded, Sink};
use crate::linux::{handles, objects, window};

/// `WSAEventSelect`: has network events of a socket recorded, and an event set when one is. Without events nothing is
/// recorded any more, and the event is not looked at. Either way the socket is non-blocking from now on.
///
/// Replaces an earlier selection and what it has recorded. What holds already is recorded at once; then each event
/// once, until something enables it again: a call that receives (`FD_READ`, `FD_OOB`), one that accepts (`FD_ACCEPT`),
/// a send that fails with `WSAEWOULDBLOCK` (`FD_WRITE`), a new connection (`FD_CONNECT`, `FD_WRITE`, `FD_CLOSE`).
/// Sockets that are accepted have the selection of their listener.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaeventselect`.
///
/// *On Linux*: `FD_QOS` and `FD_GROUP_QOS` never happen. A send that takes a part of its data enables `FD_WRITE` as well:
/// Linux takes parts where Windows takes all.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for an unknown event, and for a handle that is not of an event,
/// `WSA_INVALID_HANDLE` for a selection that was made before a fork, `WSAEMFILE`, `WSAENOBUFS`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSAEventSelect(s: SOCKET, heventobject: WSAEVENT, lnetworkevents: i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let events = Events::from_winsock(lnetworkevents).ok_or(Error::WSAEINVAL)?;
        if events.is_empty() {
            network_events::deselect(&socket);
            return Ok(0);
        }
        let event = objects::event(heventobject as usize).map_err(|_| Error::WSAEINVAL)?;
        network_events::select(&socket, s, events, Sink::Event(event))?;
        Ok(0)
    })
}

/// `WSAAsyncSelect`: has a message posted to a window for each network event of a socket. `wParam` is the socket,
/// `lParam` the event in its low word and the error in its high one. Without events no more messages are posted, and
/// the window is not looked at; those that wait in the queue stay. Either way the socket is non-blocking from now on.
///
/// The rules are those of [`WSAEventSelect`]: each of the two replaces what the other, or itself, has selected before,
/// and after a message no other comes for the same event until something enables it again. Messages of a socket that
/// was accepted name that socket.
///
/// Microsoft's page: `winsock/nf-winsock-wsaasyncselect`.
///
/// *On Linux*: as [`WSAEventSelect`]. A message that finds the queue full is posted when something has changed again.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for an unknown event, and for a handle that is not of a window,
/// `WSA_INVALID_HANDLE` for a selection that was made before a fork, `WSAEMFILE`, `WSAENOBUFS`.
///
/// # Safety
/// None is needed: the function is `unsafe` only because `windows-sys` declares it so.
pub unsafe extern "system" fn WSAAsyncSelect(s: SOCKET, hwnd: HWND, wmsg: u32, levent: i32) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let events = Events::from_winsock(levent).ok_or(Error::WSAEINVAL)?;
        if events.is_empty() {
            network_events::deselect(&socket);
            return Ok(0);
        }
        let window = hwnd.addr();
        if !window::exists(window) {
            return Err(Error::WSAEINVAL);
        }
        network_events::select(&socket, s, events, Sink::Window { window, message: wmsg })?;
        Ok(0)
    })
}

/// `WSAEnumNetworkEvents`: takes what has been recorded for a socket since the last time, with the error of each event,
/// and resets an event in the same step, if one is given. Errors of events that were not recorded are left as they
/// are.
///
/// Microsoft's page: `winsock2/nf-winsock2-wsaenumnetworkevents`.
///
/// # Errors
/// `WSANOTINITIALISED`, `WSAENOTSOCK`, `WSAEINVAL` for a handle that is not of an event, `WSAEFAULT` for NULL as
/// `lpnetworkevents`. A failure clears nothing.
///
/// # Safety
/// `lpnetworkevents` is NULL or valid for reading and writing.
pub unsafe extern "system" fn WSAEnumNetworkEvents(
    s: SOCKET,
    heventobject: WSAEVENT,
    lpnetworkevents: *mut WSANETWORKEVENTS,
) -> i32 {
    boundary::call(SOCKET_ERROR, || {
        let socket = handles::socket(s)?;
        let event = match heventobject as usize {
            0 => None,
            handle => Some(objects::event(handle).map_err(|_| Error::WSAEINVAL)?),
        };
        // SAFETY: the caller's promise.
        let mut out = unsafe { memory::read(lpnetworkevents) }?;
        network_events::take(&socket, event.as_deref(), |recorded| {
            fill(&mut out, recorded);
            // SAFETY: not NULL, and the caller promises that it is writable.
            unsafe { memory::write(lpnetworkevents, out) }
        })?;
        Ok(0)
    })
}

fn fill(out: &mut WSANETWORKEVENTS, recorded: &Recorded) {
    let events = recorded.events.to_winsock();
    out.lNetworkEvents = events;
    for (bit, error) in recorded.errors.into_iter().enumerate() {
        if events & (1 << bit) != 0 {
            out.iErrorCode[bit] = error;
        }
    }
}
