//! The addresses of one installation of the contracts, which clients store in a file.

use std::collections::BTreeMap;

use alloy_primitives::Address;
use psephos_protocol::identifiers::{ChainId, CommitteeId};
use serde::{Deserialize, Serialize};

use crate::error::StateError;

/// The chain id of the local chains that anvil starts.
pub const LOCAL_CHAIN_ID: ChainId = ChainId::new(31_337);

/// The version of the deployment file that this program writes, and the only one that it reads.
pub const DEPLOYMENT_VERSION: u32 = 1;

/// The addresses of one deployed system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The version of the file, [`DEPLOYMENT_VERSION`].
    pub version: u32,
    /// The chain id.
    pub chain_id: ChainId,
    /// The number of the block before which there are no events.
    pub from_block: u64,
    /// The registry: chambers and their censuses.
    pub registry: Address,
    /// The allow-list policy, which assigns weights.
    pub policy: Address,
    /// The committees contract.
    pub committee: Address,
    /// The polls contract.
    pub polls: Address,
    /// The contract that verifies blinded shares and rounded tallies.
    pub rounding: Address,
    /// The rewards contract.
    pub rewards: Address,
    /// The fee pots, which pay relayers; none in deployments made before they existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_pot: Option<Address>,
    /// The contracts of sheets and charters.
    pub sheets: SheetContracts,
    /// The verifiers that `polls`, `sheets`, `committee` and `rewards` call.
    pub verifiers: Verifiers,
    /// BLAKE2b hash of the manifest of the verified keys, in hexadecimal; none for development keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
    /// Committees whose trustees are known by their addresses, whatever a node says: their attestations are believed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub committees: BTreeMap<CommitteeId, PinnedCommittee>,
}

/// The contracts of sheets, of what their totals decide, and of charters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetContracts {
    /// The sheet polls.
    pub sheets: Address,
    /// Which statements of a sheet poll are adopted across chambers and camps.
    pub bridging: Address,
    /// The charters' versions.
    pub charters: Address,
    /// Decisions by required and veto chambers, top options, medians and rankings, of polls and of sheets.
    pub outcomes: Address,
    /// The profiles of classes of actions.
    pub action_classes: Address,
    /// The rewards for sheets.
    pub rewards: Address,
    /// The fee pots of sheet polls.
    pub fee_pot: Address,
}

/// A committee as the deployment file has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedCommittee {
    /// The accounts of its trustees.
    pub trustees: Vec<Address>,
    /// Its committee threshold: as many trustees as decrypt a total must attest the same.
    pub threshold: u64,
}

/// The part of the file that every version has.
#[derive(Deserialize)]
struct Version {
    version: Option<u32>,
}

/// Defines the verifiers of a deployment from the list of their fields and circuits.
macro_rules! verifiers {
    ($($(#[$doc:meta])* $field:ident: $circuit:literal,)*) => {
        /// The verifier contract of each circuit.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Verifiers {
            $($(#[$doc])* pub $field: Address,)*
        }

        impl Verifiers {
            /// Returns the verifier of a circuit by the circuit's name, for example `ballot-3`.
            pub fn address(&self, circuit: &str) -> Option<Address> {
                match circuit {
                    $($circuit => Some(self.$field),)*
                    _ => None,
                }
            }
        }
    };
}

verifiers! {
    /// Ballots of at most three options.
    ballot3: "ballot-3",
    /// Ballots of at most eight options.
    ballot8: "ballot-8",
    /// Updates of ballot slots in masked polls of at most three options.
    update3: "update-3",
    /// Updates of ballot slots in masked polls of at most eight options.
    update8: "update-8",
    /// Blinded shares of polls of at most three options.
    blinded3: "blinded-3",
    /// Blinded shares of polls of at most eight options.
    blinded8: "blinded-8",
    /// Decisions of rounded chambers of at most three options.
    decision3: "decision-3",
    /// Decisions of rounded chambers of at most eight options.
    decision8: "decision-8",
    /// Sheets of at most sixteen cells.
    sheet16: "sheet-16",
    /// Sheets of at most forty cells.
    sheet40: "sheet-40",
    /// Decryption shares.
    decryption: "decryption",
    /// Dealings of committees of at most five trustees.
    dealing5: "dealing-5",
    /// Dealings of committees of at most sixteen trustees.
    dealing16: "dealing-16",
    /// Hashes of committees' keys.
    committee_keys: "committee-keys",
    /// Note batches.
    notes: "notes",
    /// Claims for ballots of at most three options.
    claim3: "claim-3",
    /// Claims for ballots of at most eight options.
    claim8: "claim-8",
}

impl Deployment {
    /// Returns an identifier for files that must not be used with another deployment: chain id and polls contract.
    pub fn id(&self) -> String {
        format!("{}:{}", self.chain_id, self.polls)
    }

    /// Parses the JSON of a deployment file.
    ///
    /// # Errors
    /// `Deployment` if the text is not one, or is one of another version.
    pub fn from_json(json: &str) -> Result<Self, StateError> {
        let refuse = |error: serde_json::Error| StateError::Deployment(error.to_string());
        // The version first: a file of another version may have other fields.
        match serde_json::from_str::<Version>(json).map_err(refuse)?.version {
            Some(DEPLOYMENT_VERSION) => {}
            Some(other) => {
                let reason = format!("it has version {other}, and this program reads version {DEPLOYMENT_VERSION}");
                return Err(StateError::Deployment(reason));
            }
            None => {
                let reason = "it has no `version`: it is not a deployment file, or it was written before they had one; \
                              get the file that the DAO publishes for this version of the program";
                return Err(StateError::Deployment(reason.into()));
            }
        }
        serde_json::from_str(json).map_err(refuse)
    }

    /// Returns the JSON of a deployment file, with a final line break.
    pub fn to_json(&self) -> String {
        // Addresses, integers and strings always have a JSON form.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

/// Returns a deployment on a local chain with the addresses `at(1)`, `at(2)`, ...; no contract is deployed there. For
/// tests, and for simulations with contracts that stand in for the real ones.
pub fn placeholder(at: impl Fn(u8) -> Address) -> Deployment {
    let verifiers = Verifiers {
        ballot3: at(5),
        ballot8: at(6),
        decryption: at(7),
        dealing5: at(8),
        dealing16: at(9),
        committee_keys: at(10),
        notes: at(11),
        claim3: at(12),
        claim8: at(13),
        update3: at(16),
        update8: at(17),
        blinded3: at(18),
        blinded8: at(19),
        decision3: at(20),
        decision8: at(21),
        sheet16: at(23),
        sheet40: at(24),
    };
    let sheets = SheetContracts {
        sheets: at(25),
        bridging: at(26),
        charters: at(27),
        outcomes: at(28),
        action_classes: at(29),
        rewards: at(30),
        fee_pot: at(31),
    };
    Deployment {
        version: DEPLOYMENT_VERSION,
        chain_id: LOCAL_CHAIN_ID,
        from_block: 0,
        registry: at(1),
        policy: at(2),
        committee: at(3),
        polls: at(4),
        rounding: at(22),
        rewards: at(14),
        fee_pot: None,
        sheets,
        verifiers,
        keys: None,
        committees: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the JSON of a deployment file with this change.
    fn change(edit: impl Fn(&mut serde_json::Value)) -> String {
        let mut json = serde_json::from_str(&placeholder(Address::repeat_byte).to_json()).unwrap();
        edit(&mut json);
        json.to_string()
    }

    #[test]
    fn deployment_without_fee_pots_or_manifest_parses() {
        let deployment = placeholder(Address::repeat_byte);
        let json = deployment.to_json();
        let fields: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(fields.get("fee_pot").is_none() && fields.get("keys").is_none(), "absent fields are left out: {json}");
        assert_eq!(Deployment::from_json(&json).unwrap(), deployment);
        let fee_pot = Some(Address::repeat_byte(6));
        let full = Deployment { fee_pot, keys: Some("ab".into()), ..deployment };
        assert_eq!(Deployment::from_json(&full.to_json()).unwrap(), full);
    }

    #[test]
    fn other_version_is_named() {
        let older = Deployment::from_json(&change(|file| drop(file.as_object_mut().unwrap().remove("version"))));
        assert!(older.unwrap_err().to_string().contains("has no `version`"));
        // A later version may have other fields; its version is named, not the field.
        let later = change(|file| (file["version"], file["more"]) = (2.into(), 1.into()));
        let error = Deployment::from_json(&later).unwrap_err().to_string();
        assert_eq!(error, "it has version 2, and this program reads version 1");
    }

    #[test]
    fn unknown_and_repeated_fields_are_rejected() {
        let error = Deployment::from_json(&change(|file| file["more"] = 1.into())).unwrap_err().to_string();
        assert!(error.contains("unknown field `more`"), "{error}");
        let json = placeholder(Address::repeat_byte).to_json();
        let twice = json.replacen("\"chain_id\"", "\"chain_id\": 1, \"chain_id\"", 1);
        let error = Deployment::from_json(&twice).unwrap_err().to_string();
        assert!(error.contains("duplicate field `chain_id`"), "{error}");
    }
}
