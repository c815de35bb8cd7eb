//! The dependencies are what `deny.toml` allows, found out without a network: sources, bans and doubles by `Cargo.lock`, licences
//! by what Cargo knows of the crates that it has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The texts in quotes in a list of `deny.toml`, by its section and key. Of the tables in it, the first text: the crate.
fn list(section: &str, key: &str) -> Vec<String> {
    let deny = read("deny.toml");
    let (_, rest) = deny.split_once(&format!("[{section}]\n")).expect("the section is there");
    let section = rest.split("\n[").next().expect("it has a first part");
    let (_, rest) = section.split_once(&format!("\n{key} = [")).expect("the list is there");
    let list = rest.split("]\n").next().expect("it has a first part");
    let entries: Vec<&str> =
        if list.contains('{') { list.split('{').skip(1).collect() } else { list.split(',').collect() };
    entries.into_iter().filter_map(|entry| Some(entry.split('"').nth(1)?.to_owned())).collect()
}

/// A crate of `Cargo.lock`.
struct Locked {
    name: String,
    version: String,
    source: Option<String>,
    has_checksum: bool,
}

fn locked() -> Vec<Locked> {
    let lock = read("Cargo.lock");
    let field = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let locked = lock.split("[[package]]").skip(1).map(|block| Locked {
        name: field(block, "name").expect("a crate has a name"),
        version: field(block, "version").expect("a crate has a version"),
        source: field(block, "source"),
        has_checksum: field(block, "checksum").is_some(),
    });
    locked.collect()
}

/// Whether an SPDX expression is met by licences that are allowed.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let met = either(&mut words, allowed);
    assert_eq!(words.next(), None, "{expression}");
    met
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut met = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= both(words, allowed);
    }
    met
}

fn both(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<String>) -> bool {
    let word = words.next().expect("a licence");
    if word == "(" {
        let met = either(words, allowed);
        assert_eq!(words.next(), Some(")"));
        return met;
    }
    // An exception allows more than the licence.
    if words.next_if_eq(&"WITH").is_some() {
        words.next().expect("an exception");
    }
    allowed.contains(word)
}

#[test]
fn an_expression_is_met_as_spdx_says() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Zlib".to_owned()]);
    for met in ["MIT", "MIT/GPL-2.0", "GPL-2.0 OR (MIT AND Zlib)", "MIT WITH LLVM-exception"] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["GPL-2.0", "MIT AND GPL-2.0", "(MIT OR GPL-2.0) AND GPL-3.0"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_crate_comes_from_the_one_registry_unchanged() {
    let locked = locked();
    let sources: BTreeSet<&str> = locked.iter().filter_map(|one| one.source.as_deref()).collect();
    assert!(
        sources.len() == 1 && sources.iter().all(|source| source.starts_with("registry+")),
        "{sources:?}"
    );
    for one in &locked {
        assert_eq!(one.source.is_some(), one.has_checksum, "{}", one.name);
    }
    let own: Vec<&str> = locked.iter().filter(|one| one.source.is_none()).map(|one| &*one.name).collect();
    assert!(own.iter().all(|name| name.starts_with("winsock")), "the rest is this repository's: {own:?}");
}

/// The crates that Linux builds need, tests among them. What models alone need is left out, as `cargo deny` does.
fn needed() -> Vec<serde_json::Value> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version=1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap().clone();
    assert!(packages.len() > 20, "{}", packages.len());
    packages
}

#[test]
fn no_crate_is_banned_and_none_is_needed_twice() {
    let banned = list("bans", "deny");
    assert!(!banned.is_empty());
    for one in locked() {
        assert!(!banned.contains(&one.name), "{} {} is banned", one.name, one.version);
    }
    let mut versions = BTreeMap::<String, Vec<String>>::new();
    for package in needed() {
        let text = |key: &str| package[key].as_str().expect("a text").to_owned();
        versions.entry(text("name")).or_default().push(text("version"));
    }
    for (name, versions) in &versions {
        assert!(versions.len() == 1, "{name} is there in {versions:?}");
    }
}

#[test]
fn every_licence_is_allowed() {
    let allowed: BTreeSet<String> = list("licenses", "allow").into_iter().collect();
    assert!(allowed.contains("MIT"), "{allowed:?}");
    for package in needed() {
        let (name, license) = (&package["name"], package["license"].as_str());
        let license = license.unwrap_or_else(|| panic!("{name} names no licence"));
        assert!(is_met(license, &allowed), "{name}: {license}");
    }
}
