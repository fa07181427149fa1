//! The section at the end of a cached key: which circuit the key is for, and a hash of all bytes before it.
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

/// The section's number, outside the range that other programs use.
pub(super) const SECTION: u32 = 0x7073_6570;
/// Version of its content.
pub(super) const VERSION: u32 = 1;
/// Length of its content in bytes.
pub(super) const CONTENT: usize = 4 + 1 + 32 + 64;
/// Length of the section in bytes, with its header.
pub(super) const BYTES: usize = 12 + CONTENT;

/// The circuit that a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    /// Hash of the circuit's matrices.
    pub(super) circuit_hash: [u8; 32],
    /// Whether the secret of its setup is public.
    pub(super) development: bool,
}

impl Origin {
    /// Appends the section to a key file of ten sections, and sets the file's section count to eleven.
    ///
    /// # Errors
    /// Writing to memory does not fail.
    pub(super) fn append_to(&self, file: &mut Vec<u8>) -> io::Result<()> {
        file[8..12].copy_from_slice(&11u32.to_le_bytes());
        let mut content = VERSION.to_le_bytes().to_vec();
        content.push(u8::from(self.development));
        content.extend_from_slice(&self.circuit_hash);
        content.extend_from_slice(&Blake2b512::digest(&*file));
        write_section(file, SECTION, &content)
    }
}
