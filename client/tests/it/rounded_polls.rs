//! Rounded polls on a local chain: what is published, who can tally, and who takes the place of a silent teller.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use psephos_chain::{NodeSet, local};
use psephos_client::{
    Silent,
    relayer::Submission,
    tally::{self, TallyError},
    trustee::{self, DecryptionOutcome, Journal, Precautions, Refusal, Task, TrusteeError},
    verify,
};
use psephos_protocol::{
    identifiers::{ChamberId, PollId},
    rounding::Outcome,
    rule::{Rule, RuleKind},
};
use psephos_testkit::{CommitteeSize, HOUR, LocalDeployment, Member, Trustee};

const FOR: [u64; 3] = [1, 0, 0];
const AGAINST: [u64; 3] = [0, 1, 0];

struct Scene {
    local: LocalDeployment,
    chamber: ChamberId,
    poll: PollId,
    closes_at: u64,
}

impl Scene {
    /// Holds a poll of five members of weight 5, one of which votes against, under a committee of two of three.
    async fn hold() -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 3, threshold: 2 }).await;
        let mut members: Vec<Member> = Vec::new();
        for _ in 0..5 {
            members.push(local.create_member().await);
        }
        let listed: Vec<_> = members.iter().map(|member| (member, 5)).collect();
        let deployment = local.deployment.clone();
        let chamber = local.create_chamber(&deployment, "Public", &listed).await;
        let rule = Rule::new(RuleKind::Plurality, 0);
        let poll = local.create_poll_in_steps(rule, &deployment, &[chamber], 2, 10).await;
        psephos_client::operator::open_poll(&local.dao, &deployment, poll).await.unwrap();
        let state = local.read_state().await;
        let package = |(position, member): (usize, &Member)| {
            let choice = if position == 3 { &AGAINST } else { &FOR };
            let package = local.prove_ballot(&state, member.voter(), (poll, chamber), choice, false);
            Submission { name: format!("ballot of {position}"), json: package.to_json().into_bytes() }
        };
        let packages: Vec<_> = members.iter().enumerate().map(package).collect();
        local.relay_packages(&packages).await;
        local.advance_past_close().await;
        let closes_at = local.read_state().await.poll(poll).unwrap().parameters.closes_at;
        Self { local, chamber, poll, closes_at }
    }

    fn trustee(&self, index: usize) -> &Trustee {
        &self.local.trustees[index]
    }

    async fn decrypt(&self, index: usize) -> Result<DecryptionOutcome, TrusteeError> {
        let (trustee, source, state) = (self.trustee(index), self.local.source(), self.local.read_state().await);
        let (journal, nodes) = (Journal::disabled(), NodeSet::single(trustee.account.clone()));
        let care = Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
        let (circuits, secret) = (&self.local.circuits, &trustee.secret);
        trustee::decrypt_total(&trustee.account, &state, circuits, secret, self.poll, self.chamber, care).await
    }

    async fn tell(&self, index: usize) -> Result<Outcome, TrusteeError> {
        let (trustee, state) = (self.trustee(index), self.local.read_state().await);
        let (circuits, secret) = (&self.local.circuits, &trustee.secret);
        let (poll, chamber) = (self.poll, self.chamber);
        trustee::tally_rounded_chamber(&trustee.account, &state, circuits, secret, poll, chamber, |_, _| ())
            .await
            .map(|rounded| rounded.outcome)
    }

    async fn due(&self, index: usize) -> Vec<Task> {
        let (trustee, state) = (self.trustee(index), self.local.read_state().await);
        let key = trustee.secret.transport_key();
        trustee::due_tasks(&state, trustee.account.sender().unwrap(), &key, None)
    }

    /// Moves time past the middle between close and tally deadline.
    async fn pass_the_middle(&self) {
        local::advance_time(self.local.chain.connection(), self.closes_at + HOUR / 2 + 1).await.unwrap();
    }

    async fn verify(&self) {
        let (source, connection) = (self.local.source(), self.local.chain.connection());
        let report = verify::verify_poll(&source, connection, &self.local.circuits, self.poll, &Silent).await.unwrap();
        assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn teller_publishes_buckets_and_no_total() {
    let scene = Scene::hold().await;
    let (decrypt, tally) =
        (Task::Decrypt { poll: scene.poll }, Task::Tally { poll: scene.poll, chamber: scene.chamber });
    assert_eq!(scene.due(0).await, [decrypt]);
    assert!(matches!(scene.tell(0).await, Err(TrusteeError::Tally(TallyError::SharesMissing { posted: 0, .. }))));
    for index in [1, 2] {
        assert!(matches!(scene.decrypt(index).await, Ok(DecryptionOutcome::Posted(_))));
    }
    assert!(matches!(scene.decrypt(0).await, Ok(DecryptionOutcome::ThresholdReached)));

    // Another trustee finds no share for it, and everyone else no total.
    assert!(matches!(scene.tell(1).await, Err(TrusteeError::Tally(TallyError::SharesMissing { posted: 0, .. }))));
    let state = scene.local.read_state().await;
    let found = tally::find_totals(&state, scene.poll, scene.chamber, |_, _| ());
    assert!(matches!(found, Err(TallyError::Rounded { teller: 0, .. })));
    assert_eq!((scene.due(0).await, scene.due(1).await), (vec![tally], vec![]));

    // 20 for, 5 against, in steps of 10.
    assert_eq!(scene.tell(0).await.unwrap(), Outcome { greatest: 0, choice: Some(0), buckets: vec![0, 0, 0] });
    tally::finalise_poll(&scene.local.dao, &scene.local.deployment, scene.poll).await.unwrap();
    let state = scene.local.read_state().await;
    let listed = &state.poll(scene.poll).unwrap().chambers[&scene.chamber];
    let tallied = listed.tally.as_ref().unwrap();
    assert_eq!((tallied.exact_totals(), tallied.choice), (None, Some(0)));
    scene.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_teller_is_replaced_after_the_middle() {
    let scene = Scene::hold().await;
    for index in [1, 2] {
        scene.decrypt(index).await.unwrap();
    }
    // Until the middle the teller may still do its work; then the next trustee needs shares of its own.
    assert!(matches!(scene.decrypt(1).await, Err(TrusteeError::Refused(Refusal::AlreadyPosted { .. }))));
    scene.pass_the_middle().await;
    assert_eq!(scene.due(2).await, [Task::Decrypt { poll: scene.poll }]);
    for index in [1, 2] {
        assert!(matches!(scene.decrypt(index).await, Ok(DecryptionOutcome::Posted(_))));
    }
    assert!(matches!(scene.decrypt(2).await, Ok(DecryptionOutcome::ThresholdReached) | Err(_)));
    assert_eq!(scene.tell(1).await.unwrap().choice, Some(0));
    scene.verify().await;
}

/// A trustee that withholds its share does not become the teller: the poll's own has too few shares to have been
/// silent.
#[tokio::test(flavor = "multi_thread")]
async fn withholding_a_share_makes_no_other_trustee_the_teller() {
    let scene = Scene::hold().await;
    scene.decrypt(2).await.unwrap();
    scene.pass_the_middle().await;
    let state = scene.local.read_state().await;
    let poll = state.poll(scene.poll).unwrap();
    let committee = state.committee(poll.committee()).unwrap();
    assert_eq!(trustee::current_teller(poll, &poll.chambers[&scene.chamber], committee, state.time), 0);
    assert!(matches!(scene.decrypt(2).await, Err(TrusteeError::Refused(Refusal::AlreadyPosted { .. }))));
    // The named teller gets the second share, and tallies.
    scene.decrypt(1).await.unwrap();
    assert_eq!(scene.tell(0).await.unwrap().greatest, 0);
    scene.verify().await;
}
