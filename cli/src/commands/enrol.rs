//! `psephos enrol`: enrolment in a chamber with an identity.

use psephos_protocol::identifiers::ChamberId;
use std::path::{Path, PathBuf};

use clap::Args;
use psephos_chain::{Address, Bytes, Connection, U256};
use psephos_client::ChainState;
use psephos_client::voter::{self, VoterSeed};
use psephos_protocol::field;
use psephos_protocol::identity::IdentityCommitment;
use psephos_state::bindings::AllowListPolicy::weightOfCall;
use serde_json::{Value, json};

use crate::commands::identity::{create_seed, open_seed};
use crate::failure::{Failure, OK};
use crate::format::thousands;
use crate::session::Session;

/// Arguments of `enrol`.
#[derive(Debug, Args)]
pub(crate) struct EnrolArgs {
    /// Chamber number (default: the only chamber that admits the account)
    #[arg(long, value_name = "N")]
    chamber: Option<ChamberId>,
    /// Identity file, from which the identity of the sending account is derived; it is made if there is none
    #[arg(long, value_name = "FILE", default_value = "me.identity")]
    identity: PathBuf,
    /// Replace the identity that this account enrolled before
    #[arg(long)]
    rotate: bool,
}

/// Runs the command.
pub(crate) async fn run(session: &Session, args: EnrolArgs) -> Result<u8, Failure> {
    let deployment = session.read_deployment()?;
    let seed = if args.identity.exists() { Some(open_seed(session, &args.identity)?) } else { None };
    let account = session.open_account().await?;
    let connection = session.connect_node(&deployment).await?.with_wallet(account.wallet());
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let chamber = match args.chamber {
        Some(chamber) => state.registered_chamber(chamber).map(|_| chamber)?,
        None => find_chamber(&connection, &state, account.address()).await?,
    };
    let seed = match seed {
        Some(seed) => seed,
        None => make_seed(session, &args.identity)?,
    };
    let own = seed.derive_identity(&deployment, account.address()).map_err(voter::VoterError::from)?;
    let id = own.identity.commitment();
    let output = session.output();
    output.print_remark(
        "Enrolment is public: account, identity commitment and weight. It reveals neither whether nor how you vote.",
    );
    let links = report_links(session, &state, chamber, own.account, id);
    if args.rotate {
        require_other_identity(&state, chamber, own.account, id)?;
        let transaction = voter::rotate_identity(&connection, &state, chamber, &id).await?;
        let id = field::to_hex(&id.value());
        output.print_result(
            &json!({ "chamber": chamber, "id": id, "transaction": transaction, "same_identity": links }),
            || format!("Replaced the identity in chamber {} by {id}\ntransaction {transaction}", chamber),
        )?;
        return Ok(OK);
    }
    // The same command again, perhaps because the answer to the first was lost: what is done is a success.
    let member = state.chambers.get(&chamber).and_then(|chamber| chamber.members.get(&own.account));
    if let Some(member) = member.filter(|member| member.id == id) {
        let (weight, index) = (member.weight, member.index);
        let shown = json!({
            "chamber": chamber, "id": field::to_hex(&id.value()), "weight": weight, "index": index,
            "transaction": null, "gas": 0, "same_identity": links,
        });
        output.print_result(&shown, || {
            let weight = thousands(weight.get());
            format!("Enrolled in chamber {} already, with weight {weight}, leaf index {index}", chamber)
        })?;
        return Ok(OK);
    }
    let enrolment = voter::enrol_identity(&connection, &deployment, chamber, &id).await?;
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

/// Makes the identity file that a voter does not have yet.
fn make_seed(session: &Session, path: &Path) -> Result<VoterSeed, Failure> {
    session.output().print_remark(&format!(
        "There is no identity file {}: a new identity is made there. If you have one elsewhere, stop here and name its file \
         with --identity.",
        path.display()
    ));
    create_seed(session, path)?;
    open_seed(session, path)
}

/// Finds the only chamber that admits an account, or has admitted it.
async fn find_chamber(connection: &Connection, state: &ChainState, account: Address) -> Result<ChamberId, Failure> {
    let mut admitting = Vec::new();
    for (&id, chamber) in &state.chambers {
        let view = weightOfCall { chamber: U256::from(id.get()), subject: account, _2: Bytes::new() };
        let admits = match connection.call(chamber.policy, &view).await {
            Ok(weight) => !weight.is_zero(),
            Err(error) if error.is_node_silent() => return Err(error.into()),
            // A policy of another kind may want evidence, which is not known here.
            Err(_) => false,
        };
        if admits || chamber.members.contains_key(&account) {
            admitting.push(id);
        }
    }
    match admitting[..] {
        [chamber] => Ok(chamber),
        [] => Err(Failure::invalid_input(
            format!("no chamber admits {account}"),
            "use the account that the DAO has listed, name a chamber with --chamber, or ask the DAO",
        )),
        _ => Err(Failure::invalid_input(
            format!("{account} may enrol in more than one chamber: {}", list(&admitting)),
            "name one with --chamber; enrol in each that you want to vote in",
        )),
    }
}

fn list(chambers: &[ChamberId]) -> String {
    chambers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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
