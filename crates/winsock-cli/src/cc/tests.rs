//! The plan of a command line and the arguments made of it, as tables: what goes in, what comes out.

use std::ffi::OsString;
use std::path::Path;

use super::Language;
use super::command::{self, Library, Surroundings};
use super::headers::MapOptions;
use super::plan::{Action, Plan};
use super::scan::Entry;

const FOR_SOURCES: &str = "-fshort-wchar -fno-strict-aliasing -fms-extensions -Wno-write-strings -D_WIN32=1 -D_WIN64=1 -D__cdecl= \
     -D_cdecl= -D__stdcall= -D_stdcall= -D__fastcall= -D_fastcall= -U__linux__ -U__linux -Ulinux -U__unix__ \
     -U__unix -Uunix -isystem /inc";
const FOR_LINKING: &str = "-L /lib -lws2_32 -Xlinker -rpath -Xlinker /lib";

fn plan(line: &str) -> Plan {
    plan_of(line, Language::Cxx)
}

fn plan_of(line: &str, language: Language) -> Plan {
    let words = line.split(' ').filter(|word| !word.is_empty()).map(OsString::from).collect();
    Plan::parse(words, language).unwrap()
}

fn around(plan: &Plan) -> Surroundings<'static> {
    let is_static = plan.fully_static || plan.switches.static_library;
    Surroundings {
        include: Path::new("/inc"),
        library: Some(if is_static {
            Library::Static("/lib".into())
        } else {
            Library::Shared("/lib".into())
        }),
        map: MapOptions::default(),
        entry: None,
    }
}

/// The arguments made of a command line, with what is always the same named `<source>` and `<link>`.
fn arguments(line: &str) -> String {
    arguments_of(plan(line))
}

fn arguments_of(plan: Plan) -> String {
    let around = around(&plan);
    let words: Vec<String> =
        command::arguments(&plan, around).into_iter().map(|word| word.into_string().unwrap()).collect();
    words.join(" ").replace(FOR_SOURCES, "<source>").replace(FOR_LINKING, "<link>")
}

#[test]
fn what_a_command_line_asks_for() {
    use Action::{Compile, Link, Query};
    for (line, action) in [
        ("", Query),
        ("-v", Query),
        ("-V", Query),
        ("-qversion", Query),
        ("--version", Query),
        ("--version x.c", Query),
        ("--help=target", Query),
        ("-dumpmachine", Query),
        ("-print-search-dirs", Query),
        ("-print-prog-name=ld", Query),
        ("-v -lws2_32 kernel32.lib", Query),
        ("-o x", Query),
        ("x.c -o", Query),
        ("x.c", Link),
        ("-v x.c", Link),
        ("x.o", Link),
        ("-lfoo", Link),
        ("-shared x.o -o libx.so", Link),
        ("-o -c x.c", Link),
        ("-I -c x.c", Link),
        ("-MD -MF x.d x.c", Link),
        ("x.h x.c", Link),
        ("-c x.c", Compile),
        ("x.c -c", Compile),
        ("-S x.c", Compile),
        ("-E x.c", Compile),
        ("-E -", Compile),
        ("-M x.c", Compile),
        ("-MM x.c", Compile),
        ("-fsyntax-only x.c", Compile),
        ("--compile x.c", Compile),
        ("x.h", Compile),
        ("-x c++-header x.inc", Compile),
    ] {
        assert_eq!(plan(line).action, action, "{line}");
    }
}

#[test]
fn arguments_by_what_is_asked_for() {
    for (line, expected) in [
        ("--version", "--version"),
        ("-v", "-v"),
        ("x.c -o", "x.c -o"),
        ("x.o -o x", "-pthread x.o -o x <link>"),
        ("x.c -o x", "-pthread <source> x.c -o x -Wno-unknown-pragmas <link>"),
        ("-c x.c", "-pthread <source> -c x.c -Wno-unknown-pragmas"),
        ("-E -", "-pthread <source> -E - -Wno-unknown-pragmas"),
        ("-E -x c++ -", "-pthread <source> -E -x c++ - -Wno-unknown-pragmas"),
        ("-nostdlib x.o", "-pthread -nostdlib x.o"),
        ("-nodefaultlibs x.o", "-pthread -nodefaultlibs x.o"),
        ("-r x.o -o y.o", "-pthread -r x.o -o y.o"),
        ("-shared x.o", "-pthread -shared x.o <link>"),
        ("-fuse-ld=lld x.o", "-pthread -fuse-ld=lld x.o -Xlinker --no-dependent-libraries <link>"),
        ("-static x.o", "-pthread -static x.o -L /lib -l:libws2_32.a -lpthread -ldl -lm -lrt -lutil"),
        ("--winsock-static x.o", "-pthread x.o -L /lib -l:libws2_32.a -lpthread -ldl -lm -lrt -lutil"),
    ] {
        assert_eq!(arguments(line), expected, "{line}");
    }
}

#[test]
fn the_users_arguments_keep_their_order_and_spelling() {
    for line in [
        "-O2 -Wall -g3 -DX=1 -D Y -IA -I B -isystem C -c x.c",
        "-c x.c -o out/x.o -MMD -MP -MF x.d -MT x.o",
        "-x c weird.txt -x none y.c -c",
        "-Wl,-z,now -Xlinker --no-undefined -u main -z relro -c x.c",
        "-include pre.h -imacros m.h -std=gnu++20 --param max-inline-insns-auto=1 -c x.cpp",
        "-flto -fsanitize=address -march=native -c x.C",
    ] {
        assert_eq!(arguments(line), format!("-pthread <source> {line} -Wno-unknown-pragmas"), "{line}");
    }
}

#[test]
fn what_exists_only_on_windows_is_dropped() {
    for (line, kept) in [
        ("x.o -lws2_32 -lmswsock -lwsock32 -lkernel32 -luser32", "x.o"),
        ("x.o -ladvapi32 -lole32 -lshell32 -lwinmm -liphlpapi", "x.o"),
        ("x.o -lWs2_32 -l ws2_32 -l Mswsock.lib", "x.o"),
        ("x.o ws2_32.lib Kernel32.Lib sdk/lib/WS2_32.LIB", "x.o"),
        ("-mwindows x.o -mconsole -municode -mthreads", "x.o"),
        ("x.o -Wl,--subsystem,console -Wl,-subsystem:console", "x.o"),
        ("x.o -lm own.lib -lws2 -l z libkernel32.so", "x.o -lm own.lib -lws2 -l z libkernel32.so"),
    ] {
        assert_eq!(arguments(line), format!("-pthread {kept} <link>"), "{line}");
    }
}

#[test]
fn cxx_by_extensions_without_case() {
    for (line, expected) in [
        ("A.Cpp", "-x c++ A.Cpp -x none"),
        ("A.Cpp b.c C.CXX", "-x c++ A.Cpp -x none b.c -x c++ C.CXX -x none"),
        ("d.x/a.CC b.Cc c.cPP", "-x c++ d.x/a.CC -x none -x c++ b.Cc -x none -x c++ c.cPP -x none"),
        ("a.cpp b.CPP c.cc d.C e.cxx f.c++", "a.cpp b.CPP c.cc d.C e.cxx f.c++"),
        ("-x c++ A.Cpp B.Cpp", "-x c++ A.Cpp B.Cpp"),
        ("-xc++ A.Cpp -xnone B.Cpp", "-xc++ A.Cpp -xnone -x c++ B.Cpp -x none"),
    ] {
        assert_eq!(
            arguments(&format!("-c {line}")),
            format!("-pthread <source> -c {expected} -Wno-unknown-pragmas"),
            "{line}"
        );
    }
}

#[test]
fn upper_case_c_is_c_for_the_compiler_of_c() {
    for (language, line, expected) in [
        (Language::C, "a.C", "-x c a.C -x none"),
        (Language::C, "-x c++ a.C", "-x c++ a.C"),
        (Language::Cxx, "a.C", "a.C"),
    ] {
        let made = arguments_of(plan_of(&format!("-c {line}"), language));
        assert_eq!(made, format!("-pthread <source> -c {expected} -Wno-unknown-pragmas"), "{line}");
    }
}

#[test]
fn the_users_word_is_the_last() {
    let position = |line: &str, word: &str| {
        let made = arguments(line).replace("<source>", FOR_SOURCES);
        made.split(' ').position(|made| made == word).unwrap_or_else(|| panic!("{word} in {made}"))
    };
    for (line, ours, theirs) in [
        ("-c x.c -fno-short-wchar", "-fshort-wchar", "-fno-short-wchar"),
        ("-c x.c -fstrict-aliasing", "-fno-strict-aliasing", "-fstrict-aliasing"),
        ("-c x.c -fno-ms-extensions", "-fms-extensions", "-fno-ms-extensions"),
        ("-c x.c -I/other", "/inc", "-I/other"),
    ] {
        assert!(position(line, ours) < position(line, theirs), "{line}");
    }
    // Of two definitions of a macro the compiler warns, so that ours stays away.
    for (line, absent) in [
        ("-c x.c -U_WIN32", "-D_WIN32=1"),
        ("-c x.c -D_WIN32=7", "-D_WIN32=1"),
        ("-c x.c -D _WIN64", "-D_WIN64=1"),
        ("-c x.c -D__linux__=1", "-U__linux__"),
        ("-c x.c -D__cdecl=X", "-D__cdecl="),
        ("-c x.c -D__stdcall(x)=x", "-D__stdcall="),
        ("-c x.c -Wunknown-pragmas", "-Wno-unknown-pragmas"),
        ("-c x.c -Werror=unknown-pragmas", "-Wno-unknown-pragmas"),
        ("--winsock-no-win32 -c x.c", "-D_WIN32=1"),
        ("--winsock-no-win32 -c x.c", "-U__linux__"),
    ] {
        let made = arguments(line).replace("<source>", FOR_SOURCES);
        assert!(!made.split(' ').any(|word| word == absent), "{line}: {made}");
    }
}

#[test]
fn what_was_found_around_has_its_places() {
    let plan = plan("-I a x.c -I b");
    let map = MapOptions { system: vec!["<system>".into()], user: vec!["<user>".into()] };
    let made = command::arguments(&plan, Surroundings { map, entry: Some(Entry::Void), ..around(&plan) });
    let made: Vec<String> = made.into_iter().map(|word| word.into_string().unwrap()).collect();
    assert_eq!(
        made.join(" ").replace(FOR_SOURCES, "<source>").replace(FOR_LINKING, "<link>"),
        "-pthread <source> <system> -DWINSOCK_VOID_ENTRY -include winsock_cc/entry.h -I a x.c -I b <user> -Wno-unknown-pragmas <link>"
    );
}

#[test]
fn own_options_are_taken_out_anywhere_and_unknown_ones_refused() {
    let plan = plan("-c --winsock-print x.c --winsock-no-win32");
    assert!(plan.switches.print && plan.switches.no_win32);
    assert!(!plan.switches.help && !plan.switches.static_library);
    assert_eq!(plan.items.len(), 2);
    let error = Plan::parse(vec!["--winsock-prnt".into()], Language::C).unwrap_err();
    assert_eq!(error, "unknown option --winsock-prnt");
}

#[test]
fn one_plan_per_input_keeps_the_options() {
    let plans = plan("-c -O2 a.c b.Cpp -g").one_per_input();
    let lines: Vec<String> = plans
        .iter()
        .map(|plan| {
            let made = command::arguments(plan, around(plan));
            made.into_iter().map(|word| word.into_string().unwrap()).collect::<Vec<_>>().join(" ")
        })
        .map(|line| line.replace(FOR_SOURCES, "<source>"))
        .collect();
    assert_eq!(
        lines,
        [
            "-pthread <source> -c -O2 a.c -g -Wno-unknown-pragmas",
            "-pthread <source> -c -O2 -x c++ b.Cpp -x none -g -Wno-unknown-pragmas",
        ]
    );
}
