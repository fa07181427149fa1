//! The fingerprint of a sheet poll from its parameters: its EIP-712 hash, as `SheetFingerprint.sol` computes it.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolStruct;
use psephos_protocol::{
    elements::KeysHash,
    fingerprint::{ContentHash, PollFingerprint},
    identifiers::{ChainId, SheetId},
};

use crate::{bindings::ISheets, words};

/// The structs of EIP-712, by the names that are hashed.
mod typed {
    use alloy_sol_types::sol;

    sol! {
        struct AdoptionRule { uint16 theta; uint32 quorum; uint16 required; }
        struct SheetChamber { uint64 chamber; uint32 minBallots; uint32 leastCamp; }
        struct Form {
            uint8 kind;
            bool exact;
            uint8 count;
            uint40 lasts;
            bool camps;
            bytes axis;
            uint24 threshold;
            uint256 pilot;
            uint256 lot;
        }
        struct SheetContent {
            uint256 chainId;
            address sheets;
            address creator;
            bytes32 proposal;
            string metadata;
            bytes32 agenda;
            uint8 size;
            Form form;
            SheetChamber[] chambers;
            AdoptionRule adoption;
            uint64 committee;
            address canceller;
        }
        struct Sheet {
            SheetContent content;
            uint256 number;
            uint64 opensAt;
            uint64 closesAt;
            uint64 tallyDeadline;
            uint64 cancelDeadline;
            uint256 keysHash;
        }
    }
}

/// A sheet poll's content, ready to be hashed.
#[derive(Clone)]
pub struct SheetContent(typed::SheetContent);

impl SheetContent {
    /// Takes the content out of a sheet poll's parameters.
    pub fn new(chain_id: ChainId, sheets: Address, creator: Address, parameters: &ISheets::SheetParameters) -> Self {
        let form = &parameters.form;
        let chamber = |rule: &ISheets::SheetChamber| typed::SheetChamber {
            chamber: rule.chamber,
            minBallots: rule.minBallots,
            leastCamp: rule.leastCamp,
        };
        Self(typed::SheetContent {
            chainId: U256::from(chain_id.get()),
            sheets,
            creator,
            proposal: parameters.proposal,
            metadata: parameters.metadata.clone(),
            agenda: parameters.agenda,
            size: parameters.size,
            form: typed::Form {
                kind: form.kind as u8,
                exact: form.exact,
                count: form.count,
                lasts: form.lasts,
                camps: form.camps,
                axis: form.axis.clone(),
                threshold: form.threshold,
                pilot: form.pilot,
                lot: form.lot,
            },
            chambers: parameters.chambers.iter().map(chamber).collect(),
            adoption: typed::AdoptionRule {
                theta: parameters.adoption.theta,
                quorum: parameters.adoption.quorum,
                required: parameters.adoption.required,
            },
            committee: parameters.committee,
            canceller: parameters.canceller,
        })
    }

    /// Returns its hash.
    pub fn hash(&self) -> ContentHash {
        ContentHash::from_bytes(self.0.eip712_hash_struct().0)
    }

    /// Returns the fingerprint of the sheet poll of this content, number, schedule and committee keys (`K_8`);
    /// `schedule` is read for its times only.
    pub fn fingerprint(&self, number: SheetId, schedule: &ISheets::SheetParameters, keys: KeysHash) -> PollFingerprint {
        let sheet = typed::Sheet {
            content: self.0.clone(),
            number: U256::from(number.get()),
            opensAt: schedule.opensAt,
            closesAt: schedule.closesAt,
            tallyDeadline: schedule.tallyDeadline,
            cancelDeadline: schedule.cancelDeadline,
            keysHash: words::from_field(&keys),
        };
        PollFingerprint::from_bytes(sheet.eip712_hash_struct().0)
    }
}
