//! Descriptions of a ceremony as text, JSON and tables.

use psephos_ceremony::folder::{AddedContribution, CircuitReport};
use psephos_formats::zkey::FactorSource;
use serde_json::{Value, json};

use crate::table::{Table, to_printable};

/// Returns the attestation that a contributor publishes: the hashes that snarkjs prints, and those of the files.
pub(super) fn format_attestation(name: &str, ceremony: &[u8; 64], added: &[AddedContribution]) -> String {
    let ceremony = to_hex(ceremony);
    let mut text = format!("Contributions of {}\n  b2sum of ceremony.json {}\n", to_printable(name), &ceremony[..64]);
    text += &format!("                         {}\n", &ceremony[64..]);
    if added.is_empty() {
        text += "None: your contributions were complete already.\n";
    }
    for one in added {
        let hash = to_hex(&one.contribution.hash());
        let before = if one.before { " (made earlier)" } else { "" };
        text +=
            &format!("\n{}, contribution {}{before}\n  contribution hash {}\n", one.circuit, one.number, &hash[..64]);
        text +=
            &format!("                    {}\n  b2sum of the file {}\n", &hash[64..], &to_hex(&one.file_hash)[..64]);
        text += &format!("                    {}\n", &to_hex(&one.file_hash)[64..]);
    }
    text
}

pub(super) fn contributions_to_json(added: &[AddedContribution]) -> Vec<Value> {
    let entry = |one: &AddedContribution| {
        json!({
            "circuit": one.circuit.as_str(),
            "number": one.number,
            "contributionHash": to_hex(&one.contribution.hash()),
            "fileBlake2b": to_hex(&one.file_hash),
            "before": one.before,
        })
    };
    added.iter().map(entry).collect()
}

pub(super) fn report_to_json(report: &CircuitReport) -> Value {
    let contributions = report.transcript.contributions.iter().map(|contribution| {
        let beacon = match &contribution.secret {
            FactorSource::Drawn => None,
            FactorSource::Beacon { value, iterations } => {
                Some(json!({ "value": to_hex(value), "iterations": iterations }))
            }
        };
        json!({ "name": contribution.name, "hash": to_hex(&contribution.hash()), "beacon": beacon })
    });
    json!({
        "circuit": report.circuit.as_str(),
        "fileBlake2b": to_hex(&report.file_hash),
        "initialZkeyHash": to_hex(&report.transcript.circuit),
        "transcriptHash": to_hex(&report.transcript.hash()),
        "contributions": contributions.collect::<Vec<_>>(),
    })
}

pub(super) fn report_table(reports: &[CircuitReport]) -> String {
    let mut table = Table::new(&["circuit", ">number", "contributor", "hash"]);
    for report in reports {
        for (index, contribution) in report.transcript.contributions.iter().enumerate() {
            let name = match &contribution.secret {
                FactorSource::Drawn => to_printable(contribution.name.as_deref().unwrap_or("(no name)")),
                FactorSource::Beacon { value, iterations } => format!("beacon {}, 2^{iterations}", to_hex(value)),
            };
            let hash = format!("{}..", &to_hex(&contribution.hash())[..32]);
            table.add_row([report.circuit.to_string(), (index + 1).to_string(), name, hash]);
        }
    }
    table.render()
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
