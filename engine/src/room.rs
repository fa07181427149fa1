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

/// A list of at least so many values, whatever they are, to be written over.
pub(crate) fn values<T: Zeroize + Clone + Default>(list: &mut Vec<T>, count: usize) {
    if list.len() < count {
        room(list, count);
        list.resize(count, T::default());
    }
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
        values(&mut list, 7);
        assert_eq!(list, [0; 7]);
        list[0] = 5;
        values(&mut list, 3);
        assert_eq!(list.len(), 7, "what is there is left");
    }
}
