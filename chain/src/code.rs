//! Whether the contracts of a deployment are those that this program was built with, by their code on chain.
//!
//! What a contract answers proves nothing about it. Its code does: all of it is fixed by the sources, but for what
//! deployment fills in. Those blanks are compared too: the libraries that are called must have the libraries' code, and
//! the contracts and verifiers that are called must be those of the deployment. The code of the verifiers depends on
//! keys, which this crate does not know: `psephos_submission::verifiers` compares it.

pub mod error;
mod expectation;

use std::collections::{BTreeSet, VecDeque};

use alloy::primitives::{Address, B256, keccak256};
use psephos_state::Deployment;

use self::{
    error::CodeError,
    expectation::{Immutable, immutables_of, list_contracts},
};
use crate::{artifact::ArtifactError, built_in, connection::Connection, error::ChainError};

/// Where a library holds its own address: after PUSH20.
const OWN_ADDRESS: usize = 1;

/// Compares the code of all contracts of a deployment, and of the libraries that they call, with what this program was
/// built with. The verifiers' code is not compared, but that these verifiers and no others are called.
///
/// # Errors
/// `Code` with the contract that differs; `WrongChain`, `NodeUnreachable`, `Provider`.
pub async fn check_code(connection: &Connection, deployment: &Deployment) -> Result<(), ChainError> {
    if connection.chain_id() != deployment.chain_id {
        return Err(ChainError::WrongChain { expected: deployment.chain_id, actual: connection.chain_id() });
    }
    let mut rest: VecDeque<(String, Address)> =
        list_contracts(deployment).into_iter().map(|(name, address)| (name.to_owned(), address)).collect();
    let mut seen = BTreeSet::new();
    while let Some((contract, address)) = rest.pop_front() {
        if seen.insert((contract.clone(), address)) {
            let code = connection.read_code(address).await?;
            rest.extend(compare_code(&contract, address, &code, deployment)?);
        }
    }
    Ok(())
}

/// Compares one contract's code, and returns the libraries that it calls.
fn compare_code(
    contract: &str,
    address: Address,
    code: &[u8],
    deployment: &Deployment,
) -> Result<BTreeSet<(String, Address)>, ChainError> {
    let artifact = built_in::artifact(contract)?;
    let refuse = |reason: &str| ArtifactError { contract: contract.to_owned(), reason: reason.to_owned() };
    let expected = artifact.deployed_code_hash.ok_or_else(|| refuse("it has no code hash: it is an interface"))?;
    let contract = || contract.to_owned();
    if code.is_empty() {
        return Err(CodeError::Missing { contract: contract(), address }.into());
    }
    let blanks = artifact.deployed_blanks;
    let mut masked = Masked { code: code.to_vec() };
    let mut libraries = BTreeSet::new();
    for (library, places) in &blanks.libraries {
        let addresses = places.iter().filter_map(|place| masked.take(*place)).map(Address::from);
        libraries.extend(addresses.map(|address| (library.clone(), address)));
    }
    let own = if blanks.own_address { masked.take(OWN_ADDRESS).map(Address::from) } else { None };
    let values: Vec<Vec<B256>> = blanks
        .immutables
        .iter()
        .map(|places| places.iter().filter_map(|place| masked.take(*place)).map(|word: [u8; 32]| word.into()).collect())
        .collect();
    let actual = keccak256(&masked.code);
    // A library that holds another address than its own runs without the protection against direct calls.
    if actual != expected || (blanks.own_address && own != Some(address)) {
        return Err(CodeError::OtherCode { contract: contract(), address, expected, actual }.into());
    }
    let immutables = immutables_of(&contract(), address, deployment);
    if immutables.len() != values.len() {
        return Err(refuse("the program does not know the meaning of its immutable values").into());
    }
    for (immutable, words) in immutables.iter().zip(&values) {
        compare_immutable(immutable, words, contract(), address)?;
    }
    Ok(libraries)
}

/// Compares an immutable value at all of its places.
fn compare_immutable(
    immutable: &Immutable,
    words: &[B256],
    contract: String,
    address: Address,
) -> Result<(), CodeError> {
    match *immutable {
        Immutable::Contract { what, expected } => match words.iter().find(|word| **word != expected.into_word()) {
            Some(&actual) => Err(CodeError::OtherDependency { contract, address, what, expected, actual }),
            None => Ok(()),
        },
        Immutable::Number { what, bits } => {
            let first = words.first();
            let invalid = |word: &&B256| {
                Some(*word) != first || word.as_slice().iter().take(32 - bits / 8).any(|byte| *byte != 0)
            };
            match words.iter().find(invalid) {
                Some(&actual) => Err(CodeError::InvalidNumber { contract, address, what, bits, actual }),
                None => Ok(()),
            }
        }
    }
}

/// Code whose blanks are replaced with zeros one after another.
struct Masked {
    code: Vec<u8>,
}

impl Masked {
    /// Replaces the bytes from here on with zeros and returns them; none, and no change, beyond the code's end.
    fn take<const N: usize>(&mut self, start: usize) -> Option<[u8; N]> {
        let place = self.code.get_mut(start..start.checked_add(N)?)?;
        let bytes = <[u8; N]>::try_from(&*place).ok()?;
        place.fill(0);
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use psephos_state::deployment::placeholder;

    use super::*;

    #[test]
    fn every_immutable_value_has_a_meaning() {
        let deployment = placeholder(Address::repeat_byte);
        for name in built_in::names() {
            let places = built_in::artifact(name).unwrap().deployed_blanks.immutables;
            assert_eq!(immutables_of(name, Address::ZERO, &deployment).len(), places.len(), "{name}");
        }
    }

    #[test]
    fn number_must_fit_its_type_and_be_the_same_everywhere() {
        let number = Immutable::Number { what: "bound", bits: 32 };
        let word = |value: u64| B256::from(alloy::primitives::U256::from(value));
        let compare = |words: &[B256]| compare_immutable(&number, words, "Polls".into(), Address::ZERO);
        assert_eq!(compare(&[word(u64::from(u32::MAX)); 2]), Ok(()));
        assert!(matches!(compare(&[word(1 << 32)]), Err(CodeError::InvalidNumber { bits: 32, .. })));
        assert!(matches!(compare(&[word(1), word(2)]), Err(CodeError::InvalidNumber { .. })));
    }

    #[test]
    fn code_that_ends_before_a_blank_is_other_code() {
        let deployment = placeholder(Address::repeat_byte);
        let error = compare_code("Polls", deployment.polls, &[0x60; 600], &deployment).unwrap_err();
        assert!(error.to_string().contains("is not the Polls that this program was built with"), "{error}");
    }
}
