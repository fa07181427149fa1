//! The JSON file that describes a poll.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use std::path::Path;

use psephos_client::files::read_text;
use psephos_client::operator::NewPoll;
use psephos_protocol::constants::MAX_TOTAL;
use psephos_protocol::decision::{DecisionKind, MOTION_OPTIONS};
use psephos_protocol::rule::{Rule, RuleKind};
use psephos_state::metadata::{Link, Metadata};
use psephos_state::{Address, Cancellation, ChamberRule};
use serde::Deserialize;

use crate::failure::Failure;
use crate::times::FileTime;

/// The maximum size of the file, in bytes.
const MAX_BYTES: usize = 64 * 1024;
const FILE_HINT: &str = "the guide for DAOs describes the file field by field";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PollFile {
    title: String,
    #[serde(default)]
    options: Vec<String>,
    description: Option<String>,
    link: Option<Link>,
    rule: RuleFile,
    #[serde(default)]
    decision: DecisionFile,
    opens_at: FileTime,
    closes_at: FileTime,
    tally_deadline: FileTime,
    committee: CommitteeId,
    teller: Option<u8>,
    chambers_required: u8,
    chambers: Vec<ChamberFile>,
    ratifies: Option<PollId>,
    cancellation: Option<CancellationFile>,
}

/// The kind of decision.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DecisionFile {
    #[default]
    Options,
    Motion,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CancellationFile {
    canceller: Address,
    deadline: FileTime,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleFile {
    kind: RuleKind,
    #[serde(default)]
    parameter: u16,
    #[serde(default)]
    exact: bool,
    #[serde(default)]
    choice_in_note: bool,
    #[serde(default)]
    masked: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChamberFile {
    chamber: ChamberId,
    weighted: bool,
    min_ballots: u32,
    quorum: u64,
    threshold_bps: u16,
    totals: Option<TotalsFile>,
}

/// What is published of a chamber's totals; by default buckets whose size follows from the census.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "totals is \"exact\", \"decision-only\" or a step, a number of at least 2")]
enum TotalsFile {
    Word(TotalsWord),
    Step(u64),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TotalsWord {
    /// Exact totals.
    Exact,
    /// The greatest option and the choice, and no total.
    DecisionOnly,
}

/// The step of a chamber whose file does not say what is published of its totals: [`super::rounding::complete`] fills
/// it in, which knows the census.
pub(super) const UNSAID_STEP: u64 = 0;

/// Reads and checks the description of a poll. The contract checks it again. Steps may be [`UNSAID_STEP`].
pub(super) fn read_poll_file(path: &Path) -> Result<(NewPoll, Metadata), Failure> {
    let text = read_text(path, MAX_BYTES)?;
    let file: PollFile = serde_json::from_str(&text).map_err(|error| {
        Failure::invalid_input(format!("{} does not describe a poll: {error}", path.display()), FILE_HINT)
    })?;
    let refuse = |what: String| Failure::invalid_input(format!("{}: {what}", path.display()), FILE_HINT);
    let decision = to_decision(file.decision);
    let options = count_options(&file);
    let metadata = Metadata {
        description: file.description.clone(),
        link: file.link.clone(),
        ..Metadata::new(&file.title, &file.options)
    };
    let text = metadata.to_json(decision, options).map_err(|error| refuse(error.to_string()))?;
    check_poll_file(&file).map_err(refuse)?;
    let chambers = file.chambers.iter().map(|chamber| ChamberRule {
        chamber: chamber.chamber,
        weighted: chamber.weighted,
        min_ballots: chamber.min_ballots,
        threshold_bps: chamber.threshold_bps,
        quorum: chamber.quorum,
        step: to_step(chamber.totals),
    });
    let cancellation = file.cancellation.as_ref();
    let poll = NewPoll {
        rule: to_rule(&file.rule),
        decision,
        cancellation: cancellation.map(|file| Cancellation { canceller: file.canceller, deadline: file.deadline.0 }),
        chambers: chambers.collect(),
        metadata: text,
        options: u8::try_from(options).unwrap_or(u8::MAX),
        opens_at: file.opens_at.0,
        closes_at: file.closes_at.0,
        tally_deadline: file.tally_deadline.0,
        committee: file.committee,
        teller: file.teller.unwrap_or_default(),
        chambers_required: file.chambers_required,
        ratifies: file.ratifies,
    };
    Ok((poll, metadata))
}

fn to_step(totals: Option<TotalsFile>) -> u64 {
    match totals {
        None => UNSAID_STEP,
        Some(TotalsFile::Word(TotalsWord::Exact)) => 1,
        Some(TotalsFile::Word(TotalsWord::DecisionOnly)) => MAX_TOTAL,
        Some(TotalsFile::Step(step)) => step,
    }
}

fn to_decision(file: DecisionFile) -> DecisionKind {
    match file {
        DecisionFile::Options => DecisionKind::Options,
        DecisionFile::Motion => DecisionKind::Motion,
    }
}

fn count_options(file: &PollFile) -> usize {
    match file.decision {
        DecisionFile::Options => file.options.len(),
        DecisionFile::Motion => MOTION_OPTIONS,
    }
}

fn to_rule(file: &RuleFile) -> Rule {
    let RuleFile { kind, parameter, exact, choice_in_note, masked } = *file;
    Rule { kind, parameter, exact, choice_in_note, masked }
}

fn check_poll_file(file: &PollFile) -> Result<(), String> {
    if matches!(file.decision, DecisionFile::Motion) && file.rule.kind != RuleKind::Plurality {
        return Err("a motion is decided by plurality: each ballot is For, Against or Abstain".into());
    }
    if !(file.opens_at < file.closes_at && file.closes_at < file.tally_deadline) {
        return Err(format!(
            "opens_at ({}), closes_at ({}) and tally_deadline ({}) must be in this order",
            file.opens_at.0, file.closes_at.0, file.tally_deadline.0
        ));
    }
    if file.chambers.is_empty() {
        return Err("`chambers` is empty: a poll needs at least one chamber".into());
    }
    if file.chambers_required == 0 || usize::from(file.chambers_required) > file.chambers.len() {
        let chambers = file.chambers.len();
        return Err(format!("chambers_required is {}: it must be from 1 to {chambers}", file.chambers_required));
    }
    for (position, chamber) in file.chambers.iter().enumerate() {
        let number = chamber.chamber;
        to_rule(&file.rule).to_parameters(count_options(file), chamber.weighted).map_err(|error| error.to_string())?;
        if file.chambers[..position].iter().any(|earlier| earlier.chamber == number) {
            return Err(format!("chamber {number} is listed twice"));
        }
        if let Some(TotalsFile::Step(step @ (0..=1 | MAX_TOTAL..))) = chamber.totals {
            return Err(format!(
                "chamber {number}: totals is {step}, a step is at least 2; say \"exact\" for exact totals, or \
                 \"decision-only\" for none"
            ));
        }
        if chamber.min_ballots == 0 {
            return Err(format!("chamber {number}: min_ballots is 0, it must be at least 1"));
        }
        if chamber.threshold_bps > 10_000 {
            return Err(format!(
                "chamber {number}: threshold_bps is {}, it must be at most 10000",
                chamber.threshold_bps
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{ "title": "T", "options": ["A", "B"], "rule": { "kind": "plurality" }, "opens_at": 1,
        "closes_at": 2, "tally_deadline": 3, "committee": 0, "chambers_required": 1,
        "chambers": [{ "chamber": 0, "weighted": true, "min_ballots": 3, "quorum": 5, "threshold_bps": 5000 }] }"#;

    fn read_error(from: &str, to: &str) -> String {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), GOOD.replace(from, to)).expect("written");
        read_poll_file(file.path()).map(drop).expect_err("rejected").message()
    }

    #[test]
    fn valid_poll_file_is_read() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), GOOD).expect("written");
        let (poll, metadata) = read_poll_file(file.path()).map_err(|failure| failure.message()).expect("valid");
        assert_eq!((poll.options, poll.chambers.len(), metadata.options.len()), (2, 1, 2));
    }

    #[test]
    fn invalid_poll_files_are_rejected_by_field() {
        let cases = [
            (r#""options": ["A", "B"]"#, r#""options": ["A"]"#, "options"),
            (r#""kind": "plurality""#, r#""kind": "lottery""#, "lottery"),
            (r#""kind": "plurality""#, r#""kind": "plurality", "parameter": 3"#, "parameter"),
            (r#""closes_at": 2"#, r#""closes_at": 1"#, "in this order"),
            (r#""closes_at": 2"#, r#""closes_at": 1796126400000"#, "milliseconds"),
            (r#""closes_at": 2"#, r#""closes_at": "2026-12-01T12:00:00""#, "offset"),
            (r#""chambers_required": 1"#, r#""chambers_required": 2"#, "chambers_required"),
            (r#""min_ballots": 3"#, r#""min_ballots": 0"#, "min_ballots"),
            (r#""threshold_bps": 5000"#, r#""threshold_bps": 10001"#, "threshold_bps"),
            (r#""quorum": 5"#, r#""quorum": 5, "totals": 0"#, "totals is 0"),
            (r#""quorum": 5"#, r#""quorum": 5, "totals": 1"#, "\"exact\""),
            (r#""quorum": 5"#, r#""quorum": 5, "totals": 1099511627776"#, "decision-only"),
            (r#""quorum": 5"#, r#""quorum": 5, "totals": "rounded""#, "totals"),
            (r#""title": "T""#, r#""title": "T", "titel": "U""#, "titel"),
            (r#""committee": 0"#, r#""committee": -1"#, "-1"),
        ];
        for (from, to, expected) in cases {
            let what = read_error(from, to);
            assert!(what.contains(expected), "{to}: {what}");
        }
    }
}
