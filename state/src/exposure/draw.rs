//! Results as they are drawn: how many of each class of weight are in the minority.

use super::counts::{Class, WeightCounts};

/// A result as it is drawn: how many of each class are in the minority. Classes without any are left out.
pub(super) struct Draw {
    /// The class, and how many of it are in the minority; ascending.
    pub(super) dissenters: Vec<(usize, usize)>,
    /// Their number.
    pub(super) count: usize,
    /// The sum of their weights, divided by the common factor.
    pub(super) total: u64,
}

/// Draws results; those without a minority are left out.
pub(super) fn draw_results(counts: &WeightCounts, share: f64, draws: usize) -> Vec<Draw> {
    // Any seed does; that it is fixed makes the verdict one that everyone computes.
    let mut random = SplitMix64(0x7073_6570_686f_7301);
    let drawn = (0..draws).map(|_| draw_result(counts.classes(), share, &mut random));
    drawn.filter(|draw| draw.count > 0).collect()
}

fn draw_result(classes: &[Class], share: f64, random: &mut SplitMix64) -> Draw {
    let mut draw = Draw { dissenters: Vec::new(), count: 0, total: 0 };
    for (index, class) in classes.iter().enumerate() {
        let count = (0..class.members).filter(|_| random.next_fraction() < share).count();
        if count > 0 {
            draw.dissenters.push((index, count));
            draw.count += count;
            draw.total = draw.total.saturating_add(class.weight.saturating_mul(count as u64));
        }
    }
    draw
}

/// Returns the probabilities of 0 to `members` members in the minority.
pub(super) fn binomial(members: usize, share: f64) -> Vec<f64> {
    let (log_share, log_rest) = (share.ln(), (1.0 - share).ln());
    let mut log_ways = 0.0;
    let probabilities = (0..=members).map(|count| {
        if count > 0 {
            log_ways += ((members - count + 1) as f64 / count as f64).ln();
        }
        (log_ways + count as f64 * log_share + (members - count) as f64 * log_rest).exp()
    });
    probabilities.collect()
}

/// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014). It draws examples and protects nothing.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next_fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
