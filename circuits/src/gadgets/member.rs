//! A member of a census: its identity, its weight, and the root that its Merkle path leads to.

use psephos_protocol::Fr;
use psephos_protocol::census::Sibling;
use psephos_protocol::constants::{VALUE_BITS, tag};
use psephos_protocol::identity::NullifierKey;
use psephos_protocol::weight::Weight;

use crate::gadgets::bits::{allocate_bits, pack_bits};
use crate::gadgets::montgomery::Edwards;
use crate::gadgets::{lean_imt, poseidon};
use crate::{Builder, Num};

/// A member. Whether `root` is the one of a census, the caller constrains.
pub struct Member {
    /// The authorising key, on the curve.
    pub ak: Edwards,
    /// The nullifier key.
    pub nk: Num,
    /// The identity commitment.
    pub id: Num,
    /// The weight, of 40 bits.
    pub weight: Num,
    /// The root of the census that the member's Merkle path leads to.
    pub root: Num,
}

impl Member {
    /// Allocates a member. `ak` are the coordinates that a malicious prover assigns to the authorising key.
    pub fn allocate(b: &mut Builder, ak: [Fr; 2], nk: &NullifierKey, weight: &Weight, siblings: &[Sibling]) -> Member {
        b.enter_section("identity");
        let ak = Edwards { x: b.allocate_free(ak[0]), y: b.allocate_free(ak[1]) };
        ak.assert_on_curve(b);
        let nk = b.allocate_free(*nk.expose());
        let id = poseidon::hash(b, &[Num::constant(tag::id()), ak.x.clone(), ak.y.clone(), nk.clone()]);
        b.enter_section("weight");
        let weight = pack_bits(&allocate_bits(b, weight.to_fr(), VALUE_BITS));
        b.enter_section("leaf");
        let leaf = poseidon::hash(b, &[Num::constant(tag::leaf()), id.clone(), weight.clone()]);
        b.enter_section("census");
        let root = lean_imt::census_root_from(b, &leaf, siblings);
        Member { ak, nk, id, weight, root }
    }

    /// Computes the nullifier of the member in a context.
    pub fn derive_nullifier(&self, b: &mut Builder, ctx: &Num) -> Num {
        let inputs = [Num::constant(tag::nullifier()), self.nk.clone(), self.id.clone(), ctx.clone()];
        poseidon::hash(b, &inputs)
    }
}
