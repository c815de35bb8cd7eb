//! The locks in every order of events of a few threads: one at a time alone, no sleeper forgotten.
#![allow(unsafe_code, reason = "what the locks guard is reached under them")]

use super::*;
use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

/// Runs the model with a bound on how often threads are interrupted, which finds what there is to find.
fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

struct Counter {
    word: Word,
    count: UnsafeCell<u32>,
}

// SAFETY: the tests reach the count under the lock; loom sees it if they do not.
unsafe impl Sync for Counter {}
// SAFETY: as above.
unsafe impl Send for Counter {}

impl Counter {
    fn new(word: u32) -> Arc<Counter> {
        Arc::new(Counter { word: Word::new(word), count: UnsafeCell::new(0) })
    }

    fn add(&self) {
        // SAFETY: the caller holds the lock alone.
        self.count.with_mut(|count| unsafe { *count += 1 });
    }

    fn get(&self) -> u32 {
        // SAFETY: the caller shares the lock.
        self.count.with(|count| unsafe { *count })
    }
}

#[test]
fn a_lock_is_held_by_one_thread_and_wakes_the_next() {
    check(|| {
        let counter = Counter::new(FREE);
        let add = |counter: &Counter| {
            if !try_lock(&counter.word) {
                lock(&counter.word);
            }
            counter.add();
            unlock(&counter.word);
        };
        let others: Vec<_> = (0..2)
            .map(|_| {
                let counter = counter.clone();
                thread::spawn(move || add(&counter))
            })
            .collect();
        add(&counter);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert!(try_lock(&counter.word));
        assert_eq!(counter.get(), 3);
    });
}

fn write(counter: &Counter) {
    if !try_exclusive(&counter.word) {
        exclusive(&counter.word);
    }
    counter.add();
    release_exclusive(&counter.word);
}

fn read(counter: &Counter) {
    if !try_shared(&counter.word) {
        shared(&counter.word);
    }
    counter.get();
    release_shared(&counter.word);
}

fn run(threads: [fn(&Counter); 3]) {
    check(move || {
        let counter = Counter::new(0);
        let [here, others @ ..] = threads;
        let others: Vec<_> = others
            .into_iter()
            .map(|other| {
                let counter = counter.clone();
                thread::spawn(move || other(&counter))
            })
            .collect();
        here(&counter);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert!(try_exclusive(&counter.word));
    });
}

#[test]
fn three_that_would_have_it_alone() {
    run([write, write, write]);
}

#[test]
fn two_that_would_have_it_alone_and_one_that_shares() {
    run([write, read, write]);
}

#[test]
fn one_that_would_have_it_alone_and_two_that_share() {
    run([read, read, write]);
}
