//! Look-ups, removals and insertions through every order of events of a few threads: an object outlives every reference, and is
//! closed once; a stale value never names its slot's next object.

use super::*;
use loom::sync::Arc;
use loom::sync::atomic::AtomicUsize;
use loom::thread;

/// An object that counts how often such are dropped.
struct Counted {
    number: usize,
    dropped: Arc<AtomicUsize>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.dropped.fetch_add(1, Relaxed);
    }
}

type Objects = Table<Counted, 1>;

fn with_one() -> (Arc<Objects>, Arc<AtomicUsize>, usize) {
    let (table, dropped) = (Arc::new(Objects::new()), Arc::new(AtomicUsize::new(0)));
    let value = table.insert(Counted { number: 1, dropped: Arc::clone(&dropped) }).unwrap();
    (table, dropped, value)
}

#[test]
fn an_object_stays_while_it_is_looked_at_and_goes_with_the_last_reference() {
    loom::model(|| {
        let (table, dropped, value) = with_one();
        let looker = {
            let (table, dropped) = (Arc::clone(&table), Arc::clone(&dropped));
            thread::spawn(move || {
                if let Some(object) = table.get(value) {
                    assert_eq!(object.number, 1);
                    assert_eq!(dropped.load(Relaxed), 0);
                }
            })
        };
        drop(table.remove(value).expect("nobody else removes it"));
        assert!(table.get(value).is_none());
        looker.join().unwrap();
        assert_eq!(dropped.load(Relaxed), 1);
    });
}

#[test]
fn one_of_two_that_remove_an_object_gets_it() {
    loom::model(|| {
        let (table, dropped, value) = with_one();
        let other = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.remove(value).is_some())
        };
        let here = table.remove(value).is_some();
        assert_ne!(here, other.join().unwrap());
        assert_eq!(dropped.load(Relaxed), 1);
    });
}

#[test]
fn a_stale_value_never_names_the_next_object_of_its_slot() {
    loom::model(|| {
        let (table, dropped, stale) = with_one();
        let looker = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                if let Some(object) = table.get(stale) {
                    assert_eq!(object.number, 1);
                }
            })
        };
        drop(table.remove(stale));
        let next = table.insert(Counted { number: 2, dropped: Arc::clone(&dropped) }).unwrap();
        assert_ne!(next, stale);
        assert_eq!(table.get(next).unwrap().number, 2);
        looker.join().unwrap();
        drop(table.remove(next));
        assert_eq!(dropped.load(Relaxed), 2);
    });
}

#[test]
fn two_that_insert_and_remove_get_slots_of_their_own() {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(|| {
        let (table, dropped) = (Arc::new(Objects::new()), Arc::new(AtomicUsize::new(0)));
        let turns = |number| {
            let (table, dropped) = (Arc::clone(&table), Arc::clone(&dropped));
            move || {
                let value = table.insert(Counted { number, dropped }).unwrap();
                assert_eq!(table.get(value).unwrap().number, number);
                drop(table.remove(value).expect("nobody else has the value"));
            }
        };
        let other = thread::spawn(turns(1));
        turns(2)();
        other.join().unwrap();
        assert_eq!(dropped.load(Relaxed), 2);
        assert!(table.live().is_empty());
    });
}
