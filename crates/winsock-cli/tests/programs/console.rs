//! Control events and text of the console: what `console.c` says and how it ends, by its own events and by signals.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::build::{Way, as_cxx, limited};

const SIGHUP: i32 = 1;
const SIGINT: i32 = 2;
const SIGQUIT: i32 = 3;
const SIGTERM: i32 = 15;

/// How a run ended: an exit code, or a signal.
#[derive(PartialEq, Eq, Debug)]
enum End {
    Code(i32),
    Signal(i32),
}

fn end(status: std::process::ExitStatus) -> End {
    match (status.code(), status.signal()) {
        // `timeout` tells of a signal as shells do.
        (Some(code), _) if code > 128 => End::Signal(code - 128),
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.expect("it has ended")),
    }
}

#[track_caller]
fn run(program: &Path, words: &str, printed: &str, expected: End) {
    let output = limited(program).args(words.split(' ')).stdin(Stdio::null()).output().expect("it starts");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{words}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), printed, "{words}");
    assert_eq!(end(output.status), expected, "{words}");
}

#[test]
fn handlers_are_called_last_set_first_until_one_takes_the_event() {
    for source in ["console.c".to_owned(), as_cxx("console.c")] {
        let program = Way::Wrapper.build("console", &[&source]);
        let run = |words, printed, expected| run(&program, words, printed, expected);
        run("errors wide", "w\u{ef}de \u{1f600}\nend\n", End::Code(0));
        run("first C wait", "first: C\nend\n", End::Code(0));
        run("first Break wait", "first: Break\nend\n", End::Code(0));
        run("first second C wait", "second\nfirst: C\nend\n", End::Code(0));
        run("second first C wait", "first: C\nend\n", End::Code(0));
        run("first second -second C wait", "first: C\nend\n", End::Code(0));
        run(
            "first refuses C wait C wait Break wait",
            "first: C\nfirst: C\nfirst: Break\nend\n",
            End::Code(0),
        );
    }
}

#[test]
fn what_no_handler_takes_ends_the_process() {
    let program = Way::Wrapper.build("console", &["console.c"]);
    run(&program, "refuses C wait", "", End::Signal(SIGINT));
    run(&program, "refuses Break wait", "", End::Signal(SIGQUIT));
    run(&program, "second C wait", "second\n", End::Signal(SIGINT));
    run(&program, "C wait", "", End::Signal(SIGINT));
}

#[test]
fn an_interrupt_can_be_ignored_and_listened_to_again() {
    let program = Way::Wrapper.build("console", &["console.c"]);
    run(&program, "ignore C C", "end\n", End::Code(0));
    run(&program, "first ignore C -ignore C wait", "first: C\nend\n", End::Code(0));
    run(&program, "ignore C first C Break wait", "first: Break\nend\n", End::Code(0));
    run(&program, "ignore -ignore C wait", "", End::Signal(SIGINT));
}

/// As `kill` and the keys of a terminal send them.
#[test]
fn signals_are_events() {
    let program = Way::Wrapper.build("console", &["console.c"]);
    let rows = [
        (SIGINT, "first: C\nend\n", End::Code(0)),
        (SIGQUIT, "first: Break\nend\n", End::Code(0)),
        (SIGHUP, "first: Break\nend\n", End::Code(0)),
        // The process has been told; then it ends, whatever the handler answered.
        (SIGTERM, "first: Close\n", End::Signal(SIGTERM)),
    ];
    for (signal, printed, expected) in rows {
        let words: &[&str] = if signal == SIGTERM { &["wait", "wait"] } else { &["wait"] };
        let mut child = Command::new(&program)
            .env_remove("LD_LIBRARY_PATH")
            .args(["first", "ready"])
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        assert_eq!(line, "ready\n");
        let kill = Command::new("kill").arg(format!("-{signal}")).arg(child.id().to_string()).status();
        assert!(kill.expect("kill starts").success());
        let mut rest = String::new();
        lines.read_to_string(&mut rest).expect("text");
        assert_eq!(rest, printed, "signal {signal}");
        assert_eq!(end(child.wait().expect("it ends")), expected, "signal {signal}");
    }
}
