//! What the suite says at its end: the steps with their times, and what was skipped or thinner than it can be.

use std::time::Duration;

/// Returns the summary of a suite whose steps all passed. `thinner` says what was skipped, and why, one line each.
pub(crate) fn describe(times: &[(&str, Duration)], thinner: &[String], not_run: &[String]) -> String {
    let mut out = format!("\nAll {} steps passed:\n", times.len());
    let total: Duration = times.iter().map(|(_, took)| *took).sum();
    for (name, took) in times.iter().copied().chain([("together", total)]) {
        out.push_str(&format!("  {:<40} {:>8.1} s\n", name, took.as_secs_f64()));
    }
    out.push('\n');
    match thinner {
        [] => out.push_str("Nothing was skipped.\n"),
        _ => {
            out.push_str(&format!("{} skipped or thinner than on a machine with everything:\n", count(thinner.len())));
            thinner.iter().for_each(|line| out.push_str(&format!("  - {line}\n")));
        }
    }
    if !not_run.is_empty() {
        out.push_str("Never run by the suite:\n");
        not_run.iter().for_each(|line| out.push_str(&format!("  - {line}\n")));
    }
    out
}

fn count(parts: usize) -> String {
    if parts == 1 { "1 part was".into() } else { format!("{parts} parts were") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: [(&str, Duration); 2] =
        [("clippy", Duration::from_millis(1_500)), ("book", Duration::from_millis(500))];

    #[test]
    fn summary_names_what_was_skipped_and_why() {
        let thinner = ["book: mdbook is not installed".to_owned(), "queue: no nats-server".to_owned()];
        let text = describe(&TIMES, &thinner, &["`b2sum x` is not run: a download".into()]);
        for expected in [
            "All 2 steps passed:\n",
            "together                                      2.0 s\n",
            "2 parts were skipped or thinner",
            "  - book: mdbook is not installed\n",
            "  - queue: no nats-server\n",
            "Never run by the suite:\n  - `b2sum x` is not run: a download\n",
        ] {
            assert!(text.contains(expected), "missing {expected:?}: {text}");
        }
        assert!(!text.contains("Nothing was skipped"));
    }

    #[test]
    fn summary_of_a_whole_suite_says_that_nothing_was_skipped() {
        let text = describe(&TIMES, &[], &[]);
        assert!(text.ends_with("\nNothing was skipped.\n"), "{text}");
    }
}
