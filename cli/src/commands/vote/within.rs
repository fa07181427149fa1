//! `psephos vote --within`: a ballot that is proved now, and handed over to a relayer at a random moment.
//!
//! The ballot is stored before anything is waited for, so that stopping the command loses nothing: `vote --resume`
//! continues. Until its moment no request is made, neither to the relayer nor to a node: the one who serves it would
//! see when the voter was active, which the random moment hides. The seed is wiped before the wait.

use std::time::Duration;

use psephos_client::remote::relay::{Inclusion, Promise, find_ballot};
use psephos_client::schedule::{Planned, Schedule, hand_over_window};
use psephos_client::{ChainState, Deployment, Package, files as client_files};
use psephos_state::PollState;
use serde_json::json;

use super::{Place, VoteArgs, print_package};
use crate::commands::submission;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::files;
use crate::session::Session;
use crate::times::format_time;

const HOUR: u64 = 3_600;
/// How often the clock is looked at while waiting: a machine that slept must not wait for as long again.
const STEP: Duration = Duration::from_secs(15);

fn schedule(args: &VoteArgs) -> Schedule<Package> {
    Schedule::beside(&args.identity.identity, args.identity.account)
}

/// Refuses to prove another ballot while one is scheduled: the relayer, or the chain, would take the first of them that
/// arrives.
pub(super) fn require_none_scheduled(args: &VoteArgs, deployment: &Deployment, place: Place) -> Result<(), Failure> {
    let (chain, polls) = (deployment.chain_id, deployment.polls);
    match schedule(args).find(chain, polls, place.poll, place.chamber)? {
        None => Ok(()),
        Some(_) => Err(Failure::invalid_input(
            format!("a ballot of this identity is scheduled for poll {}, chamber {}", place.poll, place.chamber),
            "hand it over with --resume --relayer URL, or delete it with --discard and vote again",
        )),
    }
}

/// Returns the length of the window for `--within`, in seconds, before anything is proved.
pub(super) fn find_window(
    session: &Session,
    state: &ChainState,
    args: &VoteArgs,
    place: Place,
) -> Result<Option<u64>, Failure> {
    let Some(hours) = args.within else { return Ok(None) };
    let closes_at = state.poll(place.poll)?.parameters.closes_at;
    let window = hand_over_window(place.poll, state.time, closes_at, hours * HOUR)?;
    if window < hours * HOUR {
        session.output().print_remark(&format!(
            "The poll closes at {}: the ballot is handed over within {} min, not within {hours} h.",
            format_time(closes_at),
            window / 60
        ));
    }
    Ok(Some(window))
}

/// Schedules a ballot, waits for its moment, and hands it over.
pub(super) async fn hand_over_within(
    session: &Session,
    state: &ChainState,
    args: &VoteArgs,
    package: Package,
    window: u64,
) -> Result<u8, Failure> {
    let planned = schedule(args).plan(package, state.time, window)?;
    hand_over_when_due(session, state, args, planned).await
}

/// Continues with a scheduled ballot, or deletes it.
pub(super) async fn continue_scheduled(session: &Session, args: &VoteArgs) -> Result<u8, Failure> {
    let deployment = session.read_deployment()?;
    let planned = find_scheduled(&deployment, args)?;
    let (package, schedule) = (&planned.package, schedule(args));
    if args.discard {
        schedule.remove(package)?;
        let shown = json!({ "poll": package.poll, "chamber": package.chamber, "scheduled": false });
        session.output().print_result(&shown, || {
            "The scheduled ballot is deleted. It can still be cast by anyone who has a copy of its package.".into()
        })?;
        return Ok(OK);
    }
    let state = session.read_state().await?;
    if let Inclusion::Included { block, .. } = find_ballot(&state, package, None, state.time)? {
        schedule.remove(package)?;
        let shown = json!({ "poll": package.poll, "chamber": package.chamber, "scheduled": false, "block": block });
        session.output().print_result(&shown, || format!("This ballot is on the chain already, in block {block}"))?;
        return Ok(OK);
    }
    let poll = state.poll(package.poll)?;
    if poll.state_at(state.time) != PollState::Open {
        return Err(Failure::invalid_input(
            format!("poll {} has closed, and its scheduled ballot was not handed over", package.poll),
            "it can no longer be cast; delete it with --discard",
        ));
    }
    ensure_package(args, package)?;
    hand_over_when_due(session, &state, args, planned).await
}

/// Writes the package of a scheduled ballot, unless it is there: its receipt will lie beside it.
fn ensure_package(args: &VoteArgs, package: &Package) -> Result<(), Failure> {
    if !args.out.exists() {
        return Ok(client_files::write_new(&args.out, &package.to_json())?);
    }
    let present = client_files::read_bytes(&args.out, psephos_client::package::MAX_BYTES)?;
    match Package::parse(&present) {
        Ok(present) if present == *package => Ok(()),
        _ => Err(Failure::invalid_input(
            format!("{} has something else in it than the scheduled ballot", args.out.display()),
            "name another file with --out, for the ballot and its receipt",
        )),
    }
}

/// Finds the scheduled ballot that is meant: of the poll and chamber that are named, or the only one. It needs neither
/// the seed nor the chain.
fn find_scheduled(deployment: &Deployment, args: &VoteArgs) -> Result<Planned<Package>, Failure> {
    let mut found = schedule(args).list(deployment.chain_id, deployment.polls)?;
    found.retain(|planned| {
        args.poll.is_none_or(|poll| poll == planned.package.poll)
            && args.chamber.is_none_or(|chamber| chamber == planned.package.chamber)
    });
    match (found.pop(), found.len()) {
        (Some(planned), 0) => Ok(planned),
        (None, _) => Err(Failure::invalid_input(
            "no ballot of this identity is scheduled here",
            "`psephos vote --within HOURS --relayer URL` schedules one; name its identity file with --identity",
        )),
        (Some(_), others) => Err(Failure::invalid_input(
            format!("{} ballots of this identity are scheduled", others + 1),
            "name one with --poll N and --chamber N",
        )),
    }
}

/// Waits for the moment of a scheduled ballot, and hands it over.
async fn hand_over_when_due(
    session: &Session,
    state: &ChainState,
    args: &VoteArgs,
    planned: Planned<Package>,
) -> Result<u8, Failure> {
    let Planned { not_before, package } = planned;
    let place = Place { poll: package.poll, chamber: package.chamber };
    let left = if args.now { 0 } else { not_before.saturating_sub(state.time) };
    if left > 0 {
        let announce = || {
            session.output().print_remark(&format!(
                "The ballot is handed over at {}, in {}. Leave this command running; if it stops, nothing is lost: continue \
                 with\n  {}",
                format_time(not_before),
                submission::format_time_until(submission::unix_time() + left),
                resume_command(args, place),
            ));
        };
        if !wait(left, announce).await {
            let shown =
                json!({ "poll": place.poll, "chamber": place.chamber, "scheduled": true, "planned": not_before });
            session.output().print_result(&shown, || {
                format!("Stopped. The ballot is NOT handed over yet: continue with\n  {}", resume_command(args, place))
            })?;
            return Ok(CHECK_FAILED);
        }
    }
    let promise = hand_over(session, state, args, &package).await?;
    schedule(args).remove(&package)?;
    print_package(session, state, args, &package, Some(&promise))
}

async fn hand_over(
    session: &Session,
    state: &ChainState,
    args: &VoteArgs,
    package: &Package,
) -> Result<Promise, Failure> {
    // The command line requires a relayer for both options.
    let url = args.relayer.as_deref().unwrap_or_default();
    submission::submit_ballot(session, state, (url, &args.route), (package, &args.out)).await
}

fn resume_command(args: &VoteArgs, place: Place) -> String {
    format!(
        "psephos vote --resume --poll {} --chamber {} --identity {}{} --out {} --relayer URL{}",
        place.poll,
        place.chamber,
        args.identity.identity.display(),
        args.identity.account.map_or_else(String::new, |account| format!(" --account {account}")),
        files::shown(&args.out),
        args.route.to_command_line()
    )
}

/// Waits for a number of seconds; returns whether the time has passed, and not Ctrl-C ended the wait. `announce` is
/// called once Ctrl-C is listened for.
async fn wait(seconds: u64, announce: impl FnOnce()) -> bool {
    let (end, begun) = (submission::unix_time().saturating_add(seconds), tokio::time::Instant::now());
    let mut stopped = std::pin::pin!(tokio::signal::ctrl_c());
    let mut announce = Some(announce);
    loop {
        // The clock of the machine also runs while it sleeps; the other one is right if that one is set back.
        let by_clock = end.saturating_sub(submission::unix_time());
        let by_timer = seconds.saturating_sub(begun.elapsed().as_secs());
        let left = Duration::from_secs(by_clock.min(by_timer));
        if left.is_zero() {
            return true;
        }
        let announce = announce.take();
        let step = async {
            if let Some(announce) = announce {
                announce();
            }
            tokio::time::sleep(left.min(STEP)).await;
        };
        tokio::select! {
            biased;
            _ = &mut stopped => return false,
            () = step => {}
        }
    }
}
