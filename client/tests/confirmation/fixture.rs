//! An open poll of one chamber, three trustees, two of which decrypt, and a node that tells one voter another census.

use std::collections::BTreeMap;

use alloy::{
    primitives::U256,
    signers::{SignerSync, local::PrivateKeySigner},
    sol_types::SolEvent,
};
use psephos_client::{
    ChainState, NodeSet,
    confirm::Sources,
    parameters::ballot_parameters,
    trustee::{AttestationBook, attest_poll},
};
use psephos_protocol::{
    context,
    elements::Context,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{
    Deployment,
    bindings::{
        IPolls::{ChamberOpened, chamberCall},
        IStakeholderRegistry::Enrolled,
    },
    deployment::PinnedCommittee,
    words,
};
use psephos_testkit::{CommitteeSize, LocalDeployment, LyingNode, Member};
use psephos_wire::Attestation;

pub(crate) struct Fixture {
    pub(crate) local: LocalDeployment,
    pub(crate) members: Vec<Member>,
    pub(crate) chamber: ChamberId,
    pub(crate) poll: PollId,
    /// Keys of accounts that are pinned as the committee's trustees, two of which must agree.
    pub(crate) trustees: Vec<PrivateKeySigner>,
}

impl Fixture {
    pub(crate) async fn start() -> Self {
        let local = LocalDeployment::start(CommitteeSize { trustees: 3, threshold: 2 }).await;
        let mut members = Vec::new();
        for _ in 0..3 {
            members.push(local.create_member().await);
        }
        let weights: Vec<(&Member, u64)> = members.iter().map(|member| (member, 5)).collect();
        let chamber = local.create_chamber(&local.deployment, "Researchers", &weights).await;
        let poll = local.open_poll(&local.deployment, &[chamber], 2).await;
        let trustees = (0..3).map(|_| PrivateKeySigner::random()).collect();
        Self { local, members, chamber, poll, trustees }
    }

    /// Returns the deployment as a voter has it, with the accounts of the trustees.
    pub(crate) fn pinned_deployment(&self) -> Deployment {
        let trustees = self.trustees.iter().map(PrivateKeySigner::address).collect();
        let committees = BTreeMap::from([(self.local.committee, PinnedCommittee { trustees, threshold: 2 })]);
        Deployment { committees, ..self.local.deployment.clone() }
    }

    /// Reads the state, with the accounts of the trustees pinned, from a node.
    pub(crate) async fn read_state(&self, node: &psephos_chain::Connection) -> ChainState {
        psephos_chain::read_state(node, &self.pinned_deployment()).await.unwrap()
    }

    /// Returns a set of the honest node alone.
    pub(crate) fn honest_nodes(&self) -> NodeSet {
        NodeSet::single(self.local.chain.connection().clone())
    }

    /// Returns the honest attestation of a trustee.
    pub(crate) async fn attest(&self, trustee: usize) -> Attestation {
        let folder = tempfile::tempdir().unwrap();
        let book = AttestationBook::beside(&folder.path().join("trustee.keys"));
        let (nodes, signer) = (self.honest_nodes(), &self.trustees[trustee]);
        let state = self.read_state(nodes.primary()).await;
        let sign = async |attestation: &Attestation| signer.sign_hash_sync(&attestation.signing_hash());
        attest_poll(&nodes, &state, self.poll, 0, &book, (signer.address(), sign)).await.unwrap()
    }

    /// Returns an attestation with a change, signed by a trustee.
    pub(crate) async fn attest_falsely(&self, trustee: usize, change: impl FnOnce(&mut Attestation)) -> Attestation {
        let mut attestation = self.attest(trustee).await;
        change(&mut attestation);
        sign(attestation, &self.trustees[trustee])
    }

    /// Returns sources with the honest attestations of these trustees.
    pub(crate) async fn attested_sources(&self, trustees: &[usize]) -> Sources {
        let mut sources = Sources::nodes_only(self.honest_nodes());
        for &trustee in trustees {
            sources.attestations.push(self.attest(trustee).await);
        }
        sources
    }

    /// Starts a node that shows a census in which the first member has a weight of its own, in events and views alike:
    /// all that follows from them is consistent. Returns it with the context that it shows.
    pub(crate) async fn start_liar(&self, weight: u64) -> (LyingNode, Context) {
        let liar = LyingNode::start(self.local.chain.connection()).await;
        let victim = self.members[0].address();
        liar.alter_logs(move |logs| {
            for log in logs.iter_mut() {
                let Ok(event) = Enrolled::decode_log(&log.inner) else { continue };
                if event.subject == victim {
                    let altered = Enrolled { weight: U256::from(weight), ..event.data };
                    log.inner.data = altered.encode_log_data();
                }
            }
        });
        let state = self.read_state(&liar.connect().await).await;
        let (root, ctx) = consistent_context(&state, self.poll, self.chamber);
        let words = (words::from_field(&root), words::from_field(&ctx));
        liar.alter_logs(move |logs| {
            for log in logs.iter_mut() {
                let Ok(event) = ChamberOpened::decode_log(&log.inner) else { continue };
                log.inner.data = ChamberOpened { root: words.0, ctx: words.1, ..event.data }.encode_log_data();
            }
        });
        let polls = self.local.deployment.polls;
        liar.alter_view(polls, move |_: &chamberCall, view| (view.root, view.ctx) = words);
        (liar, ctx)
    }
}

/// Returns the root and the context that follow from the events of a state.
fn consistent_context(
    state: &ChainState,
    poll: PollId,
    chamber: ChamberId,
) -> (psephos_protocol::elements::CensusRoot, Context) {
    let entry = state.poll(poll).unwrap();
    let (listed, frozen) = state.opened_chamber(poll, chamber).unwrap();
    let scope = context::derive_scope(entry.require_fingerprint().unwrap(), chamber);
    let keys = state.committee(entry.committee()).unwrap().keys.as_ref().unwrap().hash_keys(entry.circuit_size());
    let root = frozen.chamber.census.root();
    (root, context::derive_context(scope, root, keys, &ballot_parameters(entry, listed).unwrap()))
}

/// Signs an attestation.
pub(crate) fn sign(attestation: Attestation, signer: &PrivateKeySigner) -> Attestation {
    attestation.sign(signer.address(), |hash| signer.sign_hash_sync(hash)).unwrap()
}
