//! The statement `sheet` (specification, section 7) as a circuit. Twin of `psephos_protocol::statement::sheet`.
//!
//! | clause | attacker who benefits without it | constraints |
//! |---|---|---|
//! | membership | an outsider | `identity`, `weight`, `leaf`, `census`, `keys`, `form`, `context` |
//! | nullifier | a member who votes twice | `nullifier` |
//! | cells | a voter who counts for both sides; one who hides a message behind the used cells | `cells` |
//! | kind | a voter with two voices in a group or a cycle, or with costs above the budget | `groups` .. `score` |
//! | camp | a voter who chooses the camp in which it counts, to veto what that camp wants | `form`, `score` |
//! | counters, encryption | a voter who spoils the encrypted total | `counters`, `randomness`, `encryption` |
//! | note | a claimant who is paid for another weight; a seller of vote receipts | `note` |
//! | signature | a remote prover who casts another sheet for its customer | `signature` |
//! | binding | a relayer who posts other ciphertexts than the proven ones | `binding` |
//!
//! *Not constrained*: that the form is canonical. The contract makes it and refuses any other, and `ctx` binds it; but
//! its words are read in one way only, because every bit and byte of them is ranged here. That the weight is the
//! member's is shown by its leaf, and it is used nowhere else: one member, one voice. That the blocks have unrelated
//! randomness: a voter who encrypts two blocks with one `r` shows the difference of its answers, which harms no one
//! else, and drafts of this project refuse it.

#[cfg(test)]
mod tests;

use ark_ff::BigInteger256;
use psephos_protocol::Fr;
use psephos_protocol::constants::{BLOCK_CELLS, COMMITTEE_KEYS, tag};
use psephos_protocol::statement::sheet::{Instance, NOTED_CHOICES, SheetError, Witness, check};

use crate::gadgets::elgamal::{self, CommitteeKeys, Selection};
use crate::gadgets::member::Member;
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::sheet::{
    Cell, Form, FormValues, enforce_groups, enforce_ranking, enforce_score, select_cell, select_turnout,
};
use crate::gadgets::signature::HIGH_BITS;
use crate::gadgets::{evaluate, note, poseidon, signature};
use crate::{Builder, Circuit, Num};

/// A sheet of up to `K` cells, where `K` is 16 or 40.
pub struct SheetCircuit<const K: usize> {
    /// The public inputs.
    pub instance: Instance,
    /// The secret part.
    pub witness: Witness,
}

impl<const K: usize> Circuit for SheetCircuit<K> {
    type Error = SheetError;

    const NAME: &'static str = match K {
        16 => "sheet-16",
        40 => "sheet-40",
        _ => panic!("sheets have circuits of 16 and of 40 cells"),
    };

    const PUBLIC_INPUTS: &'static [&'static str] = &Instance::NAMES;

    fn dummy() -> Self {
        dummy::sheet_circuit()
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.instance.to_inputs().to_vec()
    }

    fn check(&self) -> Result<(), SheetError> {
        match self.witness.form.size() {
            size if size == K => check(&self.instance, &self.witness),
            size => Err(SheetError::Size { size }),
        }
    }

    fn synthesize(&self, b: &mut Builder) {
        let w = &self.witness;
        let cells = w.answers.cells.iter().map(|answer| answer.bits()).collect();
        let (ak, form) = ([w.ak.x(), w.ak.y()], FormValues::from_form(&w.form));
        self.synthesize_with(b, &UncheckedWitness { ak, form, cells, compared: None, challenge: None });
    }
}

/// Witness values that the protocol's types rule out, but a malicious prover may assign: coordinates that belong to no
/// point, words of no form, cells with both bits, other bits for the comparison, a non-canonical integer for the
/// challenge. Tests assign them; nothing in the circuit relies on an honest witness.
struct UncheckedWitness {
    ak: [Fr; 2],
    form: FormValues,
    cells: Vec<[bool; 2]>,
    compared: Option<BigInteger256>,
    challenge: Option<BigInteger256>,
}

impl<const K: usize> SheetCircuit<K> {
    /// Returns the proven elements, those of `h` and `y`.
    fn synthesize_with(&self, b: &mut Builder, unchecked: &UncheckedWitness) -> Vec<Num> {
        let w = &self.witness;
        let [h, z, y] = self.instance.to_inputs().map(|value| b.allocate_input(value));

        let member = Member::allocate(b, unchecked.ak, &w.nk, &w.weight, &w.membership.siblings);
        b.enter_section("keys");
        let keys = CommitteeKeys::allocate_free::<COMMITTEE_KEYS>(b, &w.keys);
        let keys_hash = keys.hash(b);
        b.enter_section("form");
        let form = Form::allocate(b, &unchecked.form, K);
        let form_hash = form.hash(b);
        b.enter_section("context");
        let scope = b.allocate_free(w.scope.to_fr());
        let root = member.root.clone();
        let ctx = poseidon::hash(b, &[Num::constant(tag::poll()), scope, root, keys_hash, form_hash]);

        b.enter_section("nullifier");
        let nullifier = member.derive_nullifier(b, &ctx);
        b.enter_section("cells");
        let cells = Cell::allocate_all(b, &form, &unchecked.cells);
        b.enter_section("groups");
        enforce_groups(b, &form, &cells);
        b.enter_section("ranking");
        enforce_ranking(b, &form, &cells, &w.answers.ranks);
        b.enter_section("score");
        let camp = enforce_score(b, &form, &cells, unchecked.compared);
        b.enter_section("counters");
        let values: Vec<Selection> = cells.iter().map(|cell| select_cell(b, &form, &camp, cell)).collect();
        b.enter_section("note");
        let blinder = b.allocate_free(*w.randomness.blinder().expose());
        let noted = NOTED_CHOICES.map(Num::constant);
        let note = note::derive(b, &member.id, &ctx, &Num::one(), &noted, &blinder);

        let mut elements = vec![ctx, nullifier, note];
        let turnout = [select_turnout(&camp)];
        for (index, block) in std::iter::once(&turnout[..]).chain(values.chunks(BLOCK_CELLS)).enumerate() {
            // One scalar for each block: a witness of another length must not change the constraint structure.
            let r = w.randomness.expose().get(index).copied().unwrap_or_default();
            let ciphertext = elgamal::encrypt_selected(b, &keys, &r, block);
            elements.extend(ciphertext.iter().flat_map(Edwards::coordinates));
        }

        b.enter_section("binding");
        let mut hashed = vec![Num::constant(tag::sheet_hash())];
        hashed.extend_from_slice(&elements);
        let digest = poseidon::chain(b, &hashed);
        b.enforce_equal(&digest, &h);
        evaluate(b, &elements, &z, &y);

        b.enter_section("signature");
        let message = poseidon::hash(b, &[Num::constant(tag::sheet()), h, z]);
        signature::verify(b, &w.signature, &member.ak, &message, unchecked.challenge, HIGH_BITS);
        elements
    }
}

/// The dummy instance.
mod dummy {
    use super::*;
    use psephos_protocol::census::MembershipProof;
    use psephos_protocol::committee::KeyVector;
    use psephos_protocol::constants::sheet_blocks;
    use psephos_protocol::elements::Scope;
    use psephos_protocol::identity::NullifierKey;
    use psephos_protocol::note::NoteBlinder;
    use psephos_protocol::sheet::{Answers, FormKind, SheetRandomness};
    use psephos_protocol::signature::Signature;
    use psephos_protocol::{Point, Scalar, sheet, weight::Weight};

    pub(super) fn sheet_circuit<const K: usize>() -> SheetCircuit<K> {
        let (zero, g) = (Fr::from(0u64), Point::generator());
        let form =
            sheet::Form::new(K, K, FormKind::Statements { camps: None }).expect("a sheet of statements is a form");
        let scalars = (1..=sheet_blocks(K) as u64).map(Scalar::from).collect();
        SheetCircuit {
            instance: Instance::from_inputs([zero; 3]),
            witness: Witness {
                ak: g,
                nk: NullifierKey::from_fr(zero),
                weight: Weight::MIN,
                membership: MembershipProof { siblings: vec![] },
                scope: Scope::from_fr(zero),
                answers: Answers::new(&form, vec![]),
                form,
                keys: KeyVector::new(std::array::from_fn(|j| g.mul_u64(j as u64 + 1)))
                    .expect("small multiples of the generator differ"),
                randomness: SheetRandomness::from_parts(scalars, NoteBlinder::from_fr(zero)),
                signature: Signature { nonce_point: g, response: Scalar::from(1u64) },
            },
        }
    }
}
