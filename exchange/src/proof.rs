//! What a prover is asked: a statement with its witness, and the answer.
//!
//! A request holds secrets (see [`Kind::reveals`]); it is written and read here and nowhere else. It never holds the key that authorises a
//! vote: whoever proves for a voter can refuse, or tell, but can neither vote for it nor change its ballot.

mod answer;
mod hidden;
mod kind;
mod request;
mod witness;

pub use answer::{JobState, JobView};
pub use kind::{Kind, UnknownKind};
pub use request::{MAX_REQUEST_BYTES, ProofRequest, RequestError};

use psephos_chain::hex;
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr,
    committee::KeyVector,
    note::NoteBatch,
    statement::{ballot, claim, committee_keys, dealing, decryption, notes},
};
use psephos_prover::{PROOF_BYTES, Proof};

use crate::{
    error::ExchangeError,
    keys::{Circuits, ballots_of, claims_of, dealings_of},
};

/// A statement with its witness. Without `Debug`: most witnesses are secret.
#[derive(Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum Statement {
    /// A ballot.
    Ballot(ballot::Instance, ballot::Witness),
    /// A claim of a reward.
    Claim(claim::Instance, claim::Witness),
    /// A trustee's share of a total.
    Decryption(decryption::Instance, decryption::Witness),
    /// A dealer's part in a committee's keys.
    Dealing(dealing::Instance, dealing::Witness),
    /// A list of notes.
    Notes(notes::Instance, NoteBatch),
    /// The hashes of a committee's keys.
    CommitteeKeys(committee_keys::Instance, KeyVector),
}

/// The clause of a statement that does not hold. It says nothing of the witness beyond that.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Clause(pub String);

/// A statement that holds: its [`Statement::check`] has passed.
pub struct Checked(Statement);

impl Statement {
    /// What it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Ballot(..) => Kind::Ballot,
            Self::Claim(..) => Kind::Claim,
            Self::Decryption(..) => Kind::Decryption,
            Self::Dealing(..) => Kind::Dealing,
            Self::Notes(..) => Kind::Notes,
            Self::CommitteeKeys(..) => Kind::CommitteeKeys,
        }
    }

    /// The circuit that proves it. Of a size that no circuit has: that of the next larger; [`Statement::check`] refuses it.
    pub fn circuit(&self) -> Name {
        match self {
            Self::Ballot(_, witness) => ballots_of(witness.size),
            Self::Claim(_, witness) => claims_of(witness.size()),
            Self::Decryption(..) => Name::Decryption,
            Self::Dealing(_, witness) => dealings_of(witness.recipients.capacity()),
            Self::Notes(..) => Name::Notes,
            Self::CommitteeKeys(..) => Name::CommitteeKeys,
        }
    }

    /// The public inputs.
    pub fn inputs(&self) -> Vec<Fr> {
        match self {
            Self::Ballot(instance, _) => instance.to_inputs().to_vec(),
            Self::Claim(instance, _) => instance.to_inputs().to_vec(),
            Self::Decryption(instance, _) => instance.to_inputs().to_vec(),
            Self::Dealing(instance, _) => instance.to_inputs().to_vec(),
            Self::Notes(instance, _) => instance.to_inputs().to_vec(),
            Self::CommitteeKeys(instance, _) => instance.to_inputs().to_vec(),
        }
    }

    /// Checks the whole statement as its circuit does. Milliseconds, where the proof takes tens.
    ///
    /// # Errors
    /// The first clause that does not hold.
    pub fn check(self) -> Result<Checked, Clause> {
        let clause = |error: &dyn std::fmt::Display| Clause(error.to_string());
        match &self {
            Self::Ballot(instance, witness) => ballot::check(instance, witness).map_err(|error| clause(&error)),
            Self::Claim(instance, witness) => claim::check(instance, witness).map_err(|error| clause(&error)),
            Self::Decryption(instance, witness) => decryption::check(instance, witness).map_err(|error| clause(&error)),
            Self::Dealing(instance, witness) => dealing::check(instance, witness).map_err(|error| clause(&error)),
            Self::Notes(instance, list) => notes::check(instance, list).map_err(|error| clause(&error)),
            Self::CommitteeKeys(instance, keys) => {
                committee_keys::check(instance, keys).map_err(|error| clause(&error))
            }
        }?;
        Ok(Checked(self))
    }
}

impl Checked {
    /// A statement whose [`Statement::check`] has passed somewhere else. A wrong one gives an error, never a proof; it is only found later.
    pub fn elsewhere(statement: Statement) -> Self {
        Self(statement)
    }

    /// The statement.
    pub fn statement(&self) -> &Statement {
        &self.0
    }

    /// Proves it for use on a chain; the proof is verified.
    ///
    /// # Errors
    /// `Key` (also for a development key on a chain that is not local), `Prove`.
    pub fn prove(self, circuits: &Circuits, chain_id: u64) -> Result<Proof, ExchangeError> {
        circuits.prove_checked(chain_id, self.0)
    }
}

/// A proof as text: `0x` and its eight words.
pub fn proof_to_hex(proof: &Proof) -> String {
    hex::encode_prefixed(proof.to_bytes())
}

/// The proof of [`proof_to_hex`].
///
/// # Errors
/// [`RequestError::Proof`].
pub fn proof_from_hex(text: &str) -> Result<Proof, RequestError> {
    let bytes: [u8; PROOF_BYTES] = text
        .strip_prefix("0x")
        .and_then(|digits| hex::decode_to_array(digits).ok())
        .ok_or_else(|| RequestError::Proof("it is not 0x and 512 hexadecimal digits".into()))?;
    Proof::from_bytes(&bytes).map_err(|error| RequestError::Proof(error.to_string()))
}

#[cfg(test)]
mod tests;
