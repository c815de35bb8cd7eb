//! Waits, events and procedure calls through every order of events of a few threads: no signal is lost, none is taken
//! twice, each procedure call runs once. A thread that is never woken shows as a deadlock.

use super::*;
use crate::linux::apc::Apc;
use crate::linux::event::{Event, Reset};
use loom::thread::{self, JoinHandle};

/// Runs the model with a bound on how often threads are interrupted, which finds what there is to find.
fn check(model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

/// The wait of a thread of its own, for as long as it takes.
fn waiter(objects: &[&Arc<Event>], mode: Mode) -> JoinHandle<Outcome> {
    let objects: Vec<Waitable> = objects.iter().map(|&event| Waitable::Event(Arc::clone(event))).collect();
    thread::spawn(move || wait_once(&ThreadControl::new(false), &objects, mode, None, false))
}

fn sets(event: &Arc<Event>) -> JoinHandle<()> {
    let event = Arc::clone(event);
    thread::spawn(move || event.set())
}

fn is_set(event: &Arc<Event>) -> bool {
    let objects = [Waitable::Event(Arc::clone(event))];
    let now = Some(Duration::ZERO);
    wait_once(&ThreadControl::new(false), &objects, Mode::Any, now, false) == Outcome::Object(0)
}

extern "system" fn nothing(_parameter: usize) {}

fn queues(thread: &Arc<ThreadControl>, parameter: usize) -> JoinHandle<()> {
    let thread = Arc::clone(thread);
    thread::spawn(move || apc::queue(&thread, Apc::User { function: nothing, parameter }).unwrap())
}

/// The procedure calls that are queued to a thread, by their parameters.
fn queued(thread: &ThreadControl) -> Vec<usize> {
    let mut parameters = Vec::new();
    while let Some(apc) = apc::take(thread) {
        match apc {
            Apc::User { parameter, .. } => parameters.push(parameter),
            Apc::Timer { .. } | Apc::Completion { .. } => unreachable!("nobody queues one"),
        }
    }
    parameters
}

#[test]
fn a_signal_that_each_wait_hands_on_reaches_all() {
    check(|| {
        let event = Event::new(Reset::Automatic, false);
        let hands_on = |event: Arc<Event>| {
            thread::spawn(move || {
                let objects = [Waitable::Event(Arc::clone(&event))];
                let thread = ThreadControl::new(false);
                assert_eq!(wait_once(&thread, &objects, Mode::Any, None, false), Outcome::Object(0));
                event.set();
            })
        };
        let waiters = [hands_on(Arc::clone(&event)), hands_on(Arc::clone(&event))];
        event.set();
        waiters.into_iter().for_each(|waiter| waiter.join().unwrap());
        assert!(is_set(&event));
        assert!(!is_set(&event), "it was there once");
    });
}

#[test]
fn a_signal_is_taken_once() {
    check(|| {
        let event = Event::new(Reset::Automatic, false);
        let waiter = waiter(&[&event], Mode::Any);
        let setter = sets(&event);
        let here = is_set(&event);
        setter.join().unwrap();
        if here {
            // The waiter has not had it.
            event.set();
        }
        assert_eq!(waiter.join().unwrap(), Outcome::Object(0));
        assert!(!is_set(&event), "the wait took it");
    });
}

#[test]
fn a_manual_reset_event_ends_every_wait() {
    check(|| {
        let event = Event::new(Reset::Manual, false);
        let waiters = [waiter(&[&event], Mode::Any), waiter(&[&event], Mode::Any)];
        event.set();
        for waiter in waiters {
            assert_eq!(waiter.join().unwrap(), Outcome::Object(0));
        }
        assert!(is_set(&event));
    });
}

#[test]
fn a_wait_for_all_takes_all_or_none() {
    check(|| {
        let events = [Event::new(Reset::Automatic, false), Event::new(Reset::Automatic, false)];
        let [one, other] = &events;
        let all = waiter(&[one, other], Mode::All);
        let setter = sets(one);
        let taken = is_set(one);
        other.set();
        setter.join().unwrap();
        if taken {
            assert!(!is_set(one), "it was set once");
            one.set();
        }
        assert_eq!(all.join().unwrap(), Outcome::Object(0));
        assert!(!is_set(one) && !is_set(other));
    });
}

#[test]
fn each_procedure_call_is_run_once_by_an_alertable_wait() {
    check(|| {
        let thread = ThreadControl::new(false);
        let others = [queues(&thread, 1), queues(&thread, 2)];
        let mut ran = Vec::new();
        while ran.len() < 2 {
            assert_eq!(wait_once(&thread, &[], Mode::Any, None, true), Outcome::Alerted);
            let now = queued(&thread);
            assert!(!now.is_empty(), "an alerted wait has something to run");
            ran.extend(now);
        }
        others.into_iter().for_each(|other| other.join().unwrap());
        ran.sort_unstable();
        assert_eq!(ran, [1, 2]);
        assert!(!thread.has_apcs_queued());
    });
}

#[test]
fn an_alertable_wait_ends_for_one_reason_and_loses_neither() {
    check(|| {
        let thread = ThreadControl::new(false);
        let event = Event::new(Reset::Automatic, false);
        let others = [sets(&event), queues(&thread, 7)];
        let objects = [Waitable::Event(Arc::clone(&event))];
        let (mut taken, mut ran) = (0, Vec::new());
        while taken + ran.len() < 2 {
            match wait_once(&thread, &objects, Mode::Any, None, true) {
                Outcome::Object(0) => taken += 1,
                Outcome::Alerted => ran.extend(queued(&thread)),
                other => panic!("{other:?}"),
            }
        }
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!((taken, ran), (1, vec![7]));
        assert!(!is_set(&event));
    });
}

#[test]
fn a_thread_that_ends_runs_nothing_and_ends_the_waits_for_it() {
    check(|| {
        let ending = ThreadControl::new(false);
        let queuer = {
            let ending = Arc::clone(&ending);
            thread::spawn(move || apc::queue(&ending, Apc::User { function: nothing, parameter: 1 }).is_ok())
        };
        let object = [Waitable::Thread(Arc::clone(&ending))];
        let waiter =
            thread::spawn(move || wait_once(&ThreadControl::new(false), &object, Mode::Any, None, false));
        apc::close(&ending);
        let key = dispatcher::lock();
        let woken = ending.signal.set(&key);
        drop(key);
        dispatcher::wake(woken);
        assert_eq!(waiter.join().unwrap(), Outcome::Object(0));
        queuer.join().unwrap();
        assert!(apc::take(&ending).is_none());
    });
}
