//! The machine, as programs of Windows see it.

use super::sys::system;

/// The processor's family, and its model and stepping, as far as the machine tells.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Processor {
    pub(crate) family: u16,
    pub(crate) revision: u16,
}

pub(crate) use system::{page_size, processors};

/// The processor that this code runs on.
#[cfg(target_arch = "x86_64")]
pub(crate) fn processor() -> Processor {
    // As Intel and AMD define it: the extended family counts from 15 on, the extended model from family 6 on.
    let signature = std::arch::x86_64::__cpuid(1).eax;
    let base = signature >> 8 & 0xF;
    let family = if base == 0xF { base + (signature >> 20 & 0xFF) } else { base };
    let extended = if base == 0x6 || base == 0xF { signature >> 16 & 0xF } else { 0 };
    let model = extended << 4 | signature >> 4 & 0xF;
    Processor { family: family as u16, revision: (model << 8 | signature & 0xF) as u16 }
}

/// The processor that this code runs on: Arm's do not tell a program what they are.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn processor() -> Processor {
    Processor::default()
}
