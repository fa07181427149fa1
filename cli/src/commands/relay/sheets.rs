//! `psephos relay` of sheet packages.

use psephos_chain::{Sent, StateSource};
use psephos_client::relayer::{RelayConfig, Submission};
use psephos_client::sheets::{SheetRelay, relay_sheets};
use psephos_client::{KeyRing, NodeSet, Observer};
use psephos_wire::{SheetPackage, sheet::FORMAT};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::format::{plural, thousands};
use crate::table::{Table, to_printable};

/// What became of the sheets of a run.
#[derive(Default)]
pub(super) struct SheetReport {
    packages: Vec<SheetOutcome>,
    transactions: Vec<Sent>,
}

/// What became of one package.
struct SheetOutcome {
    name: String,
    place: Option<(String, String)>,
    outcome: SheetRelay,
}

/// Whether a file says that it is a sheet package.
pub(super) fn is_sheet_package(json: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Stated {
        format: String,
    }
    json.len() <= FORMAT.max_bytes
        && serde_json::from_slice::<Stated>(json).is_ok_and(|stated| stated.format == FORMAT.name)
}

/// Relays sheets. A file that is no package is refused, while the others are relayed.
pub(super) async fn relay(
    source: &dyn StateSource,
    nodes: &NodeSet,
    circuits: &KeyRing,
    submissions: &[Submission],
    config: RelayConfig,
    observer: &dyn Observer,
) -> Result<SheetReport, Failure> {
    if submissions.is_empty() {
        return Ok(SheetReport::default());
    }
    let parsed: Vec<_> = submissions.iter().map(|one| (one.name.clone(), SheetPackage::parse(&one.json))).collect();
    let packages: Vec<SheetPackage> = parsed.iter().filter_map(|(_, package)| package.clone().ok()).collect();
    let (outcomes, transactions) = relay_sheets(source, nodes, circuits, &packages, config, observer).await?;
    let mut outcomes = outcomes.into_iter();
    let settle = |(name, package): (String, Result<SheetPackage, _>)| match package {
        Err(error) => SheetOutcome { name, place: None, outcome: SheetRelay::Refused(format!("malformed: {error}")) },
        Ok(package) => {
            let place = Some((package.sheet.to_string(), package.chamber.to_string()));
            let outcome = outcomes.next().unwrap_or_else(|| SheetRelay::Refused("it was not looked at".into()));
            SheetOutcome { name, place, outcome }
        }
    };
    Ok(SheetReport { packages: parsed.into_iter().map(settle).collect(), transactions })
}

impl SheetReport {
    /// Whether it has no package.
    pub(super) fn is_empty(&self) -> bool {
        self.packages.is_empty()
    }

    /// Whether nothing is left to do.
    pub(super) fn is_settled(&self) -> bool {
        self.packages.iter().all(|one| !matches!(one.outcome, SheetRelay::Refused(_)))
    }

    /// Returns the packages and the transactions as JSON.
    pub(super) fn to_json(&self) -> Value {
        let packages = self.packages.iter().map(|one| {
            let (sheet, chamber) = one.place.clone().unzip();
            let (outcome, transaction, reason) = match &one.outcome {
                SheetRelay::Cast(hash) => ("cast", Some(*hash), None),
                SheetRelay::AlreadyCast => ("already_cast", None, None),
                SheetRelay::Refused(reason) => ("refused", None, Some(to_printable(reason))),
            };
            json!({
                "name": one.name, "sheet": sheet, "chamber": chamber, "outcome": outcome, "transaction": transaction,
                "reason": reason,
            })
        });
        let transactions = self.transactions.iter().map(|sent| json!({ "transaction": sent.hash, "gas": sent.gas }));
        json!({ "packages": packages.collect::<Vec<_>>(), "transactions": transactions.collect::<Vec<_>>() })
    }

    /// Returns a table for people.
    pub(super) fn to_text(&self) -> String {
        let mut table = Table::new(&["package", ">sheet poll", ">chamber", "outcome"]);
        for one in &self.packages {
            let (sheet, chamber) = one.place.clone().unwrap_or_default();
            let outcome = match &one.outcome {
                SheetRelay::Cast(hash) => format!("cast in {hash}"),
                SheetRelay::AlreadyCast => "counts already, or was replaced".into(),
                SheetRelay::Refused(reason) => format!("REFUSED: {reason}"),
            };
            table.add_row([one.name.clone(), sheet, chamber, outcome]);
        }
        let mut text = table.render();
        let cast = self.packages.iter().filter(|one| matches!(one.outcome, SheetRelay::Cast(_))).count() as u64;
        if !self.transactions.is_empty() {
            let gas: u64 = self.transactions.iter().map(|sent| sent.gas).sum();
            text.push_str(&format!(
                "\n  {} in {}, {} gas, {} gas per sheet",
                plural(cast, "sheet"),
                plural(self.transactions.len() as u64, "transaction"),
                thousands(gas),
                thousands(gas / cast.max(1))
            ));
        }
        text
    }
}
