//! Formats of `printf` as Microsoft's libraries understand them, in both widths of characters.
//!
//! Owns the grammar (`%I64d`, `%S`, `%ws`, `%hs`, `l` of 32 bits), which arguments a format takes, and the text. Does not
//! know where arguments come from or what memory pointers lead to: both are the caller's.

use super::sys::text;
use std::ffi::CString;

/// The largest width of a field, and the largest precision of a number: a larger one is no text that anybody reads, but
/// memory that a format from elsewhere asks for.
const MAX_AMOUNT: usize = 65_535;

/// How an argument is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Passed {
    /// As an `int`.
    Int,
    /// As 64 bits.
    Long,
    /// As a `double`.
    Double,
    /// As a `long double`, which is the caller's to shorten.
    LongDouble,
    /// As a pointer.
    Pointer,
}

/// What memory holds that an argument leads to: the characters of a string, at most so many, in units of its width.
pub(crate) type Read<'a> = &'a dyn Fn(usize, Width, usize) -> Vec<u32>;

/// How wide a character is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Width {
    /// A byte of UTF-8.
    Narrow,
    /// 16 bits of UTF-16.
    Wide,
}

impl Width {
    fn other(self) -> Width {
        match self {
            Width::Narrow => Width::Wide,
            Width::Wide => Width::Narrow,
        }
    }

    /// Units of this width as text; what is none becomes U+FFFD.
    pub(crate) fn decode(self, units: &[u32]) -> String {
        match self {
            Width::Narrow => {
                let bytes: Vec<u8> = units.iter().map(|&unit| unit as u8).collect();
                String::from_utf8_lossy(&bytes).into_owned()
            }
            Width::Wide => {
                let units: Vec<u16> = units.iter().map(|&unit| unit as u16).collect();
                String::from_utf16_lossy(&units)
            }
        }
    }

    pub(crate) fn encode(self, text: &str) -> Vec<u32> {
        match self {
            Width::Narrow => text.bytes().map(u32::from).collect(),
            Width::Wide => text.encode_utf16().map(u32::from).collect(),
        }
    }
}

/// A format, taken apart.
#[derive(Debug)]
pub(crate) struct Format {
    width: Width,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(Vec<u32>),
    Conversion(Conversion),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Amount {
    None,
    Given(i32),
    Argument,
}

#[derive(Debug)]
struct Conversion {
    flags: Flags,
    width: Amount,
    precision: Amount,
    what: What,
}

#[derive(Clone, Copy, Default, Debug)]
struct Flags {
    left: bool,
    sign: bool,
    space: bool,
    alternate: bool,
    zero: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum What {
    Signed(u32),
    Unsigned(u32, Radix),
    Double(u8, Passed),
    Pointer,
    Character(Width),
    Text(Width),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Radix {
    Decimal,
    Octal,
    Hex,
    UpperHex,
}

/// The letters before the conversion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Size {
    None,
    Char,
    Short,
    /// `l`, which has 32 bits, `I32`.
    Long,
    /// `ll`, `I64`, `I`, `j`, `t`, `z`.
    Double,
    /// `w`, of characters.
    Wide,
    /// `L`, of floating-point numbers.
    LongDouble,
}

/// Reads a format unit by unit.
struct Reader<'a> {
    units: &'a [u32],
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.units.first().and_then(|&unit| u8::try_from(unit).ok())
    }

    fn take(&mut self, text: &[u8]) -> bool {
        let found = self.units.len() >= text.len()
            && self.units.iter().zip(text).all(|(&unit, &byte)| unit == u32::from(byte));
        if found {
            self.units = &self.units[text.len()..];
        }
        found
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                Some(b'-') => flags.left = true,
                Some(b'+') => flags.sign = true,
                Some(b' ') => flags.space = true,
                Some(b'#') => flags.alternate = true,
                Some(b'0') => flags.zero = true,
                _ => return flags,
            }
            self.units = &self.units[1..];
        }
    }

    /// `None` for a number that no text is as long as.
    fn amount(&mut self) -> Option<Amount> {
        if self.take(b"*") {
            return Some(Amount::Argument);
        }
        let mut amount = Amount::None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let before = match amount {
                Amount::Given(number) => number,
                Amount::None | Amount::Argument => 0,
            };
            amount = Amount::Given(before.checked_mul(10)?.checked_add(i32::from(digit - b'0'))?);
            self.units = &self.units[1..];
        }
        Some(amount)
    }

    fn size(&mut self) -> Size {
        const SIZES: [(&[u8], Size); 12] = [
            (b"I64", Size::Double),
            (b"I32", Size::Long),
            (b"I", Size::Double),
            (b"hh", Size::Char),
            (b"h", Size::Short),
            (b"ll", Size::Double),
            (b"l", Size::Long),
            (b"w", Size::Wide),
            (b"j", Size::Double),
            (b"t", Size::Double),
            (b"z", Size::Double),
            (b"L", Size::LongDouble),
        ];
        SIZES.iter().find(|row| self.take(row.0)).map_or(Size::None, |row| row.1)
    }
}

impl Format {
    /// `None` for a conversion that is unknown; `%n` is, as in Microsoft's libraries.
    pub(crate) fn parse(units: &[u32], width: Width) -> Option<Format> {
        let mut reader = Reader { units };
        let mut pieces = Vec::new();
        while !reader.units.is_empty() {
            let end = reader.units.iter().position(|&unit| unit == u32::from(b'%'));
            let (text, rest) = reader.units.split_at(end.unwrap_or(reader.units.len()));
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_vec()));
            }
            reader.units = rest;
            if reader.take(b"%%") {
                pieces.push(Piece::Text(vec![u32::from(b'%')]));
            } else if reader.take(b"%") {
                pieces.push(Piece::Conversion(conversion(&mut reader, width)?));
            }
        }
        Some(Format { width, pieces })
    }

    /// One conversion, as a message's insert has it: what stands between the exclamation marks.
    pub(crate) fn parse_conversion(units: &[u32], width: Width) -> Option<Format> {
        let mut reader = Reader { units };
        let conversion = conversion(&mut reader, width)?;
        reader.units.is_empty().then(|| Format { width, pieces: vec![Piece::Conversion(conversion)] })
    }

    /// The arguments that it takes, in order.
    pub(crate) fn arguments(&self) -> Vec<Passed> {
        let mut passed = Vec::new();
        for piece in &self.pieces {
            let Piece::Conversion(conversion) = piece else { continue };
            let amounts = [conversion.width, conversion.precision];
            passed.extend(amounts.iter().filter(|&&amount| amount == Amount::Argument).map(|_| Passed::Int));
            passed.push(match conversion.what {
                What::Signed(64) | What::Unsigned(64, _) => Passed::Long,
                What::Signed(_) | What::Unsigned(..) | What::Character(_) => Passed::Int,
                What::Double(_, passed) => passed,
                What::Pointer | What::Text(_) => Passed::Pointer,
            });
        }
        passed
    }

    /// The text, in units of the format's width. `None` for too few arguments.
    pub(crate) fn write(&self, arguments: &[u64], read: Read<'_>) -> Option<Vec<u32>> {
        let mut arguments = arguments.iter().copied();
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text),
                Piece::Conversion(conversion) => {
                    out.extend(conversion.write(self.width, &mut arguments, read)?);
                }
            }
        }
        Some(out)
    }
}

fn conversion(reader: &mut Reader<'_>, width: Width) -> Option<Conversion> {
    let flags = reader.flags();
    let wide = reader.amount()?;
    let precision = match (reader.take(b"."), reader.amount()) {
        (false, _) => Amount::None,
        (true, None) => return None,
        (true, Some(Amount::None)) => Amount::Given(0),
        (true, Some(amount)) => amount,
    };
    let size = reader.size();
    let letter = reader.peek()?;
    reader.units = &reader.units[1..];
    let bits = match size {
        Size::Char => 8,
        Size::Short => 16,
        Size::None | Size::Long | Size::Wide | Size::LongDouble => 32,
        Size::Double => 64,
    };
    let characters = |unmarked: Width| match size {
        Size::Short | Size::Char => Width::Narrow,
        Size::Long | Size::Wide | Size::Double => Width::Wide,
        Size::None | Size::LongDouble => unmarked,
    };
    let double = match size {
        Size::LongDouble => Passed::LongDouble,
        Size::None | Size::Char | Size::Short | Size::Long | Size::Double | Size::Wide => Passed::Double,
    };
    let what = match letter {
        b'd' | b'i' => What::Signed(bits),
        b'u' => What::Unsigned(bits, Radix::Decimal),
        b'o' => What::Unsigned(bits, Radix::Octal),
        b'x' => What::Unsigned(bits, Radix::Hex),
        b'X' => What::Unsigned(bits, Radix::UpperHex),
        b'a' | b'A' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => What::Double(letter, double),
        b'p' => What::Pointer,
        b'c' => What::Character(characters(width)),
        b'C' => What::Character(characters(width.other())),
        b's' => What::Text(characters(width)),
        b'S' => What::Text(characters(width.other())),
        _ => return None,
    };
    Some(Conversion { flags, width: wide, precision, what })
}

impl Conversion {
    fn write(
        &self,
        out: Width,
        arguments: &mut impl Iterator<Item = u64>,
        read: Read<'_>,
    ) -> Option<Vec<u32>> {
        let mut amount = |amount| match amount {
            Amount::None => Some(None),
            Amount::Given(number) => Some(Some(number)),
            Amount::Argument => arguments.next().map(|argument| Some(argument as i32)),
        };
        let width = amount(self.width)?.unwrap_or(0);
        // A negative one counts as none.
        let precision = amount(self.precision)?.filter(|&number| number >= 0);
        let flags = Flags { left: self.flags.left || width < 0, ..self.flags };
        let width = width.unsigned_abs() as usize;
        let digits = match self.what {
            What::Signed(_) | What::Unsigned(..) | What::Double(..) => precision.unwrap_or(0) as usize,
            What::Pointer | What::Character(_) | What::Text(_) => 0,
        };
        if width.max(digits) > MAX_AMOUNT {
            return None;
        }
        let argument = arguments.next()?;
        let number = |sign: &str, prefix: &str, digits: String| {
            let precision = precision.map(|number| number as usize);
            let sign_and_prefix = format!("{sign}{prefix}");
            let digits = if precision == Some(0) && digits == "0" { String::new() } else { digits };
            let zeros = match precision {
                Some(precision) => precision,
                None if flags.zero && !flags.left => width.saturating_sub(sign_and_prefix.len()),
                None => 0,
            };
            let zeros = "0".repeat(zeros.saturating_sub(digits.len()));
            out.encode(&format!("{sign_and_prefix}{zeros}{digits}"))
        };
        let text = match self.what {
            What::Signed(bits) => {
                let value = (argument as i64) << (64 - bits) >> (64 - bits);
                let sign = match (value < 0, flags.sign, flags.space) {
                    (true, _, _) => "-",
                    (false, true, _) => "+",
                    (false, false, true) => " ",
                    (false, false, false) => "",
                };
                number(sign, "", value.unsigned_abs().to_string())
            }
            What::Unsigned(bits, radix) => {
                let value = argument << (64 - bits) >> (64 - bits);
                let shows = flags.alternate && value != 0;
                let (prefix, digits) = match radix {
                    Radix::Decimal => ("", value.to_string()),
                    Radix::Octal if shows => ("", format!("0{value:o}")),
                    Radix::Octal => ("", format!("{value:o}")),
                    Radix::Hex => (if shows { "0x" } else { "" }, format!("{value:x}")),
                    Radix::UpperHex => (if shows { "0X" } else { "" }, format!("{value:X}")),
                };
                number("", prefix, digits)
            }
            What::Pointer => out.encode(&format!("{argument:016X}")),
            What::Double(letter, _) => {
                let value = f64::from_bits(argument);
                return Some(out.encode(&double(flags, width, precision, letter, value)));
            }
            What::Character(source) => recode(&[argument as u32 & mask(source)], source, out),
            What::Text(source) => {
                let limit = precision.map_or(usize::MAX, |number| number as usize);
                if argument == 0 {
                    out.encode(&"(null)"[..limit.min(6)])
                } else {
                    recode(&read(argument as usize, source, limit), source, out)
                }
            }
        };
        Some(pad(text, width, flags.left))
    }
}

fn mask(width: Width) -> u32 {
    match width {
        Width::Narrow => 0xFF,
        Width::Wide => 0xFFFF,
    }
}

/// Units of one width in another; in the same one they stay as they are, text or not.
fn recode(units: &[u32], from: Width, to: Width) -> Vec<u32> {
    if from == to { units.to_vec() } else { to.encode(&from.decode(units)) }
}

fn pad(mut text: Vec<u32>, width: usize, left: bool) -> Vec<u32> {
    let blanks = vec![u32::from(b' '); width.saturating_sub(text.len())];
    let place = if left { text.len() } else { 0 };
    text.splice(place..place, blanks);
    text
}

fn double(flags: Flags, width: usize, precision: Option<i32>, letter: u8, value: f64) -> String {
    let marks =
        [(flags.left, '-'), (flags.sign, '+'), (flags.space, ' '), (flags.alternate, '#'), (flags.zero, '0')];
    let marks: String = marks.iter().filter(|mark| mark.0).map(|mark| mark.1).collect();
    let format = CString::new(format!("%{marks}*.*{}", char::from(letter))).expect("it has no zero");
    let width = i32::try_from(width).unwrap_or(i32::MAX);
    String::from_utf8_lossy(&text::double(&format, width, precision.unwrap_or(-1), value)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(text: &str, width: Width) -> Vec<u32> {
        width.encode(text)
    }

    /// Strings are arguments 1 (narrow) and 2 (wide).
    fn read(pointer: usize, width: Width, limit: usize) -> Vec<u32> {
        let text = match (pointer, width) {
            (1, Width::Narrow) => units("närrow", width),
            (2, Width::Wide) => units("wïde", width),
            _ => panic!("{pointer} is no string of that width"),
        };
        text.into_iter().take(limit).collect()
    }

    fn write(width: Width, format: &str, arguments: &[u64]) -> Option<String> {
        let format = Format::parse(&units(format, width), width)?;
        assert_eq!(format.arguments().len(), arguments.len(), "{format:?}");
        format.write(arguments, &read).map(|text| width.decode(&text))
    }

    #[test]
    fn numbers_have_windows_sizes_and_every_flag() {
        let rows: [(&str, &[u64], &str); 30] = [
            ("plain %%", &[], "plain %"),
            ("%d", &[-1i64 as u64], "-1"),
            ("%ld %lu", &[u64::MAX, u64::MAX], "-1 4294967295"),
            ("%I64d", &[i64::MIN as u64], "-9223372036854775808"),
            (
                "%I64u %llu %Iu %zu",
                &[u64::MAX; 4],
                "18446744073709551615 18446744073709551615 18446744073709551615 18446744073709551615",
            ),
            ("%I32d", &[0xFFFF_FFFF], "-1"),
            ("%hd %hhd", &[0x1_FFFF, 0x1FF], "-1 -1"),
            ("%hu %hhu", &[0x1_FFFF, 0x1FF], "65535 255"),
            ("%x %X %#x %#X", &[255, 255, 255, 255], "ff FF 0xff 0XFF"),
            ("%#x %#o %o", &[0, 8, 8], "0 010 10"),
            ("%5d|%-5d|%05d", &[42, 42, 42], "   42|42   |00042"),
            ("%+d % d %+d", &[1, 1, -1i64 as u64], "+1  1 -1"),
            ("%.3d|%5.3d|%-5.3d|", &[7, 7, 7], "007|  007|007  |"),
            ("%05.3d", &[7], "  007"),
            ("%.0d|%.0d", &[0, 1], "|1"),
            ("%*d|%-*d|", &[4, 1, 4, 1], "   1|1   |"),
            ("%*d|", &[-4i64 as u64, 1], "1   |"),
            ("%.*d", &[3, 5], "005"),
            ("%.*d", &[-1i64 as u64, 5], "5"),
            ("%#06x", &[255], "0x00ff"),
            ("%p", &[0xABC], "0000000000000ABC"),
            ("%f", &[1.5f64.to_bits()], "1.500000"),
            ("%.2f|%8.2f|%-8.2f|%08.2f", &[2.5f64.to_bits(); 4], "2.50|    2.50|2.50    |00002.50"),
            ("%e", &[1e100f64.to_bits()], "1.000000e+100"),
            ("%g %G", &[1e-5f64.to_bits(), 0.5f64.to_bits()], "1e-05 0.5"),
            ("%Lf", &[1.0f64.to_bits()], "1.000000"),
            ("%+.1f", &[1.0f64.to_bits()], "+1.0"),
            ("%i", &[3], "3"),
            ("%u", &[u64::MAX], "4294967295"),
            ("%jd %td", &[1, 2], "1 2"),
        ];
        for width in [Width::Narrow, Width::Wide] {
            for (format, arguments, expected) in rows {
                assert_eq!(write(width, format, arguments).as_deref(), Some(expected), "{format}");
            }
        }
    }

    #[test]
    fn strings_and_characters_are_of_the_functions_width_unless_marked() {
        let rows: [(Width, &str, &[u64], &str); 14] = [
            (Width::Narrow, "%s %S", &[1, 2], "närrow wïde"),
            (Width::Wide, "%s %S", &[2, 1], "wïde närrow"),
            (Width::Narrow, "%hs %ls %ws", &[1, 2, 2], "närrow wïde wïde"),
            (Width::Wide, "%hs %ls %ws", &[1, 2, 2], "närrow wïde wïde"),
            (Width::Narrow, "%s", &[0], "(null)"),
            (Width::Narrow, "%.3s", &[0], "(nu"),
            (Width::Narrow, "%.1s|%5.1s|%-5.1s|", &[1, 1, 1], "n|    n|n    |"),
            (Width::Wide, "%.2s", &[2], "wï"),
            (Width::Narrow, "%c%c", &[0x41, 0x42], "AB"),
            (Width::Narrow, "%C", &[0xEF], "ï"),
            (Width::Wide, "%c", &[0xEF], "ï"),
            (Width::Wide, "%C%hc", &[0x41, 0x42], "AB"),
            (Width::Wide, "%3c|%-3c|", &[0x41, 0x41], "  A|A  |"),
            (Width::Narrow, "%6S", &[2], " wïde"),
        ];
        for (width, format, arguments, expected) in rows {
            assert_eq!(write(width, format, arguments).as_deref(), Some(expected), "{format}, {width:?}");
        }
    }

    #[test]
    fn what_is_no_format_is_refused() {
        for format in ["%", "%n", "%y", "%5", "%I64", "%99999999999d", "%.99999999999d", "%-"] {
            assert!(Format::parse(&units(format, Width::Narrow), Width::Narrow).is_none(), "{format}");
        }
        let format = Format::parse(&units("%d %d", Width::Narrow), Width::Narrow).unwrap();
        assert_eq!(format.write(&[1], &read), None, "an argument is missing");
    }

    #[test]
    fn a_width_or_a_precision_beyond_the_limit_is_refused() {
        for format in ["%65536d", "%-65536s", "%.65536u", "%.555555555x", "%65536c", "%.65536f", "%65536p"] {
            assert_eq!(write(Width::Narrow, format, &[1]), None, "{format}");
        }
        let least = i64::from(i32::MIN) as u64;
        for amount in [65_536, i32::MAX as u64, least] {
            assert_eq!(write(Width::Narrow, "%*d", &[amount, 1]), None);
        }
        assert_eq!(write(Width::Narrow, "%.*d", &[least, 1]).as_deref(), Some("1"));
        assert_eq!(write(Width::Wide, "%.*s", &[i32::MAX as u64, 2]).as_deref(), Some("wïde"));
        assert_eq!(write(Width::Wide, "%65535d", &[1]).map(|text| text.len()), Some(65_535));
    }

    #[test]
    fn arguments_are_passed_as_the_conversions_say() {
        let format = Format::parse(&units("%d%I64d%*.*f%Lf%s%p%c", Width::Narrow), Width::Narrow).unwrap();
        use Passed::*;
        assert_eq!(format.arguments(), [Int, Long, Int, Int, Double, LongDouble, Pointer, Pointer, Int]);
    }
}
