//! Windows itself runs overlapped operations: there is nothing to choose.

use crate::error::Failure;

#[derive(clap::Args, Clone, Copy, Debug)]
pub(crate) struct Choice {}

impl Choice {
    pub(crate) fn apply(self) -> Result<(), Failure> {
        Ok(())
    }
}

/// What the user has asked for by a variable: there is none.
pub(crate) fn asked() -> Option<String> {
    None
}
