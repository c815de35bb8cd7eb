//! What a process holds, over time: memory and descriptors.

use std::fs;

/// What a process may hold more of after the second half of its life than after the first: caches of the allocator.
const SLACK: u64 = 1024;

/// One look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Memory of its own, in KiB.
    pub(super) memory: u64,
    pub(super) descriptors: usize,
}

impl Sample {
    /// Looks at a process. `None`: it is not there.
    pub(super) fn of(process: u32) -> Option<Sample> {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
        let memory = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(Sample { memory, descriptors: fs::read_dir(format!("/proc/{process}/fd")).ok()?.count() })
    }
}

/// The looks at one process, evenly over its life.
#[derive(Default)]
pub(super) struct Samples(Vec<Sample>);

impl Samples {
    /// Adds a look, unless there was nothing to look at.
    pub(super) fn extend(&mut self, sample: Option<Sample>) {
        self.0.extend(sample);
    }

    /// What it held when it had warmed up, and at the end: the medians of the second and of the last quarter.
    pub(super) fn memory(&self) -> Option<(u64, u64)> {
        let quarter = self.0.len() / 4;
        let median = |samples: &[Sample]| {
            let mut memory: Vec<_> = samples.iter().map(|sample| sample.memory).collect();
            memory.sort_unstable();
            memory.get(memory.len() / 2).copied()
        };
        Some((median(&self.0[quarter..2 * quarter])?, median(&self.0[3 * quarter..])?))
    }

    /// Whether it holds about as much at the end.
    pub(super) fn are_flat(&self) -> bool {
        self.memory().is_none_or(|(before, after)| after <= before + SLACK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(memory: impl Fn(u64) -> u64) -> Samples {
        Samples((0..400).map(|at| Sample { memory: memory(at), descriptors: 10 }).collect())
    }

    #[test]
    fn what_grows_all_the_time_is_not_flat() {
        assert!(!samples(|at| 5000 + 10 * at).are_flat());
        assert!(samples(|_| 5000).are_flat());
        assert!(samples(|at| 5000 + 10 * at.min(100)).are_flat(), "warming up is no leak");
        assert!(samples(|at| 5000 + at % 50 * 100).are_flat(), "it comes and goes");
        assert!(Samples::default().are_flat());
    }

    #[test]
    fn this_process_can_be_looked_at() {
        let sample = Sample::of(std::process::id()).expect("it is there");
        assert!(sample.memory > 0 && sample.descriptors > 2);
    }
}
