use psephos_protocol::identifiers::SheetId;
use psephos_protocol::{
    Point, committee::TransportSecret, elements::StatementHash, fingerprint::PollFingerprint, identity::Seed,
    rule::RuleKind,
};
use psephos_state::{B256, CallEvidence, DecryptionShare, Finding, PollState, Subject, Tally, TallyResult};

use super::*;
use crate::test_state::{
    CHAMBER, CLOSES, COMMITTEE, POLL, TRUSTEE, cast_vote, chamber_mut, open_poll_state, poll_mut, trustee_secret,
};

/// The result of verifying proofs that the test dictates.
#[derive(Default)]
struct DictatedChecks {
    dealings: Vec<String>,
    ballots: Vec<String>,
}

impl ProofChecks for DictatedChecks {
    fn find_unproved_dealings(&self, _: &ChainState, _: CommitteeId) -> Result<Vec<String>, TrusteeError> {
        Ok(self.dealings.clone())
    }

    fn find_unproved_ballots(&self, _: &ChainState, _: PollId, _: ChamberId) -> Result<Vec<String>, TrusteeError> {
        Ok(self.ballots.clone())
    }
}

/// Fails the test if a proof is verified: an earlier check must refuse.
struct NoChecks;

impl ProofChecks for NoChecks {
    fn find_unproved_dealings(&self, _: &ChainState, _: CommitteeId) -> Result<Vec<String>, TrusteeError> {
        panic!("a dealing is verified although an earlier check fails")
    }

    fn find_unproved_ballots(&self, _: &ChainState, _: PollId, _: ChamberId) -> Result<Vec<String>, TrusteeError> {
        panic!("a ballot is verified although an earlier check fails")
    }
}

/// Returns the evidence of a closed poll with two ballots that may be decrypted.
fn good_evidence() -> Evidence {
    let mut state = open_poll_state(RuleKind::Plurality, 0, 3);
    cast_vote(&mut state, 1, &[1, 0, 0], false);
    cast_vote(&mut state, 2, &[0, 1, 0], false);
    state.time = CLOSES;
    let case = DecryptionCase { account: TRUSTEE, poll: POLL, chamber: CHAMBER };
    let close = CloseEvidence { clock: Some(CLOSES), confirmations: 64, confirmed_time: Some(CLOSES) };
    let (listed, frozen) = state.opened_chamber(POLL, CHAMBER).unwrap();
    let total = listed.encrypted_total(3).coordinates().iter().map(words::from_field).collect();
    let ctx = words::from_field(&frozen.ctx);
    Evidence { state, case, close, total, ctx }
}

/// Returns the reason of the refusal after a change of the evidence. No proof is verified before it.
fn refusal_after(change: impl FnOnce(&mut Evidence)) -> Refusal {
    refusal_with(change, &NoChecks)
}

fn refusal_with(change: impl FnOnce(&mut Evidence), checks: &dyn ProofChecks) -> Refusal {
    let mut evidence = good_evidence();
    change(&mut evidence);
    match decide_decryption(&evidence, &trustee_secret(), checks) {
        Err(TrusteeError::Refused(refusal)) => refusal,
        Err(error) => panic!("expected a refusal, got {error}"),
        Ok(_) => panic!("the decryption is not refused"),
    }
}

fn posted_share(trustee: Address) -> DecryptionShare {
    DecryptionShare {
        trustee,
        index: 0,
        points: vec![Point::identity(); 3],
        blinding: None,
        h: StatementHash::from_u64(0),
        proof: [U256::ZERO; 8],
        transaction: B256::ZERO,
        block: 1,
        call: CallEvidence::NotLoaded,
    }
}

#[test]
fn good_evidence_decrypts_with_the_trustees_own_key_share() {
    let evidence = good_evidence();
    let decision = decide_decryption(&evidence, &trustee_secret(), &DictatedChecks::default()).unwrap();
    let Decision::Decrypt(decision) = decision else { panic!("the total may be decrypted") };
    let (listed, frozen) = evidence.state.opened_chamber(POLL, CHAMBER).unwrap();
    assert_eq!((decision.index, decision.ctx), (0, frozen.ctx));
    assert_eq!(decision.total.coordinates(), listed.encrypted_total(3).coordinates());
    let commitments = evidence.state.committees[&COMMITTEE].commitments().unwrap();
    assert_eq!(decision.key_share.public_keys(), commitments.evaluate_at(1));
}

#[test]
fn open_poll_is_refused() {
    let refusal = refusal_after(|evidence| evidence.state.time = CLOSES - 1);
    assert_eq!(refusal, Refusal::NotClosed { poll: POLL, state: PollState::Open });
}

#[test]
fn poll_that_has_ended_early_is_still_decrypted() {
    let mut evidence = good_evidence();
    poll_mut(&mut evidence.state).ended = Some((PollState::Decided, 1));
    assert!(matches!(
        decide_decryption(&evidence, &trustee_secret(), &DictatedChecks::default()),
        Ok(Decision::Decrypt(_))
    ));
}

#[test]
fn tallied_chamber_is_refused() {
    let tally = Tally {
        trustees: 1,
        result: TallyResult::Exact(vec![1, 1, 0]),
        choice: None,
        transaction: B256::ZERO,
        block: 2,
        call: CallEvidence::NotLoaded,
    };
    let refusal = refusal_after(|evidence| chamber_mut(&mut evidence.state).tally = Some(tally));
    assert_eq!(refusal, Refusal::AlreadyTallied { chamber: CHAMBER });
}

#[test]
fn second_share_of_a_trustee_is_refused() {
    let refusal = refusal_after(|evidence| chamber_mut(&mut evidence.state).shares.push(posted_share(TRUSTEE)));
    assert_eq!(refusal, Refusal::AlreadyPosted { chamber: CHAMBER });
}

#[test]
fn chamber_below_its_minimum_is_refused() {
    let refusal = refusal_after(|evidence| chamber_mut(&mut evidence.state).rule.min_ballots = 3);
    assert_eq!(refusal, Refusal::TooFewBallots { chamber: CHAMBER, ballots: 2, minimum: 3 });
}

#[test]
fn inconsistent_events_are_refused_unless_they_concern_another_poll() {
    let finding = |subject| Finding { block: 1, transaction: B256::ZERO, subject, description: "impossible".into() };
    for subject in [Subject::All, Subject::Poll(POLL)] {
        let refusal = refusal_after(|evidence| evidence.state.findings.push(finding(subject)));
        assert!(matches!(refusal, Refusal::InvalidEvents(_)), "{refusal}");
    }
    let mut evidence = good_evidence();
    evidence.state.findings.push(finding(Subject::Poll(PollId::new(2))));
    evidence.state.findings.push(finding(Subject::Sheet(SheetId::new(1))));
    assert!(decide_decryption(&evidence, &trustee_secret(), &DictatedChecks::default()).is_ok());
}

#[test]
fn context_that_does_not_follow_from_the_poll_is_refused() {
    // Any other parameter of the poll is another fingerprint.
    let other = PollFingerprint::from_bytes([8; 32]);
    let refusal = refusal_after(|evidence| poll_mut(&mut evidence.state).fingerprint = Some(other));
    assert!(matches!(refusal, Refusal::WrongContext { chamber: CHAMBER, .. }), "{refusal}");
}

#[test]
fn shares_up_to_the_threshold_make_another_one_unnecessary() {
    let mut evidence = good_evidence();
    chamber_mut(&mut evidence.state).shares.push(posted_share(Address::repeat_byte(9)));
    let decision = decide_decryption(&evidence, &trustee_secret(), &NoChecks).unwrap();
    assert!(matches!(decision, Decision::ThresholdReached));
}

#[test]
fn close_in_the_future_of_the_trustees_clock_is_refused() {
    let refusal = refusal_after(|evidence| evidence.close.clock = Some(CLOSES - 1));
    assert_eq!(refusal, Refusal::ClockDisagrees { poll: POLL, closes_at: CLOSES, now: CLOSES - 1 });
}

#[test]
fn close_without_enough_confirmations_is_refused() {
    for confirmed_time in [None, Some(CLOSES - 1)] {
        let refusal = refusal_after(|evidence| evidence.close.confirmed_time = confirmed_time);
        assert_eq!(refusal, Refusal::NotConfirmed { poll: POLL, confirmations: 64 });
    }
}

#[test]
fn account_outside_the_committee_is_refused() {
    let mut evidence = good_evidence();
    evidence.case.account = Address::repeat_byte(9);
    let error = decide_decryption(&evidence, &trustee_secret(), &NoChecks).err().unwrap();
    assert!(matches!(error, TrusteeError::NotTrustee { committee: COMMITTEE, .. }), "{error}");
}

#[test]
fn unregistered_transport_key_is_refused() {
    let other = TransportSecret::from_seed(&Seed::from_bytes([1; 32])).unwrap();
    let error = decide_decryption(&good_evidence(), &other, &NoChecks).err().unwrap();
    assert!(matches!(error, TrusteeError::Refused(Refusal::UnregisteredKey { committee: COMMITTEE })), "{error}");
}

#[test]
fn dealing_that_contradicts_its_commitments_is_refused() {
    let refusal = refusal_after(|evidence| {
        let dealing = &mut evidence.state.committees.get_mut(&COMMITTEE).unwrap().dealings[0];
        dealing.ephemeral = dealing.ephemeral + Point::generator();
    });
    assert_eq!(refusal, Refusal::InvalidDealing { committee: COMMITTEE, dealer: TRUSTEE });
}

#[test]
fn unproved_dealing_is_refused() {
    let checks = DictatedChecks { dealings: vec!["no proof".into()], ..DictatedChecks::default() };
    let refusal = refusal_with(|_| (), &checks);
    assert_eq!(refusal, Refusal::UnprovedDealing { committee: COMMITTEE, reason: "no proof".into() });
}

#[test]
fn unproved_ballot_is_refused() {
    let checks = DictatedChecks { ballots: vec!["no proof".into()], ..DictatedChecks::default() };
    let refusal = refusal_with(|_| (), &checks);
    assert_eq!(refusal, Refusal::UnprovedBallot { chamber: CHAMBER, reason: "no proof".into() });
}

#[test]
fn ballot_that_replaces_something_else_is_refused() {
    let replace = |evidence: &mut Evidence| chamber_mut(&mut evidence.state).ballots[1].previous = [1; 32];
    let refusal = refusal_with(replace, &DictatedChecks::default());
    assert!(matches!(refusal, Refusal::UnprovedBallot { chamber: CHAMBER, .. }), "{refusal}");
}

#[test]
fn total_or_context_of_the_contract_that_differs_is_refused() {
    let changes: [fn(&mut Evidence); 3] = [
        |evidence| evidence.total[0] += U256::from(1),
        |evidence| evidence.total.clear(),
        |evidence| evidence.ctx += U256::from(1),
    ];
    for change in changes {
        let refusal = refusal_with(change, &DictatedChecks::default());
        assert_eq!(refusal, Refusal::WrongTotal { chamber: CHAMBER, ballots: 2 });
    }
}
