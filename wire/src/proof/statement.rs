//! The statements that can be requested, and the information that a prover learns from each.
//!
//! **A new statement costs one entry here**, in the list that `statements!` is called with, and the JSON form of its
//! witness (`witness.rs`). Kinds, checks, public inputs and requests follow from that list; what needs a type for each
//! statement is written once with [`with_statement!`](crate::with_statement). A circuit of another size of an existing
//! statement costs nothing here.

use std::{fmt, str::FromStr};

use psephos_protocol::{
    Fr,
    committee::KeyVector,
    note::NoteBatch,
    statement::{ballot, claim, committee_keys, dealing, decryption, notes, sheet, update},
};
use serde::{Deserialize, Serialize};

use super::{
    RequestError,
    sheet::SheetWitness,
    update::UpdateWitness,
    witness::{BallotWitness, ClaimWitness, DealingWitness, DecryptionWitness, NotesWitness, WitnessFormat},
};

/// Defines everything that depends on the list of statements. An entry is `Variant("name"): module, error, witness as
/// JSON form, what it reveals;`. `$d` is a dollar sign, for the macro that it defines.
macro_rules! statements {
    ($d:tt $(
        $(#[$doc:meta])* $variant:ident($name:literal): $module:ident, $error:ident, $witness:ty as $format:ty,
            $reveals:literal;
    )*) => {
        /// A kind of statement.
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum StatementKind {
            $($(#[$doc])* $variant,)*
        }

        impl StatementKind {
            /// All kinds.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// The name, which is that of its circuits without their size.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The information that a prover learns from the witness, in a sentence for its owner.
            pub fn reveals(self) -> &'static str {
                match self {
                    $(Self::$variant => $reveals,)*
                }
            }
        }

        /// A statement with its witness. Without `Debug`: most witnesses are secret.
        #[derive(Clone)]
        pub enum Statement {
            $($(#[$doc])* $variant($module::Instance, $witness),)*
        }

        /// Evaluates an expression with the instance and the witness of a statement, whatever their types:
        /// `with_statement!(statement, (instance, witness) => expression)`.
        #[macro_export]
        macro_rules! with_statement {
            ($d statement:expr, ($d instance:ident, $d witness:ident) => $d body:expr) => {
                match $d statement {
                    $($crate::proof::Statement::$variant($d instance, $d witness) => $d body,)*
                }
            };
        }

        impl Statement {
            /// The kind of the statement.
            pub fn kind(&self) -> StatementKind {
                match self {
                    $(Self::$variant(..) => StatementKind::$variant,)*
                }
            }

            /// Checks every clause, as the circuit does. This takes milliseconds, where the proof takes tens of them.
            ///
            /// # Errors
            /// Returns the first clause that does not hold.
            pub fn check(self) -> Result<CheckedStatement, FailedClause> {
                match &self {
                    $(Self::$variant(instance, witness) => {
                        $module::check(instance, witness)?;
                    })*
                }
                Ok(CheckedStatement(self))
            }
        }

        /// The clause of a statement that does not hold. It discloses nothing about the witness beyond that.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
        pub enum FailedClause {
            $($(#[$doc])* #[error(transparent)] $variant(#[from] $module::$error),)*
        }

        /// A statement as JSON: its name, its instance and its witness.
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub(super) enum StatementFormat {
            $($variant(Parts<$module::Instance, $format>),)*
        }

        impl StatementFormat {
            /// Copies a statement into its JSON form.
            pub(super) fn encode(statement: &Statement) -> Self {
                match statement {
                    $(Statement::$variant(instance, witness) => {
                        Self::$variant(Parts { instance: *instance, witness: <$format>::encode(witness) })
                    })*
                }
            }

            /// Converts the JSON form into a statement.
            ///
            /// # Errors
            /// Returns [`RequestError::Witness`] for values that no witness of this kind has.
            pub(super) fn decode(self) -> Result<Statement, RequestError> {
                Ok(match self {
                    $(Self::$variant(parts) => Statement::$variant(parts.instance, parts.witness.decode()?),)*
                })
            }
        }
    };
}

statements! { $
    /// A ballot.
    Ballot("ballot"): ballot, BallotError, ballot::Witness as BallotWitness,
        "who you are in the chamber, your weight and how you vote now; with the nullifier key it can also recognise every \
         ballot and claim of this identity, past and future. It cannot vote for you, change this ballot or claim your reward";
    /// An update of a ballot slot in a masked poll: its owner's replacement, or a mask.
    Update("update"): update, UpdateError, update::Witness as UpdateWitness,
        "whether you replace your ballot or mask a slot; if you replace it, also who you are in the chamber, your weight and \
         how you vote now, and with the nullifier key every ballot and claim of this identity, past and future. It cannot \
         vote for you or change this update";
    /// A sheet.
    Sheet("sheet"): sheet, SheetError, sheet::Witness as SheetWitness,
        "who you are in the chamber and your whole row of answers, to every statement together, with the camp that follows \
         from them; with the nullifier key it can also recognise every ballot, sheet and claim of this identity, past and \
         future. It cannot vote for you, change this sheet or claim your reward";
    /// A claim of a reward.
    Claim("claim"): claim, ClaimError, claim::Witness as ClaimWitness,
        "who you are in the chamber, how you had voted and which address is paid for it; with the nullifier key it can also \
         recognise every ballot and claim of this identity, past and future. It cannot redirect the payment";
    /// A trustee's decryption share of an encrypted total.
    Decryption("decryption"): decryption, DecryptionError, decryption::Witness as DecryptionWitness,
        "your key share of the committee: operators who together learn as many key shares as the committee threshold could \
         decrypt single ballots";
    /// A trustee's dealing in a distributed key generation.
    Dealing("dealing"): dealing, DealingError, dealing::Witness as DealingWitness,
        "everything that you deal: your part of the committee's secret keys, and the share of it for every trustee";
    /// A note batch.
    Notes("notes"): notes, NotesError, NoteBatch as NotesWitness, "nothing that is not public";
    /// The hashes of a committee's keys.
    CommitteeKeys("committee-keys"): committee_keys, CommitteeKeysError, KeyVector as KeyVector,
        "nothing that is not public";
}

/// The parts of a statement as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts<I, W> {
    instance: I,
    witness: W,
}

/// A statement whose [`Statement::check`] has passed.
pub struct CheckedStatement(Statement);

/// A name that no kind of statement has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown statement `{0}`; known: {names}", names = StatementKind::ALL.map(StatementKind::as_str).join(", "))]
pub struct UnknownStatement(pub String);

impl Statement {
    /// Returns the public inputs of the circuit.
    pub fn to_inputs(&self) -> Vec<Fr> {
        with_statement!(self, (instance, _witness) => instance.to_inputs().to_vec())
    }
}

impl CheckedStatement {
    /// Wraps a statement whose [`Statement::check`] has passed elsewhere. If it has not, proving it returns an error
    /// and never a proof; the error is only found later.
    pub fn assume_checked(statement: Statement) -> Self {
        Self(statement)
    }

    /// The statement.
    pub fn statement(&self) -> &Statement {
        &self.0
    }

    /// Returns the statement.
    pub fn into_statement(self) -> Statement {
        self.0
    }
}

impl StatementKind {
    /// The kinds that a service accepts by default: those of stakeholders, and those without secrets. The others hold a
    /// trustee's secrets, which should never leave the trustee's own machine.
    pub const DEFAULT: [Self; 6] =
        [Self::Ballot, Self::Update, Self::Sheet, Self::Claim, Self::Notes, Self::CommitteeKeys];

    /// The kinds for which a service computes the sums of witness shares by default: those of stakeholders. A dealing's
    /// key takes half a gigabyte of memory, and its share many times a ballot's.
    pub const DEFAULT_SUMS: [Self; 4] = [Self::Ballot, Self::Update, Self::Sheet, Self::Claim];
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StatementKind {
    type Err = UnknownStatement;

    fn from_str(text: &str) -> Result<Self, UnknownStatement> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownStatement(text.chars().take(32).collect()))
    }
}
