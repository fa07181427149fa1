//! Radix-2 transforms in place, whatever the values are: elements, or vectors of eight that are transformed side by side.

/// Arithmetic on values and the constants that they are multiplied with.
pub(crate) trait Arithmetic: Copy {
    /// What is transformed.
    type Value: Copy;
    /// A root of unity.
    type Root: Copy;

    /// `(a + b, (a - b)·root)`.
    fn decimate_frequency(self, a: &mut Self::Value, b: &mut Self::Value, root: &Self::Root);
    /// `(a + root·b, a - root·b)`.
    fn decimate_time(self, a: &mut Self::Value, b: &mut Self::Value, root: &Self::Root);
}

/// The powers of a root that the passes use: half as many as there are values for the widest, then half of that, and so on.
pub(crate) struct Roots<R> {
    pub(crate) passes: Vec<Vec<R>>,
}

/// Blocks of so many values are transformed as a whole before the next: they stay in the nearest cache.
const BLOCK: usize = 64;

/// From natural to bit-reversed order: wide passes first.
#[inline(always)]
pub(crate) fn to_reversed<A: Arithmetic>(arithmetic: A, values: &mut [A::Value], roots: &Roots<A::Root>) {
    let mut pass = 0;
    let mut size = values.len();
    while size > BLOCK {
        for block in values.chunks_exact_mut(size) {
            frequency(arithmetic, block, &roots.passes[pass]);
        }
        (pass, size) = (pass + 1, size / 2);
    }
    for block in values.chunks_exact_mut(size) {
        let (mut pass, mut size) = (pass, size);
        while size > 1 {
            for block in block.chunks_exact_mut(size) {
                frequency(arithmetic, block, &roots.passes[pass]);
            }
            (pass, size) = (pass + 1, size / 2);
        }
    }
}

/// From bit-reversed to natural order: wide passes last.
#[inline(always)]
pub(crate) fn from_reversed<A: Arithmetic>(arithmetic: A, values: &mut [A::Value], roots: &Roots<A::Root>) {
    let (whole, passes) = (values.len(), roots.passes.len());
    let within = BLOCK.min(whole);
    for block in values.chunks_exact_mut(within) {
        let (mut pass, mut size) = (passes, 2);
        while size <= within {
            pass -= 1;
            for block in block.chunks_exact_mut(size) {
                time(arithmetic, block, &roots.passes[pass]);
            }
            size *= 2;
        }
    }
    let (mut pass, mut size) = (passes - within.ilog2() as usize, 2 * within);
    while size <= whole {
        pass -= 1;
        for block in values.chunks_exact_mut(size) {
            time(arithmetic, block, &roots.passes[pass]);
        }
        size *= 2;
    }
}

#[inline(always)]
fn frequency<A: Arithmetic>(arithmetic: A, block: &mut [A::Value], roots: &[A::Root]) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for ((a, b), root) in low.iter_mut().zip(high).zip(roots) {
        arithmetic.decimate_frequency(a, b, root);
    }
}

#[inline(always)]
fn time<A: Arithmetic>(arithmetic: A, block: &mut [A::Value], roots: &[A::Root]) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for ((a, b), root) in low.iter_mut().zip(high).zip(roots) {
        arithmetic.decimate_time(a, b, root);
    }
}
