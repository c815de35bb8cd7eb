//! What a comparison measures, and in which order.

use clap::ValueEnum;

use super::options::{Arguments, Engine};
use super::process;
use crate::error::Failure;
use crate::server::Model;
use crate::units::grouped;

/// A kind of server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Candidate {
    pub(super) model: Model,
    /// `None`: the model has no overlapped operations.
    pub(super) engine: Option<Engine>,
}

impl Candidate {
    pub(super) fn name(self) -> String {
        match self.engine {
            Some(engine) => format!("{} ({})", self.model.name(), engine.name()),
            None => self.model.name().to_owned(),
        }
    }
}

/// One server under one load.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Case {
    pub(super) candidate: Candidate,
    pub(super) connections: usize,
}

impl Case {
    pub(super) fn name(self) -> String {
        format!("{}, {}", self.candidate.name(), connections(self.connections))
    }
}

/// A number of connections, in words.
pub(super) fn connections(number: usize) -> String {
    format!("{} connection{}", grouped(number as u64), if number == 1 { "" } else { "s" })
}

/// The cases of a comparison: by connections, and then in the order of the models.
pub(super) fn cases(arguments: &Arguments, engines: &[Engine]) -> Result<Vec<Case>, Failure> {
    let models = match arguments.models.as_slice() {
        [] => Model::value_variants(),
        chosen => chosen,
    };
    let mut cases = Vec::new();
    for connections in arguments.connections() {
        for &model in models.iter().filter(|model| model.capacity() >= connections) {
            let engines: Vec<_> = match model.has_overlapped_operations() {
                true => engines.iter().copied().map(Some).collect(),
                false => vec![None],
            };
            for engine in engines {
                let case = Case { candidate: Candidate { model, engine }, connections };
                if !cases.contains(&case) {
                    cases.push(case);
                }
            }
        }
    }
    match cases.is_empty() {
        true => Err(Failure::Usage("none of the models serves so many connections".to_owned())),
        false => Ok(cases),
    }
}

/// The engines to compare; those that the machine has not are named on standard error.
pub(super) fn engines(arguments: &Arguments) -> Result<Vec<Engine>, Failure> {
    if let [_, ..] = arguments.engines.as_slice() {
        for &engine in &arguments.engines {
            process::check(engine)?.map_err(Failure::Job)?;
        }
        return Ok(arguments.engines.clone());
    }
    let mut engines = Vec::new();
    for engine in Engine::ALL {
        match process::check(engine)? {
            Ok(()) => engines.push(engine),
            Err(reason) => eprintln!("{} is left out: {reason}", engine.name()),
        }
    }
    Ok(engines)
}

/// The order of round `round`: each begins with another case, and all others follow.
pub(super) fn turn(cases: usize, rounds: usize, round: usize) -> impl Iterator<Item = usize> {
    let first = cases * round / rounds;
    (first..cases).chain(0..first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_has_every_case_once_and_begins_elsewhere() {
        let rounds: Vec<Vec<usize>> = (0..3).map(|round| turn(10, 3, round).collect()).collect();
        for round in &rounds {
            let mut sorted = round.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..10).collect::<Vec<_>>());
        }
        assert_eq!(rounds.iter().map(|round| round[0]).collect::<Vec<_>>(), [0, 3, 6]);
    }
}
