//! `psephos trustee retire`: the end of a trustee's part. Its key is destroyed, and the chain says so.

use clap::Args;
use psephos_client::trustee::{Retirement, TrusteeError, default_clock};
use psephos_state::lifetime::name_polls;
use serde_json::json;

use super::KeyFileArgs;
use crate::consent::require_agreement;
use crate::failure::Failure;
use crate::files;
use crate::session::Session;
use crate::source_args::NodeArgs;

/// What wiping a file does not reach.
const COPIES: &str = "Now destroy every copy: backups, other machines, sticks. An SSD, and a file system with a journal or \
    snapshots, can hold the old bytes of a file that was overwritten; they are encrypted with its passphrase, so forget that \
    too.";

/// Arguments of `trustee retire`.
#[derive(Debug, Args)]
pub(crate) struct RetireArgs {
    #[command(flatten)]
    keys: KeyFileArgs,
    #[command(flatten)]
    nodes: NodeArgs,
    /// The node of --rpc is this trustee's own: what it shows need not be confirmed by another
    #[arg(long)]
    own_node: bool,
    /// Destroy the key without asking
    #[arg(long)]
    yes: bool,
    /// Destroy the key although polls still need it, or more can be created under the committee
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: RetireArgs) -> Result<(), Failure> {
    let output = session.output();
    let path = &args.keys.keys;
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let nodes = args.nodes.connect_for_trustee(connection.clone(), args.own_node).await?;
    let mut state = session.source(&connection, &deployment)?.read_state().await?;
    // A node can report any time: a tally deadline has passed if this machine's clock says so too.
    if let Some(clock) = default_clock(deployment.chain_id) {
        state.time = state.time.min(clock());
    }
    let account = connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
    let retirement = Retirement::find(&state, account, path)?;
    let committee = retirement.committee();
    if retirement.has_key_file {
        match retirement.require_end() {
            Err(TrusteeError::Refused(refusal)) if args.force => output.print_warning(&refusal.to_string()),
            required => required?,
        }
        retirement.confirm(&nodes, &state).await?;
        if !retirement.is_stated {
            retirement.simulate(&connection).await?;
        }
        let (polls, sheets) = (&retirement.life.exposed, &retirement.life.exposed_sheets);
        output.print_remark(&match polls.is_empty() && sheets.is_empty() {
            true => format!("No poll of committee {committee} was opened."),
            false => format!(
                "The key in {} helps to open all ballots of {}, of committee {committee}. No one can bring it back.",
                path.display(),
                name_polls(polls, sheets)
            ),
        });
        if !args.yes {
            require_agreement("Destroy it?", "--yes", "the key file is untouched")?;
        }
        retirement.destroy_key()?;
        output.print_remark(COPIES);
    }
    let sent = match retirement.is_stated {
        true => None,
        false => Some(retirement.state_end(&connection).await?),
    };
    let transaction = sent.as_ref().map(|sent| sent.hash);
    let shown = json!({
        "committee": committee, "file": files::shown(path), "destroyed": retirement.has_key_file,
        "transaction": transaction, "polls": retirement.life.exposed,
        "sheets": retirement.life.exposed_sheets,
    });
    output.print_result(&shown, || {
        let destroyed = if retirement.has_key_file { "is destroyed" } else { "was destroyed before" };
        let stated = match transaction {
            Some(hash) => format!("stated in transaction {hash}"),
            None => "and the chain says so already".into(),
        };
        format!("The key of {account} for committee {committee} {destroyed}\n{stated}")
    })
}
