//! `psephos poll fees`: the pot that pays a poll's relayers.

use clap::{Args, Subcommand};
use psephos_chain::{Address, Connection, Sent, U96, U256};
use psephos_client::operator::fees::{self, FeeBooks, FeePot, NewPot};
use psephos_protocol::identifiers::PollId;
use psephos_state::Deployment;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::session::Session;
use crate::table::Table;

/// What to do with pots. All amounts are in wei.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Opens a poll's pot, once, before the poll closes (the DAO)
    Open(Open),
    /// Adds to a poll's pot (anyone may, before the poll closes)
    Fund {
        /// The poll's number
        #[arg(value_name = "N")]
        poll: PollId,
        /// How much
        #[arg(long, value_name = "WEI")]
        amount: U256,
    },
    /// Shows what a pot pays, holds and has paid to whom
    Show {
        /// The poll's number
        #[arg(value_name = "N")]
        poll: PollId,
    },
    /// Takes back what is left when the poll has ended (the DAO)
    Reclaim {
        /// The poll's number
        #[arg(value_name = "N")]
        poll: PollId,
        /// Where it goes (default: the sending account)
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Address>,
    },
    /// Takes what the sending account has earned as a relayer, in all polls
    Withdraw {
        /// Where it goes (default: the sending account)
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Address>,
    },
}

/// Arguments of `open`.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The poll's number
    #[arg(value_name = "N")]
    poll: PollId,
    /// The fee for a first ballot; it cannot be changed
    #[arg(long, value_name = "WEI")]
    per_ballot: U96,
    /// What is in the pot from the beginning
    #[arg(long, value_name = "WEI", default_value = "0")]
    amount: U256,
    /// An account that may earn the fee, once for each (default: anybody, who can then copy others' batches)
    #[arg(long = "relayer", value_name = "ADDRESS")]
    relayers: Vec<Address>,
}

/// Runs the command.
pub(super) async fn run(session: &Session, command: Command) -> Result<(), Failure> {
    match command {
        Command::Open(args) => open(session, args).await,
        Command::Fund { poll, amount } => {
            let (deployment, connection) = sending(session).await?;
            let sent = fees::fund(&connection, &deployment, poll, amount).await?;
            done(session, &sent, json!({ "poll": poll, "amount": amount }), || {
                format!("{amount} wei added to the pot of poll {poll}")
            })
        }
        Command::Show { poll } => show(session, poll.get()).await,
        Command::Reclaim { poll, to } => {
            let (deployment, connection) = sending(session).await?;
            let to = to.or(connection.sender()).unwrap_or_default();
            let (sent, amount) = fees::reclaim(&connection, &deployment, poll, to).await?;
            done(session, &sent, json!({ "poll": poll, "amount": amount, "to": to }), || {
                format!("{amount} wei of the pot of poll {poll} went to {to}")
            })
        }
        Command::Withdraw { to } => {
            let (deployment, connection) = sending(session).await?;
            let to = to.or(connection.sender()).unwrap_or_default();
            let (sent, amount) = fees::withdraw(&connection, &deployment, to).await?;
            done(session, &sent, json!({ "amount": amount, "to": to }), || format!("{amount} wei of fees went to {to}"))
        }
    }
}

async fn open(session: &Session, args: Open) -> Result<(), Failure> {
    let (deployment, connection) = sending(session).await?;
    let Open { poll, per_ballot: fee, amount, relayers } = args;
    if relayers.is_empty() {
        session.output().warn(
            "anybody may earn these fees, and whoever sees a batch before it is in a block can copy it and earn its fees: \
             name the relayers with --relayer ADDRESS to prevent it",
        );
    }
    let new = NewPot { poll, fee, amount, relayers };
    let sent = fees::open(&connection, &deployment, &new).await?;
    let shown = json!({ "poll": poll, "fee": U256::from(fee), "amount": amount, "relayers": new.relayers });
    done(session, &sent, shown, || {
        format!("The pot of poll {poll} pays {fee} wei for a first ballot; there are {amount} wei in it")
    })
}

async fn show(session: &Session, number: u64) -> Result<(), Failure> {
    let deployment = session.deployment()?;
    let connection = session.connect(&deployment).await?;
    let books = psephos_chain::fees::read_books(&connection, &deployment).await?;
    let pot = books.pot(PollId::new(number))?;
    if !books.is_solvent() {
        let (balance, owed) = (books.balance, books.total_owed());
        session.output().warn(&format!("the contract has {balance} wei and owes {owed}: ask another node"));
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
    session.output().result(&shown, || text(number, pot, &books))
}

fn text(number: u64, pot: &FeePot, books: &FeeBooks) -> String {
    let whom = match pot.relayers.as_slice() {
        [] => "anybody".to_owned(),
        listed => listed.iter().map(Address::to_string).collect::<Vec<_>>().join(", "),
    };
    let mut text = format!("Pot of poll {number}: {} wei for a first ballot, to {whom}\n", pot.fee);
    text.push_str(&format!("  {} wei came in, {} were paid for {} ballots", pot.funded, pot.paid, pot.ballots));
    if !pot.reclaimed.is_zero() {
        text.push_str(&format!(", {} went back", pot.reclaimed));
    }
    text.push_str(&format!(
        "\n  {} wei are left, which pay {} more ballots in full\n",
        pot.remaining(),
        pot.ballots_covered()
    ));
    let mut table = Table::new(&["relayer", ">earned here", ">to withdraw, of all polls"]);
    for (relayer, earned) in &pot.earned {
        table.row([relayer.to_string(), earned.to_string(), books.credit(*relayer).to_string()]);
    }
    if !table.is_empty() {
        text.push('\n');
        text.push_str(&table.render());
    }
    text
}

async fn sending(session: &Session) -> Result<(Deployment, Connection), Failure> {
    let deployment = session.deployment()?;
    let connection = session.sending(&deployment).await?;
    Ok((deployment, connection))
}

/// Says what was done, with its transaction.
fn done(session: &Session, sent: &Sent, mut shown: Value, text: impl FnOnce() -> String) -> Result<(), Failure> {
    shown["transaction"] = json!(sent.hash);
    shown["gas"] = json!(sent.gas);
    session.output().result(&shown, || format!("{}\ntransaction {}", text(), sent.hash))
}
