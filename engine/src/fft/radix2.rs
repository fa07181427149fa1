//! In-place radix-2 FFTs, generic over the values: field elements, or vectors of eight that are transformed side by
//! side.

/// The butterflies of a radix-2 FFT.
pub(crate) trait Butterfly: Copy {
    /// An FFT's value: an element or a vector of elements.
    type Value: Copy;
    /// A twiddle factor.
    type Twiddle: Copy;

    /// Replaces `(a, b)` by `(a + b, (a - b)·root)`, the Gentleman-Sande butterfly.
    fn decimate_in_frequency(self, a: &mut Self::Value, b: &mut Self::Value, root: &Self::Twiddle);
    /// Replaces `(a, b)` by `(a + root·b, a - root·b)`, the Cooley-Tukey butterfly.
    fn decimate_in_time(self, a: &mut Self::Value, b: &mut Self::Value, root: &Self::Twiddle);
}

/// The twiddle factors of each pass: for the widest, half as many as there are values, then half of that, and so on.
pub(crate) struct TwiddleFactors<R> {
    pub(crate) passes: Vec<Vec<R>>,
}

/// The number of values that go through all narrow passes before the next block does: they stay in the first-level
/// cache.
const BLOCK_VALUES: usize = 64;

/// Transforms values from natural to bit-reversed order, by decimation in frequency: wide passes first.
#[inline(always)]
pub(crate) fn fft_to_bit_reversed<A: Butterfly>(
    butterfly: A,
    values: &mut [A::Value],
    roots: &TwiddleFactors<A::Twiddle>,
) {
    let mut pass = 0;
    let mut size = values.len();
    while size > BLOCK_VALUES {
        for block in values.chunks_exact_mut(size) {
            run_frequency_pass(butterfly, block, &roots.passes[pass]);
        }
        (pass, size) = (pass + 1, size / 2);
    }
    for block in values.chunks_exact_mut(size) {
        let (mut pass, mut size) = (pass, size);
        while size > 1 {
            for block in block.chunks_exact_mut(size) {
                run_frequency_pass(butterfly, block, &roots.passes[pass]);
            }
            (pass, size) = (pass + 1, size / 2);
        }
    }
}

/// Transforms values from bit-reversed to natural order, by decimation in time: wide passes last.
#[inline(always)]
pub(crate) fn fft_from_bit_reversed<A: Butterfly>(
    butterfly: A,
    values: &mut [A::Value],
    roots: &TwiddleFactors<A::Twiddle>,
) {
    let (length, passes) = (values.len(), roots.passes.len());
    let block_size = BLOCK_VALUES.min(length);
    for block in values.chunks_exact_mut(block_size) {
        let (mut pass, mut size) = (passes, 2);
        while size <= block_size {
            pass -= 1;
            for block in block.chunks_exact_mut(size) {
                run_time_pass(butterfly, block, &roots.passes[pass]);
            }
            size *= 2;
        }
    }
    let (mut pass, mut size) = (passes - block_size.ilog2() as usize, 2 * block_size);
    while size <= length {
        pass -= 1;
        for block in values.chunks_exact_mut(size) {
            run_time_pass(butterfly, block, &roots.passes[pass]);
        }
        size *= 2;
    }
}

#[inline(always)]
fn run_frequency_pass<A: Butterfly>(butterfly: A, block: &mut [A::Value], roots: &[A::Twiddle]) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for ((a, b), root) in low.iter_mut().zip(high).zip(roots) {
        butterfly.decimate_in_frequency(a, b, root);
    }
}

#[inline(always)]
fn run_time_pass<A: Butterfly>(butterfly: A, block: &mut [A::Value], roots: &[A::Twiddle]) {
    let (low, high) = block.split_at_mut(block.len() / 2);
    for ((a, b), root) in low.iter_mut().zip(high).zip(roots) {
        butterfly.decimate_in_time(a, b, root);
    }
}
