//! What the machine is, and the limits that a server of many connections meets first.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit};
use serde::Serialize;

/// The system's name, which its version follows.
pub(crate) const SYSTEM: &str = "Linux";

/// What only Linux has to tell.
#[derive(Serialize)]
pub(crate) struct Facts {
    io_uring: IoUring,
    descriptors: Limit,
    locked_memory: Limit,
    /// The longest queue of connections that wait for accept.
    somaxconn: Option<u64>,
    ephemeral_ports: Option<Ports>,
}

#[derive(Serialize)]
struct IoUring {
    /// `/proc/sys/kernel/io_uring_disabled`: 0 nobody, 1 all but a group, 2 all.
    disabled: Option<u64>,
    /// Filters of system calls that this process is under, as containers have them.
    seccomp_filters: Option<u64>,
}

/// Of a resource; `None` is no limit.
#[derive(Serialize)]
struct Limit {
    soft: Option<u64>,
    hard: Option<u64>,
}

#[derive(Serialize)]
struct Ports {
    first: u64,
    last: u64,
}

/// The version of the kernel.
pub(crate) fn kernel() -> Option<String> {
    first_line("/proc/sys/kernel/osrelease")
}

impl Facts {
    pub(crate) fn read() -> Facts {
        Facts {
            io_uring: IoUring {
                disabled: number("/proc/sys/kernel/io_uring_disabled"),
                seccomp_filters: seccomp_filters(),
            },
            descriptors: getrlimit(Resource::Nofile).into(),
            locked_memory: getrlimit(Resource::Memlock).into(),
            somaxconn: number("/proc/sys/net/core/somaxconn"),
            ephemeral_ports: Ports::read(),
        }
    }

    /// Names and values, for people.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let queue = self.somaxconn.map(|longest| format!("at most {longest} (somaxconn)"));
        let ports = self.ephemeral_ports.as_ref().map(|Ports { first, last }| {
            format!("{first} to {last}: {} connections to one address", (last + 1).saturating_sub(*first))
        });
        vec![
            ("io_uring", self.io_uring.text()),
            ("descriptors", self.descriptors.text(|number| number.to_string())),
            ("locked memory", self.locked_memory.text(|bytes| format!("{} KiB", bytes / 1024))),
            ("accept queue", known(queue)),
            ("ephemeral ports", known(ports)),
        ]
    }
}

impl IoUring {
    fn text(&self) -> String {
        let kernel = match self.disabled {
            None => "the kernel does not say whether it is allowed",
            Some(0) => "allowed by the kernel",
            Some(1) => "switched off by the kernel but for a group (io_uring_disabled is 1)",
            Some(_) => "switched off by the kernel (io_uring_disabled is 2)",
        };
        match self.seccomp_filters {
            None | Some(0) => kernel.to_owned(),
            Some(filters) => {
                format!("{kernel}; {filters} seccomp filter(s) may refuse it, as those of containers do")
            }
        }
    }
}

impl From<Rlimit> for Limit {
    fn from(limit: Rlimit) -> Limit {
        Limit { soft: limit.current, hard: limit.maximum }
    }
}

impl Limit {
    fn text(&self, number: impl Fn(u64) -> String) -> String {
        let one = |limit: Option<u64>| limit.map_or_else(|| "unlimited".to_owned(), &number);
        format!("{} (hard limit {})", one(self.soft), one(self.hard))
    }
}

impl Ports {
    fn read() -> Option<Ports> {
        let line = first_line("/proc/sys/net/ipv4/ip_local_port_range")?;
        let (first, last) = line.split_once(char::is_whitespace)?;
        Some(Ports { first: first.parse().ok()?, last: last.trim().parse().ok()? })
    }
}

fn seccomp_filters() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Seccomp_filters:"))?.trim().parse().ok()
}

/// The first line of a file of the system, if there is one.
pub(crate) fn first_line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.lines().next()?.to_owned())
}

fn number(path: &str) -> Option<u64> {
    first_line(path)?.trim().parse().ok()
}

fn known(value: Option<String>) -> String {
    value.unwrap_or_else(|| "the system does not say".to_owned())
}
