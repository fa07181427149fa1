//! Choices of chambers and decisions of polls.

use psephos_protocol::decision::{ChamberChoice, Decision, DecisionKind, choose_option, decide_poll};
use serde_json::Value;

use crate::read::{as_list, as_number, as_numbers, as_text, parse_vectors};

const VECTORS: &str = include_str!("../../../vectors/decision.json");

fn as_option(value: &Value) -> usize {
    as_number(value) as usize
}

fn read_kind(vector: &Value) -> DecisionKind {
    match as_text(&vector["decision"]) {
        "options" => DecisionKind::Options,
        "motion" => DecisionKind::Motion,
        other => panic!("unknown kind {other}"),
    }
}

fn read_choice(value: &Value) -> ChamberChoice {
    match value {
        Value::Null => ChamberChoice::NoOption,
        Value::String(text) if text == "pending" => ChamberChoice::Pending,
        option => ChamberChoice::Option(as_option(option)),
    }
}

#[test]
fn choices_of_chambers_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    let all = as_list(&vectors["choices"]);
    for vector in all {
        let (quorum, threshold) = (as_number(&vector["quorum"]), as_number(&vector["threshold_bps"]) as u16);
        let expected = (!vector["choice"].is_null()).then(|| as_option(&vector["choice"]));
        assert_eq!(
            choose_option(read_kind(vector), &as_numbers(&vector["totals"]), quorum, threshold),
            expected,
            "{vector}"
        );
    }
    assert!(all.len() >= 90);
}

#[test]
fn decisions_of_polls_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    let all = as_list(&vectors["polls"]);
    for vector in all {
        let expected = match as_text(&vector["state"]) {
            "decided" => Decision::Decided(as_option(&vector["outcome"])),
            "rejected" => Decision::Rejected,
            "open" => Decision::Open,
            other => panic!("unknown state {other}"),
        };
        let choices = as_list(&vector["choices"]).iter().map(read_choice);
        let required = as_number(&vector["chambers_required"]) as u8;
        assert_eq!(
            decide_poll(read_kind(vector), choices, as_list(&vector["votes"]).len(), required),
            expected,
            "{vector}"
        );
    }
    assert!(all.len() >= 170);
}
