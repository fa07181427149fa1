//! The part of applying a log that needs no state: decoding it, hashing its leaf, checking its points. All cores do it.

use alloy_primitives::U256;
use alloy_sol_types::SolEventInterface;
use psephos_protocol::{
    elements::CensusLeaf,
    identity::IdentityCommitment,
    statement::{
        ballot::{PostedBallot, PostedBallotError},
        sheet::{PostedSheet, PostedSheetError},
    },
};

use super::{
    context::{InvalidEvent, provenance},
    reward::RewardedBy,
};
use crate::{
    bindings::{
        ICharters::IChartersEvents,
        ICommittee::ICommitteeEvents,
        IPolls::{BallotCast, IPollsEvents},
        IRewards::IRewardsEvents,
        ISheets::{self, ISheetsEvents},
        IStakeholderRegistry::{Enrolled, IStakeholderRegistryEvents},
    },
    chamber::Member,
    checkpoint::Checkpoint,
    deployment::Deployment,
    finding::Subject,
    log::Log,
    words::{self, Provenance},
};

/// A member and its leaf, or why there is none.
pub(super) type Enrolment = Result<(Member, CensusLeaf), InvalidEvent>;
/// The posted part of a ballot, or why there is none.
pub(super) type ReadBallot = Result<PostedBallot, PostedBallotError>;
/// The posted part of a sheet, or why there is none.
pub(super) type ReadSheet = Result<PostedSheet, PostedSheetError>;

/// A log as far as it can be decoded without state.
pub(super) enum DecodedLog {
    /// Not of the deployment, or included in the checkpoint.
    Ignored,
    /// An event of the deployment that does not decode.
    Undecodable(InvalidEvent),
    /// An event of the registry other than an enrolment.
    Registry(IStakeholderRegistryEvents),
    /// An enrolment.
    Enrolled(Enrolled, Enrolment),
    /// An event of the committees contract.
    Committee(Box<ICommitteeEvents>),
    /// An event of the polls contract other than a ballot.
    Polls(Box<IPollsEvents>),
    /// A ballot.
    Ballot(BallotCast, ReadBallot),
    /// An event of the contract of sheet polls other than a sheet.
    SheetPolls(Box<ISheetsEvents>),
    /// A sheet.
    Sheet(ISheets::BallotCast, Box<ReadSheet>),
    /// An event of the contract of charters.
    Charters(Box<IChartersEvents>),
    /// An event of the rewards contract of polls, or of that of sheet polls.
    Rewards(Box<IRewardsEvents>, RewardedBy),
}

/// Decodes a log.
pub(super) fn decode_log(deployment: &Deployment, log: &Log, checkpoint: Option<&Checkpoint>) -> DecodedLog {
    let address = log.address;
    let decoded = if address == deployment.registry {
        let block = log.block;
        if checkpoint.is_some_and(|checkpoint| block <= checkpoint.block) {
            return DecodedLog::Ignored;
        }
        decode_event::<IStakeholderRegistryEvents>(IStakeholderRegistryEvents::SELECTORS, log, |event| match event {
            IStakeholderRegistryEvents::Enrolled(event) => {
                let enrolment = decode_enrolment(&event);
                DecodedLog::Enrolled(event, enrolment)
            }
            other => DecodedLog::Registry(other),
        })
    } else if address == deployment.committee {
        decode_event(ICommitteeEvents::SELECTORS, log, |event| DecodedLog::Committee(Box::new(event)))
    } else if address == deployment.polls {
        decode_event::<IPollsEvents>(IPollsEvents::SELECTORS, log, |event| match event {
            IPollsEvents::BallotCast(event) => {
                let posted = decode_posted(&event, provenance(log, checkpoint));
                DecodedLog::Ballot(event, posted)
            }
            other => DecodedLog::Polls(Box::new(other)),
        })
    } else if address == deployment.sheets.sheets {
        decode_event::<ISheetsEvents>(ISheetsEvents::SELECTORS, log, |event| match event {
            ISheetsEvents::BallotCast(event) => {
                let posted = decode_sheet(&event, provenance(log, checkpoint));
                DecodedLog::Sheet(event, Box::new(posted))
            }
            other => DecodedLog::SheetPolls(Box::new(other)),
        })
    } else if address == deployment.sheets.charters {
        decode_event(IChartersEvents::SELECTORS, log, |event| DecodedLog::Charters(Box::new(event)))
    } else if address == deployment.rewards {
        decode_event(IRewardsEvents::SELECTORS, log, |event| DecodedLog::Rewards(Box::new(event), RewardedBy::Polls))
    } else if address == deployment.sheets.rewards {
        decode_event(IRewardsEvents::SELECTORS, log, |event| DecodedLog::Rewards(Box::new(event), RewardedBy::Sheets))
    } else {
        None
    };
    decoded.unwrap_or(DecodedLog::Ignored)
}

fn decode_event<E: SolEventInterface>(
    known: &[[u8; 32]],
    log: &Log,
    decoded: impl Fn(E) -> DecodedLog,
) -> Option<DecodedLog> {
    let data = &log.data;
    data.topics().first().filter(|topic| known.contains(&topic.0))?;
    Some(match E::decode_raw_log(data.topics(), &data.data) {
        Ok(event) => decoded(event),
        Err(error) => {
            DecodedLog::Undecodable(InvalidEvent(Subject::All, format!("an event that does not decode: {error}")))
        }
    })
}

pub(super) fn decode_enrolment(event: &Enrolled) -> Enrolment {
    let member = decode_member(event.index, event.id, event.weight)?;
    Ok((member, member.leaf()))
}

pub(super) fn decode_posted(event: &BallotCast, source: Provenance) -> ReadBallot {
    match source {
        Provenance::Untrusted => PostedBallot::from_bytes(&event.record),
        Provenance::Checked => PostedBallot::from_checked_bytes(&event.record),
    }
}

pub(super) fn decode_sheet(event: &ISheets::BallotCast, source: Provenance) -> ReadSheet {
    match source {
        Provenance::Untrusted => PostedSheet::from_bytes(&event.record),
        Provenance::Checked => PostedSheet::from_checked_bytes(&event.record),
    }
}

pub(super) fn decode_member(index: U256, id: U256, weight: U256) -> Result<Member, InvalidEvent> {
    let id = IdentityCommitment::from_fr(words::to_field(id)?).map_err(|error| error.to_string())?;
    let weight = words::to_weight(weight).map_err(|error| error.to_string())?;
    Ok(Member { index: words::to_u64(index)? as usize, id, weight })
}
