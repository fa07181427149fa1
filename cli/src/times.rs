//! Points in time as people write and read them: RFC 3339, always with the offset from UTC.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, de};

pub(crate) use psephos_report::format::format_time;

/// The first second since 1970 that is no plausible time of a poll: the year 5138. Milliseconds are beyond it.
const IMPLAUSIBLE: u64 = 100_000_000_000;

/// A point in time in a file: seconds since 1970, or text as in RFC 3339, `2026-12-01T12:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileTime(pub(crate) u64);

/// Parses a time on the command line: seconds since 1970, or text as in RFC 3339.
pub(crate) fn parse_time(text: &str) -> Result<u64, String> {
    if let Ok(seconds) = text.parse::<u64>() {
        return match seconds < IMPLAUSIBLE {
            true => Ok(seconds),
            false => Err(format!("{seconds} is in milliseconds, or no time: write seconds since 1970")),
        };
    }
    let parsed: Result<Timestamp, _> = text.parse();
    let seconds = parsed.ok().and_then(|time| u64::try_from(time.as_second()).ok());
    seconds.filter(|seconds| *seconds < IMPLAUSIBLE).ok_or_else(|| describe_no_time(text))
}

fn describe_no_time(text: &str) -> String {
    format!("{text:?} is not a time with its offset, such as 2026-12-01T12:00:00Z or 2026-12-01T13:00:00+01:00")
}

impl<'de> Deserialize<'de> for FileTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = FileTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time: seconds since 1970, or text such as \"2026-12-01T12:00:00Z\"")
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<FileTime, E> {
                parse_time(&seconds.to_string()).map(FileTime).map_err(E::custom)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<FileTime, E> {
                // A number in quotes is none.
                let seconds = if text.parse::<u64>().is_ok() { Err(describe_no_time(text)) } else { parse_time(text) };
                seconds.map(FileTime).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_seconds_or_as_text_with_an_offset() {
        for (json, seconds) in [
            ("1796126400", 1_796_126_400),
            ("\"2026-12-01T12:00:00Z\"", 1_796_126_400),
            ("\"2026-12-01T13:00:00+01:00\"", 1_796_126_400),
            ("\"2026-12-01 12:00:00Z\"", 1_796_126_400),
        ] {
            let read: FileTime = serde_json::from_str(json).expect(json);
            assert_eq!(read.0, seconds, "{json}");
        }
        for (json, says) in [
            ("1796126400000", "milliseconds"),
            ("\"2026-12-01T12:00:00\"", "offset"),
            ("\"2026-12-01\"", "offset"),
            ("\"tomorrow\"", "offset"),
            ("\"1950-01-01T00:00:00Z\"", "offset"),
            ("-5", "a time"),
            ("1.5", "a time"),
        ] {
            let refused = serde_json::from_str::<FileTime>(json).expect_err(json).to_string();
            assert!(refused.contains(says), "{json}: {refused}");
        }
    }
}
