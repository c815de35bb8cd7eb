//! Messages of `FormatMessage`: their escapes, inserts and lines.
//!
//! Owns the grammar of a message. The texts of error codes are [`Error::description`]'s, and formats of inserts are
//! `printf.rs`'s.

use super::printf::{Format, Passed, Read, Width};
use crate::error::Error;

/// The text of a system message, as a message has it; `None` for a code without one.
pub(crate) fn of_code(code: u32) -> Option<String> {
    let error = Error::from_code(code as i32);
    error.name()?;
    let mut text = error.description().to_owned();
    text[..1].make_ascii_uppercase();
    // A percent sign would begin an escape.
    Some(format!("{}.\r\n", text.replace('%', "%%")))
}

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lines {
    /// As in the message.
    Kept,
    /// At hard breaks alone: `%n`.
    Joined,
    /// At hard breaks, and before a word that goes beyond the width.
    Wrapped(usize),
}

/// A part of a message.
enum Part {
    Text(Vec<u32>),
    /// A line break of the message.
    Soft,
    /// `%n`.
    Hard,
    Insert(usize, Format),
}

/// A message, taken apart.
pub(crate) struct Message {
    width: Width,
    parts: Vec<Part>,
}

impl Message {
    /// Inserts are passed through as they stand unless `inserts`. `None` for an insert that is no format.
    pub(crate) fn parse(units: &[u32], width: Width, inserts: bool) -> Option<Message> {
        let mut parts = Vec::new();
        let mut text = Vec::new();
        let mut rest = units;
        while let Some((&unit, after)) = rest.split_first() {
            rest = after;
            let part = match (char::from_u32(unit), rest.first().and_then(|&next| char::from_u32(next))) {
                (Some('\r'), Some('\n')) => {
                    rest = &rest[1..];
                    Part::Soft
                }
                (Some('\r' | '\n'), _) => Part::Soft,
                (Some('%'), Some(next @ '1'..='9')) if inserts => {
                    let (number, after) = number(rest);
                    rest = after;
                    let (format, after) = insert(rest, width)?;
                    rest = after;
                    debug_assert!(next.is_ascii_digit());
                    Part::Insert(number, format)
                }
                (Some('%'), Some('0')) if inserts => break,
                (Some('%'), Some('n')) => {
                    rest = &rest[1..];
                    Part::Hard
                }
                (Some('%'), Some(next)) if inserts => {
                    rest = &rest[1..];
                    text.extend(match next {
                        'r' => width.encode("\r"),
                        't' => width.encode("\t"),
                        next => width.encode(next.encode_utf8(&mut [0; 4])),
                    });
                    continue;
                }
                _ => {
                    text.push(unit);
                    continue;
                }
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(part);
        }
        parts.push(Part::Text(text));
        Some(Message { width, parts })
    }

    /// How many arguments the inserts reach for.
    pub(crate) fn arguments(&self) -> usize {
        let last = |part: &Part| match part {
            Part::Insert(number, format) => number - 1 + format.arguments().len(),
            Part::Text(_) | Part::Soft | Part::Hard => 0,
        };
        self.parts.iter().map(last).max().unwrap_or(0)
    }

    /// The text; arguments that the list lacks make it `None`.
    pub(crate) fn write(&self, arguments: &[u64], lines: Lines, read: Read<'_>) -> Option<Vec<u32>> {
        let mut out = Vec::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.extend(text),
                Part::Insert(number, format) => {
                    let own = arguments.get(number - 1..)?.iter().copied();
                    let own: Vec<u64> = own.take(format.arguments().len()).collect();
                    out.extend(format.write(&own, read)?);
                }
                Part::Hard => out.extend(self.width.encode("\r\n")),
                Part::Soft => match lines {
                    Lines::Kept => out.extend(self.width.encode("\r\n")),
                    Lines::Joined | Lines::Wrapped(_) => out.extend(self.width.encode(" ")),
                },
            }
        }
        match lines {
            Lines::Kept | Lines::Joined => Some(out),
            Lines::Wrapped(width) => Some(wrap(&out, width, self.width)),
        }
    }
}

/// The number of an insert, one digit or two, and what follows.
fn number(units: &[u32]) -> (usize, &[u32]) {
    let digits = units.iter().take(2).take_while(|&&unit| (48..58).contains(&unit)).count();
    let number = units[..digits].iter().fold(0, |number, &digit| number * 10 + (digit as usize - 48));
    (number, &units[digits..])
}

/// The format behind an insert's number, `!...!`, else that of a string; and what follows.
fn insert(units: &[u32], width: Width) -> Option<(Format, &[u32])> {
    const MARK: u32 = '!' as u32;
    let (format, rest) = match units.split_first() {
        Some((&MARK, inside)) => {
            let end = inside.iter().position(|&unit| unit == MARK)?;
            (Format::parse_conversion(&inside[..end], width)?, &inside[end + 1..])
        }
        _ => (Format::parse_conversion(&[u32::from(b's')], width)?, units),
    };
    // Floating-point numbers are none that an insert can have.
    let is_real = |passed: &Passed| match passed {
        Passed::Double | Passed::LongDouble => true,
        Passed::Int | Passed::Long | Passed::Pointer => false,
    };
    (!format.arguments().iter().any(is_real)).then_some((format, rest))
}

/// Breaks lines before words that go beyond the width.
fn wrap(units: &[u32], width: usize, characters: Width) -> Vec<u32> {
    let (blank, feed) = (u32::from(b' '), u32::from(b'\n'));
    let mut out: Vec<u32> = Vec::new();
    let mut column = 0;
    for line in units.split_inclusive(|&unit| unit == feed) {
        for word in line.split_inclusive(|&unit| unit == blank) {
            let visible = word.iter().filter(|&&unit| unit > blank).count();
            if column > 0 && column + visible > width {
                if out.last() == Some(&blank) {
                    out.pop();
                }
                out.extend(characters.encode("\r\n"));
                column = 0;
            }
            out.extend(word);
            column += word.len();
        }
        if line.last() == Some(&feed) {
            column = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(message: &str, inserts: bool, arguments: &[u64], lines: Lines) -> Option<String> {
        let read = |_, width: Width, limit| width.encode("text").into_iter().take(limit).collect();
        let message = Message::parse(&Width::Narrow.encode(message), Width::Narrow, inserts)?;
        message.write(arguments, lines, &read).map(|text| Width::Narrow.decode(&text))
    }

    #[test]
    fn every_win32_code_of_an_operation_has_a_text() {
        for (status, _, code) in crate::linux::status::TABLE {
            assert!(of_code(*code).is_some(), "{code}, of {status:?}");
        }
    }

    #[test]
    fn escapes_inserts_and_lines() {
        let kept = Lines::Kept;
        /// The message, whether inserts are filled in, with what, how lines end, and the text.
        type Row = (&'static str, bool, &'static [u64], Lines, Option<&'static str>);
        let rows: [Row; 18] = [
            ("%1 and %2!d!", true, &[9, 7], kept, Some("text and 7")),
            ("%2!05d! %1!d!", true, &[1, 2], kept, Some("00002 1")),
            ("%1!.2s!", true, &[9], kept, Some("te")),
            ("%1!*.*s!|%4", true, &[5, 2, 9, 9], kept, Some("   te|text")),
            ("%1!I64u!", true, &[u64::MAX], kept, Some("18446744073709551615")),
            ("%10!d!", true, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], kept, Some("10")),
            ("100%% %. %! % |", true, &[], kept, Some("100% . !  |")),
            ("a%0b", true, &[], kept, Some("a")),
            ("a%nb%rc%td", true, &[], kept, Some("a\r\nb\rc\td")),
            ("%1 %2!d! %0 %%", false, &[], kept, Some("%1 %2!d! %0 %%")),
            ("a\nb\r\nc", true, &[], kept, Some("a\r\nb\r\nc")),
            ("a\nb%nc", true, &[], Lines::Joined, Some("a b\r\nc")),
            ("one two three", true, &[], Lines::Wrapped(7), Some("one two\r\nthree")),
            ("toolongword x", true, &[], Lines::Wrapped(3), Some("toolongword\r\nx")),
            ("%2", true, &[1], kept, None),
            ("%1!f!", true, &[1], kept, None),
            ("%1!d", true, &[1], kept, None),
            ("%1!q!", true, &[1], kept, None),
        ];
        for (message, inserts, arguments, lines, expected) in rows {
            assert_eq!(write(message, inserts, arguments, lines).as_deref(), expected, "{message}");
        }
    }

    #[test]
    fn every_code_of_the_library_has_a_text_that_ends_a_line() {
        for error in Error::ALL {
            let text = of_code(error.code() as u32).expect("it is in the table");
            assert!(text.ends_with(".\r\n") && text.len() > 5, "{text}");
        }
        assert_eq!(of_code(0x1234_5678), None);
    }
}
