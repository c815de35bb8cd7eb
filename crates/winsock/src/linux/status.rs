//! NTSTATUS: the currency in which an operation's outcome is kept, and its two mappings.
//!
//! Owns the two tables: to the WSA code (plain calls, `WSAGetOverlappedResult`, completion routines) and to the
//! Win32 code (`GetQueuedCompletionStatus`, `GetOverlappedResult`). A code that has no status of its own travels
//! as `0xC007xxxx`, the form that Windows uses for a Win32 code inside an NTSTATUS; both mappings give it back.

use super::translate;
use crate::error::Error;

/// An NTSTATUS value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Status(pub(crate) u32);

const FACILITY_NTWIN32: u32 = 0xC007_0000;

/// name = status value, WSA code, Win32 code.
macro_rules! statuses {
    ($($name:ident = $value:literal, $wsa:ident, $win32:literal;)*) => {
        impl Status { $(pub(crate) const $name: Status = Status($value);)* }
        #[cfg(test)]
        pub(super) const TABLE: &[(Status, Error, u32)] = &[$((Status::$name, Error::$wsa, $win32)),*];
        const fn row(status: Status) -> Option<(Error, u32)> {
            match status { $(Status::$name => Some((Error::$wsa, $win32)),)* Status(_) => None }
        }
    };
}

statuses! {
    BUFFER_OVERFLOW       = 0x8000_0005, WSAEMSGSIZE,           234;
    UNSUCCESSFUL          = 0xC000_0001, WSASYSCALLFAILURE,     31;
    ACCESS_VIOLATION      = 0xC000_0005, WSAEFAULT,             998;
    INVALID_HANDLE        = 0xC000_0008, WSAENOTSOCK,           6;
    INVALID_PARAMETER     = 0xC000_000D, WSAEINVAL,             87;
    NO_MEMORY             = 0xC000_0017, WSAENOBUFS,            8;
    ACCESS_DENIED         = 0xC000_0022, WSAEACCES,             5;
    SHARING_VIOLATION     = 0xC000_0043, WSAEADDRINUSE,         32;
    INSUFFICIENT_RESOURCES = 0xC000_009A, WSAENOBUFS,           1450;
    DEVICE_NOT_READY      = 0xC000_00A3, WSAEWOULDBLOCK,        21;
    IO_TIMEOUT            = 0xC000_00B5, WSAETIMEDOUT,          121;
    NOT_SUPPORTED         = 0xC000_00BB, WSAEOPNOTSUPP,         50;
    TOO_MANY_OPENED_FILES = 0xC000_011F, WSAEMFILE,             4;
    CANCELLED             = 0xC000_0120, WSA_OPERATION_ABORTED, 995;
    PIPE_DISCONNECTED     = 0xC000_00B0, WSAESHUTDOWN,          233;
    INVALID_CONNECTION    = 0xC000_0140, WSAENOTCONN,           1229;
    INVALID_BUFFER_SIZE   = 0xC000_0206, WSAEMSGSIZE,           1784;
    INVALID_ADDRESS_COMPONENT = 0xC000_0207, WSAEADDRNOTAVAIL,  1214;
    ADDRESS_ALREADY_EXISTS = 0xC000_020A, WSAEADDRINUSE,        1227;
    CONNECTION_DISCONNECTED = 0xC000_020C, WSAECONNABORTED,     64;
    CONNECTION_RESET      = 0xC000_020D, WSAECONNRESET,         64;
    CONNECTION_REFUSED    = 0xC000_0236, WSAECONNREFUSED,       1225;
    GRACEFUL_DISCONNECT   = 0xC000_0237, WSAEDISCON,            1226;
    ADDRESS_ALREADY_ASSOCIATED = 0xC000_0238, WSAEADDRINUSE,    1227;
    CONNECTION_INVALID    = 0xC000_023A, WSAENOTCONN,           1229;
    CONNECTION_ACTIVE     = 0xC000_023B, WSAEISCONN,            1230;
    NETWORK_UNREACHABLE   = 0xC000_023C, WSAENETUNREACH,        1231;
    HOST_UNREACHABLE      = 0xC000_023D, WSAEHOSTUNREACH,       1232;
    PROTOCOL_UNREACHABLE  = 0xC000_023E, WSAENETUNREACH,        1233;
    PORT_UNREACHABLE      = 0xC000_023F, WSAECONNRESET,         1234;
    REQUEST_ABORTED       = 0xC000_0240, WSAEINTR,              1235;
    CONNECTION_ABORTED    = 0xC000_0241, WSAECONNABORTED,       1236;
}

impl Status {
    /// `STATUS_SUCCESS`.
    pub(crate) const SUCCESS: Status = Status(0);
    /// The form of `ERROR_HANDLE_EOF`.
    pub(crate) const END_OF_FILE: Status = Status::from_wsa(Error::ERROR_HANDLE_EOF);
    /// `STATUS_PENDING`.
    pub(crate) const PENDING: Status = Status(0x103);

    /// Whether the operation failed; a warning (`STATUS_BUFFER_OVERFLOW`) has its outcome delivered like a success.
    pub(crate) const fn is_error(self) -> bool {
        self.0 >> 30 == 3
    }

    /// Whether the calls that tell outcomes fail with it.
    pub(crate) const fn is_warning_or_error(self) -> bool {
        self.0 >> 31 == 1
    }

    /// The flags that tell of a receive: whether its datagram was longer than the buffers.
    pub(crate) fn received_flags(self) -> u32 {
        translate::received_flags(0, self == Status::BUFFER_OVERFLOW)
    }

    /// The code that `GetQueuedCompletionStatus` and `GetOverlappedResult` show.
    pub(crate) const fn win32(self) -> u32 {
        /// `ERROR_MR_MID_NOT_FOUND`: Windows' own word for a status that it has no code for.
        const NO_CODE: u32 = 317;
        match row(self) {
            Some((_, win32)) => win32,
            None if self.0 & 0xFFFF_0000 == FACILITY_NTWIN32 => self.0 & 0xFFFF,
            None => NO_CODE,
        }
    }

    /// The status that carries a code without a status of its own.
    pub(crate) const fn from_wsa(error: Error) -> Status {
        Status(FACILITY_NTWIN32 | (error.code() as u32 & 0xFFFF))
    }

    /// The code that plain calls, `WSAGetOverlappedResult` and completion routines show.
    pub(crate) const fn wsa(self) -> Error {
        match row(self) {
            Some((wsa, _)) => wsa,
            None if self.0 & 0xFFFF_0000 == FACILITY_NTWIN32 => Error::from_code((self.0 & 0xFFFF) as i32),
            None => Error::WSASYSCALLFAILURE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_maps_to_its_wsa_code() {
        for &(status, wsa, win32) in TABLE {
            assert_eq!(status.wsa(), wsa, "{status:?}");
            assert!(win32 != 0 && win32 < 10000, "{status:?} has a plain Win32 code");
        }
    }

    #[test]
    fn a_code_without_a_status_survives_the_round_trip() {
        for &error in Error::ALL {
            assert_eq!(Status::from_wsa(error).wsa(), error);
        }
    }
}
