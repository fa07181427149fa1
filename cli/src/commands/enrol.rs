//! `psephos enrol`: into a chamber with an identity.

use psephos_protocol::identifiers::ChamberId;
use std::path::PathBuf;

use clap::Args;
use psephos_client::voter;
use psephos_protocol::field;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::report::thousands;
use crate::session::Session;

/// Arguments of `enrol`.
#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The chamber's number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// The identity file; only its public commitment is read
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Put this identity in the place of the one that the account enrolled before
    #[arg(long)]
    rotate: bool,
}

/// Enrols.
pub(crate) async fn run(session: &Session, args: Enrol) -> Result<u8, Failure> {
    let id = voter::inspect_identity(&args.identity)?;
    let deployment = session.deployment()?;
    let connection = session.sending(&deployment).await?;
    let output = session.output();
    output.remark("Enrolment is public: account, commitment and weight. It does not show whether or how you vote.");
    if args.rotate {
        let replay = session.source(&connection, &deployment)?.read_state().await?;
        let transaction = voter::rotate(&connection, &replay, args.chamber, &id).await?;
        let id = field::to_hex(&id.value());
        output.result(&json!({ "chamber": args.chamber, "id": id, "transaction": transaction }), || {
            format!("Chamber {} now knows this account by {id}\ntransaction {transaction}", args.chamber)
        })?;
        return Ok(OK);
    }
    let enrolment = voter::enrol(&connection, &deployment, args.chamber, &id).await?;
    output.result(&enrolment, || {
        format!(
            "Enrolled in chamber {} with weight {} at place {}\ntransaction {} ({} gas)",
            enrolment.chamber,
            thousands(enrolment.weight),
            enrolment.index,
            enrolment.transaction,
            thousands(enrolment.gas)
        )
    })?;
    Ok(OK)
}
