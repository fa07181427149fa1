//! The search for the items of a list that break a property which a list has if all of its items have it.

/// Appends the items that break the property, in their order. The list as a whole is known not to have it; `holds` says
/// whether a part has.
///
/// Each of `k` items among `n` costs at most two calls of `holds` for each halving, so all of them at most
/// `2k·log2(n)`, and fewer if they are neighbours.
pub(crate) fn bisect<'a, T>(items: &'a [T], holds: &mut impl FnMut(&[T]) -> bool, found: &mut Vec<&'a T>) {
    if let [] | [_] = items {
        found.extend(items);
        return;
    }
    let (left, right) = items.split_at(items.len() / 2);
    let left_holds = holds(left);
    if !left_holds {
        bisect(left, holds, found);
    }
    // If the left half holds, the right half cannot.
    if left_holds || !holds(right) {
        bisect(right, holds, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the items found, and how often a part of the list was looked at.
    fn search(count: usize, wrong: &[usize]) -> (Vec<usize>, usize) {
        let items: Vec<usize> = (0..count).collect();
        let (mut calls, mut found) = (0, Vec::new());
        let mut holds = |part: &[usize]| {
            calls += 1;
            !part.iter().any(|item| wrong.contains(item))
        };
        bisect(&items, &mut holds, &mut found);
        (found.into_iter().copied().collect(), calls)
    }

    #[test]
    fn exactly_the_wrong_items_are_found() {
        for count in [1, 2, 3, 7, 64, 1000] {
            for wrong in [vec![0], vec![count - 1], vec![0, count / 2, count - 1], (0..count).collect()] {
                let mut expected = wrong.clone();
                expected.dedup();
                assert_eq!(search(count, &wrong).0, expected, "{wrong:?} of {count}");
            }
        }
    }

    /// One false proof among many must not make the others be verified one by one.
    #[test]
    fn few_wrong_items_take_a_logarithmic_number_of_looks() {
        for position in [0, 511, 512, 1023] {
            let (found, calls) = search(1024, &[position]);
            assert_eq!(found, [position]);
            assert!(calls <= 2 * 10, "{calls} looks for one of 1024");
        }
        let (found, calls) = search(1024, &[5, 400, 1000]);
        assert_eq!(found, [5, 400, 1000]);
        assert!(calls <= 3 * 2 * 10, "{calls} looks for three of 1024");
    }
}
