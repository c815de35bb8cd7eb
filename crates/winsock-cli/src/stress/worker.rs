//! One thread of a load: its share of the connections, all waited for by one WSAPoll or on one port.
//!
//! Cheap on purpose, for it is the server that is to be measured: one wait for each batch of round trips, receives and
//! sends in groups, and nobody is watched of whom nothing is expected. Which of the two ways is the cheaper, and how the
//! calls go, is `link.rs`'s.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::sync::mpsc::Sender;
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use winsock::{Error, PollEntry, PollEvents, Socket};

use super::connection::Trouble;
use super::link::{Ended, Port};
use super::pace::{Pacer, Schedule};
use super::payload::Payload;
use super::place::{Kind, Place};
use super::plan::Plan;
use super::statistics::{Live, Statistics, latencies};
use crate::error::{Context as _, Failure};
use crate::stop::Stop;
use crate::system::cpu;

/// How often connections are looked at on which nothing happens.
const TICK: Duration = Duration::from_millis(20);
/// How often connections are looked at of which nothing is expected.
const QUIET: Duration = Duration::from_millis(500);
/// The same while connections are being opened of which a port does not tell.
const OPENING_TICK: Duration = Duration::from_millis(1);
/// The most that one receive brings.
const SCRATCH: usize = 64 * 1024;
/// Operations that are taken from a port at a time.
const HARVEST: usize = 256;
/// Connections that are received from before they are sent to.
const GROUP: usize = 16;
/// Connections that are asked at a time while most of them are ready.
const SLICE: usize = 64;
/// Connections of one worker that are being opened at once: more than a listener's queue holds are refused or wait.
const OPENING: usize = 128;

/// What all workers share.
pub(super) struct Load<'a> {
    pub(super) plan: &'a Plan,
    pub(super) target: SocketAddr,
    pub(super) live: &'a Live,
    pub(super) stop: &'a Stop,
    /// All silent connections are open.
    pub(super) ready: Barrier,
}

/// The latencies of one second.
pub(super) struct Interval {
    /// Which second of the load it is.
    pub(super) second: u64,
    pub(super) latency: Histogram<u64>,
}

/// What the places of one worker share.
pub(super) struct Context<'a> {
    pub(super) plan: &'a Plan,
    pub(super) target: SocketAddr,
    pub(super) live: &'a Live,
    pub(super) statistics: Statistics,
    latency: Histogram<u64>,
    /// The time of this turn.
    pub(super) now: Instant,
    started: Instant,
    /// No new round trip begins.
    pub(super) ending: bool,
    /// The silent connections are to show that they live.
    pub(super) idle_ending: bool,
    /// It is a silent connection's turn.
    pub(super) idle: bool,
    /// When the messages began that are beginning now, where they leave together.
    pub(super) feeding: Instant,
    /// Where everything that comes is received by plain calls.
    pub(super) scratch: Vec<u8>,
    /// Where the operations of the connections end, if they use any.
    pub(super) port: Option<&'a Port>,
    /// The bytes that a receive on it brings at most.
    pub(super) room: usize,
    pub(super) payload: &'a Payload,
}

impl Context<'_> {
    /// Counts a message that is back.
    pub(super) fn round_trip(&mut self, bytes: usize, intended: Instant) {
        let statistics = &mut self.statistics;
        if self.idle {
            statistics.idle_answered += 1;
            return;
        }
        statistics.round_trips += 1;
        statistics.bytes += bytes as u64;
        let took = self.now.saturating_duration_since(intended);
        self.latency.saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
        statistics.elapsed = self.now.saturating_duration_since(self.started);
    }

    /// Counts a connection that something has failed for.
    pub(super) fn failed(&mut self, number: usize, trouble: Trouble) {
        self.statistics.failed += 1;
        self.live.failed();
        match trouble {
            Trouble::Call(call, error) => *self.statistics.errors.entry((call, error)).or_default() += 1,
            Trouble::Wrong(count, what) => {
                self.statistics.wrong_bytes += count;
                self.statistics.first_wrong.get_or_insert(format!("connection {number}, {what}"));
            }
        }
    }
}

/// Runs the connections of worker `index` to their end.
pub(super) fn run(
    load: &Load<'_>,
    index: usize,
    port: Option<&Port>,
    seconds: &Sender<Interval>,
) -> Result<Statistics, Failure> {
    let began = Instant::now();
    // Its own: what is shared with other threads is counted at a price.
    let payload = Payload::new(load.plan.seed, load.plan.sizes);
    let mut worker = Worker::new(load, index, port, &payload);
    let held = worker.hold_idle();
    load.ready.wait();
    held?;
    worker.context.started = load.live.start();
    match load.plan.rate {
        None => worker.work(None, seconds)?,
        Some(rate) => {
            let share = load.plan.share(index).len() as f64 / load.plan.connections as f64;
            worker.work_at(f64::from(rate) * share, seconds)?;
        }
    }
    worker.tell(seconds);
    let mut statistics = worker.context.statistics;
    statistics.processor += cpu::thread();
    statistics.busiest = cpu::thread().div_duration_f64(began.elapsed()).min(1.0);
    Ok(statistics)
}

struct Worker<'a> {
    load: &'a Load<'a>,
    context: Context<'a>,
    /// The silent ones first.
    places: Vec<Place<'a>>,
    idle: usize,
    /// Those before it were opened.
    unopened: usize,
    /// The places whose sockets are watched: those that were asked longest ago first.
    watched: VecDeque<usize>,
    /// Of each place: whether it is one of those.
    is_watched: Vec<bool>,
    /// Of the sockets that were asked last, most were ready.
    crowded: bool,
    /// Operations that have ended.
    ended: Vec<Ended>,
    ticked: Instant,
    looked: Instant,
    /// The second whose latencies are being collected.
    second: u64,
    /// Round trips and bytes that the progress knows of.
    told: (u64, u64),
}

/// Messages at a rate.
struct Paced<'a> {
    pacer: &'a Pacer<'a>,
    schedule: Schedule,
    /// The place that gets the next one.
    turn: usize,
}

impl<'a> Worker<'a> {
    fn new(load: &'a Load<'a>, index: usize, port: Option<&'a Port>, payload: &'a Payload) -> Worker<'a> {
        let Load { plan, target, live, .. } = *load;
        let now = Instant::now();
        let idle = plan.idle_share(index);
        let silent = idle.clone().map(|number| (Kind::Idle, number));
        let busy = plan.share(index).map(|number| (Kind::Busy, number));
        let places = silent.chain(busy).enumerate().map(|(key, (kind, number))| {
            let messages = payload.messages(plan.seed, number);
            Place::new(kind, (number, key), messages, plan.quota())
        });
        Worker {
            load,
            context: Context {
                plan,
                target,
                live,
                statistics: Statistics::default(),
                latency: latencies(),
                now,
                started: now,
                ending: false,
                idle_ending: false,
                idle: false,
                feeding: now,
                scratch: vec![0; SCRATCH],
                port,
                room: if plan.transport.udp { SCRATCH } else { plan.in_flight().min(SCRATCH) + 1 },
                payload,
            },
            idle: idle.len(),
            places: places.collect(),
            unopened: 0,
            watched: VecDeque::new(),
            crowded: false,
            is_watched: vec![false; plan.idle_share(index).len() + plan.share(index).len()],
            ended: Vec::new(),
            ticked: now,
            looked: now,
            second: 0,
            told: (0, 0),
        }
    }

    /// Opens the silent connections.
    fn hold_idle(&mut self) -> Result<(), Failure> {
        while self.unopened < self.idle || self.places[..self.idle].iter().any(Place::is_connecting) {
            if self.load.stop.is_asked() {
                return Ok(());
            }
            self.open_up_to(self.idle);
            self.turn(None)?;
        }
        Ok(())
    }

    /// Messages at a rate, to all connections in turn.
    fn work_at(&mut self, rate: f64, seconds: &Sender<Interval>) -> Result<(), Failure> {
        let pacer = Pacer::new(self.context.port)?;
        let schedule = Schedule::new(Instant::now(), rate);
        thread::scope(|scope| {
            let pace: ScopedJoinHandle<'_, Duration> = scope.spawn(|| pacer.run(schedule));
            let worked = self.work(Some(Paced { pacer: &pacer, schedule, turn: self.idle }), seconds);
            pacer.end();
            match pace.join() {
                Ok(used) => self.context.statistics.processor += used,
                Err(panic) => std::panic::resume_unwind(panic),
            }
            worked
        })
    }

    /// Opens the busy connections and runs them to their end, and then the silent ones.
    fn work(&mut self, mut paced: Option<Paced<'_>>, seconds: &Sender<Interval>) -> Result<(), Failure> {
        while !self.places.iter().all(Place::is_over) {
            self.open_in_time();
            if let Some(paced) = &mut paced {
                self.give_due(paced);
            }
            if self.turn(paced.as_ref().map(|paced| paced.pacer))? {
                self.look_at_the_end();
                if self.context.elapsed_seconds() > self.second {
                    self.tell(seconds);
                }
            }
            self.count_live();
        }
        Ok(())
    }

    /// Opens the busy connections that are to be open by now.
    fn open_in_time(&mut self) {
        let busy = self.places.len() - self.idle;
        let ramp_up = self.load.plan.ramp_up;
        let elapsed = self.context.now.saturating_duration_since(self.context.started);
        let due = if elapsed >= ramp_up {
            busy
        } else {
            (busy as f64 * elapsed.div_duration_f64(ramp_up)) as usize + 1
        };
        self.open_up_to(self.idle + due.min(busy));
    }

    fn open_up_to(&mut self, end: usize) {
        if self.unopened >= end {
            return;
        }
        let watched = self.watched.iter();
        let mut opening = watched.filter(|&&index| self.places[index].is_connecting()).count();
        while self.unopened < end && opening < OPENING {
            self.places[self.unopened].open(&mut self.context);
            self.watch(self.unopened);
            self.unopened += 1;
            opening += 1;
        }
    }

    fn watch(&mut self, index: usize) {
        if !self.is_watched[index] && self.places[index].interest().is_some() {
            self.is_watched[index] = true;
            self.watched.push_back(index);
        }
    }

    /// Hands out the messages that are due.
    fn give_due(&mut self, paced: &mut Paced<'_>) {
        let busy = self.idle..self.places.len();
        while !self.context.ending
            && let Some(intended) = paced.schedule.due(Instant::now())
            && !self.load.plan.is_after(intended.saturating_duration_since(self.context.started))
        {
            // The next one in turn that can take it. There may be none at the moment: then it is late.
            let mut candidates = (paced.turn..busy.end).chain(busy.start..paced.turn);
            let Some(index) = candidates.find(|&index| self.places[index].give_due(intended)) else { return };
            paced.turn = if index + 1 == busy.end { busy.start } else { index + 1 };
            paced.schedule.advance();
            self.context.feeding = Instant::now();
            self.places[index].feed(&mut self.context);
            self.watch(index);
        }
    }

    /// Waits until something happens, and does what it allows. Answers whether it was time to look at all.
    fn turn(&mut self, pacer: Option<&Pacer<'_>>) -> Result<bool, Failure> {
        match self.context.port {
            None => {
                if self.poll(pacer.and_then(Pacer::socket), TICK)?
                    && let Some(pacer) = pacer
                {
                    pacer.heard();
                }
            }
            Some(port) => self.harvest(port, pacer)?,
        }
        let tick = self.context.now.saturating_duration_since(self.ticked) >= TICK;
        if tick {
            self.ticked = self.context.now;
            self.tick()?;
        }
        Ok(tick)
    }

    /// Waits until a watched socket is ready, or another one can be read, and does what it allows. Answers whether the
    /// other one can be.
    fn poll(&mut self, other: Option<&Socket>, limit: Duration) -> Result<bool, Failure> {
        // What the kernel knows of a socket is soon out of the cache: a few at a time are asked and served at once, as
        // long as that finds enough to do.
        let (count, limit) = match self.watched.len() {
            many if many > SLICE && self.crowded => (SLICE, Duration::ZERO),
            all => (all, limit),
        };
        let mut asked = Vec::with_capacity(count);
        let mut entries = Vec::with_capacity(count + 1);
        for index in self.watched.drain(..count) {
            match self.places[index].interest() {
                Some((socket, events)) => {
                    entries.push(PollEntry::new(socket, events));
                    asked.push(index);
                }
                None => self.is_watched[index] = false,
            }
        }
        self.watched.extend(&asked);
        entries.extend(other.map(|socket| PollEntry::new(socket, PollEvents::READABLE)));
        if entries.is_empty() {
            if limit.is_zero() {
                return Ok(false);
            }
            entries.push(PollEntry::new(self.load.stop.socket(), PollEvents::READABLE));
        }
        winsock::poll(&mut entries, Some(limit)).calling("WSAPoll", "")?;

        self.context.now = Instant::now();
        self.context.feeding = self.context.now;
        let other = other.is_some() && entries.last().is_some_and(|entry| !entry.events().is_empty());
        let ready = entries.iter().zip(&asked).filter(|(entry, _)| !entry.events().is_empty());
        let ready: Vec<usize> = ready.map(|(_, &index)| index).collect();
        self.crowded = ready.len() * 2 > asked.len();
        // Some receives and then what follows from them: the kernel's code for each direction stays at hand, and so do
        // the connections.
        for group in ready.chunks(GROUP) {
            for &index in group {
                self.places[index].turn(&mut self.context);
            }
            for &index in group {
                self.places[index].feed(&mut self.context);
            }
        }
        Ok(other)
    }

    /// Waits until operations have ended, and does what follows from them: the same on a port.
    fn harvest(&mut self, port: &Port, pacer: Option<&Pacer<'_>>) -> Result<(), Failure> {
        self.poll(None, Duration::ZERO)?;
        let limit = if self.watched.is_empty() { TICK } else { OPENING_TICK };
        match port.take_many(&mut self.ended, HARVEST, Some(limit)) {
            Ok(_) | Err(Error::WSA_WAIT_TIMEOUT) => {}
            Err(error) => return Err(error).calling("GetQueuedCompletionStatusEx", ""),
        }
        self.context.now = Instant::now();
        let mut group = Vec::with_capacity(GROUP);
        let mut ended = std::mem::take(&mut self.ended);
        for some in ended.chunks_mut(GROUP) {
            for ended in some {
                let index = ended.key;
                if let Some(place) = self.places.get_mut(index) {
                    if place.ended(ended, &mut self.context) {
                        group.push(index);
                    }
                } else if let Some(pacer) = pacer {
                    pacer.heard();
                }
            }
            self.context.feeding = Instant::now();
            for index in group.drain(..) {
                self.places[index].feed(&mut self.context);
                self.watch(index);
            }
        }
        ended.clear();
        self.ended = ended;
        Ok(())
    }

    /// Looks at all connections: those that wait in vain, and now and then those of which nothing is expected.
    fn tick(&mut self) -> Result<(), Failure> {
        if self.context.now.saturating_duration_since(self.looked) >= QUIET {
            self.looked = self.context.now;
            self.look_at_quiet()?;
        }
        // Silent connections have nothing to do between their opening and their end.
        let silent = self.unopened > self.idle && !self.context.idle_ending;
        self.context.feeding = self.context.now;
        for index in if silent { self.idle } else { 0 }..self.unopened {
            self.places[index].tick(&mut self.context);
            self.watch(index);
        }
        Ok(())
    }

    /// The server may have ended some: they are over.
    fn look_at_quiet(&mut self) -> Result<(), Failure> {
        let quiet = self.places.iter().enumerate();
        let quiet: Vec<_> = quiet.filter_map(|(index, place)| Some((index, place.quiet()?))).collect();
        if quiet.is_empty() {
            return Ok(());
        }
        let entry = |&(_, socket)| PollEntry::new(socket, PollEvents::READABLE);
        let mut entries: Vec<_> = quiet.iter().map(entry).collect();
        winsock::poll(&mut entries, Some(Duration::ZERO)).calling("WSAPoll", "")?;
        let ready = entries.iter().zip(&quiet).filter(|(entry, _)| !entry.events().is_empty());
        let ready: Vec<usize> = ready.map(|(_, &(index, _))| index).collect();
        for index in ready {
            self.places[index].turn(&mut self.context);
        }
        Ok(())
    }

    /// Decides whether the load is over, for the busy connections and for the silent ones.
    fn look_at_the_end(&mut self) {
        let context = &mut self.context;
        let elapsed = context.now.saturating_duration_since(context.started);
        context.ending = context.plan.is_after(elapsed) || self.load.stop.is_asked();
        // What a rate has left behind is sent all the same, for a while.
        let too_late = context.plan.is_after(elapsed.saturating_sub(context.plan.timeout));
        if too_late || self.load.stop.is_asked() {
            let unsent: usize = self.places.iter_mut().map(Place::drop_due).sum();
            context.statistics.unsent += unsent as u64;
        }
        context.idle_ending = self.places[self.idle..].iter().all(Place::is_over);
    }

    fn count_live(&mut self) {
        let Statistics { round_trips, bytes, .. } = self.context.statistics;
        if round_trips > self.told.0 {
            self.context.live.came_back(round_trips - self.told.0, bytes - self.told.1);
            self.told = (round_trips, bytes);
        }
    }

    /// Tells the latencies of the second that has passed.
    fn tell(&mut self, seconds: &Sender<Interval>) {
        let second = std::mem::replace(&mut self.second, self.context.elapsed_seconds());
        let latency = std::mem::replace(&mut self.context.latency, latencies());
        // Whoever listens stays until the last worker has ended.
        let _ = seconds.send(Interval { second, latency });
    }
}

impl Context<'_> {
    fn elapsed_seconds(&self) -> u64 {
        self.now.saturating_duration_since(self.started).as_secs()
    }
}
