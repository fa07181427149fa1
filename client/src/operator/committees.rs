//! Creating and retiring committees: the DAO names the trustees, and they do the rest themselves.

use psephos_chain::{Address, ChainError, Connection, Sent, U256};
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{
    Deployment,
    bindings::ICommittee::{self, CommitteeCreated},
    words,
};

use super::find_event;

/// A committee to create.
#[derive(Clone, Debug)]
pub struct NewCommittee {
    /// The accounts of its trustees, 1 to 16.
    pub trustees: Vec<Address>,
    /// Number of decryption shares that decrypt a total.
    pub threshold: u64,
    /// Time until which they register, in seconds since 1970.
    pub registration_deadline: u64,
    /// Time until which they deal, in seconds since 1970.
    pub dealing_deadline: u64,
    /// The committee that it replaces.
    pub replaces: Option<CommitteeId>,
}

/// Creates a committee and returns its id. Its trustees then register and deal.
///
/// # Errors
/// Returns `Reverted` with `InvalidTrustees`, `InvalidSchedule` or `UnknownCommittee`, or another [`ChainError`].
pub async fn create_committee(
    dao: &Connection,
    deployment: &Deployment,
    committee: &NewCommittee,
) -> Result<CommitteeId, ChainError> {
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
    let event = find_event::<CommitteeCreated>(&sent, deployment.committee)?;
    Ok(words::to_committee(event.committee)?)
}

/// Retires a committee: no poll opens under it any more, and those that are open keep it.
///
/// # Errors
/// Returns `Reverted` with `UnknownCommittee` or `NotReady`, or another [`ChainError`].
pub async fn retire_committee(
    dao: &Connection,
    deployment: &Deployment,
    committee: CommitteeId,
) -> Result<Sent, ChainError> {
    dao.send_call(deployment.committee, &ICommittee::retireCall { committee: U256::from(committee.get()) }).await
}
