//! Control data of messages, between Winsock's `WSACMSGHDR` and Linux's `cmsghdr`, in both directions.
//!
//! The layouts are the same on 64-bit machines: a length that counts the header, a level, a type; data and the next
//! header at multiples of 8. Levels, types and the forms of the data differ: the tables are here.

use super::sys::message::{self as linux, Control};
use super::sys::socket::{IPPROTO_IP, IPPROTO_IPV6};
use crate::error::Error;
use crate::win32;

const HEADER: usize = 16;

/// What the class of traffic of a datagram is shown as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Classes {
    /// `IP_RECVTOS`, `IPV6_RECVTCLASS`.
    pub(crate) whole: bool,
    /// `IP_RECVECN`, `IPV6_RECVECN`.
    pub(crate) congestion: bool,
}

/// One control message.
struct Item<'a> {
    level: i32,
    kind: i32,
    data: &'a [u8],
}

/// Reads control data, whose layout both worlds share. `None` stands for what is no control message.
fn items(mut bytes: &[u8]) -> impl Iterator<Item = Option<Item<'_>>> {
    std::iter::from_fn(move || {
        if bytes.len() < HEADER {
            return None;
        }
        let word = |at: usize| i32::from_ne_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
        let len = usize::from_ne_bytes(bytes[..8].try_into().expect("eight bytes"));
        if !(HEADER..=bytes.len()).contains(&len) {
            bytes = &[];
            return Some(None);
        }
        let item = Item { level: word(8), kind: word(12), data: &bytes[HEADER..len] };
        bytes = bytes.get(len.next_multiple_of(8)..).unwrap_or(&[]);
        Some(Some(item))
    })
}

/// Writes control data, as far as there is room.
struct Writer<'a> {
    room: &'a mut [u8],
    len: usize,
    truncated: bool,
}

impl Writer<'_> {
    fn put(&mut self, level: i32, kind: i32, data: &[u8]) {
        let start = self.len.next_multiple_of(8);
        let end = start + HEADER + data.len();
        if end > self.room.len() {
            self.truncated = true;
            return;
        }
        self.room[self.len..start].fill(0);
        self.room[start..start + 8].copy_from_slice(&(HEADER + data.len()).to_ne_bytes());
        self.room[start + 8..start + 12].copy_from_slice(&level.to_ne_bytes());
        self.room[start + 12..start + HEADER].copy_from_slice(&kind.to_ne_bytes());
        self.room[start + HEADER..end].copy_from_slice(data);
        self.len = end;
    }

    /// Counts what follows the last item as well, as `WSA_CMSG_SPACE` does, if there is room for it.
    fn pad(&mut self) {
        let end = self.len.next_multiple_of(8).min(self.room.len());
        self.room[self.len..end].fill(0);
        self.len = end;
    }
}

/// Writes what Linux told of a datagram for Winsock: the length, and whether there was no room for all of it.
pub(crate) fn to_winsock(control: &Control, classes: Classes, room: &mut [u8]) -> (usize, bool) {
    let mut out = Writer { room, len: 0, truncated: false };
    for item in items(&control.bytes[..control.len]).flatten() {
        match (item.level, item.kind, item.data) {
            (IPPROTO_IP, linux::IP_PKTINFO, data) if data.len() >= 12 => {
                // Linux: interface, local address, address in the header. Winsock: the last, the first.
                let mut info = [0; 8];
                info[..4].copy_from_slice(&data[8..12]);
                info[4..].copy_from_slice(&data[..4]);
                out.put(win32::IPPROTO_IP, win32::IP_PKTINFO, &info);
            }
            (IPPROTO_IPV6, linux::IPV6_PKTINFO, data) => {
                out.put(win32::IPPROTO_IPV6, win32::IPV6_PKTINFO, data);
            }
            (IPPROTO_IP, linux::IP_TTL, data) => out.put(win32::IPPROTO_IP, win32::IP_TTL, &number(data)),
            (IPPROTO_IPV6, linux::IPV6_HOPLIMIT, data) => {
                out.put(win32::IPPROTO_IPV6, win32::IPV6_HOPLIMIT, &number(data));
            }
            (IPPROTO_IP, linux::IP_TOS, data) => {
                put_class(&mut out, win32::IPPROTO_IP, win32::IP_TOS, win32::IP_ECN, data, classes);
            }
            (IPPROTO_IPV6, linux::IPV6_TCLASS, data) => {
                put_class(&mut out, win32::IPPROTO_IPV6, win32::IPV6_TCLASS, win32::IPV6_ECN, data, classes);
            }
            // What Winsock has no name for.
            _ => {}
        }
    }
    out.pad();
    (out.len, out.truncated)
}

/// The two bits of explicit congestion notification.
const CONGESTION: u8 = 3;

fn put_class(out: &mut Writer<'_>, level: i32, whole: i32, congestion: i32, data: &[u8], classes: Classes) {
    if classes.whole {
        out.put(level, whole, &number(data));
    }
    if classes.congestion {
        let bits = i32::from(data.first().copied().unwrap_or(0) & CONGESTION);
        out.put(level, congestion, &bits.to_ne_bytes());
    }
}

/// An INT of a value that Linux gives as one byte or as an int.
fn number(data: &[u8]) -> [u8; 4] {
    match data.try_into() {
        Ok(int) => int,
        Err(_) => i32::from(data.first().copied().unwrap_or(0)).to_ne_bytes(),
    }
}

/// What a caller's control data asks of Linux. `class` is the socket's own class of traffic.
///
/// # Errors
/// `WSAEINVAL` for what is no control data, for a kind that sending does not know, for a value that does not fit, and
/// for "congestion encountered", which is not the sender's to say.
pub(crate) fn to_linux(bytes: &[u8], class: u8) -> Result<Control, Error> {
    let mut control = Control::empty();
    let mut out = Writer { room: &mut control.bytes, len: 0, truncated: false };
    let mut whole = None;
    let mut congestion = None;
    let mut level = IPPROTO_IP;
    for item in items(bytes) {
        let item = item.ok_or(Error::WSAEINVAL)?;
        match (item.level, item.kind) {
            (win32::IPPROTO_IP, win32::IP_PKTINFO) => {
                let info: [u8; 8] = item.data.try_into().map_err(|_| Error::WSAEINVAL)?;
                let mut data = [0; 12];
                data[..4].copy_from_slice(&info[4..]);
                data[4..8].copy_from_slice(&info[..4]);
                out.put(IPPROTO_IP, linux::IP_PKTINFO, &data);
            }
            (win32::IPPROTO_IPV6, win32::IPV6_PKTINFO) => {
                let info: [u8; 20] = item.data.try_into().map_err(|_| Error::WSAEINVAL)?;
                out.put(IPPROTO_IPV6, linux::IPV6_PKTINFO, &info);
            }
            (win32::IPPROTO_IP, win32::IP_TTL | win32::IP_HOPLIMIT) => {
                out.put(IPPROTO_IP, linux::IP_TTL, &i32::from(byte(item.data)?).to_ne_bytes());
            }
            (win32::IPPROTO_IPV6, win32::IPV6_HOPLIMIT) => {
                out.put(IPPROTO_IPV6, linux::IPV6_HOPLIMIT, &i32::from(byte(item.data)?).to_ne_bytes());
            }
            (win32::IPPROTO_IP, win32::IP_TOS) => whole = Some(byte(item.data)?),
            (win32::IPPROTO_IPV6, win32::IPV6_TCLASS) => {
                level = IPPROTO_IPV6;
                whole = Some(byte(item.data)?);
            }
            (win32::IPPROTO_IP, win32::IP_ECN) => congestion = Some(codepoint(item.data)?),
            (win32::IPPROTO_IPV6, win32::IPV6_ECN) => {
                level = IPPROTO_IPV6;
                congestion = Some(codepoint(item.data)?);
            }
            _ => return Err(Error::WSAEINVAL),
        }
    }
    let class = match (whole, congestion) {
        (None, None) => None,
        (Some(whole), None) => Some(whole),
        (whole, Some(bits)) => Some(whole.unwrap_or(class) & !CONGESTION | bits),
    };
    if let Some(class) = class {
        let kind = if level == IPPROTO_IP { linux::IP_TOS } else { linux::IPV6_TCLASS };
        out.put(level, kind, &i32::from(class).to_ne_bytes());
    }
    let (len, truncated) = (out.len, out.truncated);
    control.len = len;
    if truncated { Err(Error::WSAEINVAL) } else { Ok(control) }
}

fn byte(data: &[u8]) -> Result<u8, Error> {
    let int = data.try_into().map(i32::from_ne_bytes).map_err(|_| Error::WSAEINVAL)?;
    u8::try_from(int).map_err(|_| Error::WSAEINVAL)
}

fn codepoint(data: &[u8]) -> Result<u8, Error> {
    match byte(data)? {
        bits if bits < CONGESTION => Ok(bits),
        _ => Err(Error::WSAEINVAL),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Classes = Classes { whole: true, congestion: true };

    fn message(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        let mut room = [0; 64];
        let mut writer = Writer { room: &mut room, len: 0, truncated: false };
        writer.put(level, kind, data);
        let len = writer.len;
        room[..len].to_vec()
    }

    fn linux_control(messages: &[Vec<u8>]) -> Control {
        let mut control = Control::empty();
        for message in messages {
            let start = control.len.next_multiple_of(8);
            control.bytes[start..start + message.len()].copy_from_slice(message);
            control.len = start + message.len();
        }
        control
    }

    fn received(control: &Control, classes: Classes) -> Vec<(i32, i32, Vec<u8>)> {
        let mut room = [0; 256];
        let (len, truncated) = to_winsock(control, classes, &mut room);
        assert!(!truncated);
        items(&room[..len]).flatten().map(|item| (item.level, item.kind, item.data.to_vec())).collect()
    }

    #[test]
    fn everything_that_linux_tells_gets_its_winsock_form() {
        let packet = [3, 0, 0, 0, 9, 9, 9, 9, 127, 0, 0, 1];
        let control = linux_control(&[
            message(IPPROTO_IP, linux::IP_PKTINFO, &packet),
            message(IPPROTO_IP, linux::IP_TTL, &64i32.to_ne_bytes()),
            message(IPPROTO_IP, linux::IP_TOS, &[0b1011_1010]),
            message(IPPROTO_IPV6, linux::IPV6_PKTINFO, &[7; 20]),
            message(IPPROTO_IPV6, linux::IPV6_HOPLIMIT, &5i32.to_ne_bytes()),
            message(IPPROTO_IPV6, linux::IPV6_TCLASS, &0x21i32.to_ne_bytes()),
            message(1, 2, &[1, 2, 3, 4]),
        ]);
        let int = |value: i32| value.to_ne_bytes().to_vec();
        assert_eq!(
            received(&control, BOTH),
            [
                (win32::IPPROTO_IP, win32::IP_PKTINFO, vec![127, 0, 0, 1, 3, 0, 0, 0]),
                (win32::IPPROTO_IP, win32::IP_TTL, int(64)),
                (win32::IPPROTO_IP, win32::IP_TOS, int(0b1011_1010)),
                (win32::IPPROTO_IP, win32::IP_ECN, int(2)),
                (win32::IPPROTO_IPV6, win32::IPV6_PKTINFO, vec![7; 20]),
                (win32::IPPROTO_IPV6, win32::IPV6_HOPLIMIT, int(5)),
                (win32::IPPROTO_IPV6, win32::IPV6_TCLASS, int(0x21)),
                (win32::IPPROTO_IPV6, win32::IPV6_ECN, int(1)),
            ]
        );
    }

    #[test]
    fn only_the_classes_that_were_asked_for_are_told() {
        let control = linux_control(&[message(IPPROTO_IP, linux::IP_TOS, &[2])]);
        let kinds = |whole, congestion| -> Vec<i32> {
            received(&control, Classes { whole, congestion }).iter().map(|item| item.1).collect()
        };
        assert_eq!(kinds(true, false), [win32::IP_TOS]);
        assert_eq!(kinds(false, true), [win32::IP_ECN]);
        assert!(kinds(false, false).is_empty());
    }

    #[test]
    fn a_message_without_room_is_left_out_whole_and_told() {
        let control = linux_control(&[message(IPPROTO_IP, linux::IP_TTL, &1i32.to_ne_bytes())]);
        let mut room = [0xAA; 19];
        assert_eq!(to_winsock(&control, BOTH, &mut room), (0, true));
        assert_eq!(room, [0xAA; 19]);
    }

    #[test]
    fn the_length_counts_whole_objects_where_there_is_room() {
        let control = linux_control(&[message(IPPROTO_IP, linux::IP_TTL, &1i32.to_ne_bytes())]);
        let mut room = [0xAA; 32];
        assert_eq!(to_winsock(&control, BOTH, &mut room), (24, false));
        assert_eq!(room[20..], [0, 0, 0, 0, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA]);
        assert_eq!(to_winsock(&control, BOTH, &mut room[..20]), (20, false));
    }

    #[test]
    fn what_a_caller_asks_for_reaches_linux() {
        let mut wanted = message(win32::IPPROTO_IP, win32::IP_PKTINFO, &[127, 0, 0, 2, 1, 0, 0, 0]);
        wanted.resize(wanted.len().next_multiple_of(8), 0);
        wanted.extend(message(win32::IPPROTO_IP, win32::IP_ECN, &2i32.to_ne_bytes()));
        let control = to_linux(&wanted, 0b1000_0001).expect("it is whole");
        let items: Vec<_> = items(&control.bytes[..control.len]).flatten().collect();
        assert_eq!((items[0].level, items[0].kind), (IPPROTO_IP, linux::IP_PKTINFO));
        assert_eq!(items[0].data, [1, 0, 0, 0, 127, 0, 0, 2, 0, 0, 0, 0]);
        assert_eq!((items[1].level, items[1].kind), (IPPROTO_IP, linux::IP_TOS));
        assert_eq!(items[1].data, 0b1000_0010i32.to_ne_bytes());
    }

    #[test]
    fn what_is_no_control_data_is_refused() {
        let cases = [
            message(win32::IPPROTO_IP, win32::IP_ECN, &3i32.to_ne_bytes()),
            message(win32::IPPROTO_IP, win32::IP_TTL, &256i32.to_ne_bytes()),
            message(win32::IPPROTO_IP, win32::IP_TTL, &[1]),
            message(win32::IPPROTO_IP, win32::IP_PKTINFO, &[0; 4]),
            message(win32::IPPROTO_IP, 12345, &[0; 4]),
            message(4711, win32::IP_TTL, &[0; 4]),
            8usize.to_ne_bytes().iter().chain(&[0; 8]).copied().collect(),
            100usize.to_ne_bytes().iter().chain(&[0; 8]).copied().collect(),
        ];
        for case in &cases {
            assert!(matches!(to_linux(case, 0), Err(Error::WSAEINVAL)), "{case:?}");
        }
        assert_eq!(to_linux(&[], 0).expect("nothing is asked").len, 0);
    }
}
