//! One-time initialization. All of it lies in the program's own `INIT_ONCE`: a context whose two low bits say how far
//! the initialization is.

use super::blocking::Pause;
use super::sys::futex;
use crate::error::Error;
use crate::win32::INIT_ONCE;
use std::mem::{align_of, size_of};
use std::sync::atomic::{AtomicU64, Ordering::*};

/// An `INIT_ONCE`.
#[repr(transparent)]
pub(crate) struct InitOnce(AtomicU64);

const _: () = assert!(
    size_of::<InitOnce>() == size_of::<INIT_ONCE>() && align_of::<InitOnce>() == align_of::<INIT_ONCE>()
);

/// The low bits.
const STATE: u64 = 3;
const NOT_BEGUN: u64 = 0;
/// One thread initializes; the others wait for it.
const UNDER_WAY: u64 = 1;
const DONE: u64 = 2;
/// Any number of threads initialize; the first that is done wins.
const RACED: u64 = 3;

/// What a thread that comes by is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Begin {
    /// Initialize, and say so by [`InitOnce::complete`].
    Initialize,
    /// Nothing: here is the context.
    Done(u64),
}

impl InitOnce {
    pub(crate) const fn new() -> InitOnce {
        InitOnce(AtomicU64::new(NOT_BEGUN))
    }

    /// The context, if the initialization is done.
    pub(crate) fn context(&self) -> Option<u64> {
        let now = self.0.load(Acquire);
        (now & STATE == DONE).then_some(now & !STATE)
    }

    /// Begins, or waits for whoever has begun.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` if threads race for it already.
    pub(crate) fn begin(&self) -> Result<Begin, Error> {
        loop {
            let now = self.0.load(Acquire);
            match now & STATE {
                NOT_BEGUN => {
                    if self.0.compare_exchange(now, UNDER_WAY, Acquire, Relaxed).is_ok() {
                        return Ok(Begin::Initialize);
                    }
                }
                UNDER_WAY => {
                    let _pause = Pause::begin();
                    futex::wait_low_half(&self.0, now);
                }
                DONE => return Ok(Begin::Done(now & !STATE)),
                _raced => return Err(Error::WSA_INVALID_PARAMETER),
            }
        }
    }

    /// Begins, whoever else has.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` if one thread alone does already.
    pub(crate) fn begin_racing(&self) -> Result<Begin, Error> {
        let now = match self.0.compare_exchange(NOT_BEGUN, RACED, AcqRel, Acquire) {
            Ok(_) => RACED,
            Err(now) => now,
        };
        match now & STATE {
            DONE => Ok(Begin::Done(now & !STATE)),
            RACED => Ok(Begin::Initialize),
            _other => Err(Error::WSA_INVALID_PARAMETER),
        }
    }

    /// The thread that initializes is done, or, without a context, has failed: then the next one begins.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` if no thread alone initializes.
    pub(crate) fn complete(&self, context: Option<u64>) -> Result<(), Error> {
        let next = context.map_or(NOT_BEGUN, |context| context | DONE);
        let replaced = self.0.compare_exchange(UNDER_WAY, next, AcqRel, Relaxed);
        replaced.map_err(|_| Error::WSA_INVALID_PARAMETER)?;
        futex::wake_all(self.0.as_ptr().addr());
        Ok(())
    }

    /// A thread that races is done.
    ///
    /// # Errors
    /// `ERROR_GEN_FAILURE` if another was first; `ERROR_INVALID_PARAMETER` if no threads race.
    pub(crate) fn complete_racing(&self, context: u64) -> Result<(), Error> {
        match self.0.compare_exchange(RACED, context | DONE, AcqRel, Relaxed) {
            Ok(_) => Ok(()),
            Err(now) if now & STATE == DONE => Err(Error::ERROR_GEN_FAILURE),
            Err(_) => Err(Error::WSA_INVALID_PARAMETER),
        }
    }
}
