//! The SIMD backend's field arithmetic: eight elements at once, on processors with AVX-512 IFMA, its 52-bit
//! multiply-add (Intel from Ice Lake, AMD from Zen 4).

pub(crate) mod base;
pub(crate) mod coordinate;
pub(crate) mod field;
pub(crate) mod prime;
mod product;
pub(crate) mod quadratic;
pub(crate) mod vector;
pub(crate) mod wide;

#[cfg(test)]
mod tests;
