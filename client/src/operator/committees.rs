//! Creating and retiring committees: the DAO names the trustees, and they do the rest themselves.

use psephos_chain::{Address, ChainError, Connection, Sent, U256};
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{
    Deployment, Lifetime,
    bindings::ICommittee::{self, CommitteeCreated},
    words,
};

use super::{Call, find_event};

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
    /// When its life ends.
    pub lifetime: Lifetime,
    /// The committee that it replaces.
    pub replaces: Option<CommitteeId>,
}

/// Creates a committee and returns its id. Its trustees then register and deal.
///
/// # Errors
/// Returns `Reverted` with `InvalidTrustees`, `InvalidSchedule`, `InvalidLifetime` or `UnknownCommittee`, or another
/// [`ChainError`].
pub async fn create_committee(
    dao: &Connection,
    deployment: &Deployment,
    committee: &NewCommittee,
) -> Result<CommitteeId, ChainError> {
    created_committee(deployment, &create_committee_call(deployment, committee).send(dao).await?)
}

/// Builds the call that creates a committee.
pub fn create_committee_call(deployment: &Deployment, committee: &NewCommittee) -> Call {
    let new = ICommittee::createCall {
        trustees: committee.trustees.clone(),
        threshold: U256::from(committee.threshold),
        registrationDeadline: committee.registration_deadline,
        dealingDeadline: committee.dealing_deadline,
        lifetime: committee.lifetime.into(),
    };
    let trustees: Vec<String> = committee.trustees.iter().map(Address::to_string).collect();
    let description = format!(
        "create a committee with threshold {} of the trustees {}, who register until {} and deal until {}, for at most {} \
         polls that are tallied until {} (times in seconds since 1970)",
        committee.threshold,
        trustees.join(", "),
        committee.registration_deadline,
        committee.dealing_deadline,
        committee.lifetime.max_polls,
        committee.lifetime.expires_at
    );
    let Some(old) = committee.replaces else { return Call::new(deployment.committee, &new, description) };
    let call = ICommittee::replaceCall {
        old: U256::from(old.get()),
        trustees: new.trustees,
        threshold: new.threshold,
        registrationDeadline: new.registrationDeadline,
        dealingDeadline: new.dealingDeadline,
        lifetime: new.lifetime,
    };
    Call::new(deployment.committee, &call, format!("{description}; once ready, it replaces committee {old}"))
}

/// Reads the id of the committee that a transaction created.
///
/// # Errors
/// Returns `State` if it created none.
pub fn created_committee(deployment: &Deployment, sent: &Sent) -> Result<CommitteeId, ChainError> {
    let event = find_event::<CommitteeCreated>(sent, deployment.committee)?;
    Ok(words::to_committee(event.committee)?)
}

/// Builds the call that retires a committee: no poll opens under it any more, and those that are open keep it.
pub fn retire_committee_call(deployment: &Deployment, committee: CommitteeId) -> Call {
    let call = ICommittee::retireCall { committee: U256::from(committee.get()) };
    Call::new(deployment.committee, &call, format!("retire committee {committee}: no further poll opens under it"))
}
