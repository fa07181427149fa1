use psephos_protocol::{
    census::{Census, MembershipProof, Sibling},
    elements::CensusLeaf,
};
use serde_json::Value;

use crate::read::{as_flag, as_list, as_number, parse_vectors, read_element, typed};

const VECTORS: &str = include_str!("../../../vectors/lean-imt.json");

fn check_proofs(census: &Census, proofs: &Value) {
    for proof in as_list(proofs) {
        let index = as_number(&proof["index"]) as usize;
        let siblings = as_list(&proof["siblings"]).iter();
        let siblings =
            siblings.map(|s| Sibling { value: read_element(&s["value"]), on_left: as_flag(&s["on_left"]) }).collect();
        let expected = MembershipProof { siblings };
        assert_eq!(census.prove_membership(index), Ok(expected.clone()));
        assert_eq!(expected.compute_root(typed(&proof["leaf"])), census.root());
    }
}

#[test]
fn roots_and_proofs_equal_vectors_for_every_size_and_after_updates() {
    let vectors = parse_vectors(VECTORS);
    let mut census = Census::new();
    let mut leaves = Vec::new();
    for vector in as_list(&vectors["sizes"]) {
        let leaf: CensusLeaf = typed(&vector["leaf"]);
        leaves.push(leaf);
        census.insert_leaf(leaf).unwrap();
        assert_eq!(census.len() as u64, as_number(&vector["size"]));
        assert_eq!(census.root(), typed(&vector["root"]));
        assert_eq!(Census::from_leaves(leaves.clone()).unwrap(), census);
        check_proofs(&census, &vector["proofs"]);
    }
    assert_eq!(census.len(), 40);
    for vector in as_list(&vectors["updates"]) {
        let (index, leaf) = (as_number(&vector["index"]) as usize, typed::<CensusLeaf>(&vector["leaf"]));
        if leaf.is_removed() {
            census.remove_leaf(index).unwrap()
        } else {
            census.update_leaf(index, leaf).unwrap()
        }
        assert_eq!(census.root(), typed(&vector["root"]));
        check_proofs(&census, &vector["proofs"]);
    }
}
