//! A node that shows voters and trustees a poll whose totals may be decrypted earlier than those of the real one.
//!
//! It can do so in two ways. It can change the poll's creation alone: then the context in force does not follow from
//! it. Or it can change the context as well, as if the poll had always been so: then the proofs of the ballots, made
//! for the context of the real poll, are invalid.

use std::sync::Arc;

use psephos_client::{
    ChainError, ChainState, NodeSet, Package, StateError,
    relayer::{Refusal as RelayerRefusal, Submission},
    trustee::{self, DecryptionOutcome, Journal, Precautions, Refusal, TrusteeError},
    voter::{self, VoterError},
};
use psephos_protocol::{
    context,
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::Poll;

use crate::scenario::{FOR, Scenario, refusal_of};

/// The poll is open and has two ballots: a trustee that believes an earlier close would decrypt them now.
pub(crate) async fn show_earlier_close(scenario: &Scenario) {
    let state = scenario.read_state().await;
    let now = state.time;
    assert_both_ways_refused(scenario, &state, scenario.polls[0], &|poll, _| {
        poll.parameters.closes_at = now;
        change_fingerprint(poll);
    })
    .await;

    // Only the time of the newest block is false: the trustee compares it with its own clock.
    let mut ahead = state;
    ahead.time = ahead.polls[&scenario.polls[0]].parameters.closes_at;
    let outcome = try_decrypt(scenario, &ahead, scenario.polls[0], Some(|| 1)).await;
    assert!(matches!(outcome, Err(TrusteeError::Refused(Refusal::ClockDisagrees { now: 1, .. }))), "{outcome:?}");
    assert!(trustee::default_clock(ChainId::new(31_337)).is_none());
    assert!(trustee::default_clock(ChainId::new(1)).is_some_and(|clock| clock() > 1_700_000_000));
    let outcome = try_decrypt(scenario, &ahead, scenario.polls[0], Some(|| u64::MAX)).await;
    assert!(matches!(outcome, Err(TrusteeError::Refused(Refusal::NotConfirmed { .. }))), "{outcome:?}");
}

/// The second poll closed with one ballot in a chamber whose minimum is two: its total is never decrypted.
pub(crate) async fn show_lower_minimum(scenario: &Scenario) {
    let (state, poll) = (scenario.read_state().await, scenario.polls[1]);
    assert_eq!(state.polls[&poll].chambers[&scenario.chambers[0]].latest.len(), 1);
    let fewer = |poll: &mut Poll, chamber: ChamberId| {
        poll.chambers.get_mut(&chamber).unwrap().rule.min_ballots = 1;
        change_fingerprint(poll);
    };
    assert_both_ways_refused(scenario, &state, poll, &fewer).await;
    // Close and minimum at once.
    let all = |poll: &mut Poll, chamber: ChamberId| {
        poll.parameters.closes_at -= 1;
        fewer(poll, chamber);
    };
    assert_both_ways_refused(scenario, &state, poll, &all).await;
    let honest = try_decrypt(scenario, &state, poll, None).await;
    assert!(matches!(honest, Err(TrusteeError::Refused(Refusal::TooFewBallots { .. }))), "{honest:?}");
}

/// A voter that relies on such a node makes a ballot that no contract accepts, and none at all if the state is
/// inconsistent.
pub(crate) async fn deceive_voter(scenario: &Scenario) {
    let (state, poll, chamber) = (scenario.read_state().await, scenario.polls[0], scenario.chambers[0]);
    let fewer = |poll: &mut Poll| {
        poll.chambers.get_mut(&chamber).unwrap().rule.min_ballots = 1;
        change_fingerprint(poll);
    };
    let prepare =
        |state: &ChainState| voter::prepare_ballot(state, scenario.members[2].voter(), poll, chamber, &FOR, false);

    let mut half = state.clone();
    fewer(Arc::make_mut(half.polls.get_mut(&poll).unwrap()));
    assert!(matches!(prepare(&half).err(), Some(VoterError::Chain(ChainError::State(StateError::Inconsistent(_))))));
    let mut whole = half;
    make_context_consistent(&mut whole, poll, chamber);
    let deceived = voter::prove_ballot(&scenario.local.circuits, prepare(&whole).unwrap()).unwrap();
    // The package says which poll its voter was shown; with the fingerprint of the real one, its proof does not hold.
    let fingerprint = state.poll(poll).unwrap().fingerprint.unwrap();
    let readdressed = Package { fingerprint, ..deceived.clone() };
    for (package, expected) in [(&deceived, RelayerRefusal::OtherPoll), (&readdressed, RelayerRefusal::InvalidProof)] {
        let report = scenario.local.relay_packages(&[Submission::new("deceived", package)]).await;
        assert_eq!(refusal_of(&report, 0), expected);
    }
    assert_eq!(
        voter::submit_ballot(&scenario.local.relayer, &deceived).await.unwrap_err().revert_name(),
        Some("InvalidProof")
    );
}

/// Gives a poll the fingerprint of another one: the state computes another for any parameter that a node changes.
fn change_fingerprint(poll: &mut Poll) {
    poll.fingerprint = Some(PollFingerprint::from_bytes([8; 32]));
}

/// Asserts that the trustee refuses the false state in both ways, by name.
async fn assert_both_ways_refused(
    scenario: &Scenario,
    state: &ChainState,
    poll: PollId,
    falsify: &dyn Fn(&mut Poll, ChamberId),
) {
    let chamber = scenario.chambers[0];
    let mut half = state.clone();
    falsify(Arc::make_mut(half.polls.get_mut(&poll).unwrap()), chamber);
    let outcome = try_decrypt(scenario, &half, poll, None).await;
    assert!(matches!(outcome, Err(TrusteeError::Refused(Refusal::WrongContext { .. }))), "{outcome:?}");

    let mut whole = half;
    make_context_consistent(&mut whole, poll, chamber);
    let outcome = try_decrypt(scenario, &whole, poll, None).await;
    assert!(matches!(outcome, Err(TrusteeError::Refused(Refusal::UnprovedBallot { .. }))), "{outcome:?}");
}

/// Tries to decrypt as a trustee. When it refuses it has made no share: the journal entry about a share would come
/// first.
async fn try_decrypt(
    scenario: &Scenario,
    state: &ChainState,
    poll: PollId,
    clock: Option<fn() -> u64>,
) -> Result<DecryptionOutcome, TrusteeError> {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::beside(&folder.path().join("trustee.keys"));
    let (trustee, circuits) = (&scenario.local.trustees[0], &scenario.local.circuits);
    let source = scenario.local.source();
    let nodes = NodeSet::single(trustee.account.clone());
    let caution = Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock };
    let chamber = scenario.chambers[0];
    let outcome =
        trustee::decrypt_total(&trustee.account, state, circuits, &trustee.secret, poll, chamber, caution).await;
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "a share was recorded in the journal");
    outcome
}

/// Sets the context in force to the one that follows from the poll as it is shown.
fn make_context_consistent(state: &mut ChainState, poll: PollId, chamber: ChamberId) {
    let entry = &state.polls[&poll];
    let listed = &entry.chambers[&chamber];
    let scope = context::derive_scope(entry.fingerprint.unwrap(), chamber);
    let rule = entry.rule().unwrap().to_parameters(entry.options(), listed.rule.weighted).unwrap();
    let keys = state.committees[&entry.committee()].keys.as_ref().unwrap();
    let root = listed.frozen.as_ref().unwrap().chamber.census.root();
    let ctx = context::derive_context(scope, root, keys.hash_keys(entry.circuit_size()), &rule);
    let poll = Arc::make_mut(state.polls.get_mut(&poll).unwrap());
    let listed = poll.chambers.get_mut(&chamber).unwrap();
    listed.frozen.as_mut().unwrap().ctx = ctx;
}
