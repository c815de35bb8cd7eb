//! Every struct and union of the headers has Windows' size, alignment, offsets and field sizes.
//!
//! windows-sys gives the layouts. The patterns of `structs!` name every field, so a field that is left out does not compile;
//! the headers' text gives the structs and how many members each has, so that none is left out and none is added.

use std::collections::BTreeMap;
use std::mem::{align_of, offset_of, size_of};

use windows_sys::Win32::Foundation::{FILETIME, POINT, RECT, SIZE, SYSTEMTIME};
use windows_sys::Win32::Networking::WinSock::*;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::System::Diagnostics::Debug::{EXCEPTION_POINTERS, EXCEPTION_RECORD};
use windows_sys::Win32::System::IO::{OVERLAPPED, OVERLAPPED_ENTRY};
use windows_sys::Win32::System::Kernel::{LIST_ENTRY, SINGLE_LIST_ENTRY};
use windows_sys::Win32::System::Memory::MEMORY_BASIC_INFORMATION;
use windows_sys::Win32::System::SystemInformation::{
    OSVERSIONINFOA, OSVERSIONINFOEXA, OSVERSIONINFOEXW, OSVERSIONINFOW, SYSTEM_INFO,
};
use windows_sys::Win32::System::Threading::{
    CONDITION_VARIABLE, CRITICAL_SECTION, INIT_ONCE, REASON_CONTEXT, SRWLOCK, TP_CALLBACK_ENVIRON_V3,
};
use windows_sys::Win32::UI::WindowsAndMessaging::{
    CREATESTRUCTA, CREATESTRUCTW, MSG, WNDCLASSA, WNDCLASSEXA, WNDCLASSEXW, WNDCLASSW,
};
use windows_sys::core::GUID;

use crate::support::{ALL, Compiler, includes, is_alias, windows_headers};

/// A type: its name in C, the lines that describe it in Rust, and the C statements that print the same lines.
struct Layout {
    name: &'static str,
    members: usize,
    expected: String,
    prints: String,
}

impl Layout {
    fn new(name: &'static str, members: usize, size: usize, align: usize) -> Self {
        let expected = format!("{name}: size {size} align {align}\n");
        let prints =
            format!("  printf(\"{name}: size %zu align %zu\\n\", sizeof({name}), _Alignof({name}));\n");
        Layout { name, members, expected, prints }
    }

    fn field(&mut self, field: &str, offset: usize, size: Option<usize>) {
        let (name, field) = (self.name, field.trim_start_matches("r#"));
        if field == "Anonymous" {
            return; // It has no name in C; its members are listed after it.
        }
        self.expected += &format!("{name}.{field}: offset {offset}\n");
        self.prints += &format!("  printf(\"{name}.{field}: offset %zu\\n\", offsetof({name}, {field}));\n");
        if let Some(size) = size {
            self.expected += &format!("{name}.{field}: size {size}\n");
            self.prints +=
                &format!("  printf(\"{name}.{field}: size %zu\\n\", sizeof((({name} *)0)->{field}));\n");
        }
    }
}

fn size_of_field<T, F>(_: impl Fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// Structs: `RustName "C name" { all fields } members of anonymous fields: path in Rust = name in C`.
macro_rules! structs {
    ($($t:ident $c:literal { $($f:ident)* } $($($path:ident).+ = $member:literal)*;)*) => {
        fn structs() -> Vec<Layout> {
            vec![$({
                let _all_fields = |$t { $($f: _),* }: $t| ();
                let mut layout = Layout::new($c, [$(stringify!($f)),*].len(), size_of::<$t>(), align_of::<$t>());
                $(layout.field(stringify!($f), offset_of!($t, $f), Some(size_of_field(|t: &$t| &t.$f)));)*
                $(layout.field($member, offset_of!($t, $($path).+), None);)*
                layout
            }),*]
        }
    };
}

/// Unions: all members begin at 0, so their names and the whole's size are all there is.
macro_rules! unions {
    ($($t:ident $c:literal { $($f:ident)* };)*) => {
        fn unions() -> Vec<Layout> {
            vec![$({
                let mut layout = Layout::new($c, [$(stringify!($f)),*].len(), size_of::<$t>(), align_of::<$t>());
                $(layout.field(stringify!($f), offset_of!($t, $f), None);)*
                layout
            }),*]
        }
    };
}

structs! {
    MSG "MSG" { hwnd message wParam lParam time pt };
    CREATESTRUCTA "CREATESTRUCTA" { lpCreateParams hInstance hMenu hwndParent cy cx y x style lpszName lpszClass dwExStyle };
    WNDCLASSA "WNDCLASSA" { style lpfnWndProc cbClsExtra cbWndExtra hInstance hIcon hCursor hbrBackground lpszMenuName
        lpszClassName };
    WNDCLASSEXA "WNDCLASSEXA" { cbSize style lpfnWndProc cbClsExtra cbWndExtra hInstance hIcon hCursor hbrBackground lpszMenuName
        lpszClassName hIconSm };
    CREATESTRUCTW "CREATESTRUCTW" { lpCreateParams hInstance hMenu hwndParent cy cx y x style lpszName lpszClass dwExStyle };
    WNDCLASSW "WNDCLASSW" { style lpfnWndProc cbClsExtra cbWndExtra hInstance hIcon hCursor hbrBackground lpszMenuName
        lpszClassName };
    WNDCLASSEXW "WNDCLASSEXW" { cbSize style lpfnWndProc cbClsExtra cbWndExtra hInstance hIcon hCursor hbrBackground lpszMenuName
        lpszClassName hIconSm };
    ADDRINFOA "ADDRINFOA" { ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_canonname ai_addr ai_next };
    ADDRINFOW "ADDRINFOW" { ai_flags ai_family ai_socktype ai_protocol ai_addrlen ai_canonname ai_addr ai_next };
    CONDITION_VARIABLE "RTL_CONDITION_VARIABLE" { Ptr };
    CRITICAL_SECTION "RTL_CRITICAL_SECTION" { DebugInfo LockCount RecursionCount OwningThread LockSemaphore
        SpinCount };
    SRWLOCK "RTL_SRWLOCK" { Ptr };
    CMSGHDR "WSACMSGHDR" { cmsg_len cmsg_level cmsg_type };
    CSADDR_INFO "CSADDR_INFO" { LocalAddr RemoteAddr iSocketType iProtocol };
    FD_SET "fd_set" { fd_count fd_array };
    FILETIME "FILETIME" { dwLowDateTime dwHighDateTime };
    FLOWSPEC "FLOWSPEC" { TokenRate TokenBucketSize PeakBandwidth Latency DelayVariation ServiceType MaxSduSize
        MinimumPolicedSize };
    GROUP_FILTER "GROUP_FILTER" { gf_interface gf_group gf_fmode gf_numsrc gf_slist };
    GROUP_REQ "GROUP_REQ" { gr_interface gr_group };
    GROUP_SOURCE_REQ "GROUP_SOURCE_REQ" { gsr_interface gsr_group gsr_source };
    HOSTENT "HOSTENT" { h_name h_aliases h_addrtype h_length h_addr_list };
    ICMP_ERROR_INFO "ICMP_ERROR_INFO" { srcaddress protocol r#type code };
    IN6_ADDR "IN6_ADDR" { u } u.Byte = "u.Byte" u.Word = "u.Word";
    IN6_PKTINFO "IN6_PKTINFO" { ipi6_addr ipi6_ifindex };
    IN6_PKTINFO_EX "IN6_PKTINFO_EX" { pkt_info scope_id };
    INET_PORT_RANGE "INET_PORT_RANGE" { StartPort NumberOfPorts };
    INET_PORT_RESERVATION_INFORMATION "INET_PORT_RESERVATION_INFORMATION" { OwningPid };
    INET_PORT_RESERVATION_INSTANCE "INET_PORT_RESERVATION_INSTANCE" { Reservation Token };
    INET_PORT_RESERVATION_TOKEN "INET_PORT_RESERVATION_TOKEN" { Token };
    INTERFACE_INFO "INTERFACE_INFO" { iiFlags iiAddress iiBroadcastAddress iiNetmask };
    INTERFACE_INFO_EX "INTERFACE_INFO_EX" { iiFlags iiAddress iiBroadcastAddress iiNetmask };
    IN_ADDR "IN_ADDR" { S_un } S_un.S_un_b = "S_un.S_un_b" S_un.S_un_b.s_b4 = "S_un.S_un_b.s_b4"
        S_un.S_un_w.s_w2 = "S_un.S_un_w.s_w2" S_un.S_addr = "S_un.S_addr";
    IN_PKTINFO "IN_PKTINFO" { ipi_addr ipi_ifindex };
    IN_PKTINFO_EX "IN_PKTINFO_EX" { pkt_info scope_id };
    IN_RECVERR "IN_RECVERR" { protocol info r#type code };
    IPV6_MREQ "IPV6_MREQ" { ipv6mr_multiaddr ipv6mr_interface };
    IP_MREQ "IP_MREQ" { imr_multiaddr imr_interface };
    IP_MREQ_SOURCE "IP_MREQ_SOURCE" { imr_multiaddr imr_sourceaddr imr_interface };
    IP_MSFILTER "IP_MSFILTER" { imsf_multiaddr imsf_interface imsf_fmode imsf_numsrc imsf_slist };
    LINGER "LINGER" { l_onoff l_linger };
    EXCEPTION_POINTERS "EXCEPTION_POINTERS" { ExceptionRecord ContextRecord };
    EXCEPTION_RECORD "EXCEPTION_RECORD" { ExceptionCode ExceptionFlags ExceptionRecord ExceptionAddress NumberParameters
        ExceptionInformation };
    LIST_ENTRY "LIST_ENTRY" { Flink Blink };
    OSVERSIONINFOA "OSVERSIONINFOA" { dwOSVersionInfoSize dwMajorVersion dwMinorVersion dwBuildNumber dwPlatformId
        szCSDVersion };
    OSVERSIONINFOEXA "OSVERSIONINFOEXA" { dwOSVersionInfoSize dwMajorVersion dwMinorVersion dwBuildNumber dwPlatformId
        szCSDVersion wServicePackMajor wServicePackMinor wSuiteMask wProductType wReserved };
    OSVERSIONINFOEXW "OSVERSIONINFOEXW" { dwOSVersionInfoSize dwMajorVersion dwMinorVersion dwBuildNumber dwPlatformId
        szCSDVersion wServicePackMajor wServicePackMinor wSuiteMask wProductType wReserved };
    OSVERSIONINFOW "OSVERSIONINFOW" { dwOSVersionInfoSize dwMajorVersion dwMinorVersion dwBuildNumber dwPlatformId
        szCSDVersion };
    OVERLAPPED "OVERLAPPED" { Internal InternalHigh Anonymous hEvent } Anonymous.Anonymous.Offset = "Offset"
        Anonymous.Anonymous.OffsetHigh = "OffsetHigh" Anonymous.Pointer = "Pointer";
    OVERLAPPED_ENTRY "OVERLAPPED_ENTRY" { lpCompletionKey lpOverlapped Internal dwNumberOfBytesTransferred };
    POINT "POINT" { x y };
    PROTOENT "PROTOENT" { p_name p_aliases p_proto };
    QOS "QOS" { SendingFlowspec ReceivingFlowspec ProviderSpecific };
    RCVALL_IF "RCVALL_IF" { Mode Interface };
    REASON_CONTEXT "REASON_CONTEXT" { Version Flags Reason };
    RECT "RECT" { left top right bottom };
    SCOPE_ID "SCOPE_ID" { Anonymous } Anonymous.Value = "Value";
    SECURITY_ATTRIBUTES "SECURITY_ATTRIBUTES" { nLength lpSecurityDescriptor bInheritHandle };
    SERVENT "SERVENT" { s_name s_aliases s_proto s_port };
    SINGLE_LIST_ENTRY "SINGLE_LIST_ENTRY" { Next };
    SIZE "SIZE" { cx cy };
    SOCKADDR "SOCKADDR" { sa_family sa_data };
    SOCKADDR_IN "SOCKADDR_IN" { sin_family sin_port sin_addr sin_zero };
    SOCKADDR_IN6 "SOCKADDR_IN6" { sin6_family sin6_port sin6_flowinfo sin6_addr Anonymous }
        Anonymous.sin6_scope_id = "sin6_scope_id" Anonymous.sin6_scope_struct = "sin6_scope_struct";
    SOCKADDR_IN6_PAIR "SOCKADDR_IN6_PAIR" { SourceAddress DestinationAddress };
    SOCKADDR_STORAGE "SOCKADDR_STORAGE" { ss_family __ss_pad1 __ss_align __ss_pad2 };
    SOCKADDR_UN "SOCKADDR_UN" { sun_family sun_path };
    SOCKET_ADDRESS "SOCKET_ADDRESS" { lpSockaddr iSockaddrLength };
    SOCKET_ADDRESS_LIST "SOCKET_ADDRESS_LIST" { iAddressCount Address };
    SYSTEMTIME "SYSTEMTIME" { wYear wMonth wDayOfWeek wDay wHour wMinute wSecond wMilliseconds };
    MEMORY_BASIC_INFORMATION "MEMORY_BASIC_INFORMATION" { BaseAddress AllocationBase AllocationProtect PartitionId
        RegionSize State Protect Type };
    SYSTEM_INFO "SYSTEM_INFO" { Anonymous dwPageSize lpMinimumApplicationAddress lpMaximumApplicationAddress
        dwActiveProcessorMask dwNumberOfProcessors dwProcessorType dwAllocationGranularity wProcessorLevel
        wProcessorRevision } Anonymous.dwOemId = "dwOemId"
        Anonymous.Anonymous.wProcessorArchitecture = "wProcessorArchitecture"
        Anonymous.Anonymous.wReserved = "wReserved";
    TCP_ACK_FREQUENCY_PARAMETERS "TCP_ACK_FREQUENCY_PARAMETERS" { TcpDelayedAckFrequency };
    TCP_ICW_PARAMETERS "TCP_ICW_PARAMETERS" { Level };
    TCP_INFO_v0 "TCP_INFO_v0" { State Mss ConnectionTimeMs TimestampsEnabled RttUs MinRttUs BytesInFlight Cwnd
        SndWnd RcvWnd RcvBuf BytesOut BytesIn BytesReordered BytesRetrans FastRetrans DupAcksIn TimeoutEpisodes
        SynRetrans };
    TCP_INFO_v1 "TCP_INFO_v1" { State Mss ConnectionTimeMs TimestampsEnabled RttUs MinRttUs BytesInFlight Cwnd
        SndWnd RcvWnd RcvBuf BytesOut BytesIn BytesReordered BytesRetrans FastRetrans DupAcksIn TimeoutEpisodes
        SynRetrans SndLimTransRwin SndLimTimeRwin SndLimBytesRwin SndLimTransCwnd SndLimTimeCwnd SndLimBytesCwnd
        SndLimTransSnd SndLimTimeSnd SndLimBytesSnd };
    TCP_INITIAL_RTO_PARAMETERS "TCP_INITIAL_RTO_PARAMETERS" { Rtt MaxSynRetransmissions };
    TIMESTAMPING_CONFIG "TIMESTAMPING_CONFIG" { Flags TxTimestampsBuffered };
    TP_CALLBACK_ENVIRON_V3 "TP_CALLBACK_ENVIRON_V3" { Version Pool CleanupGroup CleanupGroupCancelCallback RaceDll
        ActivationContext FinalizationCallback u CallbackPriority Size };
    TRANSMIT_FILE_BUFFERS "TRANSMIT_FILE_BUFFERS" { Head HeadLength Tail TailLength };
    TRANSMIT_PACKETS_ELEMENT "TRANSMIT_PACKETS_ELEMENT" { dwElFlags cLength Anonymous }
        Anonymous.Anonymous.nFileOffset = "nFileOffset" Anonymous.Anonymous.hFile = "hFile"
        Anonymous.pBuffer = "pBuffer";
    TRANSPORT_SETTING_ID "TRANSPORT_SETTING_ID" { Guid };
    WSABUF "WSABUF" { len buf };
    WSADATA "WSADATA" { wVersion wHighVersion iMaxSockets iMaxUdpDg lpVendorInfo szDescription szSystemStatus };
    WSAMSG "WSAMSG" { name namelen lpBuffers dwBufferCount Control dwFlags };
    WSANETWORKEVENTS "WSANETWORKEVENTS" { lNetworkEvents iErrorCode };
    WSAPOLLDATA "WSAPOLLDATA" { result fds timeout fdArray };
    WSAPOLLFD "WSAPOLLFD" { fd events revents };
    WSAPROTOCOLCHAIN "WSAPROTOCOLCHAIN" { ChainLen ChainEntries };
    WSAPROTOCOL_INFOA "WSAPROTOCOL_INFOA" { dwServiceFlags1 dwServiceFlags2 dwServiceFlags3 dwServiceFlags4
        dwProviderFlags ProviderId dwCatalogEntryId ProtocolChain iVersion iAddressFamily iMaxSockAddr iMinSockAddr
        iSocketType iProtocol iProtocolMaxOffset iNetworkByteOrder iSecurityScheme dwMessageSize dwProviderReserved
        szProtocol };
    WSAPROTOCOL_INFOW "WSAPROTOCOL_INFOW" { dwServiceFlags1 dwServiceFlags2 dwServiceFlags3 dwServiceFlags4
        dwProviderFlags ProviderId dwCatalogEntryId ProtocolChain iVersion iAddressFamily iMaxSockAddr iMinSockAddr
        iSocketType iProtocol iProtocolMaxOffset iNetworkByteOrder iSecurityScheme dwMessageSize dwProviderReserved
        szProtocol };
    WSASENDMSG "WSASENDMSG" { lpMsg dwFlags lpNumberOfBytesSent lpOverlapped lpCompletionRoutine };
    netent "struct netent" { n_name n_aliases n_addrtype n_net };
    sockaddr_in6_old "struct sockaddr_in6_old" { sin6_family sin6_port sin6_flowinfo sin6_addr };
    sockproto "struct sockproto" { sp_family sp_protocol };
    tcp_keepalive "struct tcp_keepalive" { onoff keepalivetime keepaliveinterval };
}

unions! {
    INIT_ONCE "RTL_RUN_ONCE" { Ptr };
    SOCKADDR_INET "SOCKADDR_INET" { Ipv4 Ipv6 si_family };
    sockaddr_gen "sockaddr_gen" { Address AddressIn AddressIn6 };
}

/// GUID's fields have other names in windows-sys; large integers are plain integers there.
fn renamed() -> Vec<Layout> {
    let mut guid = Layout::new("GUID", 4, size_of::<GUID>(), align_of::<GUID>());
    guid.field("Data1", offset_of!(GUID, data1), Some(4));
    guid.field("Data2", offset_of!(GUID, data2), Some(2));
    guid.field("Data3", offset_of!(GUID, data3), Some(2));
    guid.field("Data4", offset_of!(GUID, data4), Some(8));
    let mut layouts = vec![guid];
    for name in ["LARGE_INTEGER", "ULARGE_INTEGER"] {
        let mut integer = Layout::new(name, 3, size_of::<i64>(), align_of::<i64>());
        integer.field("QuadPart", 0, Some(8));
        integer.field("LowPart", 0, Some(4));
        integer.field("HighPart", 4, Some(4));
        integer.field("u.LowPart", 0, Some(4));
        integer.field("u.HighPart", 4, Some(4));
        layouts.push(integer);
    }
    layouts
}

fn layouts() -> Vec<Layout> {
    structs().into_iter().chain(unions()).chain(renamed()).collect()
}

#[test]
fn every_layout_is_windows_layout() {
    let layouts = layouts();
    let prints: String = layouts.iter().map(|layout| layout.prints.as_str()).collect();
    let source = format!(
        "{}#include <stddef.h>\n#include <stdio.h>\nint main(void) {{\n{prints}  return 0;\n}}\n",
        includes(&ALL)
    );
    let ours = Compiler::c().run("structs", &["-std=c11"], &source);
    let theirs: String = layouts.iter().map(|layout| layout.expected.as_str()).collect();
    let wrong: Vec<_> = ours.lines().zip(theirs.lines()).filter(|(a, b)| a != b).collect();
    assert!(wrong.is_empty(), "ours and windows-sys's: {wrong:#?}");
    assert_eq!(ours.lines().count(), theirs.lines().count());
}

#[test]
fn every_struct_of_the_headers_is_compared() {
    let compared: BTreeMap<String, usize> =
        layouts().iter().map(|layout| (layout.name.to_owned(), layout.members)).collect();
    let mut declared = BTreeMap::new();
    for text in windows_headers().into_values().filter(|text| !is_alias(text)) {
        declared.extend(definitions(&text));
    }
    for (defined, known) in [("SOCKADDR_STORAGE_LH", "SOCKADDR_STORAGE"), ("SOCKADDR_IN6_LH", "SOCKADDR_IN6")]
    {
        let members = declared.remove(defined).expect("the name of the definition");
        declared.insert(known.to_owned(), members);
    }
    assert_eq!(declared, compared);
}

/// The structs and unions that this header defines at its outermost level, by the first typedef name, or the tag where there
/// is none, with the number of their members: the lines at the first level of indentation.
fn definitions(text: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    for line in text.lines() {
        if let Some((tag, members)) = &mut open {
            if let Some(after) = line.strip_prefix('}') {
                let name = after.trim_end_matches(';').split(',').next().expect("split gives one").trim();
                found.push((if name.is_empty() { tag } else { name }.to_owned(), *members));
                open = None;
            } else if line.strip_prefix("  ").is_some_and(|member| !member.starts_with([' ', '}'])) {
                *members += 1;
            }
            continue;
        }
        let words = line.trim_start_matches("__extension__ ").trim_start_matches("typedef ");
        if line.ends_with('{') && (words.starts_with("struct") || words.starts_with("union")) {
            open = Some((words.trim_end_matches(" {"), 0));
        }
    }
    found
}
