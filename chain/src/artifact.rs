//! Compiled contracts as the contracts' build writes them: ABI and bytecode with library link references.

use std::collections::BTreeMap;

use alloy::{
    hex,
    json_abi::JsonAbi,
    primitives::{Address, B256, Bytes},
};
use serde::Deserialize;

/// A compiled contract that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the compiled contract {contract} cannot be used: {reason}")]
pub struct ArtifactError {
    /// The contract's name.
    pub contract: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A compiled contract.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// Its name.
    pub contract_name: String,
    /// Its ABI.
    pub abi: JsonAbi,
    /// Its creation code in hexadecimal, with a placeholder for each library's address.
    bytecode: String,
    /// The link references: the positions of the placeholders by source file and library.
    #[serde(default)]
    link_references: BTreeMap<String, BTreeMap<String, Vec<Place>>>,
    /// Length of the deployed code in bytes.
    #[serde(default)]
    pub deployed_size: usize,
    /// Keccak-256 of the deployed code with zeros in its blanks; none for interfaces.
    #[serde(default)]
    pub deployed_code_hash: Option<B256>,
    /// The places of the deployed code that deployment fills in.
    #[serde(default)]
    pub deployed_blanks: Blanks,
}

/// The places of deployed code that deployment fills in, by the bytes where they begin.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Blanks {
    /// The addresses of libraries, 20 bytes each, by the libraries' names.
    pub libraries: BTreeMap<String, Vec<usize>>,
    /// The immutable values, 32 bytes each, in the order of their declarations; each may be at several places.
    pub immutables: Vec<Vec<usize>>,
    /// Whether the code is a library's, which holds its own address in the bytes 1 to 20.
    pub own_address: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct Place {
    start: usize,
    length: usize,
}

impl Artifact {
    /// Parses an artifact.
    ///
    /// # Errors
    /// [`ArtifactError`] if the text is not one.
    pub fn parse(contract: &str, json: &str) -> Result<Self, ArtifactError> {
        serde_json::from_str(json)
            .map_err(|error| ArtifactError { contract: contract.to_owned(), reason: error.to_string() })
    }

    /// Returns the names of the libraries that it calls.
    pub fn libraries(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.link_references.values().flat_map(BTreeMap::keys).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Returns its creation code with the libraries' addresses filled in, followed by encoded constructor arguments.
    ///
    /// # Errors
    /// [`ArtifactError`] if a library is missing or the code is not hexadecimal.
    pub fn link(&self, libraries: &BTreeMap<String, Address>, arguments: &[u8]) -> Result<Bytes, ArtifactError> {
        let refuse = |reason: String| ArtifactError { contract: self.contract_name.clone(), reason };
        let mut text = self.bytecode.strip_prefix("0x").unwrap_or(&self.bytecode).to_owned();
        for (library, places) in self.link_references.values().flatten() {
            let address = libraries.get(library).ok_or_else(|| refuse(format!("the library {library} is missing")))?;
            for place in places {
                let range = place.start * 2..(place.start + place.length) * 2;
                if place.length != Address::len_bytes() || text.get(range.clone()).is_none() {
                    return Err(refuse(format!("invalid link reference of library {library}: byte {}", place.start)));
                }
                text.replace_range(range, &hex::encode(address));
            }
        }
        let mut code = hex::decode(&text).map_err(|error| refuse(error.to_string()))?;
        if code.is_empty() {
            return Err(refuse("there is no code: it is an interface".into()));
        }
        code.extend_from_slice(arguments);
        Ok(code.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifact(code: &str) -> Artifact {
        let json = format!(
            r#"{{"contractName":"C","abi":[],"bytecode":"{code}","linkReferences":{{"a.sol":{{"L":[{{"start":1,"length":20}}]}}}},"deployedSize":3}}"#
        );
        Artifact::parse("C", &json).unwrap()
    }

    #[test]
    fn linking_fills_in_library_addresses() {
        let artifact = artifact(&format!("0x60__${}$__61", "a".repeat(34)));
        assert_eq!(artifact.libraries(), ["L"]);
        let library = Address::repeat_byte(7);
        let code = artifact.link(&BTreeMap::from([("L".to_owned(), library)]), &[9]).unwrap();
        assert_eq!(code[0], 0x60);
        assert_eq!(&code[1..21], library.as_slice());
        assert_eq!(&code[21..], [0x61, 9]);
    }

    #[test]
    fn missing_library_is_named() {
        let error = artifact("0x60").link(&BTreeMap::new(), &[]).unwrap_err();
        assert!(error.to_string().contains("library L is missing"), "{error}");
    }

    #[test]
    fn link_reference_outside_the_code_is_rejected() {
        let libraries = BTreeMap::from([("L".to_owned(), Address::ZERO)]);
        assert!(artifact("0x60").link(&libraries, &[]).is_err());
    }
}
