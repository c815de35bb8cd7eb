//! The fuzz targets without a fuzzer: every input of the corpus, and inputs made of them by chance, the same for the same
//! seed. `FUZZ_SECONDS` says how long each target runs (2), `FUZZ_SEED` what chance is (1).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use winsock_fuzz::TARGETS;

/// No input takes longer: what does, hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// One target at a time: descriptors are counted by process.
static ALONE: Mutex<()> = Mutex::new(());

fn number(variable: &str, default: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text}")),
        Err(_) => default,
    }
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder).expect("each target has a corpus").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Changes an input by chance, as fuzzers do.
fn mutate(random: &mut fastrand::Rng, corpus: &[Vec<u8>]) -> Vec<u8> {
    const MAX: usize = 2048;
    let mut input = random.choice(corpus).cloned().unwrap_or_default();
    for _ in 0..random.u32(1..6) {
        let at = random.usize(..=input.len());
        match random.u32(..6) {
            0 => input.insert(at, random.u8(..)),
            1 => input.truncate(at),
            2 => input
                .splice(at..at, (0..random.usize(..16)).map(|_| random.u8(..)).collect::<Vec<_>>())
                .for_each(drop),
            3 => {
                let other = random.choice(corpus).map_or(&[][..], |other| other);
                let from = random.usize(..=other.len());
                input.splice(at.., other[from..].iter().copied()).for_each(drop);
            }
            4 => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << random.u32(..8);
                }
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte = *random.choice(&[0, 1, 2, 0x10, 0x7F, 0x80, 0xFF]).unwrap();
                }
            }
        }
    }
    input.truncate(MAX);
    input
}

/// Gives inputs to a target in a thread of its own, each in time.
fn replay(target: &'static str) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (give, given) = mpsc::channel::<Vec<u8>>();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for input in given {
            winsock_fuzz::run(target, &input);
            tell.send(()).unwrap();
        }
    });
    let give = |input: Vec<u8>| {
        give.send(input.clone()).unwrap();
        match told.recv_timeout(LIMIT) {
            Ok(()) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("{target} fails with {input:?}"),
            Err(RecvTimeoutError::Timeout) => panic!("{target} hangs with {input:?}"),
        }
    };
    let corpus = corpus(target);
    assert!(!corpus.is_empty());
    corpus.iter().cloned().for_each(&give);
    let mut random = fastrand::Rng::with_seed(number("FUZZ_SEED", 1));
    let end = Instant::now() + Duration::from_secs(number("FUZZ_SECONDS", 2));
    let mut inputs = 0;
    while Instant::now() < end {
        give(mutate(&mut random, &corpus));
        inputs += 1;
    }
    println!("{target}: {} of the corpus, {inputs} by chance", corpus.len());
}

macro_rules! bounded {
    ($($target:ident),*) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target));
            }
        )*

        #[test]
        fn every_target_is_run() {
            assert_eq!(TARGETS.map(|(name, _)| name), [$(stringify!($target)),*]);
        }
    };
}

bounded!(accept, address, calls, control, format, options, text);
