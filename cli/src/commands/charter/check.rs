//! `psephos charter check` and `charter show`: the charter in a document, compared with the one in force or shown; or
//! what the chain has.

use std::path::{Path, PathBuf};

use clap::Args;
use psephos_charter::charter::{CheckedDocument, MAX_DOCUMENT_BYTES, check_document, check_live_document};
use psephos_charter::hash::Hash32;
use psephos_client::sheets::{charter_from_version, confirm_live_charter};
use psephos_protocol::identifiers::{ChamberId, SheetId};
use serde_json::{Value, json};

use super::inputs::read_text;
use super::sheet::{PlotTarget, show_sheet};
use super::versions::show_versions;
use crate::charter_failure::CharterFailure;
use crate::failure::{Failure, OK};
use crate::files;
use crate::format::plural;
use crate::session::Session;
use crate::source_args::NodeArgs;
use crate::table::Table;
use crate::times::format_time;

/// Arguments of `charter check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Prompt or other document that holds the charter
    #[arg(long, value_name = "FILE")]
    prompt: PathBuf,
    /// Hash of the charter in force (default: that of the version in force on the chain)
    #[arg(long, value_name = "HASH", conflicts_with = "also_rpc")]
    hash: Option<Hash32>,
    #[command(flatten)]
    nodes: NodeArgs,
}

/// Arguments of `charter show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Document that holds the charter (default: the versions that the chain has)
    #[arg(value_name = "FILE", conflicts_with = "sheet")]
    document: Option<PathBuf>,
    /// Sheet poll to show, with what became of each statement
    #[arg(long, value_name = "N")]
    sheet: Option<SheetId>,
    /// With --sheet: file to draw the statements in, by the share of each camp that agrees (SVG)
    #[arg(long, value_name = "FILE", requires = "sheet")]
    plot: Option<PathBuf>,
    /// With --plot: chamber to draw (default: the only one)
    #[arg(long, value_name = "N", requires = "plot")]
    chamber: Option<ChamberId>,
    /// Overwrite an existing file
    #[arg(long, requires = "plot")]
    force: bool,
}

/// Runs `charter check`.
pub(super) async fn check_prompt(session: &Session, args: &CheckArgs) -> Result<u8, Failure> {
    // A file that cannot be read is said before the chain is asked.
    let text = read_text(&args.prompt, MAX_DOCUMENT_BYTES)?;
    let live = match args.hash {
        Some(hash) => hash,
        None => read_live(session, &args.nodes).await?,
    };
    let checked = compare_with_live(&args.prompt, &text, live)?;
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

/// Compares the charter of a document with the one in force, wherever the hash of that comes from.
fn compare_with_live(path: &Path, text: &str, live: Hash32) -> Result<CheckedDocument, CharterFailure> {
    check_live_document(text, live).map_err(|error| CharterFailure::Check { path: path.to_owned(), error })
}

/// Reads the hash of the version in force from the chain, and confirms it on all nodes.
async fn read_live(session: &Session, nodes: &NodeArgs) -> Result<Hash32, Failure> {
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    confirm_live_charter(&nodes.connect(connection).await?, &state).await?;
    let (number, _) = state.live_charter().ok_or(CharterFailure::NoneInForce)?;
    Ok(charter_from_version(&state, number)?.hash())
}

/// Runs `charter show`.
pub(super) async fn show_charter(session: &Session, args: &ShowArgs) -> Result<u8, Failure> {
    let Some(document) = &args.document else { return show_chain(session, args).await };
    let text = read_text(document, MAX_DOCUMENT_BYTES)?;
    let checked = check_document(&text).map_err(|error| CharterFailure::Document { path: document.clone(), error })?;
    warn_other_text(session, &checked);
    session.output().print_result(&to_json(document, &checked), || describe_charter(&checked))?;
    Ok(OK)
}

/// Shows what the chain has: a sheet poll, or the versions.
async fn show_chain(session: &Session, args: &ShowArgs) -> Result<u8, Failure> {
    let target = args.plot.as_deref();
    if let Some(path) = target.filter(|_| !args.force) {
        files::ensure_absent(path)?;
    }
    let state = session.read_state().await?;
    let Some(sheet) = args.sheet else { return show_versions(session, &state) };
    let plot = target.map(|path| PlotTarget { path, chamber: args.chamber, force: args.force });
    show_sheet(session, &state, sheet, plot.as_ref())
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
