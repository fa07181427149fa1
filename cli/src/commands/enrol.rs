//! `psephos enrol`: enrolment in a chamber with an identity.

use psephos_protocol::identifiers::ChamberId;
use std::path::PathBuf;

use clap::Args;
use psephos_chain::Address;
use psephos_client::{ChainState, voter};
use psephos_protocol::field;
use psephos_protocol::identity::IdentityCommitment;
use serde_json::{Value, json};

use crate::commands::identity::open_seed;
use crate::failure::{Failure, OK};
use crate::format::thousands;
use crate::session::Session;

/// Arguments of `enrol`.
#[derive(Debug, Args)]
pub(crate) struct EnrolArgs {
    /// Chamber number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// Identity file, from which the identity of the sending account is derived
    #[arg(long, value_name = "FILE", default_value = "me.identity")]
    identity: PathBuf,
    /// Replace the identity that this account enrolled before
    #[arg(long)]
    rotate: bool,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, args: EnrolArgs) -> Result<u8, Failure> {
    let deployment = session.read_deployment()?;
    let seed = open_seed(session, &args.identity)?;
    let account = session.open_account().await?;
    let own = seed.derive_identity(&deployment, account.address()).map_err(voter::VoterError::from)?;
    let id = own.identity.commitment();
    let connection = session.connect_node(&deployment).await?.with_wallet(account.wallet());
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let output = session.output();
    let member = state.registered_chamber(args.chamber)?.members.get(&own.account);
    if let Some(member) = member.filter(|member| member.id == id && !args.rotate) {
        // An earlier run was answered too late: nothing is left to do.
        let (index, weight) = (member.index, member.weight);
        let shown = json!({
            "chamber": args.chamber, "id": field::to_hex(&id.value()), "weight": weight, "index": index,
            "transaction": null, "gas": 0,
        });
        output.print_result(&shown, || {
            let weight = thousands(weight.get());
            format!("Enrolled in chamber {} with weight {weight}, leaf index {index}, before", args.chamber)
        })?;
        return Ok(OK);
    }
    output.print_remark(
        "Enrolment is public: account, identity commitment and weight. It reveals neither whether nor how you vote.",
    );
    let links = report_links(session, &state, args.chamber, own.account, id);
    if args.rotate {
        require_other_identity(&state, args.chamber, own.account, id)?;
        let transaction = voter::rotate_identity(&connection, &state, args.chamber, &id).await?;
        let id = field::to_hex(&id.value());
        output.print_result(
            &json!({ "chamber": args.chamber, "id": id, "transaction": transaction, "same_identity": links }),
            || format!("Replaced the identity in chamber {} by {id}\ntransaction {transaction}", args.chamber),
        )?;
        return Ok(OK);
    }
    // The same command again, perhaps because the answer to the first was lost: what is done is a success.
    let member = state.chambers.get(&args.chamber).and_then(|chamber| chamber.members.get(&own.account));
    if let Some(member) = member.filter(|member| member.id == id) {
        let (weight, index) = (member.weight, member.index);
        let shown = json!({
            "chamber": args.chamber, "id": field::to_hex(&id.value()), "weight": weight, "index": index,
            "transaction": null, "gas": 0, "same_identity": links,
        });
        output.print_result(&shown, || {
            let weight = thousands(weight.get());
            format!("Enrolled in chamber {} already, with weight {weight}, leaf index {index}", args.chamber)
        })?;
        return Ok(OK);
    }
    let enrolment = voter::enrol_identity(&connection, &deployment, args.chamber, &id).await?;
    let mut shown = json!(enrolment);
    shown["same_identity"] = links;
    output.print_result(&shown, || {
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

/// Says which other memberships have the same identity commitment, which everyone can see, and returns them.
fn report_links(
    session: &Session,
    state: &ChainState,
    chamber: ChamberId,
    account: Address,
    id: IdentityCommitment,
) -> Value {
    let links = voter::find_same_identity(state, &id, (chamber, account));
    for (other, holder) in &links {
        match *holder == account {
            true => session.output().print_remark(&format!(
                "This account has the same identity in chamber {other}: that shows nothing that the account does not \
                 show."
            )),
            false => session.output().print_warning(&format!(
                "{holder} is enrolled in chamber {other} with the same identity commitment: everyone sees it, and may \
                 conclude that both accounts are yours. If that account is not yours, its owner has copied your \
                 commitment, which gives no power over your ballots"
            )),
        }
    }
    links.iter().map(|(chamber, account)| json!({ "chamber": chamber, "account": account })).collect()
}

/// Requires that a rotation changes the identity: the one that follows from the same seed is the same.
fn require_other_identity(
    state: &ChainState,
    chamber: ChamberId,
    account: Address,
    id: IdentityCommitment,
) -> Result<(), Failure> {
    let member = state.chambers.get(&chamber).and_then(|chamber| chamber.members.get(&account));
    match member.is_some_and(|member| member.id == id) {
        false => Ok(()),
        true => Err(Failure::invalid_input(
            format!("{account} is enrolled in chamber {chamber} with the identity of this file already"),
            "make another seed with `psephos identity new`, name its file with --identity, and keep the old file: \
             ballots that were cast with it need it",
        )),
    }
}
