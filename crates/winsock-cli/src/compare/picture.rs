//! The pictures of a report: costs as bars, costs by connections and latencies by percentile as curves.
//!
//! A picture of curves is drawn for one model: its own curves stand out, and those of the others are behind, on the same
//! scales. So any number of models can be told apart with two colours, of which one is for each engine.

use super::options::Engine;
use super::plan::Candidate;
use super::results::{Measured, at, connections};
use super::svg::{Anchor, Scale, Svg, WIDTH};
use crate::server::Model;
use crate::stress::QUANTILES;
use crate::units::{grouped, number, time};

/// The height of a picture of curves, and what of it and of its width is for the curves.
const HEIGHT: f64 = 210.0;
const PLOT_X: (f64, f64) = (56.0, WIDTH - 22.0);
const PLOT_Y: (f64, f64) = (HEIGHT - 28.0, 12.0);
/// The height of a bar with its gap, and of the bar.
const ROW: f64 = 24.0;
const BAR: f64 = 16.0;
/// Where bars begin, and how long they are at most.
const BARS_X: (f64, f64) = (152.0, WIDTH - 46.0);

/// The class of what belongs to an engine, or to none.
pub(super) fn class(engine: Option<Engine>) -> &'static str {
    match engine {
        None | Some(Engine::Epoll) => "s1",
        Some(Engine::IoUring) => "s2",
    }
}

/// The cost of each case, as it comes.
pub(super) fn costs(here: &[&Measured]) -> String {
    let most = here.iter().map(|measured| measured.cost().median).fold(f64::MIN_POSITIVE, f64::max);
    let mut svg =
        Svg::new(ROW * here.len() as f64, "Processor time of the server for each round trip, by model");
    for (index, measured) in here.iter().enumerate() {
        let (top, cost) = (ROW * index as f64, measured.cost().median);
        let length = (cost / most * (BARS_X.1 - BARS_X.0)).max(1.0);
        let candidate = measured.case.candidate;
        svg.text(Anchor::End, (BARS_X.0 - 6.0, top + BAR), candidate.name());
        svg.bar(class(candidate.engine), (BARS_X.0, top + (ROW - BAR) / 2.0), (length, BAR));
        svg.text(Anchor::Start, (BARS_X.0 + length + 5.0, top + BAR), number(cost));
    }
    svg.end()
}

/// The cost of one model by the number of connections.
pub(super) fn by_connections(results: &[Measured], model: Model) -> String {
    let x = Scale::new(connections(results).into_iter().map(|number| number as f64), PLOT_X);
    let y = Scale::new(results.iter().map(|measured| measured.cost().median), PLOT_Y);
    let mut svg = Svg::new(HEIGHT, &format!("Cost of {} by the number of connections", model.name()));
    for tick in y.ticks() {
        horizontal(&mut svg, y.place(tick), format!("{tick} µs"));
    }
    for connections in connections(results) {
        vertical(&mut svg, x.place(connections as f64), grouped(connections as u64));
    }
    let points = |candidate: Candidate| {
        let own = results.iter().filter(move |measured| measured.case.candidate == candidate);
        own.map(|measured| (x.place(measured.case.connections as f64), y.place(measured.cost().median)))
            .collect()
    };
    curves(&mut svg, &candidates(results.iter()), model, points);
    svg.end()
}

/// The latencies of one model by percentile, with `number` connections; `None` if it was not measured with them.
pub(super) fn latencies(results: &[Measured], number: usize, model: Model) -> Option<String> {
    let here = at(results, number);
    here.iter().find(|measured| measured.case.candidate.model == model)?;
    let y = Scale::new(here.iter().flat_map(|measured| measured.latency().map(|value| value as f64)), PLOT_Y);
    let step = (PLOT_X.1 - PLOT_X.0) / (QUANTILES.len() - 1) as f64;
    let x = |index: usize| PLOT_X.0 + step * index as f64;
    let mut svg = Svg::new(HEIGHT, &format!("Latency of {} by percentile", model.name()));
    for tick in y.ticks() {
        horizontal(&mut svg, y.place(tick), time(tick as u64));
    }
    for (index, (name, _)) in QUANTILES.iter().enumerate() {
        vertical(&mut svg, x(index), (*name).to_owned());
    }
    let points = |candidate: Candidate| {
        let own = here.iter().filter(move |measured| measured.case.candidate == candidate);
        own.flat_map(|measured| measured.latency())
            .enumerate()
            .map(|(index, value)| (x(index), y.place(value as f64)))
            .collect()
    };
    curves(&mut svg, &candidates(here.iter().copied()), model, points);
    Some(svg.end())
}

/// The kinds of servers, each once.
fn candidates<'a>(results: impl Iterator<Item = &'a Measured>) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for Measured { case, .. } in results {
        if !candidates.contains(&case.candidate) {
            candidates.push(case.candidate);
        }
    }
    candidates
}

/// Draws the curve of each candidate, those of `model` last.
fn curves(
    svg: &mut Svg,
    candidates: &[Candidate],
    model: Model,
    points: impl Fn(Candidate) -> Vec<(f64, f64)>,
) {
    let (own, others): (Vec<Candidate>, _) =
        candidates.iter().partition(|candidate| candidate.model == model);
    for candidate in others {
        svg.curve("other", &points(candidate), false);
    }
    for candidate in own {
        svg.curve(class(candidate.engine), &points(candidate), true);
    }
}

fn horizontal(svg: &mut Svg, y: f64, label: String) {
    svg.line("grid", (PLOT_X.0, y), (PLOT_X.1, y));
    svg.text(Anchor::End, (PLOT_X.0 - 6.0, y + 4.0), label);
}

fn vertical(svg: &mut Svg, x: f64, label: String) {
    svg.line("grid", (x, PLOT_Y.0), (x, PLOT_Y.1));
    svg.text(Anchor::Middle, (x, PLOT_Y.0 + 18.0), label);
}
