//! Committees: their trustees are named, and do the rest themselves.

use psephos_chain::{Address, Connection, Sent, U256};
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{
    Deployment,
    bindings::ICommittee::{self, CommitteeCreated},
    words,
};

use super::event;
use crate::error::ClientError;

/// A committee to create.
#[derive(Clone, Debug)]
pub struct NewCommittee {
    /// Its trustees' accounts, 1 to 16.
    pub trustees: Vec<Address>,
    /// How many of them open a total.
    pub threshold: u64,
    /// Until when they register, in seconds since 1970.
    pub registration_deadline: u64,
    /// Until when they deal.
    pub dealing_deadline: u64,
    /// The committee that it is to replace.
    pub replaces: Option<CommitteeId>,
}

/// Creates a committee; gives its number. Its trustees then register and deal.
///
/// # Errors
/// `Chain`: `Reverted` with `BadTrustees`, `BadSchedule`, `UnknownCommittee`.
pub async fn create_committee(
    dao: &Connection,
    deployment: &Deployment,
    committee: &NewCommittee,
) -> Result<CommitteeId, ClientError> {
    let new = ICommittee::createCall {
        trustees: committee.trustees.clone(),
        threshold: U256::from(committee.threshold),
        registrationDeadline: committee.registration_deadline,
        dealingDeadline: committee.dealing_deadline,
    };
    let sent = match committee.replaces {
        None => dao.send_call(deployment.committee, &new).await?,
        Some(old) => {
            let call = ICommittee::replaceCall {
                old: U256::from(old.get()),
                trustees: new.trustees,
                threshold: new.threshold,
                registrationDeadline: new.registrationDeadline,
                dealingDeadline: new.dealingDeadline,
            };
            dao.send_call(deployment.committee, &call).await?
        }
    };
    let event = event::<CommitteeCreated>(&sent, deployment.committee)?;
    Ok(words::to_committee(event.committee)?)
}

/// Retires a committee: no new poll opens under it, those that are open keep it.
///
/// # Errors
/// `Chain`: `Reverted` with `UnknownCommittee`, `NotReady`.
pub async fn retire_committee(
    dao: &Connection,
    deployment: &Deployment,
    committee: CommitteeId,
) -> Result<Sent, ClientError> {
    Ok(dao.send_call(deployment.committee, &ICommittee::retireCall { committee: U256::from(committee.get()) }).await?)
}
