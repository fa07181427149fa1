//! Submission of packages to a relayer. Its receipt is stored beside the package, and shows later whether the relayer
//! kept its promise.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use psephos_chain::{Address, host::host_of};
use psephos_client::relayer::is_known_member;
use psephos_client::remote::ServiceError;
use psephos_client::remote::oblivious::ObliviousError;
use psephos_client::remote::relay::{Inclusion, Promise, RemoteRelayerError};
use psephos_client::reward::ClaimPackage;
use psephos_client::{Package, files as client_files};
use psephos_state::{B256, ChainState};
use psephos_wire::relay::RelayInfo;

use crate::client_failure::OTHER_SENDER;
use crate::failure::Failure;
use crate::oblivious_args::{ObliviousArgs, RouteError};
use crate::session::Session;

/// The extension of a receipt's file, appended to the package's file name.
const RECEIPT_EXTENSION: &str = "receipt";
/// The maximum size of a receipt, in bytes.
const MAX_RECEIPT_BYTES: usize = 16 * 1024;

/// Submits a ballot to the relayer at a URL and stores its receipt beside the package.
pub(crate) async fn submit_ballot(
    session: &Session,
    state: &ChainState,
    (url, route): (&str, &ObliviousArgs),
    (package, path): (&Package, &Path),
) -> Result<Promise, Failure> {
    let relayer = route.open_relayer(session, url).await.map_err(|error| route_failure(error, path, "relay"))?;
    let closes_at = state.poll(package.poll)?.parameters.closes_at;
    let promise = async {
        let info = relayer.fetch_info(&state.deployment).await?;
        session.output().print_remark(&describe_wait(&info, &host_of(url)));
        relayer.submit_ballot(&info, package, closes_at).await
    };
    let promise = promise.await.map_err(|error| relay_failure(error, path, "relay"))?;
    write_receipt(path, &promise)?;
    Ok(promise)
}

/// Describes for how long a relayer lets a ballot wait for others, by its own account.
fn describe_wait(info: &RelayInfo, host: &str) -> String {
    let RelayInfo { mix, closing, max_age, .. } = info;
    match mix {
        0 | 1 => format!(
            "The relayer at {host} sends a ballot after {} at most, alone if no other one has come by then.",
            format_duration(*max_age)
        ),
        _ => format!(
            "The relayer at {host} sends ballots in batches of at least {mix}: yours waits until {} others of its chamber \
             have come, or until the poll closes within {}.",
            mix - 1,
            format_duration(*closing)
        ),
    }
}

/// Submits a claim to the relayer at a URL and stores its receipt beside the claim.
pub(crate) async fn submit_claim(
    session: &Session,
    state: &ChainState,
    (url, route): (&str, &ObliviousArgs),
    (package, path): (&ClaimPackage, &Path),
) -> Result<Promise, Failure> {
    let relayer = route.open_relayer(session, url).await.map_err(|error| route_failure(error, path, "reward relay"))?;
    let deadline = state.reward(package.poll)?.parameters.claim_deadline;
    let fingerprint = state.poll(package.poll)?.require_fingerprint()?;
    let promise = async {
        let info = relayer.fetch_info(&state.deployment).await?;
        relayer.submit_claim(&info, package, fingerprint, deadline).await
    };
    let promise = promise.await.map_err(|error| relay_failure(error, path, "reward relay"))?;
    write_receipt(path, &promise)?;
    Ok(promise)
}

/// Converts the reason why no client of a relayer was made to a failure with a hint.
pub(crate) fn route_failure(error: RouteError, path: &Path, direct: &str) -> Failure {
    match error {
        RouteError::Failure(failure) => failure,
        RouteError::Relayer(error) => relay_failure(error, path, direct),
    }
}

/// Converts a relayer's error to a failure with a hint. `direct` is the command that sends the package itself.
pub(crate) fn relay_failure(error: RemoteRelayerError, path: &Path, direct: &str) -> Failure {
    let hint = match &error {
        RemoteRelayerError::Service(ServiceError::InvalidUrl | ServiceError::InsecureTransport { .. }) => {
            return Failure::invalid_input(error.to_string(), "use the URL that the relayer publishes");
        }
        RemoteRelayerError::Service(ServiceError::Network(error)) if error.is_invalid_input() => {
            return Failure::invalid_input(
                error.to_string(),
                "the package was not submitted: correct it, and submit it again",
            );
        }
        RemoteRelayerError::Service(ServiceError::Oblivious(error)) if error.is_invalid_input() => {
            return Failure::invalid_input(
                error.to_string(),
                "nothing was handed over: name the key that the relayer publishes with --ohttp-key FILE",
            );
        }
        RemoteRelayerError::Service(ServiceError::Oblivious(ObliviousError::UnknownKey { .. })) => {
            "nothing was handed over: use the key that the relayer publishes now (--ohttp-key), and the relay to its \
             gateway"
                .to_owned()
        }
        RemoteRelayerError::Service(ServiceError::Oblivious(_)) => {
            "nothing was sent to the relayer around the relay, and the package remains valid: hand it over again later, or \
             through another relay"
                .to_owned()
        }
        RemoteRelayerError::Package(_) => {
            return Failure::invalid_input(error.to_string(), "use a file that `psephos` wrote");
        }
        RemoteRelayerError::Service(ServiceError::Refused { code, .. })
            if matches!(code.as_str(), "queue_full" | "unfunded" | "max_fee_exceeded" | "stopping") =>
        {
            "submit it again later, or submit it to another relayer".to_owned()
        }
        _ => format!(
            "the package remains valid: submit it to another relayer, or send it yourself with `psephos {direct} {} \
             --sender FILE`, which shows publicly that this account sent it",
            path.display()
        ),
    };
    Failure::relayer_failure(error.to_string(), hint)
}

/// Refuses to send a claim from an account that is known as a member of some chamber: the chain would show that this
/// member, who is most likely its voter, sent it.
pub(crate) fn require_unrelated_sender(
    state: &ChainState,
    sender: Option<Address>,
    expose_sender: bool,
) -> Result<(), Failure> {
    match sender.filter(|account| is_known_member(state, *account)) {
        Some(account) if !expose_sender => Err(Failure::invalid_input(
            format!(
                "{account} is enrolled as a member: the chain would show for ever that this member sent the claim, and when"
            ),
            OTHER_SENDER,
        )),
        _ => Ok(()),
    }
}

/// Returns the path of the receipt for a package.
pub(crate) fn receipt_path(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".");
    name.push(RECEIPT_EXTENSION);
    name.into()
}

/// Reads and verifies the receipt beside a package, if there is one. `id` is the id of the package's submission: a
/// receipt of another one proves nothing about this.
pub(crate) fn read_receipt(package: &Path, id: Option<B256>) -> Result<Option<Promise>, Failure> {
    let path = receipt_path(package);
    if !path.exists() {
        return Ok(None);
    }
    let text = client_files::read_text(&path, MAX_RECEIPT_BYTES)?;
    let promise: Promise = serde_json::from_str(&text).map_err(|error| {
        Failure::invalid_input(
            format!("{} is not a receipt: {error}", path.display()),
            "move it away to continue without it",
        )
    })?;
    promise.receipt.verify().map_err(|error| {
        Failure::invalid_input(format!("{}: {error}", path.display()), "move it away to continue without it")
    })?;
    if id.is_some_and(|id| id != promise.receipt.id) {
        return Err(Failure::invalid_input(
            format!("{} is the receipt of another package", path.display()),
            "move it away to continue without it",
        ));
    }
    Ok(Some(promise))
}

/// Writes a receipt beside its package. It replaces an older one, which is for the same package.
fn write_receipt(package: &Path, promise: &Promise) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(promise)
        .map_err(|error| Failure::internal_error(format!("cannot serialise the receipt as JSON: {error}")))?;
    crate::files::write_file(&receipt_path(package), (text + "\n").as_bytes(), true)
}

/// Returns the Unix time in seconds.
pub(crate) fn unix_time() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Formats the time from now until `time`, a Unix time in seconds.
pub(crate) fn format_time_until(time: u64) -> String {
    format_duration(time.saturating_sub(unix_time()))
}

/// Formats a number of seconds.
fn format_duration(seconds: u64) -> String {
    match seconds {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// Explains to a voter whether a package is on the chain, whether the relayer kept its promise, and what to do.
pub(crate) fn explain_inclusion(
    inclusion: Inclusion,
    promise: Option<&Promise>,
    package: &Path,
    direct: &str,
) -> String {
    let file = package.display();
    let relayer = promise.map_or_else(|| "an unknown URL".into(), |promise| host_of(&promise.url));
    match inclusion {
        Inclusion::Included { transaction, block } => {
            format!("It is on the chain, in block {block}, transaction {transaction}.")
        }
        Inclusion::Awaited { until: Some(until) } => {
            format!(
                "It is not on the chain yet. The relayer at {relayer} promised to submit it within {}.",
                format_time_until(until)
            )
        }
        Inclusion::Awaited { until: None } => {
            "It is not on the chain yet, and there is no relayer's receipt beside it.".into()
        }
        Inclusion::Broken { .. } => format!(
            "It is NOT on the chain: the relayer at {relayer} broke its promise, and {} proves it.\nThe package remains valid: \
             submit it to another relayer (`psephos {direct} {file} --relayer URL`), or send it yourself (`psephos {direct} \
             {file} --sender FILE`). That shows publicly that this account sent it: use one that no one can link to you.",
            receipt_path(package).display()
        ),
        Inclusion::Overtaken => "It is not on the chain: another update of your ballot came first, which may be a mask or a replacement of \
             yours. No promise is broken by that. If your choice is not the one that you want to count, make it again with \
             `psephos vote --replace`, and hand it over early."
            .into(),
        Inclusion::TooLate { promised: true } => format!(
            "It is not on the chain and can no longer get there: it is too late, or another one replaced it. {} shows what the \
             relayer at {relayer} had promised.",
            receipt_path(package).display()
        ),
        Inclusion::TooLate { promised: false } => {
            "It is not on the chain and can no longer get there: it is too late, or another one replaced it.".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wait_of_a_relayer_is_described_in_words() {
        let info = |mix: u64| -> RelayInfo {
            let zero = "0x0000000000000000000000000000000000000000";
            let text = serde_json::json!({
                "relayer": zero, "chain_id": 1, "polls": zero, "rewards": zero, "min_fee": "0x0", "balance": "0x0",
                "takes_ballots": true, "takes_claims": true, "waiting": 0, "sent": 0, "included": 0, "capacity": 1,
                "batch": 32, "mix": mix, "closing": 300, "max_age": 90, "promise": 900, "confirmations": 1, "pots": [],
            });
            serde_json::from_value(text).expect("a description")
        };
        for (mix, says) in
            [(0, "after 90 s at most, alone"), (1, "after 90 s at most"), (8, "until 7 others of its chamber")]
        {
            let said = describe_wait(&info(mix), "relayer.example");
            assert!(said.contains(says) && said.contains("relayer.example"), "{said}");
        }
        assert!(describe_wait(&info(8), "x").contains("closes within 5 min"));
        assert!(describe_wait(&info(u64::MAX), "x").contains("18446744073709551614 others"));
    }
}
