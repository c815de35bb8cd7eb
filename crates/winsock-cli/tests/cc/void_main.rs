//! A program whose `main` returns `void` compiles and ends with exit code 0; all others are left alone.

use assert_cmd::Command;

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
        let output = Command::new(shop.sources().join("x")).arg("word").timeout(TIME_LIMIT).output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "2 word 5\n".into()), "{source}");
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
    assert!(!printed.contains("void_main"), "{printed}");
    shop.run("c++ x.cpp -o x");
    assert_eq!(shop.exit_code("x"), 7);
}
