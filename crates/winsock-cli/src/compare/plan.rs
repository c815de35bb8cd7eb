//! What a comparison measures, and in which order.

use clap::ValueEnum;

use super::options::{Arguments, Engine};
use super::process;
use crate::error::Failure;
use crate::server::Model;
use crate::units::grouped;

/// A kind of server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Candidate {
    pub(crate) model: Model,
    /// `None`: the model has no overlapped operations.
    pub(crate) engine: Option<Engine>,
}

impl Candidate {
    pub(crate) fn name(self) -> String {
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

/// The kinds of server that models and engines make, in the order of the models; no models are all.
pub(crate) fn candidates(models: &[Model], engines: &[Engine]) -> Vec<Candidate> {
    let models = if models.is_empty() { Model::value_variants() } else { models };
    let mut candidates = Vec::new();
    for &model in models {
        let engines: Vec<_> = match model.has_overlapped_operations() {
            true => engines.iter().copied().map(Some).collect(),
            false => vec![None],
        };
        for engine in engines {
            let candidate = Candidate { model, engine };
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
    }
    candidates
}

/// The cases of a comparison: by connections, and then in the order of the models.
pub(super) fn cases(arguments: &Arguments, engines: &[Engine]) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    for connections in arguments.connections() {
        let candidates = candidates(&arguments.models, engines).into_iter();
        let all = connections + arguments.idle as usize;
        let able = candidates.filter(|candidate| candidate.model.capacity() >= all);
        cases.extend(able.map(|candidate| Case { candidate, connections }));
    }
    match cases.is_empty() {
        true => Err(Failure::Usage("none of the models serves so many connections".to_owned())),
        false => Ok(cases),
    }
}

/// The engines that were chosen, or all; those of all that the machine has not are named on standard error.
pub(crate) fn engines(chosen: &[Engine]) -> Result<Vec<Engine>, Failure> {
    if let [_, ..] = chosen {
        for &engine in chosen {
            process::check(engine)?.map_err(Failure::Job)?;
        }
        return Ok(chosen.to_vec());
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
