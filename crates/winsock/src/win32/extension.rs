//! The extension functions by their GUIDs: what `SIO_GET_EXTENSION_FUNCTION_POINTER` looks up.

use super::{
    AcceptEx, ConnectEx, DisconnectEx, GUID, GetAcceptExSockaddrs, TransmitFile, TransmitPackets,
    WSAID_ACCEPTEX, WSAID_CONNECTEX, WSAID_DISCONNECTEX, WSAID_GETACCEPTEXSOCKADDRS, WSAID_TRANSMITFILE,
    WSAID_TRANSMITPACKETS, WSAID_WSAPOLL, WSAID_WSARECVMSG, WSAID_WSASENDMSG, WSAPoll, WSARecvMsg,
    WSASendMsg,
};

/// The address of the extension function that a GUID names. `None` for one that is not supported: `WSAEINVAL`.
pub(super) fn extension(id: &GUID) -> Option<usize> {
    let table: [(&GUID, usize); 9] = [
        (&WSAID_ACCEPTEX, AcceptEx as *const () as usize),
        (&WSAID_CONNECTEX, ConnectEx as *const () as usize),
        (&WSAID_DISCONNECTEX, DisconnectEx as *const () as usize),
        (&WSAID_GETACCEPTEXSOCKADDRS, GetAcceptExSockaddrs as *const () as usize),
        (&WSAID_TRANSMITFILE, TransmitFile as *const () as usize),
        (&WSAID_TRANSMITPACKETS, TransmitPackets as *const () as usize),
        (&WSAID_WSAPOLL, WSAPoll as *const () as usize),
        (&WSAID_WSARECVMSG, WSARecvMsg as *const () as usize),
        (&WSAID_WSASENDMSG, WSASendMsg as *const () as usize),
    ];
    table.iter().find(|row| same(row.0, id)).map(|row| row.1)
}

fn same(one: &GUID, other: &GUID) -> bool {
    (one.data1, one.data2, one.data3, one.data4) == (other.data1, other.data2, other.data3, other.data4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_guid_names_a_function_of_its_own_and_no_other_does() {
        let known = [
            WSAID_ACCEPTEX,
            WSAID_CONNECTEX,
            WSAID_DISCONNECTEX,
            WSAID_GETACCEPTEXSOCKADDRS,
            WSAID_TRANSMITFILE,
            WSAID_TRANSMITPACKETS,
            WSAID_WSAPOLL,
            WSAID_WSARECVMSG,
            WSAID_WSASENDMSG,
        ];
        let found: Vec<usize> = known.iter().map(|id| extension(id).expect("it is supported")).collect();
        for (index, address) in found.iter().enumerate() {
            assert!(!found[..index].contains(address));
        }
        assert_eq!(extension(&GUID { data2: WSAID_ACCEPTEX.data2 + 1, ..WSAID_ACCEPTEX }), None);
    }
}
