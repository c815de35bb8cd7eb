//! Header names whose case or slashes differ from the file system's are found; all others mean what they say.

use std::ffi::OsStr;
use std::fs;

use crate::workshop::{Workshop, c_compilers, text, there_is};

#[test]
fn header_names_in_any_case_and_with_backslashes() {
    let shop = Workshop::new();
    shop.write("common.h", "#pragma once\n#include \"SUB\\Inner.h\"\n#define COMMON 1\n");
    shop.write("sub/inner.H", "#define INNER 2\n#include \"..\\Beside.h\"\n#include \"near.h\"\n");
    shop.write("sub/near.h", "#define NEAR 16\n");
    shop.write("beside.h", "#define BESIDE 4\n");
    shop.write("inc/Lib.h", "#define LIB 8\n");
    shop.write(
        "x.c",
        "#include <WinSock2.h>\n#include <Windows.H>\n#include <StdLib.h>\n#include <Sys\\Types.h>\n\
         #include \"Common.H\"\n#include <LIB.H>\n\
         int main(void) { u_int sum = COMMON + INNER + BESIDE + LIB + NEAR; exit(sum + winsock_there()); }\n",
    );
    for compiler in c_compilers() {
        let mut command = shop.winsock(["cc", "-Wall", "-Werror", "-MMD", "-Iinc", "x.c", "-o", "x"]);
        command.env("WINSOCK_CC", compiler).assert().success();
        assert_eq!(shop.exit_code("x"), 31 + 42, "{compiler}");
        // A dependency file that named what is gone tomorrow would break the next make.
        let dependencies = fs::read_dir(shop.sources()).unwrap().flatten().map(|entry| entry.path());
        let dependencies = dependencies.filter(|path| path.extension() == Some(OsStr::new("d")));
        for dependency in dependencies {
            let text = fs::read_to_string(&dependency).unwrap();
            for header in ["/common.h", "/inner.H", "/beside.h", "/Lib.h", "/near.h"] {
                assert!(text.contains(header), "{compiler}: {header} in {text}");
            }
            assert!(!text.contains("winsock-cc-"), "{compiler}: {text}");
            fs::remove_file(dependency).unwrap();
        }
    }
    assert_eq!(fs::read_dir(shop.temporary()).unwrap().count(), 0, "temporary files are removed");
}

#[test]
fn headers_below_a_folder_with_blanks() {
    let shop = Workshop::new();
    shop.write("My Project/Header One.h", "#define ONE 1\n#include \"two.h\"\n");
    shop.write("My Project/Two.h", "#define TWO 2\n");
    shop.write("My Project/x.c", "#include \"header one.h\"\nint main(void) { return ONE + TWO; }\n");
    for compiler in c_compilers() {
        let mut command = shop.winsock(["cc", "My Project/x.c", "-o", "x"]);
        command.env("WINSOCK_CC", compiler).assert().success();
        assert_eq!(shop.exit_code("x"), 3, "{compiler}");
    }
}

#[test]
fn names_that_are_right_are_never_mapped() {
    let shop = Workshop::new();
    shop.write("VERSION", "not a header\n");
    shop.write("Common.h", "#error the wrong one\n");
    shop.write("common.h", "#define COMMON 5\n");
    shop.write(
        "x.cpp",
        "#include <version>\n#include <cstdlib>\n#include \"common.h\"\nint main() { return COMMON; }\n",
    );
    let printed = shop.run("c++ --winsock-print -std=c++20 -I. x.cpp -o x");
    assert!(!text(&printed.stdout).contains("-remap"), "{}", text(&printed.stdout));
    shop.run("c++ -std=c++20 -I. x.cpp -o x");
    assert_eq!(shop.exit_code("x"), 5);
}

#[test]
fn a_name_for_two_headers_is_told() {
    let shop = Workshop::new();
    for folder in ["a", "b"] {
        shop.write(&format!("{folder}/common.h"), "static const int one = 1;\n");
        shop.write(&format!("{folder}/x.c"), "#include \"Common.h\"\nint f(void) { return one; }\n");
    }
    let output = shop.run("cc -fsyntax-only a/x.c b/x.c");
    let message = text(&output.stderr);
    assert!(
        message.starts_with("winsock cc: warning: several headers of this name: Common.h: "),
        "{message}"
    );
    assert!(message.contains("a/common.h is used, and not") && message.contains("b/common.h"), "{message}");
    assert!(shop.run("cc -fsyntax-only a/x.c").stderr.is_empty());

    // clang is told of each folder by itself.
    if there_is("clang") {
        shop.write("b/common.h", "static const int two = 2;\n#define one two\n");
        let mut command = shop.winsock(["cc", "-fsyntax-only", "-Werror", "a/x.c", "b/x.c"]);
        assert!(command.env("WINSOCK_CC", "clang").unwrap().stderr.is_empty());
    }
}

#[test]
fn a_header_that_is_nowhere_is_the_compilers_message() {
    let shop = Workshop::new();
    shop.write("x.c", "#include \"Nowhere.H\"\n");
    let output = shop.winsock(["cc", "-c", "x.c"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("x.c:1:10: fatal error: Nowhere.H"), "{}", text(&output.stderr));
}
