//! Interoperation with `ark-r1cs-std`: runs Psephos' gadgets inside a circuit that is written with arkworks'
//! variables.

use ark_ff::Zero;
use ark_r1cs_std::GR1CSVar;
use ark_r1cs_std::alloc::AllocVar;
use ark_r1cs_std::fields::FieldVar;
use ark_r1cs_std::fields::fp::FpVar;
use ark_relations::gr1cs::{ConstraintSystemRef, SynthesisError};
use psephos_protocol::Fr;

use crate::r1cs::Row;
use crate::{Builder, Num};

/// Runs `gadget` on `inputs` within `cs` and returns its outputs.
///
/// Constants stay constants. Each variable that the gadget allocates becomes a witness of `cs`; its constraints are
/// added as they are. While `cs` is in setup mode, inputs without a value count as zero.
///
/// # Errors
/// The error with which `cs` answers an allocation or a constraint.
pub fn embed(
    cs: &ConstraintSystemRef<Fr>,
    inputs: &[FpVar<Fr>],
    gadget: impl FnOnce(&mut Builder, &[Num]) -> Vec<Num>,
) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
    let mut b = Builder::for_setup();
    // Variables from outside come first.
    let inner: Vec<Num> = inputs
        .iter()
        .map(|v| match v {
            FpVar::Constant(k) => Num::constant(*k),
            FpVar::Var(_) => b.allocate_free(v.value().unwrap_or_else(|_| Fr::zero())),
        })
        .collect();
    let outputs = gadget(&mut b, &inner);
    let (system, assignment) = b.into_system();

    let mut variables: Vec<FpVar<Fr>> = vec![FpVar::one()];
    variables.extend(inputs.iter().filter(|v| matches!(v, FpVar::Var(_))).cloned());
    for value in &assignment[variables.len()..] {
        variables.push(FpVar::new_witness(cs.clone(), || Ok(*value))?);
    }
    let combine = |row: &Row| row.iter().map(|(k, v)| &variables[*v] * *k).sum::<FpVar<Fr>>();
    let [a, b, c] = system.matrices();
    for ((a, b), c) in a.iter().zip(b).zip(c) {
        combine(a).mul_equals(&combine(b), &combine(c))?;
    }
    let out = |n: &Num| n.terms().iter().map(|(v, k)| &variables[*v as usize] * *k).sum::<FpVar<Fr>>();
    Ok(outputs.iter().map(out).collect())
}
