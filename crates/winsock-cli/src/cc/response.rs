//! Response files: `@file` on a compiler's command line stands for the arguments written in the file.
//!
//! Owns their syntax in both directions, as gcc and clang define it: arguments apart by white space, quotes of either
//! kind around white space, a backslash before any byte that stands for itself. Knows nothing about options.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// Response files inside response files: deeper than this is a file that names itself.
const DEPTH_MAX: usize = 32;

/// The arguments with every response file replaced by what it holds, and whether there was one.
/// `@name` without such a file stays as it is, as it does in gcc.
pub(crate) fn expand(arguments: Vec<OsString>) -> Result<(Vec<OsString>, bool), String> {
    let mut expanded = Vec::with_capacity(arguments.len());
    let found = expand_into(arguments, &mut expanded, 0)?;
    Ok((expanded, found))
}

fn expand_into(arguments: Vec<OsString>, expanded: &mut Vec<OsString>, depth: usize) -> Result<bool, String> {
    let mut found = false;
    for argument in arguments {
        let file =
            argument.as_bytes().strip_prefix(b"@").and_then(|name| fs::read(OsStr::from_bytes(name)).ok());
        let Some(text) = file else {
            expanded.push(argument);
            continue;
        };
        if depth == DEPTH_MAX {
            return Err(format!("{}: response files nested more than {DEPTH_MAX} deep", argument.display()));
        }
        expand_into(split(&text), expanded, depth + 1)?;
        found = true;
    }
    Ok(found)
}

fn split(text: &[u8]) -> Vec<OsString> {
    let mut arguments = Vec::new();
    let mut current: Option<Vec<u8>> = None;
    let mut quote: Option<u8> = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => current.get_or_insert_default().extend(bytes.next()),
            _ if quote == Some(byte) => quote = None,
            _ if quote.is_some() => current.get_or_insert_default().push(byte),
            b'\'' | b'"' => {
                quote = Some(byte);
                current.get_or_insert_default();
            }
            _ if byte.is_ascii_whitespace() => arguments.extend(current.take().map(OsString::from_vec)),
            _ => current.get_or_insert_default().push(byte),
        }
    }
    arguments.extend(current.map(OsString::from_vec));
    arguments
}

/// The text of a response file that stands for `arguments`.
pub(crate) fn render<'a>(arguments: impl IntoIterator<Item = &'a OsString>) -> Vec<u8> {
    let mut text = Vec::new();
    for argument in arguments {
        if argument.is_empty() {
            text.extend(b"\"\"");
        }
        for &byte in argument.as_bytes() {
            if byte.is_ascii_whitespace() || matches!(byte, b'\\' | b'\'' | b'"') {
                text.push(b'\\');
            }
            text.push(byte);
        }
        text.push(b'\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_as_gcc_does() {
        let cases: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("  -c\n\tx.c \r\n", &["-c", "x.c"]),
            ("'a b' \"c d\"", &["a b", "c d"]),
            (r#"-DX=\"1\" a\ b"#, &["-DX=\"1\"", "a b"]),
            (r#"-D"X Y"=1"#, &["-DX Y=1"]),
            (r#""a'b" 'c"d'"#, &["a'b", "c\"d"]),
            ("\"\" ''", &["", ""]),
            (r#""a\"b""#, &["a\"b"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn what_is_rendered_splits_into_the_same_arguments() {
        let arguments: Vec<OsString> =
            ["-c", "", "a b", "it's", "\"q\"", "back\\slash", "new\nline", "@x"].map(OsString::from).into();
        assert_eq!(split(&render(&arguments)), arguments);
    }

    #[test]
    fn nested_files_are_expanded_and_missing_ones_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| format!("@{}", folder.path().join(name).display());
        fs::write(folder.path().join("inner"), "-O2 x.c").unwrap();
        fs::write(folder.path().join("outer"), format!("-c {} -g", path("inner"))).unwrap();
        let (arguments, found) = expand(vec![path("outer").into(), path("none").into()]).unwrap();
        assert_eq!(arguments, ["-c", "-O2", "x.c", "-g", &path("none")]);
        assert!(found);
    }

    #[test]
    fn a_file_that_names_itself_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let name = format!("@{}", folder.path().join("loop").display());
        fs::write(folder.path().join("loop"), &name).unwrap();
        assert!(expand(vec![name.into()]).unwrap_err().contains("nested"));
    }
}
