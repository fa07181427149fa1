//! Secrets have no `Debug`, and no error repeats one.

use ark_ff::One;
use psephos_protocol::{
    Fr, Scalar,
    committee::{KeyShare, Polynomials, TransportSecret},
    encryption::Randomness,
    field,
    identity::{Identity, NullifierKey, Seed},
    note::{NoteBlinder, NoteOpening},
    recovery,
    rounding::BlindingFactors,
    rule::{RuleError, RuleKind},
    scalar,
    sheet::{Answers, SheetRandomness},
    statement::{ballot, blinded, claim, dealing, decision, decryption, sheet},
    weight::Weight,
};

use crate::fixture::{make_ballot, plurality_rule, rule, weight};

/// Fails to compile if the type has `Debug`: two implementations would fit, and the compiler cannot choose.
macro_rules! assert_no_debug {
    ($($secret:ty),* $(,)?) => {$(
        const _: fn() = || {
            trait Ambiguous<A> {
                fn choose() {}
            }
            impl<T: ?Sized> Ambiguous<()> for T {}
            struct HasDebug;
            impl<T: ?Sized + std::fmt::Debug> Ambiguous<HasDebug> for T {}
            let _ = <$secret as Ambiguous<_>>::choose;
        };
    )*};
}

assert_no_debug!(
    Seed,
    Identity,
    NullifierKey,
    KeyShare,
    Polynomials,
    TransportSecret,
    Randomness,
    ballot::Witness,
    ballot::BallotDraft,
    claim::Witness,
    claim::ClaimDraft,
    NoteBlinder,
    NoteOpening,
    recovery::CastBallot<'static>,
    decryption::Witness,
    dealing::Witness,
    BlindingFactors,
    blinded::Witness,
    decision::Witness,
    Answers,
    SheetRandomness,
    sheet::Witness,
    sheet::SheetDraft,
);

fn error_text(error: impl std::error::Error) -> String {
    format!("{error} {error:?} {:?}", error.source().map(ToString::to_string))
}

#[test]
fn no_rule_error_repeats_a_choice_or_a_weight() {
    // Recognisable in decimal; each is refused by some clause of some rule.
    let (number, value) = (777_000_777, 919_191);
    let rules = [
        RuleKind::Plurality,
        RuleKind::Approval,
        RuleKind::Score,
        RuleKind::Cumulative,
        RuleKind::Quadratic,
        RuleKind::Borda,
    ];
    let mut seen = 0;
    for kind in rules {
        for weighted in [false, true] {
            let parameter = if matches!(kind, RuleKind::Plurality | RuleKind::Borda) { 0 } else { 2 };
            let parameters = rule(kind, parameter, 3, weighted);
            for x in [[value, 0, 0], [value << 30, 0, 0], [0, 0, value], [value << 10, value, value]] {
                let Err(error) = parameters.count_values(weight(number), &x) else { continue };
                seen += 1;
                let text = error_text(error);
                assert!(!text.contains("777000") && !text.contains("919191"), "{text}");
                assert!(
                    !text.contains(&(value << 30).to_string()) && !text.contains(&(value << 10).to_string()),
                    "{text}"
                );
            }
        }
    }
    assert!(seen > 30);
}

#[test]
fn no_statement_error_repeats_a_secret() {
    let (instance, good, posted, ctx) = make_ballot(plurality_rule(3), &[0, 1, 0]);
    let secrets = |witness: &ballot::Witness| {
        let randomness = hex::encode(scalar::to_bytes(witness.randomness.expose()));
        let nk = witness.nk.expose();
        [randomness, field::to_decimal(nk), hex::encode(field::to_bytes(nk)), witness.weight.to_string()]
    };
    let changes: [fn(&mut ballot::Witness); 6] = [
        |w| w.weight = weight(987_654_321_987),
        |w| w.nk = NullifierKey::from_fr(Fr::from(31_415_926_535u64)),
        |w| w.randomness = Randomness::from_parts(Scalar::from(2_718_281_828u64), NoteBlinder::from_fr(Fr::from(1u64))),
        |w| w.x = vec![1, 1, 0],
        |w| w.scope = w.scope.altered(),
        |w| w.signature.response += Scalar::one(),
    ];
    for change in changes {
        let mut witness = good.clone();
        change(&mut witness);
        let errors = [ballot::check(&instance, &witness).err(), ballot::check_posted(&posted, ctx, &witness).err()];
        assert!(errors[0].is_some());
        for text in errors.into_iter().flatten().map(error_text) {
            for secret in secrets(&witness).iter().chain(&secrets(&good)).filter(|secret| secret.len() > 2) {
                assert!(!text.contains(secret.as_str()), "{text}");
            }
        }
    }
}

#[test]
fn no_claim_error_repeats_a_secret() {
    let (instance, good, posted, terms) = crate::claim::make_claim();
    let changes: [fn(&mut claim::Witness); 5] = [
        |w| w.opening.weight = weight(987_654_321_987),
        |w| w.opening.blinder = NoteBlinder::from_fr(Fr::from(31_415_926_535u64)),
        |w| w.nk = NullifierKey::from_fr(Fr::from(27_182_818_284u64)),
        |w| w.opening.x = vec![0, 0, 161_803_398],
        |w| w.signature.response += Scalar::one(),
    ];
    for change in changes {
        let mut witness = good.clone();
        change(&mut witness);
        let errors = [claim::check(&instance, &witness).err(), claim::check_posted(&posted, &terms, &witness).err()];
        assert!(errors[0].is_some());
        for text in errors.into_iter().flatten().map(error_text) {
            let secrets = [
                witness.opening.weight.to_string(),
                "161803398".to_string(),
                field::to_decimal(witness.nk.expose()),
                hex::encode(field::to_bytes(witness.nk.expose())),
                field::to_decimal(witness.opening.blinder.expose()),
                hex::encode(field::to_bytes(witness.opening.blinder.expose())),
            ];
            for secret in secrets.iter().filter(|secret| secret.len() > 2) {
                assert!(!text.contains(secret.as_str()), "{text}");
            }
        }
    }
}

#[test]
fn no_decoding_error_repeats_its_input() {
    let canary = "5ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7e75ec7";
    let texts = [
        error_text(field::from_hex(canary).unwrap_err()),
        error_text(field::from_hex(&format!("0x{canary}")).unwrap_err()),
        error_text(field::from_decimal(canary).unwrap_err()),
    ];
    assert!(texts.iter().all(|text| !text.contains("5ec7e7")), "{texts:?}");
}

#[test]
fn error_names_a_weight_that_is_public() {
    // Weights are public when a member enrols; only a ballot's is secret.
    assert!(error_text(Weight::new(1 << 40).unwrap_err()).contains("1099511627776"));
    let limit = RuleError::BudgetExceeded { budget: Some(3) }.to_string();
    assert_eq!(limit, "the choices spend more than the budget of 3");
    let weight = RuleError::BudgetNotSpent { budget: None }.to_string();
    assert_eq!(weight, "the choices do not spend the whole budget of the voter's weight");
}
