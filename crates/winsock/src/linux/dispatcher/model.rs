//! Waits for objects of every kind against the same in plain words: who waits, in the order of coming, and what state
//! each object is in.

use super::super::apc::{self, Apc};
use super::super::event::Reset;
use super::super::mutex::{self, Mutex};
use super::*;
use proptest::collection::vec;
use proptest::prelude::*;

/// Two manual-reset events, two auto-reset ones, two mutexes, two semaphores.
const OBJECTS: usize = 8;
const THREADS: usize = 4;
const MAXIMUM: u32 = 3;

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    /// An event is set, a mutex is released by the thread, a semaphore is released by so many.
    Signal { object: usize, thread: usize, by: u32 },
    /// An event is reset.
    Reset(usize),
    /// An event is pulsed.
    Pulse(usize),
    /// A procedure call is queued to the thread.
    Queue(usize),
    /// The thread begins to wait, unless it is satisfied.
    Wait { thread: usize, objects: Vec<usize>, mode: Mode, alertable: bool },
    /// The thread returns from its wait.
    Return(usize),
    /// The thread ends, and another begins in its place.
    End(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mode = prop_oneof![Just(Mode::Any), Just(Mode::All)];
    let wait = (0..THREADS, vec(0..OBJECTS, 1..4), mode, any::<bool>())
        .prop_map(|(thread, objects, mode, alertable)| Step::Wait { thread, objects, mode, alertable });
    let signal = (0..OBJECTS, 0..THREADS, 1..=MAXIMUM).prop_map(|(object, thread, by)| Step::Signal {
        object,
        thread,
        by,
    });
    let step = prop_oneof![
        6 => signal,
        1 => (0..OBJECTS).prop_map(Step::Reset),
        1 => (0..OBJECTS).prop_map(Step::Pulse),
        1 => (0..THREADS).prop_map(Step::Queue),
        6 => wait,
        3 => (0..THREADS).prop_map(Step::Return),
        1 => (0..THREADS).prop_map(Step::End),
    ];
    vec(step, 1..80)
}

/// An object in plain words.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Plain {
    Event { set: bool, manual: bool },
    Mutex { owner: Option<usize>, times: u32, abandoned: bool },
    Semaphore(u32),
}

impl Plain {
    fn is_set(self, thread: usize) -> bool {
        match self {
            Plain::Event { set, .. } => set,
            Plain::Mutex { owner, .. } => owner.is_none_or(|owner| owner == thread),
            Plain::Semaphore(count) => count > 0,
        }
    }

    /// Whether it was abandoned.
    fn take(&mut self, thread: usize) -> bool {
        match self {
            Plain::Event { set, manual } => {
                *set &= *manual;
                false
            }
            Plain::Mutex { owner, times, abandoned } => {
                *owner = Some(thread);
                *times += 1;
                std::mem::take(abandoned)
            }
            Plain::Semaphore(count) => {
                *count -= 1;
                false
            }
        }
    }
}

/// Everything in plain words.
struct Model {
    objects: [Plain; OBJECTS],
    /// Threads that wait: number, objects, mode, alertable.
    waits: Vec<(usize, Vec<usize>, Mode, bool)>,
    ended: [Option<Outcome>; THREADS],
    queued: [usize; THREADS],
}

impl Model {
    fn take(&mut self, thread: usize, objects: &[usize], mode: Mode) -> Option<Outcome> {
        let is_set = |object: &usize| self.objects[*object].is_set(thread);
        let (place, taken) = match mode {
            Mode::Any => {
                let place = objects.iter().position(is_set)?;
                (place, &objects[place..=place])
            }
            Mode::All if objects.iter().all(is_set) => (0, objects),
            Mode::All => return None,
        };
        let abandoned = taken.iter().filter(|object| self.objects[**object].take(thread)).count() != 0;
        Some(if abandoned { Outcome::Abandoned(place) } else { Outcome::Object(place) })
    }

    /// The object has changed: those that wait for it are looked at in the order of coming.
    fn changed(&mut self, object: usize) {
        let mut index = 0;
        while index < self.waits.len() {
            let (thread, objects, mode, _) = self.waits[index].clone();
            match objects.contains(&object).then(|| self.take(thread, &objects, mode)).flatten() {
                Some(outcome) => {
                    self.ended[thread] = Some(outcome);
                    self.waits.remove(index);
                }
                None => index += 1,
            }
        }
    }

    fn signal(&mut self, object: usize, thread: usize, by: u32) -> bool {
        match &mut self.objects[object] {
            Plain::Event { set, .. } => *set = true,
            Plain::Mutex { owner: Some(owner), times, .. } if *owner == thread => {
                *times -= 1;
                if *times > 0 {
                    return true;
                }
                self.objects[object] = Plain::Mutex { owner: None, times: 0, abandoned: false };
            }
            Plain::Mutex { .. } => return false,
            Plain::Semaphore(count) if *count + by <= MAXIMUM => *count += by,
            Plain::Semaphore(_) => return false,
        }
        self.changed(object);
        true
    }

    fn is_busy(&self, thread: usize) -> bool {
        self.ended[thread].is_some() || self.waits.iter().any(|wait| wait.0 == thread)
    }
}

/// The state of an object, in plain words.
fn plain(key: &Key, object: &Waitable, threads: &[Arc<ThreadControl>]) -> Plain {
    let of = |id| threads.iter().position(|thread| thread.id == id);
    match object.signal().state(key) {
        State::Stays(set) => Plain::Event { set, manual: true },
        State::Taken(set) => Plain::Event { set, manual: false },
        State::Counted(count) => Plain::Semaphore(count),
        State::Free { abandoned } => Plain::Mutex { owner: None, times: 0, abandoned },
        State::Owned { by, times } => Plain::Mutex { owner: of(by), times, abandoned: false },
    }
}

unsafe extern "system" fn nothing(_: usize) {}

fn run(steps: Vec<Step>) {
    let objects: [Waitable; OBJECTS] = std::array::from_fn(|place| match place {
        0 | 1 => Waitable::Event(Event::new(Reset::Manual, false)),
        2 | 3 => Waitable::Event(Event::new(Reset::Automatic, false)),
        4 | 5 => Waitable::Mutex(Arc::new(Mutex::new(None, None))),
        _ => Waitable::Semaphore(Arc::new(Semaphore::new(0, MAXIMUM, None))),
    });
    let mut threads: [_; THREADS] = std::array::from_fn(|_| ThreadControl::new(false));
    let mut model = Model {
        objects: objects.each_ref().map(|object| plain(&lock(), object, &[])),
        waits: Vec::new(),
        ended: [None; THREADS],
        queued: [0; THREADS],
    };
    for step in steps {
        match step {
            Step::Signal { object, thread, by } => {
                // A thread that waits releases nothing.
                if matches!(objects[object], Waitable::Mutex(_)) && model.is_busy(thread) {
                    continue;
                }
                let done = match &objects[object] {
                    Waitable::Event(event) => {
                        event.set();
                        true
                    }
                    Waitable::Mutex(mutex) => mutex.release_by(&threads[thread]).is_ok(),
                    Waitable::Semaphore(semaphore) => semaphore.release(by).is_ok(),
                    Waitable::Thread(_) | Waitable::Socket(_) | Waitable::Process | Waitable::Timer(_) => {
                        unreachable!("none is made")
                    }
                };
                assert_eq!(done, model.signal(object, thread, by));
            }
            Step::Reset(object) => {
                if let (Waitable::Event(event), Plain::Event { set, .. }) =
                    (&objects[object], &mut model.objects[object])
                {
                    event.reset();
                    *set = false;
                }
            }
            Step::Pulse(object) => {
                if let Waitable::Event(event) = &objects[object] {
                    event.pulse();
                    model.signal(object, 0, 0);
                }
                if let Plain::Event { set, .. } = &mut model.objects[object] {
                    *set = false;
                }
            }
            Step::Queue(thread) => {
                apc::queue(&threads[thread], Apc::User { function: nothing, parameter: 0 }).unwrap();
                model.queued[thread] += 1;
                let waits = |wait: &(usize, Vec<usize>, Mode, bool)| wait.0 == thread && wait.3;
                if let Some(index) = model.waits.iter().position(waits) {
                    model.waits.remove(index);
                    model.ended[thread] = Some(Outcome::Alerted);
                }
            }
            Step::Wait { thread, objects: mut chosen, mode, alertable } => {
                if model.is_busy(thread) {
                    continue;
                }
                if mode == Mode::All {
                    chosen.sort_unstable();
                    chosen.dedup();
                }
                let named: Vec<_> = chosen.iter().map(|&object| objects[object].clone()).collect();
                let key = lock();
                let taken = try_to_take(&key, &threads[thread], &named, mode);
                assert_eq!(taken, model.take(thread, &chosen, mode));
                assert_eq!(threads[thread].has_apcs(&key), model.queued[thread] != 0);
                if taken.is_none() && !(alertable && model.queued[thread] != 0) {
                    begin(&key, &threads[thread], &named, mode, alertable);
                    model.waits.push((thread, chosen, mode, alertable));
                }
            }
            Step::Return(thread) => {
                let outcome = end(&lock(), &threads[thread]);
                assert_eq!(outcome, model.ended[thread].take());
                model.waits.retain(|wait| wait.0 != thread);
            }
            Step::End(thread) => {
                if model.is_busy(thread) {
                    continue;
                }
                // In the order in which it got them, which is that of its list.
                let owned: Vec<usize> = {
                    let key = lock();
                    let owned = threads[thread].owned.get(&key).borrow();
                    let place = |mutex: &std::sync::Weak<Mutex>| {
                        let is_it = |object: &Waitable| matches!(object, Waitable::Mutex(other) if Arc::as_ptr(other) == mutex.as_ptr());
                        objects.iter().position(is_it).expect("it is one of them")
                    };
                    owned.iter().map(place).collect()
                };
                let expected = |object: &Plain| matches!(object, Plain::Mutex { owner: Some(owner), .. } if *owner == thread);
                assert_eq!(owned.len(), model.objects.iter().filter(|object| expected(object)).count());
                drop(mutex::abandon_all(&lock(), &threads[thread]));
                for object in owned {
                    model.objects[object] = Plain::Mutex { owner: None, times: 0, abandoned: true };
                    model.changed(object);
                }
                apc::close(&threads[thread]);
                threads[thread] = ThreadControl::new(false);
                model.queued[thread] = 0;
            }
        }
        let key = lock();
        for (thread, control) in threads.iter().enumerate() {
            assert_eq!(has_ended(&key, control), model.ended[thread].is_some(), "thread {thread}");
        }
        for (object, expected) in objects.iter().zip(model.objects) {
            assert_eq!(plain(&key, object, &threads), expected);
        }
    }
    for thread in &threads {
        end(&lock(), thread);
    }
    for object in &objects {
        assert!(object.signal().waiters.get(&lock()).borrow().is_empty(), "nobody is left behind");
    }
    for thread in &threads {
        assert_eq!(Arc::strong_count(thread), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn waits_end_as_in_the_plain_model(steps in steps()) {
        run(steps);
    }
}
