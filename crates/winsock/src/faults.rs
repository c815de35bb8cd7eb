//! [`faults()`]: what `WINSOCK_FAULTS` has planned for this process, and what has come of it.

use crate::{Error, startup};

/// The faults that this process is to meet.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Faults {
    /// The plan, in the words of the variable: each kind with its rate, and the seed.
    pub plan: &'static str,
    /// How often each kind has struck so far.
    pub struck: Vec<(&'static str, u64)>,
}

/// The faults that the environment variable `WINSOCK_FAULTS` has planned, if it has: `short,reset=0.05;seed=7` has
/// transfers cut short and connections reset, each where the seed decides. So the paths of a program can be tested that
/// a network takes seldom. The kinds, and what each shows to a program, are in the guide's page "Testing error paths".
///
/// *On Windows* there are none.
///
/// ```
/// if let Some(faults) = winsock::faults()? {
///     println!("{}: {:?}", faults.plan, faults.struck);
/// }
/// # Ok::<(), winsock::Error>(())
/// ```
///
/// # Errors
/// `WSASYSNOTREADY` if the variable names what is no fault.
pub fn faults() -> Result<Option<Faults>, Error> {
    startup::ensure()?;
    Ok(planned())
}

#[cfg(target_os = "linux")]
fn planned() -> Option<Faults> {
    crate::linux::faults::explain().map(|(plan, struck)| Faults { plan, struck })
}

#[cfg(windows)]
fn planned() -> Option<Faults> {
    None
}
