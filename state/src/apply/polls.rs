//! Events of the polls contract.

use std::sync::Arc;

use super::{
    context::{InvalidEvent, LogBatch, Outcome, Position},
    prepare::{ReadBallot, decode_posted},
};
use crate::{
    bindings::IPolls::{self, IPollsEvents},
    chain_state::ChainState,
    fingerprint::PollContent,
    poll::{
        Ballot, BallotBatch, ChamberRule, DecryptionShare, FrozenChamber, Poll, PollChamber, PollState, PostedWords,
        ProofData, RefusedShare, RoundedResult, SkippedBallot, Tally, TallyResult,
    },
    proofs::CallBallots,
    transaction::CallEvidence,
    words,
};
use alloy_primitives::U256;
use psephos_protocol::{
    constants::size_for_options,
    identifiers::{CommitteeId, PollId},
};

impl ChainState {
    pub(super) fn apply_poll_event(
        &mut self,
        event: IPollsEvents,
        position: Position,
        batch: &mut LogBatch<'_>,
    ) -> Outcome {
        use IPollsEvents as Event;
        match event {
            Event::PollCreated(event) => self.apply_poll_created(event)?,
            Event::PollOpened(event) => self.poll_mut(event.poll)?.opened = true,
            Event::ChamberOpened(event) => self.apply_chamber_opened(event, batch)?,
            Event::BallotCast(event) => {
                let posted = decode_posted(&event, position.source);
                self.apply_ballot(event, posted, position)?;
            }
            Event::BallotsForwarded(event) => self.apply_forwarded(&event, position)?,
            Event::BallotSkipped(event) => {
                let chamber = self.poll_chamber_mut(event.poll, event.chamber)?;
                let after = chamber.ballots.len();
                chamber.skips.push(SkippedBallot { nullifier: event.nullifier, position: position.of_event(), after });
            }
            Event::SharePosted(event) => {
                let share = DecryptionShare {
                    trustee: event.trustee,
                    index: words::to_u64(event.index)?,
                    points: words::to_points_from(&event.share, position.source)?,
                    blinding: None,
                    h: words::to_field(event.h)?,
                    proof: event.proof,
                    transaction: position.transaction,
                    block: position.block,
                    call: CallEvidence::NotLoaded,
                };
                self.poll_chamber_mut(event.poll, event.chamber)?.shares.push(share);
            }
            Event::BlindedSharePosted(event) => {
                let posted = PostedWords {
                    points: event.points,
                    blinding: Some((event.teller, event.ephemeral, event.factors)),
                    h: event.h,
                    proof: event.proof,
                };
                let share = posted.read_share(
                    event.trustee,
                    words::to_u64(event.index)?,
                    position.of_event(),
                    position.source,
                )?;
                self.poll_chamber_mut(event.poll, event.chamber)?.shares.push(share);
            }
            Event::ShareRefused(event) => {
                let refusal = RefusedShare {
                    trustee: event.trustee,
                    index: words::to_u64(event.index)?,
                    position: position.of_event(),
                    call: CallEvidence::NotLoaded,
                    shares: Vec::new(),
                };
                self.poll_chamber_mut(event.poll, event.chamber)?.refusals.push(refusal);
            }
            Event::SharesMissing(event) => {
                self.poll_chamber_mut(event.poll, event.chamber)?.missing_trustees = event.trustees;
            }
            Event::TellerSilent(event) => {
                self.poll_chamber_mut(event.poll, event.chamber)?.silent_tellers.push(event.trustee);
            }
            Event::ChamberTallied(event) => {
                let tally = Tally {
                    trustees: words::to_u64(event.trustees)?,
                    result: TallyResult::Exact(event.totals),
                    choice: event.hasChoice.then_some(event.choice),
                    transaction: position.transaction,
                    block: position.block,
                    call: CallEvidence::NotLoaded,
                };
                self.poll_chamber_mut(event.poll, event.chamber)?.tally = Some(tally);
            }
            Event::ChamberRounded(event) => {
                let rounded = RoundedResult {
                    teller: event.teller.into(),
                    greatest: event.greatest,
                    buckets: event.buckets,
                    h: words::to_field(event.h)?,
                    proof: event.proof,
                };
                let tally = Tally {
                    trustees: words::to_u64(event.trustees)?,
                    result: TallyResult::Rounded(Box::new(rounded)),
                    choice: event.hasChoice.then_some(event.choice),
                    transaction: position.transaction,
                    block: position.block,
                    call: CallEvidence::NotLoaded,
                };
                self.poll_chamber_mut(event.poll, event.chamber)?.tally = Some(tally);
            }
            Event::PollEnded(event) => {
                let state = PollState::from_final(event.state)
                    .ok_or_else(|| format!("poll {} ends in non-final state {}", event.poll, event.state as u8))?;
                if state != PollState::Decided && event.outcome != 0 {
                    let what = format!("poll {} ends as {state}, and yet with option {}", event.poll, event.outcome);
                    return Err(InvalidEvent::of_poll(words::to_poll(event.poll)?, what));
                }
                let poll = self.poll_mut(event.poll)?;
                (poll.ended, poll.ended_at) = (Some((state, event.outcome)), Some(position.of_event()));
            }
        }
        Ok(())
    }

    /// Adds a poll with the fingerprint that follows from its parameters, whatever the event says.
    fn apply_poll_created(&mut self, event: IPolls::PollCreated) -> Outcome {
        let id = words::to_poll(event.poll)?;
        let IPolls::PollCreated { creator, fingerprint: stated, mut parameters, .. } = event;
        let content = PollContent::new(self.deployment.chain_id, self.deployment.polls, creator, &parameters);
        let committee = self.committees.get(&CommitteeId::new(parameters.committee));
        let size = size_for_options(parameters.options.into()).unwrap_or(8);
        let keys = committee.and_then(|committee| committee.keys.as_ref()).map(|keys| keys.hash_keys(size));
        let fingerprint = keys.map(|keys| content.fingerprint(id, &parameters, keys));
        let rules = std::mem::take(&mut parameters.chambers).into_iter().map(ChamberRule::from);
        let chambers = rules.map(|rule| (rule.chamber, PollChamber::new(rule))).collect();
        let proposal = parameters.proposal;
        let created = Poll {
            parameters: parameters.into(),
            creator,
            content: content.hash(),
            fingerprint,
            chambers,
            opened: false,
            ended: None,
            ended_at: None,
        };
        let invalid = |what: String| Err(InvalidEvent::of_poll(id, what));
        if self.polls.insert(id, created.into()).is_some() {
            return invalid(format!("poll {id} is created twice"));
        }
        if event.proposal != proposal {
            return invalid(format!("poll {id} is about proposal {proposal}, but its event is filed under another"));
        }
        if let Some(what) = self.outside_life(id) {
            return invalid(format!("poll {id} {what}"));
        }
        match fingerprint.filter(|computed| computed.to_bytes() != stated.0) {
            Some(computed) => invalid(format!("poll {id} has fingerprint {computed}, but its event says {stated}")),
            None => Ok(()),
        }
    }

    /// Returns what is wrong with a new poll that is outside its committee's life: the contract creates none.
    fn outside_life(&self, id: PollId) -> Option<String> {
        let poll = self.polls.get(&id)?;
        let life = self.committee_life(poll.committee()).ok()?;
        life.find_excess(poll.committee(), life.polls.len(), poll.parameters.tally_deadline)
    }

    fn apply_chamber_opened(&mut self, event: IPolls::ChamberOpened, batch: &mut LogBatch<'_>) -> Outcome {
        let id = words::to_chamber(event.chamber)?;
        self.insert_leaves(id, batch);
        let checkpoint = batch
            .checkpoint
            .map(|checkpoint| checkpoint.frozen.get(&(words::to_poll(event.poll).unwrap_or_default(), id)));
        let chamber = checkpoint.unwrap_or_else(|| self.chambers.get(&id));
        let chamber = chamber.ok_or_else(|| format!("chamber {id} was never created"))?.clone();
        let (root, ctx) = (words::to_field(event.root)?, words::to_field(event.ctx)?);
        let frozen = FrozenChamber { root, ctx, packed_rule: event.packedRule, chamber };
        let poll = words::to_poll(event.poll)?;
        let settled = frozen.chamber.require_unmarked(format_args!("poll {poll} opens in chamber {id}"));
        self.poll_chamber_mut(event.poll, event.chamber)?.frozen = Some(frozen);
        settled.map_err(|what| InvalidEvent::of_poll(poll, what))
    }

    pub(super) fn apply_ballot(
        &mut self,
        event: IPolls::BallotCast,
        posted: ReadBallot,
        position: Position,
    ) -> Outcome {
        let size = self.poll_mut(event.poll)?.circuit_size();
        let id = words::to_poll(event.poll)?;
        let invalid = |what: String| InvalidEvent::of_poll(id, what);
        let posted = posted.map_err(|error| invalid(format!("a ballot does not decode: {error}")))?;
        if posted.ciphertext.size() != size {
            return Err(invalid(format!("a ballot of size {} in a poll of size {size}", posted.ciphertext.size())));
        }
        if posted.nullifier.to_bytes() != event.nullifier.to_be_bytes::<32>() {
            return Err(invalid("a ballot whose record has another nullifier than its event".into()));
        }
        let chamber = self.poll_chamber_mut(event.poll, event.chamber)?;
        let nullifier = posted.nullifier;
        let next = chamber.ballots.len();
        let mut ordinal = chamber.latest.len();
        let before = chamber.latest.insert(nullifier, next);
        if let Some(old) = before.and_then(|index| chamber.ballots.get_mut(index)) {
            old.replaced = true;
            ordinal = old.ordinal;
        }
        chamber.ballots.push(Ballot {
            posted,
            previous: event.previous.0,
            transaction: position.transaction,
            block: position.block,
            ordinal,
            replaced: false,
            proof: ProofData::NotLoaded,
        });
        Ok(())
    }

    fn apply_forwarded(&mut self, event: &IPolls::BallotsForwarded, position: Position) -> Outcome {
        let size = self.poll_mut(event.poll)?.circuit_size();
        let given = CallBallots::new(&event.records, &event.replacements, size);
        let chamber = self.poll_chamber_mut(event.poll, event.chamber)?;
        let batch = BallotBatch { transaction: position.transaction, nullifiers: given.nullifiers() };
        chamber.batches.push(batch);
        let of_this_call = |ballot: &&mut Ballot| ballot.transaction == position.transaction;
        for ballot in chamber.ballots.iter_mut().rev().take_while(of_this_call) {
            if ballot.proof == ProofData::NotLoaded {
                given.collect_proofs(ballot);
            }
        }
        Ok(())
    }

    fn poll_mut(&mut self, id: U256) -> Result<&mut Poll, InvalidEvent> {
        let id = words::to_poll(id)?;
        self.polls
            .get_mut(&id)
            .map(Arc::make_mut)
            .ok_or_else(|| InvalidEvent::of_poll(id, format!("poll {id} was never created")))
    }

    fn poll_chamber_mut(&mut self, poll: U256, chamber: U256) -> Result<&mut PollChamber, InvalidEvent> {
        let chamber = words::to_chamber(chamber)?;
        let id = words::to_poll(poll)?;
        let found = self.poll_mut(poll)?.chambers.get_mut(&chamber);
        found.ok_or_else(|| InvalidEvent::of_poll(id, format!("poll {id} has no chamber {chamber}")))
    }
}
