//! `--json`: the results as one object, for scripts.

use serde::Serialize;

use super::plan::{End, Plan};
use super::report::{QUANTILES, Results, classes};

#[derive(Serialize)]
struct Report {
    version: &'static str,
    target: String,
    transport: &'static str,
    load: Load,
    connections: Connections,
    round_trips: u64,
    /// Each way.
    bytes: u64,
    seconds: f64,
    round_trips_per_second: f64,
    /// In nanoseconds. `None`: nothing came back.
    latency: Option<Latency>,
    wrong_bytes: u64,
    lost_datagrams: u64,
    late_datagrams: u64,
    /// Messages that the rate wanted and that never were sent.
    never_sent: u64,
    processor: Processor,
    errors: Vec<ErrorCount>,
}

#[derive(Serialize)]
struct Load {
    connections: usize,
    idle: usize,
    threads: usize,
    size: String,
    pipeline: usize,
    rate: Option<u32>,
    duration_seconds: Option<f64>,
    count: Option<u64>,
    seed: u64,
}

#[derive(Serialize)]
struct Connections {
    tried: u64,
    connected: u64,
    failed: u64,
    half_closed: u64,
    reset: u64,
    idle_answered: u64,
}

#[derive(Serialize)]
struct Latency {
    min: u64,
    mean: f64,
    percentiles: Vec<Percentile>,
    max: u64,
    histogram: Vec<Class>,
}

#[derive(Serialize)]
struct Percentile {
    name: &'static str,
    nanoseconds: u64,
}

#[derive(Serialize)]
struct Class {
    up_to: u64,
    count: u64,
}

/// Microseconds for each round trip.
#[derive(Serialize)]
struct Processor {
    generator: f64,
    /// `None`: the server is another process.
    server: Option<f64>,
    /// The part of its time that the busiest thread of the generator used a processor.
    busiest_thread: f64,
    generator_may_be_the_limit: bool,
}

#[derive(Serialize)]
struct ErrorCount {
    call: &'static str,
    code: i32,
    text: String,
    count: u64,
}

/// The object, indented.
pub(super) fn object(plan: &Plan, results: &Results) -> String {
    let statistics = &results.statistics;
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        target: results.target.to_string(),
        transport: plan.transport.name(),
        load: load(plan),
        connections: Connections {
            tried: statistics.tried,
            connected: statistics.connected,
            failed: statistics.failed,
            half_closed: statistics.half_closes,
            reset: statistics.resets,
            idle_answered: statistics.idle_answered,
        },
        round_trips: statistics.round_trips,
        bytes: statistics.bytes,
        seconds: statistics.elapsed.as_secs_f64(),
        round_trips_per_second: statistics.per_second(statistics.round_trips),
        latency: latency(results),
        wrong_bytes: statistics.wrong_bytes,
        lost_datagrams: statistics.lost,
        late_datagrams: statistics.late,
        never_sent: statistics.unsent,
        processor: Processor {
            generator: results.per_round_trip(statistics.processor),
            server: results.server.map(|used| results.per_round_trip(used)),
            busiest_thread: statistics.busiest,
            generator_may_be_the_limit: results.is_bottleneck(),
        },
        errors: statistics.errors.iter().map(error_count).collect(),
    };
    serde_json::to_string_pretty(&report).expect("numbers and text can always be written")
}

fn load(plan: &Plan) -> Load {
    let (duration_seconds, count) = match plan.end {
        End::After(duration) => (Some(duration.as_secs_f64()), None),
        End::Count(count) => (None, Some(count)),
    };
    Load {
        connections: plan.connections,
        idle: plan.idle,
        threads: plan.threads,
        size: plan.sizes.to_string(),
        pipeline: plan.pipeline,
        rate: plan.rate,
        duration_seconds,
        count,
        seed: plan.seed,
    }
}

fn latency(results: &Results) -> Option<Latency> {
    let latency = &results.latency;
    let percentile = |&(name, quantile): &(&'static str, f64)| Percentile {
        name,
        nanoseconds: latency.value_at_quantile(quantile),
    };
    (!latency.is_empty()).then(|| Latency {
        min: latency.min(),
        mean: latency.mean(),
        percentiles: QUANTILES.iter().map(percentile).collect(),
        max: latency.max(),
        histogram: classes(latency).into_iter().map(|(up_to, count)| Class { up_to, count }).collect(),
    })
}

fn error_count((&(call, error), &count): (&(&'static str, winsock::Error), &u64)) -> ErrorCount {
    ErrorCount { call, code: error.code(), text: error.to_string(), count }
}
