//! On Windows the raw API is the system's own: the same names, taken from `windows-sys`.

pub use windows_sys::Win32::Foundation::{CloseHandle, DuplicateHandle, GetLastError, SetLastError};
pub use windows_sys::Win32::Networking::WinSock::{
    __WSAFDIsSet, WSAAccept, WSACleanup, WSAConnect, WSADuplicateSocketA, WSADuplicateSocketW,
    WSAEnumProtocolsA, WSAEnumProtocolsW, WSAGetLastError, WSAIoctl, WSAPoll, WSARecv, WSARecvDisconnect,
    WSARecvEx, WSARecvFrom, WSASend, WSASendDisconnect, WSASendTo, WSASetLastError, WSASocketA, WSASocketW,
    WSAStartup, accept, bind, closesocket, connect, getpeername, getsockname, getsockopt, ioctlsocket,
    listen, recv, recvfrom, select, send, sendto, setsockopt, shutdown, socket,
};
pub use windows_sys::Win32::Networking::WinSock::{
    WSACloseEvent, WSACreateEvent, WSAResetEvent, WSASetEvent, WSAWaitForMultipleEvents,
};
pub use windows_sys::Win32::System::Threading::{
    CreateEventA, CreateEventExA, CreateEventExW, CreateEventW, CreateThread, ExitThread, GetCurrentProcess,
    GetCurrentProcessId, GetCurrentThread, GetCurrentThreadId, GetExitCodeThread, GetThreadId, OpenEventA,
    OpenEventW, OpenThread, PulseEvent, QueueUserAPC, ResetEvent, ResumeThread, SetEvent,
    SignalObjectAndWait, Sleep, SleepEx, SwitchToThread, WaitForMultipleObjects, WaitForMultipleObjectsEx,
    WaitForSingleObject, WaitForSingleObjectEx,
};
