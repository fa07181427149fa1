//! A node that shows a poll as easier to open than it is, to voters and to trustees.
//!
//! It has two ways. It can change what it shows of the poll's creation alone: then the context in force does not follow from it. Or it can change the context
//! with it, as if the poll had always been so: then the ballots, which their voters proved under the poll that there is, do not hold.

use psephos_protocol::identifiers::{ChamberId, CommitteeId, PollId};
use std::sync::Arc;

use psephos_client::{
    ChainState, ClientError,
    relayer::Refusal as Refused,
    trustee::{self, Caution, Journal, Opening, Refusal},
    voter,
};
use psephos_protocol::context;
use psephos_state::Poll;

use crate::{
    house::{refusal, submission},
    scene::{FOR, Scene},
};

/// The poll is open, and two have voted: whoever is shown an earlier close would open it now.
pub(crate) async fn about_the_close(scene: &Scene) {
    let replay = scene.replay().await;
    let now = replay.time;
    refuses_both(scene, &replay, scene.polls[0], &|poll, _| poll.parameters.closesAt = now).await;

    // All is as it is, but the time of the newest block: the trustee has a clock of its own.
    let mut ahead = replay;
    ahead.time = ahead.polls[&scene.polls[0]].parameters.closesAt;
    let outcome = open(scene, &ahead, scene.polls[0], Some(|| 1)).await;
    assert!(matches!(outcome, Err(ClientError::Refused(Refusal::AheadOfTime { now: 1, .. }))), "{outcome:?}");
    assert!(trustee::default_clock(31_337).is_none());
    assert!(trustee::default_clock(1).is_some_and(|clock| clock() > 1_700_000_000));
    let outcome = open(scene, &ahead, scene.polls[0], Some(|| u64::MAX)).await;
    assert!(matches!(outcome, Err(ClientError::Refused(Refusal::NotDeep { .. }))), "{outcome:?}");
}

/// The second poll is closed with one ballot in a chamber that needs two, and stays closed for ever.
pub(crate) async fn about_the_least_number(scene: &Scene) {
    let (replay, poll) = (scene.replay().await, scene.polls[1]);
    assert_eq!(replay.polls[&poll].chambers[&scene.chambers[0]].latest.len(), 1);
    let fewer = |poll: &mut Poll, chamber: ChamberId| poll.chambers.get_mut(&chamber).unwrap().rule.minBallots = 1;
    refuses_both(scene, &replay, poll, &fewer).await;
    // Both at once.
    let all = |poll: &mut Poll, chamber: ChamberId| {
        poll.parameters.closesAt -= 1;
        fewer(poll, chamber);
    };
    refuses_both(scene, &replay, poll, &all).await;
    let honest = open(scene, &replay, poll, None).await;
    assert!(matches!(honest, Err(ClientError::Refused(Refusal::TooFewBallots { .. }))), "{honest:?}");
}

/// A voter who asks such a node makes a ballot that no contract takes, and none at all if the node is not consistent.
pub(crate) async fn to_a_voter(scene: &Scene) {
    let (replay, poll, chamber) = (scene.replay().await, scene.polls[0], scene.chambers[0]);
    let fewer = |poll: &mut Poll| poll.chambers.get_mut(&chamber).unwrap().rule.minBallots = 1;
    let prepare = |replay: &ChainState| voter::prepare(replay, &scene.members[2].identity, poll, chamber, &FOR, false);

    let mut half = replay.clone();
    fewer(Arc::make_mut(half.polls.get_mut(&poll).unwrap()));
    assert!(matches!(prepare(&half).err(), Some(ClientError::Inconsistent(_))));
    let mut whole = half;
    consistent(&mut whole, poll, chamber);
    let package = voter::prove(&scene.house.circuits, prepare(&whole).unwrap()).unwrap();
    assert_eq!(refusal(&scene.house.relay(&[submission("deceived", &package)]).await, 0), Refused::InvalidProof);
    assert_eq!(voter::submit(&scene.house.relayer, &package).await.unwrap_err().revert_name(), Some("InvalidProof"));
}

/// Both ways of the lie are refused by name.
async fn refuses_both(scene: &Scene, replay: &ChainState, poll: PollId, lie: &dyn Fn(&mut Poll, ChamberId)) {
    let chamber = scene.chambers[0];
    let mut half = replay.clone();
    lie(Arc::make_mut(half.polls.get_mut(&poll).unwrap()), chamber);
    let outcome = open(scene, &half, poll, None).await;
    assert!(matches!(outcome, Err(ClientError::Refused(Refusal::WrongContext { .. }))), "{outcome:?}");

    let mut whole = half;
    consistent(&mut whole, poll, chamber);
    let outcome = open(scene, &whole, poll, None).await;
    assert!(matches!(outcome, Err(ClientError::Refused(Refusal::Unproved { .. }))), "{outcome:?}");
}

/// Tries to open as a trustee, who has made no share when it refuses: the note about one comes first.
async fn open(
    scene: &Scene,
    replay: &ChainState,
    poll: PollId,
    clock: Option<fn() -> u64>,
) -> Result<Opening, ClientError> {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::beside(&folder.path().join("trustee.keys"));
    let (trustee, circuits) = (&scene.house.trustees[0], &scene.house.circuits);
    let source = scene.house.source();
    let caution = Caution { journal: &journal, confirmations: 0, proofs: &source, clock };
    let chamber = scene.chambers[0];
    let outcome = trustee::open(&trustee.account, replay, circuits, &trustee.secret, poll, chamber, caution).await;
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "something was opened");
    outcome
}

/// The context in force is the one that follows from the poll as it is shown.
fn consistent(replay: &mut ChainState, poll: PollId, chamber: ChamberId) {
    let deployment = &replay.deployment;
    let entry = &replay.polls[&poll];
    let listed = &entry.chambers[&chamber];
    let (min_ballots, closes_at) = (listed.rule.minBallots, entry.parameters.closesAt);
    let contract = deployment.polls.into_array();
    let scope = context::scope(deployment.chain_id, contract, poll.get(), chamber.get(), min_ballots, closes_at);
    let rule = entry.rule().unwrap().parameters(entry.options(), listed.rule.weighted).unwrap();
    let keys = replay.committees[&CommitteeId::new(entry.parameters.committee)].keys.as_ref().unwrap();
    let root = listed.frozen.as_ref().unwrap().chamber.census.root();
    let ctx = context::context(scope, root, keys.hash(entry.circuit_size()), &rule);
    let poll = Arc::make_mut(replay.polls.get_mut(&poll).unwrap());
    let listed = poll.chambers.get_mut(&chamber).unwrap();
    listed.frozen.as_mut().unwrap().ctx = ctx;
}
