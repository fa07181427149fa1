//! `psephos reward claim`: from a seed to a payment that is not linkable to the voter.

use psephos_client::address::parse_address;
use psephos_protocol::identifiers::{ChamberId, PollId};
use std::path::PathBuf;

use clap::Args;
use psephos_chain::{Address, U256, host::host_of};
use psephos_circuits::catalogue::Name;
use psephos_client::keys::load_claim_keys;
use psephos_client::relayer::is_known_member;
use psephos_client::reward::{self, ClaimPackage, Payout};
use psephos_client::schedule::{Planned, Schedule};
use psephos_client::{ChainState, Deployment, Observer, Phase};
use psephos_protocol::statement::claim as claim_statement;
use psephos_submission::verifiers::check_contracts;
use psephos_wire::proof::StatementKind;
use serde_json::json;

use crate::amounts::parse_amount;
use crate::commands::identity::IdentityArgs;
use crate::commands::submission;
use crate::consent::{Fee, require_consent};
use crate::failure::Failure;
use crate::files;
use crate::oblivious_args::ObliviousArgs;
use crate::progress::Progress;
use crate::prover_args::ProverArgs;
use crate::session::Session;

const HOUR: u64 = 3_600;

/// Arguments of `reward claim`.
#[derive(Debug, Args)]
pub(crate) struct ClaimArgs {
    /// Poll number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// Chamber number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    #[command(flatten)]
    identity: IdentityArgs,
    /// Account to pay the reward to, preferably a fresh address; not needed to continue a scheduled claim
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    recipient: Option<Address>,
    /// Account of the relayer that the fee is paid to
    #[arg(long, value_name = "ADDRESS", requires = "fee", value_parser = parse_address)]
    relayer_account: Option<Address>,
    /// Fee of the relayer, paid out of the reward: in the token's smallest unit (wei), or with a unit, 0.001ether
    #[arg(long, value_name = "AMOUNT", requires = "relayer_account", value_parser = parse_amount)]
    fee: Option<U256>,
    /// The highest fee that you agree to (default: a tenth of the reward, and a question if the relayer names the fee)
    #[arg(long, value_name = "AMOUNT", value_parser = parse_amount)]
    max_fee: Option<U256>,
    /// URL of a relayer to submit the claim to, for its minimum fee unless --fee is set; its receipt is written beside
    /// --out
    #[arg(long, value_name = "URL", requires = "out", conflicts_with_all = ["delay_within", "discard"])]
    relayer: Option<String>,
    #[command(flatten)]
    route: ObliviousArgs,
    /// Write the claim to a file for a relayer instead of sending it from an account of your own
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    remote: ProverArgs,
    /// Schedule the claim for a random time within this number of hours, 1 to 8760, and store it; run the same command
    /// again until it is sent. The delay hides timing correlation: claiming at once reveals when the voter is active
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=8_760))]
    delay_within: Option<u64>,
    /// Send or write a scheduled claim at once
    #[arg(long, conflicts_with_all = ["delay_within", "discard"])]
    now: bool,
    /// Delete a scheduled claim; it can be made again
    #[arg(long, conflicts_with_all = ["delay_within", "recipient", "relayer_account", "fee", "max_fee", "out"])]
    discard: bool,
    /// Allow a recipient that is enrolled as a member, although that identifies the voter
    #[arg(long)]
    not_anonymous: bool,
    /// Send the claim although the account that sends is enrolled as a member: everyone sees that this member sent it
    #[arg(long)]
    expose_sender: bool,
}

/// Runs the command.
pub(super) async fn run(session: &Session, mut args: ClaimArgs) -> Result<(), Failure> {
    if let Some(out) = &args.out {
        files::ensure_absent(out)?;
    }
    if let Some(url) = &args.relayer {
        args.route.check(session, url)?;
    }
    let deployment = session.read_deployment()?;
    let connection = session.connect_node(&deployment).await?;
    let state = session.source(&connection, &deployment)?.read_state().await?;
    let store = Schedule::beside(&args.identity.identity, args.identity.account);
    if let Some(planned) = store.find(deployment.chain_id, deployment.rewards, args.poll, args.chamber)? {
        return continue_scheduled(session, &deployment, &state, &args, &store, &planned).await;
    }
    if args.discard {
        return Err(Failure::invalid_input(
            "no claim of this identity is scheduled for this poll and chamber",
            "there is nothing to discard: run the command without --discard to schedule a claim",
        ));
    }
    let size = state.poll(args.poll)?.circuit_size();
    let used = [Name::for_statement::<claim_statement::Witness>(Some(size))?, Name::Notes];
    check_contracts(&session.open_circuits()?, &connection, &deployment, &used).await?;
    let mut named_by = None;
    if let (Some(url), None) = (&args.relayer, args.relayer_account) {
        // The proof binds the relayer's account and the fee, so the relayer is asked for them first.
        let out = args.out.clone().unwrap_or_default();
        let relayer = args.route.open_relayer(session, url).await;
        let relayer = relayer.map_err(|error| submission::route_failure(error, &out, "reward relay"))?;
        let info = relayer.fetch_info(&deployment).await;
        let info = info.map_err(|error| submission::relay_failure(error, &out, "reward relay"))?;
        (args.relayer_account, args.fee) = (Some(info.relayer), Some(info.min_fee));
        named_by = args.relayer.clone();
    }
    let claim = make_claim(session, &state, &args, named_by.as_deref()).await?;
    match args.delay_within {
        Some(hours) => {
            // At most half of the time to the deadline, even if more was asked for.
            let room = state.reward(args.poll)?.parameters.claim_deadline.saturating_sub(state.time) / 2;
            let planned = store.plan(claim, state.time, (hours * HOUR).min(room))?;
            let shown = json!({ "poll": args.poll, "chamber": args.chamber, "planned": planned.not_before, "file": files::shown(store.path_of(&planned.package)) });
            session.output().print_result(&shown, || {
                format!(
                    "A claim of {} units is scheduled within {hours} h: run the command again, without --recipient and --delay-within, until it is sent",
                    planned.package.amount
                )
            })
        }
        None => deliver_claim(session, &deployment, &state, &args, &claim).await,
    }
}

/// Continues with a scheduled claim: deletes it, sends it, or leaves it for later.
async fn continue_scheduled(
    session: &Session,
    deployment: &Deployment,
    state: &ChainState,
    args: &ClaimArgs,
    store: &Schedule<ClaimPackage>,
    planned: &Planned<ClaimPackage>,
) -> Result<(), Failure> {
    let claim = &planned.package;
    let shown = |stored: bool| {
        let (poll, chamber) = (args.poll, args.chamber);
        json!({ "poll": poll, "chamber": chamber, "stored": stored, "planned": planned.not_before, "recipient": claim.recipient })
    };
    let paid = reward::is_claim_paid(state, claim)?;
    if args.discard || paid {
        store.remove(claim)?;
        let why = if paid { "This claim is paid already" } else { "The scheduled claim is deleted" };
        return session.output().print_result(&shown(false), || why.into());
    }
    if args.recipient.is_some() || args.relayer_account.is_some() || args.delay_within.is_some() {
        return Err(Failure::invalid_input(
            format!("a claim for {} is scheduled already", claim.recipient),
            "to continue it, run the command without --recipient, --relayer-account, --fee and --delay-within (with --now, at \
             once); to delete it, run it with --discard",
        ));
    }
    if state.time < planned.not_before && !args.now {
        let hours = (planned.not_before - state.time).div_ceil(HOUR);
        return session.output().print_result(&shown(true), || {
            format!("This claim is scheduled for later: run the same command again in about {hours} h, or with --now")
        });
    }
    deliver_claim(session, deployment, state, args, claim).await?;
    Ok(store.remove(claim)?)
}

/// Recomputes the ballot's note and proves the claim.
async fn make_claim(
    session: &Session,
    state: &ChainState,
    args: &ClaimArgs,
    named_by: Option<&str>,
) -> Result<ClaimPackage, Failure> {
    let recipient = args.recipient.ok_or_else(|| {
        Failure::invalid_input("a claim needs --recipient ADDRESS", "`psephos sender new` makes a fresh account")
    })?;
    // Members of the frozen census of any poll are publicly known, as current members are.
    if is_known_member(state, recipient) && !args.not_anonymous {
        return Err(Failure::invalid_input(
            format!("{recipient} is enrolled as a member: paying it would identify the voter of this ballot"),
            "choose a fresh address, or add --not-anonymous to accept that",
        ));
    }
    for warning in reward::policy_warnings(state, args.poll, args.chamber)? {
        session.output().print_warning(&warning.to_string());
    }
    let seed = args.identity.open_seed(session)?;
    let own = args.identity.find_identity(state, &seed, args.poll, args.chamber)?;
    let payout = Payout { recipient, relayer: args.relayer_account, fee: args.fee.unwrap_or_default() };
    let progress = Progress::new(session.output());
    let circuits = session.open_circuits()?;
    let remote = args.remote.select_provers(session, StatementKind::Claim)?;
    let claiming = tokio::task::block_in_place(|| -> Result<_, Failure> {
        load_claim_keys(&circuits, state.poll(args.poll)?.circuit_size(), &progress)?;
        progress.begin(Phase::Claim, 0);
        Ok(reward::prepare_claim(state, own.voter(), args.poll, args.chamber, payout, &|_, _| ())?)
    })?;
    // The proof binds the fee: it is agreed to before there is one.
    let reward = state.reward(args.poll)?;
    let fee = Fee {
        of: U256::from(claiming.amount()).saturating_mul(reward.unit()),
        fee: payout.fee,
        token: reward.parameters.token,
        payee: payout.relayer.unwrap_or_default(),
        named_by,
    };
    require_consent(session, &fee, args.max_fee)?;
    let claim = match remote {
        Some(provers) => reward::prove_claim_remotely(state, &provers, &circuits, claiming, &progress).await?,
        None => tokio::task::block_in_place(|| reward::prove_claim(state, &circuits, claiming))?,
    };
    progress.end(Phase::Claim);
    Ok(claim)
}

/// Sends the claim, or writes it to a file for a relayer.
async fn deliver_claim(
    session: &Session,
    deployment: &Deployment,
    state: &ChainState,
    args: &ClaimArgs,
    claim: &ClaimPackage,
) -> Result<(), Failure> {
    let shown = |transaction| {
        json!({
            "poll": args.poll, "chamber": args.chamber, "amount": claim.amount, "recipient": claim.recipient, "fee": claim.fee,
            "file": args.out.as_deref().map(files::shown), "transaction": transaction,
        })
    };
    if let Some(out) = &args.out {
        files::write_file(out, claim.to_json().as_bytes(), false)?;
        if let Some(url) = &args.relayer {
            let promise = submission::submit_claim(session, state, (url, &args.route), (claim, out)).await?;
            let mut shown = shown(None);
            shown["promise"] = json!({ "relayer": host_of(&promise.url), "by": promise.receipt.promised_by });
            return session.output().print_result(&shown, || {
                let within = submission::format_time_until(promise.receipt.promised_by);
                format!(
                    "A claim of {} units for {}\nthe relayer at {} promised to submit it within {within}",
                    claim.amount,
                    claim.recipient,
                    host_of(url)
                )
            });
        }
        session.output().print_remark("The claim holds no secret, and its recipient is signed: give it to a relayer.");
        return session.output().print_result(&shown(None), || {
            format!("A claim of {} units for {}\nwritten to {}", claim.amount, claim.recipient, out.display())
        });
    }
    let connection = session.connect_sender(deployment).await?;
    submission::require_unrelated_sender(state, connection.sender(), args.expose_sender)?;
    session.output().print_warning(
        "it is public that the sender's account sent this claim: if anything links that account to you, use --out and a relayer",
    );
    let sent = reward::submit_claim(&connection, claim).await?;
    session.output().print_result(&shown(Some(sent.hash)), || {
        format!("Paid {} units to {}\ntransaction {}", claim.amount, claim.recipient, sent.hash)
    })
}
