//! Windows Sockets 2.
