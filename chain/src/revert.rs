//! Decoding revert data.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use alloy::{
    dyn_abi::{DynSolValue, ErrorExt},
    hex, json_abi,
    sol_types::{GenericContractError, SolInterface},
};

use crate::built_in;

/// Every custom error of the contracts, by selector: those of their libraries are in their ABI too.
static ERRORS: LazyLock<BTreeMap<[u8; 4], json_abi::Error>> = LazyLock::new(|| {
    let contracts = built_in::names().filter_map(|name| built_in::artifact(name).ok());
    let errors = contracts.flat_map(|contract| contract.abi.errors.into_values().flatten().collect::<Vec<_>>());
    errors.map(|error| (error.selector().0, error)).collect()
});

/// A contract's custom error with its arguments, or another kind of revert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revert {
    /// The custom error's name, `Error` for a message, `Panic` for a panic; empty if there is no data.
    pub name: String,
    /// Name and arguments as source code would write them.
    pub text: String,
}

impl fmt::Display for Revert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Revert {
    /// Decodes revert data.
    pub fn decode(data: &[u8]) -> Self {
        if data.is_empty() {
            return Self { name: String::new(), text: "without a reason".into() };
        }
        data.first_chunk()
            .and_then(|selector| ERRORS.get(selector))
            .and_then(|error| decode_custom(error, data))
            .unwrap_or_else(|| match GenericContractError::abi_decode(data) {
                Ok(GenericContractError::Revert(revert)) => {
                    Self { name: "Error".into(), text: revert.reason().to_owned() }
                }
                Ok(GenericContractError::Panic(panic)) => Self { name: "Panic".into(), text: panic.to_string() },
                Err(_) => Self { name: "Unknown".into(), text: format!("with {}", hex::encode_prefixed(data)) },
            })
    }
}

fn decode_custom(error: &json_abi::Error, data: &[u8]) -> Option<Revert> {
    let decoded = error.decode_error(data).ok()?;
    let arguments = error.inputs.iter().zip(&decoded.body).map(|(parameter, value)| {
        let value = format_value(value);
        if parameter.name.is_empty() { value } else { format!("{}: {value}", parameter.name) }
    });
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    Some(Revert { name: error.name.clone(), text: format!("{}({arguments})", error.name) })
}

fn format_value(value: &DynSolValue) -> String {
    match value {
        DynSolValue::Uint(number, _) => number.to_string(),
        DynSolValue::Int(number, _) => number.to_string(),
        DynSolValue::Address(address) => address.to_string(),
        DynSolValue::Bool(truth) => truth.to_string(),
        DynSolValue::String(text) => text.clone(),
        DynSolValue::FixedBytes(word, size) => hex::encode_prefixed(&word[..*size]),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::U256, sol_types::SolError};

    use super::*;
    use psephos_state::bindings::IPolls;

    #[test]
    fn custom_errors_are_decoded_with_their_arguments() {
        let data = IPolls::TooFewBallots { ballots: U256::from(2), minimum: U256::from(3) }.abi_encode();
        let revert = Revert::decode(&data);
        assert_eq!(revert.name, "TooFewBallots");
        assert_eq!(revert.to_string(), "TooFewBallots(ballots: 2, minimum: 3)");
    }

    #[test]
    fn other_reverts_are_shown_as_they_are() {
        assert_eq!(Revert::decode(&[]).to_string(), "without a reason");
        assert_eq!(Revert::decode(&[1, 2, 3, 4]).to_string(), "with 0x01020304");
        let message = alloy::sol_types::Revert::from("no").abi_encode();
        assert_eq!(Revert::decode(&message), Revert { name: "Error".into(), text: "no".into() });
    }
}
