//! Which arithmetic computes.

#[cfg(target_arch = "x86_64")]
use crate::lanes::vector::Ifma;

/// How the engine computes on this processor.
#[derive(Clone, Copy)]
pub struct Arithmetic(pub(crate) Kind);

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma),
}

impl Arithmetic {
    /// The fastest that this processor has.
    pub fn detect() -> Arithmetic {
        #[cfg(target_arch = "x86_64")]
        if let Some(ifma) = Ifma::detect() {
            return Arithmetic(Kind::Ifma(ifma));
        }
        Arithmetic::portable()
    }

    /// What every processor has.
    pub fn portable() -> Arithmetic {
        Arithmetic(Kind::Portable)
    }

    /// A name for tables and logs.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Portable => "portable",
            #[cfg(target_arch = "x86_64")]
            Kind::Ifma(_) => "avx512-ifma",
        }
    }
}
