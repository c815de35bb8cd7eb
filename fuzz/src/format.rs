//! Formats and messages: `wsprintf`, `StringCchPrintf`, `FormatMessage`, and texts between code pages.
#![allow(unsafe_code, clippy::multiple_unsafe_ops_per_block, reason = "the raw API is unsafe")]

use crate::codes::check;
use crate::memory::Lent;
use std::ptr::{null, null_mut};
use winsock::win32::*;

/// What an argument leads to that is a string: one of either width, and short.
static STRING: [u16; 4] = [0x6261, 0x0063, 0, 0];

/// Two bytes choose; the rest is the format.
pub(crate) fn run(data: &[u8]) {
    let Some((&[choice, room], text)) = data.split_first_chunk() else { return };
    let narrow = [text.split(|&byte| byte == 0).next().expect("there is a first part"), &[0]].concat();
    let units = text.chunks_exact(2).map(|unit| u16::from_ne_bytes([unit[0], unit[1]]));
    let wide: Vec<u16> = match choice & 1 {
        0 => narrow.iter().map(|&byte| byte.into()).collect(),
        _ => units.take_while(|&unit| unit != 0).chain([0]).collect(),
    };
    formatted(narrow.as_ptr().cast(), 1, choice, room.into());
    formatted(wide.as_ptr().cast(), 2, choice, room.into());
    message(&narrow, &wide, choice, room);
    code_pages(text, choice, room.into());
}

/// The headers' `wsprintf`: asks which arguments the format takes, and writes.
fn formatted(format: *const std::ffi::c_void, width: i32, choice: u8, room: usize) {
    let mut kinds = [0u8; 64];
    // SAFETY: the format ends with a zero, and there is room for 64 kinds.
    let count = unsafe { format_arguments(format, width, kinds.as_mut_ptr(), 64) };
    if count < 0 {
        return;
    }
    let argument = |kind: &u8| match kind {
        4 => STRING.as_ptr() as u64,
        // Widths and precisions among them: a large one only makes a long text.
        0 => u64::from(choice),
        _ => u64::from(choice).wrapping_mul(0x0101_0101_0101_0101),
    };
    let arguments: Vec<u64> = kinds[..count as usize].iter().map(argument).collect();
    let mut to = Lent::room(room * width as usize);
    let (pointer, words) = (to.pointer(), arguments.as_ptr());
    // SAFETY: there is so much room, and the arguments are what the format takes.
    let len = unsafe { format_text(pointer, room, format, width, words, count as u32) };
    if len < 0 || room == 0 {
        return;
    }
    let end = (len as usize).min(room - 1) * width as usize;
    assert!(to.bytes()[end..end + width as usize].iter().all(|&byte| byte == 0), "a zero ends the text");
    // SAFETY: no memory is passed.
    assert_eq!(unsafe { format_text(null_mut(), 0, format, width, words, count as u32) }, len);
}

fn message(narrow: &[u8], wide: &[u16], choice: u8, room: u8) {
    let ignore = if choice & 2 == 0 { 0 } else { FORMAT_MESSAGE_IGNORE_INSERTS };
    let flags = FORMAT_MESSAGE_FROM_STRING | ignore | u32::from(choice >> 2);
    let source = narrow.as_ptr().cast();
    // SAFETY: the message ends with a zero.
    let count = unsafe { message_arguments(flags, source, 0, 0, 1) };
    // A `*` takes a number, and what else the words are is not told.
    let is_star = |byte: &u8| *byte == b'*';
    if count >= 0 && !narrow.iter().any(is_star) {
        let words: Vec<*const i8> = (0..count).map(|_| STRING.as_ptr().cast()).collect();
        let mut to = Lent::room(room.into());
        // SAFETY: as many arguments as the inserts reach for, each leading to a string; there is so much room.
        let len = unsafe { FormatMessageA(flags, source, 0, 0, to.pointer(), room.into(), words.as_ptr()) };
        check("FormatMessage", len != 0 || count == 0);
        assert!(len == 0 || to.bytes()[len as usize] == 0);
    }
    if !wide.contains(&u16::from(b'*')) {
        let source = wide.as_ptr().cast();
        // SAFETY: as above.
        let count = unsafe { message_arguments(flags, source, 0, 0, 2) };
        let words: Vec<*const i8> = (0..count.max(0)).map(|_| STRING.as_ptr().cast()).collect();
        let mut to = Lent::room(usize::from(room) * 2);
        // SAFETY: as above.
        let len = unsafe { FormatMessageW(flags, source, 0, 0, to.pointer(), room.into(), words.as_ptr()) };
        assert!(len == 0 || len < room.into());
    }
    let code = u32::from(choice) << 8 | u32::from(room);
    let mut to = Lent::room(room.into());
    let flags = FORMAT_MESSAGE_FROM_SYSTEM | ignore;
    // SAFETY: texts of codes have no inserts; there is so much room.
    let len = unsafe { FormatMessageA(flags, null(), code, 0, to.pointer(), room.into(), null()) };
    check("FormatMessage", len != 0);
}

fn code_pages(text: &[u8], choice: u8, room: usize) {
    let page = [CP_UTF8, CP_ACP, 1252, u32::from(choice)][usize::from(choice & 3)];
    let flags = if choice & 4 == 0 { 0 } else { MB_ERR_INVALID_CHARS };
    let mut units = Lent::room(room * 2);
    let (from, len) = (text.as_ptr(), text.len() as i32);
    // SAFETY: so many bytes are readable, and there is so much room.
    let count = unsafe { MultiByteToWideChar(page, flags, from, len, units.pointer(), room as i32) };
    check("MultiByteToWideChar", count != 0);
    if count == 0 || room == 0 {
        return;
    }
    assert!(count as usize <= room);
    let mut bytes = Lent::room(room * 3);
    // SAFETY: so many units have been written, and there is so much room.
    let back = unsafe {
        let room = bytes.len() as i32;
        WideCharToMultiByte(page, 0, units.pointer(), count, bytes.pointer(), room, null(), null_mut())
    };
    assert!(back > 0, "what was read can be written");
    if page == CP_UTF8 {
        assert_eq!(&bytes.bytes()[..back as usize], String::from_utf8_lossy(text).as_bytes());
    }
}
