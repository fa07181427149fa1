//! `psephos chamber show`: a chamber's census, the marks that stand in it, and whether an account is a member.

use clap::Args;
use psephos_chain::Address;
use psephos_client::address::parse_address;
use psephos_protocol::census::Census;
use psephos_protocol::field;
use psephos_protocol::identifiers::ChamberId;
use psephos_state::Chamber;
use psephos_state::exposure::{EXACT, Exposure};
use serde_json::{Value, json};

use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::format::thousands;
use crate::session::Session;
use crate::table::to_printable;

/// Arguments of `chamber show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Chamber number; without it, all chambers
    #[arg(value_name = "N", required_unless_present = "account")]
    chamber: Option<ChamberId>,
    /// Show whether this account is a member; exit code 1 if it is not
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    account: Option<Address>,
}

/// Runs the command.
pub(super) async fn run(session: &Session, args: ShowArgs) -> Result<u8, Failure> {
    let state = session.read_state().await?;
    let chambers: Vec<(ChamberId, &Chamber)> = match args.chamber {
        Some(id) => vec![(id, state.registered_chamber(id)?)],
        None => state.chambers.iter().map(|(&id, chamber)| (id, chamber.as_ref())).collect(),
    };
    let Some(account) = args.account else {
        for (id, chamber) in chambers {
            let [weighted, unweighted] = [true, false].map(|weighted| Exposure::of_chamber(chamber, weighted, EXACT));
            let mut shown = chamber_json(id, chamber);
            shown["exposure"] = json!({ "weighted": weighted, "unweighted": unweighted });
            session.output().print_result(&shown, || {
                format!("{}\n{}", chamber_text(id, chamber), exposure_text(&weighted, &unweighted))
            })?;
        }
        return Ok(OK);
    };
    let memberships: Vec<_> = chambers.iter().filter_map(|(id, chamber)| membership(*id, chamber, account)).collect();
    let shown: Vec<&Value> = memberships.iter().map(|(shown, _)| shown).collect();
    let enrolled = !memberships.is_empty();
    let shown = json!({ "account": account, "enrolled": enrolled, "memberships": shown });
    session.output().print_result(&shown, || match enrolled {
        true => memberships.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n"),
        false => match args.chamber {
            Some(id) => format!("{account} is not a member of chamber {id}."),
            None => format!("{account} is not a member of any chamber."),
        },
    })?;
    Ok(if enrolled { OK } else { CHECK_FAILED })
}

fn chamber_json(id: ChamberId, chamber: &Chamber) -> Value {
    json!({
        "chamber": id, "name": chamber.name, "policy": chamber.policy, "members": chamber.members.len(),
        "total_weight": chamber.total_weight(), "leaves": chamber.census.len(), "capacity": Census::CAPACITY,
        "root": chamber.census.root().to_hex(), "marked": chamber.marked,
    })
}

fn chamber_text(id: ChamberId, chamber: &Chamber) -> String {
    let mut text = format!(
        "Chamber {id}: {}\npolicy        {}\nmembers       {}\ntotal weight  {}\nleaves        {} of {}",
        to_printable(&chamber.name),
        chamber.policy,
        thousands(chamber.members.len() as u64),
        thousands(chamber.total_weight().get()),
        thousands(chamber.census.len() as u64),
        thousands(Census::CAPACITY as u64),
    );
    for account in &chamber.marked {
        text.push_str(&format!("\nmarked        {account}"));
    }
    if !chamber.marked.is_empty() {
        text.push_str(&format!(
            "\nNo account can enrol, and no poll opens with this chamber, before the marked members are purged: `psephos \
             chamber purge --chamber {id}`"
        ));
    }
    text
}

/// Says what totals would expose, where weights count and where members do.
fn exposure_text(weighted: &Exposure, unweighted: &Exposure) -> String {
    let line = |name: &str, exposure: &Exposure| format!("{name:<13} {}: {}", exposure.verdict, exposure.describe());
    format!("privacy\n{}\n{}", line("  weighted", weighted), line("  unweighted", unweighted))
}

/// Returns an account's membership in a chamber as JSON and as text.
fn membership(id: ChamberId, chamber: &Chamber, account: Address) -> Option<(Value, String)> {
    let member = chamber.members.get(&account)?;
    let marked = chamber.marked.contains(&account);
    let commitment = field::to_hex(&member.id.value());
    let shown = json!({
        "chamber": id, "name": chamber.name, "index": member.index, "id": commitment, "weight": member.weight,
        "marked": marked,
    });
    let text = format!(
        "{account} is a member of chamber {id} ({}) with weight {}, leaf index {}, identity commitment {commitment}{}",
        to_printable(&chamber.name),
        thousands(member.weight.get()),
        member.index,
        if marked { "; it is marked for removal" } else { "" },
    );
    Some((shown, text))
}
