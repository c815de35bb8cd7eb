//! The limits that `SECURITY.md` promises are those of the code.

use std::fs;
use std::path::Path;

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The value of a constant: a number, a product, a shift, or what it is outside of models.
fn value(source: &str, constant: &str) -> u64 {
    let (_, rest) = source.split_once(&format!("const {constant}: ")).expect("the constant is there");
    let (_, expression) =
        rest.split(';').next().and_then(|text| text.split_once(" = ")).expect("it has a value");
    let expression =
        expression.rsplit("else {").next().expect("there is a last part").trim_end_matches([' ', '}']);
    let number = |text: &str| text.trim().replace('_', "").parse::<u64>().expect("a number");
    if let Some((factor, other)) = expression.split_once('*') {
        number(factor) * number(other)
    } else if let Some((number_, bits)) = expression.split_once("<<") {
        number(number_) << number(bits)
    } else {
        number(expression)
    }
}

#[test]
fn the_limits_are_those_of_the_code() {
    let text = read("SECURITY.md");
    let (_, table) = text.split_once("| limit | value | decided in |\n|---|---|---|\n").expect("the table");
    let rows: Vec<&str> = table.lines().take_while(|line| line.starts_with('|')).collect();
    assert!(rows.len() >= 10, "{rows:?}");
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, _, promised, place, _] = cells[..] else { panic!("three cells: {row}") };
        let named: Vec<&str> = place.split('`').collect();
        let [_, file, _, constant, _] = named[..] else { panic!("a file and a constant: {place}") };
        let promised: u64 = promised.replace(',', "").parse().expect("a number");
        assert_eq!(value(&read(file), constant), promised, "{row}");
    }
}

#[test]
fn what_is_said_of_a_test_or_a_file_is_there() {
    for name in ["deny.toml", "CONTRIBUTING.md", "CHANGELOG.md", ".ci/thread-sanitizer"] {
        assert!(!read(name).is_empty());
    }
}
