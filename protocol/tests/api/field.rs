use ark_ff::{One, PrimeField, Zero};
use proptest::prelude::*;
use psephos_protocol::{
    Fr, Scalar,
    elements::Challenge,
    field::{NonCanonical, from_bytes, from_decimal, from_hex, to_bytes, to_decimal, to_hex},
    scalar, transcript,
};

const R: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495617";
const R_MINUS_ONE: &str = "21888242871839275222246405745257275088548364400416034343698204186575808495616";

fn big_endian(limbs: [u64; 4]) -> [u8; 32] {
    limbs.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect::<Vec<_>>().try_into().expect("32 bytes")
}

#[test]
fn extreme_elements_have_one_encoding() {
    for (element, decimal) in [(Fr::zero(), "0"), (Fr::one(), "1"), (-Fr::one(), R_MINUS_ONE)] {
        assert_eq!(to_decimal(&element), decimal);
        assert_eq!(from_decimal(decimal), Ok(element));
        assert_eq!(from_bytes(&to_bytes(&element)), Ok(element));
        assert_eq!(from_hex(&to_hex(&element)), Ok(element));
    }
    assert_eq!(to_bytes(&Fr::one())[31], 1);
}

#[test]
fn numbers_from_the_order_on_are_rejected() {
    let mut plus_one = Fr::MODULUS.0;
    plus_one[0] += 1;
    for bytes in [big_endian(Fr::MODULUS.0), big_endian(plus_one), [0xff; 32]] {
        assert_eq!(from_bytes(&bytes), Err(NonCanonical::OutOfField));
        assert_eq!(from_hex(&format!("0x{}", hex::encode(bytes))), Err(NonCanonical::OutOfField));
    }
    for decimal in [R, &"9".repeat(77), &"9".repeat(78), &"9".repeat(1000), &(1u8..9).map(|_| R).collect::<String>()] {
        assert_eq!(from_decimal(decimal), Err(NonCanonical::OutOfField));
    }
}

#[test]
fn malformed_text_is_rejected() {
    for text in ["", "-1", "+1", "00", "01", " 1", "1 ", "1_0", "0x1", "r+7", "1e3", "१"] {
        assert_eq!(from_decimal(text), Err(NonCanonical::Decimal), "{text:?}");
    }
    let one = to_hex(&Fr::one());
    let upper = one.replace("0x", "0X");
    let letters = format!("0x{}", "0A".repeat(32));
    for text in ["", "0x", "1", "0x1", &one[2..], &one[..65], &format!("{one}0"), &upper, &letters, "0xé"] {
        assert_eq!(from_hex(text), Err(NonCanonical::Hex), "{text:?}");
    }
}

#[test]
fn scalar_plus_the_order_is_rejected() {
    let mut limbs = Scalar::MODULUS.0;
    assert_eq!(scalar::from_bytes(&big_endian(limbs)), Err(NonCanonical::OutOfField));
    limbs[0] += 5;
    assert_eq!(scalar::from_bytes(&big_endian(limbs)), Err(NonCanonical::OutOfField));
    let greatest = -Scalar::one();
    assert_eq!(scalar::from_bytes(&scalar::to_bytes(&greatest)), Ok(greatest));
}

#[test]
fn wide_reduction_is_exact() {
    let mut wide = [0; 64];
    wide[63] = 7;
    assert_eq!(scalar::from_wide(&wide), Scalar::from(7));
    wide[32..].copy_from_slice(&big_endian(Scalar::MODULUS.0));
    assert_eq!(scalar::from_wide(&wide), Scalar::zero());
}

proptest! {
    #[test]
    fn encodings_round_trip(bytes: [u8; 32]) {
        match from_bytes(&bytes) {
            Ok(element) => {
                prop_assert_eq!(to_bytes(&element), bytes);
                prop_assert_eq!(from_decimal(&to_decimal(&element)), Ok(element));
                prop_assert_eq!(from_hex(&to_hex(&element)), Ok(element));
            }
            Err(error) => prop_assert_eq!(error, NonCanonical::OutOfField),
        }
    }

    #[test]
    fn evaluation_is_the_sum_of_powers(values: Vec<u64>, z: u64) {
        let elements: Vec<Fr> = values.iter().copied().map(Fr::from).collect();
        let mut power = Fr::one();
        let mut sum = Fr::zero();
        for element in &elements {
            sum += *element * power;
            power *= Fr::from(z);
        }
        prop_assert_eq!(transcript::evaluate(&elements, Challenge::from_u64(z)).to_fr(), sum);
    }
}
