//! Enrolment, the sheet poll, and the sheets of all voters with their real answers.

use std::time::Instant;

use alloy::primitives::{Address, U256, keccak256};
use psephos_chain::{NodeSet, NodeSource, local};
use psephos_charter::answers::Answer;
use psephos_client::{
    KeyRing, operator,
    progress::{Observer, Phase},
    relayer::RelayConfig,
    sheets::{self, NewSheet, SheetRelay},
    voter::{self, Voter},
};
use psephos_protocol::{
    identifiers::{ChamberId, CommitteeId, SheetId},
    identity::{Identity, Seed},
};
use psephos_state::{
    ChainState, Deployment,
    sheet::{AdoptionTerms, SheetChamberRule},
};
use psephos_wire::SheetPackage;
use rand::rngs::OsRng;
use rayon::prelude::*;

use super::{CharterConfig, conversation::Conversation, rewards};
use crate::{
    DemoError,
    election::{GasEntry, clock::Clock, setup::Actors},
};

const DAY: u64 = 86_400;
/// Minimum of sheets in the chamber.
const MIN_BALLOTS: u32 = 3;
/// Balance of each account that enrols, in wei.
const FUNDS: u128 = 1_000_000_000_000_000_000;

/// What the sheet poll is created with, beside the conversation.
#[derive(Clone, Copy)]
pub(super) struct SheetOfDemo {
    pub(super) chamber: ChamberId,
    pub(super) committee: CommitteeId,
    pub(super) least_camp: u32,
}

/// What casting needs.
#[derive(Clone, Copy)]
pub(super) struct Voting<'a> {
    pub(super) actors: &'a Actors,
    pub(super) deployment: &'a Deployment,
    pub(super) circuits: &'a KeyRing,
    pub(super) conversation: &'a Conversation,
    pub(super) config: &'a CharterConfig,
    pub(super) identities: &'a [Identity],
}

/// Returns the account that stands for a participant: an export has none.
pub(super) fn account_of(participant: u64) -> Address {
    Address::from_word(keccak256(format!("psephos demo participant {participant}")))
}

/// Creates the chamber and enrols every voter, each with an identity of its own.
pub(super) async fn enrol(
    actors: &Actors,
    deployment: &Deployment,
    conversation: &Conversation,
    observer: &dyn Observer,
    gas: &mut Vec<GasEntry>,
) -> Result<(ChamberId, Vec<Identity>), DemoError> {
    observer.begin(Phase::Enrol, conversation.voters.len() as u64);
    let chamber = operator::create_chamber(&actors.dao, deployment, "participants of the conversation").await?;
    let accounts: Vec<_> = conversation.voters.iter().map(|voter| (account_of(voter.participant), 1)).collect();
    for sent in operator::set_weights(&actors.dao, deployment, chamber, &accounts).await? {
        GasEntry::record(gas, "set weights", sent.hash, sent.gas, 1);
    }
    let mut identities = Vec::with_capacity(accounts.len());
    for (account, _) in accounts {
        let identity = Identity::from_seed(&Seed::random(&mut OsRng))?;
        // No key of such an account exists: the local chain sends in its name.
        let connection = actors.chain.impersonate(account).await?;
        local::fund_account(actors.chain.connection(), account, U256::from(FUNDS)).await?;
        let enrolled = voter::enrol_identity(&connection, deployment, chamber, &identity.commitment()).await?;
        GasEntry::record(gas, "enrol", enrolled.transaction, enrolled.gas, 1);
        identities.push(identity);
        observer.advance(Phase::Enrol, 1);
    }
    observer.end(Phase::Enrol);
    Ok((chamber, identities))
}

/// Creates the sheet poll, sets its reward, and opens it.
pub(super) async fn open_sheet(
    actors: &Actors,
    deployment: &Deployment,
    conversation: &Conversation,
    config: &CharterConfig,
    poll: SheetOfDemo,
    observer: &dyn Observer,
) -> Result<SheetId, DemoError> {
    observer.begin(Phase::Open, 1);
    let opens_at = actors.dao.newest_time().await?;
    let closes_at = opens_at + 7 * DAY;
    let SheetOfDemo { chamber, committee, least_camp } = poll;
    let new = NewSheet {
        text: conversation.text.clone(),
        form: conversation.form.clone(),
        chambers: vec![SheetChamberRule { chamber, min_ballots: MIN_BALLOTS, least_camp }],
        adoption: Some(AdoptionTerms { theta: config.theta, quorum: config.quorum, required: 1 }),
        committee,
        cancellation: None,
        opens_at,
        closes_at,
        tally_deadline: closes_at + 7 * DAY,
    };
    let sent = sheets::create_sheet_call(deployment, &new).send(&actors.dao).await?;
    let sheet = sheets::created_sheet(deployment, &sent)?;
    rewards::fund_rewards(actors, deployment, sheet, chamber, conversation.voters.len(), new.tally_deadline).await?;
    sheets::open_sheet_call(deployment, sheet).send(&actors.dao).await?;
    observer.advance(Phase::Open, 1);
    observer.end(Phase::Open);
    Ok(sheet)
}

impl Voting<'_> {
    /// Returns the voter at a place.
    pub(super) fn voter(&self, place: usize) -> Voter<'_> {
        Voter { account: account_of(self.conversation.voters[place].participant), identity: &self.identities[place] }
    }

    fn replaces(&self, place: usize) -> bool {
        let every = self.config.replace_every;
        every > 0 && place % every == every / 2
    }

    /// Casts every voter's sheet; some first cast the opposite of their answers, and replace it. Returns how many did.
    pub(super) async fn cast_sheets(
        &self,
        sheet: SheetId,
        chamber: ChamberId,
        observer: &dyn Observer,
        clock: &mut Clock,
        gas: &mut Vec<GasEntry>,
    ) -> Result<(usize, f64), DemoError> {
        let all: Vec<usize> = (0..self.conversation.voters.len()).collect();
        let again: Vec<usize> = all.iter().copied().filter(|place| self.replaces(*place)).collect();
        let mut seconds = 0.0;
        for (phase, places, is_replacement) in [(Phase::Prove, &all, false), (Phase::Replace, &again, true)] {
            let state = psephos_chain::read_state(self.actors.chain.connection(), self.deployment).await?;
            observer.begin(phase, places.len() as u64);
            let start = Instant::now();
            let prove = |place: &usize| {
                let package = self.prove(&state, sheet, chamber, *place, is_replacement);
                observer.advance(phase, 1);
                package
            };
            let packages = places.par_iter().map(prove).collect::<Result<Vec<SheetPackage>, _>>()?;
            if !is_replacement {
                seconds = start.elapsed().as_secs_f64() / places.len().max(1) as f64;
            }
            observer.end(phase);
            clock.record_lap(phase);
            self.relay(&packages, is_replacement, observer, gas).await?;
            clock.record_lap(Phase::Relay);
        }
        Ok((again.len(), seconds))
    }

    fn prove(
        &self,
        state: &ChainState,
        sheet: SheetId,
        chamber: ChamberId,
        place: usize,
        is_replacement: bool,
    ) -> Result<SheetPackage, DemoError> {
        let real = &self.conversation.voters[place].answers;
        let opposite = |answer: &Option<Answer>| match answer {
            Some(Answer::Agree) => Some(Answer::Disagree),
            Some(Answer::Disagree) => Some(Answer::Agree),
            other => *other,
        };
        let answers = match self.replaces(place) && !is_replacement {
            true => real.iter().map(opposite).collect(),
            false => real.clone(),
        };
        let vote = sheets::prepare_sheet(state, self.voter(place), sheet, chamber, &answers, is_replacement)?;
        Ok(sheets::prove_sheet(self.circuits, vote)?)
    }

    async fn relay(
        &self,
        packages: &[SheetPackage],
        is_replacement: bool,
        observer: &dyn Observer,
        gas: &mut Vec<GasEntry>,
    ) -> Result<(), DemoError> {
        if packages.is_empty() {
            return Ok(());
        }
        let source = NodeSource::new(self.actors.chain.connection().clone(), self.deployment.clone());
        let nodes = NodeSet::single(self.actors.relayer.clone());
        let config = RelayConfig { batch: self.config.batch, ..RelayConfig::default() };
        let (outcomes, transactions) =
            sheets::relay_sheets(&source, &nodes, self.circuits, packages, config, observer).await?;
        if let Some(SheetRelay::Refused(reason)) = outcomes.iter().find(|one| matches!(one, SheetRelay::Refused(_))) {
            return Err(DemoError::BallotRefused(reason.clone()));
        }
        let call = if is_replacement { "castBatch of sheets, replacing" } else { "castBatch of sheets" };
        let cast = |hash| outcomes.iter().filter(|one| **one == SheetRelay::Cast(hash)).count();
        for sent in transactions {
            GasEntry::record(gas, call, sent.hash, sent.gas, cast(sent.hash));
        }
        Ok(())
    }
}
