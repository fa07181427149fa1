//! Each check notices what it is for: one change of honest evidence at a time.

mod answers;
mod cases;
mod fixture;
mod story;

use std::{collections::BTreeSet, sync::Arc};

use psephos_chain::{B256, U256};
use psephos_protocol::{Point, elements::Nullifier};
use psephos_state::{
    EventPosition, Finding, ProofData, SheetPoll, Subject, bindings::ISheets::State, fingerprint::hash_text,
    sheet::SheetChamber,
};

use self::{
    answers::honest_evidence,
    fixture::{REFUSED, SHEET, Verifier, proof, transaction},
    story::Story,
};
use super::*;
use crate::{
    progress::Silent,
    test_state::{CHAMBER, TRUSTEE},
};

/// Returns the names of the checks that fail.
fn failed(evidence: &SheetEvidence) -> BTreeSet<String> {
    let entry = evidence.state.sheet(SHEET).unwrap();
    let verifier = Verifier::new();
    let verifiers = SheetVerifiers { sheets: &verifier, shares: &verifier };
    let checks = check_contents(evidence, entry, &verifiers, &Silent);
    checks.iter().filter(|check| !check.passed()).map(|check| format!("{:?}", check.name)).collect()
}

fn sheet_mut(evidence: &mut SheetEvidence) -> &mut SheetPoll {
    Arc::make_mut(evidence.state.sheets.get_mut(&SHEET).unwrap())
}

fn chamber_mut(evidence: &mut SheetEvidence) -> &mut SheetChamber {
    sheet_mut(evidence).chambers.get_mut(&CHAMBER).unwrap()
}

fn at(block: u64) -> EventPosition {
    EventPosition { block, transaction: transaction(block) }
}

/// A change of honest evidence, and the check that must notice it.
type Change = (CheckName, &'static str, fn(&mut SheetEvidence));

fn require_noticed(honest: &SheetEvidence, changes: &[Change]) {
    for (name, what, change) in changes {
        let mut changed = honest.clone();
        change(&mut changed);
        let found = failed(&changed);
        assert!(found.contains(&format!("{name:?}")), "{what}: {name:?} does not fail, but {found:?} do");
    }
}

#[test]
fn every_check_notices_what_it_is_for() {
    let honest = honest_evidence(Story::enacted());
    assert_eq!(failed(&honest), BTreeSet::new());
    use CheckName as Name;
    require_noticed(
        &honest,
        &[
            (Name::Events, "a finding", |evidence| {
                let (block, transaction, description) = (1, B256::ZERO, "nothing fits".to_owned());
                evidence.state.findings.push(Finding {
                    block,
                    transaction,
                    subject: Subject::Sheet(SHEET),
                    description,
                });
            }),
            (Name::Events, "no opening", |evidence| sheet_mut(evidence).opened = false),
            (Name::Events, "no turnout before totals", |evidence| chamber_mut(evidence).turnout = None),
            (Name::Fingerprint, "another fingerprint", |evidence| evidence.view.fingerprint = B256::repeat_byte(9)),
            (Name::Text, "another agenda", |evidence| sheet_mut(evidence).parameters.agenda = [9; 32]),
            (Name::Text, "unreadable text", |evidence| sheet_mut(evidence).parameters.metadata = "{}".into()),
            (Name::Views, "another proposal", |evidence| evidence.view.proposal = hash_text("other")),
            (Name::Views, "another chamber", |evidence| evidence.chamber_ids.push(U256::from(7))),
            (Name::Views, "no counters", |evidence| answers_mut(evidence).counters = None),
            (Name::Views, "other counters", |evidence| answers_mut(evidence).counters.as_mut().unwrap()[3].agree = 1),
            (Name::Views, "another number of refusals", |evidence| answers_mut(evidence).view.refusals = 1),
            (Name::Members, "an unknown member", |evidence| evidence.members.clear()),
            (Name::Census, "another root", |evidence| answers_mut(evidence).view.root = U256::from(7)),
            (Name::Context, "another context", |evidence| {
                let frozen = chamber_mut(evidence).frozen.as_mut().unwrap();
                frozen.ctx = psephos_protocol::elements::Context::from_u64(8);
            }),
            (Name::Context, "no fingerprint", |evidence| sheet_mut(evidence).fingerprint = None),
            (Name::BallotProofs, "a false proof", |evidence| {
                chamber_mut(evidence).sheets[1].proof = ProofData::Found(vec![proof(REFUSED)]);
            }),
            (Name::BallotProofs, "no proof", |evidence| chamber_mut(evidence).sheets[1].proof = ProofData::NotLoaded),
            (Name::Replacements, "a replacement of nothing", |evidence| {
                chamber_mut(evidence).sheets[1].previous = [7; 32]
            }),
            (Name::BallotCount, "a sheet that the contract does not count", |evidence| {
                answers_mut(evidence).view.ballots = 3;
            }),
            (Name::BallotCount, "more sheets than members", |evidence| {
                chamber_mut(evidence).latest.insert(Nullifier::from_u64(1), 0);
            }),
            (Name::Batches, "a sheet that no event is about", |evidence| {
                chamber_mut(evidence).batches[0].nullifiers.push(U256::from(7));
            }),
            (Name::Slots, "another slot", |evidence| {
                answers_mut(evidence).slots.values_mut().for_each(|slot| *slot += U256::from(1));
            }),
            (Name::EncryptedTotal, "another total", |evidence| answers_mut(evidence).totals[2][0] = U256::from(7)),
            (Name::Share, "a false proof of a share", |evidence| {
                chamber_mut(evidence).shares[1].proof = proof(REFUSED)
            }),
            (Name::Share, "another trustee", |evidence| chamber_mut(evidence).shares[0].index = u64::MAX),
            (Name::Share, "a share twice", |evidence| {
                let share = chamber_mut(evidence).shares[0].clone();
                chamber_mut(evidence).shares.push(share);
            }),
            (Name::Turnout, "another turnout", |evidence| {
                let turnout = &mut chamber_mut(evidence).turnout.as_mut().unwrap().turnout;
                (turnout.lower, turnout.upper) = (3, 1);
            }),
            (Name::Turnout, "another share of the turnout", |evidence| {
                chamber_mut(evidence).shares[0].points[0] = Point::generator();
            }),
            (Name::Turnout, "no share", |evidence| chamber_mut(evidence).turnout.as_mut().unwrap().trustees = 2),
            (Name::Camps, "a camp called too small", |evidence| {
                chamber_mut(evidence).turnout.as_mut().unwrap().too_small = true;
            }),
            (Name::Camps, "a camp that is too small", |evidence| chamber_mut(evidence).rule.least_camp = 3),
            (Name::Totals, "another total", |evidence| {
                chamber_mut(evidence).blocks.get_mut(&2).unwrap().totals[1] -= 1;
            }),
            (Name::Totals, "a total less", |evidence| {
                chamber_mut(evidence).blocks.get_mut(&2).unwrap().totals.truncate(2)
            }),
            (Name::Totals, "no share", |evidence| chamber_mut(evidence).blocks.get_mut(&1).unwrap().trustees = 3),
            (Name::Order, "a share before the turnout", |evidence| chamber_mut(evidence).shares[1].position = at(21)),
            (Name::Order, "a tally before the turnout", |evidence| {
                chamber_mut(evidence).blocks.get_mut(&1).unwrap().position = at(21);
            }),
            (Name::Order, "too few sheets", |evidence| chamber_mut(evidence).rule.min_ballots = 5),
            (Name::Schedule, "a sheet after the close", |evidence| chamber_mut(evidence).sheets[0].position = at(20)),
            (Name::Schedule, "a late share", |evidence| chamber_mut(evidence).shares[2].position = at(31)),
            (Name::Schedule, "an early turnout", |evidence| {
                chamber_mut(evidence).turnout.as_mut().unwrap().position = at(19);
            }),
            (Name::Schedule, "an early end", |evidence| {
                sheet_mut(evidence).ended = Some((psephos_state::SheetState::Finished, at(19)));
            }),
            (Name::Positions, "another block", |evidence| chamber_mut(evidence).sheets[3].position.block = 13),
            (Name::Positions, "another order", |evidence| chamber_mut(evidence).sheets[0].position = at(13)),
            (Name::Calls, "another share than in its call", |evidence| {
                chamber_mut(evidence).shares[1].points[0] = Point::generator();
            }),
            (Name::Calls, "a share that no event is about", |evidence| drop(chamber_mut(evidence).shares.pop())),
            (Name::Calls, "another turnout than in its call", |evidence| {
                chamber_mut(evidence).turnout.as_mut().unwrap().trustees = 2;
            }),
            (Name::Calls, "no transaction", |evidence| evidence.calls.clear()),
            (Name::Outcome, "another end", |evidence| evidence.view.state = State::Undecided),
            (Name::Outcome, "finished before its tally", |evidence| drop(chamber_mut(evidence).blocks.remove(&2))),
            (Name::Adoption, "another verdict", |evidence| evidence.verdict.as_mut().unwrap().adopted = 3),
            (Name::Adoption, "contested as unheard", |evidence| {
                let verdict = evidence.verdict.as_mut().unwrap();
                (verdict.contested, verdict.unheard) = (0, verdict.contested);
            }),
            (Name::Adoption, "no verdict", |evidence| evidence.verdict = None),
            (Name::Adoption, "a verdict without totals", |evidence| chamber_mut(evidence).blocks.clear()),
            (Name::Missing, "a trustee that is blamed", |evidence| {
                chamber_mut(evidence).missing_trustees.insert(2, vec![TRUSTEE]);
            }),
        ],
    );
}

fn answers_mut(evidence: &mut SheetEvidence) -> &mut SheetChamberEvidence {
    evidence.chambers.get_mut(&CHAMBER).unwrap()
}

fn version_mut(evidence: &mut SheetEvidence) -> &mut psephos_state::CharterVersion {
    evidence.state.charters.get_mut(&1).unwrap()
}
