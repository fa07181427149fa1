//! The part of applying a log that needs no state: it is decoded, its leaf is hashed, its points are looked at. All cores do it.

use alloy_primitives::U256;
use alloy_sol_types::SolEventInterface;
use psephos_protocol::{
    Fr,
    census::Weight,
    identity::IdentityCommitment,
    statement::ballot::{Posted, PostedError},
};

use super::context::{Misfit, source};
use crate::{
    bindings::{
        ICommittee::ICommitteeEvents,
        IPolls::{BallotCast, IPollsEvents},
        IRewards::IRewardsEvents,
        IStakeholderRegistry::{Enrolled, IStakeholderRegistryEvents},
    },
    chamber::Member,
    checkpoint::Checkpoint,
    deployment::Deployment,
    log::Log,
    words::{self, Source},
};

/// A member and its leaf, or why there is none.
pub(super) type Enrolment = Result<(Member, Fr), Misfit>;
/// A ballot, or why there is none.
pub(super) type ReadBallot = Result<Posted, PostedError>;

/// A log as far as it can be read without state.
pub(super) enum Prepared {
    /// Not one of ours, or known already.
    Nothing,
    /// One of ours that does not decode.
    Undecodable(Misfit),
    /// Of the registry, but no enrolment.
    Registry(IStakeholderRegistryEvents),
    /// An enrolment.
    Enrolled(Enrolled, Enrolment),
    /// Of the committees.
    Committee(Box<ICommitteeEvents>),
    /// Of the polls, but no ballot.
    Polls(Box<IPollsEvents>),
    /// A ballot.
    Ballot(BallotCast, ReadBallot),
    /// Of the rewards.
    Rewards(Box<IRewardsEvents>),
}

/// Decodes a log.
pub(super) fn prepare(deployment: &Deployment, log: &Log, kept: Option<&Checkpoint>) -> Prepared {
    let address = log.address;
    let prepared = if address == deployment.registry {
        let block = log.block;
        if kept.is_some_and(|kept| block <= kept.block) {
            return Prepared::Nothing;
        }
        decode::<IStakeholderRegistryEvents>(IStakeholderRegistryEvents::SELECTORS, log, |event| match event {
            IStakeholderRegistryEvents::Enrolled(event) => {
                let enrolment = enrolment(&event);
                Prepared::Enrolled(event, enrolment)
            }
            other => Prepared::Registry(other),
        })
    } else if address == deployment.committee {
        decode(ICommitteeEvents::SELECTORS, log, |event| Prepared::Committee(Box::new(event)))
    } else if address == deployment.polls {
        decode::<IPollsEvents>(IPollsEvents::SELECTORS, log, |event| match event {
            IPollsEvents::BallotCast(event) => {
                let posted = read_posted(&event, source(log, kept));
                Prepared::Ballot(event, posted)
            }
            other => Prepared::Polls(Box::new(other)),
        })
    } else if address == deployment.rewards {
        decode(IRewardsEvents::SELECTORS, log, |event| Prepared::Rewards(Box::new(event)))
    } else {
        None
    };
    prepared.unwrap_or(Prepared::Nothing)
}

fn decode<E: SolEventInterface>(known: &[[u8; 32]], log: &Log, prepared: impl Fn(E) -> Prepared) -> Option<Prepared> {
    let data = &log.data;
    data.topics().first().filter(|topic| known.contains(&topic.0))?;
    Some(match E::decode_raw_log(data.topics(), &data.data) {
        Ok(event) => prepared(event),
        Err(error) => Prepared::Undecodable(Misfit(None, format!("an event that does not decode: {error}"))),
    })
}

pub(super) fn enrolment(event: &Enrolled) -> Enrolment {
    let member = member(event.index, event.id, event.weight)?;
    Ok((member, member.leaf()))
}

pub(super) fn read_posted(event: &BallotCast, source: Source) -> ReadBallot {
    match source {
        Source::Chain => Posted::from_bytes(&event.record),
        Source::Store => Posted::from_checked_bytes(&event.record),
    }
}

pub(super) fn member(index: U256, id: U256, weight: U256) -> Result<Member, Misfit> {
    let id = IdentityCommitment::from_fr(words::to_field(id)?).map_err(|error| error.to_string())?;
    let weight = Weight::new(words::to_u64(weight)?).map_err(|error| error.to_string())?;
    Ok(Member { index: words::to_u64(index)? as usize, id, weight })
}
