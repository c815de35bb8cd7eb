//! Memory that is lent to calls, with a fence around it.

/// Bytes behind and before the memory that no call may write. The address sanitizer of `cargo fuzz` has its own.
const FENCE: usize = if cfg!(feature = "libfuzzer") { 0 } else { 16 };
const POST: u8 = 0xA5;

/// Memory of exactly so many bytes.
pub(crate) struct Lent(Box<[u8]>);

impl Lent {
    pub(crate) fn new(content: &[u8]) -> Lent {
        let fence = [POST; FENCE];
        Lent([&fence[..], content, &fence[..]].concat().into())
    }

    pub(crate) fn room(len: usize) -> Lent {
        Lent::new(&vec![0x5A; len])
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len() - 2 * FENCE
    }

    /// A pointer to it. Aligned to nothing, as a careless caller's.
    pub(crate) fn pointer<T>(&mut self) -> *mut T {
        self.0[FENCE..].as_mut_ptr().cast()
    }

    /// A pointer to it, or NULL.
    pub(crate) fn pointer_unless<T>(&mut self, null: bool) -> *mut T {
        if null { std::ptr::null_mut() } else { self.pointer() }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0[FENCE..FENCE + self.len()]
    }

    /// # Panics
    /// If something has been written outside of it.
    pub(crate) fn check(&self) {
        let outside = self.0[..FENCE].iter().chain(&self.0[FENCE + self.len()..]);
        assert!(outside.copied().all(|byte| byte == POST), "written outside of the memory: {:x?}", self.0);
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}
