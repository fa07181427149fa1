//! `psephos poll fees`: the fee pot that pays a poll's relayers.

use clap::{Args, Subcommand};
use psephos_chain::{Address, Sent, U96, U256};
use psephos_client::address::parse_address;
use psephos_client::operator::fees::{self, FeeBooks, FeePot, NewPot};
use psephos_protocol::identifiers::PollId;
use serde_json::{Value, json};

use crate::amounts::parse_amount;
use crate::dao::{Dao, ExportArgs};
use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

/// Subcommands of `poll fees`. Amounts are in wei, or with a unit, `0.001ether`.
#[derive(Debug, Subcommand)]
pub(crate) enum FeePotCommand {
    /// Create a poll's fee pot, once, before the poll closes; from the owner's account
    Create(CreatePotArgs),
    /// Add money to a fee pot before the poll closes; open to anyone
    Fund {
        /// Poll number
        #[arg(value_name = "N")]
        poll: PollId,
        /// Amount in wei, or with a unit, 0.5ether
        #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
        amount: U256,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Show what a fee pot pays and holds, and what it has paid to each relayer
    Show {
        /// Poll number
        #[arg(value_name = "N")]
        poll: PollId,
    },
    /// Take back the rest of a fee pot after the end of the poll; from the owner's account
    Reclaim {
        /// Poll number
        #[arg(value_name = "N")]
        poll: PollId,
        /// Account to pay (default: the owner)
        #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
        to: Option<Address>,
        #[command(flatten)]
        export: ExportArgs,
    },
    /// Withdraw the sender's credit as a relayer, from the fee pots of all polls
    Withdraw {
        /// Account to pay (default: the sender)
        #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
        to: Option<Address>,
    },
}

/// Arguments of `poll fees create`.
#[derive(Debug, Args)]
pub(crate) struct CreatePotArgs {
    /// Poll number
    #[arg(value_name = "N")]
    poll: PollId,
    /// Fee for a first ballot, in wei, or with a unit, 0.0005ether; it cannot be changed
    #[arg(long, value_name = "AMOUNT", value_parser = parse_fee)]
    per_ballot: U96,
    /// Initial amount in the pot, in wei, or with a unit
    #[arg(long, value_name = "AMOUNT", default_value = "0", value_parser = parse_amount)]
    amount: U256,
    /// Account of a relayer that may earn the fee; repeat for each (default: any account, which can then copy the
    /// batches of others)
    #[arg(long = "relayer-account", value_name = "ADDRESS", value_parser = parse_address)]
    relayers: Vec<Address>,
    #[command(flatten)]
    export: ExportArgs,
}

/// Runs the command.
pub(super) async fn run(session: &Session, command: FeePotCommand) -> Result<(), Failure> {
    match command {
        FeePotCommand::Create(args) => create_pot(session, args).await,
        FeePotCommand::Fund { poll, amount, export } => {
            let dao = Dao::connect(session, export).await?;
            let call = fees::fund_pot_call(&dao.connection, &dao.deployment, poll, amount).await?;
            let Some(sent) = dao.execute_one(call).await? else { return Ok(()) };
            print_sent(session, &sent, json!({ "poll": poll, "amount": amount }), || {
                format!("Added {amount} wei to the fee pot of poll {poll}")
            })
        }
        FeePotCommand::Show { poll } => show_pot(session, poll.get()).await,
        FeePotCommand::Reclaim { poll, to, export } => {
            let dao = Dao::connect(session, export).await?;
            let to = match to {
                Some(to) => to,
                None => dao.account(dao.deployment.polls).await?,
            };
            let call = fees::reclaim_pot_call(&dao.connection, &dao.deployment, poll, to).await?;
            let Some(sent) = dao.execute_one(call).await? else { return Ok(()) };
            let amount = fees::reclaimed_amount(&dao.deployment, &sent)?;
            print_sent(session, &sent, json!({ "poll": poll, "amount": amount, "to": to }), || {
                format!("Returned {amount} wei from the fee pot of poll {poll} to {to}")
            })
        }
        FeePotCommand::Withdraw { to } => {
            let deployment = session.read_deployment()?;
            let connection = session.connect_sender(&deployment).await?;
            let to = to.or(connection.sender()).unwrap_or_default();
            let (sent, amount) = fees::withdraw_credit(&connection, &deployment, to).await?;
            print_sent(session, &sent, json!({ "amount": amount, "to": to }), || {
                format!("Withdrew {amount} wei of credit to {to}")
            })
        }
    }
}

async fn create_pot(session: &Session, args: CreatePotArgs) -> Result<(), Failure> {
    let CreatePotArgs { poll, per_ballot: fee, amount, relayers, export } = args;
    let dao = Dao::connect(session, export).await?;
    if relayers.is_empty() {
        session.output().print_warning(
            "any account may earn these fees: anyone who sees a batch before it is in a block can copy it and earn them \
             instead; name the relayers with --relayer-account ADDRESS to prevent that",
        );
    }
    let new = NewPot { poll, fee, amount, relayers };
    let call = fees::create_pot_call(&dao.connection, &dao.deployment, &new).await?;
    let Some(sent) = dao.execute_one(call).await? else { return Ok(()) };
    let shown = json!({ "poll": poll, "fee": U256::from(fee), "amount": amount, "relayers": new.relayers });
    print_sent(session, &sent, shown, || {
        format!("The fee pot of poll {poll} pays {fee} wei for a first ballot and holds {amount} wei")
    })
}

async fn show_pot(session: &Session, number: u64) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let books = psephos_chain::fees::read_books(&connection, &deployment).await?;
    let pot = books.pot(PollId::new(number))?;
    if !books.is_solvent() {
        let (balance, owed) = (books.balance, books.total_owed());
        session.output().print_warning(&format!(
            "the contract holds {balance} wei but owes {owed} wei, which is impossible: use another node"
        ));
    }
    let earned: Vec<Value> = pot
        .earned
        .iter()
        .map(|(relayer, earned)| json!({ "relayer": relayer, "earned": earned, "credit": books.credit(*relayer) }))
        .collect();
    let shown = json!({
        "poll": number, "fee": pot.fee, "relayers": pot.relayers, "funded": pot.funded, "paid": pot.paid,
        "ballots": pot.ballots, "reclaimed": pot.reclaimed, "left": pot.remaining(), "covers": pot.ballots_covered(), "earned": earned,
    });
    session.output().print_result(&shown, || format_pot(number, pot, &books))
}

fn format_pot(number: u64, pot: &FeePot, books: &FeeBooks) -> String {
    let payees = match pot.relayers.as_slice() {
        [] => "any account".to_owned(),
        listed => listed.iter().map(Address::to_string).collect::<Vec<_>>().join(", "),
    };
    let mut text = format!("Fee pot of poll {number}: {} wei for a first ballot, paid to {payees}\n", pot.fee);
    text.push_str(&format!("  funded {} wei, paid {} wei for {} ballots", pot.funded, pot.paid, pot.ballots));
    if !pot.reclaimed.is_zero() {
        text.push_str(&format!(", reclaimed {} wei", pot.reclaimed));
    }
    text.push_str(&format!("\n  balance {} wei, enough for {} more ballots\n", pot.remaining(), pot.ballots_covered()));
    let mut table = Table::new(&["relayer", ">earned", ">credit, all polls"]);
    for (relayer, earned) in &pot.earned {
        table.add_row([relayer.to_string(), earned.to_string(), books.credit(*relayer).to_string()]);
    }
    if !table.is_empty() {
        text.push('\n');
        text.push_str(&table.render());
    }
    text
}

/// Prints what was done, with its transaction.
fn print_sent(session: &Session, sent: &Sent, mut shown: Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
    shown["transaction"] = json!(sent.hash);
    shown["gas"] = json!(sent.gas);
    session.output().print_result(&shown, || format!("{}\ntransaction {}", text(), sent.hash))
}

/// Parses the fee of a ballot, which has 96 bits.
fn parse_fee(text: &str) -> Result<U96, String> {
    let amount = parse_amount(text)?;
    U96::checked_from_limbs_slice(amount.as_limbs())
        .ok_or_else(|| format!("`{text}` is more than any fee: at most 2^96 - 1 wei"))
}
