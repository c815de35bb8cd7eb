//! Heaps: blocks of memory that know their size, in the heap of the process or in one that goes as a whole.
//!
//! A block has a header before it. The process heap trusts the header of what it is given; a heap of the program's own
//! also lists its blocks, so that destroying the heap frees them.
#![allow(unsafe_code, reason = "memory that the program holds by pointer")]

use super::table::{MAX_CHUNKS, Reference, Table};
use crate::error::Error;
use std::alloc::{self, Layout};
use std::collections::HashSet;
use std::mem::size_of;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The handle of the process heap. Heaps' handles have more than 32 bits: no other handle is taken for one.
pub(crate) const PROCESS_HEAP: usize = HEAPS;
const HEAPS: usize = 1 << 32;

static TABLE: Table<Heap, MAX_CHUNKS> = Table::new();

/// What stands before each block.
#[repr(C, align(16))]
struct Header {
    /// What was asked for.
    size: usize,
    /// What there is, behind the header.
    room: usize,
    /// The heap's handle mixed with the block's address: no other memory looks so by chance.
    mark: usize,
}

/// A heap of the program's own.
struct Heap {
    /// The most that its blocks may take together, headers included.
    limit: Option<usize>,
    blocks: Mutex<Blocks>,
}

#[derive(Default)]
struct Blocks {
    live: HashSet<usize>,
    taken: usize,
}

impl Heap {
    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for &block in &self.blocks().live {
            // SAFETY: the heap's own block, and nobody can name it through the heap any more.
            unsafe { release(block) };
        }
    }
}

/// Which heap a handle names.
enum Named {
    Process,
    Own(Reference<'static, Heap>),
}

fn named(heap: usize) -> Option<Named> {
    match heap {
        PROCESS_HEAP => Some(Named::Process),
        _ => TABLE.get(heap.checked_sub(HEAPS)?).map(Named::Own),
    }
}

/// Makes a heap whose blocks take no more than `limit` bytes together; `None` sets no limit.
///
/// # Errors
/// `WSA_NOT_ENOUGH_MEMORY` for too many heaps.
pub(crate) fn create(limit: Option<usize>) -> Result<usize, Error> {
    let heap = Heap { limit, blocks: Mutex::default() };
    TABLE.insert(heap).map(|value| HEAPS + value).ok_or(Error::WSA_NOT_ENOUGH_MEMORY)
}

/// Ends a heap and frees its blocks.
///
/// # Errors
/// `WSA_INVALID_HANDLE`, for the process heap too.
pub(crate) fn destroy(heap: usize) -> Result<(), Error> {
    let value = heap.checked_sub(HEAPS).ok_or(Error::WSA_INVALID_HANDLE)?;
    TABLE.remove(value).map(drop).ok_or(Error::WSA_INVALID_HANDLE)
}

/// A new block. `None` without memory, beyond the heap's limit, and for an unknown heap.
pub(crate) fn allocate(heap: usize, size: usize, zeroed: bool) -> Option<*mut u8> {
    let layout = layout(size)?;
    match named(heap)? {
        Named::Process => obtain(heap, size, layout, zeroed),
        Named::Own(own) => {
            let mut blocks = own.blocks();
            let taken = blocks.taken.checked_add(layout.size())?;
            if own.limit.is_some_and(|limit| taken > limit) {
                return None;
            }
            let block = obtain(heap, size, layout, zeroed)?;
            blocks.live.insert(block.addr());
            blocks.taken = taken;
            Some(block)
        }
    }
}

/// Frees a block.
///
/// # Errors
/// `WSA_INVALID_HANDLE` for an unknown heap, `WSA_INVALID_PARAMETER` for a block of another heap.
///
/// # Safety
/// `block` is one of a heap's.
pub(crate) unsafe fn free(heap: usize, block: *mut u8) -> Result<(), Error> {
    let named = named(heap).ok_or(Error::WSA_INVALID_HANDLE)?;
    // SAFETY: the caller's promise.
    if !unsafe { belongs(&named, heap, block) } {
        return Err(Error::WSA_INVALID_PARAMETER);
    }
    if let Named::Own(own) = &named {
        let mut blocks = own.blocks();
        if !blocks.live.remove(&block.addr()) {
            return Err(Error::WSA_INVALID_PARAMETER);
        }
        // SAFETY: it is the heap's, and ours alone from now on.
        blocks.taken -= unsafe { room(block) } + size_of::<Header>();
    }
    // SAFETY: asked above.
    unsafe { release(block.addr()) };
    Ok(())
}

/// Makes a block larger or smaller; what is new is zero if `zeroed`. In place, or at a new address unless `in_place`.
/// `None` as [`allocate`], and if it cannot stay in place; the block is then as it was.
///
/// # Safety
/// `block` is one of a heap's, and nobody else uses it.
pub(crate) unsafe fn reallocate(
    heap: usize,
    block: *mut u8,
    size: usize,
    zeroed: bool,
    in_place: bool,
) -> Option<*mut u8> {
    // SAFETY: the caller's promise.
    let before = unsafe { size_of_block(heap, block) }?;
    // SAFETY: the block has a header: asked above.
    let room = unsafe { room(block) };
    if size <= room && (in_place || size >= room / 2) {
        if zeroed && size > before {
            // SAFETY: so many bytes are the block's.
            unsafe { block.wrapping_add(before).write_bytes(0, size - before) };
        }
        // SAFETY: the header is there, and nobody else looks at it.
        unsafe { (*header(block)).size = size };
        return Some(block);
    }
    if in_place {
        return None;
    }
    let moved = allocate(heap, size, zeroed)?;
    // SAFETY: both blocks have as many bytes, and the new one is another.
    unsafe { moved.copy_from_nonoverlapping(block, before.min(size)) };
    // SAFETY: the caller's promise; the heap is there, for it gave the new block.
    unsafe { free(heap, block) }.ok()?;
    Some(moved)
}

/// The size of a block as it was asked for; `None` for an unknown heap and a block of another one.
///
/// # Safety
/// `block` is NULL or one of a heap's.
pub(crate) unsafe fn size_of_block(heap: usize, block: *const u8) -> Option<usize> {
    let named = named(heap)?;
    // SAFETY: the caller's promise.
    if unsafe { belongs(&named, heap, block) } {
        // SAFETY: asked above.
        Some(unsafe { (*header(block)).size })
    } else {
        None
    }
}

/// Whether all of a heap is in order.
pub(crate) fn is_valid(heap: usize) -> bool {
    match named(heap) {
        None => false,
        Some(Named::Process) => true,
        Some(Named::Own(own)) => own.blocks().live.iter().all(|&block| {
            let block = std::ptr::with_exposed_provenance::<u8>(block);
            // SAFETY: the heap's own block has a header.
            unsafe { (*header(block)).mark == mark(heap, block) }
        }),
    }
}

/// # Safety
/// `block` is NULL or one of a heap's.
unsafe fn belongs(named: &Named, heap: usize, block: *const u8) -> bool {
    if block.is_null() || !block.addr().is_multiple_of(align_of::<Header>()) {
        return false;
    }
    match named {
        // SAFETY: the caller's promise: there is a header.
        Named::Process => unsafe { (*header(block)).mark == mark(heap, block) },
        Named::Own(own) => own.blocks().live.contains(&block.addr()),
    }
}

fn layout(size: usize) -> Option<Layout> {
    let size = size.checked_add(size_of::<Header>())?;
    Layout::from_size_align(size, align_of::<Header>()).ok()
}

fn mark(heap: usize, block: *const u8) -> usize {
    !(heap ^ block.addr())
}

fn header(block: *const u8) -> *mut Header {
    block.wrapping_sub(size_of::<Header>()).cast_mut().cast()
}

/// # Safety
/// The block has a header.
unsafe fn room(block: *const u8) -> usize {
    // SAFETY: the caller's promise.
    unsafe { (*header(block)).room }
}

fn obtain(heap: usize, size: usize, layout: Layout, zeroed: bool) -> Option<*mut u8> {
    let memory = if zeroed {
        // SAFETY: the layout holds a header at least.
        unsafe { alloc::alloc_zeroed(layout) }
    } else {
        // SAFETY: as above.
        unsafe { alloc::alloc(layout) }
    };
    if memory.is_null() {
        return None;
    }
    // SAFETY: the layout begins with a header.
    let block = unsafe { memory.add(size_of::<Header>()) };
    let header = Header { size, room: layout.size() - size_of::<Header>(), mark: mark(heap, block) };
    // SAFETY: the memory is new, large enough and aligned.
    unsafe { memory.cast::<Header>().write(header) };
    block.expose_provenance();
    Some(block)
}

/// # Safety
/// A block of [`obtain`]'s, which nobody uses any more.
unsafe fn release(block: usize) {
    let header = header(std::ptr::with_exposed_provenance(block));
    // SAFETY: the caller's promise.
    let room = unsafe { (*header).room };
    // SAFETY: as above. A block that is freed twice is found out as long as nobody has taken the memory.
    unsafe { (*header).mark = 0 };
    let layout = layout(room).expect("a block was made of it");
    // SAFETY: it was obtained with this layout.
    unsafe { alloc::dealloc(header.cast(), layout) };
}
