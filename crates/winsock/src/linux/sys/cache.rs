//! A hint to the processor's cache.
#![allow(unsafe_code, reason = "an instruction of the processor")]

/// Bytes that are fetched together.
pub(crate) const LINE: usize = 64;

/// Begins to fetch the line of an address. Nothing is read: the address may be anything.
#[inline]
pub(crate) fn prefetch(address: usize) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction does nothing for an address that is none.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::without_provenance(address)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
