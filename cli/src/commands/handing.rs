//! Packages given to a relayer: its receipt is kept beside the package, and later shows whether it kept its word.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use psephos_client::remote::relay::{Inclusion, Promise, RelayError, RemoteRelayer};
use psephos_client::reward::ClaimPackage;
use psephos_client::{ClientError, Package, files as client_files};
use psephos_state::{ChainState, Deployment};

use crate::failure::Failure;

/// What a receipt's file is called after that of its package.
const RECEIPT: &str = "receipt";
const MAX_RECEIPT: usize = 16 * 1024;

/// Gives a ballot to the relayer at an address; its receipt goes beside the package.
pub(crate) async fn ballot(
    deployment: &Deployment,
    replay: &ChainState,
    url: &str,
    (package, path): (&Package, &Path),
) -> Result<Promise, Failure> {
    let relayer = RemoteRelayer::new(url).map_err(|error| refused(error, path, "relay"))?;
    let closes_at = replay.poll(package.poll)?.parameters.closesAt;
    let promise = async {
        let info = relayer.info(deployment).await?;
        relayer.submit(&info, package, closes_at).await
    };
    let promise = promise.await.map_err(|error| refused(error, path, "relay"))?;
    keep(path, &promise)?;
    Ok(promise)
}

/// Gives a claim to the relayer at an address; its receipt goes beside the claim.
pub(crate) async fn claim(
    deployment: &Deployment,
    replay: &ChainState,
    url: &str,
    (package, path): (&ClaimPackage, &Path),
) -> Result<Promise, Failure> {
    let relayer = RemoteRelayer::new(url).map_err(|error| refused(error, path, "reward relay"))?;
    let deadline = replay.reward(package.poll)?.parameters.claimDeadline;
    let promise = async {
        let info = relayer.info(deployment).await?;
        relayer.submit_claim(&info, package, deadline).await
    };
    let promise = promise.await.map_err(|error| refused(error, path, "reward relay"))?;
    keep(path, &promise)?;
    Ok(promise)
}

/// A relayer's failure, with what is left to do.
pub(crate) fn refused(error: RelayError, path: &Path, direct: &str) -> Failure {
    let hint = match &error {
        RelayError::BadUrl(_) => {
            return Failure::input(error.to_string(), "give the address that the relayer publishes");
        }
        RelayError::Package(_) => return Failure::input(error.to_string(), "use a file that `psephos` wrote"),
        RelayError::Refused { code, .. }
            if matches!(code.as_str(), "queue_full" | "unfunded" | "dear" | "stopping") =>
        {
            "it may take it later: give it there again, or to another relayer".to_owned()
        }
        _ => format!(
            "nothing is lost: give it to another relayer, or send it directly with `psephos {direct} {} --sender FILE`, which shows everybody that this account sent it",
            path.display()
        ),
    };
    Failure::relayer(error.to_string(), hint)
}

/// Where the receipt for a package is kept.
pub(crate) fn receipt_path(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".");
    name.push(RECEIPT);
    name.into()
}

/// The receipt that is kept beside a package, if there is one.
pub(crate) fn kept(package: &Path) -> Result<Option<Promise>, Failure> {
    let path = receipt_path(package);
    if !path.exists() {
        return Ok(None);
    }
    let text = client_files::read_text(&path, MAX_RECEIPT).map_err(ClientError::from)?;
    let promise: Promise = serde_json::from_str(&text).map_err(|error| {
        Failure::input(format!("{} is no receipt: {error}", path.display()), "move it away to go on without it")
    })?;
    promise
        .receipt
        .verify()
        .map_err(|error| Failure::input(format!("{}: {error}", path.display()), "move it away to go on without it"))?;
    Ok(Some(promise))
}

/// The newest receipt takes the place of an older one: it is for the same package.
fn keep(package: &Path, promise: &Promise) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(promise)
        .map_err(|error| Failure::internal(format!("the receipt has no JSON: {error}")))?;
    crate::files::write(&receipt_path(package), (text + "\n").as_bytes(), true)
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// How long from now, in words.
pub(crate) fn within(time: u64) -> String {
    match time.saturating_sub(now()) {
        seconds if seconds < 120 => format!("{seconds} s"),
        seconds if seconds < 7_200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

/// What a voter should know of something that is, or is not, on the chain, and what to do.
pub(crate) fn explain(inclusion: Inclusion, promise: Option<&Promise>, package: &Path, direct: &str) -> String {
    let file = package.display();
    let whom = promise.map_or_else(|| "nobody".into(), |promise| promise.url.clone());
    match inclusion {
        Inclusion::Included { transaction, block } => {
            format!("It is on the chain, in block {block}: transaction {transaction}.")
        }
        Inclusion::Awaited { until: Some(until) } => {
            format!("It is not on the chain yet. The relayer at {whom} has promised it within {}.", within(until))
        }
        Inclusion::Awaited { until: None } => {
            "It is not on the chain yet, and no relayer's receipt lies beside it.".into()
        }
        Inclusion::Broken { .. } => format!(
            "It is NOT on the chain: the relayer at {whom} has not kept its word, and {} shows it.\nIt is as good as before: give it to another relayer (`psephos {direct} {file} --to URL`), \
or send it directly (`psephos {direct} {file} --sender FILE`), which shows everybody that this account sent it: use one that nobody can link to you.",
            receipt_path(package).display()
        ),
        Inclusion::TooLate { promised: true } => format!(
            "It is not on the chain and cannot come there any more: too late, or another one is in its place. {} shows what the relayer at {whom} had promised.",
            receipt_path(package).display()
        ),
        Inclusion::TooLate { promised: false } => {
            "It is not on the chain and cannot come there any more: too late, or another one is in its place.".into()
        }
    }
}
