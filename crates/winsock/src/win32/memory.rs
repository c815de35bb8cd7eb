//! The caller's memory: where pointers and lengths of raw calls become slices, buffers and addresses.
//!
//! Every NULL and every length is checked here, before anything is made of it. Memory that a caller lends for data
//! goes to the kernel unread, which answers `WSAEFAULT` itself; small structures are read and written here.
#![allow(unsafe_code, reason = "reads and writes what the caller's pointers name")]

use super::{OVERLAPPED, SOCKADDR, WSABUF};
use crate::error::Error;
use crate::linux::lent::AddressRoom;
use crate::linux::sys::socket::{Buffer, MAX_BUFFERS};
use crate::linux::translate::Address;
use smallvec::SmallVec;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU8, AtomicU16, AtomicU32, AtomicU64, Ordering::Acquire};

/// One buffer of a plain call.
///
/// # Errors
/// `WSAEFAULT` for a negative length.
pub(super) fn buffer(data: *mut u8, len: i32) -> Result<Buffer, Error> {
    let len = usize::try_from(len).map_err(|_| Error::WSAEFAULT)?;
    Ok(Buffer::new(data, len))
}

/// The buffers of a `WSABUF` array, captured, the empty ones left out when there are many. The sum of their lengths
/// fits into a DWORD.
///
/// # Errors
/// `WSAEINVAL` for none, and for more bytes than a DWORD can count; `WSAEFAULT` for a NULL array.
///
/// # Safety
/// `buffers` is NULL or names `count` readable entries.
pub(super) unsafe fn buffers(buffers: *const WSABUF, count: u32) -> Result<Buffers, Error> {
    if count == 0 {
        return Err(Error::WSAEINVAL);
    }
    if buffers.is_null() {
        return Err(Error::WSAEFAULT);
    }
    let many = count as usize > MAX_BUFFERS;
    let mut captured = Buffers::new();
    let mut total = 0u32;
    for index in 0..count as usize {
        // SAFETY: not NULL, and the caller promises the entries.
        let one = unsafe { buffers.wrapping_add(index).read_unaligned() };
        total = total.checked_add(one.len).ok_or(Error::WSAEINVAL)?;
        if one.len != 0 || !many {
            captured.push(Buffer::new(one.buf, one.len as usize));
        }
    }
    Ok(captured)
}

/// The buffer of an array of one, the usual case.
///
/// # Safety
/// As [`buffers`].
#[inline]
pub(super) unsafe fn only_buffer(buffers: *const WSABUF, count: u32) -> Option<Buffer> {
    if count != 1 || buffers.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller promises the entry.
    let one = unsafe { buffers.read_unaligned() };
    Some(Buffer::new(one.buf, one.len as usize))
}

/// A caller's buffers: few of them need no memory.
pub(super) type Buffers = SmallVec<[Buffer; 16]>;

/// One buffer of our own in place of more than one call takes, for a datagram, which has to go or come in one.
pub(super) struct Joined(Vec<u8>);

impl Joined {
    /// Our own copy of what the buffers hold, for sending.
    ///
    /// # Errors
    /// `WSAEMSGSIZE` for more than any datagram holds, `WSAEFAULT` for a NULL buffer.
    ///
    /// # Safety
    /// Each buffer is NULL or readable.
    pub(super) unsafe fn copy(buffers: &[Buffer]) -> Result<Joined, Error> {
        let total: usize = buffers.iter().map(Buffer::len).sum();
        if total > MAX_DATAGRAM {
            return Err(Error::WSAEMSGSIZE);
        }
        let mut joined = Vec::with_capacity(total);
        for buffer in buffers {
            if buffer.data().is_null() {
                return Err(Error::WSAEFAULT);
            }
            // SAFETY: not NULL, and the caller promises that it is readable.
            joined.extend_from_slice(unsafe { std::slice::from_raw_parts(buffer.data(), buffer.len()) });
        }
        Ok(Joined(joined))
    }

    /// Room for as much as the buffers have room for, for receiving.
    pub(super) fn room(buffers: &[Buffer]) -> Joined {
        let total: usize = buffers.iter().map(Buffer::len).sum();
        Joined(vec![0; total.min(MAX_DATAGRAM)])
    }

    /// The one buffer.
    pub(super) fn buffer(&mut self) -> Buffer {
        Buffer::new(self.0.as_mut_ptr(), self.0.len())
    }

    /// Spreads the first `len` bytes over the buffers, in order.
    ///
    /// # Errors
    /// `WSAEFAULT` for a NULL buffer that is needed.
    ///
    /// # Safety
    /// Each buffer is NULL or writable.
    pub(super) unsafe fn spread(&self, len: usize, buffers: &[Buffer]) -> Result<(), Error> {
        let mut rest = &self.0[..len];
        for buffer in buffers {
            let (now, later) = rest.split_at(rest.len().min(buffer.len()));
            if buffer.data().is_null() && !now.is_empty() {
                return Err(Error::WSAEFAULT);
            }
            // SAFETY: not NULL, and the caller promises that it is writable; our own memory is no part of it.
            unsafe { std::ptr::copy_nonoverlapping(now.as_ptr(), buffer.data(), now.len()) };
            rest = later;
        }
        Ok(())
    }
}

/// More than any datagram holds.
const MAX_DATAGRAM: usize = 1 << 16;

/// The bytes of a caller's `SOCKADDR`.
///
/// # Errors
/// `WSAEFAULT` for NULL, and for a length that cannot hold a family or that no address has.
///
/// # Safety
/// `name` is NULL or names `len` readable bytes.
pub(super) unsafe fn name_bytes<'a>(name: *const SOCKADDR, len: i32) -> Result<&'a [u8], Error> {
    const MAX: usize = 4096;
    match usize::try_from(len) {
        Ok(len) if !name.is_null() && (2..=MAX).contains(&len) => {
            // SAFETY: not NULL, and the caller promises the bytes.
            Ok(unsafe { std::slice::from_raw_parts(name.cast::<u8>(), len) })
        }
        _ => Err(Error::WSAEFAULT),
    }
}

/// A caller's `SOCKADDR`.
///
/// # Errors
/// `WSAEFAULT` for NULL and for a length too short for the family; `unknown_family` for one that no socket has.
///
/// # Safety
/// `name` is NULL or names `len` readable bytes.
pub(super) unsafe fn address(
    name: *const SOCKADDR,
    len: i32,
    unknown_family: Error,
) -> Result<Address, Error> {
    use crate::linux::translate::{Family, winsock_family};
    // SAFETY: the caller's promise is the same.
    let bytes = unsafe { name_bytes(name, len) }?;
    match winsock_family(bytes).and_then(Family::from_winsock) {
        Some(_) => Address::from_winsock(bytes).ok_or(Error::WSAEFAULT),
        None => Err(unknown_family),
    }
}

/// Where a call writes an address to: a caller's `SOCKADDR` and the length beside it.
pub(super) struct AddressOut {
    name: *mut u8,
    len: *mut i32,
}

impl AddressOut {
    /// The caller's room for an address of `needed` bytes.
    ///
    /// # Errors
    /// `WSAEFAULT` if one of the pointers is NULL, or the room too small.
    ///
    /// # Safety
    /// Each pointer is NULL or valid: `len` for reading and writing, `name` for writing `*len` bytes.
    pub(super) unsafe fn new(name: *mut SOCKADDR, len: *mut i32, needed: usize) -> Result<AddressOut, Error> {
        if name.is_null() || len.is_null() {
            return Err(Error::WSAEFAULT);
        }
        // SAFETY: not NULL, and the caller promises that it is readable.
        let room = unsafe { len.read_unaligned() };
        match usize::try_from(room) {
            Ok(room) if room >= needed => Ok(AddressOut { name: name.cast(), len }),
            _ => Err(Error::WSAEFAULT),
        }
    }

    /// The same for the calls where the address is optional: a NULL `name` asks for none.
    ///
    /// # Errors
    /// As [`AddressOut::new`].
    ///
    /// # Safety
    /// As [`AddressOut::new`].
    pub(super) unsafe fn optional(
        name: *mut SOCKADDR,
        len: *mut i32,
        needed: usize,
    ) -> Result<Option<AddressOut>, Error> {
        if name.is_null() {
            return Ok(None);
        }
        // SAFETY: the caller's promise is the same.
        unsafe { AddressOut::new(name, len, needed) }.map(Some)
    }

    /// The same room, for an operation that ends later.
    pub(super) fn lend(self) -> AddressRoom {
        // SAFETY: `new` saw room for an address of the socket's family, and what a caller hands to an operation stays
        // valid until that has ended.
        unsafe { AddressRoom::new(self.name, self.len) }
    }

    /// Writes the address and its length.
    pub(super) fn write(self, address: &Address) {
        let bytes = address.as_bytes();
        // SAFETY: `new` saw room for an address of the socket's family, which this is.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.name, bytes.len()) };
        // SAFETY: the caller of `new` promised that it is writable.
        unsafe { self.len.write_unaligned(bytes.len() as i32) };
    }
}

/// Writes a result where the caller wants it.
///
/// # Errors
/// `WSAEFAULT` for NULL.
///
/// # Safety
/// `out` is NULL or valid for writing.
pub(super) unsafe fn write<T>(out: *mut T, value: T) -> Result<(), Error> {
    if out.is_null() {
        return Err(Error::WSAEFAULT);
    }
    // SAFETY: not NULL, and the caller promises that it is writable.
    unsafe { out.write_unaligned(value) };
    Ok(())
}

/// Writes a result where the caller wants it, if anywhere.
///
/// # Safety
/// `out` is NULL or valid for writing.
pub(super) unsafe fn write_optional<T>(out: *mut T, value: T) {
    if !out.is_null() {
        // SAFETY: not NULL, and the caller promises that it is writable.
        unsafe { out.write_unaligned(value) };
    }
}

/// The offset in a caller's `OVERLAPPED`.
///
/// # Safety
/// It is readable.
pub(super) unsafe fn offset(overlapped: *const OVERLAPPED) -> u64 {
    // SAFETY: the caller promises that it is valid.
    let place = unsafe { &raw const (*overlapped).Anonymous.Anonymous };
    // SAFETY: the caller promises that it is readable, and both halves of the union are plain bytes.
    let halves = unsafe { place.read_unaligned() };
    u64::from(halves.OffsetHigh) << 32 | u64::from(halves.Offset)
}

/// Whether a value of the caller's, of 1, 2, 4 or 8 bytes, is the one to compare with, though other threads may change it
/// meanwhile: where it is aligned, a mixture of what it was and what it becomes is never seen.
///
/// # Safety
/// Both name `size` readable bytes; what changes the value is atomic.
pub(super) unsafe fn is_value(value: *const c_void, compared: *const c_void, size: usize) -> bool {
    macro_rules! is_same {
        ($number:ty, $atomic:ty) => {{
            let value = value.cast::<$number>().cast_mut();
            let now = if value.is_aligned() {
                // SAFETY: it is aligned, and readable by the caller's promise. It is only loaded.
                unsafe { <$atomic>::from_ptr(value) }.load(Acquire)
            } else {
                // SAFETY: the caller's promise.
                unsafe { value.read_unaligned() }
            };
            // SAFETY: the caller's promise.
            now == unsafe { compared.cast::<$number>().read_unaligned() }
        }};
    }
    match size {
        1 => is_same!(u8, AtomicU8),
        2 => is_same!(u16, AtomicU16),
        4 => is_same!(u32, AtomicU32),
        8 => is_same!(u64, AtomicU64),
        _ => unreachable!("there is no value of {size} bytes"),
    }
}

/// Bytes of the caller's; none if the length is 0.
///
/// # Safety
/// Unless `len` is 0, `data` names so many readable bytes.
pub(super) unsafe fn bytes<'a>(data: *const u8, len: u32) -> &'a [u8] {
    if len == 0 {
        return &[];
    }
    // SAFETY: the caller promises the bytes.
    unsafe { std::slice::from_raw_parts(data, len as usize) }
}

/// Reads a value of the caller's.
///
/// # Errors
/// `WSAEFAULT` for NULL.
///
/// # Safety
/// `from` is NULL or names a readable value.
pub(super) unsafe fn read<T: Copy>(from: *const T) -> Result<T, Error> {
    if from.is_null() {
        return Err(Error::WSAEFAULT);
    }
    // SAFETY: not NULL, and the caller promises that it is readable.
    Ok(unsafe { from.read_unaligned() })
}

/// Bytes of the caller's.
///
/// # Errors
/// `WSAEFAULT` for NULL and for a negative length.
///
/// # Safety
/// `data` is NULL or names `len` readable bytes.
pub(super) unsafe fn slice<'a>(data: *const u8, len: i32) -> Result<&'a [u8], Error> {
    match usize::try_from(len) {
        // SAFETY: not NULL, and the caller promises the bytes.
        Ok(len) if !data.is_null() => Ok(unsafe { std::slice::from_raw_parts(data, len) }),
        _ => Err(Error::WSAEFAULT),
    }
}

/// Memory of the caller's that a call fills with a value of varying length.
pub(super) struct Room {
    data: *mut u8,
    len: usize,
}

impl Room {
    /// NULL is room for nothing.
    ///
    /// # Safety
    /// `data` is NULL or names `len` writable bytes.
    pub(super) unsafe fn new(data: *mut u8, len: usize) -> Room {
        Room { data, len: if data.is_null() { 0 } else { len } }
    }

    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// # Errors
    /// `WSAEFAULT` if there are fewer bytes.
    pub(super) fn require(&self, needed: usize) -> Result<(), Error> {
        if self.len < needed { Err(Error::WSAEFAULT) } else { Ok(()) }
    }

    /// Where the byte at an offset is.
    pub(super) fn at(&self, offset: usize) -> *mut u8 {
        self.data.wrapping_add(offset)
    }

    /// Writes a value at an offset, and answers where it ends.
    ///
    /// # Errors
    /// `WSAEFAULT` if it does not fit.
    pub(super) fn put<T: Copy>(&self, offset: usize, value: T) -> Result<usize, Error> {
        let end = offset + size_of::<T>();
        self.require(end)?;
        // SAFETY: the caller of `new` promised the bytes up to `end`.
        unsafe { self.at(offset).cast::<T>().write_unaligned(value) };
        Ok(end)
    }

    /// Writes bytes at an offset, and answers where they end.
    ///
    /// # Errors
    /// `WSAEFAULT` if they do not fit.
    pub(super) fn put_bytes(&self, offset: usize, bytes: &[u8]) -> Result<usize, Error> {
        let end = offset + bytes.len();
        self.require(end)?;
        // SAFETY: the caller of `new` promised the bytes up to `end`.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.at(offset), bytes.len()) };
        Ok(end)
    }
}

/// A list of numbers that a zero ends; `None` for NULL.
///
/// # Safety
/// `list` is NULL or readable up to its zero.
pub(super) unsafe fn zero_terminated<'a>(list: *const i32) -> Option<&'a [i32]> {
    if list.is_null() {
        return None;
    }
    let mut len = 0;
    // SAFETY: every entry up to the zero is readable, and none behind it is asked for.
    while unsafe { list.wrapping_add(len).read() } != 0 {
        len += 1;
    }
    // SAFETY: `len` entries have just been read.
    Some(unsafe { std::slice::from_raw_parts(list, len) })
}

/// A text of the caller's in UTF-16, at most `limit` characters of it. `None` for NULL.
///
/// # Safety
/// `text` is NULL or names characters that end with 0.
pub(super) unsafe fn wide_text(text: *const u16, limit: usize) -> Option<Vec<u16>> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and everything before this character is not 0, so that the caller promises it too.
    let at = |index| unsafe { text.wrapping_add(index).read_unaligned() };
    Some((0..limit).map(at).take_while(|&character| character != 0).collect())
}

/// A text of the caller's in UTF-8, as UTF-16. `None` for NULL.
///
/// # Safety
/// `text` is NULL or names bytes that end with 0.
pub(super) unsafe fn narrow_text(text: *const u8) -> Option<Vec<u16>> {
    if text.is_null() {
        return None;
    }
    // SAFETY: not NULL, and the caller promises the end.
    let text = unsafe { std::ffi::CStr::from_ptr(text.cast()) };
    Some(text.to_string_lossy().encode_utf16().collect())
}

/// The bytes of a text up to its NUL; none for NULL.
///
/// # Safety
/// `text` is NULL or names readable bytes up to a NUL.
pub(super) unsafe fn bytes_to_nul<'a>(text: *const u8) -> &'a [u8] {
    if text.is_null() {
        return &[];
    }
    // SAFETY: not NULL, and the caller promises the NUL.
    unsafe { std::ffi::CStr::from_ptr(text.cast()) }.to_bytes()
}

/// A character of the two kinds of functions: `u8` for the A functions, whose texts are UTF-8 here, and `u16` for the
/// W functions, whose texts are UTF-16.
pub(super) trait Character: Copy + Default + PartialEq {
    /// What is not text becomes U+FFFD, which is in no name and no address.
    fn decode(text: &[Self]) -> String;
    fn encode(text: &str) -> Vec<Self>;
    /// What Linux has as bytes, such as the name of a file: as it is, or as UTF-16.
    fn of_bytes(bytes: &[u8]) -> Vec<Self>;
    fn to_bytes(text: Vec<Self>) -> Vec<u8>;
}

impl Character for u8 {
    fn decode(text: &[u8]) -> String {
        String::from_utf8_lossy(text).into_owned()
    }

    fn encode(text: &str) -> Vec<u8> {
        text.into()
    }

    fn of_bytes(bytes: &[u8]) -> Vec<u8> {
        bytes.into()
    }

    fn to_bytes(text: Vec<u8>) -> Vec<u8> {
        text
    }
}

impl Character for u16 {
    fn decode(text: &[u16]) -> String {
        String::from_utf16_lossy(text)
    }

    fn encode(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn of_bytes(bytes: &[u8]) -> Vec<u16> {
        Self::encode(&String::from_utf8_lossy(bytes))
    }

    fn to_bytes(text: Vec<u16>) -> Vec<u8> {
        Self::decode(&text).into_bytes()
    }
}

/// A caller's text up to its NUL; `None` for NULL.
///
/// # Safety
/// `text` is NULL or names readable characters up to a NUL.
pub(super) unsafe fn text<C: Character>(text: *const C) -> Option<String> {
    // SAFETY: the caller's promise.
    let len = unsafe { length(text) }?;
    // SAFETY: `length` has just read as many.
    unsafe { counted(text, len) }.map(|copy| C::decode(&copy))
}

/// How many characters a text of the caller's has before its NUL; `None` for NULL.
///
/// # Safety
/// `text` is NULL or names readable characters up to a NUL.
pub(super) unsafe fn length<C: Copy + Default + PartialEq>(text: *const C) -> Option<usize> {
    if text.is_null() {
        return None;
    }
    let mut len = 0;
    // SAFETY: the caller promises the characters, and none before this one was the NUL.
    while unsafe { text.wrapping_add(len).read_unaligned() } != C::default() {
        len += 1;
    }
    Some(len)
}

/// A copy of so many characters of the caller's; `None` for NULL, unless there are none.
///
/// # Safety
/// `text` is NULL or names `len` readable characters.
pub(super) unsafe fn counted<C: Copy + Default>(text: *const C, len: usize) -> Option<Vec<C>> {
    if len == 0 {
        return Some(Vec::new());
    }
    if text.is_null() {
        return None;
    }
    let mut copy = vec![C::default(); len];
    // SAFETY: the caller promises the characters, and the copy has room for as many; bytes need no alignment.
    unsafe {
        std::ptr::copy_nonoverlapping(text.cast::<u8>(), copy.as_mut_ptr().cast(), len * size_of::<C>())
    };
    Some(copy)
}

/// A text for the caller, with its NUL.
pub(super) fn with_nul<C: Character>(text: &str) -> Vec<C> {
    let mut characters = C::encode(text);
    characters.push(C::default());
    characters
}

/// Writes a text where the caller wants it, as far as `room` characters hold all of it and its NUL.
///
/// # Errors
/// How many characters it needs, if the pointer is NULL or the room too small; nothing is written then.
///
/// # Safety
/// `out` is NULL or valid for writing `room` characters.
pub(super) unsafe fn write_text<C: Character>(out: *mut C, room: usize, text: &str) -> Result<usize, usize> {
    let characters = with_nul::<C>(text);
    if out.is_null() || room < characters.len() {
        return Err(characters.len());
    }
    let bytes = characters.len() * size_of::<C>();
    // SAFETY: not NULL, and the caller promises the room, which is enough; bytes need no alignment.
    unsafe { std::ptr::copy_nonoverlapping(characters.as_ptr().cast::<u8>(), out.cast(), bytes) };
    Ok(characters.len())
}

/// A caller's text up to its NUL, as Linux takes it; `None` for NULL.
///
/// # Safety
/// `text` is NULL or names readable characters up to a NUL.
pub(super) unsafe fn text_bytes<C: Character>(text: *const C) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    let len = unsafe { length(text) }?;
    // SAFETY: `length` has just read as many.
    unsafe { counted(text, len) }.map(C::to_bytes)
}

/// Writes what Linux has as bytes, with a NUL, if `room` characters hold all of it. Answers the characters before the
/// NUL, or, if it does not fit, how many it needs with it.
///
/// # Safety
/// `out` is NULL or valid for writing `room` characters.
pub(super) unsafe fn write_all<C: Character>(out: *mut C, room: u32, bytes: &[u8]) -> u32 {
    let mut text = C::of_bytes(bytes);
    text.push(C::default());
    if out.is_null() || (room as usize) < text.len() {
        return text.len() as u32;
    }
    // SAFETY: the caller's promise.
    unsafe { write_characters(out, &text) };
    text.len() as u32 - 1
}

/// # Safety
/// `out` is valid for writing as many characters.
pub(super) unsafe fn write_characters<C: Character>(out: *mut C, text: &[C]) {
    // SAFETY: the caller's promise; bytes need no alignment.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr().cast::<u8>(), out.cast(), size_of_val(text)) };
}
