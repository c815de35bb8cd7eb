//! The headers beside the system's own, in any order, in C and C++, without a warning.
//!
//! Every order is followed by the same probe: a file that includes winsock2.h anywhere means Winsock by every name, whatever
//! libc's headers said before or say after.

use std::collections::BTreeMap;

use crate::support::{ALL, Compiler, include_dir, includes, is_alias, windows_headers};

/// libc's headers that meet ours: those that ordinary programs include, then those about sockets.
const SYSTEM: [&str; 22] = [
    "stdlib.h",
    "stdio.h",
    "string.h",
    "errno.h",
    "time.h",
    "signal.h",
    "pthread.h",
    "unistd.h",
    "sys/types.h",
    "sys/time.h",
    "sys/select.h",
    "sys/socket.h",
    "sys/un.h",
    "sys/ioctl.h",
    "netinet/in.h",
    "netinet/tcp.h",
    "netinet/ip.h",
    "arpa/inet.h",
    "netdb.h",
    "poll.h",
    "net/if.h",
    "ifaddrs.h",
];

const STANDARD_CXX: [&str; 6] = ["string", "iostream", "functional", "thread", "memory", "filesystem"];

/// Uses every name that libc has too, in the sense of Winsock, and everything that a basic program takes from windows.h.
const PROBE: &str = r#"
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <mswsock.h>
#include <afunix.h>
#include <windows.h>

int probe(void);
int probe(void) {
  typedef char windows_values[AF_INET6 == 23 && SOL_SOCKET == 0xffff && SO_ERROR == 0x1007 && POLLIN == 0x300 &&
      FIONBIO == 0x8004667E && IFF_MULTICAST == 0x10 && TCP_KEEPIDLE == 3 && IP_TTL == 4 && MSG_WAITALL == 8 &&
      AI_NUMERICHOST == 4 && NI_NAMEREQD == 4 && EAI_NONAME == 11001 && FD_SETSIZE == 64 && NO_DATA == 11004 &&
      IOC_OUT == 0x40000000 && IPV6_V6ONLY == 27 && SOMAXCONN == 0x7fffffff ? 1 : -1];
  typedef char windows_layouts[sizeof(fd_set) == 8 + 64 * 8 && sizeof(u_long) == 4 && sizeof(struct pollfd) == 16 &&
      sizeof(struct hostent) == 32 && sizeof(struct linger) == 4 && sizeof(struct addrinfo) == 48 &&
      sizeof(struct sockaddr_un) == 110 && sizeof(struct in6_addr) == 16 ? 1 : -1];
  SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), peer;
  struct sockaddr_in address;
  struct sockaddr_in6 address6;
  struct sockaddr_storage any;
  struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
  struct addrinfo hints, *found = NULL;
  struct hostent *host = gethostbyname("localhost");
  struct servent *service = getservbyname("echo", NULL);
  struct protoent *protocol = getprotobyname("tcp");
  struct timeval time = {1, 0};
  struct pollfd entry;
  struct linger linger = {1, 0};
  socklen_t length = sizeof any;
  int *also_length = &length;
  u_long mode = 1;
  unsigned int *also_mode = &mode;
  fd_set set;
  char text[64];
  WSADATA data;

  if (WSAStartup(MAKEWORD(2, 2), &data) != NO_ERROR || s == INVALID_SOCKET) return WSAGetLastError();
  FD_ZERO(&set);
  FD_SET(s, &set);
  if (select(0, &set, NULL, NULL, &time) == SOCKET_ERROR || !FD_ISSET(s, &set)) return 1;
  FD_CLR(s, &set);
  if (select(0, NULL, NULL, NULL, &time) == 0) return 1;
  ZeroMemory(&address, sizeof address);
  ZeroMemory(&hints, sizeof hints);
  address.sin_family = AF_INET;
  address.sin_port = htons(27015);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_addr.S_un.S_addr = inet_addr("127.0.0.1");
  IN6ADDR_SETLOOPBACK(&address6);
  if (!IN6_ADDR_EQUAL(&address6.sin6_addr, &loopback) || !IN6_IS_ADDR_LOOPBACK(&in6addr_loopback)) return 1;
  if (bind(s, (struct sockaddr *)&address, sizeof address) || listen(s, SOMAXCONN)) return 1;
  if (connect(s, (struct sockaddr *)&address6, (int)sizeof address6)) return 1;
  peer = accept(s, (struct sockaddr *)&any, &length);
  if (send(peer, text, sizeof text, 0) != recv(peer, text, sizeof text, MSG_PEEK)) return 1;
  if (getsockname(s, (SOCKADDR *)&any, also_length) || getpeername(s, (SOCKADDR *)&any, &length)) return 1;
  if (setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger)) return 1;
  if (ioctlsocket(s, FIONBIO, also_mode) || gethostname(text, sizeof text)) return 1;
  entry.fd = s;
  entry.events = POLLRDNORM;
  if (WSAPoll(&entry, 1, 1000)) return 1;
  if (getaddrinfo("localhost", "echo", &hints, &found) == EAI_AGAIN) return 1;
  freeaddrinfo(found);
  if (inet_pton(AF_INET6, "::1", &loopback) != 1 || !inet_ntop(AF_INET6, &loopback, text, sizeof text)) return 1;
  __try {
    if (shutdown(peer, SD_SEND)) __leave;
  }
  __finally {
    closesocket(peer);
  }
  SetLastError(ERROR_SUCCESS);
  return closesocket(s) + (int)sizeof(windows_values) + (int)sizeof(windows_layouts) + host->h_length +
         service->s_port + protocol->p_proto + h_errno + (int)GetLastError();
}
"#;

/// For C++: what must keep its meaning there.
const PROBE_CXX: &str = r#"
#include <functional>
#include <string>
int probe_cxx();
int probe_cxx() {
  auto bound = std::bind([](int a, int b) { return std::min(a, b) + std::max(a, b); }, 1, std::placeholders::_1);
  auto typed = std::bind<long>([](int a) { return a; }, 1);
  unsigned long mode = 1;
  const long least = min(3, 4L) + max(INADDR_ANY, 2u) + min(std::string("a"), std::string("b")).size();
  return least + ioctlsocket(INVALID_SOCKET, FIONBIO, &mode) + bound(2) + static_cast<int>(typed());
}
"#;

/// One source for each order of the headers, with the probe behind it.
fn sources(probe: &str, orders: &[Vec<&str>]) -> Vec<(String, String)> {
    let named = orders.iter().enumerate();
    named.map(|(number, headers)| (format!("order-{number}"), includes(headers) + probe)).collect()
}

/// Each system header before Winsock's, and after.
fn pairs<'a>(system: &[&'a str]) -> Vec<Vec<&'a str>> {
    system.iter().flat_map(|header| [vec![*header, "winsock2.h"], vec!["winsock2.h", header]]).collect()
}

/// All system headers in a row, forwards and backwards, before Winsock's and after.
fn rows<'a>(system: &[&'a str]) -> Vec<Vec<&'a str>> {
    let backwards: Vec<&str> = system.iter().rev().copied().collect();
    vec![
        [system, &ALL].concat(),
        [&backwards[..], &ALL].concat(),
        [&ALL[..], system].concat(),
        [&["windows.h"], &backwards[..]].concat(),
    ]
}

fn check(compiler: &Compiler, options: &[&str], probe: &str, orders: &[Vec<&str>]) {
    let directory = format!("orders{}", options.concat());
    compiler.check(&directory, options, &sources(probe, orders));
}

#[test]
fn c_in_any_order() {
    check(&Compiler::c(), &["-std=c11"], PROBE, &pairs(&SYSTEM));
    for standard in ["-std=c11", "-std=gnu99", "-std=gnu11", "-std=c17", "-std=gnu17"] {
        check(&Compiler::c(), &[standard], PROBE, &rows(&SYSTEM));
    }
}

#[test]
fn cxx_in_any_order() {
    check(&Compiler::cxx(), &["-std=c++17"], PROBE, &pairs(&SYSTEM[7..]));
}

#[test]
fn cxx_beside_the_standard_library() {
    let probe = PROBE.to_owned() + PROBE_CXX;
    let all = [&SYSTEM[..], &STANDARD_CXX].concat();
    check(&Compiler::cxx(), &["-std=c++17"], &probe, &pairs(&STANDARD_CXX));
    check(&Compiler::cxx(), &["-std=c++20", "-D_WIN32", "-D_WIN64"], &probe, &rows(&all));
}

#[test]
fn clang_in_any_order() {
    let Some((c, cxx)) = Compiler::clang() else {
        eprintln!("skipped: clang is not installed");
        return;
    };
    check(&c, &["-std=c11"], PROBE, &pairs(&SYSTEM[7..]));
    let probe = PROBE.to_owned() + PROBE_CXX;
    check(&cxx, &["-std=c++17"], &probe, &rows(&[&SYSTEM[..], &STANDARD_CXX].concat()));
}

/// Each header of ours compiles as the only one of its file, under every spelling, in C and in C++.
#[test]
fn every_header_alone() {
    let alone: Vec<(String, String)> = windows_headers()
        .keys()
        .map(|name| {
            // Ending a packing takes one that began.
            let before = if name == "poppack.h" { "#include <pshpack1.h>\n" } else { "" };
            (format!("alone-{name}"), format!("{before}#include <{name}>\nextern int unused;\n"))
        })
        .collect();
    Compiler::c().check("alone", &["-std=c11"], &alone);
    Compiler::cxx().check("alone", &["-std=c++17"], &alone);
}

/// Other spellings lead to the header of the same name.
#[test]
fn every_alias_leads_to_its_header() {
    let headers = windows_headers();
    let (aliases, real): (BTreeMap<_, _>, BTreeMap<_, _>) =
        headers.iter().partition(|(_, text)| is_alias(text));
    for (name, text) in aliases {
        let lower = name.to_lowercase();
        assert_eq!(*text, format!("#include <{lower}>\n"), "{name}");
        assert!(real.contains_key(&lower), "{name} leads nowhere");
    }
    for needed in [
        "WinSock2.h",
        "Winsock2.h",
        "WS2tcpip.h",
        "Ws2tcpip.h",
        "WSPiApi.h",
        "MSWSock.h",
        "Mswsock.h",
        "Windows.h",
    ] {
        assert!(include_dir().join(needed).exists(), "{needed}");
    }
}

/// The size of a program's sets is its own choice, made before or after the C library's headers, or on the command line.
#[test]
fn fd_setsize_is_the_programs() {
    let size = "\ntypedef char size[sizeof(fd_set) == 8 + 4096 * 8 ? 1 : -1];\nextern size *unused;\n";
    let define = "#define FD_SETSIZE 4096\n";
    let redefine = "#undef FD_SETSIZE\n#define FD_SETSIZE 4096\n";
    let source = |name: &str, text: &str| (name.to_owned(), format!("{text}#include <winsock2.h>{size}"));
    let sources = [
        source("first", define),
        source("before", &format!("{define}#include <stdlib.h>\n#include <sys/select.h>\n")),
        source("after", &format!("#include <stdlib.h>\n#include <sys/select.h>\n{redefine}")),
    ];
    let line = [source("line", "#include <stdlib.h>\n")];
    for (compiler, standard) in [(Compiler::c(), "-std=gnu11"), (Compiler::cxx(), "-std=gnu++17")] {
        compiler.check("fd-setsize", &[standard], &sources);
        compiler.check("fd-setsize", &[standard, "-DFD_SETSIZE=4096"], &line);
    }
}
