//! Operations whose ends are told by completion routines: the scope that keeps their loans and what the routines borrow.
#![allow(unsafe_code, reason = "routines outlive their type's lifetime, and come back as addresses")]

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::mem;
use std::panic::{self, AssertUnwindSafe};

use super::{Bytes, Loan, Place, Request, Returned, start};
use crate::outcome::NotStarted;
use crate::raw::object;
use crate::win32::{OVERLAPPED, SOCKET};

/// What runs at the end of an operation.
pub(crate) type Routine<'scope> = Box<dyn FnOnce(Returned<()>) + 'scope>;

/// The operations of one scope whose ends are told by routines, in its thread.
///
/// [`scope`] makes it, keeps it in its place, and returns when no operation is left: so `hEvent`, which is the program's
/// own beside a routine, can name it, and routines may borrow what lives for `'scope`.
pub(crate) struct Waiting<'scope, 'env: 'scope> {
    /// `'scope` in truth.
    loans: RefCell<HashMap<usize, Loan<Routine<'static>>>>,
    open: Cell<bool>,
    panic: Cell<Option<Box<dyn Any + Send>>>,
    scope: PhantomData<Cell<&'scope ()>>,
    env: PhantomData<Cell<&'env ()>>,
}

/// Runs `body` with a place for routines, and at its end, however it ends, cancels what is under way and waits until
/// every routine has run. A panic of either goes on after that.
pub(crate) fn scope<'env, R>(body: impl for<'scope> FnOnce(&'scope Waiting<'scope, 'env>) -> R) -> R {
    let waiting = Waiting {
        loans: RefCell::default(),
        open: Cell::new(true),
        panic: Cell::new(None),
        scope: PhantomData,
        env: PhantomData,
    };
    let result = panic::catch_unwind(AssertUnwindSafe(|| body(&waiting)));
    waiting.open.set(false);
    while waiting.under_way() > 0 {
        // Not under the borrow: an operation that ends may be told at once.
        let addresses: Vec<(SOCKET, usize)> =
            waiting.loans.borrow().values().map(|loan| (loan.socket(), loan.address())).collect();
        for (socket, address) in addresses {
            let _ = object::cancel(socket, Some(address));
        }
        object::sleep_alertable(None);
    }
    match result {
        Ok(result) => {
            waiting.go_on_panicking();
            result
        }
        Err(panic) => panic::resume_unwind(panic),
    }
}

impl<'scope> Waiting<'scope, '_> {
    /// Starts an operation whose end `routine` tells.
    ///
    /// # Errors
    /// As [`start`]; `WSA_OPERATION_ABORTED` when the scope is at its end.
    pub(crate) fn start(
        &self,
        mut request: Request<'_>,
        buffer: Vec<u8>,
        routine: Routine<'scope>,
    ) -> Result<(), NotStarted<()>> {
        if !self.open.get() {
            return Err(NotStarted::too_late(buffer, ()));
        }
        request.event = std::ptr::from_ref(self).expose_provenance();
        request.routine = Some(ended);
        // SAFETY: only the lifetime changes. `scope` does not return before the routine has run or has been dropped,
        // and `'scope`, which the caller of `scope` cannot choose, lasts until then.
        let routine = unsafe { mem::transmute::<Routine<'scope>, Routine<'static>>(routine) };
        start(self, request, Bytes::Own(buffer), routine).map_err(|refused| NotStarted {
            error: refused.error,
            buffer: refused.buffer,
            data: (),
        })
    }

    /// How many operations are under way.
    pub(crate) fn under_way(&self) -> usize {
        self.loans.borrow().len()
    }

    /// Lets the panic of a routine go on, if there was one.
    pub(crate) fn go_on_panicking(&self) {
        if let Some(panic) = self.panic.take() {
            panic::resume_unwind(panic);
        }
    }

    fn end_of(&self, address: usize) {
        let Some(Ok(returned)) = self.take(address).map(Loan::take_back) else { return };
        let (returned, routine) = returned.replace(());
        let run = || routine(returned);
        if let Err(panic) = panic::catch_unwind(AssertUnwindSafe(run)) {
            self.panic.set(Some(panic));
        }
    }
}

impl Place<Routine<'static>> for Waiting<'_, '_> {
    fn put(&self, loan: Loan<Routine<'static>>) {
        self.loans.borrow_mut().insert(loan.address(), loan);
    }

    fn take(&self, address: usize) -> Option<Loan<Routine<'static>>> {
        self.loans.borrow_mut().remove(&address)
    }
}

/// The completion routine of every operation of a [`Waiting`].
unsafe extern "system" fn ended(_error: u32, _bytes: u32, overlapped: *mut OVERLAPPED, _flags: u32) {
    // SAFETY: an `OVERLAPPED` of ours: its loan is still in its place, for only this function takes it out.
    let event = unsafe { (*overlapped).hEvent };
    let waiting: *const Waiting<'_, '_> = std::ptr::with_exposed_provenance(event.addr());
    // SAFETY: `start` has put it there; `scope` keeps it until no operation is left, in this thread, which is the one
    // that Winsock runs routines in.
    let waiting = unsafe { &*waiting };
    waiting.end_of(overlapped.addr());
}
