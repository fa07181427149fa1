//! `psephos trustee decrypt --sheet N`: decryption shares of the totals of a closed sheet poll.

use psephos_client::keys::load_share_key;
use psephos_client::sheets::{SheetDecryption, decrypt_sheet};
use psephos_client::{Observer, Phase};
use psephos_protocol::identifiers::SheetId;
use serde_json::{Value, json};

use super::{CautionArgs, KeyFileArgs};
use crate::failure::Failure;
use crate::format::plural;
use crate::progress::Progress;
use crate::session::Session;

/// Posts this trustee's shares of a closed sheet poll: of its turnouts, and once these are tallied, of its statements.
pub(super) async fn run(
    session: &Session,
    sheet: SheetId,
    keys: &KeyFileArgs,
    care: &CautionArgs,
) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let secret = keys.open_secret(session)?;
    let connection = session.connect_sender(&deployment).await?;
    let source = session.source(&connection, &deployment)?;
    let circuits = session.open_circuits()?;
    let progress = Progress::new(session.output());
    tokio::task::block_in_place(|| load_share_key(&circuits, None, &progress))?;
    let journal = keys.journal();
    let nodes = care.connect_nodes(connection.clone()).await?;
    let caution = care.to_caution(&journal, &*source, &nodes);
    progress.begin(Phase::Share, 1);
    let outcomes = decrypt_sheet(&connection, &*source, &circuits, &secret, sheet, caution).await?;
    progress.advance(Phase::Share, 1);
    progress.end(Phase::Share);
    let state = source.read_state().await?;
    let entry = state.sheet(sheet)?;
    let (mut lines, mut blocks, mut posted) = (Vec::new(), Vec::<Value>::new(), 0_u64);
    let mut first = None;
    for outcome in outcomes {
        match outcome {
            SheetDecryption::Posted { chamber, block, sent } => {
                posted += 1;
                let what = name_block(block);
                lines.push(format!("Chamber {chamber}, {what}: decryption share posted in {}", sent.hash));
                blocks.push(json!({ "chamber": chamber, "block": block, "transaction": sent.hash }));
            }
            SheetDecryption::NotNeeded { chamber, block } => {
                let what = name_block(block);
                lines.push(format!("Chamber {chamber}, {what}: no further decryption share of this account is needed"));
                blocks.push(json!({ "chamber": chamber, "block": block, "transaction": null }));
            }
            // A failure in one chamber does not prevent the others from being decrypted.
            SheetDecryption::Refused { error, .. } => {
                session.output().print_warning(&error.to_string());
                first.get_or_insert(error);
            }
        }
    }
    if let Some(error) = first {
        lines.iter().for_each(|line| session.output().print_remark(line));
        return Err(error.into());
    }
    let waits = posted > 0 && entry.chambers.values().any(|chamber| chamber.pending_blocks(0).contains(&0));
    session.output().print_result(&json!({ "sheet": sheet, "blocks": blocks }), || {
        let mut text = match lines.is_empty() {
            true => format!("Sheet poll {sheet}: there is nothing to decrypt"),
            false => lines.join("\n"),
        };
        if waits {
            text.push_str(&format!(
                "\n{} posted. Once the turnout is tallied (`psephos charter tally {sheet}`), run this command again for the \
                 statements",
                plural(posted, "share")
            ));
        }
        text
    })
}

fn name_block(block: usize) -> String {
    match block {
        0 => "the turnout".into(),
        block => format!("block {block} of statements"),
    }
}
