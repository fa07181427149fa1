//! The election that is recorded, step by step.

use std::collections::BTreeMap;

use alloy::primitives::{Address, U256, aliases::U96};
use psephos_chain::{NodeSet, StateSource, local, logs, source::node::read_calls};
use psephos_client::{
    Package, Silent,
    keys::{load_claim_keys, load_sealing_keys},
    operator::{self, NewCommittee, NewPoll, fees, retire_committee_call},
    relayer::Submission,
    reward::{self, NewReward, Payout},
    tally,
    trustee::{self, Journal, Precautions},
    verify::gather_evidence,
    voter,
};
use psephos_protocol::{
    committee::TransportSecret,
    decision::DecisionKind,
    identifiers::{ChamberId, CommitteeId, PollId},
    identity::{Identity, Seed},
    reward::PolicyTerms,
    rule::{Rule, RuleKind},
};
use psephos_state::{
    Cancellation, ChamberPolicy, ChamberRule, Deployment, Lifetime,
    bindings::{
        ICommittee::{gatherCall, retireTrusteeCall},
        IFeePot,
        IPolls::{ChamberShare, castBatchCall, postSharesCall},
    },
    lifetime::MAX_LIFETIME_SECONDS,
    words,
};
use rand::rngs::OsRng;

use crate::{CommitteeSize, HOUR, LocalDeployment, Member, Trustee, deployment::poll_metadata};

use super::RecordedElection;

const DAY: u64 = 24 * HOUR;
/// The unit of the reward, in wei.
const UNIT: u128 = 1_000;
/// The fee of the pot, in wei.
const FEE: u64 = 500;

/// The participants while the election is held.
pub(super) struct Stage {
    local: LocalDeployment,
    deployment: Deployment,
    alice: Member,
    bob: Member,
    carol: Member,
    chambers: [ChamberId; 2],
    committee: CommitteeId,
}

impl Stage {
    pub(super) async fn prepare() -> Self {
        let mut local = LocalDeployment::start(CommitteeSize { trustees: 3, threshold: 2 }).await;
        let deployment = local.deployment.clone();
        let (alice, bob, mut carol) =
            (local.create_member().await, local.create_member().await, local.create_member().await);
        let removed = local.create_member().await;
        let weights = [(&alice, 5), (&bob, 7), (&carol, 1), (&removed, 9)];
        let first = local.create_chamber(&deployment, "Researchers", &weights).await;
        let second = local.create_chamber(&deployment, "Public", &[(&alice, 5)]).await;
        local.remove_member(&deployment, first, &removed).await;
        carol.identity = Identity::from_seed(&Seed::random(&mut OsRng)).unwrap();
        let commitment = carol.identity.commitment();
        voter::rotate_identity(&carol.account, &local.read_state().await, first, &commitment).await.unwrap();
        let committee = form_replacement(&mut local).await;
        Self { local, deployment, alice, bob, carol, chambers: [first, second], committee }
    }

    pub(super) async fn hold_polls(&self) -> [PollId; 5] {
        let (first, second) = (self.create_poll(2, 1, None).await, self.create_poll(1, 1, None).await);
        self.fund(first).await;
        for poll in [first, second] {
            operator::open_poll(&self.local.dao, &self.deployment, poll).await.unwrap();
        }
        self.cast_first(first).await;
        let alone = self.prove(&self.alice, second, &[1, 0, 0], false).await;
        self.local.relay_packages(&[Submission::new("alone", &alone)]).await;
        self.local.advance_past_close().await;
        self.refuse_share(first).await;
        let trustees = &self.local.trustees;
        self.post_shares(first, &[&trustees[0], &trustees[2]]).await;
        self.post_shares(second, &[&trustees[1]]).await;
        self.end(first).await;
        self.local.advance_past_close().await;
        tally::finalise_poll(&self.local.dao, &self.deployment, second).await.unwrap();

        let third = self.create_poll(2, 1, Some(first)).await;
        operator::open_poll(&self.local.dao, &self.deployment, third).await.unwrap();
        for member in [&self.alice, &self.bob] {
            let ballot = self.prove(member, third, &[1, 0, 0], false).await;
            self.local.relay_packages(&[Submission::new("ballot", &ballot)]).await;
        }
        self.local.advance_past_close().await;
        self.post_shares(third, &[&trustees[0], &trustees[1]]).await;
        self.end(third).await;
        let [fourth, fifth] = self.hold_rounded_polls().await;
        [first, second, third, fourth, fifth]
    }

    /// Holds two rounded polls. The teller tallies the first, and not the second.
    async fn hold_rounded_polls(&self) -> [PollId; 2] {
        let polls = [self.create_poll(2, 3, None).await, self.create_poll(2, 3, None).await];
        for poll in polls {
            operator::open_poll(&self.local.dao, &self.deployment, poll).await.unwrap();
            for member in [&self.alice, &self.bob] {
                let ballot = self.prove(member, poll, &[1, 0, 0], false).await;
                self.local.relay_packages(&[Submission::new("ballot", &ballot)]).await;
            }
        }
        self.local.advance_past_close().await;
        let [teller, other, _] = self.local.trustees.as_slice() else { panic!("the committee has three trustees") };
        for poll in polls {
            self.post_shares(poll, &[teller, other]).await;
        }
        let (state, circuits, chamber) = (self.local.read_state().await, &self.local.circuits, self.chambers[0]);
        let (account, secret) = (&teller.account, &teller.secret);
        trustee::tally_rounded_chamber(account, &state, circuits, secret, polls[0], chamber, |_, _| ()).await.unwrap();
        tally::finalise_poll(&self.local.dao, &self.deployment, polls[0]).await.unwrap();
        self.local.advance_past_close().await;
        tally::finalise_poll(&self.local.dao, &self.deployment, polls[1]).await.unwrap();
        polls
    }

    async fn create_poll(&self, min_ballots: u32, step: u64, ratifies: Option<PollId>) -> PollId {
        let now = self.local.dao.newest_time().await.unwrap();
        let rule = |&chamber: &ChamberId| ChamberRule {
            chamber,
            weighted: true,
            min_ballots,
            threshold_bps: 5_000,
            quorum: 1,
            step,
        };
        let canceller = self.local.dao.sender().unwrap();
        // The second chamber has one member: too few ballots in the polls that are decided.
        let chambers = if min_ballots == 1 { &self.chambers[..1] } else { &self.chambers[..] };
        let poll = NewPoll {
            metadata: poll_metadata(),
            options: 3,
            decision: DecisionKind::Options,
            cancellation: Some(Cancellation { canceller, deadline: now + HOUR / 4 }),
            // The first poll pays a bonus.
            rule: Rule { choice_in_note: ratifies.is_none() && step == 1, ..Rule::new(RuleKind::Plurality, 0) },
            opens_at: now + 1,
            closes_at: now + HOUR,
            tally_deadline: now + 2 * HOUR,
            committee: self.committee,
            teller: 0,
            chambers_required: 1,
            chambers: chambers.iter().map(rule).collect(),
            ratifies,
        };
        let id = operator::create_poll(&self.local.dao, &self.deployment, &poll).await.unwrap();
        local::advance_time(self.local.chain.connection(), now + 10).await.unwrap();
        id
    }

    /// Sets a poll's reward and its fee pot.
    async fn fund(&self, poll: PollId) {
        let (dao, now) = (&self.local.dao, self.local.dao.newest_time().await.unwrap());
        let terms = PolicyTerms { base: 10, per_weight: 1, cap: 5, bonus: 5, ratified: None };
        let new = NewReward {
            poll,
            token: None,
            unit: UNIT,
            ratification_deadline: Some(now + 10 * DAY),
            claim_deadline: now + 30 * DAY,
            chambers: vec![ChamberPolicy { chamber: self.chambers[0], terms }],
        };
        reward::create_reward(dao, &self.deployment, &new).await.unwrap();
        for _ in 0..2 {
            reward::fund_reward(dao, &self.deployment, None, poll, U256::from(100 * UNIT)).await.unwrap();
        }
        let relayers = vec![self.local.relayer.sender().unwrap(), dao.sender().unwrap()];
        let pot = fees::NewPot { poll, fee: U96::from(FEE), amount: U256::from(FEE), relayers };
        fees::create_pot_call(dao, &self.deployment, &pot).await.unwrap().send(dao).await.unwrap();
        let more = U256::from(3 * FEE);
        fees::fund_pot_call(dao, &self.deployment, poll, more).await.unwrap().send(dao).await.unwrap();
    }

    async fn prove(&self, member: &Member, poll: PollId, choice: &[u64], replace: bool) -> Package {
        let state = self.local.read_state().await;
        self.local.prove_ballot(&state, member.voter(), (poll, self.chambers[0]), choice, replace)
    }

    /// Casts alice's ballot, then bob's and alice's replacement through the fee pot, then carol's; the second and the
    /// third batch have a ballot that is skipped.
    async fn cast_first(&self, poll: PollId) {
        let relayer = &self.local.relayer;
        let alice = self.prove(&self.alice, poll, &[0, 1, 0], false).await;
        let bob = self.prove(&self.bob, poll, &[1, 0, 0], false).await;
        let carol = self.prove(&self.carol, poll, &[1, 0, 0], false).await;
        self.local.relay_packages(&[Submission::new("alice", &alice)]).await;
        let again = self.prove(&self.alice, poll, &[0, 0, 1], true).await;
        let castBatchCall { poll: number, chamber, records, replacements } =
            self.batch(poll, &[&alice, &bob], &[&again]);
        let minimum = U256::from(FEE);
        let call = IFeePot::castBatchCall { poll: number, chamber, records, replacements, minimum };
        relayer.send_call(self.deployment.fee_pot.unwrap(), &call).await.unwrap();
        let batch = self.batch(poll, &[&bob, &carol], &[]);
        relayer.send_call(self.deployment.polls, &batch).await.unwrap();
    }

    fn batch(&self, poll: PollId, records: &[&Package], replacements: &[&Package]) -> castBatchCall {
        let bytes = |packages: &[&Package]| -> Vec<u8> {
            packages.iter().flat_map(|package| package.contents().unwrap().to_bytes()).collect()
        };
        castBatchCall {
            poll: U256::from(poll.get()),
            chamber: U256::from(self.chambers[0].get()),
            records: bytes(records).into(),
            replacements: bytes(replacements).into(),
        }
    }

    /// Posts a share whose proof does not hold.
    async fn refuse_share(&self, poll: PollId) {
        let (trustee, state) = (&self.local.trustees[0], self.local.read_state().await);
        let entry = state.committee(self.committee).unwrap();
        let (commitments, index) = (entry.commitments().unwrap(), 0);
        let share = ChamberShare {
            chamber: U256::from(self.chambers[0].get()),
            share: words::from_points(&commitments.evaluate_at(index + 1)[..3]),
            h: U256::from(1),
            proof: [U256::from(1); 8],
        };
        let call = postSharesCall {
            poll: U256::from(poll.get()),
            index: U256::from(index),
            keys: words::from_points(&commitments.evaluate_at(index + 1)[..3]),
            otherKeysHash: commitments.key_hashes_at(index + 1)[1].into(),
            shares: vec![share],
        };
        trustee.account.send_call(self.deployment.polls, &call).await.unwrap();
    }

    async fn post_shares(&self, poll: PollId, trustees: &[&Trustee]) {
        for trustee in trustees {
            let (state, source) = (self.local.read_state().await, self.local.source());
            let (journal, nodes) = (Journal::disabled(), NodeSet::single(trustee.account.clone()));
            let caution =
                Precautions { journal: &journal, confirmations: 0, proofs: &source, nodes: &nodes, clock: None };
            let (circuits, chamber) = (&self.local.circuits, self.chambers[0]);
            trustee::decrypt_total(&trustee.account, &state, circuits, &trustee.secret, poll, chamber, caution)
                .await
                .unwrap();
        }
    }

    async fn end(&self, poll: PollId) {
        tally::tally_poll(&self.local.source(), &self.local.relayer, poll, &Silent).await.unwrap();
        tally::finalise_poll(&self.local.dao, &self.deployment, poll).await.unwrap();
    }

    pub(super) async fn pay_rewards(&self, [poll, _, later, ..]: [PollId; 5]) {
        let (relayer, circuits) = (&self.local.relayer, &self.local.circuits);
        load_sealing_keys(circuits, &Silent).unwrap();
        load_claim_keys(circuits, 3, &Silent).unwrap();
        reward::ratify_option(relayer, &self.deployment, poll, later.get()).await.unwrap();
        reward::seal_notes(relayer, &self.local.read_state().await, circuits, poll, &Silent).await.unwrap();
        reward::open_claims(relayer, &self.deployment, poll).await.unwrap();
        let payees = [(&self.bob, Some(relayer.sender().unwrap()), UNIT), (&self.carol, None, 0)];
        for (number, (member, payee, fee)) in (1u8..).zip(payees) {
            let payout = Payout { recipient: Address::repeat_byte(number), relayer: payee, fee: U256::from(fee) };
            let state = self.local.read_state().await;
            let claiming =
                reward::prepare_claim(&state, member.voter(), poll, self.chambers[0], payout, &|_, _| ()).unwrap();
            let claim = reward::prove_claim(&state, circuits, claiming).unwrap();
            reward::submit_claim(relayer, &claim).await.unwrap();
        }
        let to = Address::repeat_byte(9);
        reward::withdraw_surplus_call(&self.deployment, poll, to).send(&self.local.dao).await.unwrap();
    }

    /// Ends what is left: the fee pot, the committee, and the ownership of all contracts is offered to another account.
    pub(super) async fn settle(&self, [poll, ..]: [PollId; 5]) {
        let (dao, to) = (&self.local.dao, Address::repeat_byte(9));
        fees::withdraw_credit(&self.local.relayer, &self.deployment, to).await.unwrap();
        fees::reclaim_pot_call(dao, &self.deployment, poll, to).await.unwrap().send(dao).await.unwrap();
        retire_committee_call(&self.deployment, self.committee).send(dao).await.unwrap();
        let retire = retireTrusteeCall { committee: U256::from(self.committee.get()), index: U256::ZERO };
        self.local.trustees[0].account.send_call(self.deployment.committee, &retire).await.unwrap();
        let ownerships = operator::ownership::read_ownership(dao, &self.deployment).await.unwrap();
        for call in operator::ownership::transfer_calls(&ownerships, Address::repeat_byte(8)) {
            call.send(dao).await.unwrap();
        }
    }

    pub(super) async fn record(self, polls: [PollId; 5]) -> RecordedElection {
        let Self { local, deployment, .. } = self;
        let (connection, source) = (local.chain.connection(), local.source());
        let contracts = [
            deployment.registry,
            deployment.policy,
            deployment.committee,
            deployment.polls,
            deployment.rewards,
            deployment.fee_pot.unwrap(),
        ];
        let state = local.read_state().await;
        let logs = logs::read_logs(connection, &contracts, deployment.from_block, state.block).await.unwrap();
        let calls = read_calls(connection, &logs.iter().map(|log| log.transaction).collect()).await.unwrap();
        let mut evidence = BTreeMap::new();
        for poll in polls {
            let mut state = state.clone();
            source.load_calls(&mut state, poll).await.unwrap();
            evidence.insert(poll, gather_evidence(connection, state, &local.circuits, poll).await.unwrap());
        }
        let circuits = local.circuits.clone();
        RecordedElection { deployment, circuits, polls, logs, calls, time: state.time, evidence }
    }
}

/// Forms a committee that replaces the one that the deployment has. Its dealings are gathered one by one.
async fn form_replacement(local: &mut LocalDeployment) -> CommitteeId {
    // A transport key serves one committee.
    for trustee in &mut local.trustees {
        trustee.secret = TransportSecret::from_seed(&Seed::random(&mut OsRng)).unwrap();
    }
    let (deployment, now) = (&local.deployment, local.dao.newest_time().await.unwrap());
    let new = NewCommittee {
        trustees: local.trustees.iter().map(|trustee| trustee.account.sender().unwrap()).collect(),
        threshold: 2,
        registration_deadline: now + HOUR,
        dealing_deadline: now + 2 * HOUR,
        lifetime: Lifetime { expires_at: now + MAX_LIFETIME_SECONDS, max_polls: 256 },
        replaces: Some(local.committee),
    };
    let id = operator::create_committee(&local.dao, deployment, &new).await.unwrap();
    for trustee in &local.trustees {
        trustee::register_key(&trustee.account, &local.read_state().await, &trustee.secret, id).await.unwrap();
    }
    for trustee in &local.trustees[..2] {
        trustee::post_dealing(&trustee.account, &local.read_state().await, &local.circuits, id).await.unwrap();
    }
    let state = local.read_state().await;
    let first = &state.committee(id).unwrap().dealings[0];
    let commitments = words::from_points(first.commitments.points());
    let gather = gatherCall { committee: U256::from(id.get()), sums: Vec::new(), commitments };
    local.dao.send_call(deployment.committee, &gather).await.unwrap();
    trustee::finalise_committee(&local.dao, &local.read_state().await, &local.circuits, id).await.unwrap();
    id
}
