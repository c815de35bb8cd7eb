//! Reads a source file as far as the wrapper has to: the headers it includes, and how its program starts.
//!
//! It is no preprocessor: conditions are not evaluated, so that it sees more than the compiler will, never less.

/// An `#include` line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Include {
    /// `"name"`, which is looked for beside the including file first, and not `<name>`.
    pub(crate) quoted: bool,
    pub(crate) name: Vec<u8>,
}

pub(crate) fn includes(text: &[u8]) -> impl Iterator<Item = Include> {
    text.split(|&byte| byte == b'\n').filter_map(include_on)
}

fn include_on(line: &[u8]) -> Option<Include> {
    let directive = line.trim_ascii_start().strip_prefix(b"#")?.trim_ascii_start();
    let operand = directive.strip_prefix(b"include")?.trim_ascii_start();
    let (quoted, end) = match operand.first()? {
        b'"' => (true, b'"'),
        b'<' => (false, b'>'),
        _ => return None,
    };
    let name = &operand[1..];
    let length = name.iter().position(|&byte| byte == end)?;
    Some(Include { quoted, name: name[..length].to_vec() })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a [u8]),
    Literal,
    Sign(u8),
    /// `#if` and its kin, without their operands.
    Directive(&'a [u8]),
}

/// A way to start a program that the C library does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// `void main`, or one of the [`WINDOWS_ENTRIES`] that returns `void`.
    Void,
    /// One of the [`WINDOWS_ENTRIES`].
    Int,
}

const WINDOWS_ENTRIES: [&[u8]; 5] = [b"WinMain", b"wWinMain", b"_tWinMain", b"wmain", b"_tmain"];

/// The entry that the file has outside all braces, and no `int main` beside it.
pub(crate) fn entry(text: &[u8]) -> Option<Entry> {
    let mut found = None;
    // Braces open now: those of `extern "C" {` do not take `main` out of the file's own level.
    let mut braces: Vec<Brace> = Vec::new();
    let mut conditions: Vec<Vec<Brace>> = Vec::new();
    // The tokens since the last sign other than the `(` that follows a name.
    let mut words: Vec<Token<'_>> = Vec::new();
    for token in Tokens(text) {
        match token {
            Token::Word(_) | Token::Literal => words.push(token),
            Token::Sign(sign) => {
                let at_top = !braces.contains(&Brace::Scope);
                if let (b'(', true, Some(Token::Word(name))) = (sign, at_top, words.last()) {
                    let is_void = words.iter().any(|word| matches!(word, Token::Word(b"void" | b"VOID")));
                    match (*name == b"main", WINDOWS_ENTRIES.contains(name), is_void) {
                        (false, false, _) => {}
                        (true, _, false) => return None,
                        (_, _, true) => found = Some(Entry::Void),
                        (false, true, false) => found = found.or(Some(Entry::Int)),
                    }
                }
                if sign == b'{' {
                    let linkage = words == [Token::Word(b"extern"), Token::Literal];
                    braces.push(if linkage { Brace::Linkage } else { Brace::Scope });
                } else if sign == b'}' {
                    braces.pop();
                }
                words.clear();
            }
            // Each branch of a condition starts with the braces that were open before the first.
            Token::Directive(b"if" | b"ifdef" | b"ifndef") => conditions.push(braces.clone()),
            Token::Directive(b"else" | b"elif" | b"elifdef" | b"elifndef") => {
                if let Some(before) = conditions.last() {
                    braces.clone_from(before);
                }
            }
            Token::Directive(b"endif") => {
                conditions.pop();
            }
            Token::Directive(_) => {}
        }
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Brace {
    Linkage,
    Scope,
}

/// The tokens of C and C++ in what is left of a text.
struct Tokens<'a>(&'a [u8]);

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            self.0 = self.0.trim_ascii_start();
            let text = self.0;
            match text {
                [] => return None,
                [b'/', b'/', ..] => self.skip_line(),
                [b'/', b'*', ..] => self.skip_past(b"*/", 2),
                [b'#', ..] => return Some(self.directive()),
                [b'R', b'"', ..] => return Some(self.raw_string(2)),
                [b'L' | b'u' | b'U', b'R', b'"', ..] => return Some(self.raw_string(3)),
                [b'u', b'8', b'R', b'"', ..] => return Some(self.raw_string(4)),
                [quote @ (b'"' | b'\''), ..] => return Some(self.literal(*quote)),
                [first, ..] if is_word(*first) => {
                    let number = first.is_ascii_digit();
                    let in_word = |&&byte: &&u8| is_word(byte) || (number && matches!(byte, b'\'' | b'.'));
                    let (word, rest) = text.split_at(text.iter().take_while(in_word).count());
                    self.0 = rest;
                    return Some(Token::Word(word));
                }
                [sign, rest @ ..] => {
                    self.0 = rest;
                    return Some(Token::Sign(*sign));
                }
            }
        }
    }
}

impl<'a> Tokens<'a> {
    /// Skips up to the end of the line, over line ends that a backslash hides.
    fn skip_line(&mut self) {
        loop {
            let end = self.0.iter().position(|&byte| byte == b'\n').unwrap_or(self.0.len());
            let hidden = self.0[..end].trim_ascii_end().ends_with(b"\\");
            self.0 = &self.0[end..];
            if !hidden || self.0.is_empty() {
                return;
            }
            self.0 = &self.0[1..];
        }
    }

    fn skip_past(&mut self, end: &[u8], start: usize) {
        let found = self.0[start..].windows(end.len()).position(|window| window == end);
        self.0 = found.map_or(&[], |at| &self.0[start + at + end.len()..]);
    }

    fn directive(&mut self) -> Token<'a> {
        let name = self.0[1..].trim_ascii_start();
        let (name, rest) = name.split_at(name.iter().take_while(|&&byte| is_word(byte)).count());
        self.0 = rest;
        loop {
            match self.0 {
                [] | [b'\n', ..] => return Token::Directive(name),
                [b'\\', b'\r', b'\n', rest @ ..] | [b'\\', b'\n', rest @ ..] => self.0 = rest,
                [b'/', b'/', ..] => self.skip_line(),
                [b'/', b'*', ..] => self.skip_past(b"*/", 2),
                [quote @ (b'"' | b'\''), ..] => _ = self.literal(*quote),
                [_, rest @ ..] => self.0 = rest,
            }
        }
    }

    /// A string or character constant; one that is not closed ends before the end of its line.
    fn literal(&mut self, quote: u8) -> Token<'a> {
        let mut at = 1;
        while let Some(&byte) = self.0.get(at) {
            at += 1;
            match byte {
                b'\\' => at += 1,
                b'\n' => {
                    at -= 1;
                    break;
                }
                _ if byte == quote => break,
                _ => {}
            }
        }
        self.0 = self.0.get(at..).unwrap_or_default();
        Token::Literal
    }

    /// `R"x(...)x"`, whose contents start after `prefix` bytes.
    fn raw_string(&mut self, prefix: usize) -> Token<'a> {
        let text = &self.0[prefix..];
        let delimiter = text.iter().position(|&byte| byte == b'(').unwrap_or(0);
        let end = [b")", &text[..delimiter], b"\""].concat();
        self.skip_past(&end, prefix);
        Token::Literal
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn include_lines() {
        let cases: [(&str, Option<(bool, &str)>); 10] = [
            ("#include \"Common.H\"", Some((true, "Common.H"))),
            ("  #  include   <WinSock2.h> // sockets", Some((false, "WinSock2.h"))),
            ("#include\"dir\\x.h\"\r", Some((true, "dir\\x.h"))),
            ("#include<a b.h>", Some((false, "a b.h"))),
            ("#include NAME", None),
            ("#include \"open", None),
            ("#define include \"x.h\"", None),
            ("// #include \"x.h\"", None),
            ("include \"x.h\"", None),
            ("#include", None),
        ];
        for (line, expected) in cases {
            let expected = expected.map(|(quoted, name)| Include { quoted, name: name.into() });
            assert_eq!(includes(line.as_bytes()).next(), expected, "{line}");
        }
    }

    #[test]
    fn entries_that_return_void_are_seen() {
        for text in [
            "void main() {}",
            "void\nmain(int argc, char **argv)\n{\n}",
            "void __cdecl main(void) {}",
            "VOID WINAPI main(int argc, char *argv[]) {}",
            "extern \"C\" void main() {}",
            "extern \"C\" {\nvoid main() {}\n}",
            "int f() { return 1; } void /* here */ main // and\n() {}",
            "const char *s = \"}{\"; char c = '{', d = '\\''; int n = 1'000'000; void main() {}",
            "auto r = R\"x({ \" )\" )x\"; void main() {}",
            "#define OPEN {\nvoid main() {}",
            "#define A /* {\n { */ 1\n#error don't {\n#define B // {\nvoid main() {}",
            "#define A \\\n {\nvoid main() {}",
            "#ifdef A\nint f() {\n#else\nint g() {\n#endif\n}\nvoid main() {}",
            "struct S { int main(); }; void main() {}",
            "void main(int, char **);\nvoid main(int c, char **v) {}",
            "void _tmain(int argc, TCHAR *argv[]) {}",
            "void __cdecl wmain() {}",
        ] {
            assert_eq!(entry(text.as_bytes()), Some(Entry::Void), "{text}");
        }
    }

    #[test]
    fn entries_of_windows_are_seen() {
        for text in [
            "int APIENTRY WinMain(HINSTANCE i, HINSTANCE p, LPSTR line, int show)\n{\n}",
            "int WINAPI wWinMain(HINSTANCE, HINSTANCE, PWSTR, int) {}",
            "int APIENTRY _tWinMain(_In_ HINSTANCE i, HINSTANCE p, LPTSTR l, int s) {}",
            "int __cdecl wmain(int argc, const wchar_t *const argv[]) {}",
            "void f();\nint _tmain(int argc, _TCHAR **argv) {}",
        ] {
            assert_eq!(entry(text.as_bytes()), Some(Entry::Int), "{text}");
        }
    }

    #[test]
    fn other_mains_are_left_alone() {
        for text in [
            "int main() {}",
            "int main(void) {}",
            "main() {}",
            "int __cdecl main(int argc, char **argv) { void *p; }",
            "// void main() {}\nint main() {}",
            "/* void main() */ const char *s = \"void main()\";",
            "#define M void main()\nint main() { }",
            "struct S { void main(); };",
            "void S::main() {}",
            "namespace n { void main() {} }",
            "void mainly() {} void domain() {}",
            "void f() { main(); }",
            "#ifdef A\nvoid main() {}\n#else\nint main() {}\n#endif",
            "void *main;",
            "int WinMain(HINSTANCE, HINSTANCE, LPSTR, int) {}\nint main() { return WinMain(0, 0, 0, 0); }",
            "struct S { int wmain(); };",
            "void f(void) {} int main() {}",
            "R\"(void main() {})\" \"open\nx",
            "'",
            "/* open",
            "R\"x(open",
        ] {
            assert_eq!(entry(text.as_bytes()), None, "{text}");
        }
    }
}
