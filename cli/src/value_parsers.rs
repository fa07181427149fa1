//! Parsers for values that several commands take.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use psephos_circuits::catalogue::{Name, UnknownCircuit};

/// Returns a parser for the name of a circuit of this version.
pub(crate) fn circuit_name() -> impl TypedValueParser<Value = Name> {
    let names = PossibleValuesParser::new(Name::ALL.map(Name::as_str));
    names.try_map(|text| text.parse::<Name>().map_err(|error: UnknownCircuit| error))
}
