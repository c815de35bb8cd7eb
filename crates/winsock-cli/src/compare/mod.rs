//! `winsock compare`: the models of the server side by side on one machine, by what a round trip costs them.
//!
//! A plan says which cases there are; each is measured in turns by processes of this program; the results become one
//! table, a check of the guide's ranking, and a report with pictures. Knows nothing of how a model works.

mod machine;
mod options;
mod page;
mod picture;
mod plan;
mod process;
mod ranking;
mod results;
mod svg;
mod table;
mod target;

use indicatif::{ProgressBar, ProgressStyle};

use crate::error::Failure;
use crate::stop::Stop;

use self::machine::Machine;
pub(crate) use self::options::{Arguments, Engine, HELP};
use self::plan::Case;
pub(crate) use self::plan::{Candidate, candidates, engines};
use self::results::Measured;
use self::target::Target;

/// The command.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let engines = plan::engines(&arguments.engines)?;
    let cases = plan::cases(arguments, &engines)?;
    let page = Target::create(&arguments.output)?;
    let object = arguments.json.as_deref().map(Target::create).transpose()?;
    let stop = Stop::new()?;
    stop.on_signals()?;
    let machine = Machine::new(&engines);

    let mut results = measure(arguments, &cases, &stop)?;
    results::sort(&mut results);
    let ranking = ranking::words(&results, arguments.idle);
    print!("{}", table::text(&results));
    println!("\n{}\n", table::LEGEND);
    for paragraph in &ranking {
        println!("{}", paragraph.text);
        for point in &paragraph.points {
            println!("  {point}");
        }
    }
    page.write(&page::html(arguments, &machine, &results, &ranking))?;
    if let Some(target) = object {
        let object = table::object(arguments, &machine, &results, &ranking);
        target.write(&format!("{object:#}\n"))?;
    }
    eprintln!("The report is in {}", arguments.output.display());
    Ok(())
}

/// Measures every case in every round.
fn measure(arguments: &Arguments, cases: &[Case], stop: &Stop) -> Result<Vec<Measured>, Failure> {
    let rounds = arguments.rounds();
    let mut results: Vec<_> =
        cases.iter().map(|&case| Measured { case, samples: Vec::with_capacity(rounds) }).collect();
    let style = ProgressStyle::with_template("{pos}/{len} {wide_bar} {eta} {msg}");
    let progress = ProgressBar::new((cases.len() * rounds) as u64)
        .with_style(style.expect("the template is well-formed"));
    for round in 0..rounds {
        for index in plan::turn(cases.len(), rounds, round) {
            progress.set_message(cases[index].name());
            results[index].samples.push(process::measure(arguments, cases[index], stop)?);
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    Ok(results)
}
