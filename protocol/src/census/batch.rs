//! Batch insertion of leaves, and the tree's levels for storage.

use rayon::prelude::*;

use super::{Census, CensusError, parent};
use crate::{Fr, elements::CensusLeaf};

impl Census {
    /// Appends leaves and returns the index of the first. Every node above them is hashed once, on all cores; the
    /// result equals that of inserting the leaves one by one.
    ///
    /// # Errors
    /// Returns [`CensusError::ZeroLeaf`] if a leaf is zero, and [`CensusError::Full`] if the leaves do not fit. In
    /// either case nothing is appended.
    pub fn extend(&mut self, leaves: &[CensusLeaf]) -> Result<usize, CensusError> {
        let first = self.len();
        if leaves.iter().any(CensusLeaf::is_removed) {
            return Err(CensusError::ZeroLeaf);
        }
        if leaves.len() > Self::CAPACITY - first {
            return Err(CensusError::Full { capacity: Self::CAPACITY });
        }
        self.levels[0].extend(leaves.iter().map(|leaf| leaf.to_fr()));
        self.hash_from(first);
        Ok(first)
    }

    /// Returns the leaves, then each level of nodes above them, the root last; the leaves alone if there are none.
    pub fn levels(&self) -> &[Vec<Fr>] {
        &self.levels
    }

    /// Rebuilds a census from its levels, as [`Census::levels`] returned them, or returns `None` if their lengths are
    /// not those of a census. Nothing is hashed: the caller vouches for the nodes.
    pub fn from_levels(levels: Vec<Vec<Fr>>) -> Option<Census> {
        let leaves = levels.first()?.len();
        let halves = levels.windows(2).all(|pair| pair[0].len() > 1 && pair[1].len() == pair[0].len().div_ceil(2));
        let ends = levels.last()?.len() <= 1;
        (halves && ends && leaves <= Self::CAPACITY).then_some(Census { levels })
    }

    /// Hashes every node above the leaves from an index on.
    fn hash_from(&mut self, first: usize) {
        let (mut first, mut height) = (first, 0);
        while self.levels[height].len() > 1 {
            first /= 2;
            let above: Vec<Fr> = self.levels[height][2 * first..].par_chunks(2).with_min_len(64).map(parent).collect();
            height += 1;
            if height == self.levels.len() {
                self.levels.push(Vec::new());
            }
            self.levels[height].truncate(first);
            self.levels[height].extend(above);
        }
    }
}

#[cfg(test)]
mod tests {
    use ark_ff::AdditiveGroup;
    use proptest::prelude::*;

    use super::*;

    fn leaf(number: u64) -> CensusLeaf {
        CensusLeaf::from_fr(Fr::from(number))
    }

    fn leaves(range: std::ops::Range<u64>) -> Vec<CensusLeaf> {
        range.map(|number| leaf(number + 1)).collect()
    }

    #[test]
    fn refused_batch_leaves_census_unchanged() {
        let mut census = Census::from_leaves(leaves(0..5)).unwrap();
        let before = census.clone();
        assert_eq!(census.extend(&[leaf(1), CensusLeaf::REMOVED]), Err(CensusError::ZeroLeaf));
        let many = vec![leaf(1); Census::CAPACITY - 4];
        assert_eq!(census.extend(&many), Err(CensusError::Full { capacity: Census::CAPACITY }));
        assert_eq!(census, before);
        assert_eq!(census.extend(&[]), Ok(5));
        assert_eq!(census, before);
    }

    #[test]
    fn from_levels_rejects_wrong_lengths() {
        let levels = Census::from_leaves(leaves(0..5)).unwrap().levels().to_vec();
        assert_eq!(Census::from_levels(levels.clone()).unwrap().levels(), levels);
        assert_eq!(Census::from_levels(vec![Vec::new()]), Some(Census::new()));
        let short = levels[..levels.len() - 1].to_vec();
        let mut long = levels.clone();
        long.push(vec![Fr::ZERO]);
        let mut thin = levels;
        thin[1].pop();
        for wrong in [short, long, thin, Vec::new()] {
            assert_eq!(Census::from_levels(wrong), None);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn extend_equals_repeated_insert(sizes in prop::collection::vec(0u64..40, 1..6), removed in 0usize..200) {
            let (mut one, mut many) = (Census::new(), Census::new());
            let mut start = 0;
            for size in sizes {
                let batch = leaves(start..start + size);
                start += size;
                prop_assert_eq!(many.extend(&batch).unwrap(), one.len());
                batch.iter().for_each(|leaf| { one.insert(*leaf).unwrap(); });
                prop_assert_eq!(&one, &many);
                if one.leaf(removed).is_some_and(|leaf| !leaf.is_removed()) {
                    one.remove(removed).unwrap();
                    many.remove(removed).unwrap();
                }
            }
        }
    }
}
