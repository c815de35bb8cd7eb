//! On Windows the raw API is the system's own: the same names, taken from `windows-sys`.

pub use windows_sys::Win32::Foundation::{
    CloseHandle, DuplicateHandle, GetLastError, RtlNtStatusToDosError, SetLastError,
};
pub use windows_sys::Win32::Networking::WinSock::{
    __WSAFDIsSet, FreeAddrInfoW, GetAddrInfoW, GetHostNameW, GetNameInfoW, InetNtopW, InetPtonW, WSAAccept,
    WSAAddressToStringA, WSAAddressToStringW, WSACleanup, WSAConnect, WSAConnectByList, WSAConnectByNameA,
    WSAConnectByNameW, WSADuplicateSocketA, WSADuplicateSocketW, WSAEnumProtocolsA, WSAEnumProtocolsW,
    WSAGetLastError, WSAHtonl, WSAHtons, WSAIoctl, WSANtohl, WSANtohs, WSAPoll, WSARecv, WSARecvDisconnect,
    WSARecvEx, WSARecvFrom, WSASend, WSASendDisconnect, WSASendTo, WSASetLastError, WSASocketA, WSASocketW,
    WSAStartup, WSAStringToAddressA, WSAStringToAddressW, accept, bind, closesocket, connect, freeaddrinfo,
    getaddrinfo, gethostbyaddr, gethostbyname, gethostname, getnameinfo, getpeername, getprotobyname,
    getprotobynumber, getservbyname, getservbyport, getsockname, getsockopt, htonl, htons, inet_addr,
    inet_ntoa, inet_ntop, inet_pton, ioctlsocket, listen, ntohl, ntohs, recv, recvfrom, select, send, sendto,
    setsockopt, shutdown, socket,
};
pub use windows_sys::Win32::Networking::WinSock::{
    AcceptEx, GetAcceptExSockaddrs, TransmitFile, WSAGetOverlappedResult, WSASendMsg,
};
pub use windows_sys::Win32::Networking::WinSock::{
    WSACloseEvent, WSACreateEvent, WSAResetEvent, WSASetEvent, WSAWaitForMultipleEvents,
};
pub use windows_sys::Win32::Storage::FileSystem::{
    CreateFileA, CreateFileW, GetFileSizeEx, ReadFile, SetFileCompletionNotificationModes, SetFilePointerEx,
    WriteFile,
};
pub use windows_sys::Win32::Globalization::{lstrlenA, lstrlenW};
pub use windows_sys::Win32::System::Console::{
    GenerateConsoleCtrlEvent, GetStdHandle, SetConsoleCtrlHandler, SetStdHandle, WriteConsoleA, WriteConsoleW,
};
pub use windows_sys::Win32::System::IO::{
    CancelIo, CancelIoEx, CreateIoCompletionPort, GetOverlappedResult, GetOverlappedResultEx,
    GetQueuedCompletionStatus, GetQueuedCompletionStatusEx, PostQueuedCompletionStatus,
};
pub use windows_sys::Win32::System::Memory::{
    GetProcessHeap, HeapAlloc, HeapCreate, HeapDestroy, HeapFree, HeapReAlloc, HeapSize, HeapValidate,
};
pub use windows_sys::Win32::System::SystemInformation::{
    GetNativeSystemInfo, GetSystemInfo, GetVersion, GetVersionExA, GetVersionExW,
};
pub use windows_sys::Win32::System::Threading::{
    CreateEventA, CreateEventExA, CreateEventExW, CreateEventW, CreateThread, ExitThread, GetCurrentProcess,
    GetCurrentProcessId, GetCurrentThread, GetCurrentThreadId, GetExitCodeThread, GetThreadId, OpenEventA,
    OpenEventW, OpenThread, PulseEvent, QueueUserAPC, ResetEvent, ResumeThread, SetEvent,
    SignalObjectAndWait, Sleep, SleepEx, SwitchToThread, WaitForMultipleObjects, WaitForMultipleObjectsEx,
    WaitForSingleObject, WaitForSingleObjectEx,
};
