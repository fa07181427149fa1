//! `psephos enrol`: enrolment in a chamber with an identity.

use psephos_protocol::identifiers::ChamberId;
use std::path::PathBuf;

use clap::Args;
use psephos_client::voter;
use psephos_protocol::field;
use serde_json::json;

use crate::failure::{Failure, OK};
use crate::format::thousands;
use crate::session::Session;

/// Arguments of `enrol`.
#[derive(Debug, Args)]
pub(crate) struct EnrolArgs {
    /// Chamber number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// Identity file; only its public identity commitment is read
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Replace the identity that this account enrolled before
    #[arg(long)]
    rotate: bool,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, args: EnrolArgs) -> Result<u8, Failure> {
    let id = voter::inspect_identity(&args.identity)?;
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let output = session.output();
    output.print_remark(
        "Enrolment is public: account, identity commitment and weight. It reveals neither whether nor how you vote.",
    );
    if args.rotate {
        let state = session.source(&connection, &deployment)?.read_state().await?;
        let transaction = voter::rotate_identity(&connection, &state, args.chamber, &id).await?;
        let id = field::to_hex(&id.value());
        output.print_result(&json!({ "chamber": args.chamber, "id": id, "transaction": transaction }), || {
            format!("Replaced the identity in chamber {} by {id}\ntransaction {transaction}", args.chamber)
        })?;
        return Ok(OK);
    }
    let enrolment = voter::enrol_identity(&connection, &deployment, args.chamber, &id).await?;
    output.print_result(&enrolment, || {
        format!(
            "Enrolled in chamber {} with weight {}, leaf index {}\ntransaction {} ({} gas)",
            enrolment.chamber,
            thousands(enrolment.weight.get()),
            enrolment.index,
            enrolment.transaction,
            thousands(enrolment.gas)
        )
    })?;
    Ok(OK)
}
