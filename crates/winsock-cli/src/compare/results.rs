//! What came of a comparison: the samples of each case, and what is told of them.

use super::plan::Case;
use crate::stress::QUANTILES;

/// One run of one case.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// Processor time of the server for each round trip, in microseconds.
    pub(super) server: f64,
    /// The same of the generator.
    pub(super) generator: f64,
    /// Round trips a second.
    pub(super) rate: f64,
    /// At each of [`QUANTILES`], in nanoseconds.
    pub(super) latency: Vec<u64>,
    pub(super) generator_may_be_the_limit: bool,
}

/// A case and its runs, of which there is at least one.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub(super) case: Case,
    pub(super) samples: Vec<Sample>,
}

/// The median of some runs, and the least and the most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    pub(super) least: f64,
    pub(super) median: f64,
    pub(super) most: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let last = values.len() - 1;
        // Of an even number of runs, the middle of the two in the middle.
        let median = f64::midpoint(values[last / 2], values[values.len() / 2]);
        Spread { least: values[0], median, most: values[last] }
    }
}

impl Measured {
    /// Processor time of the server for each round trip, in microseconds.
    pub(super) fn cost(&self) -> Spread {
        Spread::of(self.samples.iter().map(|sample| sample.server))
    }

    /// The same of the generator.
    pub(super) fn generator(&self) -> f64 {
        Spread::of(self.samples.iter().map(|sample| sample.generator)).median
    }

    /// Round trips a second.
    pub(super) fn rate(&self) -> Spread {
        Spread::of(self.samples.iter().map(|sample| sample.rate))
    }

    /// At each of [`QUANTILES`], in nanoseconds.
    pub(super) fn latency(&self) -> [u64; QUANTILES.len()] {
        std::array::from_fn(|index| {
            let values = self.samples.iter().filter_map(|sample| sample.latency.get(index));
            Spread::of(values.map(|&nanoseconds| nanoseconds as f64)).median as u64
        })
    }

    /// Whether the generator may be what limits the rate, in most runs.
    pub(super) fn is_limited_by_generator(&self) -> bool {
        let limited = self.samples.iter().filter(|sample| sample.generator_may_be_the_limit).count();
        limited * 2 > self.samples.len()
    }
}

/// Sorts by connections, and then the cheapest first.
pub(super) fn sort(results: &mut [Measured]) {
    results.sort_by(|one, other| {
        let connections = one.case.connections.cmp(&other.case.connections);
        connections.then(one.cost().median.total_cmp(&other.cost().median))
    });
}

/// The numbers of connections, each once, in order. `results` are sorted.
pub(super) fn connections(results: &[Measured]) -> Vec<usize> {
    let mut numbers: Vec<usize> = results.iter().map(|measured| measured.case.connections).collect();
    numbers.dedup();
    numbers
}

/// The results for one number of connections. `results` are sorted.
pub(super) fn at(results: &[Measured], connections: usize) -> Vec<&Measured> {
    results.iter().filter(|measured| measured.case.connections == connections).collect()
}

/// The number of connections that shows most: the largest of those at which the most cases were measured. The model for
/// one client does not count: it would make that number the one of them all.
pub(super) fn telling(results: &[Measured]) -> usize {
    let cases = |number| {
        let here = at(results, number);
        here.iter().filter(|measured| measured.case.candidate.model.capacity() > 1).count()
    };
    connections(results).into_iter().max_by_key(|&number| (cases(number), number)).unwrap_or(0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::compare::plan::Candidate;
    use crate::server::Model;

    /// A case with these costs, and a rate for each that goes with it.
    pub(in crate::compare) fn measured(model: Model, connections: usize, costs: &[f64]) -> Measured {
        let sample = |&server: &f64| Sample {
            server,
            generator: 1.0,
            rate: 1e6 / server,
            latency: vec![1000; QUANTILES.len()],
            generator_may_be_the_limit: false,
        };
        let case = Case { candidate: Candidate { model, engine: None }, connections };
        Measured { case, samples: costs.iter().map(sample).collect() }
    }

    #[test]
    fn the_median_of_the_rounds_is_told_and_the_cheapest_comes_first() {
        let mut results = [
            measured(Model::Threads, 16, &[9.0, 7.0, 8.0]),
            measured(Model::Poll, 16, &[6.0, 100.0, 1.0, 7.0]),
            measured(Model::Basic, 1, &[20.0]),
        ];
        sort(&mut results);
        assert_eq!(
            results.each_ref().map(|one| one.case.candidate.model),
            [Model::Basic, Model::Poll, Model::Threads]
        );
        assert_eq!(results.each_ref().map(|one| one.cost().median), [20.0, 6.5, 8.0]);
        assert_eq!((results[1].cost().least, results[1].cost().most), (1.0, 100.0));
        assert_eq!(connections(&results), [1, 16]);
        assert_eq!(telling(&results), 16);
    }
}
