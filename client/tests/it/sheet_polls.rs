//! A sheet poll on a local chain, from its creation to the version of the charter that follows, and its verification.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use psephos_chain::{ChainError, NodeSet, StateSource, local};
use psephos_charter::{
    agenda::{Agenda, AgendaStatement, SheetText},
    answers::Answer,
};
use psephos_client::{
    Silent,
    relayer::RelayConfig,
    sheets::{
        NewSheet, SheetDecryption, SheetRelay, create_sheet_call, created_sheet, decrypt_sheet, enact_call,
        enacted_version, finalise_sheet, open_sheet_call, prepare_sheet, prove_sheet, relay_sheets, set_stage_call,
        tally_sheet,
    },
    trustee::{Journal, Precautions},
    verify::{CheckName, SheetReport, check_sheet_evidence, collect_sheet_evidence, verify_sheet},
};
use psephos_protocol::{
    identifiers::{ChamberId, SheetId},
    sheet::{Axis, Form, FormKind, Turnout, hash_pilot},
};
use psephos_state::{
    B256, ChainState, CharterStage, Deployment, TransactionCall, U256,
    sheet::{AdoptionTerms, SheetChamberRule},
};
use psephos_testkit::{CommitteeSize, HOUR, LocalDeployment, Member};

/// Returns a text of three statements.
fn sheet_text() -> SheetText {
    let texts = ["We publish our books.", "We meet at noon.", "We meet at night."];
    let statements = (1..).zip(texts).map(|(id, text)| AgendaStatement { id, text: text.into() }).collect();
    SheetText::new("What do we agree on?", Agenda::new(statements).unwrap()).unwrap()
}

struct Scene {
    local: LocalDeployment,
    sheet: SheetId,
}

impl Scene {
    /// Opens a sheet poll of a chamber with four members, under a committee of two of three. Camps need two members.
    async fn open() -> (Self, ChamberId, Vec<Member>) {
        let local = LocalDeployment::start(CommitteeSize { trustees: 3, threshold: 2 }).await;
        let mut members: Vec<Member> = Vec::new();
        for _ in 0..4 {
            members.push(local.create_member().await);
        }
        let listed: Vec<_> = members.iter().map(|member| (member, 5)).collect();
        let chamber = local.create_chamber(&local.deployment, "Public", &listed).await;
        let now = local.dao.newest_time().await.unwrap();
        let axis = Axis { weights: vec![[1, -1]; 3], threshold: 0, pilot: hash_pilot(b"a pilot") };
        let new = NewSheet {
            text: sheet_text(),
            form: Form::new(16, 3, FormKind::Statements { camps: Some(axis) }).unwrap(),
            chambers: vec![SheetChamberRule { chamber, min_ballots: 2, least_camp: 2 }],
            adoption: Some(AdoptionTerms { theta: 8_500, quorum: 1, required: 1 }),
            committee: local.committee,
            cancellation: None,
            opens_at: now,
            closes_at: now + HOUR,
            tally_deadline: now + 2 * HOUR,
        };
        let sent = create_sheet_call(&local.deployment, &new).send(&local.dao).await.unwrap();
        let sheet = created_sheet(&local.deployment, &sent).unwrap();
        open_sheet_call(&local.deployment, sheet).send(&local.dao).await.unwrap();
        (Self { local, sheet }, chamber, members)
    }

    async fn relay_answers(&self, chamber: ChamberId, members: &[Member], replace: bool) {
        let state = self.local.read_state().await;
        // The first two are in the upper camp, the others in the lower one; all agree with the first statement.
        let prove = |(place, member): (usize, &Member)| {
            let other = if place < 2 { Answer::Agree } else { Answer::Disagree };
            let answers = [Some(Answer::Agree), Some(other), Some(other)];
            let vote = prepare_sheet(&state, member.voter(), self.sheet, chamber, &answers, replace).unwrap();
            prove_sheet(&self.local.circuits, vote).unwrap()
        };
        let packages: Vec<_> = members.iter().enumerate().map(prove).collect();
        let nodes = NodeSet::single(self.local.relayer.clone());
        let (source, circuits) = (self.local.source(), &self.local.circuits);
        let (outcomes, _) =
            relay_sheets(&source, &nodes, circuits, &packages, RelayConfig::default(), &Silent).await.unwrap();
        assert!(outcomes.iter().all(|outcome| matches!(outcome, SheetRelay::Cast(_))), "{outcomes:?}");
    }

    /// Lets two trustees decrypt what is next, and tallies it.
    async fn decrypt_and_tally(&self) {
        let source = self.local.source();
        for trustee in &self.local.trustees[..2] {
            let (journal, nodes) = (Journal::disabled(), NodeSet::single(trustee.account.clone()));
            let care = Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
            let (circuits, secret) = (&self.local.circuits, &trustee.secret);
            let done = decrypt_sheet(&trustee.account, &source, circuits, secret, self.sheet, care).await.unwrap();
            assert!(done.iter().all(|one| !matches!(one, SheetDecryption::Refused { .. })), "{done:?}");
        }
        tally_sheet(&source, &self.local.relayer, self.sheet, &Silent).await.unwrap();
    }

    async fn verify(&self) -> SheetReport {
        let (connection, circuits) = (self.local.chain.connection(), &self.local.circuits);
        verify_sheet(&self.local.source(), connection, circuits, self.sheet, &Silent).await.unwrap()
    }
}

fn require_passed(report: &SheetReport, state: &str) {
    let failed: Vec<_> = report.failed().collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(report.state, state);
}

/// A node that shows another turnout than the one that was decrypted.
struct LyingSource<S> {
    honest: S,
    sheet: SheetId,
    turnout: Turnout,
}

#[async_trait]
impl<S: StateSource> StateSource for LyingSource<S> {
    fn deployment(&self) -> &Deployment {
        self.honest.deployment()
    }

    async fn read_state(&self) -> Result<ChainState, ChainError> {
        let mut state = self.honest.read_state().await?;
        let entry = Arc::make_mut(state.sheets.get_mut(&self.sheet).unwrap());
        entry.chambers.values_mut().filter_map(|chamber| chamber.turnout.as_mut()).for_each(|tally| {
            tally.turnout = self.turnout;
        });
        Ok(state)
    }

    async fn read_calls(&self, transactions: &BTreeSet<B256>) -> Result<BTreeMap<B256, TransactionCall>, ChainError> {
        self.honest.read_calls(transactions).await
    }
}

/// A camp of one is shown as one of three. Of a node that is believed, it would get shares of every statement.
async fn require_no_share_for_a_false_turnout(scene: &Scene) {
    let trustee = &scene.local.trustees[0];
    let (journal, nodes) = (Journal::disabled(), NodeSet::single(trustee.account.clone()));
    let source =
        LyingSource { honest: scene.local.source(), sheet: scene.sheet, turnout: Turnout { lower: 1, upper: 3 } };
    let care = Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
    let (circuits, secret) = (&scene.local.circuits, &trustee.secret);
    let done = decrypt_sheet(&trustee.account, &source, circuits, secret, scene.sheet, care).await.unwrap();
    let [SheetDecryption::Refused { error, .. }] = done.as_slice() else { panic!("a share was made: {done:?}") };
    assert!(error.to_string().contains("its turnout is not the one"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sheet_poll_is_verified_from_its_opening_to_the_charter_that_follows() {
    let (scene, chamber, members) = Scene::open().await;
    require_passed(&scene.verify().await, "open");
    scene.relay_answers(chamber, &members, false).await;
    scene.relay_answers(chamber, &members[..1], true).await;
    let local = &scene.local;
    local.advance_past_close().await;
    scene.decrypt_and_tally().await;
    require_passed(&scene.verify().await, "closed");
    require_no_share_for_a_false_turnout(&scene).await;
    scene.decrypt_and_tally().await;
    finalise_sheet(&local.relayer, &local.deployment, scene.sheet).await.unwrap();
    require_passed(&scene.verify().await, "finished");

    let expires_at = local.dao.newest_time().await.unwrap() + HOUR;
    let hashes = [B256::repeat_byte(1), B256::ZERO];
    let call = enact_call(&local.deployment, scene.sheet, B256::ZERO, expires_at, hashes, &sheet_text());
    let (version, _) = enacted_version(&local.deployment, &call.send(&local.dao).await.unwrap()).unwrap();
    let live = set_stage_call(&local.deployment, version, CharterStage::Live).unwrap();
    live.send(&local.dao).await.unwrap();
    let report = scene.verify().await;
    require_passed(&report, "finished");
    assert_eq!(report.versions, [1]);
    let names: Vec<CheckName> = report.checks.iter().map(|check| check.name).collect();
    assert!(names.contains(&CheckName::Charter) && names.contains(&CheckName::Live));

    // A version that has expired is in force no longer, by the contract and by the events.
    local::advance_time(local.chain.connection(), expires_at + 1).await.unwrap();
    require_passed(&scene.verify().await, "finished");

    let (source, circuits) = (local.source(), &local.circuits);
    let connection = local.chain.connection();
    let evidence = collect_sheet_evidence(&source, connection, circuits, scene.sheet, &Silent).await.unwrap();
    let mut changed = evidence.clone();
    let committee = changed.state.sheet(scene.sheet).unwrap().parameters.committee;
    changed.state.committees.get_mut(&committee).unwrap().dealings[0].proof[0] += U256::from(1);
    let report = check_sheet_evidence(&changed, circuits, &Silent).unwrap();
    let failed: Vec<CheckName> = report.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Dealings]);
    let mut changed = evidence;
    changed.verifiers.sheets.sheet16Verifier = changed.verifiers.sheets.sheet40Verifier;
    let report = check_sheet_evidence(&changed, circuits, &Silent).unwrap();
    let failed: Vec<CheckName> = report.failed().map(|check| check.name).collect();
    assert_eq!(failed, [CheckName::Verifiers]);
}
