//! One log after another.

mod committee;
mod reward;

use alloy::{
    primitives::{B256, U256},
    rpc::types::Log,
    sol_types::SolEventInterface,
};
use psephos_protocol::{census::Weight, field, identity::IdentityCommitment, statement::ballot::Posted};

use super::{
    Ballot, Chamber, Counted, Finding, Frozen, Member, Poll, PollChamber, PollState, ProofData, Replay, Share,
    proofs::Given,
};
use crate::{
    bindings::{
        ICommittee::ICommitteeEvents,
        IPolls::{self, IPollsEvents},
        IRewards::IRewardsEvents,
        IStakeholderRegistry::IStakeholderRegistryEvents,
    },
    error::ChainError,
    words,
};

/// Where an event comes from.
#[derive(Clone, Copy)]
struct Place {
    block: u64,
    transaction: B256,
}

/// Why an event does not fit, and the poll it concerns.
struct Misfit(Option<u64>, String);

impl From<ChainError> for Misfit {
    fn from(error: ChainError) -> Self {
        Self(None, error.to_string())
    }
}

impl From<String> for Misfit {
    fn from(what: String) -> Self {
        Self(None, what)
    }
}

type Outcome = Result<(), Misfit>;

impl Replay {
    /// Applies one log. Logs of other contracts, and events that the interfaces do not have, are passed over.
    pub fn apply(&mut self, log: &Log) {
        let place = Place {
            block: log.block_number.unwrap_or_default(),
            transaction: log.transaction_hash.unwrap_or_default(),
        };
        let (address, data) = (log.address(), &log.inner.data);
        let outcome = if address == self.deployment.registry {
            match known(IStakeholderRegistryEvents::SELECTORS, data.topics()) {
                true => IStakeholderRegistryEvents::decode_raw_log(data.topics(), &data.data)
                    .map_err(undecodable)
                    .and_then(|event| self.registry(event)),
                false => Ok(()),
            }
        } else if address == self.deployment.committee {
            match known(ICommitteeEvents::SELECTORS, data.topics()) {
                true => ICommitteeEvents::decode_raw_log(data.topics(), &data.data)
                    .map_err(undecodable)
                    .and_then(|event| self.committee_event(event)),
                false => Ok(()),
            }
        } else if address == self.deployment.polls {
            match known(IPollsEvents::SELECTORS, data.topics()) {
                true => IPollsEvents::decode_raw_log(data.topics(), &data.data)
                    .map_err(undecodable)
                    .and_then(|event| self.polls(event, place)),
                false => Ok(()),
            }
        } else if address == self.deployment.rewards {
            match known(IRewardsEvents::SELECTORS, data.topics()) {
                true => IRewardsEvents::decode_raw_log(data.topics(), &data.data)
                    .map_err(undecodable)
                    .and_then(|event| self.reward_event(event, place)),
                false => Ok(()),
            }
        } else {
            Ok(())
        };
        if let Err(Misfit(poll, what)) = outcome {
            self.findings.push(Finding { block: place.block, transaction: place.transaction, poll, what });
        }
        self.block = self.block.max(place.block);
    }

    fn registry(&mut self, event: IStakeholderRegistryEvents) -> Outcome {
        use IStakeholderRegistryEvents as Event;
        match event {
            Event::ChamberCreated(event) => {
                let id = words::to_u64(event.chamber)?;
                let created = Chamber::new(event.name, event.policy);
                match self.chambers.insert(id, created) {
                    None => {}
                    Some(_) => return Err(format!("chamber {id} is created twice").into()),
                }
            }
            Event::Enrolled(event) => {
                let member = member(event.index, event.id, event.weight)?;
                self.chamber_mut(event.chamber)?.enrol(event.subject, member)?;
            }
            Event::KeyRotated(event) => {
                let member = member(event.index, event.id, event.weight)?;
                self.chamber_mut(event.chamber)?.rotate(event.subject, member)?;
            }
            Event::Removed(event) => {
                let index = words::to_u64(event.index)? as usize;
                self.chamber_mut(event.chamber)?.remove(event.subject, index)?;
            }
        }
        Ok(())
    }

    fn polls(&mut self, event: IPollsEvents, place: Place) -> Outcome {
        use IPollsEvents as Event;
        match event {
            Event::PollCreated(event) => {
                let id = words::to_u64(event.poll)?;
                let rules = event.parameters.chambers.iter();
                let chambers = rules.map(|rule| (rule.chamber, PollChamber::new(rule.clone()))).collect();
                let created = Poll { parameters: event.parameters, chambers, opened: false, ended: None };
                if self.polls.insert(id, created).is_some() {
                    return Err(Misfit(Some(id), format!("poll {id} is created twice")));
                }
            }
            Event::PollOpened(event) => self.poll_mut(event.poll)?.opened = true,
            Event::ChamberOpened(event) => self.chamber_opened(event)?,
            Event::BallotCast(event) => self.ballot_cast(event, place)?,
            Event::BallotsForwarded(event) => self.ballots_forwarded(&event, place)?,
            Event::BallotSkipped(event) => self.poll_chamber(event.poll, event.chamber)?.skipped += 1,
            Event::SharePosted(event) => {
                let share = Share {
                    trustee: event.trustee,
                    index: words::to_u64(event.index)?,
                    points: words::to_points(&event.share)?,
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
            Event::ChamberCounted(event) => {
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

    fn chamber_opened(&mut self, event: IPolls::ChamberOpened) -> Outcome {
        let id = words::to_u64(event.chamber)?;
        let chamber = self.chambers.get(&id).ok_or_else(|| format!("chamber {id} was never created"))?.clone();
        let (root, ctx) = (words::to_field(event.root)?, words::to_field(event.ctx)?);
        let frozen = Frozen { root, ctx, packed_rule: event.packedRule, chamber };
        self.poll_chamber(event.poll, event.chamber)?.frozen = Some(frozen);
        Ok(())
    }

    fn ballot_cast(&mut self, event: IPolls::BallotCast, place: Place) -> Outcome {
        let size = self.poll_mut(event.poll)?.size();
        let id = words::to_u64(event.poll)?;
        let misfit = |what: String| Misfit(Some(id), what);
        let posted = Posted::from_bytes(&event.record).map_err(|error| misfit(format!("a ballot: {error}")))?;
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

    fn chamber_mut(&mut self, id: U256) -> Result<&mut Chamber, Misfit> {
        let id = words::to_u64(id)?;
        self.chambers.get_mut(&id).ok_or_else(|| format!("chamber {id} was never created").into())
    }

    fn poll_mut(&mut self, id: U256) -> Result<&mut Poll, Misfit> {
        let id = words::to_u64(id)?;
        self.polls.get_mut(&id).ok_or_else(|| Misfit(Some(id), format!("poll {id} was never created")))
    }

    fn poll_chamber(&mut self, poll: U256, chamber: U256) -> Result<&mut PollChamber, Misfit> {
        let chamber = words::to_u64(chamber)?;
        let id = words::to_u64(poll)?;
        let found = self.poll_mut(poll)?.chambers.get_mut(&chamber);
        found.ok_or_else(|| Misfit(Some(id), format!("poll {id} has no chamber {chamber}")))
    }
}

fn known(selectors: &[[u8; 32]], topics: &[B256]) -> bool {
    topics.first().is_some_and(|topic| selectors.contains(&topic.0))
}

fn undecodable(error: alloy::sol_types::Error) -> Misfit {
    Misfit(None, format!("an event that does not decode: {error}"))
}

fn member(index: U256, id: U256, weight: U256) -> Result<Member, Misfit> {
    let id = IdentityCommitment::from_fr(words::to_field(id)?).map_err(|error| error.to_string())?;
    let weight = Weight::new(words::to_u64(weight)?).map_err(|error| error.to_string())?;
    Ok(Member { index: words::to_u64(index)? as usize, id, weight })
}
