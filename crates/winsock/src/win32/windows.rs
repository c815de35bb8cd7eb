//! On Windows the raw API is the system's own: the same names, taken from `windows-sys`.

pub use windows_sys::Win32::Foundation::{
    CloseHandle, DuplicateHandle, GetLastError, RtlNtStatusToDosError, SetLastError,
};
pub use windows_sys::Win32::Foundation::{FreeLibrary, GlobalFree, LocalFree};
pub use windows_sys::Win32::Globalization::{
    GetACP, IsValidCodePage, MultiByteToWideChar, WideCharToMultiByte, lstrcatA, lstrcatW, lstrcmpA,
    lstrcmpW, lstrcmpiA, lstrcmpiW, lstrcpyA, lstrcpyW, lstrcpynA, lstrcpynW, lstrlenA, lstrlenW,
};
pub use windows_sys::Win32::Graphics::Gdi::{GetStockObject, UpdateWindow};
pub use windows_sys::Win32::Media::{timeBeginPeriod, timeEndPeriod, timeGetTime};
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
    WSAAsyncSelect, WSACloseEvent, WSACreateEvent, WSAEnumNetworkEvents, WSAEventSelect, WSAResetEvent,
    WSASetEvent, WSAWaitForMultipleEvents,
};
pub use windows_sys::Win32::Storage::FileSystem::{CompareFileTime, FileTimeToLocalFileTime};
pub use windows_sys::Win32::Storage::FileSystem::{
    CreateFileA, CreateFileW, GetFileSizeEx, GetFileType, ReadFile, SetFileCompletionNotificationModes,
    SetFilePointerEx, WriteFile,
};
pub use windows_sys::Win32::Storage::FileSystem::{
    DeleteFileA, DeleteFileW, FlushFileBuffers, GetFileAttributesA, GetFileAttributesW, GetFileSize,
    GetTempPathA, GetTempPathW, SetEndOfFile, SetFilePointer,
};
pub use windows_sys::Win32::System::Console::{
    GenerateConsoleCtrlEvent, GetConsoleMode, GetStdHandle, SetConsoleCtrlHandler, SetConsoleMode,
    SetStdHandle, WriteConsoleA, WriteConsoleW,
};
pub use windows_sys::Win32::System::Console::{
    GetConsoleCP, GetConsoleOutputCP, SetConsoleCP, SetConsoleOutputCP,
};
pub use windows_sys::Win32::System::Diagnostics::Debug::{FormatMessageA, FormatMessageW};
pub use windows_sys::Win32::System::Diagnostics::Debug::{
    IsDebuggerPresent, OutputDebugStringA, OutputDebugStringW,
};
pub use windows_sys::Win32::System::Environment::{
    GetCommandLineA, GetCommandLineW, GetCurrentDirectoryA, GetCurrentDirectoryW, GetEnvironmentVariableA,
    GetEnvironmentVariableW, SetCurrentDirectoryA, SetCurrentDirectoryW, SetEnvironmentVariableA,
    SetEnvironmentVariableW,
};
pub use windows_sys::Win32::System::IO::BindIoCompletionCallback;
pub use windows_sys::Win32::System::IO::{
    CancelIo, CancelIoEx, CreateIoCompletionPort, GetOverlappedResult, GetOverlappedResultEx,
    GetQueuedCompletionStatus, GetQueuedCompletionStatusEx, PostQueuedCompletionStatus,
};
pub use windows_sys::Win32::System::LibraryLoader::{
    GetModuleFileNameA, GetModuleFileNameW, GetModuleHandleA, GetModuleHandleW, GetProcAddress, LoadLibraryA,
    LoadLibraryW,
};
pub use windows_sys::Win32::System::Memory::{
    GetProcessHeap, GlobalAlloc, GlobalLock, GlobalReAlloc, GlobalSize, GlobalUnlock, HeapAlloc, HeapCreate,
    HeapDestroy, HeapFree, HeapReAlloc, HeapSize, HeapValidate, LocalAlloc, LocalLock, LocalReAlloc,
    LocalSize, LocalUnlock,
};
pub use windows_sys::Win32::System::Memory::{VirtualAlloc, VirtualFree, VirtualProtect, VirtualQuery};
pub use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};
pub use windows_sys::Win32::System::SystemInformation::{
    GetComputerNameExA, GetComputerNameExW, VerSetConditionMask, VerifyVersionInfoA, VerifyVersionInfoW,
};
pub use windows_sys::Win32::System::SystemInformation::{
    GetLocalTime, GetSystemTime, GetSystemTimeAsFileTime, GetSystemTimePreciseAsFileTime, GetTickCount,
    GetTickCount64,
};
pub use windows_sys::Win32::System::SystemInformation::{
    GetNativeSystemInfo, GetSystemInfo, GetVersion, GetVersionExA, GetVersionExW,
};
pub use windows_sys::Win32::System::Threading::ExitProcess;
pub use windows_sys::Win32::System::Threading::GetProcessTimes;
pub use windows_sys::Win32::System::Threading::{
    AcquireSRWLockExclusive, AcquireSRWLockShared, DeleteCriticalSection, EnterCriticalSection,
    InitOnceBeginInitialize, InitOnceComplete, InitOnceExecuteOnce, InitOnceInitialize,
    InitializeConditionVariable, InitializeCriticalSection, InitializeCriticalSectionAndSpinCount,
    InitializeCriticalSectionEx, InitializeSRWLock, LeaveCriticalSection, ReleaseSRWLockExclusive,
    ReleaseSRWLockShared, SetCriticalSectionSpinCount, SleepConditionVariableCS, SleepConditionVariableSRW,
    TryAcquireSRWLockExclusive, TryAcquireSRWLockShared, TryEnterCriticalSection, WaitOnAddress,
    WakeAllConditionVariable, WakeByAddressAll, WakeByAddressSingle, WakeConditionVariable,
};
pub use windows_sys::Win32::System::Threading::{
    CallbackMayRunLong, CancelThreadpoolIo, CloseThreadpool, CloseThreadpoolCleanupGroup,
    CloseThreadpoolCleanupGroupMembers, CloseThreadpoolIo, CloseThreadpoolTimer, CloseThreadpoolWait,
    CloseThreadpoolWork, CreateThreadpool, CreateThreadpoolCleanupGroup, CreateThreadpoolIo,
    CreateThreadpoolTimer, CreateThreadpoolWait, CreateThreadpoolWork, DisassociateCurrentThreadFromCallback,
    IsThreadpoolTimerSet, LeaveCriticalSectionWhenCallbackReturns, QueueUserWorkItem,
    ReleaseMutexWhenCallbackReturns, ReleaseSemaphoreWhenCallbackReturns, SetEventWhenCallbackReturns,
    SetThreadpoolThreadMaximum, SetThreadpoolThreadMinimum, SetThreadpoolTimer, SetThreadpoolTimerEx,
    SetThreadpoolWait, SetThreadpoolWaitEx, StartThreadpoolIo, SubmitThreadpoolWork,
    TrySubmitThreadpoolCallback, WaitForThreadpoolIoCallbacks, WaitForThreadpoolTimerCallbacks,
    WaitForThreadpoolWaitCallbacks, WaitForThreadpoolWorkCallbacks,
};
pub use windows_sys::Win32::System::Threading::{
    CancelWaitableTimer, CreateMutexA, CreateMutexExA, CreateMutexExW, CreateMutexW, CreateSemaphoreA,
    CreateSemaphoreExA, CreateSemaphoreExW, CreateSemaphoreW, CreateWaitableTimerA, CreateWaitableTimerExA,
    CreateWaitableTimerExW, CreateWaitableTimerW, OpenMutexW, OpenSemaphoreW, OpenWaitableTimerA,
    OpenWaitableTimerW, ReleaseMutex, ReleaseSemaphore, SetWaitableTimer, SetWaitableTimerEx,
};
pub use windows_sys::Win32::System::Threading::{
    CreateEventA, CreateEventExA, CreateEventExW, CreateEventW, CreateThread, ExitThread, GetCurrentProcess,
    GetCurrentProcessId, GetCurrentThread, GetCurrentThreadId, GetExitCodeThread, GetThreadId, OpenEventA,
    OpenEventW, OpenThread, PulseEvent, QueueUserAPC, ResetEvent, ResumeThread, SetEvent,
    SignalObjectAndWait, Sleep, SleepEx, SwitchToThread, WaitForMultipleObjects, WaitForMultipleObjectsEx,
    WaitForSingleObject, WaitForSingleObjectEx,
};
pub use windows_sys::Win32::System::Threading::{
    FlsAlloc, FlsFree, FlsGetValue, FlsSetValue, TlsAlloc, TlsFree, TlsGetValue, TlsSetValue,
};
pub use windows_sys::Win32::System::Time::{FileTimeToSystemTime, SystemTimeToFileTime};
pub use windows_sys::Win32::System::WindowsProgramming::QueryUnbiasedInterruptTime;
pub use windows_sys::Win32::System::WindowsProgramming::{GetComputerNameA, GetComputerNameW};
pub use windows_sys::Win32::System::WindowsProgramming::{OpenMutexA, OpenSemaphoreA};
pub use windows_sys::Win32::UI::WindowsAndMessaging::{
    CallWindowProcA, CallWindowProcW, CreateWindowExA, CreateWindowExW, DefWindowProcA, DefWindowProcW,
    DestroyWindow, DispatchMessageA, DispatchMessageW, FindWindowA, FindWindowExA, FindWindowExW,
    FindWindowW, GetClassInfoA, GetClassInfoExA, GetClassInfoExW, GetClassInfoW, GetClassLongA,
    GetClassLongW, GetClassNameA, GetClassNameW, GetMessageA, GetMessageTime, GetMessageW, GetParent,
    GetQueueStatus, GetWindowLongA, GetWindowLongW, GetWindowTextA, GetWindowTextLengthA,
    GetWindowTextLengthW, GetWindowTextW, GetWindowThreadProcessId, InSendMessage, InSendMessageEx, IsChild,
    IsWindow, IsWindowUnicode, IsWindowVisible, KillTimer, LoadCursorA, LoadCursorW, LoadIconA, LoadIconW,
    MsgWaitForMultipleObjects, MsgWaitForMultipleObjectsEx, PeekMessageA, PeekMessageW, PostMessageA,
    PostMessageW, PostQuitMessage, PostThreadMessageA, PostThreadMessageW, RegisterClassA, RegisterClassExA,
    RegisterClassExW, RegisterClassW, RegisterWindowMessageA, RegisterWindowMessageW, ReplyMessage,
    SendMessageA, SendMessageTimeoutA, SendMessageTimeoutW, SendMessageW, SendNotifyMessageA,
    SendNotifyMessageW, SetClassLongA, SetClassLongW, SetTimer, SetWindowLongA, SetWindowLongW,
    SetWindowTextA, SetWindowTextW, ShowWindow, TranslateMessage, UnregisterClassA, UnregisterClassW,
    WaitMessage,
};
pub use windows_sys::Win32::UI::WindowsAndMessaging::{
    CharLowerA, CharLowerBuffA, CharLowerBuffW, CharLowerW, CharUpperA, CharUpperBuffA, CharUpperBuffW,
    CharUpperW,
};
#[cfg(target_pointer_width = "64")]
pub use windows_sys::Win32::UI::WindowsAndMessaging::{
    GetClassLongPtrA, GetClassLongPtrW, GetWindowLongPtrA, GetWindowLongPtrW, SetClassLongPtrA,
    SetClassLongPtrW, SetWindowLongPtrA, SetWindowLongPtrW,
};
