//! The circuits of this version, by name.

use std::fmt;
use std::str::FromStr;

use crate::{Circuit, R1cs};

/// The name of a circuit of this version. The order is that of the sorted names, in which listings show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// Ballots of two or three options.
    Ballot3,
    /// Ballots of four to eight options.
    Ballot8,
    /// Claims of rewards for ballots of two or three options.
    Claim3,
    /// Claims of rewards for ballots of four to eight options.
    Claim8,
    /// The hashes of a committee's keys.
    CommitteeKeys,
    /// Dealings to committees of six to sixteen trustees.
    Dealing16,
    /// Dealings to committees of one to five trustees.
    Dealing5,
    /// Decryption shares.
    Decryption,
    /// Note batches.
    Notes,
}

/// Evaluates an expression with the type of the circuit that has a name: `with_circuit!(name, C => C::NAME)`.
#[macro_export]
macro_rules! with_circuit {
    ($name:expr, $circuit:ident => $body:expr) => {{
        use $crate::catalogue::Name as N;
        macro_rules! run {
            ($type:ty) => {{
                type $circuit = $type;
                $body
            }};
        }
        match $name {
            N::Ballot3 => run!($crate::ballot::BallotCircuit<3>),
            N::Ballot8 => run!($crate::ballot::BallotCircuit<8>),
            N::Claim3 => run!($crate::claim::ClaimCircuit<3>),
            N::Claim8 => run!($crate::claim::ClaimCircuit<8>),
            N::CommitteeKeys => run!($crate::committee_keys::CommitteeKeysCircuit),
            N::Dealing16 => run!($crate::dealing::DealingCircuit<16>),
            N::Dealing5 => run!($crate::dealing::DealingCircuit<5>),
            N::Decryption => run!($crate::decryption::DecryptionCircuit),
            N::Notes => run!($crate::notes::NotesCircuit),
        }
    }};
}

impl Name {
    /// All circuits.
    pub const ALL: [Name; 9] = [
        Name::Ballot3,
        Name::Ballot8,
        Name::Claim3,
        Name::Claim8,
        Name::CommitteeKeys,
        Name::Dealing16,
        Name::Dealing5,
        Name::Decryption,
        Name::Notes,
    ];

    /// Returns the stable name: `ballot-3`.
    pub fn as_str(self) -> &'static str {
        with_circuit!(self, C => C::NAME)
    }

    /// Returns the names of the public inputs, in order.
    pub fn inputs(self) -> &'static [&'static str] {
        with_circuit!(self, C => C::INPUTS)
    }

    /// Returns the constraint system.
    pub fn system(self) -> R1cs {
        with_circuit!(self, C => C::system())
    }

    /// Returns the name of the contract that verifies this circuit's proofs: `Ballot3Verifier`.
    pub fn contract(self) -> &'static str {
        match self {
            Name::Ballot3 => "Ballot3Verifier",
            Name::Ballot8 => "Ballot8Verifier",
            Name::Claim3 => "Claim3Verifier",
            Name::Claim8 => "Claim8Verifier",
            Name::CommitteeKeys => "CommitteeKeysVerifier",
            Name::Dealing16 => "Dealing16Verifier",
            Name::Dealing5 => "Dealing5Verifier",
            Name::Decryption => "DecryptionVerifier",
            Name::Notes => "NotesVerifier",
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Name {
    type Err = UnknownCircuit;

    fn from_str(text: &str) -> Result<Name, UnknownCircuit> {
        Name::ALL
            .into_iter()
            .find(|name| name.as_str() == text)
            .ok_or_else(|| UnknownCircuit(text.chars().take(64).collect()))
    }
}

/// The error for a name that no circuit of this version has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown circuit {0:?}: this version has no circuit of that name")]
pub struct UnknownCircuit(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_are_sorted() {
        for name in Name::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
        }
        assert!(Name::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
        assert!("ballot-4".parse::<Name>().is_err());
    }
}
