//! The layers of the crate: the safe API calls `win32`, `win32` the model of Linux, the model `sys`. Never upwards.
//!
//! Read from the sources: every path that begins with `crate::`, in a `use` or not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Which part of the crate a file belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layer {
    /// `src/*.rs`.
    Safe,
    /// `src/win32/`.
    Win32,
    /// `src/linux/`.
    Model,
    /// `src/linux/sys/`.
    Sys,
}

struct Source {
    path: String,
    layer: Layer,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file, without its comments: they may speak of anything.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            let layer = match name.as_str() {
                name if name.starts_with("linux/sys/") => Layer::Sys,
                name if name.starts_with("linux/") => Layer::Model,
                name if name.starts_with("win32/") => Layer::Win32,
                _ => Layer::Safe,
            };
            let text = std::fs::read_to_string(&path).unwrap();
            let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
            found.push(Source {
                path: name,
                layer,
                text: text.lines().map(code).collect::<Vec<_>>().join("\n"),
            });
        }
    }
    assert!(found.len() > 20, "the sources are where this test looks");
    found
}

/// What a file names of the crate, as paths: `crate::{a::{b, c}, d}` names `a::b`, `a::c` and `d`.
fn named(text: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with("$") || !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            expand(&text[at + "crate::".len()..], "", &mut paths);
        }
    }
    paths
}

/// Adds the paths of one tree of names, and gives what follows it.
fn expand<'a>(mut text: &'a str, prefix: &str, paths: &mut BTreeSet<String>) -> &'a str {
    let mut path = prefix.to_owned();
    loop {
        text = text.trim_start();
        if let Some(mut inside) = text.strip_prefix('{') {
            loop {
                inside = expand(inside, &path, paths).trim_start();
                match inside.strip_prefix(',').map(str::trim_start) {
                    Some(rest) if rest.starts_with('}') => return &rest[1..],
                    Some(rest) => inside = rest,
                    None => return inside.strip_prefix('}').unwrap_or(inside),
                }
            }
        }
        let end = text.find(|c: char| !(c.is_alphanumeric() || "_*".contains(c))).unwrap_or(text.len());
        path.push_str(&text[..end]);
        text = &text[end..];
        match text.strip_prefix("::") {
            Some(rest) => {
                path.push_str("::");
                text = rest;
            }
            None => {
                paths.insert(path);
                let alias = text.trim_start().strip_prefix("as ");
                return alias
                    .map_or(text, |rest| rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
            }
        }
    }
}

/// The types and constants of `win32`: the vocabulary that every layer may use.
fn vocabulary() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("win32/types.rs")).unwrap();
    let names = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// `win32::NAME` anywhere in a file, which a plain `use crate::win32` allows.
fn named_of_win32(source: &Source) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = named(&source.text)
        .iter()
        .filter_map(|path| path.strip_prefix("win32::").map(str::to_owned))
        .collect();
    for (at, _) in source.text.match_indices("win32::") {
        expand(&source.text[at + "win32::".len()..], "", &mut names);
    }
    names
}

#[test]
fn the_reader_understands_trees_of_names() {
    let text =
        "use crate::{a::{b, c::d as e,}, f};\nlet x = crate::g::h(1);\nuse notcrate::i; use $crate::j;";
    let expected = ["a::b", "a::c::d", "f", "g::h", "j"];
    assert_eq!(named(text).iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn no_layer_calls_upwards() {
    let vocabulary = vocabulary();
    let mut wrong = Vec::new();
    for source in sources() {
        for path in named(&source.text) {
            let top = path.split("::").next().unwrap();
            let allowed = match (source.layer, top) {
                // The error type has a place of its own, under all but `sys`.
                (Layer::Safe | Layer::Win32 | Layer::Model, "error") => true,
                (Layer::Safe, "linux") => matches!(
                    (source.path.as_str(), path.as_str()),
                    ("descriptor.rs", "linux::descriptor")
                        | ("engine.rs", "linux::engine::choice")
                        | ("faults.rs", "linux::faults::explain")
                ),
                (Layer::Safe, _) => source.path != "error.rs" || top == "win32",
                (Layer::Win32, "linux" | "win32") => true,
                (Layer::Model, "linux" | "win32") => true,
                (Layer::Sys, "linux") => path.starts_with("linux::sys"),
                (Layer::Win32 | Layer::Model | Layer::Sys, _) => false,
            };
            if !allowed {
                wrong.push(format!("{}: crate::{path}", source.path));
            }
        }
        if source.layer == Layer::Model || source.path == "error.rs" {
            for name in named_of_win32(&source) {
                if !vocabulary.contains(name.split("::").next().unwrap()) {
                    wrong.push(format!("{}: {name} is a function of win32", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_sys_names_libc() {
    let outside: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.layer != Layer::Sys && source.text.contains("libc::"))
        .map(|source| source.path)
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
}

#[test]
fn the_safe_api_is_unsafe_in_the_listed_files_only() {
    let found: Vec<String> = sources()
        .into_iter()
        .filter(|source| source.layer == Layer::Safe && source.text.contains("unsafe_code"))
        .map(|source| source.path)
        .collect();
    assert_eq!(
        BTreeSet::from_iter(found),
        BTreeSet::from(
            [
                "descriptor.rs",
                "handle.rs",
                "loan.rs",
                "loan/call.rs",
                "loan/scope.rs",
                "raw.rs",
                "raw/console.rs",
                "raw/extension.rs",
                "raw/object.rs",
                "raw/window.rs",
            ]
            .map(str::to_owned)
        )
    );
}

#[test]
fn only_the_boundary_sets_the_last_error() {
    let setters: BTreeMap<String, usize> = sources()
        .into_iter()
        .map(|source| (source.path, source.text.matches("last_error::set").count()))
        .filter(|(_, count)| *count > 0)
        .collect();
    assert!(setters.keys().all(|path| path == "win32/boundary.rs"), "{setters:?}");
}
