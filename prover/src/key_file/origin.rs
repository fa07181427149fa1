//! The section that a cached key has at its end: whose it is, and a hash of all bytes before.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | version |
//! | 1 | 1: development key |
//! | 32 | circuit hash |
//! | 64 | BLAKE2b of the file up to this section |

use std::io;

use blake2::{Blake2b512, Digest};

use psephos_formats::binary::write_section;

/// The section's number, out of the way of those that other programs know.
pub(super) const SECTION: u32 = 0x7073_6570;
/// Its version.
pub(super) const VERSION: u32 = 1;
/// Bytes of its content.
pub(super) const CONTENT: usize = 4 + 1 + 32 + 64;
/// Bytes of the section with its head.
pub(super) const BYTES: usize = 12 + CONTENT;

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// Hash of the circuit's matrices.
    pub(super) circuit_hash: [u8; 32],
    /// Whether everybody knows the secret of its setup.
    pub(super) development: bool,
}

impl Origin {
    /// Appends the section to a key's file of ten sections, which then counts one more.
    ///
    /// # Errors
    /// None that writing to memory has.
    pub(super) fn append(&self, file: &mut Vec<u8>) -> io::Result<()> {
        file[8..12].copy_from_slice(&11u32.to_le_bytes());
        let mut content = VERSION.to_le_bytes().to_vec();
        content.push(u8::from(self.development));
        content.extend_from_slice(&self.circuit_hash);
        content.extend_from_slice(&Blake2b512::digest(&*file));
        write_section(file, SECTION, &content)
    }
}
