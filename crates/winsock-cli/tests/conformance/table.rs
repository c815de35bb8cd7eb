//! The page `DIFFERENCES.md`: sections that have a decision, a page of Microsoft's and a table of facts each.

use std::fmt;

use crate::facts::Facts;

/// The value of a fact that one world does not print.
pub(crate) const ABSENT: &str = "(nothing)";

/// Where new differences wait for a decision.
const UNEXPLAINED: &str = "Unexplained";

const HEAD: &str = "| fact | here | Wine |\n|---|---|---|\n";

/// A fact that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Row {
    pub(crate) fact: String,
    pub(crate) here: String,
    pub(crate) there: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {} | {} | {} |", self.fact, self.here, self.there)
    }
}

/// A decision about some facts.
pub(crate) struct Section {
    pub(crate) title: String,
    prose: String,
    pub(crate) rows: Vec<Row>,
}

impl Section {
    fn read(text: &str) -> Section {
        let (title, body) = text.split_once('\n').expect("a heading ends with its line");
        let is_row = |line: &&str| line.starts_with("| ") && *line != HEAD.lines().next().expect("a head");
        let prose: Vec<_> = body.lines().filter(|line| !line.starts_with('|')).collect();
        let rows = body.lines().filter(is_row).map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [fact, here, there] = cells[..] else { panic!("a row has three cells: {line}") };
            Row { fact: fact.to_owned(), here: here.to_owned(), there: there.to_owned() }
        });
        Section { title: title.to_owned(), prose: prose.join("\n").trim().to_owned(), rows: rows.collect() }
    }

    /// `Page: ...`, or `Pages: ...`, each in code marks.
    pub(crate) fn names_a_page(&self) -> bool {
        self.prose.lines().any(|line| {
            let pages = line.strip_prefix("Page: ").or_else(|| line.strip_prefix("Pages: "));
            pages.is_some_and(|pages| pages.split(", ").all(|page| page.len() > 4 && page.contains('`')))
        })
    }
}

pub(crate) struct Table {
    head: String,
    sections: Vec<Section>,
}

impl Table {
    pub(crate) fn read(text: &str) -> Table {
        let mut parts = text.split("\n## ");
        let head = parts.next().expect("a first part").trim().to_owned();
        Table { head, sections: parts.map(Section::read).collect() }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("{}\n", self.head);
        for section in &self.sections {
            let rows: String = section.rows.iter().map(|row| format!("{row}\n")).collect();
            text += &format!("\n## {}\n\n{}\n\n{HEAD}{rows}", section.title, section.prose);
        }
        text
    }

    /// The sections with a decision.
    pub(crate) fn sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| section.title != UNEXPLAINED)
    }

    /// The facts that are explained.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections().flat_map(|section| &section.rows)
    }

    pub(crate) fn unexplained(&self) -> Vec<&str> {
        let sections = self.sections.iter().filter(|section| section.title == UNEXPLAINED);
        sections.flat_map(|section| &section.rows).map(|row| &*row.fact).collect()
    }

    /// The line of numbers at the head.
    pub(crate) fn counts(&self) -> String {
        self.head.lines().find(|line| line.starts_with("Facts compared: ")).unwrap_or_default().to_owned()
    }

    /// Takes over what was found. What was decided about a fact holds for its new values too: the change is there to be
    /// read. What is the same now leaves the table.
    pub(crate) fn bring_up_to_date(&mut self, found: &[Row], facts: &Facts) {
        let mut left = found.to_vec();
        for section in &mut self.sections {
            section.rows.retain_mut(|row| {
                let Some(at) = left.iter().position(|new| new.fact == row.fact) else { return false };
                *row = left.remove(at);
                true
            });
        }
        self.sections.retain(|section| !section.rows.is_empty());
        if !left.is_empty() {
            let prose = "Each wants a decision, or a repair.".to_owned();
            match self.sections.iter_mut().find(|section| section.title == UNEXPLAINED) {
                Some(section) => section.rows.extend(left),
                None => self.sections.push(Section { title: UNEXPLAINED.to_owned(), prose, rows: left }),
            }
        }
        let (old, new) = (self.counts(), counts(facts, self));
        self.head = self.head.replace(&old, &new);
    }
}

/// The numbers that the head of the table shows.
pub(crate) fn counts(facts: &Facts, table: &Table) -> String {
    let different = table.rows().count();
    let only_there = table.rows().filter(|row| row.here == ABSENT).count();
    let compared = facts.len() + only_there;
    format!(
        "Facts compared: {compared}. Equal: {}. Different, each with a decision: {different}. Unexplained: {}.",
        compared - different - table.unexplained().len(),
        table.unexplained().len()
    )
}
