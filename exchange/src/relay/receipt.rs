//! What a relayer signs when it accepts something, and under which name it is known to both sides.

use alloy::{
    primitives::Signature,
    signers::{SignerSync, local::PrivateKeySigner},
    sol,
    sol_types::{SolStruct, eip712_domain},
};
use psephos_chain::{Address, B256, keccak256};
use psephos_protocol::identifiers::{ChamberId, PollId};
use serde::{Deserialize, Serialize};

use crate::{
    ballot::{Contents, Package},
    claim::{ClaimFileError, ClaimPackage},
};

/// What was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = RelayKind))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A ballot.
    Ballot,
    /// A claim of a reward.
    Claim,
}

impl Kind {
    /// As it is signed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ballot => "ballot",
            Self::Claim => "claim",
        }
    }
}

/// A relayer's word that a ballot or a claim will be on the chain in time. Whoever holds it can show that it was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// What was accepted, by its name: a hash of what it posts, whatever its proof.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: B256,
    /// A ballot or a claim.
    pub kind: Kind,
    /// The chain.
    pub chain_id: u64,
    /// The contract that is to take it.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub contract: Address,
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// The chamber.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chamber: ChamberId,
    /// When it was accepted, in seconds since 1970.
    pub accepted_at: u64,
    /// When it is on the chain at the latest, in seconds since 1970.
    pub promised_by: u64,
    /// The account that promises.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub relayer: Address,
    /// Its signature (EIP-712) over all of the above, `0x..`.
    pub signature: String,
}

/// Why a receipt is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It does not sign.
    #[error("the receipt was not signed")]
    NotSigned,
    /// Not a signature.
    #[error("the receipt's signature is none")]
    NotASignature,
    /// Another account signed.
    #[error("the receipt was signed by {0}, not by the relayer that it names")]
    OtherAccount(Address),
}

sol! {
    /// What is signed; chain and contract are in the domain.
    struct Promise {
        bytes32 id;
        string kind;
        uint64 poll;
        uint64 chamber;
        uint64 acceptedAt;
        uint64 promisedBy;
        address relayer;
    }
}

impl Receipt {
    /// The EIP-712 hash that is signed.
    pub fn hash(&self) -> B256 {
        let domain = eip712_domain! {
            name: "Psephos relayer",
            version: "1",
            chain_id: self.chain_id,
            verifying_contract: self.contract,
        };
        let promise = Promise {
            id: self.id,
            kind: self.kind.as_str().into(),
            poll: self.poll.get(),
            chamber: self.chamber.get(),
            acceptedAt: self.accepted_at,
            promisedBy: self.promised_by,
            relayer: self.relayer,
        };
        promise.eip712_signing_hash(&domain)
    }

    /// The same, signed by this account. A signature depends on nothing but what is signed and the key: signing again gives the same receipt.
    ///
    /// # Errors
    /// `NotSigned`.
    pub fn signed(mut self, signer: &PrivateKeySigner) -> Result<Self, ReceiptError> {
        self.relayer = signer.address();
        let signature = signer.sign_hash_sync(&self.hash()).map_err(|_| ReceiptError::NotSigned)?;
        self.signature = psephos_chain::hex::encode_prefixed(signature.as_bytes());
        Ok(self)
    }

    /// Checks that the relayer that it names has signed it. Whether that is the relayer one meant, the caller compares.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn verify(&self) -> Result<(), ReceiptError> {
        let signature: Signature = self.signature.parse().map_err(|_| ReceiptError::NotASignature)?;
        let signer = signature.recover_address_from_prehash(&self.hash());
        match signer.map_err(|_| ReceiptError::NotASignature)? {
            signer if signer == self.relayer => Ok(()),
            other => Err(ReceiptError::OtherAccount(other)),
        }
    }
}

/// The name of a ballot: what it posts and what it replaces, where. Its proof is no part of it, as the same ballot may have many.
pub fn ballot_id(package: &Package, contents: &Contents) -> B256 {
    let mut bytes = b"psephos-ballot-id".to_vec();
    bytes.extend(package.chain_id.to_be_bytes());
    bytes.extend(package.polls);
    bytes.extend(package.poll.get().to_be_bytes());
    bytes.extend(package.chamber.get().to_be_bytes());
    bytes.extend(contents.record.posted.to_bytes());
    bytes.extend(contents.previous());
    keccak256(bytes)
}

/// The name of a claim: whose reward, how much, to whom, where.
///
/// # Errors
/// [`ClaimFileError`].
pub fn claim_id(package: &ClaimPackage) -> Result<B256, ClaimFileError> {
    let claim = package.claim()?;
    let mut bytes = b"psephos-claim-id".to_vec();
    bytes.extend(package.chain_id.to_be_bytes());
    bytes.extend(package.rewards);
    bytes.extend(package.poll.get().to_be_bytes());
    bytes.extend(package.chamber.get().to_be_bytes());
    bytes.extend(package.reward_nullifier);
    bytes.extend(claim.amount.to_be_bytes::<32>());
    bytes.extend(claim.recipient);
    bytes.extend(claim.relayer);
    bytes.extend(claim.fee.to_be_bytes::<32>());
    Ok(keccak256(bytes))
}

/// A nullifier as it is shown, for whoever counts by it.
pub fn nullifier(contents: &Contents) -> String {
    contents.record.posted.nullifier.to_hex()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        Receipt {
            id: B256::repeat_byte(1),
            kind: Kind::Ballot,
            chain_id: 31_337,
            contract: Address::repeat_byte(2),
            poll: PollId::new(3),
            chamber: ChamberId::new(4),
            accepted_at: 5,
            promised_by: 6,
            relayer: Address::ZERO,
            signature: String::new(),
        }
    }

    #[test]
    fn a_receipt_is_its_relayers_and_nothing_in_it_can_be_changed() {
        let signer = PrivateKeySigner::random();
        let signed = receipt().signed(&signer).unwrap();
        assert_eq!(signed.verify(), Ok(()));
        assert_eq!(receipt().signed(&signer).unwrap(), signed, "the same again");
        let changes: [fn(&mut Receipt); 9] = [
            |receipt| receipt.id = B256::ZERO,
            |receipt| receipt.kind = Kind::Claim,
            |receipt| receipt.chain_id = 1,
            |receipt| receipt.contract = Address::ZERO,
            |receipt| receipt.poll = PollId::new(1),
            |receipt| receipt.chamber = ChamberId::new(1),
            |receipt| receipt.accepted_at = 1,
            |receipt| receipt.promised_by = 1,
            |receipt| receipt.relayer = Address::ZERO,
        ];
        for change in changes {
            let mut changed = signed.clone();
            change(&mut changed);
            assert!(changed.verify().is_err(), "{changed:?}");
        }
        let unsigned = Receipt { signature: "0x".into(), ..signed };
        assert_eq!(unsigned.verify(), Err(ReceiptError::NotASignature));
    }
}
