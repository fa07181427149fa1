//! Measures how long a voter's search for its encryption randomness takes. Run by hand:
//! `cargo test --release -p psephos-protocol --test recovery_scale -- --ignored --nocapture`.

use std::time::Instant;

use psephos_protocol::{
    Point,
    elements::Context,
    identity::{Identity, Seed},
};

#[test]
#[ignore = "prints times and asserts nothing about them; run by hand, see above"]
fn randomness_is_found_for_extreme_numbers() {
    let identity = Identity::from_seed(&Seed::from_bytes([1; 32])).expect("the fixture is valid");
    for (position, numbers) in [[0, 0], [65535, 65535], [31415, 27182]].into_iter().enumerate() {
        let previous = [position as u8; 32];
        let randomness = identity.derived_randomness(Context::from_u64(5), previous, numbers);
        let c = Point::generator().mul(randomness.expose());
        let start = Instant::now();
        let found = identity
            .find_randomness(Context::from_u64(5), previous, &c, |_, _| ())
            .expect("the randomness is the seed's");
        println!("{numbers:?}: {:?}", start.elapsed());
        assert!(found.expose() == randomness.expose());
    }
    let start = Instant::now();
    assert!(identity.find_randomness(Context::from_u64(5), [0; 32], &Point::generator(), |_, _| ()).is_none());
    println!("not found: {:?}", start.elapsed());
}
