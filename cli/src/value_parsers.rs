//! Parsers for values that several commands take.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use psephos_chain::gas_price;
use psephos_circuits::catalogue::{Name, UnknownCircuit};

/// Returns a parser for the name of a circuit of this version.
pub(crate) fn circuit_name() -> impl TypedValueParser<Value = Name> {
    let names = PossibleValuesParser::new(Name::ALL.map(Name::as_str));
    names.try_map(|text| text.parse::<Name>().map_err(|error: UnknownCircuit| error))
}

/// Parses a price per gas: in wei, or with a unit.
pub(crate) fn parse_gas_price(text: &str) -> Result<u128, String> {
    gas_price::parse_price(text).ok_or_else(|| "a price is a number of wei, or with a unit, such as 1.5gwei".to_owned())
}
