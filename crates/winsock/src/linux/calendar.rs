//! Time as Windows counts it: 100 nanoseconds since the year 1601, calendar dates, counters.

use super::sys::clock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use clock::{awake, local_offset, process_times, since_boot};

/// Ticks of 100 nanoseconds in a second.
pub(crate) const TICKS: u64 = 10_000_000;
/// From 1601 to 1970, in seconds.
const EPOCH: u64 = 11_644_473_600;

/// A duration in ticks.
pub(crate) fn ticks(duration: Duration) -> u64 {
    duration.as_secs() * TICKS + u64::from(duration.subsec_nanos()) / 100
}

/// The time of day, in ticks since 1601.
pub(crate) fn time_of_day() -> u64 {
    EPOCH * TICKS + ticks(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// When this process began, in ticks since 1601; the kernel tells it to a hundredth of a second.
pub(crate) fn process_beginning() -> u64 {
    /// `USER_HZ`, which is the same on every machine that Linux runs on here.
    const HERTZ: u64 = 100;
    /// Behind the program's name, which ends at the last parenthesis.
    const START_TIME: usize = 19;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |parts| parts.1);
    let start = fields.split_whitespace().nth(START_TIME).and_then(|field| field.parse::<u64>().ok());
    let since = ticks(since_boot()).saturating_sub(start.unwrap_or(0) * (TICKS / HERTZ));
    time_of_day() - since
}

/// Seconds since 1970 of a time in ticks.
pub(crate) fn unix_seconds(time: u64) -> i64 {
    (time / TICKS) as i64 - EPOCH as i64
}

/// A date of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Date {
    pub(crate) year: u16,
    pub(crate) month: u16,
    pub(crate) day: u16,
    /// 0 is Sunday.
    pub(crate) weekday: u16,
}

const DAY: u64 = 24 * 3600 * TICKS;

/// The date of a time in ticks, and the ticks of its day. By the method of whole 400-year cycles that begin in March.
pub(crate) fn date(time: u64) -> (Date, u64) {
    let days = time / DAY;
    /// From March 1st of the year 0 to the first day of 1601.
    const BEFORE_1601: u64 = 584_694;
    const CYCLE: u64 = 146_097;
    let count = days + BEFORE_1601;
    let (cycle, of_cycle) = (count / CYCLE, count % CYCLE);
    let year = (of_cycle - of_cycle / 1460 + of_cycle / 36_524 - of_cycle / 146_096) / 365;
    let of_year = of_cycle - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = cycle * 400 + year + u64::from(month <= 2);
    // 1601 began on a Monday.
    let weekday = (days + 1) % 7;
    let date = Date { year: year as u16, month: month as u16, day: day as u16, weekday: weekday as u16 };
    (date, time % DAY)
}

/// The time at which a date begins, in ticks; `None` for a date that the calendar does not have, or before 1601.
pub(crate) fn beginning(year: u16, month: u16, day: u16) -> Option<u64> {
    if !(1601..=30_827).contains(&year) || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let (year, month, day) = (u64::from(year), u64::from(month), u64::from(day));
    let shifted = if month <= 2 { year - 1 } else { year };
    let from_march = (month + 9) % 12;
    let days =
        shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + (153 * from_march + 2) / 5 + day - 1;
    let time = (days - 584_694) * DAY;
    // A day that the month does not have has become one of the next.
    let (back, _) = date(time);
    (u64::from(back.day) == day && u64::from(back.month) == month).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_that_are_known() {
        let rows = [
            (0, 1601, 1, 1, 1),
            (EPOCH, 1970, 1, 1, 4),
            (EPOCH + 951_782_400, 2000, 2, 29, 2),
            (EPOCH + 4_107_542_400, 2100, 3, 1, 1),
            (EPOCH + 1_700_000_000, 2023, 11, 14, 2),
        ];
        for (seconds, year, month, day, weekday) in rows {
            let (found, _) = date(seconds * TICKS);
            assert_eq!(found, Date { year, month, day, weekday });
        }
    }

    #[test]
    fn every_day_of_800_years_comes_after_the_one_before_and_leads_back() {
        let mut days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut time = 0;
        for year in 1601..2401 {
            let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            days[1] = if leaps { 29 } else { 28 };
            for (month, count) in (1..).zip(days) {
                for day in 1..=count {
                    let (found, rest) = date(time);
                    assert_eq!((found.year, found.month, found.day, rest), (year, month, day, 0));
                    assert_eq!(beginning(year, month, day), Some(time));
                    time += DAY;
                }
                assert_eq!(beginning(year, month, count + 1), None, "{year}-{month}");
            }
        }
    }

    #[test]
    fn dates_that_are_none() {
        for (year, month, day) in [(1600, 12, 31), (30_828, 1, 1), (2000, 0, 1), (2000, 13, 1), (2000, 1, 0)]
        {
            assert_eq!(beginning(year, month, day), None);
        }
    }
}
