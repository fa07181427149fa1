//! Attestations: what a trustee signs about an opened poll, after it is final.
//!
//! A voter proves its ballot under a context that hashes the poll's fingerprint, the committee's keys and a census
//! root. A party that shows it another one can read its ballot, or name it by a census that was made for it alone.
//! An attestation says which context the chain has, by a party that the voter knows by its address.

mod typed_data;

use alloy_primitives::{Signature, U256};
use alloy_sol_types::{SolStruct, eip712_domain, sol};
use psephos_protocol::{
    elements::{CensusRoot, Context, KeysHash},
    fingerprint::PollFingerprint,
    identifiers::{ChainId, ChamberId, PollId},
};
use psephos_state::{Address, B256, hex, words};
use serde::{Deserialize, Serialize};

/// The largest number of chambers of a poll, and so of an attestation.
pub const MAX_CHAMBERS: usize = 16;
const DOMAIN_NAME: &str = "Psephos attestation";
const DOMAIN_VERSION: &str = "1";

/// What a trustee says about an opened poll: that at this block the contracts have these values, and that they follow
/// from the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The id of the chain.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chain_id: ChainId,
    /// The polls contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub polls: Address,
    /// The registry of stakeholders.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub registry: Address,
    /// The committees contract.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub committee: Address,
    /// The poll.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub poll: PollId,
    /// Its fingerprint.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub fingerprint: PollFingerprint,
    /// The hash of its committee's keys.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub keys_hash: B256,
    /// Its chambers, by number.
    pub chambers: Vec<AttestedChamber>,
    /// The number of the final block at which this was read.
    pub block: u64,
    /// The hash of that block.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub block_hash: B256,
    /// The trustee.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub trustee: Address,
    /// The trustee's EIP-712 signature over all other fields but its own address, `0x..`.
    pub signature: String,
}

/// A chamber of an opened poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AttestedChamber {
    /// The chamber.
    #[cfg_attr(feature = "schema", schema(value_type = u64))]
    pub chamber: ChamberId,
    /// Its context.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub ctx: B256,
    /// The root of its frozen census.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub root: B256,
    /// The number of members in that census.
    pub members: u64,
}

impl AttestedChamber {
    /// Creates it of the protocol's types.
    pub fn new(chamber: ChamberId, ctx: Context, root: CensusRoot, members: u64) -> Self {
        let [ctx, root] = [words::from_field(&ctx), words::from_field(&root)].map(B256::from);
        Self { chamber, ctx, root, members }
    }
}

/// Returns a hash of keys as attestations have it.
pub fn keys_hash_word(hash: KeysHash) -> B256 {
    words::from_field(&hash).into()
}

/// The reason why an attestation says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AttestationError {
    /// The signature does not parse.
    #[error("the attestation's signature is not a valid ECDSA signature")]
    InvalidSignature,
    /// Another account signed.
    #[error("the attestation was signed by {0}, not by the trustee that it names")]
    OtherAccount(Address),
    /// It names more chambers than a poll can have, or names them out of order.
    #[error("the attestation's chambers are too many, or not in ascending order")]
    Chambers,
}

sol! {
    /// The signed message; the chain and the polls contract are in the domain.
    struct PollAttestation {
        address registry;
        address committee;
        uint256 poll;
        bytes32 fingerprint;
        uint256 keysHash;
        ChamberAttestation[] chambers;
        uint256 blockNumber;
        bytes32 blockHash;
    }
    /// A chamber of the signed message.
    struct ChamberAttestation {
        uint256 chamber;
        uint256 ctx;
        uint256 root;
        uint256 members;
    }
}

impl Attestation {
    /// Returns the EIP-712 hash that is signed.
    pub fn signing_hash(&self) -> B256 {
        let domain = eip712_domain! {
            name: DOMAIN_NAME,
            version: DOMAIN_VERSION,
            chain_id: self.chain_id.get(),
            verifying_contract: self.polls,
        };
        let chambers = self.chambers.iter().map(|one| ChamberAttestation {
            chamber: U256::from(one.chamber.get()),
            ctx: one.ctx.into(),
            root: one.root.into(),
            members: U256::from(one.members),
        });
        let message = PollAttestation {
            registry: self.registry,
            committee: self.committee,
            poll: U256::from(self.poll.get()),
            fingerprint: self.fingerprint.to_bytes().into(),
            keysHash: self.keys_hash.into(),
            chambers: chambers.collect(),
            blockNumber: U256::from(self.block),
            blockHash: self.block_hash,
        };
        message.eip712_signing_hash(&domain)
    }

    /// Returns the attestation, signed by the trustee's account.
    ///
    /// # Errors
    /// Returns the signer's error.
    pub fn sign<E>(self, trustee: Address, sign_hash: impl FnOnce(&B256) -> Result<Signature, E>) -> Result<Self, E> {
        let signature = sign_hash(&self.signing_hash())?;
        Ok(self.with_signature(trustee, &signature))
    }

    /// Returns the attestation with the signature of a trustee's account.
    #[must_use]
    pub fn with_signature(self, trustee: Address, signature: &Signature) -> Self {
        Self { trustee, signature: hex::encode_prefixed(signature.as_bytes()), ..self }
    }

    /// Verifies that the trustee that it names has signed it. The caller must know that account from elsewhere.
    ///
    /// # Errors
    /// Returns [`AttestationError`].
    #[cfg(feature = "ecdsa")]
    pub fn verify(&self) -> Result<(), AttestationError> {
        let ascending = self.chambers.windows(2).all(|pair| pair[0].chamber < pair[1].chamber);
        if !ascending || self.chambers.is_empty() || self.chambers.len() > MAX_CHAMBERS {
            return Err(AttestationError::Chambers);
        }
        let signature: Signature = self.signature.parse().map_err(|_| AttestationError::InvalidSignature)?;
        let signer = signature.recover_address_from_prehash(&self.signing_hash());
        match signer.map_err(|_| AttestationError::InvalidSignature)? {
            signer if signer == self.trustee => Ok(()),
            other => Err(AttestationError::OtherAccount(other)),
        }
    }

    /// Returns whether two attestations say the same about the poll: signers and blocks may differ.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let contents = |one: &Self| (one.fingerprint, one.keys_hash, one.chambers.clone(), one.registry, one.committee);
        self.is_about(other) && contents(self) == contents(other)
    }

    /// Returns whether two attestations with valid signatures prove that their signer said two different things about
    /// one poll: a poll has one fingerprint and each chamber one context, for ever, and trustees sign after finality.
    pub fn equivocates(&self, other: &Self) -> bool {
        self.trustee == other.trustee && self.is_about(other) && !self.agrees_with(other)
    }

    fn is_about(&self, other: &Self) -> bool {
        (self.chain_id, self.polls, self.poll) == (other.chain_id, other.polls, other.poll)
    }
}

#[cfg(all(test, feature = "ecdsa"))]
mod tests;
