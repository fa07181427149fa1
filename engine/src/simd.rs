//! The SIMD backend's field arithmetic: eight elements at once, on processors with AVX-512 IFMA, its 52-bit
//! multiply-add (Intel from Ice Lake, AMD from Zen 4).

pub(crate) mod coordinate;
pub(crate) mod field;
pub(crate) mod fq;
pub(crate) mod fq2;
pub(crate) mod fq2_unreduced;
mod multiplication;
pub(crate) mod prime;
pub(crate) mod vector;

#[cfg(test)]
mod tests;
