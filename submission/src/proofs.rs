//! Proofs on their way from a key ring to a contract: proving a request's statement, and the encodings of a proof.

use psephos_chain::U256;
use psephos_circuits::catalogue::{Name, NoCircuit};
use psephos_protocol::{
    Fr,
    elements::Context,
    encryption::Ciphertext,
    identifiers::ChainId,
    statement::{
        ballot::{self, PostedBallot},
        update,
    },
};
use psephos_prover::{KeyRing, KeyRingError, PROOF_BYTES, Proof, ProofError};
use psephos_state::hex;
use psephos_wire::{
    proof::{CheckedStatement, Statement},
    with_statement,
};

/// Returns the circuit that proves a statement.
///
/// # Errors
/// Returns [`NoCircuit`] if there is no circuit of the witness's size.
pub fn circuit_of(statement: &Statement) -> Result<Name, NoCircuit> {
    with_statement!(statement, (_instance, witness) => Name::for_witness(witness))
}

/// Proves a checked statement for use on a chain. The proof is verified.
///
/// # Errors
/// Returns [`KeyRingError`], also for a development key on a chain that is not local.
pub fn prove_statement(keys: &KeyRing, chain_id: ChainId, statement: CheckedStatement) -> Result<Proof, KeyRingError> {
    with_statement!(statement.into_statement(), (instance, witness) => keys.prove_checked(chain_id, instance, witness))
}

/// Returns the public inputs that a ballot's proof is for: those of the statement `ballot`, or, for an update of a
/// masked poll, those of `update`. `updated` is the ciphertext that an update replaces or masks.
pub fn ballot_inputs(posted: &PostedBallot, previous: [u8; 32], updated: Option<&Ciphertext>, ctx: Context) -> Vec<Fr> {
    let inputs = match updated {
        None => ballot::Instance::from_posted(posted, ctx, previous).to_inputs(),
        Some(old) => update::Instance::from_posted(posted, old, ctx, previous).to_inputs(),
    };
    inputs.to_vec()
}

/// Encodes a proof as the contracts' words.
pub fn proof_to_words(proof: &Proof) -> [U256; 8] {
    proof.to_words().map(U256::from_be_bytes)
}

/// Decodes a proof from the contracts' words.
///
/// # Errors
/// Returns [`ProofError`] for an encoding that is not canonical, and for points outside the groups.
pub fn proof_from_words(words: &[U256; 8]) -> Result<Proof, ProofError> {
    Proof::from_words(&words.map(|word| word.to_be_bytes()))
}

/// Encodes a proof as text: `0x` and the digits of its eight words.
pub fn proof_to_hex(proof: &Proof) -> String {
    hex::encode_prefixed(proof.to_bytes())
}

/// Decodes the text of [`proof_to_hex`].
///
/// # Errors
/// Returns [`ProofTextError`].
pub fn proof_from_hex(text: &str) -> Result<Proof, ProofTextError> {
    let bytes: [u8; PROOF_BYTES] =
        text.strip_prefix("0x").and_then(|digits| hex::decode_to_array(digits).ok()).ok_or(ProofTextError::Digits)?;
    Ok(Proof::from_bytes(&bytes)?)
}

/// The reason why a text is not a proof.
#[derive(Debug, thiserror::Error)]
pub enum ProofTextError {
    /// It is not of the form of a proof.
    #[error("a proof is 0x and {} hexadecimal digits", 2 * PROOF_BYTES)]
    Digits,
    /// It is not a canonical encoding.
    #[error(transparent)]
    Encoding(#[from] ProofError),
}

#[cfg(test)]
mod tests {
    use psephos_prover::examples;

    use super::*;

    #[test]
    fn malformed_proof_text_is_rejected() {
        assert!(matches!(proof_from_hex("0x00"), Err(ProofTextError::Digits)));
        assert!(matches!(proof_from_hex(&"0".repeat(514)), Err(ProofTextError::Digits)));
        let infinity = format!("0x{}", "0".repeat(512));
        assert!(matches!(proof_from_hex(&infinity), Err(ProofTextError::Encoding(_))));
    }

    #[test]
    fn circuit_follows_the_size_of_the_witness() {
        let ballot = examples::ballot_with::<8>([1; 32], 0);
        let mut witness = ballot.witness.clone();
        assert_eq!(circuit_of(&Statement::Ballot(ballot.instance, ballot.witness)), Ok(Name::Ballot8));
        witness.size = 4;
        assert!(circuit_of(&Statement::Ballot(ballot.instance, witness)).is_err());
    }
}
