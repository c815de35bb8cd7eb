//! What a command says of faults that `WINSOCK_FAULTS` has planned for it.

use tracing::warn;

use crate::error::{Context, Failure};

/// The variable that the library looks at.
pub(crate) const VARIABLE: &str = "WINSOCK_FAULTS";

/// One line of the log, if there are to be faults: who meets them is to know that they were asked for.
pub(crate) fn announce() -> Result<(), Failure> {
    if let Some(faults) = winsock::faults().calling("WSAStartup", "")? {
        warn!("faults are on ({VARIABLE}): {}", faults.plan);
    }
    Ok(())
}

/// How often each kind has struck, if any was to.
pub(crate) fn struck() -> Result<Option<String>, Failure> {
    let faults = winsock::faults().calling("WSAStartup", "")?;
    Ok(faults.map(|faults| {
        let counts: Vec<_> = faults.struck.iter().map(|(kind, times)| format!("{kind} {times}")).collect();
        counts.join(", ")
    }))
}
