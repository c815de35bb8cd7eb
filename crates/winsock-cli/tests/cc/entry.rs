//! Programs that start as only programs for Windows do: a `main` that returns `void` ends with exit code 0; `wmain`,
//! `WinMain` and `wWinMain` get their arguments. All others are left alone.

use crate::workshop::{TIME_LIMIT, Workshop, text, there_is};

const VOID_MAIN: &str = "#include <stdio.h>
void __cdecl
main(int argc, char *argv[])
{
    printf(\"%d %s %d\\n\", argc, argv[1], __LINE__);
}
";

#[test]
fn void_main_runs_and_ends_with_0() {
    let shop = Workshop::new();
    for name in ["x.c", "x.cpp", "X.Cpp"] {
        shop.write(name, VOID_MAIN);
    }
    let mut tried = vec![("cc", "gcc", "x.c"), ("c++", "g++", "x.cpp"), ("c++", "g++", "X.Cpp")];
    if there_is("clang") {
        tried.extend([("cc", "clang", "x.c"), ("c++", "clang++", "x.cpp"), ("c++", "clang++", "X.Cpp")]);
    }
    for (command, compiler, source) in tried {
        shop.winsock([command, "-Wall", "-Wextra", "-Werror", source, "-o", "x"])
            .env("WINSOCK_CC", compiler)
            .env("WINSOCK_CXX", compiler)
            .assert()
            .success();
        let output = shop.program("x").arg("word").timeout(TIME_LIMIT).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "2 word 5\n".into()), "{source}");
    }
}

/// Prints the units of UTF-16 of each argument.
const WIDE: &str = "#include <stddef.h>
#include <stdio.h>
static void show(const unsigned short *text)
{
    for (; *text; text++) printf(\"%x \", *text);
    puts(\"\");
}
";

#[test]
fn entries_of_windows_get_their_arguments() {
    let shop = Workshop::new();
    let wide = |entry: &str| format!("{WIDE}{entry}");
    let cases = [
        (
            "#include <stdio.h>\nint __stdcall WinMain(void *self, void *other, char *line, int how)
             { puts(line); return self != NULL && other == NULL && how == 10 ? 3 : 4; }"
                .to_owned(),
            "\"two words\" \"\" \"q\\\"\" back\\slash \"end \\\\\" \u{e4}\u{1f600}\n",
        ),
        (
            wide(
                "int __stdcall wWinMain(void *self, void *other, wchar_t *line, int how)
                 { line[2] = 0; show((unsigned short *)line); return self && !other && how == 10 ? 3 : 4; }",
            ),
            "22 74 \n",
        ),
        (
            wide(
                "int __cdecl wmain(int argc, const wchar_t *const argv[])
                 { show((const unsigned short *)argv[6]); return argc == 7 && !argv[7] && !argv[2][0] ? 3 : 4; }",
            ),
            "e4 d83d de00 \n",
        ),
        (
            wide(
                "void wmain(int argc, wchar_t **argv, wchar_t **envp)
                 { show((unsigned short *)argv[argc - 1]); if (!envp[0]) puts(\"empty\"); }",
            ),
            "e4 d83d de00 \n",
        ),
    ];
    for (source, expected) in &cases {
        for (command, name) in [("cc", "x.c"), ("c++", "x.cpp")] {
            shop.write(name, source);
            let options = ["-Wall", "-Wextra", "-Werror", "-o", "x", "--winsock-no-win32"];
            shop.winsock([command, name]).args(options).assert().success();
            let mut program = shop.program("x");
            program.args(["two words", "", "q\"", "back\\slash", "end \\", "\u{e4}\u{1f600}"]);
            let output = program.env("PATH", "/").timeout(TIME_LIMIT).output().unwrap();
            let code = if source.contains("void wmain") { 0 } else { 3 };
            assert_eq!((output.status.code(), &*text(&output.stdout)), (Some(code), *expected), "{source}");
        }
    }
}

/// Whatever `_tmain` is by a macro of the source.
#[test]
fn tmain_in_both_widths() {
    let shop = Workshop::new();
    shop.write(
        "x.c",
        "#define _tmain main\nint _tmain(int argc, char **argv) { return argc + argv[1][0]; }\n",
    );
    shop.write(
        "y.c",
        "#include <stddef.h>\n#define _tmain wmain\nint _tmain(int argc, wchar_t **argv) { return argc + argv[1][0]; }\n",
    );
    shop.write("z.c", "#define _tmain main\nvoid _tmain() {}\n");
    for (name, code) in [("x", 67), ("y", 67), ("z", 0)] {
        for command in ["cc", "c++"] {
            shop.run(&format!("{command} {name}.c -o {name}"));
            let output = shop.program(name).arg("A").timeout(TIME_LIMIT).output().unwrap();
            assert_eq!(output.status.code(), Some(code), "{command} {name}");
        }
    }
}

#[test]
fn void_main_in_objects_and_beside_other_sources() {
    let shop = Workshop::new();
    shop.write("v.cpp", "int helper();\nint seen;\nvoid main();\nvoid main() { seen = helper(); }\n");
    shop.write("h.cpp", "int helper() { return 3; }\n");
    shop.write("i.cpp", "int helper();\nint main() { return helper(); }\n");
    shop.run("c++ v.cpp h.cpp -o v");
    assert_eq!(shop.exit_code("v"), 0);
    // One command makes objects of two programs.
    shop.run("c++ -c v.cpp h.cpp i.cpp");
    shop.run("c++ v.o h.o -o v2");
    shop.run("c++ i.o h.o -o i2");
    assert_eq!((shop.exit_code("v2"), shop.exit_code("i2")), (0, 3));
}

#[test]
fn int_main_is_untouched() {
    let shop = Workshop::new();
    shop.write(
        "x.cpp",
        "struct S { void main(); };\nvoid S::main() {}\nint main() { S().main(); return 7; }\n",
    );
    let printed = text(&shop.run("c++ --winsock-print x.cpp").stdout);
    assert!(!printed.contains("entry.h"), "{printed}");
    shop.run("c++ x.cpp -o x");
    assert_eq!(shop.exit_code("x"), 7);
}
