//! `psephos charter enact` and `stage`: the owner's calls about versions of the charter.

use clap::{Args, ValueEnum};
use psephos_charter::hash::Hash32;
use psephos_client::ChainState;
use psephos_client::sheets::{
    charter_from_version, decide_sheet, enact_call, enacted_version, read_sheet_text, set_stage_call,
};
use psephos_protocol::identifiers::SheetId;
use psephos_state::{B256, CharterStage, SheetState};
use serde_json::json;

use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::format::plural;
use crate::session::Session;
use crate::times::{format_time, parse_time};

/// Arguments of `charter enact`.
#[derive(Debug, Args)]
pub(crate) struct EnactArgs {
    /// Finished sheet poll whose adopted statements become the principles
    #[arg(long, value_name = "N")]
    sheet: SheetId,
    /// Last second in which the version can be in force: seconds since 1970, or 2026-12-01T12:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    expires: u64,
    /// Hash of the model that it is for (default: none)
    #[arg(long, value_name = "HASH", default_value_t = Hash32::ZERO, hide_default_value = true)]
    model_hash: Hash32,
    /// Hash of the policy by which the model is run (default: none)
    #[arg(long, value_name = "HASH", default_value_t = Hash32::ZERO, hide_default_value = true)]
    policy_hash: Hash32,
    /// Enact only if this is the charter hash of the latest version, which becomes the parent
    #[arg(long, value_name = "HASH")]
    parent: Option<Hash32>,
    #[command(flatten)]
    export: ExportArgs,
}

/// Arguments of `charter stage`.
#[derive(Debug, Args)]
pub(crate) struct StageArgs {
    /// Version number
    #[arg(value_name = "VERSION")]
    version: u64,
    /// How far its adoption is
    #[arg(value_name = "STAGE")]
    stage: StageName,
    #[command(flatten)]
    export: ExportArgs,
}

/// A stage that can be set. Retirement has a call of its own, and no way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StageName {
    /// Enacted; a gateway may log what it would refuse
    Shadow,
    /// Tried with some requests
    Pilot,
    /// In force
    Live,
    /// Not in force for a while
    Paused,
}

impl From<StageName> for CharterStage {
    fn from(name: StageName) -> Self {
        match name {
            StageName::Shadow => Self::Shadow,
            StageName::Pilot => Self::Pilot,
            StageName::Live => Self::Live,
            StageName::Paused => Self::Paused,
        }
    }
}

/// Runs `charter enact`.
pub(super) async fn enact(session: &Session, args: &EnactArgs) -> Result<u8, Failure> {
    let dao = Dao::connect(session, args.export.clone()).await?;
    let state = dao.read_state().await?;
    let adopted = check_enactment(&state, args)?;
    let parent = latest_hash(&state);
    let text = read_sheet_text(args.sheet, state.sheet(args.sheet)?)?;
    let hashes = [args.model_hash, args.policy_hash].map(|hash| B256::from(hash.0));
    let call = enact_call(&dao.deployment, args.sheet, parent, args.expires, hashes, &text);
    let Some(sent) = dao.execute_one(call).await? else { return Ok(OK) };
    let (number, hash) = enacted_version(&dao.deployment, &sent)?;
    // Computed again from the events: what is announced is what the chain has.
    let charter = charter_from_version(&dao.read_state().await?, number)?;
    let shown = json!({
        "version": number, "hash": hash, "sheet": args.sheet, "principles": charter.principles().len(),
        "parent": parent, "expires": args.expires, "transaction": sent.hash, "gas": sent.gas,
    });
    session.output().print_result(&shown, || {
        format!(
            "Version {number} of the charter: {}, until {}\n  hash {hash}\ntransaction {}",
            plural(adopted.into(), "principle"),
            format_time(args.expires),
            sent.hash
        )
    })?;
    session.output().print_remark(&format!(
        "It is in the stage shadow. `psephos charter export --version {number}` writes it, `psephos charter stage {number} \
         live` puts it in force."
    ));
    Ok(OK)
}

/// Returns the charter hash of the latest version, zeros if there is none.
fn latest_hash(state: &ChainState) -> B256 {
    state.charters.last_key_value().map_or(B256::ZERO, |(_, version)| version.charter_hash)
}

/// Refuses what the contract would refuse, before it is paid for; returns the number of adopted statements.
fn check_enactment(state: &ChainState, args: &EnactArgs) -> Result<u32, Failure> {
    let sheet = args.sheet;
    let entry = state.sheet(sheet)?;
    if let Some((number, _)) = state.charters.iter().find(|(_, version)| version.sheet == sheet) {
        return Err(refuse(
            format!("sheet poll {sheet} was enacted as version {number}"),
            format!("nothing is left to do: `psephos charter stage {number} live` puts it in force"),
        ));
    }
    let reached = entry.state_at(state.time);
    if reached != SheetState::Finished {
        let hint = match reached {
            SheetState::Undecided | SheetState::Cancelled => {
                "it never will be: ask again with another sheet poll".into()
            }
            _ => format!("`psephos charter tally {sheet}` ends it once it is tallied; nothing was sent"),
        };
        return Err(refuse(format!("sheet poll {sheet} is {reached}, and not finished"), hint));
    }
    let outcome = decide_sheet(sheet, entry)?;
    let adopted = outcome.adopted().count_ones();
    if adopted == 0 {
        let why = if outcome.outcomes.is_none() { "has no rule of adoption" } else { "adopted no statement" };
        return Err(refuse(
            format!("sheet poll {sheet} {why}: there is nothing to enact"),
            format!("`psephos charter show --sheet {sheet}` shows what became of each statement"),
        ));
    }
    if args.expires < state.time {
        let [expires, now] = [args.expires, state.time].map(format_time);
        return Err(Failure::invalid_input(
            format!("--expires is {expires}, and the chain's time is {now}"),
            "name a later time; nothing was sent",
        ));
    }
    let latest = Hash32(latest_hash(state).0);
    match args.parent.filter(|parent| *parent != latest) {
        None => Ok(adopted),
        Some(parent) => Err(refuse(
            format!("the latest version is {latest}, and not {parent}: another one was enacted meanwhile"),
            "read it with `psephos charter show`, and decide again; nothing was sent".into(),
        )),
    }
}

fn refuse(what: String, hint: String) -> Failure {
    Failure::chain_refusal(what, hint)
}

/// Runs `charter stage`.
pub(super) async fn set_stage(session: &Session, args: &StageArgs) -> Result<u8, Failure> {
    let dao = Dao::connect(session, args.export.clone()).await?;
    let state = dao.read_state().await?;
    let (number, stage) = (args.version, CharterStage::from(args.stage));
    let Some(version) = state.charters.get(&number) else {
        let versions = plural(state.charters.len() as u64, "version");
        return Err(Failure::invalid_input(
            format!("there is no version {number} of the charter: it has {versions}, numbered from 1"),
            "`psephos charter show` lists them",
        ));
    };
    if version.stage == CharterStage::Retired {
        let hint = "enact another one with `psephos charter enact`";
        return Err(refuse(format!("version {number} is retired, for ever"), hint.into()));
    }
    if state.time > version.expires_at {
        let expired = format_time(version.expires_at);
        let hint = "enact another one with `psephos charter enact`";
        return Err(refuse(format!("version {number} expired at {expired}"), hint.into()));
    }
    let newer = state.charters.range(number + 1..).find(|(_, newer)| newer.is_live_at(state.time));
    if let Some((newer, _)) = newer.filter(|_| stage == CharterStage::Live) {
        session.output().print_warning(&format!(
            "version {newer} is live too, and newer: it is the one in force, until it is paused or expires"
        ));
    }
    let mut shown = json!({ "version": number, "stage": stage, "hash": version.charter_hash, "transaction": null });
    if version.stage == stage && !dao.is_export() {
        session.output().print_result(&shown, || format!("Version {number} is {stage} already"))?;
        return Ok(OK);
    }
    let no_call = || Failure::internal_error(format!("there is no call for the stage {stage}"));
    let call = set_stage_call(&dao.deployment, number, stage).ok_or_else(no_call)?;
    let Some(sent) = dao.execute_one(call).await? else { return Ok(OK) };
    shown["transaction"] = json!(sent.hash);
    shown["gas"] = json!(sent.gas);
    session.output().print_result(&shown, || format!("Version {number} is {stage}\ntransaction {}", sent.hash))?;
    Ok(OK)
}
