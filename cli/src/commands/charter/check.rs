//! `psephos charter check` and `charter show`: the charter in a document, compared with the one in force or shown.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_charter::charter::{CheckedDocument, MAX_DOCUMENT_BYTES, check_document, check_live_document};
use psephos_charter::hash::Hash32;
use serde_json::{Value, json};

use super::inputs::read_text;
use crate::charter_failure::CharterFailure;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::plural;
use crate::session::Session;
use crate::table::Table;
use crate::times::format_time;

/// Arguments of `charter check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Prompt or other document that holds the charter
    #[arg(long, value_name = "FILE")]
    prompt: PathBuf,
    /// Hash of the charter in force
    #[arg(long, value_name = "HASH")]
    hash: Hash32,
}

/// Arguments of `charter show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Document that holds the charter
    #[arg(value_name = "FILE")]
    document: PathBuf,
}

/// Runs `charter check`.
pub(super) fn check_prompt(session: &Session, args: &CheckArgs) -> Result<u8, Failure> {
    let checked = compare_with_live(&args.prompt, args.hash)?;
    warn_other_text(session, &checked);
    session.output().print_result(&to_json(&args.prompt, &checked), || {
        let count = checked.charter.principles().len();
        format!(
            "✓ {} holds version {} of the charter with this hash, its {} unchanged",
            args.prompt.display(),
            checked.charter.terms().version,
            plural(count as u64, "principle")
        )
    })?;
    Ok(OK)
}

/// Reads a document and compares its charter with the one in force, wherever the hash of that comes from.
fn compare_with_live(path: &Path, live: Hash32) -> Result<CheckedDocument, CharterFailure> {
    let text = read_text(path, MAX_DOCUMENT_BYTES)?;
    check_live_document(&text, live).map_err(|error| CharterFailure::Check { path: path.to_owned(), error })
}

/// Runs `charter show`.
pub(super) fn show_charter(session: &Session, args: &ShowArgs) -> Result<u8, Failure> {
    let text = read_text(&args.document, MAX_DOCUMENT_BYTES)?;
    let checked =
        check_document(&text).map_err(|error| CharterFailure::Document { path: args.document.clone(), error })?;
    warn_other_text(session, &checked);
    session.output().print_result(&to_json(&args.document, &checked), || describe_charter(&checked))?;
    Ok(OK)
}

fn warn_other_text(session: &Session, checked: &CheckedDocument) {
    if checked.has_other_text {
        session.output().print_warning(
            "there is other text around the charter: it is not checked, and a model obeys it too; read it",
        );
    }
}

fn describe_charter(checked: &CheckedDocument) -> String {
    let (charter, terms) = (&checked.charter, checked.charter.terms());
    let mut table = Table::new(&[">statement", "principle"]);
    for principle in charter.principles() {
        table.add_row([(principle.index + 1).to_string(), principle.text.clone()]);
    }
    let parent = if terms.parent == Hash32::ZERO { "none".into() } else { terms.parent.to_string() };
    format!(
        "Charter, version {} on chain {}\n  hash      {}\n  contract  {}\n  parent    {parent}\n  expires   {}\n  poll      \
         {}\n  agenda    {}\n  root      {}\n\n{}",
        terms.version,
        terms.chain_id,
        checked.hash,
        terms.contract,
        format_time(terms.expires_at),
        terms.poll,
        terms.agenda,
        charter.root(),
        table.render()
    )
}

fn to_json(path: &Path, checked: &CheckedDocument) -> Value {
    let (charter, terms) = (&checked.charter, checked.charter.terms());
    let principles = charter.principles().iter().map(|principle| {
        let (number, text) = (principle.index + 1, &principle.text);
        json!({ "statement": number, "text": text, "hash": Hash32::of(text.as_bytes()) })
    });
    json!({
        "file": files::shown(path), "hash": checked.hash, "chain_id": terms.chain_id, "contract": terms.contract,
        "version": terms.version, "parent": terms.parent, "expires": terms.expires_at, "poll": terms.poll,
        "agenda": terms.agenda, "model": terms.model_hash, "policy": terms.policy_hash, "root": charter.root(),
        "other_text": checked.has_other_text,
        "principles": principles.collect::<Vec<_>>(),
    })
}
