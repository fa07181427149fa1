//! The checks of one chamber: census, ballot rule, context, ballots, encrypted total; then its shares, totals and
//! choice.

use psephos_protocol::{
    elements::Element,
    field,
    identifiers::{ChamberId, PollId},
};
use psephos_state::{ChainState, FrozenChamber, Poll, PollChamber, U256, bindings::IPolls::ChamberView, words};

use super::{
    Check, CheckName, VerifyError,
    ballots::{BallotVerifiers, find_invalid_replacements, find_unproved_ballots},
    decision, recompute_context, rounding, share,
};
use crate::{KeyRing, parameters::ballot_parameters};

/// Checks a chamber against the contract's view of it.
pub(super) fn check_chamber(
    state: &ChainState,
    circuits: &KeyRing,
    poll: PollId,
    id: ChamberId,
    view: &ChamberView,
) -> Result<Vec<Check>, VerifyError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, id)?;
    let unproved = find_unproved_ballots(&BallotVerifiers::new(circuits, entry)?, listed, frozen);
    let single = |name, outcome| Check::single(name, Some(id), outcome);

    let mut checks = vec![
        Check::new(
            CheckName::Census,
            Some(id),
            frozen.chamber.members.len(),
            check_census(frozen, view).err().into_iter().collect(),
        ),
        single(CheckName::Rule, check_rule(entry, listed, frozen)),
        single(CheckName::Context, check_context(state, poll, id, frozen, view)),
        Check::new(CheckName::BallotProofs, Some(id), listed.ballots.len(), unproved),
        Check::new(CheckName::Replacements, Some(id), listed.ballots.len(), find_invalid_replacements(entry, listed)),
        single(
            CheckName::BallotCount,
            check_ballot_count(listed, frozen).and_then(|()| compare_ballot_count(listed, view)),
        ),
        single(CheckName::EncryptedTotal, check_total(entry, listed, view)),
    ];
    checks.extend(share::check_shares(state, circuits, entry, id)?);
    checks.extend(match listed.rule.is_rounded() {
        true => rounding::check_rounded_totals(state, circuits, entry, id, listed)?,
        false => decision::check_totals(state, entry, id, listed),
    });
    checks.extend(decision::check_choice(entry, id, listed, view));
    Ok(checks)
}

fn check_census(frozen: &FrozenChamber, view: &ChamberView) -> Result<(), String> {
    let rebuilt = frozen.chamber.census.root();
    require_equal("the root rebuilt from events", &rebuilt, "the root that was frozen", &frozen.root)?;
    let members = frozen.chamber.members.len();
    match words::from_field(&rebuilt) == view.root {
        true if usize::try_from(view.members) == Ok(members) => Ok(()),
        true => Err(format!("the contract answers with {} members, the events give {members}", view.members)),
        false => Err(format!("the contract answers with root {}", view.root)),
    }
}

fn check_rule(poll: &Poll, chamber: &PollChamber, frozen: &FrozenChamber) -> Result<(), String> {
    let packed = ballot_parameters(poll, chamber).map_err(|error| error.to_string())?.pack_u64();
    match U256::from(packed) == frozen.packed_rule {
        true => Ok(()),
        false => Err(format!("the rule of the poll is {packed:#x}, the rule in force is {:#x}", frozen.packed_rule)),
    }
}

fn check_context(
    state: &ChainState,
    poll: PollId,
    id: ChamberId,
    frozen: &FrozenChamber,
    view: &ChamberView,
) -> Result<(), String> {
    let computed = recompute_context(state, poll, id).map_err(|error| error.to_string())?;
    require_equal("the context of the events", &computed, "the context in force", &frozen.ctx)?;
    match words::from_field(&computed) == view.ctx {
        true => Ok(()),
        false => Err(format!("the contract answers with context {}", view.ctx)),
    }
}

/// Checks that there are no more ballots than members: a nullifier counts once.
pub(crate) fn check_ballot_count(chamber: &PollChamber, frozen: &FrozenChamber) -> Result<(), String> {
    let (ballots, members) = (chamber.latest.len(), frozen.chamber.members.len());
    match ballots <= members {
        true => Ok(()),
        false => Err(format!("there are {ballots} ballots, but only {members} members")),
    }
}

fn compare_ballot_count(chamber: &PollChamber, view: &ChamberView) -> Result<(), String> {
    let ballots = chamber.latest.len();
    match view.ballots as usize == ballots {
        true => Ok(()),
        false => Err(format!("the contract counts {} ballots, the events {ballots}", view.ballots)),
    }
}

fn check_total(poll: &Poll, chamber: &PollChamber, view: &ChamberView) -> Result<(), String> {
    let sum: Vec<U256> =
        chamber.encrypted_total(poll.circuit_size()).coordinates().iter().map(words::from_field).collect();
    match sum == view.total {
        true => Ok(()),
        false => Err("the contract's encrypted total is not the sum of the ballots that count".into()),
    }
}

fn require_equal<E: Element + PartialEq>(left: &str, a: &E, right: &str, b: &E) -> Result<(), String> {
    match a == b {
        true => Ok(()),
        false => Err(format!("{left} is {}, {right} is {}", field::to_hex(&a.to_fr()), field::to_hex(&b.to_fr()))),
    }
}
