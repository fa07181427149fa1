//! Views that lie about a recorded election while its events are true: a check finds each lie, unless no check reads
//! the field.

use std::collections::BTreeSet;

use psephos_client::{
    Silent,
    verify::{PollEvidence, check_evidence},
};
use psephos_testkit::{
    RecordedElection,
    alteration::{Alteration, ContractAbi},
};

/// The fields that no check reads: what they say follows from others.
const UNREAD: [&str; 5] = [
    "Rewards.chamber.ballots",
    "Rewards.chamber.ctx",
    "Rewards.chamber.earnsBonus",
    "Rewards.reward.stage",
    "Rewards.reward.surplus",
];

/// Asserts that verification finds every alteration of a view of the first poll, but for those of unread fields.
pub(crate) fn assert_found(recorded: &RecordedElection) {
    let (abi, poll) = (ContractAbi::default(), recorded.polls[0]);
    let truth = &recorded.evidence[&poll];
    let (&chamber, listed) = truth.chambers.first_key_value().unwrap();
    let (committee, reward) = (truth.committee.as_ref().unwrap(), truth.reward.as_ref().unwrap());
    let (pot, paid) = (truth.pot.as_ref().unwrap(), &reward.chambers[&chamber]);
    let mut unread = BTreeSet::new();
    let mut count = 0;
    let mut judge = |view: &str, field: &str, alter: &dyn Fn(&mut PollEvidence)| {
        let mut evidence = truth.clone();
        alter(&mut evidence);
        count += 1;
        if check_evidence(&evidence, &recorded.circuits, &Silent).is_ok_and(|report| report.passed()) {
            unread.insert(format!("{view}.{field}"));
        }
    };
    for Alteration { field, value, .. } in abi.alter_view("Polls", "poll", &truth.view) {
        judge("Polls.poll", &field, &|evidence| evidence.view = value.clone());
    }
    for Alteration { field, value, .. } in abi.alter_view("Polls", "chamber", listed) {
        judge("Polls.chamber", &field, &|evidence| drop(evidence.chambers.insert(chamber, value.clone())));
    }
    for Alteration { field, value, .. } in abi.alter_view("Committee", "committee", committee) {
        judge("Committee.committee", &field, &|evidence| evidence.committee = Some(value.clone()));
    }
    for Alteration { field, value, .. } in abi.alter_view("Rewards", "reward", &reward.view) {
        judge("Rewards.reward", &field, &|evidence| evidence.reward.as_mut().unwrap().view = value.clone());
    }
    for Alteration { field, value, .. } in abi.alter_view("Rewards", "chamber", paid) {
        judge("Rewards.chamber", &field, &|evidence| {
            evidence.reward.as_mut().unwrap().chambers.insert(chamber, value.clone());
        });
    }
    for Alteration { field, value, .. } in abi.alter_view("FeePot", "pot", &pot.view) {
        judge("FeePot.pot", &field, &|evidence| evidence.pot.as_mut().unwrap().view = value.clone());
    }
    println!("{count} alterations of views; unread: {unread:?}");
    assert!(count > 150, "{count}");
    assert_eq!(unread.iter().map(String::as_str).collect::<Vec<_>>(), UNREAD);
}
