//! The ranking of the samples in Microsoft's guide ("Getting started with Winsock": "in order from higher to lower
//! performance"), checked against what was measured, in words.
//!
//! The guide ranks folders of programs, so each folder stands here for the models of its servers, and the best of them
//! counts. A pair of folders is told apart where the better one is better in every round, and by more than a little.

use serde::Serialize;

use super::plan;
use super::results::{Measured, Spread, at, connections};
use crate::server::Model;
use crate::units::{grouped, number};

/// A paragraph of the check, and what it says point by point.
#[derive(Serialize)]
pub(super) struct Paragraph {
    pub(super) text: String,
    pub(super) points: Vec<String>,
}

/// The folders, from higher to lower performance, and the models of their servers.
const FOLDERS: [(&str, &[Model]); 5] = [
    ("iocp", &[Model::Iocp, Model::IocpAcceptex]),
    ("overlap", &[Model::Overlapped]),
    ("WSAPoll", &[Model::Poll]),
    ("simple", &[Model::Threads, Model::Select]),
    ("accept", &[Model::SelectNonblocking, Model::AsyncSelect]),
];

/// Medians that differ by less are the same.
const MARGIN: f64 = 1.05;

/// What performance may mean.
#[derive(Clone, Copy)]
enum Meaning {
    Cost,
    Rate,
}

/// The pairs of folders, by what the measurement says of them.
#[derive(Default)]
struct Pairs {
    agree: usize,
    same: usize,
    contradict: usize,
    /// A sentence for each folder that lower ones outdo.
    outdone: Vec<String>,
}

/// The check: one paragraph for what the guide says, and one for each number of connections. `idle` more were silent.
pub(super) fn words(results: &[Measured], idle: u32) -> Vec<Paragraph> {
    let folders = FOLDERS.map(|(folder, models)| {
        format!("{folder} ({})", models.iter().map(|model| model.name()).collect::<Vec<_>>().join(", "))
    });
    let load = match idle {
        0 => "All connections are busy: a wait in select or WSAPoll finds many of them ready, and so costs little for each. \
              Among silent ones (--idle) it costs more."
            .to_owned(),
        idle => format!(
            "Beside the busy connections {} say nothing: select and WSAPoll look at them all in each wait.",
            grouped(idle.into())
        ),
    };
    let once = results.iter().all(|measured| measured.samples.len() == 1);
    let impression = if once { " There was one round: an impression, not a measurement." } else { "" };
    let guide = format!(
        "The guide's samples, \"from higher to lower performance\": {}. Here the best model of each counts, and one is better \
         than another if it is in every round, by more than {:.0}%.{impression} {load}",
        folders.join(", "),
        (MARGIN - 1.0) * 100.0,
    );
    let mut words = vec![Paragraph { text: guide, points: Vec::new() }];
    for number in connections(results) {
        let here = at(results, number);
        let found = FOLDERS.iter().filter(|(_, models)| best(&here, models, Meaning::Cost).is_some()).count();
        if found > 1 {
            words.push(paragraph(&here, number));
        }
    }
    if words.len() == 1 {
        let text = "Too few of them were measured to compare them.".to_owned();
        words.push(Paragraph { text, points: Vec::new() });
    }
    words
}

fn paragraph(here: &[&Measured], connections: usize) -> Paragraph {
    let cost = pairs(here, Meaning::Cost);
    let rate = pairs(here, Meaning::Rate);
    let verdict = match (cost.contradict, cost.same) {
        (0, 0) => "the cost confirms the guide's order",
        (0, _) => "the cost does not contradict the guide's order",
        (_, _) => "the cost is not in the guide's order",
    };
    let (number, cost_counts, rate_counts) = (plan::connections(connections), cost.counts(), rate.counts());
    Paragraph {
        text: format!("With {number}, {verdict}: {cost_counts}. By rate, {rate_counts}."),
        points: cost.outdone,
    }
}

/// The best of some models.
fn best<'a>(here: &[&'a Measured], models: &[Model], meaning: Meaning) -> Option<&'a Measured> {
    let ours = here.iter().copied().filter(|measured| models.contains(&measured.case.candidate.model));
    ours.min_by(|one, other| meaning.of(one).median.total_cmp(&meaning.of(other).median))
}

fn pairs(here: &[&Measured], meaning: Meaning) -> Pairs {
    let found: Vec<_> = FOLDERS
        .iter()
        .filter_map(|(folder, models)| best(here, models, meaning).map(|measured| (*folder, measured)))
        .collect();
    let mut pairs = Pairs::default();
    let name = |folder: &str, measured: &Measured| {
        format!("{folder}, {} µs by {}", number(measured.cost().median), measured.case.candidate.name())
    };
    for (index, &(upper, first)) in found.iter().enumerate() {
        let mut better = Vec::new();
        for &(lower, second) in &found[index + 1..] {
            if is_better(meaning.of(first), meaning.of(second)) {
                pairs.agree += 1;
            } else if is_better(meaning.of(second), meaning.of(first)) {
                pairs.contradict += 1;
                better.push(name(lower, second));
            } else {
                pairs.same += 1;
            }
        }
        if !better.is_empty() {
            pairs.outdone.push(format!("Cheaper than {}: {}.", name(upper, first), better.join("; ")));
        }
    }
    pairs
}

/// Whether one is better than another: in every run, and not by a little. Less is better.
fn is_better(one: Spread, other: Spread) -> bool {
    one.most < other.least && one.median * MARGIN < other.median
}

impl Meaning {
    /// A measure of which less is better.
    fn of(self, measured: &Measured) -> Spread {
        match self {
            Meaning::Cost => measured.cost(),
            Meaning::Rate => {
                let Spread { least, median, most } = measured.rate();
                Spread { least: most.recip(), median: median.recip(), most: least.recip() }
            }
        }
    }
}

impl Pairs {
    fn counts(&self) -> String {
        let Pairs { agree, same, contradict, .. } = self;
        let all = agree + same + contradict;
        format!(
            "of {all} pairs {agree} agree with it, {contradict} contradict it, {same} cannot be told apart"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::results::sort;
    use crate::compare::results::tests::measured;

    fn check(costs: [&[f64]; 3]) -> Paragraph {
        let models = [Model::Iocp, Model::Overlapped, Model::Poll];
        let mut results: Vec<_> =
            models.into_iter().zip(costs).map(|(model, costs)| measured(model, 16, costs)).collect();
        sort(&mut results);
        words(&results, 0).pop().unwrap()
    }

    #[test]
    fn an_order_that_was_measured_is_confirmed() {
        let Paragraph { text, points } = check([&[5.0, 5.1], &[6.0, 6.1], &[7.0, 7.1]]);
        assert!(text.starts_with("With 16 connections, the cost confirms the guide's order: "), "{text}");
        assert!(text.contains("of 3 pairs 3 agree with it, 0 contradict it"), "{text}");
        assert!(points.is_empty(), "{points:?}");
    }

    #[test]
    fn what_is_cheaper_than_the_guide_says_is_named_with_both_costs() {
        let Paragraph { text, points } = check([&[5.0, 5.1], &[9.0, 9.1], &[7.0, 7.1]]);
        assert!(text.contains("the cost is not in the guide's order: of 3 pairs 2 agree with it"), "{text}");
        assert!(text.contains("By rate, of 3 pairs 2 agree with it, 1 contradict it"), "{text}");
        assert_eq!(points, ["Cheaper than overlap, 9.05 µs by overlapped: WSAPoll, 7.05 µs by poll."]);
    }

    #[test]
    fn rounds_that_overlap_and_small_differences_decide_nothing() {
        let Paragraph { text, points } = check([&[5.0, 9.5], &[9.0, 9.1], &[9.2, 9.3]]);
        assert!(text.contains("0 contradict it, 3 cannot be told apart"), "{text}");
        assert!(points.is_empty(), "{points:?}");
    }

    #[test]
    fn one_folder_alone_is_not_ranked() {
        let words = words(&[measured(Model::Poll, 1, &[1.0])], 0);
        assert_eq!(words[1].text, "Too few of them were measured to compare them.");
    }
}
