//! The report: one page for browsers that needs nothing else, light or dark as its reader likes, on any width.

use std::fmt::Write;
use std::time::SystemTime;

use clap::ValueEnum;

use super::machine::Machine;
use super::options::Arguments;
use super::picture;
use super::plan;
use super::ranking::Paragraph;
use super::results::{Measured, at, telling};
use super::svg::escape;
use super::table;
use crate::server::Model;
use crate::units::grouped;

const STYLE: &str = include_str!("page.css");

/// The page. `results` are sorted.
pub(super) fn html(
    arguments: &Arguments,
    machine: &Machine,
    results: &[Measured],
    ranking: &[Paragraph],
) -> String {
    let date = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    let date = date.split('T').next().unwrap_or_default();
    let number = telling(results);
    let connections = plan::connections(number);
    let rounds = match arguments.rounds() {
        1 => "once".to_owned(),
        rounds => format!("{rounds} times, in turns"),
    };
    let silent = match arguments.idle {
        0 => String::new(),
        idle => format!(", beside {} silent connections", grouped(idle.into())),
    };
    let lead = format!(
        "Echo servers on one machine, {date}: messages of {} bytes{silent}, each load {}, each case {rounds}.",
        arguments.size,
        humantime::format_duration(arguments.duration()),
    );
    let mut page = Page(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Winsock models compared</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    ));
    page.element("h1", "Winsock models compared");
    page.element("p", &lead);

    page.element("h2", "Is the guide's ranking right here?");
    for paragraph in ranking {
        page.element("p", &paragraph.text);
        page.list(&paragraph.points);
    }

    page.element("h2", &format!("Cost by model, {connections}"));
    page.quiet("Processor time of the server for each round trip, in µs: less is better.");
    page.key(false);
    page.raw(&format!("<figure class=\"wide\">{}</figure>\n", picture::costs(&at(results, number))));

    page.element("h2", "Cost by connections");
    page.quiet("Processor time of the server for each round trip, on a logarithmic scale.");
    page.key(true);
    page.pictures(results, |model| Some(picture::by_connections(results, model)));

    page.element("h2", &format!("Latency by percentile, {connections}"));
    page.quiet("From the moment a message is sent until its last byte is back, on a logarithmic scale.");
    page.key(true);
    page.pictures(results, |model| picture::latencies(results, number, model));

    page.element("h2", "All results, by cost");
    page.table(results);
    page.quiet(table::LEGEND);

    page.element("h2", "The machine and the command");
    page.raw("<dl>\n");
    for (name, value) in machine.facts() {
        page.raw(&format!("<dt>{name}</dt><dd><code>{}</code></dd>\n", escape(&value)));
    }
    page.raw("</dl>\n</body>\n</html>\n");
    page.0
}

/// The text of a page, which grows. Writing to a string cannot fail.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn element(&mut self, name: &str, text: &str) {
        let _ = writeln!(self.0, "<{name}>{}</{name}>", escape(text));
    }

    fn quiet(&mut self, text: &str) {
        let _ = writeln!(self.0, "<p class=\"quiet\">{}</p>", escape(text));
    }

    fn list(&mut self, points: &[String]) {
        if points.is_empty() {
            return;
        }
        self.raw("<ul>\n");
        for point in points {
            self.element("li", point);
        }
        self.raw("</ul>\n");
    }

    /// What the colours mean.
    fn key(&mut self, others: bool) {
        self.raw("<ul class=\"key\"><li><i class=\"s1\"></i>epoll, or no overlapped operations</li>");
        self.raw("<li><i class=\"s2\"></i>io_uring</li>");
        if others {
            self.raw("<li><i class=\"other\"></i>the other models</li>");
        }
        self.raw("</ul>\n");
    }

    /// A picture for each model that has one, in the order of the models.
    fn pictures(&mut self, results: &[Measured], draw: impl Fn(Model) -> Option<String>) {
        self.raw("<div class=\"pictures\">\n");
        for &model in Model::value_variants() {
            let is_measured = results.iter().any(|measured| measured.case.candidate.model == model);
            let Some(picture) = is_measured.then(|| draw(model)).flatten() else { continue };
            let value = model.to_possible_value();
            let help = value.and_then(|value| value.get_help().map(ToString::to_string)).unwrap_or_default();
            let (name, help) = (model.name(), escape(&help));
            let _ = writeln!(self.0, "<figure><h3>{name}</h3><p>{help}</p>{picture}</figure>");
        }
        self.raw("</div>\n");
    }

    fn table(&mut self, results: &[Measured]) {
        let cells = |name: &str, cells: Vec<String>| {
            cells.iter().map(|cell| format!("<{name}>{}</{name}>", escape(cell))).collect::<String>()
        };
        let head = cells("th", table::head());
        let _ = writeln!(
            self.0,
            "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>"
        );
        let mut before = None;
        for measured in results {
            let connections = Some(measured.case.connections);
            let class = if before.replace(measured.case.connections) == connections {
                ""
            } else {
                " class=\"first\""
            };
            let _ = writeln!(self.0, "<tr{class}>{}</tr>", cells("td", table::row(measured)));
        }
        self.raw("</tbody></table></div>\n");
    }
}
