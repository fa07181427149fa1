//! `psephos chamber`: classes of stakeholders and who may enter them.

use psephos_protocol::identifiers::ChamberId;
use std::path::PathBuf;

use clap::Subcommand;
use psephos_chain::Address;
use psephos_client::operator;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::members;
use crate::report::{plural, thousands};
use crate::session::Session;
use crate::table::Table;

/// What to do with chambers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the chambers
    List,
    /// Creates a chamber, and lists who may enter it
    Create {
        /// Its name
        #[arg(long)]
        name: String,
        /// Who may enter: a file with the columns account,weight
        #[arg(long, value_name = "FILE")]
        members: Option<PathBuf>,
    },
    /// Puts accounts on a chamber's list
    Allow {
        /// The chamber's number
        #[arg(long, value_name = "N")]
        chamber: ChamberId,
        /// A file with the columns account,weight; weight 0 takes an account off the list
        #[arg(value_name = "FILE")]
        members: PathBuf,
    },
    /// Removes a member; polls that are open are not affected
    Remove {
        /// The chamber's number
        #[arg(long, value_name = "N")]
        chamber: ChamberId,
        /// The member's account
        #[arg(long, value_name = "ADDRESS")]
        account: Address,
    },
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::List => list(session).await?,
        Command::Create { name, members } => create(session, &name, members).await?,
        Command::Allow { chamber, members } => {
            let weights = members::read(&members, members::Zero::Allowed)?;
            let deployment = session.deployment()?;
            let dao = session.sending(&deployment).await?;
            let sent = operator::set_weights(&dao, &deployment, chamber, &weights).await?;
            let transactions: Vec<_> = sent.iter().map(|sent| sent.hash).collect();
            let shown = json!({ "chamber": chamber, "accounts": weights.len(), "transactions": transactions });
            session
                .output()
                .result(&shown, || format!("Chamber {chamber}: {} listed", plural(weights.len() as u64, "account")))?;
        }
        Command::Remove { chamber, account } => {
            let deployment = session.deployment()?;
            let dao = session.sending(&deployment).await?;
            let replay = session.source(&dao, &deployment)?.read_state().await?;
            let sent = operator::remove_member(&dao, &replay, chamber, account).await?;
            let shown = json!({ "chamber": chamber, "account": account, "transaction": sent.hash });
            session.output().result(&shown, || format!("Removed {account} from chamber {chamber}"))?;
        }
    }
    Ok(OK)
}

async fn create(session: &Session, name: &str, members: Option<PathBuf>) -> Result<(), Failure> {
    // The file is read first: a chamber is not created for a list that is wrong.
    let weights = members.map(|path| members::read(&path, members::Zero::Refused)).transpose()?.unwrap_or_default();
    let deployment = session.deployment()?;
    let dao = session.sending(&deployment).await?;
    let chamber = operator::create_chamber(&dao, &deployment, name).await?;
    operator::set_weights(&dao, &deployment, chamber, &weights).await?;
    if !weights.is_empty() && weights.len() < 10 {
        session.output().warn("a chamber of fewer than ten members hides its voters badly: consider merging it");
    }
    session.output().result(&json!({ "chamber": chamber, "name": name, "accounts": weights.len() }), || {
        format!("Chamber {chamber}: {name}, {} listed", plural(weights.len() as u64, "account"))
    })
}

async fn list(session: &Session) -> Result<(), Failure> {
    let replay = session.replay().await?;
    let mut table = Table::new(&[">chamber", "name", ">members", ">weight"]);
    let mut entries = Vec::new();
    for (id, chamber) in &replay.chambers {
        let (members, weight) = (chamber.members.len() as u64, chamber.total_weight());
        table.row([id.to_string(), chamber.name.clone(), thousands(members), thousands(weight)]);
        entries.push(json!({ "chamber": id, "name": chamber.name, "members": members, "total_weight": weight }));
    }
    session.output().result(&json!({ "chambers": entries }), || match table.is_empty() {
        true => "There is no chamber yet.".into(),
        false => table.render(),
    })
}
