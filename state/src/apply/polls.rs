//! The events of polls.

use std::sync::Arc;

use alloy_primitives::U256;
use psephos_protocol::field;

use super::{
    context::{Batch, Misfit, Outcome, Place},
    prepare::{ReadBallot, read_posted},
};
use crate::{
    bindings::IPolls::{self, IPollsEvents},
    chain_state::Replay,
    poll::{Ballot, Counted, Frozen, Poll, PollChamber, PollState, ProofData, Share},
    proofs::Given,
    words,
};

impl Replay {
    pub(super) fn polls(&mut self, event: IPollsEvents, place: Place, batch: &mut Batch<'_>) -> Outcome {
        use IPollsEvents as Event;
        match event {
            Event::PollCreated(event) => {
                let id = words::to_u64(event.poll)?;
                let rules = event.parameters.chambers.iter();
                let chambers = rules.map(|rule| (rule.chamber, PollChamber::new(rule.clone()))).collect();
                let created = Poll { parameters: event.parameters, chambers, opened: false, ended: None };
                if self.polls.insert(id, created.into()).is_some() {
                    return Err(Misfit(Some(id), format!("poll {id} is created twice")));
                }
            }
            Event::PollOpened(event) => self.poll_mut(event.poll)?.opened = true,
            Event::ChamberOpened(event) => self.chamber_opened(event, batch)?,
            Event::BallotCast(event) => {
                let posted = read_posted(&event, place.source);
                self.ballot_cast(event, posted, place)?;
            }
            Event::BallotsForwarded(event) => self.ballots_forwarded(&event, place)?,
            Event::BallotSkipped(event) => self.poll_chamber(event.poll, event.chamber)?.skipped += 1,
            Event::SharePosted(event) => {
                let share = Share {
                    trustee: event.trustee,
                    index: words::to_u64(event.index)?,
                    points: words::to_points_from(&event.share, place.source)?,
                    h: words::to_field(event.h)?,
                    proof: event.proof,
                    transaction: place.transaction,
                    block: place.block,
                };
                self.poll_chamber(event.poll, event.chamber)?.shares.push(share);
            }
            Event::ShareRefused(event) => {
                self.poll_chamber(event.poll, event.chamber)?.refused.push(event.trustee);
            }
            Event::SharesMissing(event) => {
                self.poll_chamber(event.poll, event.chamber)?.missing = event.trustees;
            }
            Event::ChamberTallied(event) => {
                let counted = Counted {
                    trustees: words::to_u64(event.trustees)?,
                    totals: event.totals,
                    choice: event.hasChoice.then_some(event.choice),
                    transaction: place.transaction,
                    block: place.block,
                };
                self.poll_chamber(event.poll, event.chamber)?.counted = Some(counted);
            }
            Event::PollEnded(event) => {
                let state = match event.state {
                    IPolls::State::Decided => PollState::Decided,
                    IPolls::State::Rejected => PollState::Rejected,
                    IPolls::State::Undecided => PollState::Undecided,
                    other => return Err(format!("poll {} ends in the state {}", event.poll, other as u8).into()),
                };
                self.poll_mut(event.poll)?.ended = Some((state, event.outcome));
            }
        }
        Ok(())
    }

    fn chamber_opened(&mut self, event: IPolls::ChamberOpened, batch: &mut Batch<'_>) -> Outcome {
        let id = words::to_u64(event.chamber)?;
        self.settle(id, batch);
        let kept = batch.kept.map(|kept| kept.frozen.get(&(words::to_u64(event.poll).unwrap_or_default(), id)));
        let chamber = kept.unwrap_or_else(|| self.chambers.get(&id));
        let chamber = chamber.ok_or_else(|| format!("chamber {id} was never created"))?.clone();
        let (root, ctx) = (words::to_field(event.root)?, words::to_field(event.ctx)?);
        let frozen = Frozen { root, ctx, packed_rule: event.packedRule, chamber };
        self.poll_chamber(event.poll, event.chamber)?.frozen = Some(frozen);
        Ok(())
    }

    pub(super) fn ballot_cast(&mut self, event: IPolls::BallotCast, posted: ReadBallot, place: Place) -> Outcome {
        let size = self.poll_mut(event.poll)?.size();
        let id = words::to_u64(event.poll)?;
        let misfit = |what: String| Misfit(Some(id), what);
        let posted = posted.map_err(|error| misfit(format!("a ballot: {error}")))?;
        if posted.ciphertext.size() != size {
            return Err(misfit(format!("a ballot of size {} in a poll of size {size}", posted.ciphertext.size())));
        }
        if field::to_bytes(&posted.nullifier) != event.nullifier.to_be_bytes::<32>() {
            return Err(misfit("a ballot whose record has another nullifier than its event".into()));
        }
        let chamber = self.poll_chamber(event.poll, event.chamber)?;
        let nullifier = posted.nullifier;
        let next = chamber.ballots.len();
        let mut number = chamber.current.len();
        let before = chamber.current.insert(nullifier, next);
        if let Some(old) = before.and_then(|index| chamber.ballots.get_mut(index)) {
            old.replaced = true;
            number = old.number;
        }
        chamber.ballots.push(Ballot {
            posted,
            previous: event.previous.0,
            transaction: place.transaction,
            block: place.block,
            number,
            replaced: false,
            proof: ProofData::NotLoaded,
        });
        Ok(())
    }

    fn ballots_forwarded(&mut self, event: &IPolls::BallotsForwarded, place: Place) -> Outcome {
        let size = self.poll_mut(event.poll)?.size();
        let given = Given::new(&event.records, &event.replacements, size);
        let chamber = self.poll_chamber(event.poll, event.chamber)?;
        let of_this_call = |ballot: &&mut Ballot| ballot.transaction == place.transaction;
        for ballot in chamber.ballots.iter_mut().rev().take_while(of_this_call) {
            if ballot.proof == ProofData::NotLoaded {
                given.find(ballot);
            }
        }
        Ok(())
    }

    fn poll_mut(&mut self, id: U256) -> Result<&mut Poll, Misfit> {
        let id = words::to_u64(id)?;
        self.polls
            .get_mut(&id)
            .map(Arc::make_mut)
            .ok_or_else(|| Misfit(Some(id), format!("poll {id} was never created")))
    }

    fn poll_chamber(&mut self, poll: U256, chamber: U256) -> Result<&mut PollChamber, Misfit> {
        let chamber = words::to_u64(chamber)?;
        let id = words::to_u64(poll)?;
        let found = self.poll_mut(poll)?.chambers.get_mut(&chamber);
        found.ok_or_else(|| Misfit(Some(id), format!("poll {id} has no chamber {chamber}")))
    }
}
