//! Unfinished answers in 32 bytes, the size of a secret in an encrypted file.
//!
//! Byte 0 is 1, the version. Statement `j`, from 0, has bits `2 (j mod 4)` and the next of byte `1 + j div 4`: 0 not
//! answered, 1 agree, 2 disagree, 3 pass. All further bits are 0, so a draft has one form.

use super::{Answer, Row};
use crate::MAX_STATEMENTS;

/// The size of a draft.
pub const DRAFT_BYTES: usize = 32;

const VERSION: u8 = 1;
const PER_BYTE: usize = 4;
const _: () = assert!(MAX_STATEMENTS.div_ceil(PER_BYTE) < DRAFT_BYTES);

/// Bytes that are no draft of this number of answers, or answers that do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// There are more answers than a sheet has cells.
    #[error("a draft has at most {MAX_STATEMENTS} answers, not {0}")]
    Length(usize),
    /// Another program wrote it.
    #[error("the draft is not one of this version")]
    Version,
    /// It has answers to more statements.
    #[error("the draft has answers to more than {0} statements: it is of another agenda")]
    Trailing(usize),
}

/// Packs answers; `None` is one that is still open.
///
/// # Errors
/// [`DraftError::Length`].
pub fn pack_draft(answers: &[Option<Answer>]) -> Result<[u8; DRAFT_BYTES], DraftError> {
    if answers.len() > MAX_STATEMENTS {
        return Err(DraftError::Length(answers.len()));
    }
    let mut bytes = [0; DRAFT_BYTES];
    bytes[0] = VERSION;
    for (place, answer) in answers.iter().enumerate() {
        let bits = match answer {
            None => 0,
            Some(Answer::Agree) => 1,
            Some(Answer::Disagree) => 2,
            Some(Answer::Pass) => 3,
        };
        bytes[1 + place / PER_BYTE] |= bits << (2 * (place % PER_BYTE));
    }
    Ok(bytes)
}

/// Unpacks the answers to an agenda of `count` statements.
///
/// # Errors
/// [`DraftError`], if the bytes are not those of `count` answers.
pub fn unpack_draft(bytes: &[u8; DRAFT_BYTES], count: usize) -> Result<Row, DraftError> {
    if count > MAX_STATEMENTS {
        return Err(DraftError::Length(count));
    }
    if bytes[0] != VERSION {
        return Err(DraftError::Version);
    }
    let answers = (0..count).map(|place| match bytes[1 + place / PER_BYTE] >> (2 * (place % PER_BYTE)) & 3 {
        0 => None,
        1 => Some(Answer::Agree),
        2 => Some(Answer::Disagree),
        _ => Some(Answer::Pass),
    });
    let answers: Row = answers.collect();
    if pack_draft(&answers)? == *bytes { Ok(answers) } else { Err(DraftError::Trailing(count)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_answer() -> impl Strategy<Value = Option<Answer>> {
        prop::option::of(prop::sample::select(vec![Answer::Agree, Answer::Disagree, Answer::Pass]))
    }

    proptest! {
        #[test]
        fn draft_is_unpacked_as_it_was_packed(answers in prop::collection::vec(any_answer(), 0..=MAX_STATEMENTS)) {
            let bytes = pack_draft(&answers).unwrap();
            prop_assert_eq!(unpack_draft(&bytes, answers.len()), Ok(answers));
        }

        #[test]
        fn bytes_have_one_reading(bytes in prop::array::uniform32(any::<u8>()), count in 0..=MAX_STATEMENTS) {
            if let Ok(answers) = unpack_draft(&bytes, count) {
                prop_assert_eq!(pack_draft(&answers), Ok(bytes));
            }
        }
    }

    #[test]
    fn other_bytes_are_rejected() {
        let five = [Some(Answer::Pass); 5];
        assert_eq!(unpack_draft(&pack_draft(&five).unwrap(), 4), Err(DraftError::Trailing(4)));
        assert_eq!(unpack_draft(&[0; 32], 4), Err(DraftError::Version));
        assert_eq!(pack_draft(&[None; 41]), Err(DraftError::Length(41)));
        assert_eq!(unpack_draft(&[1; 32], 41), Err(DraftError::Length(41)));
    }
}
