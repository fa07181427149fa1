use psephos_protocol::poseidon::{chain, hash};

use crate::read::{as_list, parse_vectors, read_element, read_elements};

const VECTORS: &str = include_str!("../../../vectors/poseidon.json");

#[test]
fn hashes_of_every_width_equal_vectors() {
    let vectors = parse_vectors(VECTORS);
    let mut widths = [false; 12];
    for vector in as_list(&vectors["hashes"]) {
        let inputs = read_elements(&vector["inputs"]);
        widths[inputs.len() - 1] = true;
        assert_eq!(hash(&inputs), read_element(&vector["output"]), "{} inputs", inputs.len());
    }
    assert_eq!(widths, [true; 12]);
}

#[test]
fn chains_equal_vectors() {
    for vector in as_list(&parse_vectors(VECTORS)["chains"]) {
        let inputs = read_elements(&vector["inputs"]);
        assert_eq!(chain(&inputs), read_element(&vector["output"]), "{} inputs", inputs.len());
    }
}
