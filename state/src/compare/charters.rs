//! Versions of the charter.

use alloy_primitives::{B256, U256};

use super::Comparison;
use crate::{
    bindings::ICharters,
    chain_state::ChainState,
    charter::{CharterStage, CharterVersion},
    words,
};

/// Compares a version of the charter. No view has its texts: they are compared with the agenda of the sheet poll that
/// the contract names, which a comparison of that sheet poll covers.
pub fn compare_charter_version(
    state: &ChainState,
    number: u64,
    entry: &CharterVersion,
    seen: &ICharters::Version,
) -> Comparison {
    let mut comparison = Comparison::default();
    comparison.compare("charter hash", seen.charterHash, entry.charter_hash);
    comparison.compare("number", seen.number, U256::from(number));
    comparison.compare("parent", seen.parent, entry.parent);
    comparison.compare("sheet poll", seen.sheet, U256::from(entry.sheet.get()));
    comparison.compare("adopted statements", seen.adopted, entry.adopted);
    comparison.compare("root", seen.root, entry.root);
    comparison.compare("expiry", seen.expiresAt, entry.expires_at);
    comparison.compare("hash of the model", seen.modelHash, entry.model_hash);
    comparison.compare("hash of the policy", seen.policyHash, entry.policy_hash);
    let stage = CharterStage::from_contract(seen.stage);
    comparison.compare("stage", format!("{stage:?}"), format!("{:?}", Some(entry.stage)));
    let sheet = words::to_sheet(seen.sheet).ok().and_then(|sheet| state.sheets.get(&sheet));
    let agenda = sheet.map_or(B256::ZERO, |sheet| B256::from(sheet.parameters.agenda));
    comparison.compare("texts", agenda, B256::from(entry.agenda()));
    comparison
}
