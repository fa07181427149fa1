//! `psephos reward claim`: from a seed to a payment that nothing links to the voter.

use psephos_protocol::identifiers::{ChamberId, PollId};
use std::path::PathBuf;

use clap::Args;
use psephos_chain::{Address, U256};
use psephos_circuits::catalogue::Name;
use psephos_client::keys::claims_of;
use psephos_client::remote::relay::RemoteRelayer;
use psephos_client::reward::{self, ClaimPackage, ClaimStore, Payout, Planned};
use psephos_client::{ChainState, Deployment, Observer, Phase, voter};
use psephos_exchange::proof::Kind;
use serde_json::json;

use crate::commands::handing;
use crate::failure::Failure;
use crate::files;
use crate::progress::Progress;
use crate::remote::Remote;
use crate::secrets::Purpose;
use crate::session::Session;

const HOUR: u64 = 3_600;

/// Arguments of `reward claim`.
#[derive(Debug, Args)]
pub(crate) struct Claim {
    /// The poll's number
    #[arg(long, value_name = "N")]
    poll: PollId,
    /// The chamber's number
    #[arg(long, value_name = "N")]
    chamber: ChamberId,
    /// The identity file
    #[arg(long, value_name = "FILE", default_value = "me.identity")]
    identity: PathBuf,
    /// Who gets the reward: best an address that was never used (not needed for a claim that is planned already)
    #[arg(long, value_name = "ADDRESS")]
    recipient: Option<Address>,
    /// The account of a relayer that sends the claim for a fee
    #[arg(long, value_name = "ADDRESS", requires = "fee")]
    relayer: Option<Address>,
    /// What the relayer gets out of the reward, in the token's smallest parts
    #[arg(long, value_name = "AMOUNT", requires = "relayer")]
    fee: Option<U256>,
    /// Give the claim to the relayer at this address, for its fee unless another is given; its receipt is kept beside --out
    #[arg(long, value_name = "URL", requires = "out", conflicts_with_all = ["within", "discard"])]
    relayer_url: Option<String>,
    /// Write the claim to a file for a relayer, instead of sending it from an account of your own
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    remote: Remote,
    /// Keep the claim for a moment within so many hours that nobody can guess; run the same command again until it is sent. Who claims at once shows a clock
    /// that is its own
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=8_760))]
    within: Option<u64>,
    /// Send or write a claim that is kept for later at once
    #[arg(long, conflicts_with_all = ["within", "discard"])]
    now: bool,
    /// Forget a claim that is kept for later; nothing is lost by it
    #[arg(long, conflicts_with_all = ["within", "recipient", "relayer", "fee", "out"])]
    discard: bool,
    /// Pay an account that is enrolled as a member, although that names the voter
    #[arg(long)]
    not_anonymous: bool,
}

/// Runs the command.
pub(super) async fn run(session: &Session, mut args: Claim) -> Result<(), Failure> {
    if let Some(out) = &args.out {
        files::must_be_new(out)?;
    }
    let deployment = session.deployment()?;
    let connection = session.connect(&deployment).await?;
    let replay = session.source(&connection, &deployment)?.read_state().await?;
    let store = ClaimStore::beside(&args.identity);
    if let Some(planned) = store.find(deployment.chain_id, deployment.rewards, args.poll, args.chamber)? {
        return kept(session, &deployment, &replay, &args, &store, &planned).await;
    }
    if args.discard {
        return Err(Failure::input("no claim is kept for later", "there is nothing to discard"));
    }
    let size = replay.poll(args.poll)?.circuit_size();
    session.circuits()?.guard(&connection, &deployment, &[claims_of(size), Name::Notes]).await?;
    if let (Some(url), None) = (&args.relayer_url, args.relayer) {
        // Whom the claim pays is proved with it: the relayer is asked before.
        let out = args.out.clone().unwrap_or_default();
        let failed = |error| handing::refused(error, &out, "reward relay");
        let info = RemoteRelayer::new(url).map_err(failed)?.info(&deployment).await.map_err(failed)?;
        (args.relayer, args.fee) = (Some(info.relayer), Some(info.least_fee));
    }
    let claim = make(session, &replay, &args).await?;
    match args.within {
        Some(hours) => {
            // Well before the deadline, whatever was asked for.
            let room = replay.reward(args.poll)?.parameters.claimDeadline.saturating_sub(replay.time) / 2;
            let planned = store.plan(claim, replay.time, (hours * HOUR).min(room))?;
            let shown = json!({ "poll": args.poll, "chamber": args.chamber, "planned": planned.not_before, "file": store.path(&planned.claim) });
            session.output().result(&shown, || {
                format!("A claim of {} units is kept for a moment within {hours} h: run the same command again until it is sent", planned.claim.amount)
            })
        }
        None => finish(session, &deployment, &replay, &args, &claim).await,
    }
}

/// A claim that was made before: dropped, sent, or kept on.
async fn kept(
    session: &Session,
    deployment: &Deployment,
    replay: &ChainState,
    args: &Claim,
    store: &ClaimStore,
    planned: &Planned,
) -> Result<(), Failure> {
    let claim = &planned.claim;
    let shown = |kept: bool| {
        let (poll, chamber) = (args.poll, args.chamber);
        json!({ "poll": poll, "chamber": chamber, "kept": kept, "planned": planned.not_before, "recipient": claim.recipient })
    };
    let paid = reward::is_paid(replay, claim)?;
    if args.discard || paid {
        store.forget(claim)?;
        let why = if paid { "This claim is paid" } else { "The claim that was kept is forgotten" };
        return session.output().result(&shown(false), || why.into());
    }
    if args.recipient.is_some() || args.relayer.is_some() || args.within.is_some() {
        return Err(Failure::input(
            format!("a claim for {} is kept for later already", claim.recipient),
            "run the command without --recipient, --relayer, --fee and --within to go on with it (--now at once), or with --discard to forget it",
        ));
    }
    if replay.time < planned.not_before && !args.now {
        let hours = (planned.not_before - replay.time).div_ceil(HOUR);
        return session.output().result(&shown(true), || {
            format!("This claim is kept for later: run the same command again in about {hours} h, or with --now")
        });
    }
    finish(session, deployment, replay, args, claim).await?;
    Ok(store.forget(claim)?)
}

/// Finds the ballot again and proves the claim.
async fn make(session: &Session, replay: &ChainState, args: &Claim) -> Result<ClaimPackage, Failure> {
    let recipient = args.recipient.ok_or_else(|| {
        Failure::input("a claim needs --recipient ADDRESS", "`psephos sender new` makes an account that nobody knows")
    })?;
    // Whoever was ever frozen in a poll is known as well as whoever is a member now.
    let frozen = replay.polls.values().flat_map(|poll| poll.chambers.values()).filter_map(|one| one.frozen.as_ref());
    let mut known = replay.chambers.values().chain(frozen.map(|frozen| &frozen.chamber));
    if known.any(|chamber| chamber.members.contains_key(&recipient)) && !args.not_anonymous {
        return Err(Failure::input(
            format!("{recipient} is enrolled as a member: paying it would name the voter of this ballot"),
            "take an address that was never used, or add --not-anonymous if you do not mind",
        ));
    }
    for warning in reward::warnings(replay, args.poll, args.chamber)? {
        session.output().warn(&warning.to_string());
    }
    let passphrase = session.passphrase(&args.identity, Purpose::Open)?;
    let identity = voter::open_identity(&args.identity, passphrase.as_bytes())?;
    let payout = Payout { recipient, relayer: args.relayer, fee: args.fee.unwrap_or_default() };
    let progress = Progress::new(session.output());
    let circuits = session.circuits()?;
    let remote = args.remote.prover(session, Kind::Claim)?;
    let claiming = tokio::task::block_in_place(|| -> Result<_, Failure> {
        circuits.prepare_claims(replay.poll(args.poll)?.circuit_size(), &progress)?;
        progress.begin(Phase::Claim, 0);
        Ok(reward::prepare(replay, &identity, args.poll, args.chamber, payout, &|_, _| ())?)
    })?;
    let claim = match remote {
        Some(prover) => reward::prove_remotely(replay, &prover, &circuits, claiming, &progress).await?,
        None => tokio::task::block_in_place(|| reward::prove(replay, &circuits, claiming))?,
    };
    progress.end(Phase::Claim);
    Ok(claim)
}

/// Sends the claim, or writes it for a relayer.
async fn finish(
    session: &Session,
    deployment: &Deployment,
    replay: &ChainState,
    args: &Claim,
    claim: &ClaimPackage,
) -> Result<(), Failure> {
    let shown = |transaction| {
        json!({
            "poll": args.poll, "chamber": args.chamber, "amount": claim.amount, "recipient": claim.recipient, "fee": claim.fee,
            "file": args.out, "transaction": transaction,
        })
    };
    if let Some(out) = &args.out {
        files::write(out, claim.to_json().as_bytes(), false)?;
        if let Some(url) = &args.relayer_url {
            let promise = handing::claim(deployment, replay, url, (claim, out)).await?;
            let mut shown = shown(None);
            shown["promise"] = json!({ "relayer": promise.url, "by": promise.receipt.promised_by });
            return session.output().result(&shown, || {
                let within = handing::within(promise.receipt.promised_by);
                format!("A claim of {} units for {}\npromised within {within} by {url}", claim.amount, claim.recipient)
            });
        }
        session.output().remark("It holds no secret, and whom it pays is signed: give it to a relayer.");
        return session.output().result(&shown(None), || {
            format!("A claim of {} units for {}\nwritten to {}", claim.amount, claim.recipient, out.display())
        });
    }
    let connection = session.sending(deployment).await?;
    session.output().warn(
        "the sending account is seen to have sent this claim: if anything links it to you, use --out and a relayer",
    );
    let sent = reward::submit(&connection, claim).await?;
    session.output().result(&shown(Some(sent.hash)), || {
        format!("{} units paid to {}\ntransaction {}", claim.amount, claim.recipient, sent.hash)
    })
}
