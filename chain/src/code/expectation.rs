//! What the contracts of a deployment must be: their names, and what their immutable values mean.

use alloy::primitives::Address;
use psephos_state::Deployment;

/// The meaning of an immutable value, and what it must be.
pub(super) enum Immutable {
    /// Another contract of the deployment.
    Contract {
        /// Its purpose.
        what: &'static str,
        /// Its address in the deployment.
        expected: Address,
    },
    /// A number that the deploying account chose.
    Number {
        /// Its meaning.
        what: &'static str,
        /// The width of its type in bits.
        bits: usize,
    },
}

/// Returns the contracts of a deployment but its verifiers, by the names of their artifacts.
pub(super) fn list_contracts(deployment: &Deployment) -> Vec<(&'static str, Address)> {
    let mut contracts = vec![
        ("StakeholderRegistry", deployment.registry),
        ("AllowListPolicy", deployment.policy),
        ("Committee", deployment.committee),
        ("Rounding", deployment.rounding),
        ("Polls", deployment.polls),
        ("Rewards", deployment.rewards),
        ("Sheets", deployment.sheets.sheets),
        ("Bridging", deployment.sheets.bridging),
        ("Charters", deployment.sheets.charters),
        ("Outcomes", deployment.sheets.outcomes),
        ("ActionClasses", deployment.sheets.action_classes),
        ("Rewards", deployment.sheets.rewards),
        ("FeePot", deployment.sheets.fee_pot),
    ];
    contracts.extend(deployment.fee_pot.map(|address| ("FeePot", address)));
    contracts
}

/// Returns the meaning of the immutable values of a contract at an address, in the order of its artifact: that of their
/// declarations. Rewards and fee pots are for polls or for sheets, whichever the deployment names at that address.
pub(super) fn immutables_of(contract: &str, address: Address, deployment: &Deployment) -> Vec<Immutable> {
    let sheets = &deployment.sheets;
    let is_for_sheets = [sheets.rewards, sheets.fee_pot].contains(&address);
    let (source, ballots) =
        if is_for_sheets { ("sheets contract", sheets.sheets) } else { ("polls contract", deployment.polls) };
    let verifiers = &deployment.verifiers;
    let contract_at = |what, expected| Immutable::Contract { what, expected };
    let number = |what, bits| Immutable::Number { what, bits };
    match contract {
        "Committee" => vec![
            contract_at("verifier of decryption", verifiers.decryption),
            contract_at("verifier of dealings to 5 trustees", verifiers.dealing5),
            contract_at("verifier of dealings to 16 trustees", verifiers.dealing16),
            contract_at("verifier of committee keys", verifiers.committee_keys),
        ],
        "Polls" => vec![
            contract_at("registry", deployment.registry),
            contract_at("committee contract", deployment.committee),
            contract_at("verification of rounded tallies", deployment.rounding),
            number("smallest minimum of ballots", 32),
            number("least casting time", 64),
            number("least tally time", 64),
            number("longest duration", 64),
            contract_at("verifier of ballots of 3 options", verifiers.ballot3),
            contract_at("verifier of ballots of 8 options", verifiers.ballot8),
            contract_at("verifier of updates of 3 options", verifiers.update3),
            contract_at("verifier of updates of 8 options", verifiers.update8),
        ],
        "Rounding" => vec![
            contract_at("committee contract", deployment.committee),
            contract_at("verifier of blinded shares of 3 options", verifiers.blinded3),
            contract_at("verifier of blinded shares of 8 options", verifiers.blinded8),
            contract_at("verifier of decisions of 3 options", verifiers.decision3),
            contract_at("verifier of decisions of 8 options", verifiers.decision8),
        ],
        "Sheets" => vec![
            contract_at("registry", deployment.registry),
            contract_at("committee contract", deployment.committee),
            number("smallest minimum of sheets", 32),
            number("smallest least camp", 32),
            number("least casting time", 64),
            number("least tally time", 64),
            number("longest duration", 64),
            contract_at("verifier of sheets of 16 cells", verifiers.sheet16),
            contract_at("verifier of sheets of 40 cells", verifiers.sheet40),
        ],
        "Bridging" => vec![contract_at("sheets contract", sheets.sheets)],
        "Charters" => {
            vec![contract_at("sheets contract", sheets.sheets), contract_at("bridging contract", sheets.bridging)]
        }
        "Outcomes" => {
            vec![contract_at("polls contract", deployment.polls), contract_at("sheets contract", sheets.sheets)]
        }
        "Rewards" => vec![
            contract_at(source, ballots),
            contract_at("verifier of note batches", verifiers.notes),
            contract_at("verifier of claims for 3 options", verifiers.claim3),
            contract_at("verifier of claims for 8 options", verifiers.claim8),
        ],
        "FeePot" => vec![contract_at(source, ballots)],
        _ => Vec::new(),
    }
}
