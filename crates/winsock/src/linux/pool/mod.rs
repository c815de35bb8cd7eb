//! Thread pools: threads that take callbacks from a completion port of the library's own, and how many there are.
//!
//! A pool begins a thread when there is work and nobody idle, up to one for each processor. Beyond that it begins one only
//! when nothing has been taken for a while: the callbacks then compute for long, or block where nobody sees it. What the
//! callbacks are is `member.rs`'s.

pub(crate) mod instance;
pub(crate) mod member;

use super::clock;
use super::port::{Packet, Port};
use super::table::{MAX_CHUNKS, Table};
use crate::error::Error;
use member::Group;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Threads of a pool, unless the program says otherwise: Windows' number.
const MAXIMUM: u32 = 500;
/// How long work may lie without any being taken before another thread begins.
const STALL: Duration = Duration::from_millis(10);

/// A pool. Its threads end with it.
pub(crate) struct Pool(Arc<Shared>);

/// What the threads of a pool share.
struct Shared {
    port: Arc<Port>,
    crew: Mutex<Crew>,
}

/// The threads of a pool, and their work.
struct Crew {
    threads: u32,
    idle: u32,
    maximum: u32,
    /// Callbacks that were posted and not taken.
    queued: u32,
    /// Objects whose callbacks come from the engine of the port, unseen.
    ios: u32,
    taken: u64,
    /// An appointment is made to look for a stall.
    watched: bool,
}

impl Crew {
    fn lacks_threads(&self) -> bool {
        self.idle == 0 && self.threads < self.maximum && (self.queued != 0 || self.ios != 0)
    }
}

impl Pool {
    pub(crate) fn new() -> Pool {
        let crew =
            Crew { threads: 0, idle: 0, maximum: MAXIMUM, queued: 0, ios: 0, taken: 0, watched: false };
        // The pool itself sees to how many run.
        let port = Arc::new(Port::new(u32::MAX));
        Pool(Arc::new(Shared { port, crew: Mutex::new(crew) }))
    }

    /// The pool of the process.
    pub(crate) fn of_process() -> Arc<Pool> {
        static DEFAULT: Mutex<Option<Arc<Pool>>> = Mutex::new(None);
        let mut default = DEFAULT.lock().unwrap_or_else(PoisonError::into_inner);
        match &*default {
            Some(pool) if !pool.0.port.is_inherited() => pool.clone(),
            Some(_) | None => default.insert(Arc::new(Pool::new())).clone(),
        }
    }

    /// Where the outcomes of an object's operations go.
    pub(crate) fn port(&self) -> &Arc<Port> {
        &self.0.port
    }

    /// Posts a callback.
    pub(crate) fn post(&self, packet: Packet) {
        self.0.lock().queued += 1;
        self.0.port.post(packet);
        self.0.enlarge();
    }

    /// An object comes whose callbacks the engine posts, or one goes.
    pub(crate) fn count_io(&self, comes: bool) {
        let mut crew = self.0.lock();
        if comes {
            crew.ios += 1;
        } else {
            crew.ios -= 1;
        }
        drop(crew);
        self.0.enlarge();
    }

    /// `CallbackMayRunLong`: sees to another thread. Answers whether there is one.
    pub(crate) fn make_room(&self) -> bool {
        let crew = self.0.lock();
        crew.idle != 0 || (crew.threads < crew.maximum && self.0.begin_thread(crew).is_ok())
    }

    /// `SetThreadpoolThreadMaximum`; threads that are too many stay.
    pub(crate) fn set_maximum(&self, maximum: u32) {
        self.0.lock().maximum = maximum.max(1);
        self.0.enlarge();
    }

    /// `SetThreadpoolThreadMinimum`: there are at least so many threads from now on.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`.
    pub(crate) fn set_minimum(&self, minimum: u32) -> Result<(), Error> {
        loop {
            let mut crew = self.0.lock();
            if crew.threads >= minimum {
                return Ok(());
            }
            crew.maximum = crew.maximum.max(minimum);
            self.0.begin_thread(crew)?;
        }
    }
}

/// The pools that programs have made.
pub(crate) static POOLS: Table<Arc<Pool>, MAX_CHUNKS> = Table::new();
/// The cleanup groups that programs have made.
pub(crate) static GROUPS: Table<Arc<Group>, MAX_CHUNKS> = Table::new();

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.port.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Crew> {
        self.crew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a thread, now or after a stall, if there are too few.
    fn enlarge(self: &Arc<Shared>) {
        let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
        let mut crew = self.lock();
        if !crew.lacks_threads() {
            return;
        }
        if crew.threads < processors {
            // Without it those that there are do the work.
            let _ = self.begin_thread(crew);
        } else if !crew.watched {
            crew.watched = true;
            let taken = crew.taken;
            drop(crew);
            self.look_for_stall(taken);
        }
    }

    fn look_for_stall(self: &Arc<Shared>, taken: u64) {
        let shared = Arc::downgrade(self);
        let look = move || {
            let Some(shared) = shared.upgrade() else { return };
            let mut crew = shared.lock();
            crew.watched = false;
            if crew.lacks_threads() && crew.taken == taken {
                let _ = shared.begin_thread(crew);
            } else {
                drop(crew);
            }
            shared.enlarge();
        };
        if clock::at(Instant::now() + STALL, look).is_err() {
            self.lock().watched = false;
        }
    }

    fn begin_thread(self: &Arc<Shared>, mut crew: MutexGuard<'_, Crew>) -> Result<(), Error> {
        crew.threads += 1;
        crew.idle += 1;
        drop(crew);
        let shared = self.clone();
        let body = move || {
            // What is caught is a callback's that ends its thread.
            let _ = catch_unwind(AssertUnwindSafe(|| shared.work()));
            shared.lock().threads -= 1;
            shared.enlarge();
        };
        std::thread::Builder::new().name("winsock-pool".into()).spawn(body).map(drop).map_err(|_| {
            let mut crew = self.lock();
            crew.threads -= 1;
            crew.idle -= 1;
            Error::WSA_NOT_ENOUGH_MEMORY
        })
    }

    fn work(self: &Arc<Shared>) {
        loop {
            let mut packets = Vec::with_capacity(1);
            let taken = self.port.take(&mut packets, 1, None);
            let mut crew = self.lock();
            crew.idle -= 1;
            crew.taken += 1;
            if taken.is_err() {
                return;
            }
            let is_posted = |packet: &&Packet| packet.overlapped == 0;
            crew.queued -= packets.iter().filter(is_posted).count() as u32;
            drop(crew);
            self.enlarge();
            packets.into_iter().for_each(member::run);
            self.lock().idle += 1;
        }
    }
}
