//! The teller of a rounded poll: it opens the blinded shares that were made for it, learns the exact totals, and proves
//! what is published of them.

use psephos_chain::{ChainError, Connection, Sent, U256};
use psephos_protocol::{
    Scalar,
    committee::TransportSecret,
    identifiers::{ChamberId, PollId},
    rounding::{BLINDING_BASE, BlindingFactors, Outcome},
    statement::decision,
};
use psephos_state::{
    ChainState, Committee, DecryptionShare, Poll, PollChamber,
    bindings::IPolls::{RoundedTally, ShareCombination, tallyRoundedCall},
    words,
};
use psephos_submission::proofs::proof_to_words;

use super::{Refusal, TrusteeError};
use crate::{
    KeyRing,
    tally::{Combination, TallyError, empty_combination, solve_totals},
};

/// A rounded chamber that was tallied.
#[derive(Clone, Debug)]
pub struct RoundedChamber {
    /// The chamber.
    pub chamber: ChamberId,
    /// What was published.
    pub outcome: Outcome,
    /// The transaction.
    pub sent: Sent,
}

/// Returns the index of the trustee for which blinded shares of a chamber are made at a time (seconds since 1970): the
/// poll's teller; and, after the middle of the time for the tally, the one that replaces it, if enough shares name the
/// poll's teller. So a teller that does nothing blocks no tally, and no trustee becomes the teller by withholding its
/// share.
pub fn current_teller(poll: &Poll, chamber: &PollChamber, committee: &Committee, time: u64) -> u64 {
    let named = u64::from(poll.parameters.teller);
    let is_silent = shares_for(chamber, named).len() as u64 >= committee.threshold;
    match is_silent && time > poll.replaces_teller_after() {
        true => replacing_teller(committee, named).unwrap_or(named),
        false => named,
    }
}

/// Returns the trustee that replaces a teller: the next one, cyclically, that has a transport key.
pub fn replacing_teller(committee: &Committee, named: u64) -> Option<u64> {
    let trustees = committee.trustees.len() as u64;
    let others = (1..trustees).map(|step| (named + step) % trustees);
    others.into_iter().find(|index| committee.registration(*index).is_some())
}

/// Returns the shares of a chamber that a teller can open.
pub fn shares_for(chamber: &PollChamber, teller: u64) -> Vec<&DecryptionShare> {
    let names = |share: &&DecryptionShare| share.blinding.as_ref().is_some_and(|blinding| blinding.teller == teller);
    chamber.shares.iter().filter(names).collect()
}

/// The exact totals of a rounded chamber, with what proves an outcome of them. Secret but for the combination: without
/// `Debug`.
struct OpenedTotals {
    totals: Vec<u64>,
    factors: BlindingFactors,
    combination: ShareCombination,
}

/// Opens the shares of a chamber as the teller of this index.
fn open_totals(
    state: &ChainState,
    secret: &TransportSecret,
    (poll, chamber): (PollId, ChamberId),
    teller: u64,
    progress: impl Fn(usize, usize),
) -> Result<OpenedTotals, TrusteeError> {
    let entry = state.poll(poll)?;
    let (listed, frozen) = state.opened_chamber(poll, chamber)?;
    let (size, options) = (entry.circuit_size(), entry.options());
    let total = listed.encrypted_total(size);
    let needed = state.committee(entry.committee())?.threshold;
    let (factors, combination, commitments) = if total.c.is_identity() {
        // No share is needed: `W_j = D_j + H`, so `B_j = -1`.
        let factors = BlindingFactors::new(vec![-Scalar::from(1u64); options]);
        let commitments = total.d.iter().map(|d| *d + *BLINDING_BASE).collect();
        (factors, empty_combination(), commitments)
    } else {
        let mine = shares_for(listed, teller);
        let posted = mine.len();
        let missing = || TallyError::SharesMissing { chamber, posted, needed: needed as usize };
        let combined = Combination::choose_from(mine, needed).ok_or_else(missing)?;
        let lists = combined.shares().iter().filter_map(|share| share.blinding.as_ref());
        let lists = lists.map(|blinding| blinding.factors.decrypt(frozen.ctx, secret)).collect::<Result<Vec<_>, _>>();
        let lists = lists.map_err(|_| Refusal::NotTheTeller { chamber, teller })?;
        let multiples = combined.combine_multiples(size).ok_or_else(missing)?;
        let commitments: Vec<_> = total.d.iter().zip(&multiples).map(|(d, e)| *d - *e).collect();
        let factors = BlindingFactors::combine(&lists, combined.coefficients(), options);
        (factors, combined.to_share_combination(), commitments)
    };
    let unblinded: Vec<_> = commitments.iter().zip(factors.expose()).map(|(w, b)| *w + BLINDING_BASE.mul(b)).collect();
    let totals = solve_totals(entry, listed, frozen, &unblinded, progress)?;
    Ok(OpenedTotals { totals, factors, combination })
}

/// Tallies one rounded chamber: opens the blinded shares that name this trustee as their teller, finds the exact
/// totals, and posts the greatest option, the choice and the buckets, with their proof.
///
/// # Errors
/// Returns `NotTrustee`; `Refused` with `NotClosed`, `AlreadyTallied` or `NotTheTeller`; `Tally` with `SharesMissing`
/// or `NoTotal`; `Keys`; `Chain`.
pub async fn tally_rounded_chamber(
    connection: &Connection,
    state: &ChainState,
    circuits: &KeyRing,
    secret: &TransportSecret,
    poll: PollId,
    chamber: ChamberId,
    progress: impl Fn(usize, usize),
) -> Result<RoundedChamber, TrusteeError> {
    let account = connection.sender().ok_or(ChainError::NoSender)?;
    let entry = state.poll(poll)?;
    let (listed, _) = state.opened_chamber(poll, chamber)?;
    if !entry.is_closed_at(state.time) {
        return Err(Refusal::NotClosed { poll, state: entry.state_at(state.time) }.into());
    }
    if listed.tally.is_some() {
        return Err(Refusal::AlreadyTallied { chamber }.into());
    }
    let committee = entry.committee();
    let teller = state.committee(committee)?.trustee_index(account);
    let teller = teller.ok_or(TrusteeError::NotTrustee { committee, account })?;
    let parameters = entry.rounding_parameters(&listed.rule)?;
    let opened = open_totals(state, secret, (poll, chamber), teller, progress)?;
    let size = entry.circuit_size();
    let built = decision::build_decision(size, parameters, opened.totals, opened.factors);
    let (instance, witness, h) = built.map_err(|error| Refusal::NoDecision { chamber, reason: error.to_string() })?;
    let (outcome, commitments) = (witness.outcome.clone(), witness.commit());
    let proof = proof_to_words(&circuits.prove(state.deployment.chain_id, instance, witness)?);
    let choice = outcome.choice.and_then(|option| u8::try_from(option).ok());
    let call = tallyRoundedCall {
        poll: U256::from(poll.get()),
        chamber: U256::from(chamber.get()),
        rounded: RoundedTally {
            commitments: words::from_points(&commitments),
            buckets: outcome.buckets.clone(),
            teller: match opened.combination.trustees.is_zero() {
                true => entry.parameters.teller,
                false => u8::try_from(teller).unwrap_or(u8::MAX),
            },
            greatest: u8::try_from(outcome.greatest).unwrap_or(u8::MAX),
            hasChoice: choice.is_some(),
            choice: choice.unwrap_or_default(),
            h: words::from_field(&h),
            proof,
        },
        combination: opened.combination,
    };
    let sent = connection.send_call(state.deployment.polls, &call).await?;
    Ok(RoundedChamber { chamber, outcome, sent })
}
