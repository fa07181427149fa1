//! Small circuits, with which most tests take milliseconds.

use std::sync::OnceLock;

use ark_bn254::{Fq, Fq2, Fr, G1Affine, G2Affine};
use psephos_circuits::{Builder, Circuit};
use psephos_prover::{Proof, ProvingKey, encoding};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The witness of a toy circuit is invalid.
#[derive(Debug, thiserror::Error)]
#[error("clause root: the equation does not hold")]
pub struct Wrong;

/// `x^3 + x + 5 = y`, `y` public.
pub struct Cubic {
    pub x: Fr,
    pub y: Fr,
}

impl Cubic {
    pub fn from_x(x: u64) -> Cubic {
        let x = Fr::from(x);
        Cubic { x, y: Cubic::cubic_value(x) }
    }

    fn cubic_value(x: Fr) -> Fr {
        x * x * x + x + Fr::from(5u64)
    }
}

fn constrain_cubic(b: &mut Builder, x: Fr, y: Fr) {
    let y = b.allocate_input(y);
    let x = b.allocate_witness(x);
    let square = b.mul(&x, &x);
    let cube = b.mul(&square, &x);
    b.enter_section("root");
    b.enforce_equal(&(&cube + &x).add_constant(5u64), &y);
}

impl Circuit for Cubic {
    type Error = Wrong;
    const NAME: &'static str = "cubic";
    const PUBLIC_INPUTS: &'static [&'static str] = &["y"];

    fn dummy() -> Cubic {
        Cubic { x: Fr::from(0u64), y: Fr::from(0u64) }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        vec![self.y]
    }

    fn check(&self) -> Result<(), Wrong> {
        if Cubic::cubic_value(self.x) == self.y { Ok(()) } else { Err(Wrong) }
    }

    fn synthesize(&self, b: &mut Builder) {
        constrain_cubic(b, self.x, self.y);
    }
}

/// `Cubic` with a native check that always passes.
pub struct Liar(pub Cubic);

impl Circuit for Liar {
    type Error = Wrong;
    const NAME: &'static str = "liar";
    const PUBLIC_INPUTS: &'static [&'static str] = &["y"];

    fn dummy() -> Liar {
        Liar(Cubic::dummy())
    }

    fn public_inputs(&self) -> Vec<Fr> {
        self.0.public_inputs()
    }

    fn check(&self) -> Result<(), Wrong> {
        Ok(())
    }

    fn synthesize(&self, b: &mut Builder) {
        self.0.synthesize(b);
    }
}

/// `Cubic` that names another public input than it assigns.
pub struct Misnamed(pub Cubic);

impl Circuit for Misnamed {
    type Error = Wrong;
    const NAME: &'static str = "misnamed";
    const PUBLIC_INPUTS: &'static [&'static str] = &["y"];

    fn dummy() -> Misnamed {
        Misnamed(Cubic::dummy())
    }

    fn public_inputs(&self) -> Vec<Fr> {
        vec![self.0.y + Fr::from(1u64)]
    }

    fn check(&self) -> Result<(), Wrong> {
        Ok(())
    }

    fn synthesize(&self, b: &mut Builder) {
        self.0.synthesize(b);
    }
}

/// Three public inputs: `h = u·v`, `z = u + v`, `y = u^2 + v`.
pub struct Three {
    pub u: Fr,
    pub v: Fr,
}

impl Three {
    pub fn random(rng: &mut impl Rng) -> Three {
        Three { u: Fr::from(rng.r#gen::<u128>()), v: Fr::from(rng.r#gen::<u128>()) }
    }
}

impl Circuit for Three {
    type Error = Wrong;
    const NAME: &'static str = "three";
    const PUBLIC_INPUTS: &'static [&'static str] = &["h", "z", "y"];

    fn dummy() -> Three {
        Three { u: Fr::from(0u64), v: Fr::from(0u64) }
    }

    fn public_inputs(&self) -> Vec<Fr> {
        vec![self.u * self.v, self.u + self.v, self.u * self.u + self.v]
    }

    fn check(&self) -> Result<(), Wrong> {
        Ok(())
    }

    fn synthesize(&self, b: &mut Builder) {
        let [h, z, y] = [0, 1, 2].map(|i| b.allocate_input(self.public_inputs()[i]));
        let (u, v) = (b.allocate_witness(self.u), b.allocate_witness(self.v));
        b.enforce(&u, &v, &h);
        b.enforce_equal(&(&u + &v), &z);
        let square = b.mul(&u, &u);
        b.enforce_equal(&(&square + &v), &y);
    }
}

pub fn seeded_rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Returns the development key of `Three`, which is generated once.
pub fn three_key() -> &'static ProvingKey<Three> {
    static KEY: OnceLock<ProvingKey<Three>> = OnceLock::new();
    KEY.get_or_init(|| ProvingKey::generate_development().unwrap())
}

/// Returns a proof under [`three_key`] with its inputs.
pub fn proof_with_inputs(seed: u64) -> (Proof, Vec<Fr>) {
    let statement = Three::random(&mut seeded_rng(seed));
    (three_key().prove(&statement, &mut seeded_rng(seed + 1000)).unwrap(), statement.public_inputs())
}

/// Parses a point of G1 from snarkjs' JSON.
pub fn parse_g1(json: &serde_json::Value) -> G1Affine {
    let number = |i: usize| encoding::from_decimal::<Fq>(json[i].as_str().unwrap()).unwrap();
    encoding::g1_from_coordinates(number(0), number(1)).unwrap()
}

/// Parses a point of G2 from snarkjs' JSON.
pub fn parse_g2(json: &serde_json::Value) -> G2Affine {
    let number = |i: usize, j: usize| encoding::from_decimal::<Fq>(json[i][j].as_str().unwrap()).unwrap();
    encoding::g2_from_coordinates(Fq2::new(number(0, 0), number(0, 1)), Fq2::new(number(1, 0), number(1, 1))).unwrap()
}
