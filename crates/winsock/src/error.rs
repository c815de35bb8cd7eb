//! The one error type: a Winsock code, with Microsoft's name for it and its meaning.
//!
//! Owns the table of codes. Does not know where a code came from: numbers of Linux become codes in one place,
//! the translation tables of the implementation.

use std::fmt;
use std::io;

use crate::win32;

/// A Winsock error code: what `WSAGetLastError` returns after a call that failed.
///
/// ```
/// use winsock::Error;
/// let error = Error::WSAECONNREFUSED;
/// assert_eq!(error.code(), 10061);
/// assert_eq!(error.name(), Some("WSAECONNREFUSED"));
/// assert_eq!(error.to_string(), "WSAECONNREFUSED (10061): the target refused the connection");
/// ```
#[doc(alias = "WSAGetLastError")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Error(i32);

/// Declares the named constants and the table that [`Error::name`] and [`Error::description`] read.
macro_rules! codes {
    ($($name:ident = $code:expr, $text:literal;)*) => {
        #[allow(missing_docs, reason = "the table of meanings documents each of them")]
        impl Error {
            $(#[doc = $text] pub const $name: Error = Error($code);)*

            /// Every named code, in no promised order.
            pub const ALL: &[Error] = &[$(Error::$name),*];
        }

        const TABLE: &[(Error, &str, &str)] = &[$((Error::$name, stringify!($name), $text)),*];
    };
}

codes! {
    ERROR_FILE_NOT_FOUND = win32::ERROR_FILE_NOT_FOUND as i32, "no object has that name";
    ERROR_PATH_NOT_FOUND = win32::ERROR_PATH_NOT_FOUND as i32, "the name is in a namespace that does not exist";
    ERROR_TOO_MANY_OPEN_FILES = win32::ERROR_TOO_MANY_OPEN_FILES as i32, "too many open files";
    ERROR_ACCESS_DENIED = win32::ERROR_ACCESS_DENIED as i32, "access is denied";
    WSA_INVALID_HANDLE = win32::WSA_INVALID_HANDLE, "the event object handle is invalid";
    WSA_NOT_ENOUGH_MEMORY = win32::WSA_NOT_ENOUGH_MEMORY, "not enough memory";
    ERROR_GEN_FAILURE = win32::ERROR_GEN_FAILURE as i32, "the thread has ended, or the object is in another state";
    ERROR_TIMEOUT = win32::ERROR_TIMEOUT as i32, "the time ran out";
    ERROR_NO_MORE_ITEMS = win32::ERROR_NO_MORE_ITEMS as i32, "there are no more";
    ERROR_NOT_OWNER = win32::ERROR_NOT_OWNER as i32, "the thread does not own the mutex";
    ERROR_TOO_MANY_POSTS = win32::ERROR_TOO_MANY_POSTS as i32, "the count would exceed its maximum";
    ERROR_HANDLE_EOF = win32::ERROR_HANDLE_EOF as i32, "the end of the file was reached";
    ERROR_NOT_SUPPORTED = win32::ERROR_NOT_SUPPORTED as i32, "the request is not supported";
    ERROR_NETNAME_DELETED = 64, "the peer reset the connection";
    ERROR_FILE_EXISTS = win32::ERROR_FILE_EXISTS as i32, "the file exists";
    ERROR_BROKEN_PIPE = 109, "nobody writes to the pipe any more";
    ERROR_NO_DATA = 232, "nobody reads from the pipe any more";
    ERROR_INSUFFICIENT_BUFFER = 122, "the buffer is too small";
    WSA_INVALID_PARAMETER = win32::WSA_INVALID_PARAMETER, "a parameter is invalid";
    ERROR_DISK_FULL = win32::ERROR_DISK_FULL as i32, "the disk is full";
    ERROR_INVALID_NAME = win32::ERROR_INVALID_NAME as i32, "the file name is invalid";
    ERROR_NEGATIVE_SEEK = win32::ERROR_NEGATIVE_SEEK as i32, "the file position would be negative";
    ERROR_FILENAME_EXCED_RANGE = win32::ERROR_FILENAME_EXCED_RANGE as i32, "the name is too long";
    WAIT_IO_COMPLETION = 192, "procedure calls ended the wait";
    ERROR_FILE_TOO_LARGE = win32::ERROR_FILE_TOO_LARGE as i32, "the file is too large";
    WSA_WAIT_TIMEOUT = 258, "the wait timed out";
    ERROR_ABANDONED_WAIT_0 = 735, "the completion port was closed during the wait";
    WSA_OPERATION_ABORTED = win32::WSA_OPERATION_ABORTED, "the overlapped operation was aborted";
    WSA_IO_INCOMPLETE = win32::WSA_IO_INCOMPLETE, "the overlapped operation has not finished";
    WSA_IO_PENDING = win32::WSA_IO_PENDING, "the overlapped operation will complete later";
    ERROR_NOACCESS = win32::ERROR_NOACCESS as i32, "invalid access to a memory location";
    ERROR_IO_DEVICE = win32::ERROR_IO_DEVICE as i32, "an I/O device error occurred";
    ERROR_NO_MORE_USER_HANDLES = win32::ERROR_NO_MORE_USER_HANDLES as i32, "there are too many windows";
    ERROR_MESSAGE_SYNC_ONLY = win32::ERROR_MESSAGE_SYNC_ONLY as i32, "a message with pointers has to be sent, not posted";
    ERROR_NOT_FOUND = 1168, "nothing was found to cancel";
    ERROR_INVALID_WINDOW_HANDLE = win32::ERROR_INVALID_WINDOW_HANDLE as i32, "the window handle is invalid";
    ERROR_TLW_WITH_WSCHILD = win32::ERROR_TLW_WITH_WSCHILD as i32, "a child window needs a parent";
    ERROR_CANNOT_FIND_WND_CLASS = win32::ERROR_CANNOT_FIND_WND_CLASS as i32, "no window class has that name";
    ERROR_WINDOW_OF_OTHER_THREAD = win32::ERROR_WINDOW_OF_OTHER_THREAD as i32, "the window belongs to another thread";
    ERROR_CLASS_ALREADY_EXISTS = win32::ERROR_CLASS_ALREADY_EXISTS as i32, "a window class has that name already";
    ERROR_CLASS_DOES_NOT_EXIST = win32::ERROR_CLASS_DOES_NOT_EXIST as i32, "the window class does not exist";
    ERROR_CLASS_HAS_WINDOWS = win32::ERROR_CLASS_HAS_WINDOWS as i32, "the window class has windows";
    ERROR_INVALID_INDEX = win32::ERROR_INVALID_INDEX as i32, "the index is invalid";
    ERROR_INVALID_THREAD_ID = win32::ERROR_INVALID_THREAD_ID as i32, "no thread with a message queue has that number";
    ERROR_RESOURCE_NAME_NOT_FOUND = win32::ERROR_RESOURCE_NAME_NOT_FOUND as i32, "no resource has that name";
    ERROR_NOT_ENOUGH_QUOTA = win32::ERROR_NOT_ENOUGH_QUOTA as i32, "the message queue is full";
    ERROR_SUCCESS = 0, "the operation succeeded";
    ERROR_INVALID_FUNCTION = 1, "the function is not valid";
    ERROR_INVALID_DATA = 13, "the data is not valid";
    ERROR_OUTOFMEMORY = 14, "there is not enough storage";
    ERROR_NOT_READY = 21, "the device is not ready";
    ERROR_BAD_LENGTH = 24, "the length is wrong";
    ERROR_SHARING_VIOLATION = 32, "somebody else uses the file";
    ERROR_BUFFER_OVERFLOW = 111, "the name is too long for the buffer";
    ERROR_CALL_NOT_IMPLEMENTED = 120, "the function is not there";
    ERROR_SEM_TIMEOUT = 121, "the operation took too long";
    ERROR_MOD_NOT_FOUND = 126, "the module was not found";
    ERROR_PROC_NOT_FOUND = 127, "the module has no such function";
    ERROR_DIR_NOT_EMPTY = 145, "the directory is not empty";
    ERROR_NOT_LOCKED = 158, "the memory is not locked";
    ERROR_BAD_ARGUMENTS = 160, "an argument is wrong";
    ERROR_BUSY = 170, "the resource is in use";
    ERROR_ALREADY_EXISTS = 183, "the object was there before";
    ERROR_ENVVAR_NOT_FOUND = 203, "there is no such environment variable";
    ERROR_PIPE_NOT_CONNECTED = 233, "nobody is at the other end of the pipe";
    ERROR_MORE_DATA = 234, "there is more data than fits";
    ERROR_DIRECTORY = 267, "the name is not that of a directory";
    ERROR_MR_MID_NOT_FOUND = 317, "there is no text for the message number";
    ERROR_INVALID_ADDRESS = 487, "the address is not valid";
    ERROR_INVALID_FLAGS = 1004, "the flags are not valid";
    ERROR_NO_UNICODE_TRANSLATION = 1113, "the text has no counterpart in the other character set";
    ERROR_OLD_WIN_VERSION = 1150, "the program needs another version of Windows";
    ERROR_INVALID_NETNAME = 1214, "the network address is not valid";
    ERROR_CONNECTION_REFUSED = 1225, "the other side refused the connection";
    ERROR_GRACEFUL_DISCONNECT = 1226, "the connection was closed in order";
    ERROR_ADDRESS_ALREADY_ASSOCIATED = 1227, "the address is in use on this side";
    ERROR_CONNECTION_INVALID = 1229, "there is no connection to work on";
    ERROR_CONNECTION_ACTIVE = 1230, "the connection is in use";
    ERROR_NETWORK_UNREACHABLE = 1231, "no way leads to the network";
    ERROR_HOST_UNREACHABLE = 1232, "no way leads to the host";
    ERROR_PROTOCOL_UNREACHABLE = 1233, "the host does not know the protocol";
    ERROR_PORT_UNREACHABLE = 1234, "nobody uses the port of the host";
    ERROR_REQUEST_ABORTED = 1235, "the request was given up";
    ERROR_CONNECTION_ABORTED = 1236, "this side gave the connection up";
    ERROR_NO_SYSTEM_RESOURCES = 1450, "the system has not enough resources";
    ERROR_INVALID_USER_BUFFER = 1784, "the buffer is invalid for the operation";
    ERROR_RESOURCE_LANG_NOT_FOUND = 1815, "there is no text in that language";
    WSAEINTR = win32::WSAEINTR, "a blocking call was interrupted";
    WSAEBADF = win32::WSAEBADF, "the file handle is not valid";
    WSAEACCES = win32::WSAEACCES, "access to the socket was denied";
    WSAEFAULT = win32::WSAEFAULT, "a pointer or a length is not valid";
    WSAEINVAL = win32::WSAEINVAL, "an argument is invalid, or the socket is in the wrong state for the call";
    WSAEMFILE = win32::WSAEMFILE, "too many open sockets";
    WSAEWOULDBLOCK = win32::WSAEWOULDBLOCK, "the operation cannot complete at once on a non-blocking socket";
    WSAEINPROGRESS = win32::WSAEINPROGRESS, "a blocking operation is in progress";
    WSAEALREADY = win32::WSAEALREADY, "the operation is already in progress";
    WSAENOTSOCK = win32::WSAENOTSOCK, "the handle is not a socket";
    WSAEDESTADDRREQ = win32::WSAEDESTADDRREQ, "a destination address is required";
    WSAEMSGSIZE = win32::WSAEMSGSIZE, "the message is larger than the buffer or the limit";
    WSAEPROTOTYPE = win32::WSAEPROTOTYPE, "the protocol does not fit the socket type";
    WSAENOPROTOOPT = win32::WSAENOPROTOOPT, "the option is unknown or not supported at this level";
    WSAEPROTONOSUPPORT = win32::WSAEPROTONOSUPPORT, "the protocol is not supported";
    WSAESOCKTNOSUPPORT = win32::WSAESOCKTNOSUPPORT, "the socket type is not supported";
    WSAEOPNOTSUPP = win32::WSAEOPNOTSUPP, "the operation is not supported for this kind of socket";
    WSAEPFNOSUPPORT = win32::WSAEPFNOSUPPORT, "the protocol family is not supported";
    WSAEAFNOSUPPORT = win32::WSAEAFNOSUPPORT, "the address family is not supported by the protocol";
    WSAEADDRINUSE = win32::WSAEADDRINUSE, "the address is already in use";
    WSAEADDRNOTAVAIL = win32::WSAEADDRNOTAVAIL, "the address is not valid in this context";
    WSAENETDOWN = win32::WSAENETDOWN, "the network is down";
    WSAENETUNREACH = win32::WSAENETUNREACH, "the network is unreachable";
    WSAENETRESET = win32::WSAENETRESET, "the connection was lost: keep-alive or time-to-live ran out";
    WSAECONNABORTED = win32::WSAECONNABORTED, "the connection was aborted on this side";
    WSAECONNRESET = win32::WSAECONNRESET, "the peer reset the connection";
    WSAENOBUFS = win32::WSAENOBUFS, "not enough buffer space";
    WSAEISCONN = win32::WSAEISCONN, "the socket is already connected";
    WSAENOTCONN = win32::WSAENOTCONN, "the socket is not connected";
    WSAESHUTDOWN = win32::WSAESHUTDOWN, "the socket was shut down in that direction";
    WSAETOOMANYREFS = win32::WSAETOOMANYREFS, "too many references";
    WSAETIMEDOUT = win32::WSAETIMEDOUT, "the operation timed out";
    WSAECONNREFUSED = win32::WSAECONNREFUSED, "the target refused the connection";
    WSAELOOP = win32::WSAELOOP, "the name cannot be translated";
    WSAENAMETOOLONG = win32::WSAENAMETOOLONG, "the name is too long";
    WSAEHOSTDOWN = win32::WSAEHOSTDOWN, "the host is down";
    WSAEHOSTUNREACH = win32::WSAEHOSTUNREACH, "the host is unreachable";
    WSAENOTEMPTY = win32::WSAENOTEMPTY, "the directory is not empty";
    WSAEPROCLIM = win32::WSAEPROCLIM, "too many programs use Winsock";
    WSAEUSERS = win32::WSAEUSERS, "the user quota is exceeded";
    WSAEDQUOT = win32::WSAEDQUOT, "the disk quota is exceeded";
    WSAESTALE = win32::WSAESTALE, "the file handle is stale";
    WSAEREMOTE = win32::WSAEREMOTE, "the item is remote";
    WSASYSNOTREADY = win32::WSASYSNOTREADY, "the network subsystem is not ready";
    WSAVERNOTSUPPORTED = win32::WSAVERNOTSUPPORTED, "the Winsock version is not supported";
    WSANOTINITIALISED = win32::WSANOTINITIALISED, "WSAStartup has not been called";
    WSAEDISCON = win32::WSAEDISCON, "the peer has shut the connection down";
    WSAENOMORE = win32::WSAENOMORE, "there are no more results";
    WSAECANCELLED = win32::WSAECANCELLED, "the call was cancelled";
    WSAEINVALIDPROCTABLE = win32::WSAEINVALIDPROCTABLE, "the procedure table is invalid";
    WSAEINVALIDPROVIDER = win32::WSAEINVALIDPROVIDER, "the service provider is invalid";
    WSAEPROVIDERFAILEDINIT = win32::WSAEPROVIDERFAILEDINIT, "the service provider failed to start";
    WSASYSCALLFAILURE = win32::WSASYSCALLFAILURE, "a system call failed that should never fail";
    WSASERVICE_NOT_FOUND = win32::WSASERVICE_NOT_FOUND, "the service is not known";
    WSATYPE_NOT_FOUND = win32::WSATYPE_NOT_FOUND, "the class type was not found";
    WSA_E_NO_MORE = win32::WSA_E_NO_MORE, "there are no more results";
    WSA_E_CANCELLED = win32::WSA_E_CANCELLED, "the call was cancelled";
    WSAEREFUSED = win32::WSAEREFUSED, "the query was refused";
    WSAHOST_NOT_FOUND = win32::WSAHOST_NOT_FOUND, "no such host is known";
    WSATRY_AGAIN = win32::WSATRY_AGAIN, "the name server did not answer: try again";
    WSANO_RECOVERY = win32::WSANO_RECOVERY, "the name lookup failed for good";
    WSANO_DATA = win32::WSANO_DATA, "the name is valid, but has no data of the requested type";
}

impl Error {
    /// The error of a code, named here or not.
    pub const fn from_code(code: i32) -> Error {
        Error(code)
    }

    /// The number that `WSAGetLastError` returns.
    pub const fn code(self) -> i32 {
        self.0
    }

    /// Microsoft's name for the code, if it is one of those this crate knows.
    pub fn name(self) -> Option<&'static str> {
        TABLE.iter().find(|row| row.0 == self).map(|row| row.1)
    }

    /// What the code means, in a few words.
    pub fn description(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("unknown Winsock error", |row| row.2)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({}): {}", self.0, self.description()),
            None => write!(f, "error {}", self.0),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "Error({})", self.0),
        }
    }
}

impl std::error::Error for Error {}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        let kind = match error {
            Error::WSAEINTR => io::ErrorKind::Interrupted,
            Error::WSAEACCES => io::ErrorKind::PermissionDenied,
            Error::WSAEINVAL | Error::WSAEFAULT | Error::WSA_INVALID_PARAMETER => io::ErrorKind::InvalidInput,
            Error::WSAEWOULDBLOCK => io::ErrorKind::WouldBlock,
            Error::WSAEADDRINUSE => io::ErrorKind::AddrInUse,
            Error::WSAEADDRNOTAVAIL => io::ErrorKind::AddrNotAvailable,
            Error::WSAENETDOWN => io::ErrorKind::NetworkDown,
            Error::WSAENETUNREACH => io::ErrorKind::NetworkUnreachable,
            Error::WSAECONNABORTED => io::ErrorKind::ConnectionAborted,
            Error::WSAECONNRESET | Error::ERROR_NETNAME_DELETED => io::ErrorKind::ConnectionReset,
            Error::WSAENOTCONN => io::ErrorKind::NotConnected,
            Error::WSAESHUTDOWN => io::ErrorKind::BrokenPipe,
            Error::WSAETIMEDOUT => io::ErrorKind::TimedOut,
            Error::WSAECONNREFUSED => io::ErrorKind::ConnectionRefused,
            Error::WSAEHOSTUNREACH => io::ErrorKind::HostUnreachable,
            Error::WSAEOPNOTSUPP => io::ErrorKind::Unsupported,
            Error::WSAENOBUFS | Error::WSA_NOT_ENOUGH_MEMORY => io::ErrorKind::OutOfMemory,
            Error::WSAHOST_NOT_FOUND => io::ErrorKind::NotFound,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_one_row_a_name_and_a_meaning() {
        for (index, row) in TABLE.iter().enumerate() {
            assert!(!row.2.is_empty(), "{}", row.1);
            assert!(TABLE[..index].iter().all(|earlier| earlier.0 != row.0), "{} stands twice", row.1);
            assert_eq!(row.0.to_string(), format!("{} ({}): {}", row.1, row.0.code(), row.2));
        }
        assert_eq!(Error::ALL.len(), TABLE.len());
    }

    #[test]
    fn an_unknown_code_keeps_its_number() {
        assert_eq!(Error::from_code(4711).to_string(), "error 4711");
        assert_eq!(format!("{:?}", Error::from_code(4711)), "Error(4711)");
    }
}
