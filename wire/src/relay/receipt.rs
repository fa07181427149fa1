//! Receipts: what a relayer signs when it accepts a package, and the ids by which both sides know it.

use alloy_primitives::Signature;
use alloy_sol_types::{SolStruct, eip712_domain, sol};
use psephos_protocol::{
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{Address, B256, hex, keccak256};
use serde::{Deserialize, Serialize};

use super::SubmissionKind;
use crate::{
    ballot::{Contents, Package},
    claim::ClaimPackage,
    package::PackageError,
};

/// A relayer's signed promise that a ballot or a claim will be on chain in time. A broken promise can be shown to
/// anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The id of what was accepted: a hash of what it posts, whatever its proof.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub id: B256,
    /// The kind: a ballot or a claim.
    pub kind: SubmissionKind,
    /// The id of the chain.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chain_id: ChainId,
    /// The contract that it will be sent to.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub contract: Address,
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// The fingerprint of the poll, as the relayer knows it.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub fingerprint: PollFingerprint,
    /// The chamber.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chamber: ChamberId,
    /// When it was accepted, in seconds since 1970.
    pub accepted_at: u64,
    /// By when it will be on chain, in seconds since 1970.
    pub promised_by: u64,
    /// The account that promises.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub relayer: Address,
    /// The account's EIP-712 signature over all other fields, `0x..`.
    pub signature: String,
}

/// The reason why a receipt proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The signature does not parse.
    #[error("the receipt's signature is not a valid ECDSA signature")]
    InvalidSignature,
    /// Another account signed.
    #[error("the receipt was signed by {0}, not by the relayer that it names")]
    OtherAccount(Address),
}

sol! {
    /// The signed message; chain and contract are in the domain.
    struct Promise {
        bytes32 id;
        string kind;
        uint64 poll;
        bytes32 fingerprint;
        uint64 chamber;
        uint64 acceptedAt;
        uint64 promisedBy;
        address relayer;
    }
}

impl Receipt {
    /// Returns the EIP-712 hash that is signed.
    pub fn signing_hash(&self) -> B256 {
        let domain = eip712_domain! {
            name: "Psephos relayer",
            version: "2",
            chain_id: self.chain_id.get(),
            verifying_contract: self.contract,
        };
        let promise = Promise {
            id: self.id,
            kind: self.kind.as_str().into(),
            poll: self.poll.get(),
            fingerprint: self.fingerprint.to_bytes().into(),
            chamber: self.chamber.get(),
            acceptedAt: self.accepted_at,
            promisedBy: self.promised_by,
            relayer: self.relayer,
        };
        promise.eip712_signing_hash(&domain)
    }

    /// Returns the receipt, signed by the relayer's account. With a deterministic nonce (RFC 6979) the signature
    /// depends on the receipt and the key alone, so signing again returns the same receipt.
    ///
    /// # Errors
    /// Returns the signer's error.
    pub fn sign<E>(
        mut self,
        relayer: Address,
        sign_hash: impl FnOnce(&B256) -> Result<Signature, E>,
    ) -> Result<Self, E> {
        self.relayer = relayer;
        self.signature = hex::encode_prefixed(sign_hash(&self.signing_hash())?.as_bytes());
        Ok(self)
    }

    /// Verifies that the relayer that it names has signed it. The caller must compare that account with the relayer's.
    ///
    /// # Errors
    /// Returns [`ReceiptError`].
    #[cfg(feature = "ecdsa")]
    pub fn verify(&self) -> Result<(), ReceiptError> {
        let signature: Signature = self.signature.parse().map_err(|_| ReceiptError::InvalidSignature)?;
        let signer = signature.recover_address_from_prehash(&self.signing_hash());
        match signer.map_err(|_| ReceiptError::InvalidSignature)? {
            signer if signer == self.relayer => Ok(()),
            other => Err(ReceiptError::OtherAccount(other)),
        }
    }
}

/// Returns the id of a ballot: the hash of what it posts and what it replaces, and where. The proof is not hashed,
/// because one ballot can have many proofs.
pub fn ballot_id(package: &Package, contents: &Contents) -> B256 {
    let mut bytes = b"psephos-ballot-id".to_vec();
    bytes.extend(package.chain_id.get().to_be_bytes());
    bytes.extend(package.polls);
    bytes.extend(package.poll.get().to_be_bytes());
    bytes.extend(package.chamber.get().to_be_bytes());
    bytes.extend(contents.record.posted.to_bytes());
    bytes.extend(contents.previous());
    keccak256(bytes)
}

/// Returns the id of a claim: the hash of its reward nullifier, amount, recipient, relayer and fee, and where.
///
/// # Errors
/// Returns [`PackageError::Field`] if the claim does not decode.
pub fn claim_id(package: &ClaimPackage) -> Result<B256, PackageError> {
    let claim = package.claim()?;
    let mut bytes = b"psephos-claim-id".to_vec();
    bytes.extend(package.chain_id.get().to_be_bytes());
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

#[cfg(all(test, feature = "ecdsa"))]
mod tests {
    use alloy::signers::{SignerSync, local::PrivateKeySigner};

    use super::*;

    fn sign_receipt(signer: &PrivateKeySigner) -> Receipt {
        example_receipt().sign(signer.address(), |hash| signer.sign_hash_sync(hash)).expect("the key signs")
    }

    fn example_receipt() -> Receipt {
        Receipt {
            id: B256::repeat_byte(1),
            kind: SubmissionKind::Ballot,
            chain_id: ChainId::new(31_337),
            contract: Address::repeat_byte(2),
            poll: PollId::new(3),
            fingerprint: PollFingerprint::from_bytes([7; 32]),
            chamber: ChamberId::new(4),
            accepted_at: 5,
            promised_by: 6,
            relayer: Address::ZERO,
            signature: String::new(),
        }
    }

    #[test]
    fn receipt_with_any_field_changed_is_rejected() {
        let signer = PrivateKeySigner::random();
        let signed = sign_receipt(&signer);
        assert_eq!(signed.verify(), Ok(()));
        assert_eq!(sign_receipt(&signer), signed, "signing is deterministic");
        let changes: [fn(&mut Receipt); 10] = [
            |receipt| receipt.fingerprint = PollFingerprint::from_bytes([0; 32]),
            |receipt| receipt.id = B256::ZERO,
            |receipt| receipt.kind = SubmissionKind::Claim,
            |receipt| receipt.chain_id = ChainId::new(1),
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
        assert_eq!(unsigned.verify(), Err(ReceiptError::InvalidSignature));
    }
}
