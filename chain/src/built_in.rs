//! The compiled contracts that this program deploys, as the contracts' build left them in `artifacts/`.

use crate::artifact::{Artifact, ArtifactError};

macro_rules! artifacts {
    ($($name:literal),* $(,)?) => {
        const ARTIFACTS: &[(&str, &str)] = &[$(($name, include_str!(concat!("../artifacts/", $name, ".json")))),*];
    };
}

artifacts![
    "ActionClasses",
    "AllowListPolicy",
    "Ballot3Verifier",
    "Ballot8Verifier",
    "Blinded3Verifier",
    "Blinded8Verifier",
    "Bridging",
    "Charters",
    "Claim3Verifier",
    "Claim8Verifier",
    "Committee",
    "CommitteeKeysVerifier",
    "Dealing16Verifier",
    "Dealing5Verifier",
    "Decision3Verifier",
    "Decision8Verifier",
    "DecryptionVerifier",
    "FeePot",
    "NotesVerifier",
    "Outcomes",
    "PollRounding",
    "PollSetup",
    "PollTally",
    "Polls",
    "PoseidonT3",
    "PoseidonT4",
    "PoseidonT5",
    "PoseidonT6",
    "PoseidonT7",
    "Rewards",
    "Rounding",
    "Sheet16Verifier",
    "Sheet40Verifier",
    "SheetSetup",
    "SheetTally",
    "Sheets",
    "StakeholderRegistry",
    "Update3Verifier",
    "Update8Verifier",
];

/// Returns a contract by its name.
///
/// # Errors
/// [`ArtifactError`] if there is none, or it does not parse.
pub fn artifact(contract: &str) -> Result<Artifact, ArtifactError> {
    match ARTIFACTS.iter().find(|(name, _)| *name == contract) {
        Some((name, json)) => Artifact::parse(name, json),
        None => Err(ArtifactError {
            contract: contract.to_owned(),
            reason: "it is not among the compiled contracts: run `cargo xtask generate`".into(),
        }),
    }
}

/// Returns the names of all contracts.
pub fn names() -> impl Iterator<Item = &'static str> {
    ARTIFACTS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_artifact_has_code_and_libraries() {
        let names: BTreeSet<_> = names().collect();
        for name in &names {
            let artifact = artifact(name).unwrap();
            assert_eq!(artifact.contract_name, *name);
            assert!(artifact.deployed_size > 0 && artifact.deployed_size <= 24_576, "{name}: EIP-170");
            for library in artifact.libraries() {
                assert!(names.contains(library), "{name} calls {library}");
            }
        }
    }
}
