//! The container of all four binary files: a magic number, a version, and numbered sections one after another.
//!
//! | bytes | field |
//! |---|---|
//! | 4 | the kind of file, in ASCII |
//! | 4 | version |
//! | 4 | number of sections |
//! | | for each: number (4), length (8), content |

use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::FileFormatError;

/// An upper bound on the number of sections in a file of these kinds.
const MAX_SECTIONS: u32 = 64;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A constraint system.
    R1cs,
    /// An assignment.
    Witness,
    /// A proving key.
    Zkey,
    /// Powers of tau.
    Ptau,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [FileKind; 4] = [FileKind::R1cs, FileKind::Witness, FileKind::Zkey, FileKind::Ptau];

    /// The usual extension of such a file's name, which is also its magic number.
    pub fn extension(self) -> &'static str {
        match self {
            FileKind::R1cs => "r1cs",
            FileKind::Witness => "wtns",
            FileKind::Zkey => "zkey",
            FileKind::Ptau => "ptau",
        }
    }

    /// The version that is written, which is also the newest that is read.
    fn supported_version(self) -> u32 {
        if self == FileKind::Witness { 2 } else { 1 }
    }

    /// Recognises the kind of a file by its first bytes.
    pub fn from_magic(bytes: &[u8]) -> Option<FileKind> {
        FileKind::ALL.into_iter().find(|kind| bytes.starts_with(kind.extension().as_bytes()))
    }
}

/// The position of a section's content in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its number, which determines what it holds.
    pub id: u32,
    /// Offset of its first byte in the file.
    pub start: u64,
    /// Its length in bytes.
    pub length: u64,
}

/// A file of one kind with its table of sections. Contents are read on request.
pub struct SectionedFile<R> {
    source: R,
    table: Vec<Section>,
}

impl<R: Read + Seek> SectionedFile<R> {
    /// Reads the table of sections.
    ///
    /// # Errors
    /// Returns `WrongKind`, `Version`, `InvalidTable` if the last section does not end where the file ends, or `Io`.
    pub fn open(mut source: R, kind: FileKind) -> Result<SectionedFile<R>, FileFormatError> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let mut start = [0; 12];
        let other = FileFormatError::WrongKind { expected: kind.extension() };
        if length < 4 {
            return Err(other);
        }
        source.read_exact(&mut start[..4])?;
        if start[..4] != *kind.extension().as_bytes() {
            return Err(other);
        }
        let damaged = || FileFormatError::InvalidTable { length };
        if length < 12 {
            return Err(damaged());
        }
        source.read_exact(&mut start[4..])?;
        let [version, count] = [u32_at(&start, 4), u32_at(&start, 8)];
        if version == 0 || version > kind.supported_version() {
            return Err(FileFormatError::Version { expected: kind.supported_version(), actual: version });
        }
        if count > MAX_SECTIONS {
            return Err(damaged());
        }
        let (mut at, mut table) = (12u64, Vec::with_capacity(count as usize));
        for _ in 0..count {
            let mut head = [0; 12];
            let content = at.checked_add(12).filter(|start| *start <= length).ok_or_else(damaged)?;
            source.seek(SeekFrom::Start(at))?;
            source.read_exact(&mut head)?;
            let section = Section { id: u32_at(&head, 0), start: content, length: u64_at(&head, 4) };
            at = content.checked_add(section.length).filter(|end| *end <= length).ok_or_else(damaged)?;
            table.push(section);
        }
        if at == length { Ok(SectionedFile { source, table }) } else { Err(damaged()) }
    }

    /// The sections, in the order of the file.
    pub fn table(&self) -> &[Section] {
        &self.table
    }

    /// Returns the only section with this number.
    ///
    /// # Errors
    /// Returns `MissingSection` or `RepeatedSection`.
    pub fn find_section(&self, id: u32) -> Result<Section, FileFormatError> {
        let mut found = self.table.iter().filter(|section| section.id == id);
        let section = found.next().ok_or(FileFormatError::MissingSection(id))?;
        if found.next().is_some() { Err(FileFormatError::RepeatedSection(id)) } else { Ok(*section) }
    }

    /// Returns the only section with this number, which must hold exactly `expected` bytes.
    ///
    /// # Errors
    /// Returns `MissingSection`, `RepeatedSection` or `SectionLength`.
    pub fn section_with_length(&self, id: u32, expected: u64) -> Result<Section, FileFormatError> {
        let section = self.find_section(id)?;
        if section.length == expected {
            return Ok(section);
        }
        Err(FileFormatError::SectionLength { section: id, expected, actual: section.length })
    }

    /// Reads a whole section. It lies within the file, so no more is allocated than the file's length.
    ///
    /// # Errors
    /// Returns `Io`.
    pub fn read_section(&mut self, section: Section) -> Result<Vec<u8>, FileFormatError> {
        self.read_part(section, 0, section.length)
    }

    /// Reads `length` bytes of a section, starting at `offset`.
    ///
    /// # Errors
    /// Returns `SectionLength` if the section is shorter, or `Io`.
    pub fn read_part(&mut self, section: Section, offset: u64, length: u64) -> Result<Vec<u8>, FileFormatError> {
        let expected = offset.saturating_add(length);
        if expected > section.length || expected == u64::MAX {
            return Err(FileFormatError::SectionLength { section: section.id, expected, actual: section.length });
        }
        self.read_bytes(section.start + offset, length)
    }

    /// Reads bytes at any offset of the file. Reading past its end is an error.
    ///
    /// # Errors
    /// Returns `Io`.
    pub fn read_bytes(&mut self, start: u64, length: u64) -> Result<Vec<u8>, FileFormatError> {
        self.source.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        // A sparse file may be larger than memory.
        let length_here = usize::try_from(length).map_err(io::Error::other)?;
        bytes.try_reserve_exact(length_here).map_err(io::Error::other)?;
        self.source.by_ref().take(length).read_to_end(&mut bytes)?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()) }
    }
}

/// Writes the header of a file with this number of sections.
///
/// # Errors
/// Returns the writer's errors.
pub fn write_header(out: &mut impl Write, kind: FileKind, sections: u32) -> io::Result<()> {
    out.write_all(kind.extension().as_bytes())?;
    out.write_all(&kind.supported_version().to_le_bytes())?;
    out.write_all(&sections.to_le_bytes())
}

/// Writes a section.
///
/// # Errors
/// Returns the writer's errors.
pub fn write_section(out: &mut impl Write, id: u32, content: &[u8]) -> io::Result<()> {
    out.write_all(&id.to_le_bytes())?;
    out.write_all(&(content.len() as u64).to_le_bytes())?;
    out.write_all(content)
}

/// Reads fields one after another from a section's content. Bytes left at the end are an error.
pub(crate) struct FieldReader<'a> {
    section: Section,
    rest: &'a [u8],
}

impl<'a> FieldReader<'a> {
    pub(crate) fn new(section: Section, content: &'a [u8]) -> FieldReader<'a> {
        FieldReader { section, rest: content }
    }

    pub(crate) fn take_bytes(&mut self, length: usize) -> Result<&'a [u8], FileFormatError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(FileFormatError::SectionLength {
            section: self.section.id,
            expected: self.section.length - self.rest.len() as u64 + length as u64,
            actual: self.section.length,
        })?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn read_u8(&mut self) -> Result<u8, FileFormatError> {
        Ok(self.take_bytes(1)?[0])
    }

    pub(crate) fn read_u32(&mut self) -> Result<u32, FileFormatError> {
        Ok(u32_at(self.take_bytes(4)?, 0))
    }

    pub(crate) fn read_u64(&mut self) -> Result<u64, FileFormatError> {
        Ok(u64_at(self.take_bytes(8)?, 0))
    }

    /// Number of bytes not read yet.
    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// Reads a modulus, which identifies the field or curve: its length in bytes, 32, then the number.
    pub(crate) fn expect_modulus(&mut self, expected: &[u8; 32]) -> Result<(), FileFormatError> {
        let length = self.read_u32()? as usize;
        if length != 32 || self.take_bytes(32)? != expected { Err(FileFormatError::WrongCurve) } else { Ok(()) }
    }

    pub(crate) fn expect_end(self) -> Result<(), FileFormatError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        let expected = self.section.length - self.rest.len() as u64;
        Err(FileFormatError::SectionLength { section: self.section.id, expected, actual: self.section.length })
    }
}

/// Appends a modulus as these files state it: its length, then the number.
pub(crate) fn append_modulus(out: &mut Vec<u8>, modulus: &[u8; 32]) {
    out.extend_from_slice(&32u32.to_le_bytes());
    out.extend_from_slice(modulus);
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().rev().fold(0, |n, byte| n << 8 | u32::from(*byte))
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte))
}
