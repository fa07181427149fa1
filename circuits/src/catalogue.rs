//! The circuits of this version, by name.
//!
//! **Adding a circuit costs one line here**, in the list that `catalogue!` is called with: its variant and its type,
//! for example `Ballot3: ballot::BallotCircuit<3>;`. Names, public inputs, the name of the verifier contract, key
//! stores, the key ring, the command line and the ceremony follow from that list through
//! [`with_circuit!`](crate::with_circuit) and [`CatalogueCircuit`]. A circuit of another size of an existing statement
//! needs nothing else; a new statement also needs its [`StatementCircuit`].

use std::any::Any;
use std::fmt;
use std::str::FromStr;

use crate::statement::{StatementCircuit, StatementWitness};
use crate::{Circuit, CircuitVersion, R1cs};

/// A circuit that is in the list.
pub trait CatalogueCircuit: StatementCircuit {
    /// Its name.
    const CIRCUIT: Name;
}

/// Defines everything that depends on the list of circuits. `$d` is a dollar sign, for the macro that it defines.
macro_rules! catalogue {
    ($d:tt $($(#[$doc:meta])* $variant:ident: $module:ident::$type:ident $(<$size:literal>)?;)*) => {
        /// A circuit of this version, in the order in which lists show them: sorted by [`Name::as_str`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Name {
            $($(#[$doc])* $variant,)*
        }

        /// The type of each circuit, under the name of its variant of [`Name`].
        pub mod types {
            $($(#[$doc])* pub type $variant = $crate::$module::$type $(<$size>)?;)*
        }

        /// Evaluates an expression with the type of the circuit that has a name: `with_circuit!(name, C => C::NAME)`.
        #[macro_export]
        macro_rules! with_circuit {
            ($d name:expr, $d circuit:ident => $d body:expr) => {
                match $d name {
                    $($crate::catalogue::Name::$variant => {
                        type $d circuit = $crate::catalogue::types::$variant;
                        $d body
                    })*
                }
            };
        }

        impl Name {
            /// All circuits.
            pub const ALL: [Name; [$(Name::$variant),*].len()] = [$(Name::$variant),*];

            /// The contract that verifies its proofs: `Ballot3Verifier`.
            pub fn contract(self) -> &'static str {
                match self {
                    $(Name::$variant => concat!(stringify!($variant), "Verifier"),)*
                }
            }
        }

        $(impl CatalogueCircuit for types::$variant {
            const CIRCUIT: Name = Name::$variant;
        })*
    };
}

catalogue! { $
    /// Ballots of two or three options.
    Ballot3: ballot::BallotCircuit<3>;
    /// Ballots of four to eight options.
    Ballot8: ballot::BallotCircuit<8>;
    /// Blinded decryption shares of two or three options.
    Blinded3: blinded::BlindedCircuit<3>;
    /// Blinded decryption shares of four to eight options.
    Blinded8: blinded::BlindedCircuit<8>;
    /// Claims of rewards for ballots of two or three options.
    Claim3: claim::ClaimCircuit<3>;
    /// Claims of rewards for ballots of four to eight options.
    Claim8: claim::ClaimCircuit<8>;
    /// Hashes of a committee's keys.
    CommitteeKeys: committee_keys::CommitteeKeysCircuit;
    /// Dealings of committees of six to sixteen trustees.
    Dealing16: dealing::DealingCircuit<16>;
    /// Dealings of committees of one to five trustees.
    Dealing5: dealing::DealingCircuit<5>;
    /// Decisions of rounded chambers of two or three options.
    Decision3: decision::DecisionCircuit<3>;
    /// Decisions of rounded chambers of four to eight options.
    Decision8: decision::DecisionCircuit<8>;
    /// Decryption shares.
    Decryption: decryption::DecryptionCircuit;
    /// Note batches.
    Notes: notes::NotesCircuit;
    /// Sheets of up to sixteen cells.
    Sheet16: sheet::SheetCircuit<16>;
    /// Sheets of up to forty cells.
    Sheet40: sheet::SheetCircuit<40>;
    /// Updates of ballot slots in masked polls of two or three options.
    Update3: update::UpdateCircuit<3>;
    /// Updates of ballot slots in masked polls of four to eight options.
    Update8: update::UpdateCircuit<8>;
}

impl Name {
    /// The stable name: `ballot-3`.
    pub fn as_str(self) -> &'static str {
        with_circuit!(self, C => C::NAME)
    }

    /// The version of the circuit.
    pub fn version(self) -> CircuitVersion {
        with_circuit!(self, C => C::VERSION)
    }

    /// Names of the public inputs, in order.
    pub fn public_inputs(self) -> &'static [&'static str] {
        with_circuit!(self, C => C::PUBLIC_INPUTS)
    }

    /// The constraint system.
    pub fn constraint_system(self) -> R1cs {
        with_circuit!(self, C => C::constraint_system())
    }

    /// The statement that it proves: the name without its size.
    pub fn statement(self) -> &'static str {
        self.split().0
    }

    /// Its size, if its statement has circuits of several sizes: options of a ballot or claim, capacity of a dealing.
    pub fn size(self) -> Option<usize> {
        self.split().1
    }

    /// The circuit for a statement of exactly this size.
    ///
    /// # Errors
    /// Returns [`NoCircuit`] if there is no circuit of this size.
    pub fn for_size(statement: &'static str, size: Option<usize>) -> Result<Name, NoCircuit> {
        let fits = |name: &Name| name.split() == (statement, size);
        Name::ALL.into_iter().find(fits).ok_or(NoCircuit { statement, size })
    }

    /// The circuit that proves the statement of this witness.
    ///
    /// # Errors
    /// Returns [`NoCircuit`] if there is no circuit of the witness's size.
    pub fn for_witness<W: StatementWitness>(witness: &W) -> Result<Name, NoCircuit> {
        Name::for_size(W::STATEMENT, witness.size())
    }

    /// The circuit for a statement of exactly this size, by the type of the statement's witness.
    ///
    /// # Errors
    /// Returns [`NoCircuit`] if there is no circuit of this size.
    pub fn for_statement<W: StatementWitness>(size: Option<usize>) -> Result<Name, NoCircuit> {
        Name::for_size(W::STATEMENT, size)
    }

    /// Iterates over the circuits of all sizes of a statement, by the type of the statement's witness.
    pub fn all_for_statement<W: StatementWitness>() -> impl Iterator<Item = Name> {
        Name::ALL.into_iter().filter(|name| name.statement() == W::STATEMENT)
    }

    fn split(self) -> (&'static str, Option<usize>) {
        let name = self.as_str();
        let numbered = name.rsplit_once('-').and_then(|(statement, size)| Some((statement, size.parse().ok()?)));
        numbered.map_or((name, None), |(statement, size)| (statement, Some(size)))
    }
}

/// Builds a circuit from an instance and a witness; `None` if the circuit proves another statement than the witness's.
pub fn assemble<C: StatementCircuit, W: StatementWitness>(instance: W::Instance, witness: W) -> Option<C> {
    let mut parts = Some((instance, witness));
    let parts: &mut dyn Any = &mut parts;
    let (instance, witness) = parts
        .downcast_mut::<Option<(<C::Witness as StatementWitness>::Instance, C::Witness)>>()
        .and_then(Option::take)?;
    Some(C::assemble(instance, witness))
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

/// The name is of no circuit of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no circuit {0:?} in this version; there are {names}", names = Name::ALL.map(Name::as_str).join(", "))]
pub struct UnknownCircuit(String);

/// A statement has no circuit of this size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the statement {statement} has no circuit{}", size.map_or(String::new(), |size| format!(" of size {size}")))]
pub struct NoCircuit {
    /// The statement.
    pub statement: &'static str,
    /// The size that was asked for.
    pub size: Option<usize>,
}

#[cfg(test)]
mod tests {
    use psephos_protocol::elements::{NoteCommitment, SealingContext};
    use psephos_protocol::note::NoteBatch;
    use psephos_protocol::statement::{ballot, notes};

    use super::*;

    #[test]
    fn every_name_parses_to_itself() {
        for name in Name::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
        }
        assert!(Name::ALL.windows(2).all(|pair| pair[0].as_str() < pair[1].as_str()));
        assert!("ballot-4".parse::<Name>().is_err());
    }

    #[test]
    fn names_split_into_statement_and_size() {
        for name in Name::ALL {
            assert_eq!(Name::for_size(name.statement(), name.size()), Ok(name));
            assert_eq!(with_circuit!(name, C => <C as StatementCircuit>::Witness::STATEMENT), name.statement());
            assert_eq!(with_circuit!(name, C => C::CIRCUIT), name);
        }
        assert_eq!(Name::for_size("committee-keys", None), Ok(Name::CommitteeKeys));
        assert!(Name::all_for_statement::<ballot::Witness>().eq([Name::Ballot3, Name::Ballot8]));
        assert!(Name::all_for_statement::<NoteBatch>().eq([Name::Notes]));
        assert_eq!(Name::for_size("ballot", Some(4)), Err(NoCircuit { statement: "ballot", size: Some(4) }));
    }

    /// A tenth circuit costs one line: everything that this test looks at comes from the line of `Ballot3`.
    #[test]
    fn one_line_defines_a_circuit() {
        let name = Name::Ballot3;
        assert_eq!(
            (name.as_str(), name.contract(), name.version()),
            ("ballot-3", "Ballot3Verifier", CircuitVersion(1))
        );
        assert_eq!(name.public_inputs(), ballot::Instance::NAMES);
        assert_eq!(types::Ballot3::CIRCUIT, name);
        assert_eq!(Name::for_witness(&types::Ballot3::dummy().witness), Ok(name));
        assert!(Name::ALL.contains(&name));
    }

    #[test]
    fn assemble_accepts_its_own_statement_only() {
        let batch = NoteBatch::new(vec![NoteCommitment::from_u64(1)]).expect("one is not zero");
        let instance = || notes::build_instance(&batch, SealingContext::from_u64(5));
        assert!(assemble::<types::Notes, _>(instance(), batch.clone()).is_some());
        assert!(assemble::<types::Ballot3, _>(instance(), batch.clone()).is_none());
    }
}
