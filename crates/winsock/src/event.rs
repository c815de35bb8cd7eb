//! Events, and waiting for them and for whatever else a wait takes.

use std::time::Duration;

use crate::raw::object::{self, Handle};
use crate::win32::HANDLE;
use crate::{Error, startup};

/// How an [`Event`] loses its signal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reset {
    /// It stays signalled until [`Event::reset`].
    Manual,
    /// One wait takes it.
    Automatic,
}

/// An event: signalled or not, and threads can wait until it is.
///
/// ```
/// use std::time::Duration;
/// use winsock::{Error, Event, Reset, Waitable, wait_all, wait_any};
///
/// let (first, second) = (Event::new(Reset::Automatic, true)?, Event::new(Reset::Manual, false)?);
/// assert_eq!(wait_any(&[&second, &first], None)?, Some(1));
/// assert!(!first.wait(Some(Duration::ZERO))?, "the wait has taken the signal");
///
/// first.set()?;
/// second.set()?;
/// assert!(wait_all(&[&first, &second], None)?);
/// assert!(second.wait(None)?, "a manual one stays signalled");
///
/// // Waiting for nothing is a mistake.
/// assert_eq!(wait_any(&[], None), Err(Error::WSA_INVALID_PARAMETER));
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "WSAEVENT")]
#[derive(Debug)]
pub struct Event(Handle);

impl Event {
    /// `CreateEventW`: makes an event without a name.
    ///
    /// Microsoft's page: `synchapi/nf-synchapi-createeventw`.
    ///
    /// # Errors
    /// `WSA_NOT_ENOUGH_MEMORY` without a free handle.
    #[doc(alias = "CreateEvent")]
    #[doc(alias = "WSACreateEvent")]
    pub fn new(reset: Reset, signalled: bool) -> Result<Event, Error> {
        startup::ensure()?;
        object::create_event(reset == Reset::Manual, signalled).map(Event)
    }

    /// `SetEvent`: signals it.
    ///
    /// Microsoft's page: `synchapi/nf-synchapi-setevent`.
    ///
    /// # Errors
    /// None that an event which is open gives.
    #[doc(alias = "SetEvent")]
    #[doc(alias = "WSASetEvent")]
    pub fn set(&self) -> Result<(), Error> {
        object::set_event(&self.0)
    }

    /// `ResetEvent`: takes the signal back.
    ///
    /// Microsoft's page: `synchapi/nf-synchapi-resetevent`.
    ///
    /// # Errors
    /// None that an event which is open gives.
    #[doc(alias = "ResetEvent")]
    #[doc(alias = "WSAResetEvent")]
    pub fn reset(&self) -> Result<(), Error> {
        object::reset_event(&self.0)
    }
}

/// What can be waited for: an [`Event`], or a [`Pending`](crate::Pending) operation.
pub trait Waitable {
    /// The handle, for calls of [`win32`](crate::win32). It stays the object's own.
    fn as_raw(&self) -> HANDLE;

    /// `WaitForSingleObject`: waits until it is signalled; `None` waits without limit. Answers whether it is; a
    /// signal that is reset automatically is then taken.
    ///
    /// Microsoft's page: `synchapi/nf-synchapi-waitforsingleobject`.
    ///
    /// # Errors
    /// None that an open object gives.
    #[doc(alias = "WaitForSingleObject")]
    fn wait(&self, timeout: Option<Duration>) -> Result<bool, Error> {
        object::wait(&[self.as_raw()], false, timeout).map(|place| place.is_some())
    }
}

impl Waitable for Event {
    fn as_raw(&self) -> HANDLE {
        self.0.get()
    }
}

/// `WaitForMultipleObjects`: waits until one of up to 64 is signalled, and gives the place of the first that is; `None`
/// when the time has run out.
///
/// Microsoft's page: `synchapi/nf-synchapi-waitformultipleobjects`.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for none or more than 64.
#[doc(alias = "WaitForMultipleObjects")]
#[doc(alias = "WSAWaitForMultipleEvents")]
pub fn wait_any(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Option<usize>, Error> {
    let handles: Vec<HANDLE> = objects.iter().map(|object| object.as_raw()).collect();
    object::wait(&handles, false, timeout)
}

/// `WaitForMultipleObjects` for all: waits until all of up to 64 are signalled at the same time, and takes their
/// signals in one step. Answers false when the time has run out.
///
/// Microsoft's page: `synchapi/nf-synchapi-waitformultipleobjects`.
///
/// # Errors
/// `WSA_INVALID_PARAMETER` for none or more than 64, or one that stands twice.
#[doc(alias = "WaitForMultipleObjects")]
#[doc(alias = "WSAWaitForMultipleEvents")]
pub fn wait_all(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<bool, Error> {
    let handles: Vec<HANDLE> = objects.iter().map(|object| object.as_raw()).collect();
    object::wait(&handles, true, timeout).map(|place| place.is_some())
}
