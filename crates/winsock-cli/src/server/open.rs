//! The connections that are open in models where other threads serve them: what the end of the server, and the search
//! for idle ones, need.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use winsock::{Shutdown, Socket};

use super::DRAIN;

/// Connections, or what has their sockets, by number.
pub(super) struct Open<C> {
    list: Mutex<List<C>>,
    one_ended: Condvar,
}

struct List<C> {
    begun: u64,
    open: HashMap<u64, Arc<C>>,
}

impl<C: Borrow<Socket>> Open<C> {
    pub(super) fn new() -> Open<C> {
        Open { list: Mutex::new(List { begun: 0, open: HashMap::new() }), one_ended: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, List<C>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection, which is made from its number.
    pub(super) fn begin(&self, make: impl FnOnce(u64) -> C) -> (u64, Arc<C>) {
        let mut list = self.lock();
        list.begun += 1;
        let number = list.begun;
        let connection = Arc::new(make(number));
        list.open.insert(number, Arc::clone(&connection));
        (number, connection)
    }

    pub(super) fn end(&self, number: u64) {
        self.lock().open.remove(&number);
        self.one_ended.notify_all();
    }

    /// All of this moment.
    pub(super) fn all(&self) -> Vec<Arc<C>> {
        self.lock().open.values().cloned().collect()
    }

    /// Ends all: first their receiving, so that each delivers what it has; those that cannot, after [`DRAIN`]. Calls
    /// `cut` for those.
    pub(super) fn end_all(&self, cut: impl Fn(&C)) {
        for connection in self.all() {
            let _ = (*connection).borrow().shutdown(Shutdown::Receive);
        }
        let list = self.lock();
        let drained = self.one_ended.wait_timeout_while(list, DRAIN, |list| !list.open.is_empty());
        drop(drained.unwrap_or_else(PoisonError::into_inner));
        for connection in self.all() {
            cut(&connection);
        }
    }
}
