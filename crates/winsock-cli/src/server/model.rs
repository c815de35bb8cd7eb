//! The models: how a server waits for its clients, and what goes with each.

use std::thread;

use super::{
    Serve, async_select, basic, event_select, iocp, iocp_acceptex, overlapped, poll, routine, select,
    select_nonblocking, threads,
};
use crate::error::Failure;

/// How a server waits for its clients.
#[derive(clap::ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Model {
    /// One client, then the end: the server of Microsoft's guide
    Basic,
    /// A thread per client, blocking calls
    Threads,
    /// One thread, select before each blocking call
    Select,
    /// One thread, non-blocking calls, select when they would block
    SelectNonblocking,
    /// One thread, messages of network events to a window; at most 3,333 clients at once
    AsyncSelect,
    /// One thread, network events of groups of clients
    EventSelect,
    /// One thread, WSAPoll
    Poll,
    /// One thread, events of overlapped operations, AcceptEx among them; at most 62 clients at once
    Overlapped,
    /// One thread, completion routines in alertable waits, and one that accepts
    Routine,
    /// Some threads on a completion port, and one that accepts
    Iocp,
    /// Some threads on a completion port, where connections come too, with their first data (AcceptEx)
    IocpAcceptex,
}

impl Model {
    /// What servers for Windows that are to serve many clients look like.
    pub(crate) const DEFAULT: Model = Model::IocpAcceptex;

    pub(super) fn serve(self) -> Serve {
        match self {
            Model::Basic => basic::serve,
            Model::Threads => threads::serve,
            Model::Select => select::serve,
            Model::SelectNonblocking => select_nonblocking::serve,
            Model::AsyncSelect => async_select::serve,
            Model::EventSelect => event_select::serve,
            Model::Poll => poll::serve,
            Model::Overlapped => overlapped::serve,
            Model::Routine => routine::serve,
            Model::Iocp => iocp::serve,
            Model::IocpAcceptex => iocp_acceptex::serve,
        }
    }

    /// How many clients it serves at once, before the limits that the user sets.
    pub(crate) fn capacity(self) -> usize {
        match self {
            Model::Basic => 1,
            Model::AsyncSelect => 3_333,
            Model::Overlapped => 62,
            Model::Threads
            | Model::Select
            | Model::SelectNonblocking
            | Model::EventSelect
            | Model::Poll
            | Model::Routine
            | Model::Iocp
            | Model::IocpAcceptex => usize::MAX,
        }
    }

    /// Whether it has overlapped operations, which an engine runs.
    pub(crate) fn has_overlapped_operations(self) -> bool {
        match self {
            Model::Overlapped | Model::Routine | Model::Iocp | Model::IocpAcceptex => true,
            Model::Basic
            | Model::Threads
            | Model::Select
            | Model::SelectNonblocking
            | Model::AsyncSelect
            | Model::EventSelect
            | Model::Poll => false,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Model::Basic => "basic",
            Model::Threads => "threads",
            Model::Select => "select",
            Model::SelectNonblocking => "select-nonblocking",
            Model::AsyncSelect => "async-select",
            Model::EventSelect => "event-select",
            Model::Poll => "poll",
            Model::Overlapped => "overlapped",
            Model::Routine => "routine",
            Model::Iocp => "iocp",
            Model::IocpAcceptex => "iocp-acceptex",
        }
    }
}

/// The threads of the models that have some.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Workers {
    /// Threads on the completion port [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    workers: Option<u16>,
}

impl Workers {
    /// How many the model is to have.
    pub(crate) fn count(self, model: Model) -> Result<usize, Failure> {
        match (self.workers, model) {
            (
                Some(_),
                Model::Basic
                | Model::Threads
                | Model::Select
                | Model::SelectNonblocking
                | Model::AsyncSelect
                | Model::EventSelect
                | Model::Poll
                | Model::Overlapped
                | Model::Routine,
            ) => Err(Failure::Usage(format!("the model {} has no --workers", model.name()))),
            (Some(workers), Model::Iocp | Model::IocpAcceptex) => Ok(workers.into()),
            (None, _) => Ok(thread::available_parallelism().map_or(1, usize::from)),
        }
    }
}
