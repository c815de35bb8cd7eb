//! Reads the guide's pages: their fenced blocks, what a comment before a block says of it, their links and headings.
//!
//! A block of code stands under `<!-- include: c/client.c:connect -->`: the file below `snippets/`, and the part between
//! the lines `ANCHOR: connect` and `ANCHOR_END: connect` (the whole file without a part). What programs print stands under
//! `<!-- run: c/iocp.c rust/iocp.rs -->`.

use std::fs;
use std::path::{Path, PathBuf};

/// A page: its name below the source folder, and its text.
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// A fenced block.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) language: &'a str,
    /// The words of the comment on the line before it.
    pub(crate) comment: Option<&'a str>,
    pub(crate) body: &'a str,
}

pub(crate) fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src").canonicalize().expect("the guide")
}

pub(crate) fn snippet(name: &str) -> PathBuf {
    source_folder().join("snippets").join(name)
}

/// All pages but the summary.
pub(crate) fn pages() -> Vec<Page> {
    let entries = fs::read_dir(source_folder()).expect("the guide's folder");
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().expect("a name in UTF-8"));
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".md") && name != "SUMMARY.md").collect();
    names.sort();
    names.into_iter().map(|name| Page { text: read(&name), name }).collect()
}

pub(crate) fn read(name: &str) -> String {
    fs::read_to_string(source_folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

impl Page {
    pub(crate) fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks = Vec::new();
        let mut rest = &self.text[..];
        while let Some((before, opened)) = rest.split_once("```") {
            let (language, after) = opened.split_once('\n').expect("a line after a fence");
            let body = after.split("```").next().expect("a first part");
            rest = after[body.len()..]
                .strip_prefix("```")
                .unwrap_or_else(|| panic!("{}: an open block", self.name));
            let comment = before.trim_end_matches('\n').lines().next_back();
            let comment = comment
                .and_then(|line| line.strip_prefix("<!-- "))
                .and_then(|line| line.strip_suffix(" -->"));
            blocks.push(Block { language, comment, body });
        }
        blocks
    }

    /// The text outside of blocks.
    pub(crate) fn prose(&self) -> String {
        self.text.split("```").step_by(2).collect()
    }

    /// Where its links lead.
    pub(crate) fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let targets = prose.split("](").skip(1);
        targets.map(|rest| rest.split(')').next().expect("a first part").to_owned()).collect()
    }

    /// Whether it has the heading that a fragment names.
    pub(crate) fn has_heading(&self, fragment: &str) -> bool {
        let prose = self.prose();
        prose.lines().filter(|line| line.starts_with('#')).any(|line| {
            let words = line.trim_start_matches('#').trim().to_lowercase();
            let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>() == fragment
        })
    }

    /// The page with every included block as its file has it.
    pub(crate) fn brought_up_to_date(&self) -> String {
        let mut text = self.text.clone();
        for block in self.blocks() {
            if let Some(part) = block.included() {
                let old = format!("<!-- include: {part} -->\n```{}\n{}```", block.language, block.body);
                let new = format!("<!-- include: {part} -->\n```{}\n{}```", language(part), excerpt(part));
                text = text.replace(&old, &new);
            }
        }
        text
    }
}

impl<'a> Block<'a> {
    /// The file, with its part, that the block is to show.
    pub(crate) fn included(&self) -> Option<&'a str> {
        self.comment?.strip_prefix("include: ")
    }

    /// The programs that print the block.
    pub(crate) fn printed_by(&self) -> Vec<&'a str> {
        let programs = self.comment.and_then(|comment| comment.strip_prefix("run: "));
        programs.map(|names| names.split(' ').collect()).unwrap_or_default()
    }
}

/// The name of a snippet's language, as fences have it.
pub(crate) fn language(part: &str) -> &'static str {
    if part.starts_with("rust/") { "rust" } else { "c" }
}

/// A file, or a part of it, moved to the left margin, without the lines that mark parts.
pub(crate) fn excerpt(part: &str) -> String {
    let (file, anchor) = part.split_once(':').map_or((part, None), |(file, anchor)| (file, Some(anchor)));
    let text = fs::read_to_string(snippet(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut inside = anchor.is_none();
    let mut lines = Vec::new();
    for line in text.lines() {
        match mark(line) {
            Some((name, begins)) if Some(name) == anchor => inside = begins,
            Some(_) => {}
            None if inside => lines.push(line),
            None => {}
        }
    }
    let is_closed = anchor.is_none() || !inside;
    assert!(is_closed && !lines.is_empty(), "{part} is not there, or has no end");
    let indents = lines.iter().filter(|line| !line.trim().is_empty());
    let margin = indents.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
    lines.iter().map(|line| format!("{}\n", line.get(margin..).unwrap_or_default())).collect()
}

/// The anchors of a snippet.
pub(crate) fn anchors(file: &str) -> Vec<String> {
    let text = fs::read_to_string(snippet(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    text.lines().filter_map(mark).filter(|(_, begins)| *begins).map(|(name, _)| name.to_owned()).collect()
}

/// The name of the part that a line begins or ends, and whether it begins it.
fn mark(line: &str) -> Option<(&str, bool)> {
    let words = line.trim().trim_start_matches("//").trim_start_matches("/*").trim_end_matches("*/").trim();
    match words.split_once(": ") {
        Some(("ANCHOR", name)) => Some((name, true)),
        Some(("ANCHOR_END", name)) => Some((name, false)),
        _ => None,
    }
}
