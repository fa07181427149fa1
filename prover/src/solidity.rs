//! Solidity export: the verifier contract of a key, and the words of a call.

use ark_bn254::{Fr, G1Affine, G2Affine};

use crate::encoding::{Word, g1_words, g2_words, to_word};
use crate::{Proof, VerifyingKey};

const TEMPLATE: &str = include_str!("../../verifier-contracts/template/Groth16Verifier.sol.tmpl");

/// Why a contract cannot be generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SolidityError {
    /// The contract name is not a letter or `_` followed by letters, digits and `_`, 64 characters at most.
    #[error("{0:?} is not a contract name: use a letter or _ followed by letters, digits and _, at most 64 characters")]
    ContractName(String),
    /// The template has an unknown placeholder.
    #[error("the template has the placeholder {0:?}, which the generator does not support")]
    Placeholder(String),
}

/// Generates the source of a verifier contract for this key from
/// `verifier-contracts/template/Groth16Verifier.sol.tmpl`.
///
/// Works for any key and any number of inputs, also for a key read from snarkjs' JSON; equal keys give equal bytes. A
/// key under which anyone can forge proofs cannot be a [`VerifyingKey`], so it gets no contract.
///
/// # Errors
/// Returns [`SolidityError::ContractName`], or [`SolidityError::Placeholder`] if the template has an unknown
/// placeholder.
pub fn generate_verifier(key: &VerifyingKey, contract_name: &str) -> Result<String, SolidityError> {
    if !is_identifier(contract_name) {
        return Err(SolidityError::ContractName(contract_name.chars().take(64).collect()));
    }
    let mut source = String::with_capacity(2 * TEMPLATE.len());
    let mut rest = TEMPLATE;
    while let Some((text, (name, after))) = next_placeholder(rest) {
        source.push_str(text);
        source.push_str(
            &placeholder_value(key, contract_name, name).ok_or_else(|| SolidityError::Placeholder(name.into()))?,
        );
        rest = after;
    }
    source.push_str(rest);
    Ok(source)
}

/// Returns the words of a proof and its public inputs, in the order of a ballot record (specification, section 9).
pub fn call_words(proof: &Proof, inputs: &[Fr]) -> Vec<Word> {
    proof.to_words().into_iter().chain(inputs.iter().map(|x| to_word(*x))).collect()
}

/// Returns the text before the next name in double braces, the name, and the text after it.
fn next_placeholder(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = text.split_once("{{")?;
    Some((before, rest.split_once("}}")?))
}

fn placeholder_value(key: &VerifyingKey, contract_name: &str, name: &str) -> Option<String> {
    let (points, info) = (&key.points, key.info());
    Some(match name {
        "CONTRACT_NAME" => contract_name.into(),
        "CIRCUIT" => info.circuit.clone(),
        "CIRCUIT_HASH" => hex_literal(&info.circuit_hash),
        "INPUTS" => (points.ic.len() - 1).to_string(),
        "DEVELOPMENT" => info.development.to_string(),
        "IC_CONSTANTS" => join_lines(&points.ic, |j, p| {
            let [x, y] = g1_words(p).map(|w| hex_literal(&w));
            let declare = |c, value| format!("    uint256 private constant IC{j}_{c} = {value};");
            declare("X", x) + "\n" + &declare("Y", y)
        }),
        "IC_ACCUMULATE" => join_lines(&points.ic, |j, _| {
            format!("        valid = _addProductOf(sum, IC{j}_X, IC{j}_Y, scalars[{j}]) && valid;")
        }),
        // The contract adds e(-alpha, beta), so the template expects the negative.
        _ => match name.split_once('_')? {
            ("ALPHA", c) => g1_coordinate(&-points.alpha, c)?,
            ("BETA", c) => g2_coordinate(&points.beta, c)?,
            ("GAMMA", c) => g2_coordinate(&points.gamma, c)?,
            ("DELTA", c) => g2_coordinate(&points.delta, c)?,
            _ => return None,
        },
    })
}

fn g1_coordinate(point: &G1Affine, name: &str) -> Option<String> {
    let i = ["X", "Y"].iter().position(|c| *c == name)?;
    Some(hex_literal(&g1_words(point)[i]))
}

fn g2_coordinate(point: &G2Affine, name: &str) -> Option<String> {
    let i = ["X1", "X0", "Y1", "Y0"].iter().position(|c| *c == name)?;
    Some(hex_literal(&g2_words(point)[i]))
}

fn join_lines(points: &[G1Affine], line: impl Fn(usize, &G1Affine) -> String) -> String {
    points.iter().enumerate().map(|(j, p)| line(j, p)).collect::<Vec<_>>().join("\n")
}

fn hex_literal(word: &Word) -> String {
    format!("0x{}", hex::encode(word))
}

pub(crate) fn is_identifier(name: &str) -> bool {
    let letter = |c: u8| c.is_ascii_alphabetic() || c == b'_';
    (1..=64).contains(&name.len())
        && name.bytes().all(|c| letter(c) || c.is_ascii_digit())
        && name.bytes().next().is_some_and(letter)
}
