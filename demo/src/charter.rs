//! A charter from a conversation: statements that people answered, sheets with their real answers, adoption across
//! camps, enactment by a timelock, a gateway that serves a model, rewards, and the verification of all of it.
//!
//! It plays all participants on a local chain. Because it knows every answer, it can compare the totals on chain with
//! the plain computation, which no one can in a real vote.

mod conversation;
mod count;
mod enact;
mod gateway;
mod page;
mod report;
mod rewards;
mod timelock;
mod vote;

pub use gateway::{Gateway, GatewayError};
pub use page::render_charter_page;
pub use report::{CharterReport, GatewayReport, RewardSummary, StatementReport};

use std::path::PathBuf;

use psephos_chain::NodeSource;
use psephos_client::{
    KeyRing,
    keys::{load_claim_keys, load_sealing_keys, load_sheet_key},
    progress::{Observer, Phase},
    verify::verify_sheet,
};
use psephos_state::PollBounds;
use psephos_submission::verifiers::deploy_system;

use crate::{
    DemoError,
    election::{ElectionConfig, GasEntry, clock::Clock, committee, setup},
};

/// With fewer voters than this, the least camp is lowered to [`LOWERED_CAMP`], and the report says so.
const ENOUGH_VOTERS: usize = 200;
const LOWERED_CAMP: u32 = 5;

/// The parameters of the demonstration.
#[derive(Clone, Debug)]
pub struct CharterConfig {
    /// Folder of the Polis export.
    pub polis: PathBuf,
    /// The number of voters, the first by lot; `None`: all.
    pub voters: Option<usize>,
    /// The least answers of a participant who is a voter.
    pub min_answers: usize,
    /// The least moderation of a statement: 1 accepted, 0 not rejected, -1 all.
    pub least_moderation: i8,
    /// The number of people of the pilot.
    pub pilot: usize,
    /// The least part of each camp's answers that must agree, in basis points.
    pub theta: u16,
    /// The least number of answers of each camp.
    pub quorum: u32,
    /// Every N-th voter first casts other answers, and replaces them; 0: none does.
    pub replace_every: usize,
    /// Maximum number of sheets in a transaction.
    pub batch: usize,
    /// The number of voters that claim their reward; the proof of each takes time.
    pub claims: usize,
    /// URL of a running local chain; `None` starts one.
    pub chain: Option<String>,
    /// Number of trustees in the committee.
    pub trustees: usize,
    /// Number of trustees whose shares decrypt a total.
    pub threshold: usize,
    /// Number of trustees that are absent when totals are decrypted.
    pub absent: usize,
}

impl CharterConfig {
    /// Returns the usual parameters for an export.
    pub fn new(polis: impl Into<PathBuf>) -> Self {
        Self {
            polis: polis.into(),
            voters: None,
            min_answers: 7,
            least_moderation: 0,
            pilot: 200,
            theta: 8_500,
            quorum: 0,
            replace_every: 10,
            batch: 32,
            claims: 10,
            chain: None,
            trustees: 5,
            threshold: 3,
            absent: 2,
        }
    }

    fn to_election(&self) -> ElectionConfig {
        ElectionConfig {
            chain: self.chain.clone(),
            batch: self.batch,
            trustees: self.trustees,
            threshold: self.threshold,
            absent: self.absent,
            ..ElectionConfig::default()
        }
    }
}

/// Runs the demonstration and reports on it.
///
/// # Errors
/// Returns [`DemoError::Conversation`] or [`DemoError::ImpossibleCommittee`] before anything is started. A total that
/// differs from the plain computation is no error: [`CharterReport::passed`] is false then.
pub async fn run_charter(
    config: &CharterConfig,
    circuits: &KeyRing,
    observer: &dyn Observer,
) -> Result<CharterReport, DemoError> {
    let election = config.to_election();
    committee::ensure_possible(&election)?;
    let conversation = conversation::read_conversation(config)?;
    let least_camp =
        if conversation.voters.len() < ENOUGH_VOTERS { LOWERED_CAMP } else { PollBounds::default().least_camp };
    let mut clock = Clock::new();
    let mut gas: Vec<GasEntry> = Vec::new();

    let actors = setup::start_chain(&election, observer, &mut clock).await?;
    clock.measure(Phase::Keys, || load_sheet_key(circuits, conversation.form.size(), observer))?;
    observer.begin(Phase::Deploy, 0);
    let bounds = PollBounds { least_camp, ..PollBounds::NONE };
    let deployment = deploy_system(circuits, &actors.dao, bounds).await?.deployment;
    observer.end(Phase::Deploy);
    clock.record_lap(Phase::Deploy);
    let committee = committee::Committee::form(&actors, &deployment, circuits, &election, observer, &mut gas).await?;
    clock.record_lap(Phase::Committee);
    let timelock = enact::hand_over_charters(&actors, &deployment).await?;

    let (chamber, identities) = vote::enrol(&actors, &deployment, &conversation, observer, &mut gas).await?;
    clock.record_lap(Phase::Enrol);
    let poll = vote::SheetOfDemo { chamber, committee: committee.id, least_camp };
    let sheet = vote::open_sheet(&actors, &deployment, &conversation, config, poll, observer).await?;
    clock.record_lap(Phase::Open);
    let cast = vote::Voting {
        actors: &actors,
        deployment: &deployment,
        circuits,
        conversation: &conversation,
        config,
        identities: &identities,
    };
    let replaced = cast.cast_sheets(sheet, chamber, observer, &mut clock, &mut gas).await?;

    count::decrypt_and_tally(&actors, &deployment, circuits, &committee, sheet, observer, &mut clock, &mut gas).await?;
    let counted = count::compare_totals(&actors, &deployment, &conversation, sheet).await?;
    let enacted = enact::enact_charter(&actors, &deployment, &timelock, sheet, &conversation, &mut gas).await?;
    let gateway = gateway::try_gateway(&actors, &deployment, &enacted).await?;
    clock.measure(Phase::Keys, || {
        load_sealing_keys(circuits, observer)?;
        load_claim_keys(circuits, 3, observer)
    })?;
    let reward = rewards::pay_rewards(&cast, sheet, chamber, observer, &mut clock, &mut gas).await?;
    let source = NodeSource::new(actors.chain.connection().clone(), deployment.clone());
    let verify = verify_sheet(&source, actors.chain.connection(), circuits, sheet, observer).await?;
    clock.record_lap(Phase::Verify);
    report::build_report(report::Parts {
        config,
        conversation: &conversation,
        deployment,
        sheet,
        least_camp,
        replaced,
        counted,
        enacted,
        gateway,
        reward,
        verify,
        gas,
        timings: clock.timings(),
    })
}
