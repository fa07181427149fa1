//! A poll's reward: its policies, its books and the claims that were paid.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{Address, B256, ChainState, Reward, StateError, U256};
use serde::{Deserialize, Serialize};

use crate::{
    amounts::format_amount,
    format::{format_time, plural},
};

/// The reward of a poll. Amounts are in the token's smallest unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RewardReport {
    /// The ERC-20 token; zero for the chain's native token.
    pub token: Address,
    /// The unit of the policies' amounts.
    pub unit: u128,
    /// Whether it is owed, in words.
    pub funding: String,
    /// The last second in which rewards can be claimed, since 1970.
    pub claim_deadline: u64,
    /// Paid into the pool.
    pub funded: U256,
    /// Paid to claims, relayers' fees included.
    pub paid: U256,
    /// Returned to the DAO.
    pub withdrawn: U256,
    /// Remaining in the pool.
    pub left: U256,
    /// The ratifying poll, and the option that it named.
    pub ratified: Option<(PollId, Option<usize>)>,
    /// The policy of each chamber that is paid.
    pub policies: Vec<PolicyReport>,
    /// The claims that were paid, in order.
    pub claims: Vec<ClaimReport>,
}

/// The policy of a chamber, in units, and its sealed notes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct PolicyReport {
    /// The chamber.
    pub chamber: ChamberId,
    /// The amount for every ballot.
    pub base: u64,
    /// The additional amount per unit of weight.
    pub per_weight: u64,
    /// The weight up to which that counts.
    pub cap: u64,
    /// The additional amount for the ratified option.
    pub bonus: u64,
    /// Number of notes that were sealed.
    pub sealed: usize,
    /// Number of note batches that they are in.
    pub batches: usize,
}

/// A claim that was paid.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct ClaimReport {
    /// The chamber of the ballot.
    pub chamber: ChamberId,
    /// The account that was paid.
    pub recipient: Address,
    /// The amount, the relayer's fee included.
    pub amount: U256,
    /// The relayer's fee.
    pub fee: U256,
    /// Its transaction.
    pub transaction: B256,
}

impl RewardReport {
    /// Reports on the reward of a poll; none if it has none.
    ///
    /// # Errors
    /// `UnknownPoll` if there is a reward of a poll that does not exist.
    pub fn new(state: &ChainState, poll: PollId) -> Result<Option<Self>, StateError> {
        let Ok(reward) = state.reward(poll) else { return Ok(None) };
        let parameters = &reward.parameters;
        let policy = |policy: &psephos_state::ChamberPolicy| PolicyReport {
            chamber: policy.chamber,
            base: policy.terms.base,
            per_weight: policy.terms.per_weight,
            cap: policy.terms.cap,
            bonus: policy.terms.bonus,
            sealed: reward.sealed_notes(policy.chamber),
            batches: reward.batches.get(&policy.chamber).map_or(0, Vec::len),
        };
        Ok(Some(Self {
            token: parameters.token,
            unit: parameters.unit,
            funding: state.reward_funding(poll)?.to_string(),
            claim_deadline: parameters.claim_deadline,
            funded: reward.funded,
            paid: reward.paid_out(),
            withdrawn: reward.withdrawn,
            left: reward.pool(),
            ratified: reward.ratified.map(|by| (by.by, by.option.map(usize::from))),
            policies: parameters.chambers.iter().map(policy).collect(),
            claims: list_claims(reward),
        }))
    }

    /// Describes in a few sentences what is paid; `option_name` names the poll's options.
    pub fn describe(&self, option_name: impl Fn(usize) -> String) -> String {
        let ratified = match self.ratified {
            Some((by, Some(option))) => format!("Poll {by} ratified \"{}\".", option_name(option)),
            Some((by, None)) => format!("Poll {by} ratified no option."),
            None => "No option was ratified.".into(),
        };
        let (sealed, batches) =
            self.policies.iter().fold((0, 0), |sum, policy| (sum.0 + policy.sealed, sum.1 + policy.batches));
        let sealed = format!("{} sealed in {}", plural(sealed as u64, "note"), count_batches(batches));
        let claims = plural(self.claims.len() as u64, "claim");
        format!("{ratified} {sealed}, {claims} paid; claims until {}.", format_time(self.claim_deadline))
    }

    /// Formats an amount of its token.
    pub fn format(&self, amount: U256) -> String {
        format_amount(amount, self.token)
    }

    /// Returns the unit of the policies' amounts, formatted.
    pub fn format_unit(&self) -> String {
        self.format(U256::from(self.unit))
    }

    /// Returns the entries of the pool's books.
    pub fn books(&self) -> [(&'static str, U256); 4] {
        [
            ("funded", self.funded),
            ("paid by claims, fees included", self.paid),
            ("back to the DAO", self.withdrawn),
            ("left", self.left),
        ]
    }
}

fn count_batches(batches: usize) -> String {
    if batches == 1 { "1 note batch".into() } else { format!("{batches} note batches") }
}

fn list_claims(reward: &Reward) -> Vec<ClaimReport> {
    let unit = reward.unit();
    let claims = reward.claims.iter().map(|paid| ClaimReport {
        chamber: paid.chamber,
        recipient: paid.claim.recipient,
        amount: paid.claim.amount.saturating_mul(unit),
        fee: paid.claim.fee,
        transaction: paid.transaction,
    });
    claims.collect()
}
