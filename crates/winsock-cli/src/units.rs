//! Numbers and times as people read them.

/// A number with its thousands apart.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with three significant digits, or all of its whole part.
pub(crate) fn number(value: f64) -> String {
    let digits = match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => return grouped(value.round() as u64),
    };
    format!("{value:.digits$}")
}

/// A time in nanoseconds, with three significant digits and the unit that fits.
pub(crate) fn time(nanoseconds: u64) -> String {
    let mut value = nanoseconds as f64;
    let mut unit = "ns";
    for larger in ["µs", "ms", "s"] {
        // What would be rounded to 1000 belongs to the next unit.
        if value < 999.5 {
            break;
        }
        value /= 1e3;
        unit = larger;
    }
    let digits = match value {
        _ if unit == "ns" => 0,
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_are_easy_to_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.0, 9.994, 9.996, 99.96, 12_345.6].map(number),
            ["0.00", "9.99", "10.0", "100", "12,346"]
        );
        assert_eq!(
            [0, 999, 1_000, 12_345, 99_960, 123_456, 999_999, 1_500_000, 70_000_000_000].map(time),
            ["0 ns", "999 ns", "1.00 µs", "12.3 µs", "100 µs", "123 µs", "1.00 ms", "1.50 ms", "70.0 s"]
        );
    }
}
