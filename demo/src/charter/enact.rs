//! The charter's owner is a timelock: it takes the contract over, enacts what was adopted, and puts it in force.

use psephos_chain::B256;
use psephos_charter::charter::{Charter, export_markdown};
use psephos_client::{
    operator::{Call, ownership},
    sheets::{self, SheetsError},
};
use psephos_protocol::identifiers::SheetId;
use psephos_state::{CharterStage, Deployment, StateError};

use super::{conversation::Conversation, timelock::Timelock};
use crate::{
    DemoError,
    election::{GasEntry, setup::Actors},
};

const DAY: u64 = 86_400;
/// The delay of the timelock.
const DELAY: u64 = 2 * DAY;
/// For how long the charter can be in force.
const LIFE: u64 = 365 * DAY;

/// A charter in force.
pub(super) struct Enacted {
    /// The charter.
    pub(super) charter: Charter,
    /// The prompt that a model is served with: the charter as markdown.
    pub(super) prompt: String,
    /// The version's number.
    pub(super) version: u64,
    /// The address of the timelock.
    pub(super) timelock: psephos_chain::Address,
}

/// Deploys a timelock and makes it the owner of the contract of charters.
pub(super) async fn hand_over_charters(actors: &Actors, deployment: &Deployment) -> Result<Timelock, DemoError> {
    let timelock = Timelock::deploy(&actors.dao, DELAY).await?;
    let charters = deployment.sheets.charters;
    let ownerships = ownership::read_ownership(&actors.dao, deployment).await?;
    let charters_only: Vec<_> = ownerships.into_iter().filter(|one| one.address == charters).collect();
    for call in ownership::transfer_calls(&charters_only, timelock.address) {
        call.send(&actors.dao).await?;
    }
    let offered = ownership::read_ownership(&actors.dao, deployment).await?;
    let offered: Vec<_> = offered.into_iter().filter(|one| one.address == charters).collect();
    timelock.execute(&ownership::acceptance_calls(&offered, timelock.address)).await?;
    Ok(timelock)
}

/// Enacts what the sheet poll adopted, and puts it in force, through the timelock.
pub(super) async fn enact_charter(
    actors: &Actors,
    deployment: &Deployment,
    timelock: &Timelock,
    sheet: SheetId,
    conversation: &Conversation,
    gas: &mut Vec<GasEntry>,
) -> Result<Enacted, DemoError> {
    let expires_at = actors.dao.newest_time().await? + LIFE;
    let enact =
        sheets::enact_call(deployment, sheet, B256::ZERO, expires_at, [B256::ZERO, B256::ZERO], &conversation.text);
    let sent = timelock.execute(&[enact]).await?;
    GasEntry::record(gas, "enact, by the timelock", sent.hash, sent.gas, 1);
    let (version, _) = sheets::enacted_version(deployment, &sent)?;
    let live: Vec<Call> = sheets::set_stage_call(deployment, version, CharterStage::Live).into_iter().collect();
    let sent = timelock.execute(&live).await?;
    GasEntry::record(gas, "setStage, by the timelock", sent.hash, sent.gas, 1);

    let state = psephos_chain::read_state(actors.chain.connection(), deployment).await?;
    let missing = || StateError::Inconsistent("no version of the charter is in force".into());
    let (number, _) = state.live_charter().ok_or_else(missing).map_err(SheetsError::from)?;
    let charter = sheets::charter_from_version(&state, number)?;
    let prompt = export_markdown(&charter);
    Ok(Enacted { charter, prompt, version, timelock: timelock.address })
}
