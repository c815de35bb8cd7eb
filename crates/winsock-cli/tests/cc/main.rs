//! `winsock cc` and `winsock c++` on small programs: what they compile, how they end, what they say.
//!
//! The programs are linked with a library of the test's own, in an installation that the test makes, so that nothing
//! here needs libws2_32 to be built. gcc is needed; where clang and make are there, they are tried, too.

mod entry;
mod folder;
mod headers;
mod workshop;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use assert_cmd::Command;

use crate::workshop::{TIME_LIMIT, WINSOCK, Workshop, c_compilers, text, there_is};

#[test]
fn compiles_links_and_finds_the_library_at_run_time() {
    let shop = Workshop::new();
    let program = "#include <winsock2.h>\nint __cdecl main(void) { return winsock_there(); }\n";
    shop.write("x.c", program);
    shop.write(
        "y.cpp",
        "extern \"C\" {\n#include <windows.h>\n}\nint __stdcall main() { return winsock_there(); }\n",
    );
    shop.run("cc x.c -o x -lws2_32 -lmswsock -lkernel32 Ws2_32.lib -mconsole");
    assert_eq!(shop.exit_code("x"), 42);
    shop.run("c++ -Wall -Wextra -Werror y.cpp -o y");
    assert_eq!(shop.exit_code("y"), 42);
    shop.run("cc -c x.c");
    shop.run("cc x.o -o from_object");
    assert_eq!(shop.exit_code("from_object"), 42);
}

#[test]
fn a_relative_winsock_home_serves_programs_in_any_folder() {
    let shop = Workshop::new();
    shop.write("x.c", "#include <winsock2.h>\nint main(void) { return winsock_there(); }\n");
    shop.winsock(["cc", "x.c", "-o", "x"]).env("WINSOCK_HOME", "../home").assert().success();
    assert_eq!(shop.exit_code("x"), 42);
}

#[test]
fn static_library_on_request() {
    let shop = Workshop::new();
    shop.write("x.c", "#include <winsock2.h>\nint main(void) { return winsock_there(); }\n");
    shop.run("cc --winsock-static x.c -o x");
    shop.run("cc -static x.c -o y");
    fs::remove_file(shop.home().join("lib/libws2_32.so")).unwrap();
    assert_eq!((shop.exit_code("x"), shop.exit_code("y")), (42, 42));
}

#[test]
fn the_language_of_windows_sources() {
    let shop = Workshop::new();
    shop.write(
        "x.c",
        "#pragma comment(lib, \"ws2_32.lib\")\n\
         int __cdecl f(void); int _cdecl f(void); int __stdcall f(void);\n\
         #if !defined _WIN32 || !defined _WIN64 || defined __linux__ || defined __unix__ || defined unix\n\
         #error not Windows\n\
         #endif\n\
         struct base { int a; }; struct more { struct base; int b; };\n\
         static struct more m = { { 1 }, 2 };\n\
         int main(void) { return sizeof L'x' * 10 + (m.a == 1); }\n",
    );
    for compiler in c_compilers() {
        let mut command =
            shop.winsock(["cc", "-Wall", "-Werror", "-Wno-microsoft-anon-tag", "x.c", "-o", "x"]);
        command.env("WINSOCK_CC", compiler).assert().success();
        assert_eq!(shop.exit_code("x"), 21, "{compiler}");
    }
    if there_is("clang") && there_is("ld.lld") {
        shop.winsock(["cc", "-fuse-ld=lld", "x.c", "-o", "x"]).env("WINSOCK_CC", "clang").assert().success();
        assert_eq!(shop.exit_code("x"), 21, "lld");
    }

    shop.write("wide.c", "int main(void) { return sizeof L'x'; }\n");
    shop.run("cc wide.c -fno-short-wchar -o wide");
    assert_eq!(shop.exit_code("wide"), 4);
    shop.write("linux.c", "#if defined __linux__ && !defined _WIN32\nint main(void) { return 9; }\n#endif\n");
    shop.run("cc --winsock-no-win32 linux.c -o linux");
    assert_eq!(shop.exit_code("linux"), 9);
}

#[test]
fn the_standard_library_of_cxx_as_windows() {
    let shop = Workshop::new();
    shop.write(
        "x.cpp",
        "#include <atomic>\n#include <chrono>\n#include <condition_variable>\n#include <fstream>\n\
         #include <functional>\n#include <future>\n#include <iostream>\n#include <map>\n#include <memory>\n\
         #include <mutex>\n#include <random>\n#include <sstream>\n#include <string>\n#include <thread>\n\
         #include <vector>\n\
         int main() {\n\
             std::atomic<int> sum{0};\n\
             std::vector<std::thread> threads;\n\
             for (int i = 1; i <= 3; i++) threads.emplace_back([&sum, i] { sum += i; });\n\
             for (auto &thread : threads) thread.join();\n\
             auto later = std::async(std::launch::async, [] { return std::string(\"text\").size(); });\n\
             std::ostringstream out;\n\
             out << later.get() << ' ' << sum << ' ' << std::chrono::seconds(5).count();\n\
             std::cout << out.str() << std::endl;\n\
             return out.str() == \"4 6 5\" ? 0 : 1;\n\
         }\n",
    );
    shop.run("c++ -std=c++17 -Wall -Werror x.cpp -o x");
    assert_eq!(shop.exit_code("x"), 0);
}

#[test]
fn several_sources_with_names_as_windows_has_them() {
    let shop = Workshop::new();
    shop.write("src/Main.Cpp", "#include \"Socket.H\"\nint main() { return socket_count() + plain(); }\n");
    shop.write("src/SOCKET.CXX", "#include \"SOCKET.h\"\nint socket_count() { return 5; }\n");
    shop.write("src/socket.h", "int socket_count();\nextern \"C\" int plain(void);\n");
    shop.write("src/plain.c", "int plain(void) { return 6; }\n");
    shop.run("cc src/Main.Cpp src/SOCKET.CXX src/plain.c -o x");
    assert_eq!(shop.exit_code("x"), 11);
}

#[test]
fn compilers_answers_pass_through() {
    let shop = Workshop::new();
    shop.write("x.c", "int main(void) { return 0; }\n");
    for line in ["--version", "-v", "-dumpmachine", "-dumpversion", "-print-prog-name=as", "--version x.c"] {
        let theirs = Command::new("gcc")
            .args(line.split(' '))
            .env("LC_ALL", "C")
            .timeout(TIME_LIMIT)
            .output()
            .unwrap();
        // No installation is needed to answer.
        let mut command = shop.winsock(["cc"].into_iter().chain(line.split(' ')));
        let ours = command.env("WINSOCK_CC", "gcc").env("WINSOCK_HOME", "/nowhere").output().unwrap();
        assert_eq!(text(&ours.stdout), text(&theirs.stdout), "{line}");
        assert_eq!(ours.status.code(), theirs.status.code(), "{line}");
    }
    let nothing = shop.winsock(["cc"]).output().unwrap();
    assert!(text(&nothing.stderr).contains("no input files"), "{}", text(&nothing.stderr));
    assert_eq!(nothing.status.code(), Some(1));
}

#[test]
fn preprocesses_assembles_and_reads_standard_input() {
    let shop = Workshop::new();
    shop.write("x.c", "#ifdef _WIN32\nint windows;\n#endif\n");
    assert!(text(&shop.run("cc -E x.c").stdout).contains("int windows;"));
    assert!(text(&shop.run("cc -M x.c").stdout).starts_with("x.o: x.c"));
    shop.run("cc -S x.c");
    assert!(shop.read("x.s").contains("windows"));
    shop.winsock(["cc", "-x", "c", "-", "-o", "x"])
        .write_stdin("#include <winsock2.h>\nint main(void) { return winsock_there(); }\n")
        .assert()
        .success();
    assert_eq!(shop.exit_code("x"), 42);
    let macros = shop.winsock(["cc", "-dM", "-E", "-"]).write_stdin("").output().unwrap();
    assert!(text(&macros.stdout).contains("#define _WIN32 1\n"));
}

#[test]
fn response_files() {
    let shop = Workshop::new();
    shop.write("a b.c", "#include \"Odd.H\"\nint main(void) { return ODD + VALUE; }\n");
    shop.write("odd.h", "#define ODD 1\n");
    let many: String = (0..1_000).map(|n| format!("-DUNUSED_{n}=\"{n} {n}\"\n")).collect();
    shop.write("arguments", &format!("{many}-DVALUE=2 -lws2_32 'a b.c'\n-o \"the program\""));
    shop.run("cc @arguments");
    assert_eq!(shop.exit_code("the program"), 3);
}

#[test]
fn the_exit_code_is_the_compilers() {
    let shop = Workshop::new();
    shop.write("bad.c", "int main(void) { return }\n");
    let output = shop.winsock(["cc", "-c", "bad.c"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).starts_with("bad.c: In function 'main'"), "{}", text(&output.stderr));
    for (script, code) in [("exit 7", 7), ("exit 255", 255), ("kill -9 $$", 137), ("kill -15 $$", 143)] {
        let compiler = shop.script("compiler", &format!("#!/bin/sh\n{script}\n"));
        let output = shop.winsock(["cc", "-c", "bad.c"]).env("WINSOCK_CC", &compiler).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{script}");
        assert!(output.stderr.is_empty(), "{script}");
    }
}

#[test]
fn the_compiler_is_the_named_one_and_never_this_program() {
    let shop = Workshop::new();
    shop.write("x.c", "int main(void) { return 0; }\n");
    shop.script("first word", "#!/bin/sh\necho one $1\n");
    shop.script("second", "#!/bin/sh\necho two $1 $2\n");
    let named = |value: &str| {
        let output = shop.winsock(["cc", "-dumpversion"]).env("WINSOCK_CC", value).output().unwrap();
        (output.status.code(), text(&output.stdout) + &text(&output.stderr))
    };
    assert_eq!(named("./first word"), (Some(0), "one -dumpversion\n".into()));
    assert_eq!(named("./second -q"), (Some(0), "two -q -dumpversion\n".into()));
    for value in [WINSOCK, &format!("{WINSOCK} cc")] {
        let (code, message) = named(value);
        assert_eq!(code, Some(1));
        assert_eq!(message, "winsock cc: WINSOCK_CC names this program itself; set it to a compiler\n");
    }
    assert_eq!(named("./none"), (Some(1), "winsock cc: WINSOCK_CC names no program that can run\n".into()));

    // A link named gcc, as some put a compiler's wrapper before the compiler.
    fs::create_dir(shop.sources().join("bin")).unwrap();
    symlink(WINSOCK, shop.sources().join("bin/gcc")).unwrap();
    let path = format!("{}:{}", shop.sources().join("bin").display(), std::env::var("PATH").unwrap());
    shop.winsock(["cc", "-c", "x.c"]).env("PATH", path).assert().success();
    let none = shop.winsock(["cc", "-c", "x.c"]).env("PATH", shop.sources().join("bin")).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(
        text(&none.stderr),
        "winsock cc: no compiler found: looked for gcc, cc, clang in PATH; install one or set WINSOCK_CC\n"
    );
}

#[test]
fn own_errors_are_one_line_and_exit_code_1() {
    let shop = Workshop::new();
    shop.write("x.c", "int main(void) { return 0; }\n");
    let failing = |home: &Path, arguments: &[&str]| {
        let output = shop.winsock(arguments).env("WINSOCK_HOME", home).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let message = text(&output.stderr);
        assert_eq!(message.lines().count(), 1, "{message}");
        message
    };
    let message = failing(&shop.home(), &["c++", "--winsock-no-such"]);
    assert_eq!(message, "winsock c++: unknown option --winsock-no-such\n");
    let message = failing(Path::new("/nowhere"), &["cc", "-c", "x.c"]);
    assert!(
        message.starts_with("winsock cc: winsock2.h not found in WINSOCK_HOME: looked in /nowhere/"),
        "{message}"
    );

    fs::remove_file(shop.home().join("lib/libws2_32.so")).unwrap();
    let message = failing(&shop.home(), &["cc", "x.c"]);
    assert!(message.starts_with("winsock cc: libws2_32.so not found: looked in "), "{message}");
    // Up to an object file, the headers are enough.
    shop.run("cc -c x.c");
}

#[test]
fn prints_the_command_line_that_a_shell_can_run() {
    let shop = Workshop::new();
    shop.write("it's x.c", "#include <winsock2.h>\nint main(void) { return winsock_there() + VALUE; }\n");
    let output = shop.winsock(["cc", "it's x.c", "--winsock-print", "-DVALUE=(1 + 1)", "-o", "x y"]).unwrap();
    assert!(!shop.sources().join("x y").exists());
    Command::new("sh").arg("-c").arg(text(&output.stdout)).current_dir(shop.sources()).assert().success();
    assert_eq!(shop.exit_code("x y"), 44);
}

#[test]
fn make_takes_it_for_a_compiler() {
    if !there_is("make") {
        return;
    }
    let shop = Workshop::new();
    shop.write("Makefile", "LDLIBS = -lws2_32\nx: x.o y.o\n\t$(CXX) $^ $(LDLIBS) -o $@\n");
    shop.write(
        "x.c",
        "#include <WinSock2.h>\nint y(void);\nint main(void) { return winsock_there() + y(); }\n",
    );
    shop.write("y.cpp", "extern \"C\" int y(void);\nint y(void) { return 1; }\n");
    let mut make = Command::new("make");
    make.args([&format!("CC={WINSOCK} cc"), &format!("CXX={WINSOCK} c++")]).current_dir(shop.sources());
    make.env("WINSOCK_HOME", shop.home()).env_remove("MAKEFLAGS").timeout(TIME_LIMIT).assert().success();
    assert_eq!(shop.exit_code("x"), 43);
}

#[test]
fn help_and_version() {
    let shop = Workshop::new();
    for arguments in
        [&["help", "cc"][..], &["help", "c++"], &["cc", "--winsock-help"], &["c++", "--winsock-help"]]
    {
        let output = shop.winsock(arguments).unwrap();
        for word in
            ["--winsock-print", "--winsock-static", "--winsock-no-win32", "WINSOCK_CC", "WINSOCK_HOME"]
        {
            assert!(text(&output.stdout).contains(word), "{arguments:?}: {word}");
        }
    }
    let help = text(&shop.run("--help").stdout);
    assert!(help.contains("cc ") && help.contains("c++ "), "{help}");
    assert_eq!(text(&shop.run("--version").stdout), format!("winsock {}\n", env!("CARGO_PKG_VERSION")));
    let wrong = shop.winsock(["no-such-command"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
}
