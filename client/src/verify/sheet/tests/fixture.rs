//! What the sheet poll of the tests asks, and what its members answer.

use std::collections::BTreeSet;

use psephos_charter::agenda::{Agenda, AgendaStatement, SheetText};
use psephos_protocol::{
    Fr,
    constants::CAMP_COUNTER_BITS,
    identifiers::SheetId,
    sheet::{Axis, Form, FormKind, hash_agenda, hash_pilot},
};
use psephos_prover::Proof;
use psephos_state::{
    Address, B256, U256,
    bindings::ISheets::{self, AdoptionRule, ShareCombination},
};

use crate::{
    test_state::{CHAMBER, CLOSES, COMMITTEE, DEADLINE, OPENS},
    verify::{BallotVerifier, tests::different_proofs},
};

pub(super) const SHEET: SheetId = SheetId::new(1);
pub(super) const COUNT: usize = 11;
pub(super) const PROOF: usize = 0;
pub(super) const REFUSED: usize = 1;
pub(super) const CREATOR: Address = Address::repeat_byte(0xc1);

/// Takes all proofs but that at place [`REFUSED`].
pub(super) struct Verifier(BTreeSet<[u8; 256]>);

impl Verifier {
    pub(super) fn new() -> Self {
        let refused = psephos_submission::proofs::proof_from_words(&proof(REFUSED)).unwrap();
        Self([refused.to_bytes()].into())
    }
}

impl BallotVerifier for Verifier {
    fn is_valid(&self, proof: &Proof, _: &[Fr]) -> bool {
        !self.0.contains(&proof.to_bytes())
    }

    fn are_valid(&self, items: &[(Proof, Vec<Fr>)]) -> bool {
        items.iter().all(|(proof, inputs)| self.is_valid(proof, inputs))
    }

    fn find_invalid(&self, items: &[(Proof, Vec<Fr>)]) -> Vec<usize> {
        (0..items.len()).filter(|place| !self.is_valid(&items[*place].0, &[])).collect()
    }
}

pub(super) fn proof(place: usize) -> [U256; 8] {
    different_proofs()[place]
}

/// Returns the transaction of a block.
pub(super) fn transaction(block: u64) -> B256 {
    B256::repeat_byte(u8::try_from(block).unwrap())
}

/// The value of an answer of the lower camp (0), which agrees, or of the upper one, which agrees with the first
/// statement only.
pub(super) fn cell_value(cell: usize, camp: usize) -> u64 {
    match (cell, camp) {
        (_, 0) => 1,
        (0, _) => 1 << (2 * CAMP_COUNTER_BITS),
        _ => 1 << (3 * CAMP_COUNTER_BITS),
    }
}

pub(super) fn combination() -> ShareCombination {
    let trustees = U256::from(1);
    ShareCombination { trustees, denominator: U256::from(1), coefficients: Vec::new(), shares: Vec::new() }
}

pub(super) fn texts() -> Vec<String> {
    (0..COUNT).map(|place| format!("Statement {place}")).collect()
}

pub(super) fn form() -> Form {
    let axis = Axis { weights: vec![[1, -1]; COUNT], threshold: 0, pilot: hash_pilot(b"a pilot") };
    Form::new(16, COUNT, FormKind::Statements { camps: Some(axis) }).unwrap()
}

pub(super) fn parameters() -> ISheets::SheetParameters {
    let statements = (1..).zip(texts()).map(|(id, text)| AgendaStatement { id, text }).collect();
    let text = SheetText::new("What do we agree on?", Agenda::new(statements).unwrap()).unwrap();
    ISheets::SheetParameters {
        proposal: B256::ZERO,
        metadata: text.to_json(),
        agenda: hash_agenda(texts().iter().map(String::as_str)).into(),
        size: 16,
        form: (&form()).into(),
        chambers: vec![ISheets::SheetChamber { chamber: CHAMBER.get(), minBallots: 2, leastCamp: 2 }],
        adoption: AdoptionRule { theta: 8_500, quorum: 1, required: 1 },
        committee: COMMITTEE.get(),
        canceller: CREATOR,
        cancelDeadline: 12,
        opensAt: OPENS,
        closesAt: CLOSES,
        tallyDeadline: DEADLINE,
    }
}
