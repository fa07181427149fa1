//! Descriptions of a ceremony as text, JSON and tables.

use psephos_ceremony::folder::{Added, Report};
use psephos_formats::zkey::Secret;
use serde_json::{Value, json};

use crate::table::{Table, printable};

/// Returns the attestation that a contributor publishes: the hashes that snarkjs prints, and those of the files.
pub(super) fn attestation(name: &str, ceremony: &[u8; 64], added: &[Added]) -> String {
    let ceremony = hex(ceremony);
    let mut text = format!("Contributions of {}\n  b2sum of ceremony.json {}\n", printable(name), &ceremony[..64]);
    text += &format!("                         {}\n", &ceremony[64..]);
    if added.is_empty() {
        text += "None: your contributions were complete already.\n";
    }
    for one in added {
        let hash = hex(&one.contribution.hash());
        let before = if one.before { " (made earlier)" } else { "" };
        text +=
            &format!("\n{}, contribution {}{before}\n  contribution hash {}\n", one.circuit, one.number, &hash[..64]);
        text += &format!("                    {}\n  b2sum of the file {}\n", &hash[64..], &hex(&one.file_hash)[..64]);
        text += &format!("                    {}\n", &hex(&one.file_hash)[64..]);
    }
    text
}

pub(super) fn shown(added: &[Added]) -> Vec<Value> {
    let entry = |one: &Added| {
        json!({
            "circuit": one.circuit.as_str(),
            "number": one.number,
            "contributionHash": hex(&one.contribution.hash()),
            "fileBlake2b": hex(&one.file_hash),
            "before": one.before,
        })
    };
    added.iter().map(entry).collect()
}

pub(super) fn report(report: &Report) -> Value {
    let contributions = report.transcript.contributions.iter().map(|contribution| {
        let beacon = match &contribution.secret {
            Secret::Drawn => None,
            Secret::Beacon { value, iterations } => Some(json!({ "value": hex(value), "iterations": iterations })),
        };
        json!({ "name": contribution.name, "hash": hex(&contribution.hash()), "beacon": beacon })
    });
    json!({
        "circuit": report.circuit.as_str(),
        "fileBlake2b": hex(&report.file_hash),
        "initialZkeyHash": hex(&report.transcript.circuit),
        "transcriptHash": hex(&report.transcript.hash()),
        "contributions": contributions.collect::<Vec<_>>(),
    })
}

pub(super) fn table(reports: &[Report]) -> String {
    let mut table = Table::new(&["circuit", ">number", "contributor", "hash"]);
    for report in reports {
        for (index, contribution) in report.transcript.contributions.iter().enumerate() {
            let name = match &contribution.secret {
                Secret::Drawn => printable(contribution.name.as_deref().unwrap_or("(no name)")),
                Secret::Beacon { value, iterations } => format!("beacon {}, 2^{iterations}", hex(value)),
            };
            let hash = format!("{}..", &hex(&contribution.hash())[..32]);
            table.row([report.circuit.to_string(), (index + 1).to_string(), name, hash]);
        }
    }
    table.render()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
