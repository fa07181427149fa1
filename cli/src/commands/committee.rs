//! `psephos committee`: committees of trustees, who decrypt totals.

mod list;
mod show;

use clap::{Args, Subcommand};
use psephos_client::address::parse_address;
use psephos_client::operator::{self, NewCommittee};
use psephos_client::{ChainState, trustee};
use psephos_protocol::constants::MAX_TRUSTEES;
use psephos_protocol::identifiers::CommitteeId;
use psephos_state::deployment::PinnedCommittee;
use psephos_state::lifetime::{MAX_COMMITTEE_POLLS, MAX_LIFETIME_SECONDS};
use psephos_state::{Address, Lifetime, Poll, PollState};
use serde_json::json;

use crate::commands::trustee::prepare_key_generation;
use crate::dao::{Dao, ExportArgs};
use crate::failure::{Failure, OK};
use crate::format::plural;
use crate::session::Session;
use crate::times::format_time;

pub(super) use show::describe_keys;

const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;

/// Subcommands of `committee`.
#[derive(Debug, Subcommand)]
pub(crate) enum CommitteeCommand {
    /// List the committees
    List,
    /// Show a committee: its trustees, how much of its life is left, and the polls that hang on its keys
    Show {
        /// Committee number
        #[arg(value_name = "N")]
        committee: CommitteeId,
    },
    /// Create a committee; its trustees then register and deal
    Create(CreateCommitteeArgs),
    /// Finalise key generation once enough trustees have dealt (open to anyone; `trustee watch` does it too)
    Finalise {
        /// Committee number
        #[arg(value_name = "N")]
        committee: CommitteeId,
    },
    /// Write the trustees' accounts of a committee into the deployment file, so that their attestations are believed
    Pin {
        /// Committee number
        #[arg(value_name = "N")]
        committee: CommitteeId,
    },
    /// Retire a committee: no further poll can open under it
    Retire {
        /// Committee number
        #[arg(value_name = "N")]
        committee: CommitteeId,
        #[command(flatten)]
        export: ExportArgs,
    },
}

/// Arguments of `committee create`.
#[derive(Debug, Args)]
pub(crate) struct CreateCommitteeArgs {
    /// Account of a trustee; repeat for each, at most 16
    #[arg(long = "trustee", value_name = "ADDRESS", required = true, value_parser = parse_address)]
    trustees: Vec<Address>,
    /// Committee threshold: number of decryption shares that decrypt a total (default: more than half of the trustees)
    #[arg(long, value_name = "N")]
    threshold: Option<usize>,
    /// Hours in which trustees can register, from now, 1 to 8760
    #[arg(long, value_name = "HOURS", default_value_t = 72, value_parser = hours_parser())]
    register_within: u64,
    /// Hours in which trustees can deal, after registration, 1 to 8760
    #[arg(long, value_name = "HOURS", default_value_t = 72, value_parser = hours_parser())]
    deal_within: u64,
    /// Days from now in which all polls under the committee must be tallied, 1 to 366
    ///
    /// A thief of the key files of as many trustees as the threshold, even years later, opens every ballot of every
    /// poll under the committee. Trustees destroy their keys when its life is over (`psephos trustee retire`).
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = days_parser())]
    expires_within: u64,
    /// Number of polls that can be created under the committee, 1 to 256
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = polls_parser())]
    max_polls: u32,
    /// Number of a committee to retire as soon as this one has its keys
    #[arg(long, value_name = "N")]
    replaces: Option<CommitteeId>,
    #[command(flatten)]
    export: ExportArgs,
}

fn hours_parser() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=8_760)
}

fn days_parser() -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=MAX_LIFETIME_SECONDS / DAY)
}

fn polls_parser() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(1..=i64::from(MAX_COMMITTEE_POLLS))
}

/// Runs the command.
pub(crate) async fn run(session: &Session, command: CommitteeCommand) -> Result<u8, Failure> {
    match command {
        CommitteeCommand::List => list::run(session).await?,
        CommitteeCommand::Show { committee } => show::run(session, committee).await?,
        CommitteeCommand::Create(args) => create_committee(session, args).await?,
        CommitteeCommand::Pin { committee } => pin_committee(session, committee).await?,
        CommitteeCommand::Finalise { committee } => finalise_committee(session, committee).await?,
        CommitteeCommand::Retire { committee, export } => {
            let dao = Dao::connect(session, export).await?;
            warn_stranded_polls(session, &dao.read_state().await?, committee, "it can");
            let call = operator::retire_committee_call(&dao.deployment, committee);
            let Some(sent) = dao.execute_one(call).await? else { return Ok(OK) };
            session.output().print_result(&json!({ "committee": committee, "transaction": sent.hash }), || {
                format!("Committee {committee} is retired: no further poll opens under it; open polls keep it")
            })?;
        }
    }
    Ok(OK)
}

async fn create_committee(session: &Session, args: CreateCommitteeArgs) -> Result<(), Failure> {
    let number = args.trustees.len();
    let threshold = args.threshold.unwrap_or(number / 2 + 1);
    let hint = "name 1 to 16 different trustees with --trustee, and a --threshold from 1 to their number";
    if number > MAX_TRUSTEES || !(1..=number).contains(&threshold) {
        return Err(Failure::invalid_input(
            format!("a committee of {number} trustees with a threshold of {threshold} is not possible"),
            hint,
        ));
    }
    if let Some(twice) = (1..number).find(|&i| args.trustees[..i].contains(&args.trustees[i])) {
        return Err(Failure::invalid_input(format!("trustee {} is named twice", args.trustees[twice]), hint));
    }
    let dao = Dao::connect(session, args.export).await?;
    if let Some(old) = args.replaces {
        warn_stranded_polls(session, &dao.read_state().await?, old, "once the new committee is ready it can");
    }
    let now = dao.connection.newest_time().await?;
    let registration_deadline = now + args.register_within * HOUR;
    let dealing_deadline = registration_deadline + args.deal_within * HOUR;
    let lifetime = Lifetime { expires_at: now + args.expires_within * DAY, max_polls: args.max_polls };
    if lifetime.expires_at <= dealing_deadline {
        return Err(Failure::invalid_input(
            format!(
                "the committee's life would end after {} days, before its trustees must have registered and dealt",
                args.expires_within
            ),
            "give it more days with --expires-within, or its trustees fewer hours with --register-within and --deal-within",
        ));
    }
    let new = NewCommittee {
        trustees: args.trustees,
        threshold: threshold as u64,
        registration_deadline,
        dealing_deadline,
        lifetime,
        replaces: args.replaces,
    };
    if threshold == 1 && number > 1 {
        session.output().print_warning("with a threshold of 1 each trustee alone can decrypt every ballot");
    }
    if dao.is_export() {
        session.output().print_warning(&format!(
            "registration ends {} hours from now, whenever the call is executed: trustees have what is left of them then; \
             add the time until the execution with --register-within. Its life ends {} days from now in the same way",
            args.register_within, args.expires_within
        ));
    }
    let call = operator::create_committee_call(&dao.deployment, &new);
    let Some(sent) = dao.execute_one(call).await? else { return Ok(()) };
    let committee = operator::created_committee(&dao.deployment, &sent)?;
    let shown = json!({
        "committee": committee, "trustees": new.trustees, "threshold": threshold,
        "registration_deadline": new.registration_deadline, "dealing_deadline": new.dealing_deadline,
        "expires_at": lifetime.expires_at, "max_polls": lifetime.max_polls,
    });
    session.output().print_result(&shown, || {
        format!(
            "Committee {committee}: {threshold} of {number} trustees decrypt a total\n\
             they run `psephos trustee watch`, or `register` within {} hours and `deal` within {} more\n\
             it serves at most {}, tallied until {}",
            args.register_within,
            args.deal_within,
            plural(u64::from(lifetime.max_polls), "poll"),
            format_time(lifetime.expires_at)
        )
    })
}

/// Writes a committee into the deployment file. What a node says is written down: a user compares it with what the DAO
/// announced, once; afterwards no node can name other trustees.
async fn pin_committee(session: &Session, id: CommitteeId) -> Result<(), Failure> {
    let mut deployment = session.read_deployment()?;
    let state = session.read_state().await?;
    let committee = state.committee(id)?;
    let pinned = PinnedCommittee { trustees: committee.trustees.clone(), threshold: committee.threshold };
    if let Some(known) = deployment.committees.get(&id).filter(|known| **known != pinned) {
        return Err(Failure::invalid_input(
            format!(
                "the deployment file names other trustees of committee {id} than this node: {} of {}, and {} of {}",
                known.threshold,
                known.trustees.len(),
                pinned.threshold,
                pinned.trustees.len()
            ),
            "a committee never changes its trustees: compare both with the DAO's announcement, and use another node",
        ));
    }
    deployment.committees.insert(id, pinned.clone());
    session.write_deployment(&deployment)?;
    let shown = json!({ "committee": id, "trustees": pinned.trustees, "threshold": pinned.threshold });
    session.output().print_result(&shown, || {
        let trustees: Vec<String> = pinned.trustees.iter().map(|trustee| format!("  {trustee}")).collect();
        format!("Committee {id}, {} of these trustees:\n{}", pinned.threshold, trustees.join("\n"))
    })?;
    session.output().print_remark(
        "Compare these accounts with the DAO's announcement: from now on their attestations confirm polls to this \
         deployment's voters.",
    );
    Ok(())
}

/// Warns of polls that lose their committee before they open.
fn warn_stranded_polls(session: &Session, state: &ChainState, committee: CommitteeId, can: &str) {
    let lost = |poll: &Poll| poll.committee() == committee && poll.state_at(state.time) == PollState::Created;
    let polls: Vec<String> = state.polls.iter().filter(|(_, poll)| lost(poll)).map(|(id, _)| id.to_string()).collect();
    if !polls.is_empty() {
        session.output().print_warning(&format!(
            "poll {} was created under committee {committee} and is not open yet; {can} never open: open it before, or create \
             it again under another committee",
            polls.join(", ")
        ));
    }
}

async fn finalise_committee(session: &Session, committee: CommitteeId) -> Result<(), Failure> {
    let deployment = session.read_deployment()?;
    let connection = session.connect_sender(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let circuits = prepare_key_generation(session, state.committee(committee)?.trustees.len())?;
    let sent = trustee::finalise_committee(&connection, &state, &circuits, committee).await?;
    let shown = json!({ "committee": committee, "transaction": sent.hash, "gas": sent.gas });
    session.output().print_result(&shown, || format!("Committee {committee} is ready\ntransaction {}", sent.hash))
}
