//! Scratch buffers for secrets: reusable, and wiped before their memory is freed.

use zeroize::Zeroize;

/// Clears a vector and ensures a capacity of at least `count` values.
///
/// A vector that grew by itself would leave copies of its secrets in freed memory. So a vector that is too small is
/// wiped here and replaced; one that is large enough keeps its memory, which its owner wipes when it drops the vector.
pub(crate) fn reserve_zeroized<T: Zeroize>(list: &mut Vec<T>, count: usize) {
    if list.capacity() < count {
        list.zeroize();
        *list = Vec::with_capacity(count);
    }
    list.clear();
}

/// Ensures a length of at least `count`. The values are unspecified and to be overwritten; a vector that is long enough
/// is left unchanged.
pub(crate) fn resize_for_overwrite<T: Zeroize + Clone + Default>(list: &mut Vec<T>, count: usize) {
    if list.len() < count {
        reserve_zeroized(list, count);
        list.resize(count, T::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_are_cleared_and_large_enough() {
        let mut list = vec![1u32, 2, 3];
        reserve_zeroized(&mut list, 2);
        assert!(list.is_empty() && list.capacity() >= 2);
        reserve_zeroized(&mut list, 100);
        assert!(list.is_empty() && list.capacity() >= 100);
        resize_for_overwrite(&mut list, 7);
        assert_eq!(list, [0; 7]);
        list[0] = 5;
        resize_for_overwrite(&mut list, 3);
        assert_eq!(list.len(), 7, "a longer buffer is not shortened");
    }
}
