//! The sample programs in C and C++, each built once when it is first asked for, and the examples in Rust of the same
//! names, where cargo has built them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::build::Way;
use crate::running::{Running, example, server_of};

/// Whose programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Maker {
    C,
    Rust,
}

const SOURCES: [(&str, &str); 12] = [
    ("guide_server", "server.c"),
    ("guide_client", "client.c"),
    ("iocpserver", "samples/iocpserver.cpp"),
    ("iocpserverex", "samples/iocpserverex.cpp"),
    ("iocpclient", "samples/iocpclient.cpp"),
    ("overlap", "samples/overlap.c"),
    ("poll", "samples/poll.cpp"),
    ("simples", "samples/simples.cpp"),
    ("simples_ioctl", "samples/simples_ioctl.cpp"),
    ("simplec", "samples/simplec.cpp"),
    ("accept_server", "samples/accept_server"),
    ("accept_client", "samples/accept_client.cpp"),
];

impl Maker {
    pub(crate) fn program(self, name: &str) -> PathBuf {
        static BUILT: Mutex<BTreeMap<&str, PathBuf>> = Mutex::new(BTreeMap::new());
        match self {
            Maker::Rust => example(name),
            Maker::C => {
                let (name, source) = SOURCES.iter().find(|(known, _)| *known == name).expect("a sample");
                let mut built = BUILT.lock().expect("the sample builds");
                built.entry(name).or_insert_with(|| Way::Wrapper.build(name, &[source])).clone()
            }
        }
    }

    #[track_caller]
    pub(crate) fn start(self, name: &str, engine: &str, arguments: &[&str]) -> Running {
        Running::of(&self.program(name), engine, arguments)
    }

    /// The program from its start to its good end: its lines.
    #[track_caller]
    pub(crate) fn run(self, name: &str, engine: &str, arguments: &[&str]) -> Vec<String> {
        let (lines, code) = self.start(name, engine, arguments).end();
        assert_eq!(code, Some(0), "{self:?} {name} {arguments:?}: {lines:#?}");
        lines
    }

    /// A server on a free port, and the port.
    #[track_caller]
    pub(crate) fn serve(self, name: &str, engine: &str, arguments: &[&str], says: &str) -> (Running, String) {
        server_of(&self.program(name), engine, arguments, says)
    }
}

/// Who has made all of these programs. Rust's are examples of the library: `cargo test --workspace` builds them.
pub(crate) fn makers(names: &[&str]) -> Vec<Maker> {
    let examples: Vec<PathBuf> = names.iter().map(|name| example(name)).collect();
    if examples.iter().all(|file| Path::exists(file)) {
        vec![Maker::C, Maker::Rust]
    } else {
        eprintln!("not tried, for cargo has not built them: examples {names:?}");
        vec![Maker::C]
    }
}

/// Every pair of makers, of the server and of the client.
pub(crate) fn pairs(server: &str, client: &str) -> Vec<(Maker, Maker)> {
    let (servers, clients) = (makers(&[server]), makers(&[client]));
    servers.iter().flat_map(|&server| clients.iter().map(move |&client| (server, client))).collect()
}
