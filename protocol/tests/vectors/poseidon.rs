use psephos_protocol::poseidon::{chain, hash};

use crate::read::{element, elements, list, parse};

const VECTORS: &str = include_str!("../../../vectors/poseidon.json");

#[test]
fn hashes_of_every_width_equal_vectors() {
    let vectors = parse(VECTORS);
    let mut widths = [false; 12];
    for vector in list(&vectors["hashes"]) {
        let inputs = elements(&vector["inputs"]);
        widths[inputs.len() - 1] = true;
        assert_eq!(hash(&inputs), element(&vector["output"]), "{} inputs", inputs.len());
    }
    assert_eq!(widths, [true; 12]);
}

#[test]
fn chains_equal_vectors() {
    for vector in list(&parse(VECTORS)["chains"]) {
        let inputs = elements(&vector["inputs"]);
        assert_eq!(chain(&inputs), element(&vector["output"]), "{} inputs", inputs.len());
    }
}
