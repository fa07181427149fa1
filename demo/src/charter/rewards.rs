//! The reward of every sheet: the same amount, claimed to fresh addresses that nothing links to a voter.

use psephos_chain::{Address, ChainError, U256, local};
use psephos_client::{
    progress::{Observer, Phase},
    reward::{self, ClaimPackage, NewReward, Payout},
    sheets,
};
use psephos_protocol::{
    identifiers::{ChamberId, PollId, SheetId},
    reward::PolicyTerms,
};
use psephos_state::{ChamberPolicy, Deployment};
use rand::{RngCore, rngs::OsRng};
use rayon::prelude::*;

use super::{RewardSummary, vote::Voting};
use crate::{
    DemoError,
    election::{GasEntry, clock::Clock, setup::Actors},
};

const DAY: u64 = 86_400;
/// A millionth of an ether, in wei.
const UNIT: u64 = 1_000_000_000_000;
/// The amount of every sheet, in units.
const BASE: u64 = 1_000;
/// A relayer's fee per claim, in units.
const FEE: u64 = 100;

/// Sets the reward of a sheet poll and funds its pool for all members.
pub(super) async fn fund_rewards(
    actors: &Actors,
    deployment: &Deployment,
    sheet: SheetId,
    chamber: ChamberId,
    members: usize,
    tally_deadline: u64,
) -> Result<(), DemoError> {
    let terms = PolicyTerms { base: BASE, ..PolicyTerms::default() };
    let new = NewReward {
        poll: PollId::default(),
        token: None,
        unit: UNIT.into(),
        ratification_deadline: None,
        claim_deadline: tally_deadline + 60 * DAY,
        chambers: vec![ChamberPolicy { chamber, terms }],
    };
    let most = U256::from(members) * U256::from(BASE) * U256::from(UNIT);
    let dao = actors.dao.sender().ok_or(ChainError::NoSender)?;
    let balance = actors.dao.read_balance(dao).await?;
    local::fund_account(actors.chain.connection(), dao, balance + most).await?;
    for call in sheets::sheet_reward_calls(deployment, sheet, &new, most)? {
        call.send(&actors.dao).await?;
    }
    Ok(())
}

/// Seals the notes, opens claims, and pays the claims of some voters.
pub(super) async fn pay_rewards(
    voting: &Voting<'_>,
    sheet: SheetId,
    chamber: ChamberId,
    observer: &dyn Observer,
    clock: &mut Clock,
    gas: &mut Vec<GasEntry>,
) -> Result<RewardSummary, DemoError> {
    let Voting { actors, deployment, circuits, .. } = *voting;
    let connection = actors.chain.connection();
    let state = psephos_chain::read_state(connection, deployment).await?;
    let sealed = sheets::seal_sheet_notes(&actors.relayer, &state, circuits, sheet, observer).await?;
    for sent in &sealed {
        GasEntry::record(gas, "sealNotes", sent.hash, sent.gas, 1);
    }
    let sent = sheets::open_sheet_claims(&actors.relayer, deployment, sheet).await?;
    GasEntry::record(gas, "openClaims", sent.hash, sent.gas, 1);
    clock.record_lap(Phase::Seal);

    let state = psephos_chain::read_state(connection, deployment).await?;
    let claimants = voting.config.claims.min(voting.identities.len());
    observer.begin(Phase::Claim, claimants as u64);
    let claim = |place: usize| -> Result<(Address, ClaimPackage), DemoError> {
        let mut fresh = [0; 20];
        OsRng.fill_bytes(&mut fresh);
        let (recipient, fee) = (Address::from(fresh), U256::from(FEE) * U256::from(UNIT));
        let payout = Payout { recipient, relayer: actors.relayer.sender(), fee };
        let package = sheets::prove_sheet_claim(&state, circuits, voting.voter(place), (sheet, chamber), payout)?;
        observer.advance(Phase::Claim, 1);
        Ok((recipient, package))
    };
    let mut claims = (0..claimants).into_par_iter().map(claim).collect::<Result<Vec<_>, _>>()?;
    // Sorted by random addresses: the order reveals nothing about voters.
    claims.sort_by_key(|(recipient, _)| *recipient);
    let mut received = true;
    for (recipient, package) in &claims {
        let sent = reward::submit_claim(&actors.relayer, package).await?;
        GasEntry::record(gas, "claim", sent.hash, sent.gas, 1);
        received &= connection.read_balance(*recipient).await? == U256::from(BASE - FEE) * U256::from(UNIT);
    }
    observer.end(Phase::Claim);
    clock.record_lap(Phase::Claim);
    let state = psephos_chain::read_state(connection, deployment).await?;
    let entry = state.sheet_rewards.get(&sheet);
    Ok(RewardSummary {
        unit: UNIT,
        base: BASE,
        sealed: entry.map_or(0, |entry| entry.sealed_notes(chamber)),
        claims: entry.map_or(0, |entry| entry.claims.len()),
        received: received && entry.is_some_and(|entry| entry.claims.len() == claimants),
    })
}
