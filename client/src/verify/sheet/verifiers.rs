//! The contracts that a sheet poll and its charter depend on.

use psephos_state::Deployment;

use super::SheetVerifierEvidence;
use crate::{
    KeyRing,
    verify::{
        Check, CheckName, VerifyError,
        verifiers::{check_answers, compare_dependencies},
    },
};

/// Checks that the contracts depend on those of the deployment, that its verifiers are those of our keys, and that our
/// keys may be used on this chain.
pub(super) fn check_verifiers(
    deployment: &Deployment,
    circuits: &KeyRing,
    evidence: &SheetVerifierEvidence,
) -> Result<Check, VerifyError> {
    let SheetVerifierEvidence { sheets, committee, bridging, charters, answers } = evidence;
    let (ours, contracts) = (&deployment.verifiers, &deployment.sheets);
    let mut failures = compare_dependencies([
        ("registry", sheets.registry, deployment.registry),
        ("committee contract", sheets.committee, deployment.committee),
        ("verifier of sheets of 16 cells", sheets.sheet16Verifier, ours.sheet16),
        ("verifier of sheets of 40 cells", sheets.sheet40Verifier, ours.sheet40),
        ("verifier of decryption", committee.decryptionVerifier, ours.decryption),
        ("verifier of dealings to 5 trustees", committee.dealing5Verifier, ours.dealing5),
        ("verifier of dealings to 16 trustees", committee.dealing16Verifier, ours.dealing16),
        ("verifier of committee keys", committee.keysVerifier, ours.committee_keys),
        ("sheets contract that is judged", *bridging, contracts.sheets),
        ("sheets contract of charters", charters.sheets, contracts.sheets),
        ("contract that judges for charters", charters.bridging, contracts.bridging),
    ]);
    failures.extend(check_answers(deployment, circuits, answers)?);
    Ok(Check::new(CheckName::Verifiers, None, answers.len(), failures))
}
