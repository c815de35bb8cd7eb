//! The numbers of name resolution: the resolver's failures as Winsock's codes.

use super::sys::names::{self as linux, Failure};
use crate::error::Error;

const RESOLVER: &[(i32, Error)] = &[
    (linux::EAI_ADDRFAMILY, Error::WSANO_DATA),
    (linux::EAI_AGAIN, Error::WSATRY_AGAIN),
    (linux::EAI_BADFLAGS, Error::WSAEINVAL),
    (linux::EAI_FAIL, Error::WSANO_RECOVERY),
    (linux::EAI_FAMILY, Error::WSAEAFNOSUPPORT),
    (linux::EAI_MEMORY, Error::WSA_NOT_ENOUGH_MEMORY),
    (linux::EAI_NODATA, Error::WSANO_DATA),
    (linux::EAI_NONAME, Error::WSAHOST_NOT_FOUND),
    (linux::EAI_OVERFLOW, Error::WSAEFAULT),
    (linux::EAI_SERVICE, Error::WSATYPE_NOT_FOUND),
    (linux::EAI_SOCKTYPE, Error::WSAESOCKTNOSUPPORT),
];

const HOST: &[(i32, Error)] = &[
    (linux::HOST_NOT_FOUND, Error::WSAHOST_NOT_FOUND),
    (linux::TRY_AGAIN, Error::WSATRY_AGAIN),
    (linux::NO_RECOVERY, Error::WSANO_RECOVERY),
    (linux::NO_DATA, Error::WSANO_DATA),
];

impl From<Failure> for Error {
    /// A number that the tables do not know is a failure for good.
    fn from(failure: Failure) -> Error {
        let (table, code) = match failure {
            Failure::Resolver(code) => (RESOLVER, code),
            Failure::Host(code) => (HOST, code),
            Failure::System(errno) => return errno.into(),
        };
        table.iter().find(|row| row.0 == code).map_or(Error::WSANO_RECOVERY, |row| row.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_once_and_the_rest_has_one_fallback() {
        for (table, failure) in
            [(RESOLVER, Failure::Resolver as fn(i32) -> Failure), (HOST, Failure::Host as fn(i32) -> Failure)]
        {
            for (index, row) in table.iter().enumerate() {
                assert_eq!(Error::from(failure(row.0)), row.1);
                assert!(table[..index].iter().all(|earlier| earlier.0 != row.0), "{row:?} stands twice");
            }
            assert_eq!(Error::from(failure(4711)), Error::WSANO_RECOVERY);
        }
    }
}
