//! Code pages: bytes as text and text as bytes.
//!
//! The pages are UTF-8, which is also the page of the A functions, Windows' Western page, Latin 1 and ASCII.

use crate::win32;

/// A code page that there is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum CodePage {
    Utf8,
    /// 1252.
    Western,
    /// 28591.
    Latin1,
    /// 20127.
    Ascii,
}

/// What 1252 has where Latin 1 has control characters; 0 where it has them too.
const WESTERN: [u16; 32] = [
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
    0x017D, 0, 0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
    0x0153, 0, 0x017E, 0x0178,
];

impl CodePage {
    /// The page of a number, or of one of the names for a default page.
    pub(crate) fn from_number(number: u32) -> Option<CodePage> {
        match number {
            win32::CP_ACP | win32::CP_OEMCP | win32::CP_THREAD_ACP | win32::CP_UTF8 => Some(CodePage::Utf8),
            1252 => Some(CodePage::Western),
            28591 => Some(CodePage::Latin1),
            20127 => Some(CodePage::Ascii),
            _ => None,
        }
    }

    /// Bytes as UTF-16, and whether all of them were text; what was not has become U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> (Vec<u16>, bool) {
        match self {
            CodePage::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => (text.encode_utf16().collect(), true),
                Err(_) => (String::from_utf8_lossy(bytes).encode_utf16().collect(), false),
            },
            CodePage::Western => {
                let unit = |&byte: &u8| match (byte, WESTERN.get(usize::from(byte).wrapping_sub(0x80))) {
                    (_, Some(&unit)) if unit != 0 => unit,
                    (byte, _) => byte.into(),
                };
                (bytes.iter().map(unit).collect(), true)
            }
            CodePage::Latin1 => (bytes.iter().map(|&byte| byte.into()).collect(), true),
            CodePage::Ascii => {
                let unit = |&byte: &u8| if byte.is_ascii() { byte.into() } else { 0xFFFD };
                (bytes.iter().map(unit).collect(), bytes.is_ascii())
            }
        }
    }

    /// UTF-16 as bytes, and whether the page has all of it. What it lacks becomes `default`, or U+FFFD in UTF-8.
    pub(crate) fn encode(self, units: &[u16], default: u8) -> (Vec<u8>, bool) {
        if self == CodePage::Utf8 {
            return match String::from_utf16(units) {
                Ok(text) => (text.into_bytes(), true),
                Err(_) => (String::from_utf16_lossy(units).into_bytes(), false),
            };
        }
        let mut is_whole = true;
        let bytes = char::decode_utf16(units.iter().copied())
            .map(|character| {
                let byte = character.ok().and_then(|character| self.byte(character));
                is_whole &= byte.is_some();
                byte.unwrap_or(default)
            })
            .collect();
        (bytes, is_whole)
    }

    fn byte(self, character: char) -> Option<u8> {
        let byte = u8::try_from(u32::from(character)).ok();
        match self {
            CodePage::Utf8 => None,
            CodePage::Ascii => byte.filter(u8::is_ascii),
            CodePage::Latin1 => byte,
            CodePage::Western => {
                let special = |&unit: &u16| unit != 0 && u32::from(unit) == u32::from(character);
                match (WESTERN.iter().position(special), byte) {
                    (Some(place), _) => Some(0x80 + place as u8),
                    (None, Some(byte)) => {
                        let is_taken =
                            WESTERN.get(usize::from(byte).wrapping_sub(0x80)).is_some_and(|&u| u != 0);
                        (!is_taken).then_some(byte)
                    }
                    (None, None) => None,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_the_pages_with_one_byte_per_character_comes_back() {
        for page in [CodePage::Western, CodePage::Latin1, CodePage::Ascii] {
            for byte in 0..=u8::MAX {
                let (units, is_text) = page.decode(&[byte]);
                assert_eq!(is_text, page != CodePage::Ascii || byte < 0x80, "{page:?} {byte:#x}");
                if is_text {
                    assert_eq!(page.encode(&units, b'?'), (vec![byte], true), "{page:?} {byte:#x}");
                }
            }
        }
    }

    #[test]
    fn what_a_page_lacks_becomes_the_default() {
        let units: Vec<u16> = "€ä😀".encode_utf16().chain([0xD800]).collect();
        assert_eq!(CodePage::Western.encode(&units, b'?'), (b"\x80\xE4??".to_vec(), false));
        assert_eq!(CodePage::Latin1.encode(&units, b'#'), (b"#\xE4##".to_vec(), false));
        assert_eq!(CodePage::Ascii.encode(&units, b'?'), (b"????".to_vec(), false));
        assert_eq!(CodePage::Utf8.encode(&units, b'?'), ("€ä😀\u{FFFD}".into(), false));
        assert_eq!(CodePage::Utf8.decode(b"a\xFFb"), (vec![0x61, 0xFFFD, 0x62], false));
    }
}
