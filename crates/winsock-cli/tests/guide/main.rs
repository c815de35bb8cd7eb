//! The guide says what is true: its code is that of files which compile without a warning, its programs print what it
//! shows, its links lead somewhere, and its commands have the options that they are shown with.
//!
//! `UPDATE_GUIDE=1 cargo test -p winsock-cli --test guide` writes changed snippets into the pages.

mod page;
mod program;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use page::{Page, anchors, language, pages, read, source_folder};
use program::{build, limited, winsock};

/// The files below `snippets/`, by their names there.
fn snippet_files() -> Vec<String> {
    let mut files = Vec::new();
    for folder in ["c", "rust", "rust/lesson", "rust/port"] {
        for entry in fs::read_dir(page::snippet(folder)).unwrap_or_else(|error| panic!("{folder}: {error}")) {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                files.push(format!("{folder}/{}", entry.file_name().to_str().expect("UTF-8")));
            }
        }
    }
    files
}

/// Those that are programs, not parts that programs share.
fn programs() -> impl Iterator<Item = String> {
    snippet_files().into_iter().filter(|file| !file.ends_with(".h") && !file.ends_with("/mod.rs"))
}

#[test]
fn every_block_of_code_is_its_files() {
    let update = std::env::var_os("UPDATE_GUIDE").is_some();
    for page in pages() {
        for block in page.blocks() {
            let is_code = matches!(block.language, "c" | "rust");
            assert!(!is_code || block.included().is_some(), "{}: code of no file: {block:?}", page.name);
        }
        let text = page.brought_up_to_date();
        if update && text != page.text {
            fs::write(source_folder().join(&page.name), &text).unwrap();
        } else {
            assert!(
                text == page.text,
                "{} has old snippets: UPDATE_GUIDE=1 brings them up to date",
                page.name
            );
        }
        for block in page.blocks().iter().filter_map(|block| Some((block.language, block.included()?))) {
            assert_eq!(block.0, language(block.1), "{}", page.name);
        }
    }
}

#[test]
fn every_snippet_and_each_of_its_parts_is_shown() {
    let pages = pages();
    let shown: BTreeSet<&str> =
        pages.iter().flat_map(Page::blocks).filter_map(|block| block.included()).collect();
    for file in snippet_files() {
        for anchor in anchors(&file) {
            assert!(shown.contains(&*format!("{file}:{anchor}")), "nothing shows {file}:{anchor}");
        }
        let is_shown = |part: &&str| part.split(':').next() == Some(&file);
        assert!(shown.iter().any(is_shown), "nothing shows {file}");
    }
}

#[test]
fn every_page_is_in_the_summary_once() {
    let summary = Page { name: "SUMMARY.md".to_owned(), text: read("SUMMARY.md") };
    let mut listed = summary.links();
    listed.sort();
    let names: Vec<String> = pages().into_iter().map(|page| page.name).collect();
    assert_eq!(listed, names);
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let by_name: BTreeMap<&str, &Page> = pages.iter().map(|page| (&*page.name, page)).collect();
    for page in &pages {
        for link in page.links().iter().filter(|link| !link.starts_with("https://")) {
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { &*page.name } else { file };
            assert!(!file.starts_with(".."), "{}: {link} leads out of the book", page.name);
            assert!(source_folder().join(file).is_file(), "{}: {link}", page.name);
            let heading = fragment.is_empty() || by_name.get(file).is_some_and(|to| to.has_heading(fragment));
            assert!(heading, "{}: no heading for {link}", page.name);
        }
    }
}

/// What stands outside of the book: the README, and what it leads to.
#[test]
fn every_link_of_the_other_documents_leads_somewhere() {
    let root = source_folder().join("../..").canonicalize().expect("the sources");
    let mut seen = 0;
    for folder in
        [".", "benches/race", "benches/soak", "benches/send_recv", "benches/transmit_file", "conformance"]
    {
        let folder = root.join(folder);
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let name = path.display().to_string();
            let page = Page { text: fs::read_to_string(&path).expect("UTF-8"), name };
            for link in page.links().iter().filter(|link| !link.starts_with("https://")) {
                let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
                let to = if file.is_empty() { path.clone() } else { folder.join(file) };
                assert!(to.exists(), "{}: {link}", page.name);
                let heading = fragment.is_empty() || {
                    let text = fs::read_to_string(&to).unwrap_or_else(|error| panic!("{link}: {error}"));
                    Page { name: String::new(), text }.has_heading(fragment)
                };
                assert!(heading, "{}: no heading for {link}", page.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen} links");
}

/// An option that is shown is one that the command's help tells of.
#[test]
fn every_command_has_the_options_it_is_shown_with() {
    let mut helps = BTreeMap::new();
    let mut seen = 0;
    for page in pages() {
        let blocks = page.blocks();
        let scripts = blocks.iter().filter(|block| block.language == "sh").map(|block| block.body);
        for line in scripts.flat_map(str::lines) {
            let line = line.split(" #").next().expect("a first part");
            let Some(arguments) = line.strip_prefix("winsock ") else { continue };
            let mut words = arguments.split_whitespace();
            let command = words.next().expect("a command");
            let help = helps.entry(command.to_owned()).or_insert_with(|| {
                let option = if matches!(command, "cc" | "c++") { "--winsock-help" } else { "--help" };
                let output = winsock().args([command, option]).output().expect("winsock starts");
                assert!(output.status.success(), "{}: winsock {command}", page.name);
                String::from_utf8(output.stdout).expect("UTF-8")
            });
            for option in words.filter(|word| word.starts_with("--")) {
                let option = option.split('=').next().expect("a first part");
                assert!(help.contains(option), "{}: winsock {command} has no {option}", page.name);
                seen += 1;
            }
        }
    }
    assert!(seen > 10, "{seen} options");
}

#[test]
fn every_program_prints_what_the_guide_says() {
    let mut run = BTreeSet::from(["server", "client"].map(|name| format!("c/{name}.c")));
    run.extend(["server", "client"].map(|name| format!("rust/{name}.rs")));
    for page in pages() {
        for block in page.blocks() {
            for name in block.printed_by() {
                let output = limited(&build(name)).output().expect("timeout, of coreutils, starts");
                let printed = String::from_utf8_lossy(&output.stdout);
                let errors = String::from_utf8_lossy(&output.stderr);
                assert_eq!((&*printed, &*errors), (block.body, ""), "{}: {name}", page.name);
                assert_eq!(output.status.code(), Some(0), "{}: {name}", page.name);
                run.insert(name.to_owned());
            }
        }
    }
    let all: BTreeSet<String> = programs().collect();
    assert_eq!(run, all, "run, and there");
}

/// The complete programs, each server with each client.
#[test]
fn the_complete_programs_talk_to_each_other() {
    let page = pages().into_iter().find(|page| page.name == "complete-programs.md").expect("their page");
    let says = |command: &str| {
        let block = page.blocks().into_iter().find(|block| block.body.starts_with(command));
        let (_, lines) = block.expect("what a program prints").body.split_once('\n').expect("lines");
        lines.to_owned()
    };
    let (server_says, client_says) = (says("$ ./server"), says("$ ./client"));
    for server in ["c/server.c", "rust/server.rs"].map(build) {
        for client in ["c/client.c", "rust/client.rs"].map(build) {
            let mut serving =
                limited(&server).arg("0").stdout(Stdio::piped()).spawn().expect("the server starts");
            let mut output = BufReader::new(serving.stdout.take().expect("a pipe"));
            let mut said = String::new();
            output.read_line(&mut said).expect("a first line");
            let port = said.trim().rsplit(' ').next().expect("a last word").to_owned();
            let talked = limited(&client).args(["127.0.0.1", &port]).output().expect("the client starts");
            assert_eq!(String::from_utf8_lossy(&talked.stdout), client_says, "{client:?}");
            assert_eq!(talked.status.code(), Some(0), "{client:?}");
            output.read_to_string(&mut said).expect("UTF-8");
            assert_eq!(said.replace(&port, "27015"), server_says, "{server:?}");
            assert_eq!(serving.wait().expect("the server ends").code(), Some(0), "{server:?}");
        }
    }
}
