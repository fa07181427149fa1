//! Lists of secrets that are filled anew.

use zeroize::Zeroize;

/// Empties a list that has room for so many values, or makes one that has: a list that grew would leave copies of what it held behind. What is
/// in its memory is wiped when it is dropped by whoever has it, or here.
pub(crate) fn room<T: Zeroize>(list: &mut Vec<T>, count: usize) {
    if list.capacity() < count {
        list.zeroize();
        *list = Vec::with_capacity(count);
    }
    list.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_and_nothing_else() {
        let mut list = vec![1u32, 2, 3];
        room(&mut list, 2);
        assert!(list.is_empty() && list.capacity() >= 2);
        room(&mut list, 100);
        assert!(list.is_empty() && list.capacity() >= 100);
    }
}
