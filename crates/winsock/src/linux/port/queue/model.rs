//! The queue against a plain model, after every step of random sequences of what threads do.
//!
//! The model knows where each thread is, and from that alone what has to happen: packets first in, first out; threads
//! last in, first out; running threads below the limit but for those that return from blocking; and nobody asleep
//! while there is a packet and a free place.

use super::*;
use proptest::prelude::*;

/// As many packets as a thread in the kernel brings in at a time.
const MANY: usize = 3;

/// Where a thread is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    /// It has nothing to do with the port.
    Away,
    Running,
    /// In a call of ours that blocks.
    Blocked,
    Kernel(Turn, Sleep),
    Parked(Turn),
    /// It was parked, and has been woken.
    Released(Turn),
}

/// Why a thread in the kernel will come out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sleep {
    Sound,
    /// It was woken; another thread that looks into the engine before it can take this away.
    Called,
    /// It has work of the engine's.
    Working,
}

/// What happens. A step that its thread is in no state for does nothing.
#[derive(Clone, Copy, Debug)]
enum Step {
    Post,
    /// A thread that runs posts what has ended in its own call.
    PostOwn {
        thread: usize,
    },
    /// A thread asks for up to so many packets; those that run may look into the engine first.
    Ask {
        thread: usize,
        max: usize,
        looks: bool,
    },
    /// A thread was away with a packet for so many microseconds, while others waited.
    WasAway {
        micros: u64,
    },
    /// A thread that was woken goes on.
    GoOn {
        thread: usize,
    },
    TimeOut {
        thread: usize,
    },
    /// A thread in the kernel completes so many operations.
    Work {
        thread: usize,
        packets: usize,
    },
    Block {
        thread: usize,
    },
    Return {
        thread: usize,
    },
    Leave {
        thread: usize,
    },
    /// The monitor looks for packets that wait for a thread which computes.
    LookAfter,
    /// The monitor finds nobody in the kernel.
    Attend,
    /// The monitor looks into the engine, having found nobody there a moment ago.
    LateLook,
    Close,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expected {
    Nobody,
    Thread(usize),
    Kernel,
}

struct World {
    queue: Queue,
    limit: u32,
    drivers: u32,
    at: Vec<At>,
    max: Vec<usize>,
    waiters: Vec<Arc<Waiter>>,
    /// The packets that wait, and the number of the next.
    packets: VecDeque<u32>,
    posted: u32,
    taken: Vec<u32>,
    /// For whose packets nobody is woken as long as it runs: its own in an empty queue, or those that it will pass on soon.
    owner: Option<usize>,
    patience: Patience,
    /// What the monitor's last look found.
    looked: u64,
    /// The engine was called while nobody slept in it: the next that goes in comes out at once.
    bell: bool,
    /// It was called for a packet, and nobody has come out since.
    called: bool,
    closed: bool,
}

impl World {
    fn new(limit: u32, drivers: u32, threads: usize) -> World {
        World {
            queue: Queue::new(limit),
            limit,
            drivers,
            at: vec![At::Away; threads],
            max: vec![1; threads],
            waiters: (0..threads).map(|_| Arc::new(Waiter::new())).collect(),
            packets: VecDeque::new(),
            posted: 0,
            taken: Vec::new(),
            owner: None,
            patience: Patience::new(),
            looked: 0,
            bell: false,
            called: false,
            closed: false,
        }
    }

    fn count(&self, wanted: impl Fn(&At) -> bool) -> u32 {
        self.at.iter().filter(|at| wanted(at)).count() as u32
    }

    fn running(&self) -> u32 {
        self.count(|at| matches!(at, At::Running | At::Released(_)))
    }

    fn in_kernel(&self) -> u32 {
        self.count(|at| matches!(at, At::Kernel(..)))
    }

    fn latest_parked(&self) -> Option<(Turn, usize)> {
        let parked = |(thread, at): (usize, &At)| match at {
            At::Parked(turn) => Some((*turn, thread)),
            At::Away | At::Running | At::Blocked | At::Kernel(..) | At::Released(_) => None,
        };
        self.at.iter().enumerate().filter_map(parked).max()
    }

    fn latest_in_kernel(&self, wanted: impl Fn(Sleep) -> bool) -> Option<(Turn, usize)> {
        let inside = |(thread, at): (usize, &At)| match at {
            At::Kernel(turn, sleep) if wanted(*sleep) => Some((*turn, thread)),
            At::Away | At::Running | At::Blocked | At::Kernel(..) | At::Parked(_) | At::Released(_) => None,
        };
        self.at.iter().enumerate().filter_map(inside).max()
    }

    /// Who is to be woken for the packets that wait: the latest of all waiters.
    fn for_work(&self) -> Expected {
        if self.packets.is_empty() || self.running() >= self.limit {
            return Expected::Nobody;
        }
        match (self.latest_parked(), self.latest_in_kernel(|_| true)) {
            (Some((parked, thread)), Some((inside, _))) if parked > inside => Expected::Thread(thread),
            (Some((_, thread)), None) => Expected::Thread(thread),
            (_, Some(_)) if self.called => Expected::Nobody,
            (_, Some(_)) => Expected::Kernel,
            (None, None) => Expected::Nobody,
        }
    }

    fn for_driving(&self) -> Expected {
        match self.latest_parked() {
            Some((_, thread)) if self.in_kernel() == 0 && self.running() < self.limit => {
                Expected::Thread(thread)
            }
            Some(_) | None => Expected::Nobody,
        }
    }

    fn woken(&mut self, wake: Wake, expected: Expected) {
        let got = match wake {
            Wake::Nobody => Expected::Nobody,
            Wake::Kernel => Expected::Kernel,
            Wake::Parked(waiter) => {
                let thread = self.waiters.iter().position(|other| Arc::ptr_eq(other, &waiter));
                Expected::Thread(thread.expect("a waiter of ours"))
            }
        };
        assert_eq!(got, expected);
        match got {
            Expected::Nobody => {}
            Expected::Kernel => {
                self.called = true;
                self.call();
            }
            Expected::Thread(thread) => {
                let At::Parked(turn) = self.at[thread] else { panic!("{thread} was not parked") };
                self.at[thread] = At::Released(turn);
            }
        }
    }

    fn call(&mut self) {
        match self.latest_in_kernel(|sleep| sleep == Sleep::Sound) {
            Some((turn, thread)) => self.at[thread] = At::Kernel(turn, Sleep::Called),
            None => self.bell = true,
        }
    }

    /// A thread looks into the engine and takes away what was meant to wake others.
    fn steal_calls(&mut self) {
        self.bell = false;
        self.called = false;
        for at in &mut self.at {
            if let At::Kernel(turn, Sleep::Called) = *at {
                *at = At::Kernel(turn, Sleep::Sound);
            }
        }
    }

    fn packet(&mut self) -> Packet {
        self.packets.push_back(self.posted);
        self.posted += 1;
        Packet { key: self.posted as usize - 1, overlapped: 0, bytes: 0, status: 0 }
    }

    /// The loop of a thread that waits for packets, from one look at the queue to the next.
    fn ask(&mut self, thread: usize, turn: Option<Turn>, out_of_time: bool) {
        self.at[thread] = At::Away;
        let (running, in_kernel) = (self.running(), self.in_kernel());
        let may_take = !self.packets.is_empty() && running < self.limit;
        let drivers = if self.patience.needs_one() { self.drivers.min(1) } else { self.drivers };
        let may_drive = in_kernel < drivers && in_kernel + running < self.limit;
        let mut got = Vec::new();
        match self.queue.ask(&mut got, self.max[thread], self.drivers, turn) {
            Next::Taken => {
                assert!(may_take && !self.closed);
                assert_eq!(got.len(), self.max[thread].min(self.packets.len()));
                self.at[thread] = At::Running;
                self.took(thread, got);
            }
            Next::Closed => {
                assert!(self.closed);
                if self.queue.is_attended() {
                    self.call();
                }
            }
            Next::Kernel(turn) => {
                assert!(may_drive && !may_take && !self.closed);
                if out_of_time {
                    self.leave_kernel(turn);
                    self.queue.start_running();
                    self.at[thread] = At::Running;
                } else {
                    let called = std::mem::take(&mut self.bell);
                    self.at[thread] = At::Kernel(turn, if called { Sleep::Called } else { Sleep::Sound });
                }
            }
            Next::Park(turn) => {
                assert!(!may_drive && !may_take && !self.closed);
                if out_of_time {
                    self.queue.start_running();
                    self.at[thread] = At::Running;
                } else {
                    self.queue.park(turn, &self.waiters[thread]);
                    self.at[thread] = At::Parked(turn);
                }
            }
        }
    }

    fn took(&mut self, thread: usize, packets: impl IntoIterator<Item = Packet>) {
        for packet in packets {
            let number = packet.key as u32;
            assert_eq!(Some(number), self.packets.pop_front(), "first in, first out");
            self.taken.push(number);
        }
        if self.queue.has_rest() {
            self.left_rest(thread, |queue| queue.wake_for_rest(None));
        }
    }

    /// A thread that runs has left packets, or put one to others.
    fn left_rest(&mut self, thread: usize, wake: impl FnOnce(&mut Queue) -> Wake) {
        let patient = self.patience.lasts_for(self.packets.len());
        let expected = if patient { Expected::Nobody } else { self.for_work() };
        let wake = wake(&mut self.queue);
        self.woken(wake, expected);
        if patient {
            self.owner = Some(thread);
        }
    }

    fn come_back(&mut self, thread: usize, out_of_time: bool) {
        match self.at[thread] {
            At::Kernel(turn, sleep) if out_of_time || sleep != Sleep::Sound => {
                self.leave_kernel(turn);
                self.ask(thread, Some(turn), out_of_time);
            }
            At::Released(turn) => {
                self.queue.unparked(&self.waiters[thread]);
                self.ask(thread, Some(turn), out_of_time);
            }
            At::Parked(turn) if out_of_time => {
                self.queue.unparked(&self.waiters[thread]);
                self.ask(thread, Some(turn), out_of_time);
            }
            At::Away | At::Running | At::Blocked | At::Kernel(..) | At::Parked(_) => {}
        }
    }

    fn leave_kernel(&mut self, turn: Turn) {
        self.called = false;
        self.queue.left_kernel(turn);
    }

    fn stop(&mut self, thread: usize, then: At) {
        if self.at[thread] == At::Running {
            self.at[thread] = then;
            let expected = if self.packets.is_empty() {
                if self.drivers > 0 { self.for_driving() } else { Expected::Nobody }
            } else {
                self.for_work()
            };
            let wake = self.queue.stop_running(self.drivers > 0);
            self.woken(wake, expected);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Post => {
                let packet = self.packet();
                let expected = self.for_work();
                let wake = self.queue.push(packet);
                self.woken(wake, expected);
            }
            Step::PostOwn { thread } if self.at[thread] == At::Running => {
                let alone = self.packets.is_empty();
                let packet = self.packet();
                if alone {
                    let wake = self.queue.push_own(packet);
                    self.woken(wake, Expected::Nobody);
                    self.owner = Some(thread);
                } else {
                    self.left_rest(thread, |queue| queue.push_own(packet));
                }
            }
            Step::PostOwn { .. } => {}
            Step::WasAway { micros } => {
                let time = Duration::from_micros(micros);
                self.patience.was_away(time);
                self.queue.patience.was_away(time);
            }
            Step::LookAfter => {
                let still = self.looked == self.queue.takes();
                let expected = if still { self.for_work() } else { Expected::Nobody };
                let wake = self.queue.wake_if_neglected(self.looked);
                self.woken(wake, expected);
                self.looked = self.queue.takes();
            }
            Step::Ask { thread, max, looks } => {
                let thread_is = self.at[thread];
                if matches!(thread_is, At::Away | At::Running) {
                    if looks {
                        self.steal_calls();
                        self.queue.looked_into();
                    }
                    if thread_is == At::Running {
                        let may_go_on = !self.closed && self.running() <= self.limit;
                        let next = if max == 1 { self.queue.next_for_running() } else { None };
                        assert_eq!(next.is_some(), max == 1 && may_go_on && !self.packets.is_empty());
                        if next.is_some() {
                            return self.took(thread, next);
                        }
                        self.queue.asks_again();
                    }
                    self.max[thread] = max;
                    self.ask(thread, None, false);
                }
            }
            Step::GoOn { thread } => self.come_back(thread, false),
            Step::TimeOut { thread } => self.come_back(thread, true),
            Step::Work { thread, packets } => {
                if let At::Kernel(turn, _) = self.at[thread] {
                    let mut harvest = (0..packets).map(|_| self.packet()).collect();
                    self.patience.brought_in(packets, MANY);
                    self.queue.push_quietly(&mut harvest, MANY);
                    self.at[thread] = At::Kernel(turn, Sleep::Working);
                }
            }
            Step::Block { thread } => self.stop(thread, At::Blocked),
            Step::Leave { thread } => self.stop(thread, At::Away),
            Step::Return { thread } => {
                if self.at[thread] == At::Blocked {
                    self.queue.start_running();
                    self.at[thread] = At::Running;
                }
            }
            Step::Attend => {
                if !self.queue.is_attended() && self.drivers > 0 {
                    let expected = self.for_driving();
                    let wake = self.queue.call_driver();
                    self.woken(wake, expected);
                }
            }
            Step::LateLook => {
                self.steal_calls();
                let expected = match (self.closed, self.in_kernel()) {
                    (false, _) => self.for_work(),
                    (true, 0) => Expected::Nobody,
                    (true, _) => Expected::Kernel,
                };
                let wake = self.queue.wake_again();
                self.woken(wake, expected);
                // Of a closed port everybody comes out, and calls the next.
                self.called &= !self.closed;
            }
            Step::Close => {
                self.closed = true;
                for waiter in self.queue.close() {
                    let thread = self.waiters.iter().position(|other| Arc::ptr_eq(other, &waiter));
                    let thread = thread.expect("a waiter of ours");
                    let At::Parked(turn) = self.at[thread] else { panic!("{thread} was not parked") };
                    self.at[thread] = At::Released(turn);
                }
                if self.queue.is_attended() {
                    self.call();
                }
            }
        }
    }

    /// What holds at all times.
    fn check(&self) {
        assert_eq!(self.queue.running, self.running());
        assert_eq!(self.queue.kernel.len() as u32, self.in_kernel());
        assert_eq!(self.queue.packets.len(), self.packets.len());
        let parked = self.count(|at| matches!(at, At::Parked(_)));
        assert_eq!(self.queue.parked.len() as u32, parked);
        let on_its_way = self.count(|at| match at {
            At::Released(_) | At::Kernel(_, Sleep::Called | Sleep::Working) => true,
            At::Away | At::Running | At::Blocked | At::Parked(_) | At::Kernel(_, Sleep::Sound) => false,
        }) > 0;
        let waits = parked + self.in_kernel() > 0;
        let owned = self.owner.is_some_and(|thread| self.at[thread] == At::Running);
        if self.closed {
            assert!(parked == 0 && (on_its_way || !waits), "a closed port lets everybody go");
        } else if !self.packets.is_empty() && self.running() < self.limit {
            assert!(on_its_way || owned || !waits, "nobody sleeps while there is a packet and a place");
        }
    }

    /// Every thread goes on until nothing is left to be done.
    fn finish(&mut self) {
        for round in 0.. {
            assert!(round < 10_000, "it comes to an end");
            for thread in 0..self.at.len() {
                self.step(Step::Return { thread });
                self.step(Step::GoOn { thread });
                self.check();
            }
            let still = self.count(|at| {
                matches!(at, At::Blocked | At::Released(_) | At::Kernel(_, Sleep::Called | Sleep::Working))
            });
            if still > 0 {
                continue;
            }
            if self.closed || self.packets.is_empty() {
                break;
            }
            // Packets wait, and nobody is under way: then somebody runs, or nobody has asked.
            let thread = self.at.iter().position(|at| matches!(at, At::Running | At::Away));
            let thread = thread.expect("else somebody would have been woken");
            self.step(Step::Ask { thread, max: 1, looks: false });
            self.check();
        }
        if self.closed {
            assert_eq!(self.count(|at| matches!(at, At::Kernel(..) | At::Parked(_))), 0);
        } else {
            let all: Vec<u32> = (0..self.posted).collect();
            assert_eq!(self.taken, all, "each packet once, in order");
        }
    }
}

fn steps(threads: usize) -> impl Strategy<Value = Step> {
    let thread = 0..threads;
    prop_oneof![
        6 => Just(Step::Post),
        4 => thread.clone().prop_map(|thread| Step::PostOwn { thread }),
        2 => Just(Step::LookAfter),
        6 => prop_oneof![4 => 0u64..20, 1 => 0u64..2_000].prop_map(|micros| Step::WasAway { micros }),
        8 => (thread.clone(), 1usize..4, prop::bool::weighted(0.2))
            .prop_map(|(thread, max, looks)| Step::Ask { thread, max, looks }),
        8 => thread.clone().prop_map(|thread| Step::GoOn { thread }),
        2 => thread.clone().prop_map(|thread| Step::TimeOut { thread }),
        3 => (thread.clone(), 0usize..4).prop_map(|(thread, packets)| Step::Work { thread, packets }),
        3 => thread.clone().prop_map(|thread| Step::Block { thread }),
        3 => thread.clone().prop_map(|thread| Step::Return { thread }),
        1 => thread.prop_map(|thread| Step::Leave { thread }),
        1 => Just(Step::Attend),
        1 => Just(Step::LateLook),
    ]
}

/// The limit, how many may be in the kernel, the number of threads, what they do, and where in this the port closes.
type Case = (u32, u32, usize, Vec<Step>, Option<usize>);

fn cases() -> impl Strategy<Value = Case> {
    let drivers = prop_oneof![Just(0u32), Just(1), Just(u32::MAX)];
    (1u32..5, drivers, 1usize..7).prop_flat_map(|(limit, drivers, threads)| {
        let steps = prop::collection::vec(steps(threads), 0..150);
        let close = prop::option::weighted(0.3, 0usize..150);
        (Just(limit), Just(drivers), Just(threads), steps, close)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_queue_does_what_the_model_says((limit, drivers, threads, steps, close) in cases()) {
        let mut world = World::new(limit, drivers, threads);
        for (index, step) in steps.into_iter().enumerate() {
            if close == Some(index) {
                world.step(Step::Close);
                world.check();
            }
            world.step(step);
            world.check();
        }
        world.finish();
    }
}

#[test]
fn a_thread_that_was_woken_for_nothing_keeps_its_turn() {
    let mut world = World::new(1, 1, 3);
    let ask = |thread| Step::Ask { thread, max: 1, looks: false };
    // The first waits in the kernel, the others park.
    for thread in 0..3 {
        world.step(ask(thread));
    }
    world.step(Step::Work { thread: 0, packets: 0 });
    world.step(Step::GoOn { thread: 0 });
    world.step(Step::Post);
    assert!(matches!(world.at[2], At::Released(_)), "the latest to come is the first to go");
}
