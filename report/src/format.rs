//! Numbers and times as people read them.

use jiff::Timestamp;

/// Formats `1234567` as `1,234,567`.
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Formats `part` of `whole` in percent with one decimal; 0 of 0 is 0.
pub fn percent(part: u64, whole: u64) -> String {
    format!("{:.1} %", fraction(part, whole) * 100.0)
}

/// Returns `part / whole`; 0 of 0 is 0.
pub fn fraction(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Formats a count with its noun: `1 ballot`, `2 ballots`.
pub fn plural(count: u64, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {one}s", thousands(count)) }
}

/// Formats a time in UTC; one beyond the calendar is given in seconds.
pub fn format_time(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map_or_else(|| format!("{seconds} s after 1970"), |time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// Formats basis points in percent: `5000` as `50 %`.
pub fn basis_points(value: u16) -> String {
    format!("{} %", f64::from(value) / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_000), "1,000");
        assert_eq!(thousands(389_999_999_999), "389,999,999,999");
        assert_eq!(plural(1, "ballot"), "1 ballot");
        assert_eq!(plural(1_024, "ballot"), "1,024 ballots");
    }

    #[test]
    fn percent_of_zero_is_zero() {
        assert_eq!(percent(0, 0), "0.0 %");
        assert_eq!(percent(1, 3), "33.3 %");
    }

    #[test]
    fn times_are_printed_in_utc() {
        assert_eq!(format_time(1_796_126_400), "2026-12-01 12:00:00 UTC");
        assert_eq!(format_time(u64::MAX), format!("{} s after 1970", u64::MAX));
    }
}
