//! Fingerprints of polls, against vectors and against events that lie.

use alloy_primitives::{Address, B256, U256, address};
use psephos_protocol::{
    context::derive_scope,
    elements::KeysHash,
    identifiers::{ChainId, ChamberId, PollId},
};
use serde_json::Value;

use super::story::{Story, poll_created, poll_parameters};
use crate::{
    bindings::{
        ICommittee::CommitteeReady,
        IPolls::{ChamberRule, DecisionKind, Kind, PollCreated, PollParameters, Rule},
    },
    fingerprint::{ContentWords, PollContent},
    words,
};

const VECTORS: &str = include_str!("../../../vectors/fingerprint.json");

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
    value.as_str().unwrap().parse().unwrap()
}

fn read_chamber(value: &Value) -> ChamberRule {
    ChamberRule {
        chamber: number(&value["chamber"]),
        weighted: value["weighted"].as_bool().unwrap(),
        minBallots: number(&value["minBallots"]) as u32,
        thresholdBps: number(&value["thresholdBps"]) as u16,
        quorum: number(&value["quorum"]),
        step: number(&value["step"]),
    }
}

fn read_parameters(value: &Value) -> PollParameters {
    PollParameters {
        proposal: text(&value["proposal"]),
        metadata: value["metadata"].as_str().unwrap().to_owned(),
        options: number(&value["options"]) as u8,
        rule: Rule {
            kind: Kind::try_from(number(&value["rule"]["kind"]) as u8).unwrap(),
            parameter: number(&value["rule"]["parameter"]) as u16,
            exact: value["rule"]["exact"].as_bool().unwrap(),
            choiceInNote: value["rule"]["choiceInNote"].as_bool().unwrap(),
            masked: value["rule"]["masked"].as_bool().unwrap(),
        },
        decision: DecisionKind::try_from(number(&value["decision"]) as u8).unwrap(),
        chambersRequired: number(&value["chambersRequired"]) as u8,
        chambers: value["chambers"].as_array().unwrap().iter().map(read_chamber).collect(),
        committee: number(&value["committee"]),
        teller: number(&value["teller"]) as u8,
        canceller: text(&value["canceller"]),
        cancelDeadline: number(&value["cancelDeadline"]),
        opensAt: number(&value["opensAt"]),
        closesAt: number(&value["closesAt"]),
        tallyDeadline: number(&value["tallyDeadline"]),
    }
}

#[test]
fn fingerprints_equal_vectors() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let polls = vectors["polls"].as_array().unwrap();
    for vector in polls {
        let (name, given) = (&vector["name"], &vector["parameters"]);
        let parameters = read_parameters(given);
        let chain_id = ChainId::new(number(&given["chainId"]));
        let content = PollContent::new(chain_id, text(&given["polls"]), text(&given["creator"]), &parameters);
        assert_eq!(content.hash(), text(&vector["content"]), "{name}");
        assert_eq!(ContentWords::new(content.hash()).to_string(), vector["words"].as_str().unwrap(), "{name}");
        let keys: KeysHash = serde_json::from_value(given["keysHash"].clone()).unwrap();
        let fingerprint = content.fingerprint(PollId::new(number(&given["number"])), &parameters, keys);
        assert_eq!(fingerprint, text(&vector["fingerprint"]), "{name}");
        for (chamber, scope) in parameters.chambers.iter().zip(vector["scopes"].as_array().unwrap()) {
            let derived = derive_scope(fingerprint, ChamberId::new(chamber.chamber));
            assert_eq!(derived, serde_json::from_value(scope.clone()).unwrap(), "{name}");
        }
    }
    assert!(polls.len() >= 5);
}

/// A state with a committee that has keys, in which polls have fingerprints.
fn story_with_committee() -> Story {
    let mut story = Story::new();
    story.chamber().create_committee(1, 1).register(0);
    let keys = words::from_points(story.deal(0).key_vector().unwrap().keys()).try_into().unwrap();
    story.committee(&CommitteeReady { committee: U256::ZERO, keys });
    story
}

fn honest_fingerprint() -> B256 {
    story_with_committee().fingerprint(1, &poll_parameters(&[0]))
}

#[test]
fn fingerprint_follows_from_parameters_and_keys() {
    let mut story = story_with_committee();
    let mut created = poll_created(1, poll_parameters(&[0]));
    created.fingerprint = honest_fingerprint();
    story.polls(&created);
    assert!(story.findings().is_empty(), "{:?}", story.findings());
    let poll = story.0.poll(PollId::new(1)).unwrap();
    assert_eq!(poll.require_fingerprint().unwrap().to_bytes(), created.fingerprint.0);
}

/// Changes one parameter of a poll.
type Alteration = fn(&mut PollParameters);

/// An altered event changes the fingerprint that is computed from it, and not the one that the contract stated.
#[test]
fn every_altered_parameter_is_found() {
    let alterations: [(&str, Alteration); 19] = [
        ("metadata", |p| p.metadata.push(' ')),
        ("options", |p| p.options = 2),
        ("kind", |p| p.rule.kind = Kind::Approval),
        ("parameter", |p| p.rule.parameter = 1),
        ("exact", |p| p.rule.exact = true),
        ("choice in note", |p| p.rule.choiceInNote = true),
        ("masked", |p| p.rule.masked = true),
        ("decision", |p| p.decision = DecisionKind::Motion),
        ("chambersRequired", |p| p.chambersRequired = 2),
        ("chamber", |p| p.chambers[0].chamber = 1),
        ("weighted", |p| p.chambers[0].weighted = false),
        ("minBallots", |p| p.chambers[0].minBallots = 2),
        ("thresholdBps", |p| p.chambers[0].thresholdBps = 1),
        ("quorum", |p| p.chambers[0].quorum = 1),
        ("canceller", |p| p.canceller = address!("0x0000000000000000000000000000000000000001")),
        ("cancelDeadline", |p| p.cancelDeadline = 11),
        ("opensAt", |p| p.opensAt += 1),
        ("closesAt", |p| p.closesAt += 1),
        ("tallyDeadline", |p| p.tallyDeadline += 1),
    ];
    let honest = honest_fingerprint();
    for (name, alter) in alterations {
        let mut parameters = poll_parameters(&[0]);
        alter(&mut parameters);
        let mut created = poll_created(1, parameters);
        created.fingerprint = honest;
        let mut story = story_with_committee();
        story.polls(&created);
        assert!(story.findings()[0].starts_with("poll 1 has fingerprint 0x"), "{name}: {:?}", story.findings());
    }
    for (name, alter) in [
        ("number", (|created| created.poll = U256::from(2)) as fn(&mut PollCreated)),
        ("creator", |created| created.creator = Address::ZERO),
        ("fingerprint", |created| created.fingerprint.0[31] ^= 1),
    ] {
        let mut created = poll_created(1, poll_parameters(&[0]));
        created.fingerprint = honest;
        alter(&mut created);
        let mut story = story_with_committee();
        story.polls(&created);
        assert!(story.findings()[0].contains("has fingerprint 0x"), "{name}: {:?}", story.findings());
    }
    let mut created = poll_created(1, poll_parameters(&[0]));
    (created.fingerprint, created.proposal) = (honest, B256::repeat_byte(1));
    let mut story = story_with_committee();
    story.polls(&created);
    assert!(story.findings()[0].contains("filed under another"), "{:?}", story.findings());
}
