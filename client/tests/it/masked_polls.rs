//! A masked poll on a local chain: ballots are masked by a stranger and replaced by their owners, and nothing but the
//! result tells which.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use psephos_chain::NodeSet;
use psephos_client::{
    Silent,
    relayer::{self, PackageOutcome, Refusal, Submission},
    tally,
    trustee::{self, DecryptionOutcome, Journal, Precautions},
    verify,
    voter::{self, MaskError, VoterError},
};
use psephos_protocol::{
    elements::Nullifier,
    identifiers::{ChamberId, PollId},
    rule::{Rule, RuleKind},
};
use psephos_testkit::{CommitteeSize, LocalDeployment, Member};

const FOR: [u64; 3] = [1, 0, 0];
const AGAINST: [u64; 3] = [0, 1, 0];

struct Scene {
    local: LocalDeployment,
    members: [Member; 3],
    chamber: ChamberId,
    poll: PollId,
}

impl Scene {
    /// Opens a poll of three members, masked or not.
    async fn prepare(masked: bool) -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 1, threshold: 1 }).await;
        let members = [local.create_member().await, local.create_member().await, local.create_member().await];
        let listed: Vec<_> = members.iter().map(|member| (member, 5)).collect();
        let deployment = local.deployment.clone();
        let chamber = local.create_chamber(&deployment, "Public", &listed).await;
        let rule = Rule { masked, ..Rule::new(RuleKind::Plurality, 0) };
        let poll = local.create_poll_under(rule, &deployment, &[chamber], 1).await;
        psephos_client::operator::open_poll(&local.dao, &deployment, poll).await.unwrap();
        Self { local, members, chamber, poll }
    }

    async fn vote(&self, member: usize, choice: &[u64; 3], replace: bool) -> Submission {
        let state = self.local.read_state().await;
        let voter = self.members[member].voter();
        let package = self.local.prove_ballot(&state, voter, (self.poll, self.chamber), choice, replace);
        Submission { name: format!("ballot of {member}"), json: package.to_json().into_bytes() }
    }

    /// Relays packages, with masks of all other ballots. Returns the number of ballots that were accepted.
    async fn relay_masked(&self, carried: Vec<Submission>) -> usize {
        let state = self.local.read_state().await;
        let run = relayer::mask_poll(&state, &self.local.circuits, self.poll, carried, &Silent).unwrap();
        assert!(run.held_back.is_empty(), "{:?}", run.held_back);
        self.relay(&run.packages).await
    }

    async fn relay(&self, packages: &[Submission]) -> usize {
        let report = self.local.relay_packages(packages).await;
        let accepted = |outcome: &PackageOutcome| matches!(outcome, PackageOutcome::Accepted { .. });
        report.packages.iter().filter(|package| accepted(&package.outcome)).count()
    }

    /// Returns, by member, whether a ballot of it counts, and how often its slot was updated.
    async fn updates(&self) -> Vec<usize> {
        let state = self.local.read_state().await;
        let (listed, frozen) = state.opened_chamber(self.poll, self.chamber).unwrap();
        let nullifier = |member: &Member| -> Nullifier {
            let identity = &member.identity;
            psephos_protocol::nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx)
        };
        let count = |of: Nullifier| listed.ballots.iter().filter(|ballot| ballot.posted.nullifier == of).count() - 1;
        self.members.iter().map(|member| count(nullifier(member))).collect()
    }

    /// Closes the poll, decrypts as a careful trustee does, tallies, verifies everything, and returns the totals.
    async fn close_and_verify(&self) -> Vec<u64> {
        let local = &self.local;
        local.advance_past_close().await;
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::beside(&folder.path().join("trustee.keys"));
        let (trustee, source) = (&local.trustees[0], local.source());
        let nodes = NodeSet::single(trustee.account.clone());
        let caution = Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
        let state = local.read_state().await;
        let place = (self.poll, self.chamber);
        let (account, circuits) = (&trustee.account, &local.circuits);
        let decrypted =
            trustee::decrypt_total(account, &state, circuits, &trustee.secret, place.0, place.1, caution).await;
        assert!(matches!(decrypted.unwrap(), DecryptionOutcome::Posted(_)));
        tally::tally_poll(&source, &local.relayer, self.poll, &Silent).await.unwrap();
        let connection = local.chain.connection();
        let report = verify::verify_poll(&source, connection, &local.circuits, self.poll, &Silent).await.unwrap();
        assert!(report.passed(), "{:#?}", report.failed().collect::<Vec<_>>());
        let state = local.read_state().await;
        state.poll(self.poll).unwrap().chambers[&self.chamber].tally.as_ref().unwrap().exact_totals().unwrap().to_vec()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn masks_change_no_total_and_carry_replacements() {
    let scene = Scene::prepare(true).await;
    let first = [scene.vote(0, &FOR, false).await, scene.vote(1, &FOR, false).await, scene.vote(2, &FOR, false).await];
    assert_eq!(scene.relay(&first).await, 3);
    assert_eq!(scene.relay_masked(Vec::new()).await, 3, "a mask a ballot");
    // A replacement is carried in place of a mask: each slot is updated once more.
    let replacement = scene.vote(1, &AGAINST, true).await;
    assert_eq!(scene.relay_masked(vec![replacement]).await, 3);
    assert_eq!(scene.relay_masked(Vec::new()).await, 3);
    assert_eq!(scene.updates().await, [3, 3, 3]);

    // After the vote the seed opens neither the first ballot nor the replacement, and finds the note of the claim.
    let state = scene.local.read_state().await;
    for member in &scene.members {
        let found = voter::recover_ballot(&state, member.voter(), scene.poll, scene.chamber, |_, _| ()).unwrap();
        assert_eq!(found.opening.x, [0, 0, 0]);
        assert!(voter::is_counted(&state, &member.identity, scene.poll, scene.chamber, None).unwrap());
    }
    assert_eq!(scene.close_and_verify().await, [10, 5, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stale_and_forged_updates_are_refused_before_gas_is_spent() {
    let scene = Scene::prepare(true).await;
    let first = scene.vote(0, &FOR, false).await;
    let package = psephos_client::Package::parse(&first.json).unwrap().contents().unwrap().record.posted;
    assert_eq!(scene.relay(&[first]).await, 1);
    let withheld = scene.vote(0, &AGAINST, true).await;
    assert_eq!(scene.relay_masked(Vec::new()).await, 1);
    let state = scene.local.read_state().await;
    let voter = &scene.members[0].identity;
    assert!(voter::is_counted(&state, voter, scene.poll, scene.chamber, Some(&package)).unwrap(), "under its mask");

    let refusal = async |submission: Submission| {
        let report = scene.local.relay_packages(&[submission]).await;
        assert!(report.transactions.is_empty());
        match &report.packages[0].outcome {
            PackageOutcome::Refused { reason, .. } => *reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refusal(withheld).await, Refusal::WrongPrevious);
    // A mask with a note of the masker's own would be paid a reward in place of the voter.
    let state = scene.local.read_state().await;
    let nullifier = package.nullifier;
    let mask = voter::prepare_mask(&state, scene.poll, scene.chamber, &nullifier).unwrap();
    let mask = voter::prove_ballot(&scene.local.circuits, mask).unwrap();
    let note_at = 2 + 64 * 10;
    let altered = |at: usize| {
        let mut json: serde_json::Value = serde_json::from_str(&mask.to_json()).unwrap();
        let mut record = json["record"].as_str().unwrap().to_owned();
        let digit = if &record[at..=at] == "1" { "2" } else { "1" };
        record.replace_range(at..=at, digit);
        json["record"] = record.into();
        Submission { name: "altered".into(), json: json.to_string().into_bytes() }
    };
    assert_eq!(refusal(altered(note_at + 63)).await, Refusal::NoteChanged);
    // `h` is another than the proven one.
    assert_eq!(refusal(altered(2 + 64 * 8 + 63)).await, Refusal::InvalidProof);
    let never = Nullifier::from_u64(5);
    let empty = voter::prepare_mask(&state, scene.poll, scene.chamber, &never);
    assert!(matches!(empty.err().unwrap(), VoterError::Mask(MaskError::EmptySlot { .. })));
}

/// Each slot gets one update in a run, whatever voters, or those who would single one out, hand over.
#[tokio::test(flavor = "multi_thread")]
async fn run_carries_one_update_a_slot_and_masks_the_others() {
    let scene = Scene::prepare(true).await;
    let first = [scene.vote(0, &FOR, false).await, scene.vote(1, &FOR, false).await];
    assert_eq!(scene.relay(&first).await, 2);
    let stale = scene.vote(1, &AGAINST, true).await;
    assert_eq!(scene.relay_masked(Vec::new()).await, 2);
    let competing = [scene.vote(0, &AGAINST, true).await, scene.vote(0, &FOR, true).await];
    let names = ["one", "other"];
    let carried = competing.into_iter().zip(names).map(|(update, name)| Submission { name: name.into(), ..update });
    let carried = carried.chain([Submission { name: "stale".into(), ..stale }, scene.vote(2, &FOR, false).await]);
    let state = scene.local.read_state().await;
    let run = relayer::mask_poll(&state, &scene.local.circuits, scene.poll, carried.collect(), &Silent).unwrap();
    assert_eq!(run.held_back, ["other", "stale"]);
    // One update, one mask, one first ballot, which is not masked in the run that casts it.
    assert_eq!(scene.relay(&run.packages).await, 3);
    assert_eq!(scene.updates().await, [2, 2, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_polls_take_no_masks() {
    let scene = Scene::prepare(false).await;
    let first = scene.vote(0, &FOR, false).await;
    assert_eq!(scene.relay(&[first]).await, 1);
    let state = scene.local.read_state().await;
    let refused = relayer::mask_poll(&state, &scene.local.circuits, scene.poll, Vec::new(), &Silent);
    assert!(refused.err().unwrap().to_string().contains("is not masked"));
}
