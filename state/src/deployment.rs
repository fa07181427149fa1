//! The addresses of one installation of the contracts, which clients store in a file.

use alloy_primitives::Address;
use psephos_protocol::identifiers::ChainId;
use serde::{Deserialize, Serialize};

use crate::error::StateError;

/// The chain id of the local chains that anvil starts.
pub const LOCAL_CHAIN_ID: ChainId = ChainId::new(31_337);

/// The addresses of one deployed system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
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
    /// The rewards contract.
    pub rewards: Address,
    /// The fee pots, which pay relayers; none in deployments made before they existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee_pot: Option<Address>,
    /// The verifiers that `polls`, `committee` and `rewards` call.
    pub verifiers: Verifiers,
    /// BLAKE2b hash of the manifest of the verified keys, in hexadecimal; none for development keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
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
    /// `Deployment` if the text is not one.
    pub fn from_json(json: &str) -> Result<Self, StateError> {
        serde_json::from_str(json).map_err(|error| StateError::Deployment(error.to_string()))
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
    };
    Deployment {
        chain_id: LOCAL_CHAIN_ID,
        from_block: 0,
        registry: at(1),
        policy: at(2),
        committee: at(3),
        polls: at(4),
        rewards: at(14),
        fee_pot: None,
        verifiers,
        keys: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployment_without_fee_pots_still_parses() {
        let at = |byte: u8| Address::repeat_byte(byte).to_string();
        let verifiers = [
            "ballot3",
            "ballot8",
            "decryption",
            "dealing5",
            "dealing16",
            "committee_keys",
            "notes",
            "claim3",
            "claim8",
        ];
        let verifiers: serde_json::Map<_, _> = verifiers.iter().map(|name| ((*name).into(), at(9).into())).collect();
        let mut old = serde_json::json!({
            "chain_id": 1, "from_block": 2, "registry": at(1), "policy": at(2), "committee": at(3), "polls": at(4), "rewards": at(5),
            "verifiers": verifiers,
        });
        let read: Deployment = serde_json::from_value(old.clone()).unwrap();
        assert_eq!(read.fee_pot, None);
        assert!(!serde_json::to_string(&read).unwrap().contains("fee_pot"), "and written as it was");
        old["fee_pot"] = at(6).into();
        let read: Deployment = serde_json::from_value(old).unwrap();
        assert_eq!(read.fee_pot, Some(Address::repeat_byte(6)));
    }
}
