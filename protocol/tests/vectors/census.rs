use psephos_protocol::{
    census::{Census, MembershipProof, Sibling},
    elements::CensusLeaf,
};
use serde_json::Value;

use crate::read::{element, flag, list, number, parse, typed};

const VECTORS: &str = include_str!("../../../vectors/lean-imt.json");

fn check_proofs(census: &Census, proofs: &Value) {
    for proof in list(proofs) {
        let index = number(&proof["index"]) as usize;
        let siblings = list(&proof["siblings"]).iter();
        let siblings =
            siblings.map(|s| Sibling { value: element(&s["value"]), on_left: flag(&s["on_left"]) }).collect();
        let expected = MembershipProof { siblings };
        assert_eq!(census.prove(index), Ok(expected.clone()));
        assert_eq!(expected.root_from(typed(&proof["leaf"])), census.root());
    }
}

#[test]
fn roots_and_proofs_equal_vectors_for_every_size_and_after_updates() {
    let vectors = parse(VECTORS);
    let mut census = Census::new();
    let mut leaves = Vec::new();
    for vector in list(&vectors["sizes"]) {
        let leaf: CensusLeaf = typed(&vector["leaf"]);
        leaves.push(leaf);
        census.insert(leaf).unwrap();
        assert_eq!(census.len() as u64, number(&vector["size"]));
        assert_eq!(census.root(), typed(&vector["root"]));
        assert_eq!(Census::from_leaves(leaves.clone()).unwrap(), census);
        check_proofs(&census, &vector["proofs"]);
    }
    assert_eq!(census.len(), 40);
    for vector in list(&vectors["updates"]) {
        let (index, leaf) = (number(&vector["index"]) as usize, typed::<CensusLeaf>(&vector["leaf"]));
        if leaf.is_removed() {
            census.remove(index).unwrap()
        } else {
            census.update(index, leaf).unwrap()
        }
        assert_eq!(census.root(), typed(&vector["root"]));
        check_proofs(&census, &vector["proofs"]);
    }
}
