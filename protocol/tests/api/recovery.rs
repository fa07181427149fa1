//! Recovery of a ballot by a voter that has only its seed.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use psephos_protocol::{
    Point, Scalar,
    committee::KeyVector,
    constants::{COMMITTEE_KEYS, size_for_options},
    elements::{Context, NoteCommitment},
    encryption::{self, Ciphertext, Randomness},
    identity::Identity,
    note::{self, NoteOpening},
    recovery::{CastBallot, RecoveryError},
    rule::{RuleKind, RuleParameters},
    scalar,
    weight::Weight,
};

use crate::fixture::{identity, key_vector, rng, rule, weight};

const FIRST: [u8; 32] = [0; 32];
const SECOND: [u8; 32] = [9; 32];

/// A ballot as it is on the chain, with all values that it was made from.
struct BallotFixture {
    rule: RuleParameters,
    keys: KeyVector,
    ctx: Context,
    previous: [u8; 32],
    weight: Weight,
    x: Vec<u64>,
    randomness: Randomness,
    ciphertext: Ciphertext,
    note: NoteCommitment,
}

impl BallotFixture {
    fn new(rule: RuleParameters, weight: Weight, x: &[u64], randomness: Randomness) -> BallotFixture {
        let (keys, ctx) = (key_vector(99), Context::from_u64(41));
        let mut x = x.to_vec();
        x.resize(size_for_options(rule.options).expect("the fixture is valid"), 0);
        let u = rule.count_values(weight, &x).expect("the fixture is valid");
        let ciphertext = encryption::encrypt_values(&u, &keys, randomness.expose());
        let note = note::derive_commitment(&identity(1).commitment(), ctx, weight, &x, randomness.blinder());
        BallotFixture { rule, keys, ctx, previous: SECOND, weight, x, randomness, ciphertext, note }
    }

    fn with_derived_randomness(rule: RuleParameters, weight: Weight, x: &[u64]) -> BallotFixture {
        BallotFixture::new(rule, weight, x, identity(1).derive_randomness(Context::from_u64(41), SECOND, [65535, 0]))
    }

    fn cast_ballot(&self) -> CastBallot<'_> {
        let BallotFixture { rule, keys, ctx, previous, ciphertext, note, weight, .. } = self;
        CastBallot { rule, keys, ctx: *ctx, previous: *previous, ciphertext, note: *note, weight: *weight }
    }

    fn assert_recovered(&self, result: Result<NoteOpening, RecoveryError>) {
        let opening = result.expect("the ballot is recovered");
        assert!(opening.x == self.x && opening.weight == self.weight, "{:?}", self.rule);
        assert!(opening.blinder == *self.randomness.blinder());
        assert_eq!(opening.compute_note(&identity(1).commitment(), self.ctx), Ok(self.note));
    }
}

fn ignore_progress(_: usize, _: usize) {}

/// Returns rules, each with a choice of a voter of the given weight.
fn rules_with_choices() -> Vec<(RuleParameters, Weight, Vec<u64>)> {
    let most = (1u64 << 40) - 1;
    let exact = |parameters: RuleParameters| RuleParameters { exact: true, ..parameters };
    let both = [false, true].into_iter().flat_map(|weighted| {
        let weight = if weighted { 1 << 32 } else { 3 };
        [
            (rule(RuleKind::Plurality, 0, 3, weighted), weight, vec![0, 1, 0]),
            (rule(RuleKind::Plurality, 0, 8, weighted), weight, vec![0, 0, 0, 0, 0, 0, 0, 1]),
            (rule(RuleKind::Approval, 2, 3, weighted), weight, vec![1, 0, 1]),
            (rule(RuleKind::Approval, 5, 7, weighted), weight, vec![0; 7]),
            (rule(RuleKind::Score, 9, 2, weighted), weight, vec![9, 4]),
            (rule(RuleKind::Score, 255, 8, weighted), weight, vec![255, 0, 1, 77, 254, 3, 255, 128]),
            (rule(RuleKind::Borda, 0, 3, weighted), weight, vec![1, 2, 0]),
            (rule(RuleKind::Borda, 0, 8, weighted), weight, vec![7, 1, 0, 6, 5, 4, 2, 3]),
        ]
    });
    let budgets = [
        (rule(RuleKind::Cumulative, 65535, 3, false), 3, vec![65535, 0, 0]),
        (exact(rule(RuleKind::Cumulative, 10, 8, false)), 3, vec![1, 2, 0, 0, 3, 0, 0, 4]),
        (rule(RuleKind::Cumulative, 0, 3, true), 1 << 24, vec![1 << 23, 1, 0]),
        (exact(rule(RuleKind::Cumulative, 0, 8, true)), 100_003, vec![100_000, 0, 0, 1, 1, 0, 1, 0]),
        (rule(RuleKind::Quadratic, 65535, 3, false), 3, vec![255, 22, 0]),
        (rule(RuleKind::Quadratic, 100, 8, false), 3, vec![1, 2, 3, 4, 5, 6, 0, 3]),
        (rule(RuleKind::Quadratic, 0, 3, true), most, vec![1_048_575, 1, 2]),
        (rule(RuleKind::Quadratic, 0, 8, true), 4, vec![1, 1, 1, 0, 0, 0, 0, 1]),
    ];
    both.chain(budgets).map(|(rule, number, x)| (rule, weight(number), x)).collect()
}

#[test]
fn ballot_of_every_rule_decrypts_with_its_randomness() {
    for (rule, weight, x) in rules_with_choices() {
        let scene = BallotFixture::with_derived_randomness(rule, weight, &x);
        scene.assert_recovered(scene.cast_ballot().decrypt_with(&identity(1), &scene.randomness));
    }
}

#[test]
fn ballot_of_every_rule_is_recovered_from_the_seed() {
    // With few choices there is no search for the randomness; with many there is, here for a replacement.
    let searched = |(rule, weight, x): &(RuleParameters, Weight, Vec<u64>)| {
        let scene = BallotFixture::with_derived_randomness(*rule, *weight, x);
        let steps = AtomicUsize::new(0);
        let result = scene.cast_ballot().recover_opening(&identity(1), |done, of| {
            assert!(done <= of);
            steps.fetch_add(1, Relaxed);
        });
        scene.assert_recovered(result);
        steps.into_inner() > 0
    };
    let rules = rules_with_choices();
    let few = |rule: &RuleParameters, weight| rule.enumerate_choices(8, weight, 1 << 12).is_some();
    let (few, many): (Vec<_>, Vec<_>) = rules.into_iter().partition(|(rule, weight, _)| few(rule, *weight));
    assert_eq!((few.len(), many.len()), (12, 12));
    assert!(!few.iter().any(searched));
    assert!(many.iter().step_by(3).all(searched));
}

#[test]
fn blinder_of_the_seed_suffices_where_choices_are_few() {
    let (ctx, r) = (Context::from_u64(41), Scalar::from(77u64));
    let blinder = identity(1).derive_note_blinder(ctx, &Point::generator().mul(&r));
    let scene = BallotFixture::new(
        rule(RuleKind::Approval, 2, 3, true),
        weight(20),
        &[1, 1, 0],
        Randomness::from_parts(r, blinder),
    );
    scene.assert_recovered(scene.cast_ballot().recover_opening(&identity(1), ignore_progress));
}

#[test]
fn another_seed_context_or_predecessor_finds_no_randomness() {
    let voter = identity(1);
    let scene = BallotFixture::with_derived_randomness(rule(RuleKind::Score, 255, 3, true), weight(20), &[255, 0, 7]);
    let c = &scene.ciphertext.c;
    let found = voter.find_randomness(scene.ctx, SECOND, c, ignore_progress).expect("the randomness is the seed's");
    assert!(found.expose() == scene.randomness.expose() && found.blinder() == scene.randomness.blinder());

    let finds = |voter: &Identity, ctx, previous| voter.find_randomness(ctx, previous, c, ignore_progress).is_some();
    let done = AtomicUsize::new(0);
    let progress = |steps, of| assert!(of == 1 << 17 && done.fetch_max(steps, Relaxed) <= of);
    assert!(identity(2).find_randomness(scene.ctx, SECOND, c, progress).is_none());
    assert_eq!(done.into_inner(), 1 << 17, "the search ends without a result after all steps");
    assert!(!finds(&voter, scene.ctx.altered(), SECOND));
    assert!(!finds(&voter, scene.ctx, FIRST));
}

#[test]
fn ballot_does_not_decrypt_with_another_ballots_parameters() {
    let voter = identity(1);
    let scene = BallotFixture::with_derived_randomness(rule(RuleKind::Score, 255, 3, true), weight(20), &[255, 0, 7]);
    let open = |change: fn(&mut BallotFixture)| {
        let mut other = BallotFixture::with_derived_randomness(scene.rule, scene.weight, &scene.x);
        change(&mut other);
        other.cast_ballot().decrypt_with(&voter, &other.randomness).map(|_| ())
    };
    assert_eq!(open(|_| ()), Ok(()));
    let changes: [fn(&mut BallotFixture); 5] = [
        |scene| scene.weight = weight(21),
        |scene| scene.note = scene.note.altered(),
        |scene| scene.keys = key_vector(98),
        |scene| scene.ctx = scene.ctx.altered(),
        |scene| scene.rule = rule(RuleKind::Score, 254, 3, true),
    ];
    for change in changes {
        assert_eq!(open(change), Err(RecoveryError::InvalidBallot));
    }
    let short = |scene: &mut BallotFixture| scene.ciphertext.d.truncate(2);
    assert_eq!(open(short), Err(RecoveryError::Size { size: 2, options: 3 }));
    let long = |scene: &mut BallotFixture| scene.ciphertext.d.resize(COMMITTEE_KEYS + 1, Point::generator());
    assert_eq!(open(long), Err(RecoveryError::Size { size: 9, options: 3 }));
    let theirs = scene.cast_ballot().decrypt_with(&identity(2), &scene.randomness).map(|_| ());
    assert_eq!(theirs, Err(RecoveryError::InvalidBallot));
}

#[test]
fn randomness_differs_between_ballots_with_one_predecessor() {
    let (voter, ctx, mut rng) = (identity(1), Context::from_u64(41), rng(5));
    let mut seen = Vec::new();
    for previous in [FIRST, FIRST, SECOND] {
        let randomness = voter.draw_randomness(ctx, previous, &mut rng);
        let c = Point::generator().mul(randomness.expose());
        assert!(*randomness.blinder() == voter.derive_note_blinder(ctx, &c));
        assert!(scalar::from_bytes(&scalar::to_bytes(randomness.expose())).as_ref() == Ok(randomness.expose()));
        assert!(!seen.contains(randomness.expose()));
        seen.push(*randomness.expose());
    }
    let of = |identity: Identity, ctx, previous, numbers| *identity.derive_randomness(ctx, previous, numbers).expose();
    let r = of(identity(1), ctx, FIRST, [1, 2]);
    assert!(r == of(identity(1), ctx, FIRST, [1, 2]));
    assert!(r != of(identity(1), ctx, FIRST, [2, 1]) && r != of(identity(1), ctx, SECOND, [1, 2]));
    assert!(r != of(identity(2), ctx, FIRST, [1, 2]) && r != of(identity(1), ctx.altered(), FIRST, [1, 2]));
}
