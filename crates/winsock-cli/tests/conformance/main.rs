//! The same programs in two worlds: those of `conformance/` at the top of the repository print facts about Winsock, one
//! on a line. Built with `winsock cc` they print what `conformance/facts.txt` says, on each engine; built with mingw-w64
//! and run under Wine they print the same, but for what `conformance/DIFFERENCES.md` lists with a decision.
//!
//! `UPDATE_CONFORMANCE=1 cargo test -p winsock-cli --test conformance` writes what is found into both files. A new
//! difference comes under a heading of its own, with which no test passes: it wants a decision, or a repair.

mod facts;
mod table;
mod worlds;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Write, stderr};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use facts::Facts;
use table::Table;
use worlds::{Native, Wine};

/// The Wine that the table speaks of: another version has other faults.
const WINE: &str = "wine-8.0";

fn conformance() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "conformance"].iter().collect()
}

fn update() -> bool {
    std::env::var_os("UPDATE_CONFORMANCE").is_some()
}

/// A line that is seen though the test passes: the harness keeps back what `println!` prints.
fn say(line: &str) {
    writeln!(stderr(), "conformance: {line}").expect("standard error takes a line");
}

/// The worlds share the ports of the loopback address: one at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The programs, by their names without the ending.
fn programs() -> Vec<String> {
    let files = fs::read_dir(conformance()).expect("the folder of the programs");
    let names = files.map(|file| file.unwrap().file_name().into_string().expect("UTF-8"));
    let mut programs: Vec<_> = names.filter_map(|name| Some(name.strip_suffix(".c")?.to_owned())).collect();
    programs.sort();
    programs
}

fn facts_file() -> PathBuf {
    conformance().join("facts.txt")
}

fn table_file() -> PathBuf {
    conformance().join("DIFFERENCES.md")
}

fn known_facts() -> Facts {
    Facts::read(&fs::read_to_string(facts_file()).unwrap_or_default())
}

fn known_table() -> Table {
    Table::read(&fs::read_to_string(table_file()).unwrap_or_default())
}

/// One engine must answer as the other does; the environment that the test runs in may ask for one of them.
fn engines() -> Vec<String> {
    if let Ok(engine) = std::env::var("WINSOCK_ENGINE") {
        return vec![engine];
    }
    let has_rings = Native::has("io_uring");
    if !has_rings {
        say("the kernel refuses io_uring: only the epoll engine was tested");
    }
    ["epoll", "io_uring"].into_iter().take(1 + usize::from(has_rings)).map(str::to_owned).collect()
}

#[test]
fn native_facts_are_those_that_are_written_down() {
    let _alone = alone();
    for (index, engine) in engines().iter().enumerate() {
        let found = Native::new(engine).facts(&programs());
        if update() && index == 0 {
            fs::write(facts_file(), found.text()).expect("the file of facts can be written");
        }
        let known = known_facts();
        let changed = known.differences(&found);
        assert!(changed.is_empty(), "{engine}: UPDATE_CONFORMANCE=1 writes these down\n{}", lines(&changed));
        assert_eq!(known.text(), found.text(), "{engine}: the order of the facts");
    }
}

#[test]
fn each_difference_is_decided_by_a_page() {
    if update() {
        return;
    }
    let (facts, table) = (known_facts(), known_table());
    assert!(facts.len() > 1000, "{} facts", facts.len());
    assert_eq!(table.unexplained(), Vec::<&str>::new(), "these want a decision");
    let mut seen = BTreeSet::new();
    for row in table.rows() {
        assert!(seen.insert(&row.fact), "{} stands twice in the table", row.fact);
        assert_ne!(row.here, row.there, "{}: what is the same is no difference", row.fact);
        assert_eq!(
            facts.get(&row.fact),
            Some(&*row.here).filter(|value| *value != table::ABSENT),
            "{}",
            row.fact
        );
    }
    for section in table.sections() {
        assert!(section.names_a_page(), "{}: by which page of Microsoft's?", section.title);
        assert!(!section.rows.is_empty(), "{}: a decision about nothing", section.title);
    }
    assert_eq!(table.counts(), table::counts(&facts, &table), "the numbers at the head of the table");
}

#[test]
fn wine_differs_as_the_table_says() {
    let wine = match Wine::find() {
        Ok(wine) => wine,
        Err(missing) => return say(&format!("NOT COMPARED WITH WINE: {missing}")),
    };
    if !wine.version().starts_with(WINE) {
        return say(&format!("NOT COMPARED WITH WINE: the table is for {WINE}, here is {}", wine.version()));
    }
    let _alone = alone();
    let here = if update() { Native::new("epoll").facts(&programs()) } else { known_facts() };
    let there = wine.facts(&programs());
    let mut table = known_table();
    let found = here.differences(&there);
    if update() {
        table.bring_up_to_date(&found, &here);
        fs::write(table_file(), table.text()).expect("the table can be written");
    }
    let unexplained: Vec<_> = found.iter().filter(|row| !table.rows().any(|known| known == *row)).collect();
    let over: Vec<_> = table.rows().filter(|known| !found.contains(known)).collect();
    assert!(unexplained.is_empty(), "differences that the table does not have:\n{}", lines(&unexplained));
    assert!(over.is_empty(), "the table has what is not so:\n{}", lines(&over));
    say(&format!("{}. {}", wine.version(), table.counts()));
}

fn lines<T: std::fmt::Display>(rows: &[T]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}
