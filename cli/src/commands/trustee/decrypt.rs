//! `psephos trustee decrypt`: decryption shares of the totals of a closed poll.

use clap::Args;
use psephos_chain::Address;
use psephos_client::keys::load_share_key;
use psephos_client::trustee::{self, DecryptionOutcome, current_teller, shares_for};
use psephos_client::{ChainState, Observer, Phase};
use psephos_protocol::identifiers::{ChamberId, PollId, SheetId};
use psephos_state::PollChamber;
use serde_json::{Value, json};

use super::{CautionArgs, KeyFileArgs, decrypt_sheet};
use crate::failure::Failure;
use crate::progress::Progress;
use crate::session::Session;

/// Arguments of `trustee decrypt`.
#[derive(Debug, Args)]
pub(crate) struct DecryptArgs {
    /// Poll number
    #[arg(long, value_name = "N", required_unless_present = "sheet")]
    poll: Option<PollId>,
    /// Sheet poll number
    #[arg(long, value_name = "N", conflicts_with_all = ["poll", "chamber"])]
    sheet: Option<SheetId>,
    /// Number of a chamber (default: all chambers that need a share of this trustee)
    #[arg(long, value_name = "N")]
    chamber: Option<ChamberId>,
    #[command(flatten)]
    keys: KeyFileArgs,
    #[command(flatten)]
    care: CautionArgs,
}

impl DecryptArgs {
    /// Whether it is about a sheet poll, whose turnouts and statements are shares of two transactions.
    pub(crate) fn is_of_sheets(&self) -> bool {
        self.sheet.is_some()
    }
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: DecryptArgs) -> Result<(), Failure> {
    if let Some(sheet) = args.sheet {
        return decrypt_sheet::run(session, sheet, &args.keys, &args.care).await;
    }
    // The command line requires one of the two.
    let poll = args.poll.unwrap_or(PollId::new(0));
    let deployment = session.read_deployment()?;
    let secret = args.keys.open_secret(session)?;
    let connection = session.connect_sender(&deployment).await?;
    let source = session.source(&connection, &deployment)?;
    let state = source.read_state().await?;
    let entry = state.poll(poll)?;
    let circuits = session.open_circuits()?;
    let rounded = entry.is_rounded().then_some(entry.circuit_size());
    tokio::task::block_in_place(|| load_share_key(&circuits, rounded, &Progress::new(session.output())))?;
    let account = connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
    let chosen = match args.chamber {
        Some(chamber) => vec![chamber],
        None => select_chambers(session, &state, account, poll)?,
    };
    let journal = args.keys.journal();
    let nodes = args.care.connect_nodes(connection.clone()).await?;
    let caution = args.care.to_caution(&journal, &*source, &nodes);
    let progress = Progress::new(session.output());
    progress.begin(Phase::Share, chosen.len() as u64);
    let mut lines = Vec::new();
    let mut entries: Vec<Value> = Vec::new();
    let mut first = None;
    for chamber in chosen {
        let opening = trustee::decrypt_total(&connection, &state, &circuits, &secret, poll, chamber, caution).await;
        progress.advance(Phase::Share, 1);
        let (transaction, text) = match opening {
            Ok(DecryptionOutcome::Posted(sent)) => {
                (Some(sent.hash), format!("decryption share posted in {}", sent.hash))
            }
            Ok(DecryptionOutcome::ThresholdReached) => (None, "there are enough decryption shares already".into()),
            Ok(DecryptionOutcome::TotalIsPublic) => {
                (None, "no decryption share is needed, the total has encryption randomness 0 and is public".into())
            }
            // A failure in one chamber does not prevent the others from being decrypted.
            Err(error) => {
                session.output().print_warning(&format!("chamber {chamber}: {error}"));
                first.get_or_insert(error);
                continue;
            }
        };
        lines.push(format!("Chamber {chamber}: {text}"));
        entries.push(json!({ "chamber": chamber, "transaction": transaction }));
    }
    progress.end(Phase::Share);
    if let Some(error) = first {
        lines.iter().for_each(|line| session.output().print_remark(line));
        return Err(error.into());
    }
    session.output().print_result(&json!({ "poll": poll, "chambers": entries }), || match lines.is_empty() {
        true => format!("Poll {poll}: there is nothing to decrypt"),
        false => lines.join("\n"),
    })
}

/// Whether an account has posted its share of a chamber; in a rounded one, its share for the teller of this time.
fn has_posted(state: &ChainState, poll: PollId, chamber: &PollChamber, account: Address) -> Result<bool, Failure> {
    let entry = state.poll(poll)?;
    let counting = match chamber.rule.is_rounded() {
        true => shares_for(chamber, current_teller(entry, chamber, state.committee(entry.committee())?, state.time)),
        false => chamber.shares.iter().collect(),
    };
    Ok(counting.iter().any(|share| share.trustee == account))
}

/// Returns the chambers with enough ballots that have neither a tally nor a decryption share of this account. Prints
/// why the others are left out.
fn select_chambers(
    session: &Session,
    state: &ChainState,
    account: Address,
    poll: PollId,
) -> Result<Vec<ChamberId>, Failure> {
    let mut chosen = Vec::new();
    for (id, chamber) in &state.poll(poll)?.chambers {
        let (ballots, minimum) = (chamber.latest.len(), chamber.rule.min_ballots);
        if chamber.tally.is_some() {
            session.output().print_remark(&format!("Chamber {id}: tallied already"));
        } else if ballots < minimum as usize {
            session
                .output()
                .print_remark(&format!("Chamber {id}: {ballots} ballots, the minimum is {minimum}: never decrypted"));
        } else if has_posted(state, poll, chamber, account)? {
            session
                .output()
                .print_remark(&format!("Chamber {id}: the decryption share of this account is posted already"));
        } else {
            chosen.push(*id);
        }
    }
    Ok(chosen)
}
