//! The queue under its lock, with the sleeping and waking of a port, through every order of events that loom finds.
//!
//! `take` below is `Port::take` without time-outs; the engine is one that only can be called. A thread that is never
//! woken shows as a deadlock.

use super::*;
use loom::sync::{Arc as Shared, Condvar, Mutex};
use loom::thread::{self, JoinHandle};

struct Port {
    queue: Mutex<Queue>,
    drivers: u32,
    called: Mutex<bool>,
    engine: Condvar,
}

impl Port {
    fn new(limit: u32, drivers: u32) -> Shared<Port> {
        Shared::new(Port {
            queue: Mutex::new(Queue::new(limit)),
            drivers,
            called: Mutex::new(false),
            engine: Condvar::new(),
        })
    }

    fn wake(&self, wake: Wake) {
        match wake {
            Wake::Nobody => {}
            Wake::Parked(waiter) => waiter.release(),
            Wake::Kernel => self.call(),
        }
    }

    fn call(&self) {
        *self.called.lock().unwrap() = true;
        self.engine.notify_one();
    }

    fn drive(&self) {
        let mut called = self.called.lock().unwrap();
        while !*called {
            called = self.engine.wait(called).unwrap();
        }
        *called = false;
    }

    fn post(&self, key: usize) {
        let wake = self.queue.lock().unwrap().push(Packet { key, overlapped: 0, bytes: 0, status: 0 });
        self.wake(wake);
    }

    /// Of a thread that runs here.
    fn post_own(&self, key: usize) {
        let wake = self.queue.lock().unwrap().push_own(Packet { key, overlapped: 0, bytes: 0, status: 0 });
        self.wake(wake);
    }

    /// What the monitor does when nothing has been taken since it looked.
    fn look_after(&self) {
        let mut queue = self.queue.lock().unwrap();
        let takes = queue.takes();
        let wake = queue.wake_if_neglected(takes);
        drop(queue);
        self.wake(wake);
    }

    /// One packet, or `None` when the port is closed.
    fn take(&self, waiter: &Arc<Waiter>) -> Option<usize> {
        let mut turn = None;
        let mut queue = self.queue.lock().unwrap();
        loop {
            let mut got = Vec::new();
            match queue.ask(&mut got, 1, self.drivers, turn) {
                Next::Taken => {
                    let wake = if queue.has_rest() { queue.wake_for_rest(None) } else { Wake::Nobody };
                    drop(queue);
                    self.wake(wake);
                    return Some(got[0].key);
                }
                Next::Closed => {
                    let others = queue.is_attended();
                    drop(queue);
                    if others {
                        self.call();
                    }
                    return None;
                }
                Next::Kernel(given) => {
                    turn = Some(given);
                    drop(queue);
                    self.drive();
                    queue = self.queue.lock().unwrap();
                    queue.left_kernel(given);
                }
                Next::Park(given) => {
                    turn = Some(given);
                    queue.park(given, waiter);
                    drop(queue);
                    waiter.sleep(None);
                    queue = self.queue.lock().unwrap();
                    queue.unparked(waiter);
                }
            }
        }
    }

    /// One packet by the short way, of a thread that runs here.
    fn next(&self) -> Option<usize> {
        let mut queue = self.queue.lock().unwrap();
        let packet = queue.next_for_running()?;
        let wake = if queue.has_rest() { queue.wake_for_rest(None) } else { Wake::Nobody };
        drop(queue);
        self.wake(wake);
        Some(packet.key)
    }

    /// The thread blocks, or ends.
    fn stop(&self) {
        let wake = self.queue.lock().unwrap().stop_running(self.drivers > 0);
        self.wake(wake);
    }

    fn close(&self) {
        let mut queue = self.queue.lock().unwrap();
        let parked = queue.close();
        let attended = queue.is_attended();
        drop(queue);
        for waiter in parked {
            waiter.release();
        }
        if attended {
            self.call();
        }
    }

    /// What the monitor does: it looks whether somebody drives, and then drives for a moment, which may be late.
    fn attend(&self) {
        let mut queue = self.queue.lock().unwrap();
        if queue.is_attended() {
            return;
        }
        let wake = queue.call_driver();
        drop(queue);
        if !matches!(wake, Wake::Nobody) {
            return self.wake(wake);
        }
        *self.called.lock().unwrap() = false;
        let wake = self.queue.lock().unwrap().wake_again();
        self.wake(wake);
    }
}

/// A thread that takes one packet and stops.
fn taker(port: &Shared<Port>) -> JoinHandle<Option<usize>> {
    let port = Shared::clone(port);
    thread::spawn(move || {
        let key = port.take(&Arc::new(Waiter::new()));
        if key.is_some() {
            port.stop();
        }
        key
    })
}

fn explore(model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(model);
}

#[test]
fn loom_every_packet_finds_a_thread() {
    for (limit, drivers) in [(1, 0), (2, 0), (1, 1), (2, 1), (2, 2)] {
        explore(move || {
            let port = Port::new(limit, drivers);
            let takers = [taker(&port), taker(&port)];
            port.post(1);
            port.post(2);
            let [one, other] = takers.map(|taker| taker.join().unwrap());
            assert_eq!(one.unwrap() + other.unwrap(), 3, "each packet once");
        });
    }
}

#[test]
fn loom_a_packet_of_its_own_goes_to_another_when_the_thread_does_not_ask() {
    for (drivers, computes) in [(0, false), (1, false), (2, false), (0, true), (1, true), (2, true)] {
        explore(move || {
            let port = Port::new(2, drivers);
            port.post(1);
            assert_eq!(port.take(&Arc::new(Waiter::new())), Some(1));
            let other = taker(&port);
            port.post_own(2);
            // It goes on to compute, and the monitor looks; or it blocks.
            if computes {
                port.look_after()
            } else {
                port.stop()
            }
            assert_eq!(other.join().unwrap(), Some(2));
        });
    }
}

#[test]
fn loom_a_thread_that_goes_on_by_the_short_way_leaves_the_rest_to_another() {
    for drivers in [0, 1, 2] {
        explore(move || {
            let port = Port::new(2, drivers);
            port.post(1);
            assert_eq!(port.take(&Arc::new(Waiter::new())), Some(1));
            let other = taker(&port);
            port.post(2);
            port.post(3);
            let next = port.next().unwrap();
            assert_eq!(next + other.join().unwrap().unwrap(), 5, "each packet once");
        });
    }
}

#[test]
fn loom_closing_lets_everybody_go() {
    for drivers in [0, 1, 2] {
        explore(move || {
            let port = Port::new(2, drivers);
            let takers = [taker(&port), taker(&port)];
            port.close();
            for taker in takers {
                assert_eq!(taker.join().unwrap(), None);
            }
        });
    }
}

#[test]
fn loom_closing_while_packets_come_leaves_nobody_asleep() {
    explore(|| {
        let port = Port::new(1, 1);
        let takers = [taker(&port), taker(&port)];
        port.post(1);
        port.close();
        let got = takers.map(|taker| taker.join().unwrap());
        assert!(got.iter().flatten().count() <= 1);
    });
}

#[test]
fn loom_the_monitor_takes_no_wake_up_away() {
    explore(|| {
        let port = Port::new(1, 1);
        let taker = taker(&port);
        let monitor = {
            let port = Shared::clone(&port);
            thread::spawn(move || port.attend())
        };
        port.post(1);
        assert_eq!(taker.join().unwrap(), Some(1));
        monitor.join().unwrap();
    });
}

#[test]
fn loom_a_release_is_never_missed() {
    loom::model(|| {
        let waiter = Shared::new(Waiter::new());
        waiter.prepare();
        let releases = || {
            let waiter = Shared::clone(&waiter);
            thread::spawn(move || waiter.release())
        };
        let others = [releases(), releases()];
        waiter.sleep(None);
        for other in others {
            other.join().unwrap();
        }
    });
}
