//! Whether a ballot counts, and whether a relayer kept its promise about it.

use std::path::Path;

use psephos_chain::host::host_of;
use psephos_client::package::MAX_BYTES;
use psephos_client::remote::relay::{Inclusion, find_ballot};
use psephos_client::{ChainState, Package, files as client_files, voter};
use psephos_protocol::identity::Identity;
use psephos_protocol::nullifier;
use psephos_wire::ballot::Contents;
use psephos_wire::relay::ballot_id;
use serde_json::json;

use super::Place;
use crate::commands::submission;
use crate::failure::{CHECK_FAILED, Failure, OK};
use crate::session::Session;

/// Checks whether a ballot of an identity counts: any, or that of a package.
pub(super) fn check_ballot(
    session: &Session,
    state: &ChainState,
    identity: &Identity,
    place: Place,
    path: Option<&Path>,
) -> Result<u8, Failure> {
    let package = match path {
        Some(path) => Some(Package::parse(&client_files::read_bytes(path, MAX_BYTES)?)?),
        None => None,
    };
    let contents = package.as_ref().map(Package::contents).transpose()?;
    if let (Some(package), Some(contents), Some(path)) = (&package, &contents, path) {
        require_own_package(state, identity, place, package, contents, path)?;
    }
    let expected = contents.as_ref().map(|contents| &contents.record.posted);
    let counted = voter::is_counted(state, identity, place.poll, place.chamber, expected)?;
    let mut shown = json!({ "poll": place.poll, "chamber": place.chamber, "counted": counted });
    let mut more = String::new();
    if let (Some(package), Some(path)) = (&package, path) {
        let id = contents.as_ref().map(|contents| ballot_id(package, contents));
        let promise = submission::read_receipt(path, id)?;
        let inclusion = find_ballot(state, package, promise.as_ref(), submission::unix_time())?;
        shown["promise"] = match &promise {
            None => json!(null),
            Some(promise) => json!({
                "relayer": host_of(&promise.url), "by": promise.receipt.promised_by,
                "broken": matches!(inclusion, Inclusion::Broken { .. } | Inclusion::TooLate { .. }),
            }),
        };
        more = format!("\n{}", submission::explain_inclusion(inclusion, promise.as_ref(), path, "relay"));
    }
    session.output().print_result(&shown, || {
        let text = match counted {
            true => "A ballot of this identity counts.",
            false if expected.is_some() => "This ballot does not count.",
            false => "No ballot of this identity counts.",
        };
        format!("{text}{more}")
    })?;
    Ok(if counted { OK } else { CHECK_FAILED })
}

/// Requires that a package is a ballot of this identity in the poll's chamber that is asked for: of any other one it
/// would be true, and misleading, that it does not count.
fn require_own_package(
    state: &ChainState,
    identity: &Identity,
    place: Place,
    package: &Package,
    contents: &Contents,
    path: &Path,
) -> Result<(), Failure> {
    let (_, frozen) = state.opened_chamber(place.poll, place.chamber)?;
    let own = nullifier::derive_nullifier(&identity.nullifier_key(), &identity.commitment(), frozen.ctx);
    if (package.poll, package.chamber) != (place.poll, place.chamber) {
        return Err(Failure::invalid_input(
            format!(
                "{} is a ballot for chamber {} of poll {}, not for chamber {} of poll {}",
                path.display(),
                package.chamber,
                package.poll,
                place.chamber,
                place.poll
            ),
            "name the poll and the chamber of the package",
        ));
    }
    if contents.record.posted.nullifier != own {
        return Err(Failure::invalid_input(
            format!("{} is not a ballot of this identity", path.display()),
            "name the identity that made it with --identity",
        ));
    }
    Ok(())
}
