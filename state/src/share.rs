//! Decryption shares, accepted and refused.

use alloy_primitives::{Address, B256, U256};
use psephos_protocol::{Fr, Point, constants::RECORD_PROOF_WORDS, elements::StatementHash, rounding::EncryptedFactors};

use crate::{
    bindings::IPolls,
    error::StateError,
    log::EventPosition,
    transaction::CallEvidence,
    words::{self, Provenance},
};

/// A trustee's decryption share.
#[derive(Clone, Debug)]
pub struct DecryptionShare {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// The points `E_1..E_M`, or `F_1..F_M` of a blinded share.
    pub points: Vec<Point>,
    /// What only a blinded share has.
    pub blinding: Option<Blinding>,
    /// The hash `h`.
    pub h: StatementHash,
    /// The proof as the contract accepted it.
    pub proof: [U256; RECORD_PROOF_WORDS],
    /// Its transaction.
    pub transaction: B256,
    /// The number of its block.
    pub block: u64,
    /// Whether its transaction's calldata has it.
    pub call: CallEvidence,
}

/// The part of a blinded share from which its teller learns the blinding factors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blinding {
    /// The index of the trustee that can open it.
    pub teller: u64,
    /// The factors, encrypted to the teller's transport key.
    pub factors: EncryptedFactors,
}

/// A decryption share that the contract refused because its proof does not hold. Its trustee is to blame only if
/// the trustee's own transaction has it: then anyone can check the proof again.
#[derive(Clone, Debug)]
pub struct RefusedShare {
    /// The trustee.
    pub trustee: Address,
    /// Its index in the committee.
    pub index: u64,
    /// Where it was refused.
    pub position: EventPosition,
    /// Whether its transaction's calldata has it.
    pub call: CallEvidence,
    /// The share that was refused: once its calldata is loaded, those of the call that are for this chamber.
    pub shares: Vec<PostedWords>,
}

/// A decryption share as words of calldata. Nothing in it is validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostedWords {
    /// The points `E_1..E_M`, or `F_1..F_M` of a blinded share, x then y.
    pub points: Vec<U256>,
    /// What only a blinded share has: its teller, `E`, and the encrypted factors.
    pub blinding: Option<(U256, [U256; 2], Vec<U256>)>,
    /// The hash `h`.
    pub h: U256,
    /// The proof.
    pub proof: [U256; RECORD_PROOF_WORDS],
}

impl PostedWords {
    pub(crate) fn from_blinded(teller: U256, share: IPolls::BlindedShare) -> Self {
        let blinding = Some((teller, share.ephemeral, share.factors));
        Self { points: share.points, blinding, h: share.h, proof: share.proof }
    }

    /// Returns the words in which calldata has a share.
    pub(crate) fn from_share(share: &DecryptionShare) -> Self {
        let blinding = share.blinding.as_ref().map(|Blinding { teller, factors }| {
            let point = &factors.ephemeral;
            let ephemeral = [point.x(), point.y()].map(|coordinate| words::from_field(&coordinate));
            (U256::from(*teller), ephemeral, factors.words.iter().map(words::from_field).collect())
        });
        let points = words::from_points(&share.points);
        Self { points, blinding, h: words::from_field(&share.h), proof: share.proof }
    }

    /// Reads words as the share of a trustee.
    ///
    /// # Errors
    /// `Unexpected` if they are not points and field elements.
    pub(crate) fn read_share(
        &self,
        trustee: Address,
        index: u64,
        position: EventPosition,
        source: Provenance,
    ) -> Result<DecryptionShare, StateError> {
        let blinding = match &self.blinding {
            None => None,
            Some((teller, ephemeral, factors)) => {
                let ephemeral = words::to_points_from(ephemeral, source)?;
                let [ephemeral] = ephemeral.as_slice() else {
                    return Err(StateError::Inconsistent("an ephemeral key is one point".into()));
                };
                let words = factors.iter().map(|word| words::to_field(*word)).collect::<Result<Vec<Fr>, _>>()?;
                let factors = EncryptedFactors { ephemeral: *ephemeral, words };
                Some(Blinding { teller: words::to_u64(*teller)?, factors })
            }
        };
        Ok(DecryptionShare {
            trustee,
            index,
            points: words::to_points_from(&self.points, source)?,
            blinding,
            h: words::to_field(self.h)?,
            proof: self.proof,
            transaction: position.transaction,
            block: position.block,
            call: CallEvidence::NotLoaded,
        })
    }
}

impl From<IPolls::ChamberShare> for PostedWords {
    fn from(share: IPolls::ChamberShare) -> Self {
        Self { points: share.share, blinding: None, h: share.h, proof: share.proof }
    }
}

impl RefusedShare {
    /// Reads words of calldata as the share that its trustee sent.
    ///
    /// # Errors
    /// `Unexpected` if they are not points and a field element.
    pub fn read_share(&self, posted: &PostedWords) -> Result<DecryptionShare, StateError> {
        let share = posted.read_share(self.trustee, self.index, self.position, Provenance::Untrusted)?;
        Ok(DecryptionShare { call: self.call.clone(), ..share })
    }
}
