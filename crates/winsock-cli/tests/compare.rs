//! What `winsock compare` promises: every model and engine measured, a table in order, and a report that is whole in
//! itself and that a browser shows on any screen without a complaint.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use common::*;
use roxmltree::Document;
use serde_json::Value;

/// A comparison takes longer than other commands.
const COMPARING: Duration = Duration::from_secs(300);

struct Compared {
    stdout: String,
    page: String,
    object: Value,
}

/// The comparison that the tests look at.
fn compared() -> &'static Compared {
    static COMPARED: OnceLock<Compared> = OnceLock::new();
    COMPARED.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let (page, object) = (folder.path().join("report.html"), folder.path().join("<report>.json"));
        let output = winsock(&["compare", "--quick", "--duration", "100ms"])
            .arg("--output")
            .arg(&page)
            .arg("--json")
            .arg(&object)
            .timeout(COMPARING)
            .assert()
            .code(0)
            .get_output()
            .clone();
        Compared {
            stdout: text(&output.stdout),
            page: fs::read_to_string(page).unwrap(),
            object: serde_json::from_slice(&fs::read(object).unwrap()).unwrap(),
        }
    })
}

/// What is to be measured with some connections: models, and their engines.
fn expected(connections: u64) -> BTreeSet<(String, Option<String>)> {
    let mut expected = BTreeSet::new();
    for model in ["basic"].into_iter().filter(|_| connections == 1).chain(MODELS) {
        match model {
            "overlapped" | "routine" | "iocp" | "iocp-acceptex" => {
                expected
                    .extend(engines().into_iter().map(|engine| (model.to_owned(), Some(engine.to_owned()))));
            }
            _ => {
                expected.insert((model.to_owned(), None));
            }
        }
    }
    expected
}

fn drawings(page: &str) -> Vec<&str> {
    let starts = page.match_indices("<svg");
    starts.map(|(start, _)| &page[start..start + page[start..].find("</svg>").unwrap() + 6]).collect()
}

#[test]
fn every_model_is_measured_on_every_engine_with_each_number_of_connections() {
    let results = compared().object["results"].as_array().unwrap();
    for connections in [1, 16] {
        let here = results.iter().filter(|result| result["connections"] == connections);
        let name = |value: &Value| value.as_str().map(str::to_owned);
        let measured: BTreeSet<_> =
            here.map(|result| (name(&result["model"]).unwrap(), name(&result["engine"]))).collect();
        assert_eq!(measured, expected(connections));
    }
    for result in results {
        let server = result["processor"]["server"].as_f64().unwrap();
        let rate = result["round_trips_per_second"].as_f64().unwrap();
        // The processors of the machine cannot have been used for longer than there were.
        let processors = std::thread::available_parallelism().unwrap().get() as f64;
        assert!(server > 0.0 && rate > 0.0, "{result}");
        assert!(server * 1e-6 * rate < 4.0 * processors, "more processor time than there was: {result}");
        let latency: Vec<u64> = result["latency"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["nanoseconds"].as_u64().unwrap())
            .collect();
        assert!(latency.is_sorted() && latency[0] > 0, "{latency:?}");
    }
}

#[test]
fn the_table_and_the_object_are_in_order_of_cost() {
    let Compared { stdout, object, .. } = compared();
    let results = object["results"].as_array().unwrap();
    let order: Vec<_> = results
        .iter()
        .map(|result| {
            (result["connections"].as_u64().unwrap(), result["processor"]["server"].as_f64().unwrap())
        })
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    let lines: Vec<&str> = stdout.lines().collect();
    assert!(lines[0].starts_with("connections  model "), "{stdout}");
    for (line, result) in lines[1..].iter().zip(results) {
        let mut words = line.split_whitespace();
        assert_eq!(words.next(), Some(result["connections"].to_string().as_str()), "{line}");
        assert_eq!(words.next(), result["model"].as_str(), "{line}");
    }
    assert_eq!(lines[results.len() + 1], "", "one line for each result:\n{stdout}");
}

#[test]
fn the_guides_ranking_is_checked_in_words_in_all_three_places() {
    let Compared { stdout, page, object } = compared();
    let ranking = object["ranking"].as_array().unwrap();
    assert_eq!(ranking.len(), 3, "the ranking, and a paragraph for 1 and for 16 connections");
    assert!(ranking[0]["text"].as_str().unwrap().contains("There was one round: "), "{}", ranking[0]);
    let mut contradictions = 0;
    for paragraph in ranking {
        let points = paragraph["points"].as_array().unwrap();
        contradictions += points.len();
        for words in [&paragraph["text"]].into_iter().chain(points).map(|words| words.as_str().unwrap()) {
            assert!(stdout.contains(words), "{words:?} is missing in:\n{stdout}");
            assert!(page.contains(&words.replace('"', "&quot;")), "{words:?} is missing in the page");
        }
    }
    let text = ranking[2]["text"].as_str().unwrap();
    assert!(text.starts_with("With 16 connections, the cost "), "{text}");
    assert!(text.contains("of 10 pairs "), "{text}");
    assert_eq!(contradictions > 0, stdout.contains("the cost is not in the guide's order"), "{stdout}");
}

#[test]
fn the_report_has_a_picture_of_every_model_and_needs_nothing_else() {
    let page = &compared().page;
    for reference in ["http", "src=", "href=", "url(", "@import", "<link", "<script"] {
        assert!(!page.contains(reference), "the page has {reference:?}");
    }
    let titles: Vec<String> = drawings(page)
        .iter()
        .map(|drawing| {
            let document = Document::parse(drawing).unwrap_or_else(|error| panic!("{error}: {drawing}"));
            let title = document.descendants().find(|node| node.has_tag_name("title")).unwrap();
            title.text().unwrap().to_owned()
        })
        .collect();
    let mut wanted = vec!["Processor time of the server for each round trip, by model".to_owned()];
    for model in ["basic"].into_iter().chain(MODELS) {
        wanted.push(format!("Cost of {model} by the number of connections"));
    }
    for model in MODELS {
        wanted.push(format!("Latency of {model} by percentile"));
    }
    assert_eq!(titles, wanted);
    for fact in ["Command", "Processor", "Kernel", "Engines"] {
        assert!(page.contains(&format!("<dt>{fact}</dt><dd><code>")), "{fact} is missing");
    }
    let command = "winsock compare --quick --duration 100ms --output ";
    assert!(page.contains(command), "the command is missing");
    assert!(page.contains("&lt;report&gt;.json") && !page.contains("<report>"), "names are text");
    assert!(page.contains("prefers-color-scheme: dark") && page.contains("name=\"viewport\""));
}

/// Looks at the page from inside a frame of a telephone's width: its width, and whether each picture has its place and
/// every shape of it is somewhere in it.
const PROBE: &str = r#"<script>
addEventListener("error", event => console.error(event.message));
addEventListener("load", () => {
    const page = document.documentElement;
    const wrong = [...document.querySelectorAll("svg")].filter(svg => {
        const box = svg.getBoundingClientRect();
        const shapes = [...svg.querySelectorAll("line, polyline, rect, circle, text")];
        return box.width < 200 || box.height < 20 || shapes.length < 3 || shapes.some(shape => {
            const own = shape.getBoundingClientRect();
            const out = own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1;
            const style = getComputedStyle(shape);
            const drawn = style.fill !== "none" || style.stroke !== "none";
            return out || !drawn || own.width + own.height === 0;
        });
    });
    parent.postMessage({
        view: innerWidth, seen: page.clientWidth, width: page.scrollWidth, pictures: document.querySelectorAll("svg").length,
        wrong: wrong.map(svg => svg.textContent), background: getComputedStyle(document.body).backgroundColor,
        dark: matchMedia("(prefers-color-scheme: dark)").matches,
    }, "*");
});
</script>"#;

const FRAME: &str = r#"<!DOCTYPE html><meta charset="utf-8"><iframe src="probe.html" style="width:WIDTHpx;height:800px;border:0"></iframe>
<pre></pre><script>addEventListener("message", event => document.querySelector("pre").textContent = JSON.stringify(event.data))</script>"#;

/// What the browser says of the page in a frame of this width.
fn browse(browser: &str, folder: &Path, width: u32, dark: bool) -> Value {
    fs::write(folder.join("frame.html"), FRAME.replace("WIDTH", &width.to_string())).unwrap();
    let mut command = Command::new(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]);
    command.args(["--enable-logging=stderr", "--virtual-time-budget=10000", "--timeout=60000", "--dump-dom"]);
    if dark {
        command.arg("--blink-settings=preferredColorScheme=0");
    }
    command.arg(format!("--user-data-dir={}", folder.join("profile").display()));
    let output = command.arg(folder.join("frame.html")).output().unwrap();
    let (dom, log) = (text(&output.stdout), String::from_utf8_lossy(&output.stderr).into_owned());
    assert!(!log.contains("CONSOLE"), "the page complains:\n{log}");
    let said = dom.split_once("<pre>").and_then(|(_, rest)| rest.split_once("</pre>"));
    let said = said.unwrap_or_else(|| panic!("no result in:\n{dom}\n{log}")).0;
    serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {said:?}\n{log}"))
}

#[test]
fn a_browser_draws_every_picture_without_a_complaint_on_any_width_light_and_dark() {
    let Some(browser) = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    }) else {
        println!(
            "SKIPPED: no chromium is installed, so nobody has looked at the report (apt-get install chromium)"
        );
        eprintln!(
            "SKIPPED: no chromium is installed, so nobody has looked at the report (apt-get install chromium)"
        );
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let page = &compared().page;
    fs::write(folder.path().join("probe.html"), page.replace("</body>", &format!("{PROBE}</body>"))).unwrap();
    for (width, dark) in [(360, false), (360, true), (1200, false)] {
        let seen = browse(browser, folder.path(), width, dark);
        assert_eq!(seen["view"], width, "{seen}");
        assert_eq!(seen["width"], seen["seen"], "the page scrolls sideways: {seen}");
        assert_eq!(seen["wrong"], Value::Array(Vec::new()), "pictures with something missing or outside");
        assert_eq!(seen["pictures"], drawings(page).len());
        assert_eq!(seen["dark"], dark, "{seen}");
        let background = if dark { "rgb(20, 23, 28)" } else { "rgb(255, 255, 255)" };
        assert_eq!(seen["background"], background, "{seen}");
    }
}

#[test]
fn chosen_models_sizes_and_connections_are_measured_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (page, object) = (path("a.html"), path("a.json"));
    let chosen = ["--models", "poll,overlapped,poll", "--engines", "epoll", "--connections", "64,2"];
    let more = [
        "--size",
        "100..200",
        "--idle",
        "7",
        "--rounds",
        "2",
        "--duration",
        "50ms",
        "--output",
        &page,
        "--json",
        &object,
    ];
    winsock(&[&["compare"], &chosen[..], &more].concat()).assert().code(0);
    let object: Value = serde_json::from_slice(&fs::read(object).unwrap()).unwrap();
    assert_eq!((&object["rounds"], &object["size"]), (&2.into(), &"100..200".into()));
    assert_eq!(object["idle"], 7);
    assert!(
        fs::read_to_string(folder.path().join("a.html")).unwrap().contains("beside 7 silent connections")
    );
    let results = object["results"].as_array().unwrap();
    let mut cases: Vec<String> = results
        .iter()
        .map(|result| format!("{} {} {}", result["connections"], result["model"], result["engine"]))
        .collect();
    cases.sort();
    assert_eq!(cases, ["2 \"overlapped\" \"epoll\"", "2 \"poll\" null", "64 \"poll\" null"]);
    for result in results {
        let processor = &result["processor"];
        let [least, median, most] =
            ["server_least", "server", "server_most"].map(|name| processor[name].as_f64().unwrap());
        assert!(least <= median && median <= most, "{processor}");
    }
}

#[test]
fn a_report_that_cannot_be_written_is_named_before_the_first_run() {
    let output = winsock(&["compare", "--output", "/no/such/folder/report.html"]).assert().code(1);
    let message = text(&output.get_output().stderr);
    assert!(message.contains("winsock: /no/such/folder/report.html: "), "{message}");
}
