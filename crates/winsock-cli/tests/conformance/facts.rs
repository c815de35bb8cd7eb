//! Facts: a name and a value each, in the order in which the programs print them.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::table::{ABSENT, Row};

/// What programs have printed.
#[derive(Default)]
pub(crate) struct Facts {
    /// The program, and its lines.
    programs: Vec<(String, Vec<(String, String)>)>,
    values: BTreeMap<String, String>,
}

impl Facts {
    /// What a program has printed: lines `name = value`.
    #[track_caller]
    pub(crate) fn add(&mut self, program: &str, printed: &str) {
        let mut facts = Vec::new();
        for line in printed.lines() {
            let (name, value) =
                line.split_once(" = ").unwrap_or_else(|| panic!("{program}: no fact: {line}"));
            let earlier = self.values.insert(name.to_owned(), value.to_owned());
            assert_eq!(earlier, None, "{program}: {name} is printed twice");
            assert!(!line.contains('|'), "{program}: it would tear the table: {line}");
            facts.push((name.to_owned(), value.to_owned()));
        }
        assert!(!facts.is_empty(), "{program}: no facts");
        self.programs.push((program.to_owned(), facts));
    }

    /// What [`Facts::text`] gave.
    pub(crate) fn read(text: &str) -> Facts {
        let mut facts = Facts::default();
        for part in text.split("# ").filter(|part| !part.is_empty()) {
            let (program, lines) = part.split_once('\n').expect("a heading ends with its line");
            facts.add(program.trim_end_matches(".c"), lines.trim_end());
        }
        facts
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for (program, facts) in &self.programs {
            let gap = if text.is_empty() { "" } else { "\n" };
            writeln!(text, "{gap}# {program}.c").expect("strings take everything");
            for (name, value) in facts {
                writeln!(text, "{name} = {value}").expect("strings take everything");
            }
        }
        text
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| &**value)
    }

    /// Where others have something else, in our order, and at the end what only they have.
    pub(crate) fn differences(&self, others: &Facts) -> Vec<Row> {
        let ours = self.programs.iter().flat_map(|(_, facts)| facts).map(|(name, _)| name);
        let theirs = others.programs.iter().flat_map(|(_, facts)| facts).map(|(name, _)| name);
        let added = theirs.filter(|name| self.get(name).is_none());
        let value = |facts: &Facts, name: &str| facts.get(name).unwrap_or(ABSENT).to_owned();
        ours.chain(added)
            .map(|name| Row { fact: name.clone(), here: value(self, name), there: value(others, name) })
            .filter(|row| row.here != row.there)
            .collect()
    }
}
