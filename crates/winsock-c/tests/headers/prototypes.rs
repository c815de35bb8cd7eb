//! Every function of the headers has Windows' parameters and result, and the name under which the library exports it.
//!
//! windows-sys gives the prototypes, our headers are asked through a C++ template. Compared are the number of parameters
//! and of each its kind: an integer's width and sign, a pointer with the size of what it leads to, a callback, a struct by
//! value. Whether a pointed-to value is const is not: windows-sys takes that from the parameter's direction.

use core::any::{TypeId, type_name};
use core::ffi::c_void;
use std::collections::{BTreeMap, BTreeSet};

use windows_sys::Win32::Foundation::{CloseHandle, DuplicateHandle, GetLastError, SetLastError};
use windows_sys::Win32::Foundation::{FreeLibrary, GlobalFree, LocalFree};
use windows_sys::Win32::Globalization::*;
use windows_sys::Win32::Graphics::Gdi::{GetStockObject, UpdateWindow};
use windows_sys::Win32::Media::{timeBeginPeriod, timeEndPeriod, timeGetTime};
use windows_sys::Win32::Networking::WinSock::*;
use windows_sys::Win32::Storage::FileSystem::{CompareFileTime, FileTimeToLocalFileTime};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileA, CreateFileW, GetFileSizeEx, GetFileType, ReadFile, SetFileCompletionNotificationModes,
    SetFilePointerEx, WriteFile,
};
use windows_sys::Win32::Storage::FileSystem::{
    DeleteFileA, DeleteFileW, FlushFileBuffers, GetFileAttributesA, GetFileAttributesW, GetFileSize,
    GetTempPathA, GetTempPathW, SetEndOfFile, SetFilePointer,
};
use windows_sys::Win32::System::Console::*;
use windows_sys::Win32::System::Diagnostics::Debug::{FormatMessageA, FormatMessageW};
use windows_sys::Win32::System::Diagnostics::Debug::{
    IsDebuggerPresent, OutputDebugStringA, OutputDebugStringW,
};
use windows_sys::Win32::System::Environment::*;
use windows_sys::Win32::System::IO::*;
use windows_sys::Win32::System::LibraryLoader::*;
use windows_sys::Win32::System::Memory::*;
use windows_sys::Win32::System::Performance::{QueryPerformanceCounter, QueryPerformanceFrequency};
use windows_sys::Win32::System::SystemInformation::*;
use windows_sys::Win32::System::Threading::*;
use windows_sys::Win32::System::Time::{FileTimeToSystemTime, SystemTimeToFileTime};
use windows_sys::Win32::System::WindowsProgramming::QueryUnbiasedInterruptTime;
use windows_sys::Win32::System::WindowsProgramming::{GetComputerNameA, GetComputerNameW};
use windows_sys::Win32::System::WindowsProgramming::{OpenMutexA, OpenSemaphoreA};
use windows_sys::Win32::UI::WindowsAndMessaging::*;

use crate::support::{ALL, Compiler, includes, private_headers, windows_headers};

/// What a parameter or result is.
trait Kind {
    fn kind() -> String;
}

macro_rules! kinds {
    ($($t:ty = $kind:literal),*) => { $(impl Kind for $t { fn kind() -> String { $kind.into() } })* };
}
// isize is a LONG_PTR, or what programs cannot look into: a HANDLE in C, or a pointer to a struct that is not defined.
kinds!(
    () = "void",
    u8 = "u8",
    bool = "u8",
    u16 = "u16",
    i64 = "i64",
    i32 = "i32",
    u32 = "u32",
    u64 = "u64",
    usize = "u64",
    isize = "i64-or-*void",
    IN_ADDR = "struct4"
);

fn pointer<T: 'static>() -> String {
    match TypeId::of::<T>() {
        id if id == TypeId::of::<c_void>() => "*void".into(),
        // libc's, with 64-bit fields, in C; windows-sys's, with 32-bit fields, in Rust: the one stated difference.
        id if id == TypeId::of::<TIMEVAL>() => "*timeval".into(),
        _ => format!("*{}", size_of::<T>()),
    }
}

impl<T: 'static> Kind for *const T {
    fn kind() -> String {
        pointer::<T>()
    }
}

impl<T: 'static> Kind for *mut T {
    fn kind() -> String {
        pointer::<T>()
    }
}

impl<F> Kind for Option<F> {
    fn kind() -> String {
        "callback".into()
    }
}

trait Signature {
    fn describe() -> String;
}

macro_rules! signatures {
    ($(($($p:ident)*))*) => {
        $(impl<$($p: Kind,)* R: Kind> Signature for unsafe extern "system" fn($($p),*) -> R {
            fn describe() -> String {
                let parameters: Vec<String> = vec![$($p::kind()),*];
                format!("({}) {}", parameters.join(" "), R::kind())
            }
        })*
    };
}
signatures!(()(A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E F)(A B C D E F G)(A B C D E F G H)(A B C D E F G H I)(A B C D E F G H I J)(A B C D E F G H I J K)(A B C D E F G H I J K L));

/// Describes the function that the closure would give. It is never called, so nothing is linked.
fn describe<F: Signature>(_: impl FnOnce() -> F) -> String {
    F::describe()
}

fn type_of<F>(_: impl FnOnce() -> F) -> &'static str {
    type_name::<F>()
}

macro_rules! shared {
    ($($name:ident($($parameter:tt)*))*) => {
        fn shared() -> BTreeMap<&'static str, String> {
            BTreeMap::from([
                $((stringify!($name), describe(|| $name as unsafe extern "system" fn($($parameter)*) -> _))),*
            ])
        }

        /// The types of windows-sys's function and of ours.
        fn exported() -> Vec<(&'static str, &'static str, &'static str)> {
            vec![$((
                stringify!($name),
                type_of(|| $name as unsafe extern "system" fn($($parameter)*) -> _),
                type_of(|| ws2_32::$name as unsafe extern "C" fn($($parameter)*) -> _),
            )),*]
        }
    };
}

shared! {
    accept(_, _, _) bind(_, _, _) closesocket(_) connect(_, _, _) gethostbyaddr(_, _, _) gethostbyname(_)
    gethostname(_, _) getpeername(_, _, _) getprotobyname(_) getprotobynumber(_) getservbyname(_, _)
    getservbyport(_, _) getsockname(_, _, _) getsockopt(_, _, _, _, _) htonl(_) htons(_) inet_addr(_) inet_ntoa(_)
    ioctlsocket(_, _, _) listen(_, _) ntohl(_) ntohs(_) recv(_, _, _, _) recvfrom(_, _, _, _, _, _)
    select(_, _, _, _, _) send(_, _, _, _) sendto(_, _, _, _, _, _) setsockopt(_, _, _, _, _) shutdown(_, _)
    socket(_, _, _) __WSAFDIsSet(_, _) WSACleanup() WSAGetLastError() WSASetLastError(_) WSAStartup(_, _)

    GetHostNameW(_, _) WSAAccept(_, _, _, _, _) WSAAddressToStringA(_, _, _, _, _)
    WSAAddressToStringW(_, _, _, _, _) WSAConnect(_, _, _, _, _, _, _) WSAConnectByList(_, _, _, _, _, _, _, _)
    WSAConnectByNameA(_, _, _, _, _, _, _, _, _) WSAConnectByNameW(_, _, _, _, _, _, _, _, _)
    WSADuplicateSocketA(_, _, _) WSADuplicateSocketW(_, _, _) WSAEnumProtocolsA(_, _, _) WSAEnumProtocolsW(_, _, _)
    WSAHtonl(_, _, _) WSAHtons(_, _, _) WSANtohl(_, _, _) WSANtohs(_, _, _) WSAPoll(_, _, _)
    WSARecvDisconnect(_, _) WSASendDisconnect(_, _) WSASocketA(_, _, _, _, _, _) WSASocketW(_, _, _, _, _, _)
    WSAStringToAddressA(_, _, _, _, _) WSAStringToAddressW(_, _, _, _, _)

    WSAIoctl(_, _, _, _, _, _, _, _, _) WSARecv(_, _, _, _, _, _, _) WSARecvFrom(_, _, _, _, _, _, _, _, _)
    WSASend(_, _, _, _, _, _, _) WSASendTo(_, _, _, _, _, _, _, _, _) WSARecvEx(_, _, _, _)

    freeaddrinfo(_) FreeAddrInfoW(_) getaddrinfo(_, _, _, _) GetAddrInfoW(_, _, _, _)
    getnameinfo(_, _, _, _, _, _, _) GetNameInfoW(_, _, _, _, _, _, _) inet_ntop(_, _, _, _) inet_pton(_, _, _)
    InetNtopW(_, _, _, _) InetPtonW(_, _, _)

    GetLastError() SetLastError(_)

    WSAAsyncSelect(_, _, _, _) WSACloseEvent(_) WSACreateEvent() WSAEnumNetworkEvents(_, _, _) WSAEventSelect(_, _, _) WSAResetEvent(_) WSASetEvent(_) WSAWaitForMultipleEvents(_, _, _, _, _)
    CreateEventA(_, _, _, _) CreateEventW(_, _, _, _) CreateEventExA(_, _, _, _) CreateEventExW(_, _, _, _)
    OpenEventA(_, _, _) OpenEventW(_, _, _) PulseEvent(_) ResetEvent(_) SetEvent(_)

    SignalObjectAndWait(_, _, _, _) Sleep(_) SleepEx(_, _) SwitchToThread() WaitForMultipleObjects(_, _, _, _)
    WaitForMultipleObjectsEx(_, _, _, _, _) WaitForSingleObject(_, _) WaitForSingleObjectEx(_, _, _)

    AcquireSRWLockExclusive(_) AcquireSRWLockShared(_) DeleteCriticalSection(_) EnterCriticalSection(_)
    InitOnceBeginInitialize(_, _, _, _) InitOnceComplete(_, _, _) InitOnceExecuteOnce(_, _, _, _)
    InitOnceInitialize(_) InitializeConditionVariable(_) InitializeCriticalSection(_)
    InitializeCriticalSectionAndSpinCount(_, _) InitializeCriticalSectionEx(_, _, _) InitializeSRWLock(_)
    LeaveCriticalSection(_) ReleaseSRWLockExclusive(_) ReleaseSRWLockShared(_) SetCriticalSectionSpinCount(_, _)
    SleepConditionVariableCS(_, _, _) SleepConditionVariableSRW(_, _, _, _) TryAcquireSRWLockExclusive(_)
    TryAcquireSRWLockShared(_) TryEnterCriticalSection(_) WaitOnAddress(_, _, _, _) WakeAllConditionVariable(_)
    WakeByAddressAll(_) WakeByAddressSingle(_) WakeConditionVariable(_)

    CancelWaitableTimer(_) CreateMutexA(_, _, _) CreateMutexExA(_, _, _, _) CreateMutexExW(_, _, _, _)
    CreateMutexW(_, _, _) CreateSemaphoreA(_, _, _, _) CreateSemaphoreExA(_, _, _, _, _, _) CreateSemaphoreExW(_,
    _, _, _, _, _) CreateSemaphoreW(_, _, _, _) CreateWaitableTimerA(_, _, _) CreateWaitableTimerExA(_, _, _, _)
    CreateWaitableTimerExW(_, _, _, _) CreateWaitableTimerW(_, _, _) OpenMutexA(_, _, _) OpenMutexW(_, _, _)
    OpenSemaphoreA(_, _, _) OpenSemaphoreW(_, _, _) OpenWaitableTimerA(_, _, _) OpenWaitableTimerW(_, _, _)
    ReleaseMutex(_) ReleaseSemaphore(_, _, _) SetWaitableTimer(_, _, _, _, _, _) SetWaitableTimerEx(_, _, _, _,
    _, _, _) FlsAlloc(_) FlsFree(_) FlsGetValue(_) FlsSetValue(_, _) TlsAlloc() TlsFree(_) TlsGetValue(_)
    TlsSetValue(_, _)

    CreateThreadpoolWork(_, _, _) CreateThreadpoolTimer(_, _, _) CreateThreadpoolWait(_, _, _)
    CreateThreadpoolIo(_, _, _, _) BindIoCompletionCallback(_, _, _) TrySubmitThreadpoolCallback(_, _, _)
    QueueUserWorkItem(_, _, _) SubmitThreadpoolWork(_) StartThreadpoolIo(_) CancelThreadpoolIo(_)
    CloseThreadpoolWork(_) WaitForThreadpoolWorkCallbacks(_, _) CloseThreadpoolTimer(_)
    WaitForThreadpoolTimerCallbacks(_, _) CloseThreadpoolWait(_) WaitForThreadpoolWaitCallbacks(_, _)
    CloseThreadpoolIo(_) WaitForThreadpoolIoCallbacks(_, _) SetThreadpoolTimer(_, _, _, _)
    SetThreadpoolTimerEx(_, _, _, _) IsThreadpoolTimerSet(_) SetThreadpoolWait(_, _, _)
    SetThreadpoolWaitEx(_, _, _, _) CreateThreadpool(_) CloseThreadpool(_) SetThreadpoolThreadMaximum(_, _)
    SetThreadpoolThreadMinimum(_, _) CreateThreadpoolCleanupGroup() CloseThreadpoolCleanupGroup(_)
    CloseThreadpoolCleanupGroupMembers(_, _, _) SetEventWhenCallbackReturns(_, _)
    ReleaseSemaphoreWhenCallbackReturns(_, _, _) ReleaseMutexWhenCallbackReturns(_, _)
    LeaveCriticalSectionWhenCallbackReturns(_, _) DisassociateCurrentThreadFromCallback(_)
    CallbackMayRunLong(_)

    CloseHandle(_) DuplicateHandle(_, _, _, _, _, _, _) CreateThread(_, _, _, _, _, _) GetCurrentProcess()
    GetCurrentProcessId() GetCurrentThread() GetCurrentThreadId() GetExitCodeThread(_, _) GetThreadId(_)
    OpenThread(_, _, _) QueueUserAPC(_, _, _) ResumeThread(_)

    CreateIoCompletionPort(_, _, _, _) GetQueuedCompletionStatus(_, _, _, _, _)
    GetQueuedCompletionStatusEx(_, _, _, _, _, _) PostQueuedCompletionStatus(_, _, _, _)
    CancelIo(_) CancelIoEx(_, _) GetOverlappedResult(_, _, _, _) GetOverlappedResultEx(_, _, _, _, _)
    SetFileCompletionNotificationModes(_, _) WSAGetOverlappedResult(_, _, _, _, _)

    AcceptEx(_, _, _, _, _, _, _, _) GetAcceptExSockaddrs(_, _, _, _, _, _, _, _) TransmitFile(_, _, _, _, _, _, _)
    WSASendMsg(_, _, _, _, _, _) CreateFileA(_, _, _, _, _, _, _) CreateFileW(_, _, _, _, _, _, _)
    GetFileSizeEx(_, _) ReadFile(_, _, _, _, _) SetFilePointerEx(_, _, _, _) WriteFile(_, _, _, _, _)

    CallWindowProcA(_, _, _, _, _) CallWindowProcW(_, _, _, _, _)
    CreateWindowExA(_, _, _, _, _, _, _, _, _, _, _, _) CreateWindowExW(_, _, _, _, _, _, _, _, _, _, _, _)
    DefWindowProcA(_, _, _, _) DefWindowProcW(_, _, _, _) DestroyWindow(_) DispatchMessageA(_)
    DispatchMessageW(_) FindWindowA(_, _) FindWindowExA(_, _, _, _) FindWindowExW(_, _, _, _)
    FindWindowW(_, _) GetClassInfoA(_, _, _) GetClassInfoExA(_, _, _) GetClassInfoExW(_, _, _)
    GetClassInfoW(_, _, _) GetClassLongA(_, _) GetClassLongPtrA(_, _) GetClassLongPtrW(_, _)
    GetClassLongW(_, _) GetClassNameA(_, _, _) GetClassNameW(_, _, _) GetMessageA(_, _, _, _)
    GetMessageTime() GetMessageW(_, _, _, _) GetParent(_) GetQueueStatus(_) GetStockObject(_)
    GetWindowLongA(_, _) GetWindowLongPtrA(_, _) GetWindowLongPtrW(_, _) GetWindowLongW(_, _)
    GetWindowTextA(_, _, _) GetWindowTextLengthA(_) GetWindowTextLengthW(_) GetWindowTextW(_, _, _)
    GetWindowThreadProcessId(_, _) InSendMessage() InSendMessageEx(_) IsChild(_, _) IsWindow(_)
    IsWindowUnicode(_) IsWindowVisible(_) KillTimer(_, _) LoadCursorA(_, _) LoadCursorW(_, _)
    LoadIconA(_, _) LoadIconW(_, _) MsgWaitForMultipleObjects(_, _, _, _, _)
    MsgWaitForMultipleObjectsEx(_, _, _, _, _) PeekMessageA(_, _, _, _, _) PeekMessageW(_, _, _, _, _)
    PostMessageA(_, _, _, _) PostMessageW(_, _, _, _) PostQuitMessage(_) PostThreadMessageA(_, _, _, _)
    PostThreadMessageW(_, _, _, _) RegisterClassA(_) RegisterClassExA(_) RegisterClassExW(_)
    RegisterClassW(_) RegisterWindowMessageA(_) RegisterWindowMessageW(_) ReplyMessage(_)
    SendMessageA(_, _, _, _) SendMessageTimeoutA(_, _, _, _, _, _, _)
    SendMessageTimeoutW(_, _, _, _, _, _, _) SendMessageW(_, _, _, _) SendNotifyMessageA(_, _, _, _)
    SendNotifyMessageW(_, _, _, _) SetClassLongA(_, _, _) SetClassLongPtrA(_, _, _)
    SetClassLongPtrW(_, _, _) SetClassLongW(_, _, _) SetTimer(_, _, _, _) SetWindowLongA(_, _, _)
    SetWindowLongPtrA(_, _, _) SetWindowLongPtrW(_, _, _) SetWindowLongW(_, _, _) SetWindowTextA(_, _)
    SetWindowTextW(_, _) ShowWindow(_, _) TranslateMessage(_) UnregisterClassA(_, _)
    UnregisterClassW(_, _) UpdateWindow(_) WaitMessage()
    GetProcessHeap() HeapAlloc(_, _, _) HeapCreate(_, _, _) HeapDestroy(_) HeapFree(_, _, _) HeapReAlloc(_, _, _, _)
    HeapSize(_, _, _) HeapValidate(_, _, _)

    GetConsoleMode(_, _) SetConsoleMode(_, _) GetFileType(_) GenerateConsoleCtrlEvent(_, _) GetStdHandle(_) SetConsoleCtrlHandler(_, _) SetStdHandle(_, _)
    WriteConsoleA(_, _, _, _, _) WriteConsoleW(_, _, _, _, _)

    GetNativeSystemInfo(_) GetSystemInfo(_) GetVersion() GetVersionExA(_) GetVersionExW(_)

    GlobalAlloc(_, _) GlobalFree(_) GlobalLock(_) GlobalReAlloc(_, _, _) GlobalSize(_) GlobalUnlock(_)
    LocalAlloc(_, _) LocalFree(_) LocalLock(_) LocalReAlloc(_, _, _) LocalSize(_) LocalUnlock(_)

    GetACP() IsValidCodePage(_) MultiByteToWideChar(_, _, _, _, _, _) WideCharToMultiByte(_, _, _, _, _, _, _, _)
    FormatMessageA(_, _, _, _, _, _, _) FormatMessageW(_, _, _, _, _, _, _)
    lstrcatA(_, _) lstrcatW(_, _) lstrcmpA(_, _) lstrcmpW(_, _) lstrcmpiA(_, _) lstrcmpiW(_, _) lstrcpyA(_, _)
    lstrcpyW(_, _) lstrcpynA(_, _, _) lstrcpynW(_, _, _) lstrlenA(_) lstrlenW(_)

    CompareFileTime(_, _) FileTimeToLocalFileTime(_, _) FileTimeToSystemTime(_, _) GetLocalTime(_)
    GetProcessTimes(_, _, _, _, _) GetSystemTime(_) GetSystemTimeAsFileTime(_) GetSystemTimePreciseAsFileTime(_)
    GetComputerNameA(_, _) GetComputerNameExA(_, _, _) GetComputerNameExW(_, _, _) GetComputerNameW(_, _)
    GetCurrentDirectoryA(_, _) GetCurrentDirectoryW(_, _) GetEnvironmentVariableA(_, _, _)
    GetEnvironmentVariableW(_, _, _) GetTempPathA(_, _) GetTempPathW(_, _) SetCurrentDirectoryA(_)
    SetCurrentDirectoryW(_) SetEnvironmentVariableA(_, _) SetEnvironmentVariableW(_, _) FreeLibrary(_)
    GetModuleFileNameA(_, _, _) GetModuleFileNameW(_, _, _) GetModuleHandleA(_) GetModuleHandleW(_)
    GetProcAddress(_, _) LoadLibraryA(_) LoadLibraryW(_) GetCommandLineA() GetCommandLineW() IsDebuggerPresent()
    OutputDebugStringA(_) OutputDebugStringW(_) VirtualAlloc(_, _, _, _) VirtualFree(_, _, _)
    VirtualProtect(_, _, _, _) VirtualQuery(_, _, _) DeleteFileA(_) DeleteFileW(_) FlushFileBuffers(_)
    GetFileAttributesA(_) GetFileAttributesW(_) GetFileSize(_, _) SetEndOfFile(_) SetFilePointer(_, _, _, _)
    VerSetConditionMask(_, _, _) VerifyVersionInfoA(_, _, _) VerifyVersionInfoW(_, _, _)

    GetConsoleCP() GetConsoleOutputCP() SetConsoleCP(_) SetConsoleOutputCP(_)
    CharLowerA(_) CharLowerW(_) CharLowerBuffA(_, _) CharLowerBuffW(_, _)
    CharUpperA(_) CharUpperW(_) CharUpperBuffA(_, _) CharUpperBuffW(_, _)

    GetTickCount() GetTickCount64() QueryPerformanceCounter(_) QueryPerformanceFrequency(_)
    QueryUnbiasedInterruptTime(_) SystemTimeToFileTime(_, _) timeBeginPeriod(_) timeEndPeriod(_) timeGetTime()
}

/// What windows-sys describes in another way, or not at all: a function without a result, which is no type that a trait can
/// have; buffers as bytes, and a large integer as a plain one; the inline functions of Windows' headers.
const APART: [(&str, &str); 14] = [
    ("FormatMessageA", "(u32 *void u32 u32 *1 u32 *24) u32"),
    ("FormatMessageW", "(u32 *void u32 u32 *2 u32 *24) u32"),
    ("_ws2_message_arguments", "(u32 *void u32 u32 i32) i32"),
    ("WriteConsoleA", "(*void *void u32 *4 *void) i32"),
    ("WriteConsoleW", "(*void *void u32 *4 *void) i32"),
    ("_ws2_format_arguments", "(*void i32 *1 u32) i32"),
    ("_ws2_format_text", "(*void u64 *void i32 *8 u32) i32"),
    ("ExitProcess", "(u32) void"),
    ("ExitThread", "(u32) void"),
    ("ReadFile", "(*void *void u32 *4 *32) i32"),
    ("SetFilePointerEx", "(*void struct8 *8 u32) i32"),
    ("WriteFile", "(*void *void u32 *4 *32) i32"),
    ("gai_strerrorA", "(i32) *1"),
    ("gai_strerrorW", "(i32) *2"),
];

/// The names that libc has too: the library exports them with the prefix `ws2_`.
const PREFIXED: &str = "
    accept bind connect freeaddrinfo getaddrinfo gethostbyaddr gethostbyname gethostname getnameinfo getpeername
    getprotobyname getprotobynumber getservbyname getservbyport getsockname getsockopt htonl htons inet_addr inet_ntoa
    inet_ntop inet_pton listen ntohl ntohs recv recvfrom select send sendto setsockopt shutdown socket
";

/// Prints a function as `describe` describes it.
const DESCRIBE: &str = r#"
#include <iostream>
#include <string>
#include <type_traits>
template <class T, class = void> struct complete : std::false_type {};
template <class T> struct complete<T, std::void_t<decltype(sizeof(T))>> : std::true_type {};
template <class T> std::string kind() {
  if constexpr (std::is_void_v<T>) return "void";
  else if constexpr (std::is_pointer_v<T>) {
    using To = std::remove_cv_t<std::remove_pointer_t<T>>;
    if constexpr (std::is_function_v<To>) return "callback";
    else if constexpr (std::is_void_v<To> || !complete<To>::value) return "*void";
    else if constexpr (std::is_same_v<To, struct timeval>) return "*timeval";
    else return "*" + std::to_string(sizeof(To));
  } else if constexpr (std::is_enum_v<T>)
    return "i" + std::to_string(8 * sizeof(T));
  else if constexpr (std::is_integral_v<T>)
    return (std::is_signed_v<T> ? "i" : "u") + std::to_string(8 * sizeof(T));
  else return "struct" + std::to_string(sizeof(T));
}
template <class R, class... P> void show(const char *name, R (*)(P...)) {
  std::string text, space;
  ((text += space + kind<P>(), space = " "), ...);
  std::cout << name << " (" << text << ") " << kind<R>() << "\n";
}
"#;

/// The symbol of each function that the headers declare.
pub(crate) fn symbols() -> BTreeSet<String> {
    declared().iter().map(|name| symbol(name)).collect()
}

fn symbol(name: &str) -> String {
    if PREFIXED.split_whitespace().any(|prefixed| prefixed == name) {
        format!("ws2_{name}")
    } else {
        name.to_owned()
    }
}

/// The functions that the headers declare, from their text: a calling convention, a name, a parenthesis.
pub(crate) fn declared() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let public = windows_headers().into_values().map(|text| (text, ""));
    // What stands in the private headers is inline, but for the helpers of those inline functions.
    for (text, prefix) in public.chain(private_headers().into_iter().map(|text| (text, "_ws2_"))) {
        for convention in ["WSAAPI ", "WINAPI ", "PASCAL "] {
            for (at, _) in text.match_indices(convention) {
                let rest = &text[at + convention.len()..];
                let end =
                    rest.find(|c: char| !c.is_alphanumeric() && c != '_').expect("a header ends its lines");
                if end > 0 && rest[end..].starts_with('(') && rest.starts_with(prefix) {
                    names.insert(rest[..end].to_owned());
                }
            }
        }
    }
    names
}

/// Whether a signature of the headers is one of windows-sys.
fn agree(ours: &str, theirs: &str) -> bool {
    let words = |text: &'_ str| text.split(['(', ')', ' ']).map(str::to_owned).collect::<Vec<_>>();
    let (ours, theirs) = (words(ours), words(theirs));
    let same = |(ours, theirs): (&String, &String)| {
        ours == theirs || (theirs == "i64-or-*void" && ["i64", "*void"].contains(&ours.as_str()))
    };
    ours.len() == theirs.len() && ours.iter().zip(&theirs).all(same)
}

#[test]
fn every_declaration_is_windows_prototype() {
    let mut expected = shared();
    expected.extend(APART.map(|(name, signature)| (name, signature.to_owned())));
    assert_eq!(declared(), expected.keys().map(|name| (*name).to_owned()).collect());

    let calls: String = expected
        .keys()
        .map(|name| match *name {
            // It has an overload in C++, so the declaration for C is picked by its type.
            "ioctlsocket" => "decltype(static_cast<int (*)(SOCKET, LONG, u_long *)>(ioctlsocket))".to_owned(),
            name => format!("decltype(::{name}) *"),
        })
        .zip(expected.keys())
        .map(|(pointer, name)| format!("  show(\"{name}\", static_cast<{pointer}>(nullptr));\n"))
        .collect();
    let source = format!("{}{DESCRIBE}int main() {{\n{calls}}}\n", includes(&ALL));
    let output = Compiler::cxx().run("prototypes", &["-std=c++17"], &source);
    let ours: BTreeMap<&str, String> = output
        .lines()
        .map(|line| line.split_once(' ').expect("a name and a signature"))
        .map(|(name, signature)| (name, signature.to_owned()))
        .collect();
    assert_eq!(ours.len(), expected.len());
    let wrong: Vec<_> =
        expected.iter().filter(|(name, signature)| !agree(&ours[**name], signature)).collect();
    assert!(wrong.is_empty(), "windows-sys has {wrong:#?}, the headers {ours:#?}");
}

/// To the letter, const or not included: on this side nothing stands between them but the time.
#[test]
fn every_export_has_windows_prototype() {
    for (name, windows, ours) in exported() {
        let expected = windows.replacen(r#"extern "system""#, r#"extern "C""#, 1);
        let ours = ours.replace(type_name::<ws2_32::TimeVal>(), type_name::<TIMEVAL>());
        assert_eq!(ours, expected, "{name}");
    }
}

/// It never comes back; and it ends a thread of the C library's by unwinding, which no other export may do.
#[test]
fn exit_thread_has_windows_prototype() {
    let _: unsafe extern "system" fn(u32) -> ! = ExitThread;
    let _: unsafe extern "C-unwind" fn(u32) -> ! = ws2_32::ExitThread;
}

#[test]
fn exit_process_has_windows_prototype() {
    let _: unsafe extern "system" fn(u32) -> ! = ExitProcess;
    let _: unsafe extern "C" fn(u32) -> ! = ws2_32::ExitProcess;
}

#[test]
fn timeval_is_libcs() {
    let source = "#include <winsock2.h>\n_Static_assert(sizeof(struct timeval) == 16, \"\");\n\
                  _Static_assert(sizeof(((TIMEVAL *)0)->tv_sec) == 8, \"\");\n";
    Compiler::c().check("timeval", &["-std=c11"], &[("timeval".into(), source.into())]);
}

/// The symbol behind each name, whether winsock2.h or libc's own headers came first.
#[test]
fn every_function_leads_to_its_exported_symbol() {
    let functions = declared();
    let expected: Vec<String> = functions.iter().map(|name| symbol(name)).collect();
    let table: String = functions.iter().map(|name| format!("  (void (*)(void))(long){name},\n")).collect();
    let libc = ["stdlib.h", "unistd.h", "sys/socket.h", "netdb.h", "arpa/inet.h", "poll.h"];
    for (order, headers) in
        [("first", [&ALL[..], &libc].concat()), ("last", [&libc[..], &ALL].concat()), ("alone", ALL.to_vec())]
    {
        let source = format!("{}void (*const table[])(void) = {{\n{table}}};\n", includes(&headers));
        let assembly =
            Compiler::c().print(&format!("symbols-{order}"), &["-std=gnu11", "-w", "-S", "-o", "-"], &source);
        let symbols: Vec<&str> =
            assembly.lines().filter_map(|line| line.trim().strip_prefix(".quad")).map(str::trim).collect();
        assert_eq!(symbols, expected, "winsock2.h {order}");
    }
}
