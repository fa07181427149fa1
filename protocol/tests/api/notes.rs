//! Note batches, the notes tree, and the statement `notes`.

use ark_ff::{One, Zero};
use psephos_protocol::{
    Fr,
    census::{MembershipProof, Sibling},
    constants::BATCH_ARITIES,
    elements::{BatchRoot, NoteCommitment, NotesRoot, SealingContext, StatementHash},
    note::{NoteBatch, NoteError, NotePath, NotesTree, PathLevel},
    poseidon,
    statement::notes::{Instance, NotesError, build_instance, check},
    transcript,
};

fn numbered_notes(from: u64, count: u64) -> Vec<NoteCommitment> {
    (from..from + count).map(|i| NoteCommitment::from_fr(poseidon::hash(&[Fr::from(i)]))).collect()
}

fn numbered_batch(from: u64, count: u64) -> NoteBatch {
    NoteBatch::new(numbered_notes(from, count)).expect("the fixture is valid")
}

#[test]
fn batch_with_wrong_length_or_zero_note_is_rejected() {
    for actual in [0, 257] {
        assert_eq!(NoteBatch::new(numbered_notes(0, actual as u64)), Err(NoteError::Length { actual }));
    }
    for index in [0, 5, 9] {
        let mut with_zero = numbered_notes(0, 10);
        with_zero[index] = NoteCommitment::from_u64(0);
        assert_eq!(NoteBatch::new(with_zero.clone()), Err(NoteError::Zero { index }));
        let error = Instance::from_notes(BatchRoot::from_u64(1), SealingContext::from_u64(1), &with_zero);
        assert_eq!(error, Err(NotesError::Batch(NoteError::Zero { index })));
    }
}

#[test]
fn batch_root_fixes_notes_their_order_and_their_number() {
    let root = numbered_batch(0, 100).root();
    let mut swapped = numbered_notes(0, 100);
    swapped.swap(17, 18);
    assert!(
        NoteBatch::new(swapped).expect("the fixture is valid").root() != root
            && numbered_batch(0, 101).root() != root
            && numbered_batch(0, 99).root() != root
    );
    assert_eq!(numbered_batch(0, 100).leaves().len(), 256);
}

#[test]
fn every_note_has_a_path_to_the_notes_root() {
    let mut tree = NotesTree::new();
    assert_eq!(tree.root(), NotesRoot::from_u64(0));
    for number in 0..9 {
        assert_eq!(tree.append_batch(numbered_batch(1000 * number, 20)), Ok(number as usize));
        for (position, sealed) in tree.batches().iter().enumerate() {
            for (index, &note) in sealed.notes().iter().enumerate().step_by(19) {
                let path = tree.prove_note(position, index).expect("the fixture is valid");
                assert_eq!(path.compute_root(note), tree.root());
                assert_ne!(path.compute_root(note.altered()), tree.root());
                assert_eq!(tree.find_note(note), Some((position, index)));
            }
        }
    }
    assert_eq!(tree.find_note(NoteCommitment::from_u64(0)), None, "the zeros that pad a batch are not notes");
    for (batch, index) in [(0, 20), (0, 255), (0, 256), (9, 0)] {
        assert_eq!(tree.prove_note(batch, index), Err(NoteError::NoSuchNote { batch, index }));
    }
}

#[test]
fn paths_of_another_shape_are_rejected() {
    let level = |arity: usize, index| PathLevel { siblings: vec![Fr::one(); arity - 1], index };
    let levels = || BATCH_ARITIES.map(|arity| level(arity, arity - 1)).to_vec();
    let above = |length| MembershipProof { siblings: vec![Sibling { value: Fr::one(), on_left: true }; length] };
    assert!(NotePath::new(levels(), above(12)).is_ok());
    assert_eq!(NotePath::new(levels(), above(13)), Err(NoteError::PathShape), "too deep");
    assert_eq!(NotePath::new(levels()[1..].to_vec(), above(3)), Err(NoteError::PathShape), "a level is missing");
    for (height, arity) in BATCH_ARITIES.into_iter().enumerate() {
        for other in [level(arity, arity), level(arity + 1, 0), level(arity - 1, 0)] {
            let mut levels = levels();
            levels[height] = other;
            assert_eq!(NotePath::new(levels, above(3)), Err(NoteError::PathShape));
        }
    }
    let json = serde_json::to_string(&NotePath::new(levels(), above(12)).expect("the fixture is valid"))
        .expect("the fixture is valid");
    assert!(serde_json::from_str::<NotePath>(&json).is_ok());
    assert!(serde_json::from_str::<NotePath>(&json.replacen("\"index\":7", "\"index\":8", 1)).is_err());
    assert!(serde_json::from_str::<NotePath>(&json.replacen("{", "{\"x\":1,", 1)).is_err());
}

#[test]
fn each_public_input_is_bound() {
    let batch = numbered_batch(0, 30);
    let instance = build_instance(&batch, SealingContext::from_u64(5));
    assert_eq!(check(&instance, &batch), Ok(()));
    let name = |changed: Instance| match check(&changed, &batch) {
        Err(NotesError::Binding { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name(Instance { h: instance.h.altered(), ..instance }), "h");
    assert_eq!(name(Instance { z: instance.z.altered(), ..instance }), "y");
    assert_eq!(name(Instance { y: instance.y.altered(), ..instance }), "y");
    assert_eq!(instance.to_inputs(), [instance.h.to_fr(), instance.z.to_fr(), instance.y.to_fr()]);
    assert!(check(&instance, &NoteBatch::new(numbered_notes(0, 31)).expect("the fixture is valid")).is_err());
}

/// The challenge `z` depends on the root, on the context and on every note.
#[test]
fn every_posted_value_is_in_the_challenge() {
    let (batch, context) = (numbered_batch(0, 30), SealingContext::from_u64(5));
    let z = build_instance(&batch, context).z;
    let of = |root, context, notes: &[NoteCommitment]| {
        Instance::from_notes(root, context, notes).expect("the fixture is valid").z
    };
    assert_ne!(of(batch.root().altered(), context, batch.notes()), z);
    assert_ne!(of(batch.root(), context.altered(), batch.notes()), z);
    for index in 0..30 {
        let mut other = batch.notes().to_vec();
        other[index] = other[index].altered();
        assert_ne!(of(batch.root(), context, &other), z);
    }
    assert_ne!(of(batch.root(), context, &batch.notes()[..29]), z);
}

/// If the context were a coefficient of `y`, it could be solved for after `z` is drawn, to compensate for any batch:
/// `R` does not fix it.
#[test]
fn context_as_a_coefficient_could_be_solved_for() {
    let coefficients = |from| numbered_notes(from, 30).iter().map(|note| note.to_fr()).collect::<Vec<Fr>>();
    let (posted, own) = (coefficients(0), coefficients(500));
    let z = transcript::derive_challenge(StatementHash::from_fr(numbered_batch(500, 30).root().to_fr()), &posted);
    let evaluate = |notes: &[Fr]| transcript::evaluate(notes, z).to_fr();
    let with = |context: Fr, notes: &[Fr]| context + z.to_fr() * evaluate(notes);
    let makes_up = with(Fr::from(5u64), &posted) - with(Fr::zero(), &own);
    assert_eq!(with(makes_up, &own), with(Fr::from(5u64), &posted));
    assert_ne!(evaluate(&own), evaluate(&posted), "without it there is no free variable");
}
