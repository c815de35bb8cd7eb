//! A folder in the place of a source stands for the sources in it.

use crate::workshop::{Workshop, text};

#[test]
fn a_folder_is_built_as_it_lies_there() {
    let shop = Workshop::new();
    shop.write("project/Common.h", "#ifdef __cplusplus\nextern \"C\"\n#endif\nint helper(int);\n");
    shop.write(
        "project/Main.Cpp",
        "#include \"COMMON.H\"\nvoid check(int);\nint main() { check(1); return helper(3); }\n",
    );
    shop.write("project/Check.CPP", "void check(int) {}\n");
    // C, though the compiler of C++ links the program: in C++ this would not compile.
    shop.write("project/Helper.c", "#include <Common.h>\nint helper(class) int class; { return class; }\n");
    shop.write("project/ReadMe.txt", "no source");
    shop.write("project/inner/other.c", "not asked for");
    shop.run("c++ -I project project -o x");
    assert_eq!(shop.exit_code("x"), 3);
    shop.run("c++ -I project -c project");
    assert_eq!(shop.run("c++ Main.o Check.o Helper.o -o y").status.code(), Some(0));
    assert_eq!(shop.exit_code("y"), 3);
}

#[test]
fn a_folder_without_sources_is_an_error() {
    let shop = Workshop::new();
    shop.write("empty/ReadMe.txt", "no source");
    let output = shop.winsock(["cc", "empty", "-o", "x"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "winsock cc: empty: no C or C++ source in this folder\n");
}
