//! Sizes, bounds and domain tags (specification, sections 1, 3, 4, 9 and 11).

/// Greatest number of siblings in a membership proof that the circuits accept.
pub const CENSUS_DEPTH: usize = 20;
/// Greatest number of options of a poll.
pub const MAX_OPTIONS: usize = 8;
/// Least number of options of a poll.
pub const MIN_OPTIONS: usize = 2;
/// Sizes `M` for which a ballot circuit exists, ascending.
pub const CIRCUIT_SIZES: [usize; 2] = [3, 8];
/// Weights, choices and counted values are below `2^VALUE_BITS`.
pub const VALUE_BITS: usize = 40;
/// Number of values of `VALUE_BITS` bits that are packed into one word of a note (specification, section 7, clause 5).
pub const VALUES_PER_WORD: usize = 6;
/// Upper bound on every total of a chamber: `2^40`, inclusive.
pub const MAX_TOTAL: u64 = 1 << VALUE_BITS;
/// Basis points of the whole: an approval threshold is a part of the sum of totals in basis points.
pub const BASIS_POINTS: u16 = 10_000;
/// Number of keys in a committee's key vector: one per option.
pub const COMMITTEE_KEYS: usize = 8;
/// Bit offset between the two halves of a scalar: `PK'_j = 2^KEY_SPLIT_BITS · PK_j`. Half the bits of a scalar, so that
/// one ladder takes both halves.
pub const KEY_SPLIT_BITS: usize = 126;
/// Greatest number of trustees of a committee.
pub const MAX_TRUSTEES: usize = 16;
/// Number of signed digits, `+1` or `-1`, of a full scalar: `l < 2^251`, so 252 are enough and halve evenly.
pub const SCALAR_DIGITS: usize = 2 * KEY_SPLIT_BITS;
/// Bit width of the quotients `kappa` of a dealing: each is below `2^QUOTIENT_BITS`.
pub const QUOTIENT_BITS: usize = 62;
/// Number of quotients that are packed into one word of a dealing's commitment.
pub const QUOTIENTS_PER_WORD: usize = 4;
/// Bits of the challenge of a proof of possession.
pub const POSSESSION_CHALLENGE_BITS: usize = 126;
/// Number of notes in a full note batch, which one proof seals.
pub const BATCH_NOTES: usize = 256;
/// Number of children of a node on each level of a note batch's tree, from the notes up; their product is
/// [`BATCH_NOTES`].
pub const BATCH_ARITIES: [usize; 3] = [8, 8, 4];
/// Greatest number of siblings between a batch's root and the notes root: `2^12` batches of 256 notes are `2^20` notes,
/// as many as a census has members.
pub const NOTES_TREE_DEPTH: usize = 12;
/// Number of elements of a claim's list `L` (specification, section 12).
pub const CLAIM_ELEMENTS: usize = 8;
/// Bits of a total in a decision proof. Totals are at most [`MAX_TOTAL`], so 41 would do; pairs of bits need an even
/// number.
pub const DECISION_VALUE_BITS: usize = 42;
/// Bits of a rounding step: from 1 to [`MAX_TOTAL`].
pub const STEP_BITS: usize = VALUE_BITS + 1;
/// Number of buckets that are packed into one word of a decision.
pub const BUCKETS_PER_WORD: usize = 4;
/// Bits of a word between one bucket and the next.
pub const BUCKET_BITS: usize = 48;
/// Bits of a signature's challenge.
pub const CHALLENGE_BITS: usize = 128;
/// Words of a Groth16 proof in a ballot record.
pub const RECORD_PROOF_WORDS: usize = 8;
/// Words of a ballot record besides the `2M` words of `D_1..D_M`: proof, `h`, `nullifier`, `note`, `C.x`, `C.y`
/// (specification, section 9).
pub const RECORD_FIXED_WORDS: usize = 13;
/// Sizes `K` for which a sheet circuit exists, ascending: the cells of a sheet.
pub const SHEET_SIZES: [usize; 2] = [16, 40];
/// Number of cells in every block of a sheet but the first, which holds the turnout: one for each key of a committee.
pub const BLOCK_CELLS: usize = COMMITTEE_KEYS;
/// Bits of a rank in a ranking sheet.
pub const RANK_BITS: usize = 4;
/// Bits between the two counters of a cell without camps, and of a turnout.
pub const WIDE_COUNTER_BITS: usize = 20;
/// Bits between the four counters of a cell with camps.
pub const CAMP_COUNTER_BITS: usize = 13;
/// Greatest number of members of a chamber that votes on a sheet without camps: with more, one counter would carry into
/// the next.
pub const MAX_SHEET_MEMBERS: u64 = (1 << WIDE_COUNTER_BITS) - 1;
/// Greatest number of members of a chamber that votes on a sheet with camps, for the same reason.
pub const MAX_CAMP_MEMBERS: u64 = (1 << CAMP_COUNTER_BITS) - 1;
/// Bits of a sheet's packed threshold `t'`: an approval's budget has as many.
pub const THRESHOLD_BITS: usize = 22;
/// The packed threshold of a camp is the threshold plus this, and below twice this.
pub const CAMP_THRESHOLD_OFFSET: u32 = 1 << 13;
/// Number of axis bytes that are packed into one word.
pub const AXIS_BYTES_PER_WORD: usize = 31;
/// Bytes in a word of a record.
pub const WORD_BYTES: usize = 32;

/// Returns the number of words of a ballot record of a poll of size `size`: `13 + 2M`.
pub const fn record_words(size: usize) -> usize {
    RECORD_FIXED_WORDS + 2 * size
}

/// Returns the number of bytes of a ballot record: 608 for size 3, 928 for size 8.
pub const fn record_bytes(size: usize) -> usize {
    record_words(size) * WORD_BYTES
}

/// Returns the number of words of a replacement: a ballot record, then the note commitment and the ciphertext that it
/// replaces, with the fingerprint that stood before that one (`4 + 2M` words).
pub const fn replacement_words(size: usize) -> usize {
    record_words(size) + 4 + 2 * size
}

/// Returns the number of blocks of a sheet of `size` cells, the turnout's among them: 3 for 16, 6 for 40.
pub const fn sheet_blocks(size: usize) -> usize {
    1 + size / BLOCK_CELLS
}

/// Returns the number of points of a sheet's ciphertexts: two of the turnout, nine of each other block.
pub const fn sheet_points(size: usize) -> usize {
    sheet_blocks(size) + 1 + size
}

/// Returns the number of words of a sheet record: proof, `h`, `nullifier`, `note` and the coordinates of all points; 51
/// for size 16, 105 for size 40.
pub const fn sheet_record_words(size: usize) -> usize {
    RECORD_PROOF_WORDS + 3 + 2 * sheet_points(size)
}

/// Returns the greatest number of options that a ranking sheet of `size` cells takes, one cell for each pair: 6 for 16,
/// 9 for 40.
pub const fn max_ranked_options(size: usize) -> usize {
    let mut options = 2;
    while pairs_of(options + 1) <= size {
        options += 1;
    }
    options
}

/// Returns the number of pairs of `options` options.
pub const fn pairs_of(options: usize) -> usize {
    options.saturating_mul(options.saturating_sub(1)) / 2
}

/// Returns the circuit size `M` that serves a poll of `options` options, or `None` outside `2..=8`.
pub const fn size_for_options(options: usize) -> Option<usize> {
    match options {
        2..=3 => Some(3),
        4..=8 => Some(8),
        _ => None,
    }
}

/// Returns the capacity `N` of the dealing circuit that serves this number of trustees, or `None` outside `1..=16`.
pub const fn capacity_for_trustees(trustees: usize) -> Option<usize> {
    match trustees {
        1..=5 => Some(5),
        6..=16 => Some(16),
        _ => None,
    }
}

/// Domain tags for domain separation: `keccak256(utf8("psephos.v1." + name)) >> 8`, 248 bits, each computed once
/// (specification, section 1).
pub mod tag {
    use std::sync::LazyLock;

    use sha3::{Digest, Keccak256};

    use crate::Fr;

    macro_rules! tags {
        ($($function:ident = $name:literal),* $(,)?) => {
            /// The names of all domain tags, as they enter the hash.
            pub const NAMES: &[&str] = &[$($name),*];
            $(
                #[doc = concat!("Returns the domain tag of `psephos.v1.", $name, "`.")]
                pub fn $function() -> Fr {
                    static TAG: LazyLock<Fr> = LazyLock::new(|| derive_tag($name));
                    *TAG
                }
            )*
        };
    }

    tags! {
        id = "id",
        leaf = "leaf",
        keys = "keys",
        poll = "poll",
        nullifier = "nullifier",
        note = "note",
        ballot = "ballot",
        ballot_hash = "ballot-hash",
        signature = "signature",
        decryption = "decryption",
        update = "update",
        update_hash = "update-hash",
        dealing = "dealing",
        share = "share",
        reward = "reward",
        claim = "claim",
        blinded = "blinded",
        blinding = "blinding",
        decision = "decision",
        sheet = "sheet",
        sheet_hash = "sheet-hash",
        form = "form",
        axis = "axis",
    }

    /// Derives the domain tag of a name: the 31 high bytes of the hash, so always a canonical field element.
    pub fn derive_tag(name: &str) -> Fr {
        let digest = Keccak256::new().chain_update(b"psephos.v1.").chain_update(name.as_bytes()).finalize();
        crate::field::truncate_digest(&digest.into())
    }
}
