//! Field elements with a meaning: one type for each role, so that none is mistaken for another's.
//!
//! All of them are public values. They are decoded strictly, never reduced, and serialised as [`field::to_hex`] encodes
//! them. [`Context::from_fr`] and its like give an element a meaning, and [`Context::to_fr`] and its like give it up;
//! both are explicit, so a search for them finds every place where one role's value enters another.

use std::fmt;

use ark_ff::AdditiveGroup;
use serde::{Deserialize, Serialize};

use crate::{
    Fr,
    field::{self, NonCanonical},
};

/// A field element with a meaning, or without one: what a word of a contract encodes.
pub trait Element: Copy {
    /// Returns the value of this meaning with a given field element.
    fn from_fr(element: Fr) -> Self;

    /// Returns the value as a field element without a meaning.
    fn to_fr(self) -> Fr;
}

impl Element for Fr {
    fn from_fr(element: Fr) -> Fr {
        element
    }

    fn to_fr(self) -> Fr {
        self
    }
}

/// Defines a type of public field elements.
macro_rules! public_elements {
    ($($(#[doc = $doc:literal])+ $name:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
            #[serde(transparent)]
            pub struct $name(#[serde(with = "field::serde_hex")] Fr);

            impl $name {
                /// Returns the value of this meaning with a given field element.
                pub const fn from_fr(element: Fr) -> Self {
                    Self(element)
                }

                /// Returns the value as a field element without a meaning.
                pub const fn to_fr(self) -> Fr {
                    self.0
                }

                /// Returns the value of this meaning with a small number, for tests.
                #[cfg(feature = "testing")]
                pub fn from_u64(number: u64) -> Self {
                    Self(Fr::from(number))
                }

                /// Returns another value of this meaning, the next one, for tests.
                #[cfg(feature = "testing")]
                pub fn altered(self) -> Self {
                    Self(self.0 + Fr::from(1u64))
                }

                /// Decodes a value from 32 big-endian bytes.
                ///
                /// # Errors
                /// Returns [`NonCanonical::OutOfField`] for numbers from `r` on.
                pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, NonCanonical> {
                    field::from_bytes(bytes).map(Self)
                }

                /// Encodes the value as 32 big-endian bytes.
                pub fn to_bytes(self) -> [u8; 32] {
                    field::to_bytes(&self.0)
                }

                /// Decodes a value from `0x` and exactly 64 lowercase hexadecimal digits, below `r`.
                ///
                /// # Errors
                /// Returns [`NonCanonical`] if the text has another form, or if the number is not below `r`.
                pub fn from_hex(text: &str) -> Result<Self, NonCanonical> {
                    field::from_hex(text).map(Self)
                }

                /// Encodes the value as `0x` and 64 lowercase hexadecimal digits.
                pub fn to_hex(self) -> String {
                    field::to_hex(&self.0)
                }
            }

            impl Element for $name {
                fn from_fr(element: Fr) -> Self {
                    Self(element)
                }

                fn to_fr(self) -> Fr {
                    self.0
                }
            }

            impl fmt::Display for $name {
                /// Writes the value as a decimal number.
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&self.0, f)
                }
            }
        )*
    };
}

public_elements! {
    /// A scope: which chamber of which poll of which contract on which chain, and when its totals may be decrypted
    /// (specification, section 6).
    Scope;
    /// The context `ctx` of a chamber of a poll: the hash of scope, census root, committee keys and ballot rule
    /// (specification, section 6).
    Context;
    /// The context of a trustee in a committee, for its proof of possession and its dealing (specification, section 5).
    TrusteeContext;
    /// The context under which a note batch is sealed: its position in its poll's chamber (specification, section 11).
    SealingContext;
    /// The binding of a claim to vault, recipient, relayer and fee (specification, section 12).
    ClaimBinding;
    /// A leaf of a census: the hash of a member's identity commitment and weight, or zero for a removed member
    /// (specification, section 3).
    CensusLeaf;
    /// The root of a census, zero if it is empty (specification, section 3).
    CensusRoot;
    /// The hash `K_M` of the first `M` keys of a committee (specification, section 5).
    KeysHash;
    /// The hash of a sheet's form, which the context of its chambers takes in place of a ballot rule (specification,
    /// section 7).
    FormHash;
    /// The hash of the pilot from which the axis of a sheet with camps follows, zero without camps (specification,
    /// section 7).
    PilotHash;
    /// The hash `h` of a statement, which fixes the proven values before the challenge exists (specification, sections
    /// 7, 8, 11 and 12).
    StatementHash;
    /// The challenge `z` of a statement, by Fiat-Shamir from its hash and the posted values: the point at which these
    /// are evaluated.
    Challenge;
    /// The evaluation `y` of a statement's posted values at its challenge.
    Evaluation;
    /// A message as a voter signs it: a hash of a ballot or of a claim.
    Message;
    /// A nullifier: a member's pseudonym in one context (specification, section 7).
    Nullifier;
    /// A reward nullifier: one per member, chamber and poll, unlinkable to the nullifier (specification, section 12).
    RewardNullifier;
    /// A note commitment: a blinded commitment to a member's weight and choice (specification, section 7).
    NoteCommitment;
    /// The root `R` of a note batch (specification, section 11).
    BatchRoot;
    /// The root of a notes tree, zero before any batch is sealed (specification, section 11).
    NotesRoot;
}

impl CensusLeaf {
    /// The leaf of a removed member, zero. No member's leaf is zero: it would take a preimage of zero.
    pub const REMOVED: CensusLeaf = CensusLeaf(Fr::ZERO);

    /// Returns whether this is the leaf of a removed member.
    pub fn is_removed(&self) -> bool {
        *self == CensusLeaf::REMOVED
    }
}

impl PilotHash {
    /// The pilot of a sheet without camps, which has none. No file's hash is zero: it would take a preimage of zero.
    pub const NONE: PilotHash = PilotHash(Fr::ZERO);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_format_is_that_of_the_field_element() {
        let element = Fr::from(0x1234u64);
        let context = Context::from_fr(element);
        let text = format!("\"{}\"", field::to_hex(&element));
        assert_eq!(serde_json::to_string(&context).unwrap(), text);
        assert_eq!(serde_json::from_str::<Context>(&text).unwrap(), context);
        assert_eq!(Context::from_hex(&context.to_hex()), Ok(context));
        assert_eq!(Context::from_bytes(&context.to_bytes()), Ok(context));
        assert_eq!(context.to_string(), element.to_string());
    }

    #[test]
    fn decoding_never_reduces() {
        let order = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";
        assert_eq!(Nullifier::from_hex(&format!("0x{order}")), Err(NonCanonical::OutOfField));
        assert_eq!(Nullifier::from_bytes(&[0xff; 32]), Err(NonCanonical::OutOfField));
        assert!(serde_json::from_str::<Nullifier>(&format!("\"0x{order}\"")).is_err());
    }
}
