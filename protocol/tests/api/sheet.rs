//! One negative test for each clause of the statement `sheet` (section 7, *Sheets*).

use psephos_protocol::{
    Fr, Point, Scalar,
    census::{CensusError, Sibling},
    constants::{sheet_blocks, sheet_points, sheet_record_words},
    note::NoteBlinder,
    sheet::{Answer, AnswerError, Answers, EncryptedSheet, Form, FormKind, RelatedRandomness, SheetRandomness},
    signature::SignatureError,
    statement::sheet::{
        Instance, PostedSheet, PostedSheetError, SheetDraft, SheetError, UnsignedWitness, Witness, check, check_posted,
    },
    testing::{CastSheet, Voter, sheet_forms},
    transcript,
};

use crate::fixture::{census_of, identity, key_share, key_vector, rng, weight};

fn voter() -> Voter {
    Voter {
        identity: identity(1),
        weight: weight(20),
        membership: census_of(&[10, 20, 30, 40]).prove_membership(1).expect("the fixture is valid"),
    }
}

fn statements(size: usize, count: usize) -> Form {
    Form::new(size, count, FormKind::Statements { camps: None }).expect("the fixture is valid")
}

fn make_sheet() -> CastSheet {
    let form = statements(16, 5);
    let answers = Answers::new(&form, vec![Answer::Agree, Answer::Pass, Answer::Disagree]);
    voter().cast_sheet(&form, answers, [0; 32]).expect("the fixture is valid")
}

/// Makes a good sheet, changes its witness, and returns the results of both checks.
fn check_changed_witness(change: impl FnOnce(&mut Witness)) -> (SheetError, Result<(), SheetError>) {
    let CastSheet { instance, mut witness, posted, ctx } = make_sheet();
    assert_eq!(check(&instance, &witness), Ok(()));
    assert_eq!(check_posted(&posted, ctx, &witness), Ok(()));
    change(&mut witness);
    (check(&instance, &witness).expect_err("the statement does not hold"), check_posted(&posted, ctx, &witness))
}

fn is_binding_error(name: &'static str) -> impl Fn(&SheetError) -> bool {
    move |error| matches!(error, SheetError::Binding { name: actual, .. } if *actual == name)
}

#[test]
fn sheets_of_every_kind_and_size_are_accepted() {
    for (form, answers) in sheet_forms() {
        let CastSheet { instance, witness, posted, ctx } = voter().cast_sheet(&form, answers, [0; 32]).unwrap();
        assert_eq!(check(&instance, &witness), Ok(()));
        assert_eq!(check_posted(&posted, ctx, &witness), Ok(()));
        assert_eq!(Instance::from_posted(&posted, ctx, [0; 32]), instance);
        assert_eq!(posted.words().len() + 8, sheet_record_words(form.size()));
        let json = serde_json::to_string(&posted).unwrap();
        assert_eq!(serde_json::from_str::<PostedSheet>(&json).unwrap(), posted);
    }
}

#[test]
fn clause_1_rejects_another_member_scope_committee_or_form() {
    let foreign = census_of(&[11, 20, 30, 40]).prove_membership(1).unwrap();
    let (error, posted) = check_changed_witness(|witness| witness.membership = foreign);
    assert!(is_binding_error("h")(&error) && matches!(posted, Err(SheetError::Context { .. })));
    for change in [
        (|witness| witness.weight = weight(21)) as fn(&mut Witness),
        |witness| witness.scope = witness.scope.altered(),
        |witness| witness.keys = key_vector(98),
        |witness| witness.form = statements(16, 6),
        |witness| witness.ak = identity(2).authorising_key(),
        |witness| witness.nk = identity(2).nullifier_key(),
    ] {
        let (error, posted) = check_changed_witness(change);
        assert!(is_binding_error("h")(&error));
        assert!(matches!(posted, Err(SheetError::Context { .. })));
    }
    let siblings = vec![Sibling { value: Fr::from(1u64), on_left: true }; 21];
    let too_deep = SheetError::Membership(CensusError::TooDeep { max: 20, actual: 21 });
    assert_eq!(check_changed_witness(|witness| witness.membership.siblings = siblings).0, too_deep);
}

#[test]
fn clauses_2_and_8_reject_another_posted_nullifier_or_note() {
    let CastSheet { witness, posted, ctx, .. } = make_sheet();
    let mut other = posted.clone();
    other.nullifier = other.nullifier.altered();
    assert!(matches!(check_posted(&other, ctx, &witness), Err(SheetError::Nullifier { .. })));
    assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, ctx, [0; 32]), &witness).unwrap_err()));
    let mut other = posted.clone();
    other.note = other.note.altered();
    assert!(matches!(check_posted(&other, ctx, &witness), Err(SheetError::Note { .. })));
    assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, ctx, [0; 32]), &witness).unwrap_err()));
}

#[test]
fn clauses_3_and_4_reject_answers_that_the_form_forbids() {
    let unused = SheetError::Answers(AnswerError::UnusedCell { cell: 5, count: 5 });
    assert_eq!(check_changed_witness(|witness| witness.answers.cells[5] = Answer::Disagree).0, unused);
    let length = SheetError::Answers(AnswerError::Length { expected: 16, actual: 15 });
    assert_eq!(check_changed_witness(|witness| witness.answers.cells.truncate(15)).0, length);
    let lasts = FormKind::Groups { lasts: 0b10100, exact: false };
    let groups = |witness: &mut Witness| witness.form = Form::new(16, 5, lasts).unwrap();
    assert_eq!(check_changed_witness(groups).0, SheetError::Answers(AnswerError::Disagreement));
}

/// A note says the weight 1 and no choice, whatever the answers are: it is no receipt, and `claim-3` pays it.
#[test]
fn note_holds_one_voice_and_no_answers() {
    let CastSheet { witness, posted, ctx, .. } = make_sheet();
    let opening = psephos_protocol::note::NoteOpening {
        weight: weight(1),
        x: vec![0, 0, 0],
        blinder: witness.randomness.blinder().clone(),
    };
    assert_eq!(opening.compute_note(&identity(1).commitment(), ctx), Ok(posted.note));
}

#[test]
fn clauses_5_to_7_reject_other_answers_or_randomness() {
    for cell in [0, 1, 2] {
        let (error, posted) = check_changed_witness(|witness| {
            let other = if cell == 1 { Answer::Agree } else { Answer::Pass };
            witness.answers.cells[cell] = other;
        });
        assert!(is_binding_error("h")(&error));
        assert_eq!(posted, Err(SheetError::Encryption));
    }
    let other = SheetRandomness::random(16, &mut rng(77));
    let (error, posted) = check_changed_witness(|witness| witness.randomness = other);
    assert!(is_binding_error("h")(&error));
    assert_eq!(posted, Err(SheetError::Encryption));
    let few = SheetRandomness::from_parts(vec![Scalar::from(1u64); 2], NoteBlinder::from_fr(Fr::from(0u64)));
    let (error, _) = check_changed_witness(|witness| witness.randomness = few);
    assert_eq!(error, SheetError::RandomnessLength { expected: 3, actual: 2 });
}

#[test]
fn clause_9_rejects_another_signer_message_or_predecessor() {
    let mismatch = SheetError::Signature(SignatureError::Mismatch);
    let CastSheet { instance, witness, posted, ctx } = make_sheet();
    let message = psephos_protocol::statement::sheet::derive_message(instance.h, instance.z);
    let by_another = identity(2).sign(message, &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = by_another).0, mismatch);
    let of_another = identity(1).sign(message.altered(), &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = of_another).0, mismatch);
    // A ballot's message of the same numbers is not a sheet's.
    let ballot = psephos_protocol::statement::ballot::derive_message(instance.h, instance.z);
    let of_ballot = identity(1).sign(ballot, &mut rng(1));
    assert_eq!(check_changed_witness(|witness| witness.signature = of_ballot).0, mismatch);
    // With another predecessor, this sheet has another z: an older sheet cannot be put back.
    let rolled_back = Instance::from_posted(&posted, ctx, posted.fingerprint([0; 32]));
    assert_eq!(check(&rolled_back, &witness), Err(mismatch));
}

#[test]
fn clause_10_binds_each_public_input_and_point() {
    let CastSheet { instance, witness, posted, ctx } = make_sheet();
    let h = check(&Instance { h: instance.h.altered(), ..instance }, &witness).unwrap_err();
    let y = check(&Instance { y: instance.y.altered(), ..instance }, &witness).unwrap_err();
    let z = check(&Instance { z: instance.z.altered(), ..instance }, &witness).unwrap_err();
    assert!(is_binding_error("h")(&h) && is_binding_error("y")(&y) && is_binding_error("y")(&z));
    let coordinates = posted.ciphertext.coordinates();
    assert_eq!(coordinates.len(), 2 * sheet_points(16));
    for index in 0..sheet_points(16) {
        let mut moved = coordinates.clone();
        let point = Point::from_coordinates([moved[2 * index], moved[2 * index + 1]]).unwrap() + Point::generator();
        (moved[2 * index], moved[2 * index + 1]) = (point.x(), point.y());
        let other = PostedSheet { ciphertext: EncryptedSheet::from_coordinates(&moved).unwrap(), ..posted.clone() };
        assert!(is_binding_error("y")(&check(&Instance::from_posted(&other, ctx, [0; 32]), &witness).unwrap_err()));
        assert_eq!(check_posted(&other, ctx, &witness), Err(SheetError::Encryption), "point {index}");
    }
    let instance = Instance::from_posted(&posted, ctx, [0; 32]);
    assert_eq!(instance.z, transcript::derive_sheet_challenge([0; 32], ctx, &posted));
}

/// Equal randomness in two blocks is the voter's own loss, so the statement holds; no draft is made with it.
#[test]
fn drafts_refuse_related_randomness() {
    let CastSheet { witness, .. } = make_sheet();
    let draft = |scalars: Vec<Scalar>| {
        let randomness = SheetRandomness::from_parts(scalars, NoteBlinder::from_fr(Fr::from(9u64)));
        let Witness { ak, weight, scope, .. } = witness;
        let (nk, membership, answers) = (witness.nk.clone(), witness.membership.clone(), witness.answers.clone());
        let (form, keys) = (witness.form.clone(), witness.keys.clone());
        SheetDraft::new(UnsignedWitness { ak, nk, weight, membership, scope, form, keys, answers, randomness }).err()
    };
    let related = |first, second| Some(SheetError::RelatedRandomness(RelatedRandomness { first, second }));
    let scalar = |number: u64| Scalar::from(number);
    assert_eq!(draft(vec![scalar(5), scalar(6), scalar(5)]), related(0, 2));
    assert_eq!(draft(vec![scalar(5), scalar(6), -scalar(6)]), related(1, 2));
    assert_eq!(draft(vec![scalar(5), scalar(0), scalar(6)]), related(1, 1));
    assert_eq!(draft(vec![scalar(5), scalar(6), scalar(7)]), None);
    // The attack: the difference of two blocks with one randomness is the difference of their answers.
    let (keys, r) = (key_vector(9), scalar(5));
    let u: Vec<u64> = (0..17).map(|j| if j == 3 { 1 } else { 0 }).collect();
    let sheet = EncryptedSheet::encrypt(&u, &keys, &[scalar(4), r, r]);
    let [first, second] = [1, 2].map(|block| &sheet.blocks()[block]);
    assert_eq!(first.sub(second).d[2], Point::generator());
}

/// Nothing gives the scalars of a sheet again; the blinder, which a claim needs, follows from the seed and the chain.
#[test]
fn drawn_randomness_is_fresh_and_its_blinder_follows_from_the_seed() {
    let (voter, ctx) = (identity(1), make_sheet().ctx);
    for size in [16, 40] {
        let [first, second] = [5, 6].map(|seed| voter.draw_sheet_randomness(ctx, size, &mut rng(seed)));
        assert_eq!((first.expose().len(), first.check_unrelated()), (sheet_blocks(size), Ok(())));
        assert!(first.expose().iter().all(|scalar| !second.expose().contains(scalar)));
        let c = Point::generator().mul(&first.expose()[0]);
        assert!(*first.blinder() == voter.derive_note_blinder(ctx, &c) && first.blinder() != second.blinder());
    }
}

#[test]
fn posted_sheet_bytes_are_strict() {
    let posted = make_sheet().posted;
    let bytes = posted.to_bytes();
    assert_eq!(bytes.len(), 1376);
    assert_eq!(PostedSheet::from_bytes(&bytes), Ok(posted.clone()));
    assert_eq!(PostedSheet::from_checked_bytes(&bytes), Ok(posted));
    for length in [0, 1375, 1377, 1376 + 64, 672] {
        let other = vec![0; length];
        assert_eq!(PostedSheet::from_bytes(&other), Err(PostedSheetError::Length { actual: length }));
    }
    let mut out_of_field = bytes.clone();
    out_of_field[64..96].fill(0xff);
    assert!(matches!(PostedSheet::from_bytes(&out_of_field), Err(PostedSheetError::Word { index: 2, .. })));
    let mut off_curve = bytes;
    off_curve[127] ^= 1;
    assert!(matches!(PostedSheet::from_bytes(&off_curve), Err(PostedSheetError::Ciphertext(_))));
}

/// The blocks' totals are ordinary totals: their decryption by a committee of one gives the counters of all voters.
#[test]
fn totals_of_blocks_are_the_counters() {
    let (form, answers) = sheet_forms().into_iter().find(|(form, _)| form.axis().is_some()).unwrap();
    let expected = form.count_values(&answers).unwrap();
    let randomness = |seed| SheetRandomness::random(form.size(), &mut rng(seed));
    let encrypt = |seed| EncryptedSheet::encrypt(&expected, &key_vector(9), randomness(seed).expose());
    let total = encrypt(1).add(&encrypt(2)).add(&encrypt(3)).sub(&encrypt(3)).add(&EncryptedSheet::zero(form.size()));
    assert_eq!(total.blocks().len(), sheet_blocks(form.size()));
    let share = key_share(9);
    let secrets = share.expose();
    let values = total
        .blocks()
        .iter()
        .flat_map(|block| block.d.iter().zip(secrets).map(|(d, secret)| *d + -block.c.mul(secret)).collect::<Vec<_>>());
    for (point, value) in values.zip(expected) {
        assert_eq!(point, Point::generator().mul_u64(2 * value));
    }
}
