//! The table on the terminal, and the object of `--json`.

use std::fmt::Write;

use serde_json::{Value, json};

use super::machine::Machine;
use super::options::Arguments;
use super::ranking::Paragraph;
use super::results::Measured;
use crate::stress::QUANTILES;
use crate::units::{grouped, number, time};

/// How many of [`QUANTILES`] a table tells.
const TOLD: usize = 4;

/// The titles of the columns.
pub(super) fn head() -> Vec<String> {
    let mut titles = vec!["connections".to_owned(), "model".to_owned(), "µs/trip".to_owned()];
    titles.extend(["spread", "trips/s"].map(str::to_owned));
    titles.extend(QUANTILES[..TOLD].iter().map(|(name, _)| (*name).to_owned()));
    titles.push("load µs".to_owned());
    titles
}

/// One line of the table. A rate that the generator may have limited has a star.
pub(super) fn row(measured: &Measured) -> Vec<String> {
    let cost = measured.cost();
    let star = if measured.is_limited_by_generator() { "*" } else { "" };
    let mut cells = vec![
        grouped(measured.case.connections as u64),
        measured.case.candidate.name(),
        number(cost.median),
        format!("{}–{}", number(cost.least), number(cost.most)),
        format!("{}{star}", grouped(measured.rate().median as u64)),
    ];
    cells.extend(measured.latency()[..TOLD].iter().map(|&nanoseconds| time(nanoseconds)));
    cells.push(number(measured.generator()));
    cells
}

/// What the columns mean.
pub(super) const LEGEND: &str = "µs/trip: processor time of the server for each round trip, the median of the rounds; \
spread: the least and the most of them. p50 to p99.9: latency. load µs: processor time of the generator for each round trip; \
a rate with a star may be limited by it.";

/// The whole table, in columns. Numbers are at the right, names at the left.
pub(super) fn text(results: &[Measured]) -> String {
    let lines: Vec<Vec<String>> = std::iter::once(head()).chain(results.iter().map(row)).collect();
    let columns = lines[0].len();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        for (column, (cell, &width)) in line.iter().zip(&widths).enumerate() {
            let gap = if column == 0 { "" } else { "  " };
            // Writing to a string cannot fail.
            let _ = match column {
                1 => write!(text, "{gap}{cell:<width$}"),
                _ => write!(text, "{gap}{cell:>width$}"),
            };
        }
        text.push('\n');
    }
    text
}

/// All of it for scripts: times of processors in microseconds, latencies in nanoseconds.
pub(super) fn object(
    arguments: &Arguments,
    machine: &Machine,
    results: &[Measured],
    ranking: &[Paragraph],
) -> Value {
    let results: Vec<Value> = results.iter().map(measured).collect();
    json!({
        "machine": machine,
        "size": arguments.size,
        "idle": arguments.idle,
        "seconds": arguments.duration().as_secs_f64(),
        "rounds": arguments.rounds(),
        "results": results,
        "ranking": ranking,
    })
}

fn measured(measured: &Measured) -> Value {
    let candidate = measured.case.candidate;
    let cost = measured.cost();
    let latency: Vec<Value> = QUANTILES
        .iter()
        .zip(measured.latency())
        .map(|((name, _), nanoseconds)| json!({ "name": name, "nanoseconds": nanoseconds }))
        .collect();
    json!({
        "model": candidate.model.name(),
        "engine": candidate.engine.map(super::options::Engine::name),
        "connections": measured.case.connections,
        "processor": {
            "server": cost.median,
            "server_least": cost.least,
            "server_most": cost.most,
            "generator": measured.generator(),
            "generator_may_be_the_limit": measured.is_limited_by_generator(),
        },
        "round_trips_per_second": measured.rate().median,
        "latency": latency,
    })
}
