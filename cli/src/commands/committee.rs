//! `psephos committee`: who opens totals.

use clap::{Args, Subcommand};
use psephos_client::operator::{self, NewCommittee};
use psephos_client::{ChainState, trustee};
use psephos_protocol::constants::MAX_TRUSTEES;
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::{Address, Poll, PollState};
use serde_json::json;

use crate::commands::trustee::forming;
use crate::failure::{Failure, OK};
use crate::session::Session;
use crate::table::Table;

const HOUR: u64 = 3_600;

/// What to do with committees.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists the committees
    List,
    /// Creates a committee, whose trustees then register and deal
    Create(Create),
    /// Gives a committee its keys, once enough trustees have dealt (anyone may; `psephos trustee watch` does it too)
    Finalise {
        /// The committee's number
        #[arg(value_name = "N")]
        committee: CommitteeId,
    },
    /// Lets no new poll open under a committee
    Retire {
        /// The committee's number
        #[arg(value_name = "N")]
        committee: CommitteeId,
    },
}

/// Arguments of `committee create`.
#[derive(Debug, Args)]
pub(crate) struct Create {
    /// A trustee's account; once for each trustee, 16 at most
    #[arg(long = "trustee", value_name = "ADDRESS", required = true)]
    trustees: Vec<Address>,
    /// How many of them open a total (default: more than half)
    #[arg(long, value_name = "N")]
    threshold: Option<usize>,
    /// For how many hours they can register
    #[arg(long, value_name = "HOURS", default_value_t = 72, value_parser = hours())]
    register_within: u64,
    /// For how many hours they can deal after that
    #[arg(long, value_name = "HOURS", default_value_t = 72, value_parser = hours())]
    deal_within: u64,
    /// A committee that it replaces once it has its keys
    #[arg(long, value_name = "N")]
    replaces: Option<CommitteeId>,
}

fn hours() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=8_760)
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: Command) -> Result<u8, Failure> {
    match command {
        Command::List => list(session).await?,
        Command::Create(args) => create(session, args).await?,
        Command::Finalise { committee } => finalise(session, committee).await?,
        Command::Retire { committee } => {
            let deployment = session.deployment()?;
            let dao = session.sending(&deployment).await?;
            stranded(session, &session.source(&dao, &deployment)?.read_state().await?, committee, "can");
            let sent = operator::retire_committee(&dao, &deployment, committee).await?;
            session.output().result(&json!({ "committee": committee, "transaction": sent.hash }), || {
                format!("Committee {committee}: no new poll opens under it; polls that are open keep it")
            })?;
        }
    }
    Ok(OK)
}

async fn create(session: &Session, args: Create) -> Result<(), Failure> {
    let number = args.trustees.len();
    let threshold = args.threshold.unwrap_or(number / 2 + 1);
    let hint = "a committee has 1 to 16 trustees, each once, and a threshold from 1 to their number";
    if number > MAX_TRUSTEES || !(1..=number).contains(&threshold) {
        return Err(Failure::input(format!("{number} trustees with a threshold of {threshold}"), hint));
    }
    if let Some(twice) = (1..number).find(|&i| args.trustees[..i].contains(&args.trustees[i])) {
        return Err(Failure::input(format!("{} is given twice", args.trustees[twice]), hint));
    }
    let deployment = session.deployment()?;
    let dao = session.sending(&deployment).await?;
    if let Some(old) = args.replaces {
        stranded(
            session,
            &session.source(&dao, &deployment)?.read_state().await?,
            old,
            "will, once the new one is ready,",
        );
    }
    let registration_deadline = dao.newest_time().await? + args.register_within * HOUR;
    let new = NewCommittee {
        trustees: args.trustees,
        threshold: threshold as u64,
        registration_deadline,
        dealing_deadline: registration_deadline + args.deal_within * HOUR,
        replaces: args.replaces,
    };
    let committee = operator::create_committee(&dao, &deployment, &new).await?;
    if threshold == 1 && number > 1 {
        session.output().warn("with a threshold of 1 every single trustee can open every ballot's ciphertext");
    }
    let shown = json!({
        "committee": committee, "trustees": new.trustees, "threshold": threshold,
        "registration_deadline": new.registration_deadline, "dealing_deadline": new.dealing_deadline,
    });
    session.output().result(&shown, || {
        format!(
            "Committee {committee}: {threshold} of {number} open a total\n\
             its trustees run `psephos trustee watch`, or `register` within {} hours and `deal` within {} more",
            args.register_within, args.deal_within
        )
    })
}

/// Says which polls lose their committee before they are opened.
fn stranded(session: &Session, replay: &ChainState, committee: CommitteeId, can: &str) {
    let lost = |poll: &Poll| poll.committee() == committee && poll.state_at(replay.time) == PollState::Created;
    let polls: Vec<String> = replay.polls.iter().filter(|(_, poll)| lost(poll)).map(|(id, _)| id.to_string()).collect();
    if !polls.is_empty() {
        session.output().warn(&format!(
            "created under committee {committee} and not open yet: poll {}; {can} never open: open it before, or create it anew",
            polls.join(", ")
        ));
    }
}

async fn finalise(session: &Session, committee: CommitteeId) -> Result<(), Failure> {
    let deployment = session.deployment()?;
    let connection = session.sending(&deployment).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    let circuits = forming(session, replay.committee(committee)?.trustees.len())?;
    let sent = trustee::finalise(&connection, &replay, &circuits, committee).await?;
    let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
    session.output().result(&shown, || format!("Committee {committee} is ready\ntransaction {}", sent.hash))
}

async fn list(session: &Session) -> Result<(), Failure> {
    let replay = session.replay().await?;
    let mut table =
        Table::new(&[">committee", "phase", ">threshold", ">trustees", ">registered", ">dealt", "replaces"]);
    let mut entries = Vec::new();
    for (id, committee) in &replay.committees {
        let phase = committee.status(replay.time);
        let (registered, dealt) = (committee.registrations.len(), committee.dealings.len());
        table.row([
            id.to_string(),
            phase.to_string(),
            committee.threshold.to_string(),
            committee.trustees.len().to_string(),
            registered.to_string(),
            dealt.to_string(),
            committee.replaces.map(|old| old.to_string()).unwrap_or_default(),
        ]);
        let trustees = committee.trustees.iter().zip(0..).map(|(account, index)| {
            json!({
                "account": account, "registered": committee.registration(index).is_some(),
                "dealt": committee.dealing(index).is_some(),
            })
        });
        entries.push(json!({
            "committee": id, "phase": phase, "threshold": committee.threshold, "replaces": committee.replaces,
            "registration_deadline": committee.registration_deadline, "dealing_deadline": committee.dealing_deadline,
            "trustees": trustees.collect::<Vec<_>>(),
        }));
    }
    session.output().result(&json!({ "committees": entries }), || match table.is_empty() {
        true => "There is no committee yet.".into(),
        false => table.render(),
    })
}
