//! Builds the contracts and writes reduced artifacts for the Rust bindings to `chain/artifacts`, and those that only
//! tests deploy to `testkit/artifacts`.
//!
//! The output is deterministic (no metadata in the bytecode, keys in one order), so that a fresh build can be compared
//! with the committed files.

mod blanks;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use self::blanks::mask_code;

/// Contracts that are deployed or have Rust bindings, as (source file, contract).
const CONTRACTS: [(&str, &str); 34] = [
    ("IGroth16Verifier.sol", "IGroth16Verifier"),
    ("IStakeholderRegistry.sol", "IStakeholderRegistry"),
    ("ICommittee.sol", "ICommittee"),
    ("IPolls.sol", "IPolls"),
    ("IRounding.sol", "IRounding"),
    ("IRewards.sol", "IRewards"),
    ("IFeePot.sol", "IFeePot"),
    ("IBallotSource.sol", "IBallotSource"),
    ("ISheets.sol", "ISheets"),
    ("IBridging.sol", "IBridging"),
    ("ICharters.sol", "ICharters"),
    ("IOutcomes.sol", "IOutcomes"),
    ("IActionClasses.sol", "IActionClasses"),
    ("StakeholderRegistry.sol", "StakeholderRegistry"),
    ("AllowListPolicy.sol", "AllowListPolicy"),
    ("Committee.sol", "Committee"),
    ("Polls.sol", "Polls"),
    ("PollRounding.sol", "PollRounding"),
    ("PollSetup.sol", "PollSetup"),
    ("PollTally.sol", "PollTally"),
    ("Rewards.sol", "Rewards"),
    ("Rounding.sol", "Rounding"),
    ("FeePot.sol", "FeePot"),
    ("Sheets.sol", "Sheets"),
    ("SheetSetup.sol", "SheetSetup"),
    ("SheetTally.sol", "SheetTally"),
    ("Bridging.sol", "Bridging"),
    ("Charters.sol", "Charters"),
    ("Outcomes.sol", "Outcomes"),
    ("ActionClasses.sol", "ActionClasses"),
    ("PoseidonT3.sol", "PoseidonT3"),
    ("PoseidonT4.sol", "PoseidonT4"),
    ("PoseidonT5.sol", "PoseidonT5"),
    ("PoseidonT6.sol", "PoseidonT6"),
];

/// The contracts of others that tests deploy beside ours, as (source file, contract).
const TEST_CONTRACTS: [(&str, &str); 1] = [("TimelockController.sol", "TimelockController")];

/// The folder of `TEST_CONTRACTS`' artifacts.
pub(crate) const TEST_ARTIFACTS: &str = "testkit/artifacts";

/// The limit of EIP-170 on deployed code, in bytes.
const MAX_DEPLOYED_SIZE: usize = 24_576;

/// Runs `forge build` and writes one artifact for each contract, generated verifiers included. The npm packages must be
/// installed (`npm::install_contracts`).
///
/// # Errors
///
/// A message: a tool is missing or fails, a contract is missing from the build, or one is too large to be deployed.
pub fn build_artifacts(root: &Path) -> Result<(), String> {
    let project = root.join("verifier-contracts");
    // Not npm's wrapper in `.bin`: it exits with 0 when forge fails.
    let timelock = "node_modules/@openzeppelin/contracts/governance/TimelockController.sol";
    run_forge(&project, &["script/forge.mjs", "build", "src", "node_modules/poseidon-solidity", timelock])?;

    let artifacts = root.join("chain").join("artifacts");
    fs::create_dir_all(&artifacts).map_err(|e| describe_io_error(&artifacts, &e))?;
    for (file, contract) in CONTRACTS {
        write_artifact(&project, &artifacts, file, contract)?;
    }
    for contract in list_generated_contracts(&project)? {
        write_artifact(&project, &artifacts, &format!("{contract}.sol"), &contract)?;
    }
    let artifacts = root.join(TEST_ARTIFACTS);
    fs::create_dir_all(&artifacts).map_err(|e| describe_io_error(&artifacts, &e))?;
    for (file, contract) in TEST_CONTRACTS {
        write_artifact(&project, &artifacts, file, contract)?;
    }
    Ok(())
}

/// Lists the contracts in `src/generated` in the order of their names; each file is named after its only contract.
fn list_generated_contracts(project: &Path) -> Result<Vec<String>, String> {
    let folder = project.join("src").join("generated");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut contracts = Vec::new();
    for entry in fs::read_dir(&folder).map_err(|e| describe_io_error(&folder, &e))? {
        let path = entry.map_err(|e| describe_io_error(&folder, &e))?.path();
        if path.extension() == Some(OsStr::new("sol")) {
            contracts.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
        }
    }
    contracts.sort();
    Ok(contracts)
}

/// Reads an artifact of forge, reduces it and writes it.
fn write_artifact(project: &Path, artifacts: &Path, file: &str, contract: &str) -> Result<(), String> {
    let source: PathBuf = [project, Path::new("out"), Path::new(file), Path::new(contract)].iter().collect();
    let source = source.with_extension("json");
    let text = fs::read_to_string(&source).map_err(|e| describe_io_error(&source, &e))?;
    let full: Value = serde_json::from_str(&text).map_err(|e| format!("{}: {e}", source.display()))?;
    let artifact = reduce_artifact(&full, contract).map_err(|e| format!("{}: {e}", source.display()))?;
    let target = artifacts.join(format!("{contract}.json"));
    fs::write(&target, format!("{artifact}\n")).map_err(|e| describe_io_error(&target, &e))
}

/// Keeps of forge's artifact what the Rust bindings need. Unlinked library addresses stay in the bytecode as
/// placeholders.
fn reduce_artifact(full: &Value, contract: &str) -> Result<Value, String> {
    let code = |key: &str| full[key]["object"].as_str().ok_or_else(|| format!("no {key}"));
    let deployed_size = code("deployedBytecode")?.trim_start_matches("0x").len() / 2;
    if deployed_size > MAX_DEPLOYED_SIZE {
        return Err(format!("{deployed_size} bytes of code, more than the {MAX_DEPLOYED_SIZE} of EIP-170"));
    }
    let mut artifact = json!({
        "contractName": contract,
        "abi": full["abi"],
        "bytecode": code("bytecode")?,
        "linkReferences": full["bytecode"]["linkReferences"],
        "deployedSize": deployed_size,
    });
    if deployed_size > 0 {
        let masked = mask_code(&full["deployedBytecode"])?;
        artifact["deployedCodeHash"] = masked.hash.into();
        if let Some(blanks) = masked.blanks {
            artifact["deployedBlanks"] = blanks;
        }
    }
    Ok(artifact)
}

fn run_forge(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("node").args(arguments).current_dir(folder).status();
    let status = status.map_err(|e| format!("cannot run node: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("node {} failed: {status}", arguments.join(" "))) }
}

fn describe_io_error(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forge_artifact(bytes: usize) -> Value {
        let code = json!({ "object": format!("0x{}", "00".repeat(bytes)), "linkReferences": {} });
        json!({ "abi": [], "bytecode": code, "deployedBytecode": code, "metadata": "left out" })
    }

    #[test]
    fn an_artifact_is_reduced() {
        let reduced = reduce_artifact(&forge_artifact(2), "Name").expect("small enough");
        let expected = json!({
            "contractName": "Name", "abi": [], "bytecode": "0x0000", "linkReferences": {}, "deployedSize": 2,
            "deployedCodeHash": "0x54a8c0ab653c15bfb48b47fd011ba2b9617af01cb45cab344acd57c924d56798",
        });
        assert_eq!(reduced, expected);
    }

    #[test]
    fn code_that_no_chain_takes_is_refused() {
        assert!(reduce_artifact(&forge_artifact(MAX_DEPLOYED_SIZE), "Name").is_ok());
        assert!(reduce_artifact(&forge_artifact(MAX_DEPLOYED_SIZE + 1), "Name").is_err());
        assert!(reduce_artifact(&json!({}), "Name").is_err());
    }
}
