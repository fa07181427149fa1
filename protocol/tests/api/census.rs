use ark_ff::One;
use proptest::prelude::*;
use psephos_protocol::{
    Fr,
    census::{Census, CensusError, MembershipProof, Sibling, hash_leaf},
    constants::CENSUS_DEPTH,
    elements::{CensusLeaf, CensusRoot},
    poseidon,
};

use crate::fixture::{identity, weight};

/// Computes the root by definition: halve until one node is left; a node without a sibling moves up.
fn naive_root(leaves: &[CensusLeaf]) -> CensusRoot {
    let mut level: Vec<Fr> = leaves.iter().map(|leaf| leaf.to_fr()).collect();
    while level.len() > 1 {
        level = level.chunks(2).map(|pair| if pair.len() == 2 { poseidon::hash(pair) } else { pair[0] }).collect();
    }
    CensusRoot::from_fr(level.first().copied().unwrap_or_default())
}

#[test]
fn small_trees_have_the_defined_roots_and_proofs() {
    let mut census = Census::new();
    assert_eq!(census.root(), CensusRoot::from_u64(0));
    assert!(census.is_empty() && Census::from_leaves(vec![]).unwrap() == census);
    assert_eq!(census.insert_leaf(CensusLeaf::from_u64(5)), Ok(0));
    assert_eq!(census.root(), CensusRoot::from_u64(5));
    assert_eq!(census.prove_membership(0).unwrap().siblings, []);
    census.insert_leaf(CensusLeaf::from_u64(6)).unwrap();
    census.insert_leaf(CensusLeaf::from_u64(7)).unwrap();
    let left = poseidon::hash(&[Fr::from(5), Fr::from(6)]);
    assert_eq!(census.root(), CensusRoot::from_fr(poseidon::hash(&[left, Fr::from(7)])));
    // The third leaf has no sibling on its own level, so its proof is one shorter.
    assert_eq!(census.prove_membership(2).unwrap().siblings, [Sibling { value: left, on_left: true }]);
}

#[test]
fn invalid_operations_are_rejected_and_change_nothing() {
    let mut census = Census::from_leaves([5, 6, 7].map(CensusLeaf::from_u64).to_vec()).unwrap();
    let before = census.clone();
    assert_eq!(census.insert_leaf(CensusLeaf::REMOVED), Err(CensusError::ZeroLeaf));
    assert_eq!(census.update_leaf(0, CensusLeaf::REMOVED), Err(CensusError::ZeroLeaf));
    assert_eq!(census.update_leaf(3, CensusLeaf::from_u64(1)), Err(CensusError::NoSuchLeaf { index: 3, len: 3 }));
    assert_eq!(census.prove_membership(usize::MAX), Err(CensusError::NoSuchLeaf { index: usize::MAX, len: 3 }));
    assert_eq!(census, before);
    census.remove_leaf(1).unwrap();
    assert_eq!(census.leaf(1), Some(CensusLeaf::REMOVED));
    let removed = CensusError::Removed { index: 1 };
    assert_eq!(census.remove_leaf(1), Err(removed));
    assert_eq!(census.prove_membership(1), Err(removed));
    assert_eq!(census.update_leaf(1, CensusLeaf::from_u64(1)), Err(removed));
    assert_eq!(census.len(), 3);
    let too_many = vec![CensusLeaf::from_u64(1); Census::CAPACITY + 1];
    assert_eq!(Census::from_leaves(too_many).err(), Some(CensusError::Full { capacity: 1 << 20 }));
}

#[test]
fn leaf_depends_on_the_weight() {
    let id = identity(1).commitment();
    assert_ne!(hash_leaf(&id, weight(1)), hash_leaf(&id, weight(2)));
}

#[test]
fn proof_deeper_than_the_circuits_is_rejected() {
    let proof = |depth| MembershipProof { siblings: vec![Sibling { value: Fr::one(), on_left: false }; depth] };
    assert_eq!(proof(CENSUS_DEPTH).check_depth(), Ok(()));
    assert_eq!(proof(CENSUS_DEPTH + 1).check_depth(), Err(CensusError::TooDeep { max: 20, actual: 21 }));
    let decode = |depth| serde_json::from_value::<MembershipProof>(serde_json::to_value(proof(depth)).unwrap());
    assert_eq!(decode(CENSUS_DEPTH).unwrap(), proof(CENSUS_DEPTH));
    assert!(decode(CENSUS_DEPTH + 1).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn operations_agree_with_the_definition(operations in prop::collection::vec((0u8..4, any::<u16>(), 1u64..), 1..60)) {
        let mut census = Census::new();
        let mut model: Vec<CensusLeaf> = Vec::new();
        for (operation, index, value) in operations {
            let (index, value) = (index as usize % (model.len() + 1), CensusLeaf::from_u64(value));
            let member = model.get(index).is_some_and(|leaf| !leaf.is_removed());
            match operation {
                0 => prop_assert_eq!(census.remove_leaf(index).is_ok(), member),
                1 => prop_assert_eq!(census.update_leaf(index, value).is_ok(), member),
                _ => prop_assert_eq!(census.insert_leaf(value), Ok(model.len())),
            }
            match operation {
                0 if member => model[index] = CensusLeaf::REMOVED,
                1 if member => model[index] = value,
                0 | 1 => {}
                _ => model.push(value),
            }
            prop_assert_eq!(census.root(), naive_root(&model));
            prop_assert_eq!(census.len(), model.len());
        }
        prop_assert_eq!(&Census::from_leaves(model.clone()).unwrap(), &census);
        for (index, leaf) in model.iter().enumerate().filter(|(_, leaf)| !leaf.is_removed()) {
            let proof = census.prove_membership(index).unwrap();
            prop_assert_eq!(proof.compute_root(*leaf), census.root());
            prop_assert_ne!(proof.compute_root(leaf.altered()), census.root());
        }
    }
}
