//! Chain state for unit tests, built without a chain: an open poll with two voters and one trustee.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use psephos_protocol::{
    census::{Census, hash_leaf},
    committee::TransportSecret,
    constants::size_for_options,
    context,
    decision::DecisionKind,
    elements::CensusLeaf,
    fingerprint::{ContentHash, PollFingerprint},
    identifiers::{ChamberId, CommitteeId, PollId},
    identity::{Identity, Seed},
    rule::RuleKind,
    statement::{ballot::PostedBallot, dealing},
    weight::Weight,
};
use psephos_state::{
    Address, B256, Ballot, ChainState, Chamber, ChamberRule, Committee, Dealing, Deployment, FrozenChamber, Lifetime,
    Member, Poll, PollChamber, PollParameters, ProofData, Registration, StatedRule, U256, metadata::Metadata,
};
use rand::{SeedableRng, rngs::StdRng};

use crate::{
    parameters::ballot_parameters,
    trustee::trustee_context,
    voter::{Voter, prepare_ballot},
};

/// The poll of the state.
pub(crate) const POLL: PollId = PollId::new(1);
/// Its only chamber.
pub(crate) const CHAMBER: ChamberId = ChamberId::new(0);
/// Its committee.
pub(crate) const COMMITTEE: CommitteeId = CommitteeId::new(0);
/// The weight of each voter.
pub(crate) const WEIGHT: u64 = 1000;
/// The account of the only trustee.
pub(crate) const TRUSTEE: Address = Address::repeat_byte(0xaa);
/// The time from which ballots are accepted.
pub(crate) const OPENS: u64 = 10;
/// The time from which no ballot is accepted.
pub(crate) const CLOSES: u64 = 20;
/// The last time at which totals are accepted.
pub(crate) const DEADLINE: u64 = 30;

pub(crate) fn test_deployment() -> Deployment {
    psephos_state::deployment::placeholder(Address::repeat_byte)
}

pub(crate) fn test_voter(number: u8) -> Identity {
    Identity::from_seed(&Seed::from_bytes([number; 32])).unwrap()
}

pub(crate) fn trustee_secret() -> TransportSecret {
    TransportSecret::from_seed(&Seed::from_bytes([0xbb; 32])).unwrap()
}

/// Returns a voter with the account that has its number in every byte.
pub(crate) fn voter_of(number: u8, identity: &Identity) -> Voter<'_> {
    Voter { account: Address::repeat_byte(number), identity }
}

/// Returns the state of an open poll 1 whose chamber 0 has voters 1 and 2, under a committee 0 of one trustee.
pub(crate) fn open_poll_state(kind: RuleKind, parameter: u16, options: u8) -> ChainState {
    open_poll_state_of(chamber_of((1..3).map(|number| (number, number, WEIGHT))), kind, parameter, options)
}

/// Returns the state of [`open_poll_state`] with other members.
pub(crate) fn open_poll_state_of(chamber: Chamber, kind: RuleKind, parameter: u16, options: u8) -> ChainState {
    let mut state = ChainState::empty(test_deployment());
    (state.block, state.time) = (100, OPENS);
    state.committees.insert(COMMITTEE, committee_of_one(&state));
    let keys = state.committees[&COMMITTEE].keys.clone().unwrap();

    let rule = ChamberRule { chamber: CHAMBER, weighted: true, min_ballots: 1, threshold_bps: 0, quorum: 0, step: 1 };
    let parameters = PollParameters {
        proposal: B256::ZERO,
        options,
        rule: StatedRule { kind: Some(kind), parameter, exact: false, choice_in_note: true, masked: false },
        decision: Some(DecisionKind::Options),
        cancellation: None,
        opens_at: OPENS,
        closes_at: CLOSES,
        tally_deadline: DEADLINE,
        committee: COMMITTEE,
        teller: 0,
        chambers_required: 1,
        metadata: Metadata::new(
            "Adopt the charter?",
            &["A", "B", "C", "D", "E", "F", "G", "H"].map(str::to_owned)[..usize::from(options)],
        )
        .to_json(DecisionKind::Options, options.into())
        .unwrap(),
    };
    let fingerprint = PollFingerprint::from_bytes([3; 32]);
    let mut poll = Poll {
        parameters,
        creator: Address::ZERO,
        content: ContentHash::from_bytes([4; 32]),
        fingerprint: Some(fingerprint),
        chambers: BTreeMap::new(),
        opened: true,
        ended: None,
        ended_at: None,
    };
    let mut listed = PollChamber::new(rule);
    let packed = ballot_parameters(&poll, &listed).unwrap();
    let scope = context::derive_scope(fingerprint, CHAMBER);
    let size = size_for_options(usize::from(options)).unwrap();
    let (root, ctx) =
        (chamber.census.root(), context::derive_context(scope, chamber.census.root(), keys.hash_keys(size), &packed));
    listed.frozen =
        Some(FrozenChamber { root, ctx, packed_rule: U256::from(packed.pack_u64()), chamber: chamber.into() });
    poll.chambers.insert(CHAMBER, listed);
    state.polls.insert(POLL, poll.into());
    state
}

/// Returns a chamber of accounts by number, each with the identity of the voter of a number, and a weight.
pub(crate) fn chamber_of(members: impl Iterator<Item = (u8, u8, u64)>) -> Chamber {
    let members = members.enumerate().map(|(index, (account, voter, weight))| {
        let member = Member { index, id: test_voter(voter).commitment(), weight: Weight::new(weight).unwrap() };
        (Address::repeat_byte(account), member)
    });
    let members: BTreeMap<_, _> = members.collect();
    let mut leaves = vec![CensusLeaf::REMOVED; members.len()];
    members.values().for_each(|member| leaves[member.index] = hash_leaf(&member.id, member.weight));
    let census = Census::from_leaves(leaves).unwrap();
    Chamber { name: "Public".into(), policy: Address::ZERO, members, marked: BTreeSet::new(), census }
}

/// Returns a committee whose only trustee has registered and dealt. The proof of its dealing is empty.
pub(crate) fn committee_of_one(state: &ChainState) -> Committee {
    let key = trustee_secret().transport_key();
    let registration = Registration { trustee: TRUSTEE, index: 0, key, challenge: U256::ZERO, response: U256::ZERO };
    let mut committee = Committee {
        trustees: vec![TRUSTEE],
        threshold: 1,
        registration_deadline: 0,
        dealing_deadline: 0,
        lifetime: Lifetime { expires_at: DEADLINE, max_polls: 2 },
        replaces: None,
        registrations: vec![registration],
        dealings: Vec::new(),
        gathered: 0,
        keys: None,
        retired: false,
        retired_trustees: Vec::new(),
    };
    let recipients = committee.recipients().unwrap();
    let ctx = trustee_context(state, COMMITTEE, TRUSTEE);
    let (_, _, posted) = dealing::build_dealing(ctx, recipients, &mut StdRng::seed_from_u64(1));
    committee.dealings.push(Dealing {
        trustee: TRUSTEE,
        index: 0,
        ephemeral: posted.ephemeral,
        commitments: posted.commitments,
        shares: posted.shares,
        h: posted.h,
        proof: [U256::ZERO; 8],
    });
    committee.keys = Some(committee.commitments().unwrap().key_vector().unwrap());
    committee
}

/// Returns poll 1, to change it.
pub(crate) fn poll_mut(state: &mut ChainState) -> &mut Poll {
    Arc::make_mut(state.polls.get_mut(&POLL).unwrap())
}

/// Returns chamber 0 of poll 1, to change it.
pub(crate) fn chamber_mut(state: &mut ChainState) -> &mut PollChamber {
    poll_mut(state).chambers.get_mut(&CHAMBER).unwrap()
}

/// Adds a ballot to chamber 0 of poll 1.
pub(crate) fn cast_ballot(state: &mut ChainState, posted: PostedBallot) {
    let listed = chamber_mut(state);
    let (previous, next) = (listed.counted_fingerprint(&posted.nullifier), listed.ballots.len());
    if let Some(old) = listed.latest.insert(posted.nullifier, next) {
        listed.ballots[old].replaced = true;
    }
    listed.ballots.push(Ballot {
        posted,
        previous,
        transaction: B256::ZERO,
        block: 1,
        ordinal: 0,
        replaced: false,
        proof: ProofData::NotLoaded,
    });
}

/// Prepares and adds the ballot of a voter.
pub(crate) fn cast_vote(state: &mut ChainState, number: u8, choice: &[u64], replace: bool) {
    let identity = test_voter(number);
    let vote = prepare_ballot(state, voter_of(number, &identity), POLL, CHAMBER, choice, replace).unwrap();
    cast_ballot(state, vote.posted);
}
