//! `psephos committee`: who opens totals.

use clap::Subcommand;
use psephos_chain::Address;
use psephos_client::operator;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::session::Session;
use crate::table::Table;

/// What to do with committees.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the committees
    List,
    /// Creates a committee (of one trustee in this version)
    Create {
        /// The trustee's account
        #[arg(long, value_name = "ADDRESS")]
        trustee: Address,
    },
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::List => list(session).await?,
        Command::Create { trustee } => {
            let deployment = session.deployment()?;
            let dao = session.sending(&deployment).await?;
            let committee = operator::create_committee(&dao, &deployment, trustee).await?;
            session.output().result(&json!({ "committee": committee, "trustees": [trustee] }), || {
                format!("Committee {committee}: waits for the keys of {trustee} (`psephos trustee register`)")
            })?;
        }
    }
    Ok(OK)
}

async fn list(session: &Session) -> Result<(), Failure> {
    let replay = session.replay().await?;
    let mut table = Table::new(&[">committee", "trustees", ">registered", "state"]);
    let mut entries = Vec::new();
    for (id, committee) in &replay.committees {
        let state = match (committee.retired, &committee.keys) {
            (true, _) => "retired",
            (false, Some(_)) => "ready",
            (false, None) => "forming",
        };
        let trustees: Vec<String> = committee.trustees.iter().map(Address::to_string).collect();
        let registered = committee.registered.len();
        table.row([id.to_string(), trustees.join(", "), registered.to_string(), state.to_owned()]);
        entries.push(json!({ "committee": id, "trustees": trustees, "registered": registered, "state": state }));
    }
    session.output().result(&json!({ "committees": entries }), || match table.is_empty() {
        true => "There is no committee yet.".into(),
        false => table.render(),
    })
}
