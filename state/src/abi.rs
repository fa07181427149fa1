//! Conversions between the contracts' ABI structs and the types of the state: the only module that knows both.
//!
//! ABI structs are converted where an event is applied or a contract's view is compared, and made where a transaction
//! is built. Nothing else holds them.

use alloy_primitives::{Address, Uint};
use psephos_protocol::{
    decision::DecisionKind,
    identifiers::{ChamberId, CommitteeId},
    reward::{Policy, PolicyError, PolicyTerms},
    rule::{Rule, RuleKind},
};

use crate::{
    bindings::{IPolls, IRewards, ISheets},
    error::StateError,
    poll::{Cancellation, ChamberRule, PollBounds, PollParameters, PollState, StatedRule},
    reward::{ChamberPolicy, Claim, RewardParameters},
    words,
};

/// Converts all but the chambers' rules, each of which has its own conversion.
impl From<IPolls::PollParameters> for PollParameters {
    fn from(parameters: IPolls::PollParameters) -> Self {
        Self {
            proposal: parameters.proposal,
            options: parameters.options,
            rule: parameters.rule.into(),
            decision: DecisionKind::try_from(parameters.decision as u8).ok(),
            cancellation: (parameters.canceller != Address::ZERO)
                .then_some(Cancellation { canceller: parameters.canceller, deadline: parameters.cancelDeadline }),
            opens_at: parameters.opensAt,
            closes_at: parameters.closesAt,
            tally_deadline: parameters.tallyDeadline,
            committee: CommitteeId::new(parameters.committee),
            teller: parameters.teller,
            chambers_required: parameters.chambersRequired,
            metadata: parameters.metadata,
        }
    }
}

impl From<PollBounds> for IPolls::Bounds {
    fn from(bounds: PollBounds) -> Self {
        Self {
            minBallots: bounds.min_ballots,
            minCastingTime: bounds.min_casting_time,
            minTallyTime: bounds.min_tally_time,
            maxDuration: bounds.max_duration,
        }
    }
}

impl From<PollBounds> for ISheets::Bounds {
    fn from(bounds: PollBounds) -> Self {
        Self {
            minBallots: bounds.min_ballots,
            leastCamp: bounds.least_camp,
            minCastingTime: bounds.min_casting_time,
            minTallyTime: bounds.min_tally_time,
            maxDuration: bounds.max_duration,
        }
    }
}

impl From<IPolls::Rule> for StatedRule {
    fn from(rule: IPolls::Rule) -> Self {
        let kind = RuleKind::try_from(rule.kind as u8).ok();
        Self {
            kind,
            parameter: rule.parameter,
            exact: rule.exact,
            choice_in_note: rule.choiceInNote,
            masked: rule.masked,
        }
    }
}

impl From<Rule> for IPolls::Rule {
    fn from(rule: Rule) -> Self {
        let kind = rule.kind.into();
        Self {
            kind,
            parameter: rule.parameter,
            exact: rule.exact,
            choiceInNote: rule.choice_in_note,
            masked: rule.masked,
        }
    }
}

impl From<RuleKind> for IPolls::Kind {
    fn from(kind: RuleKind) -> Self {
        match kind {
            RuleKind::Plurality => Self::Plurality,
            RuleKind::Approval => Self::Approval,
            RuleKind::Score => Self::Score,
            RuleKind::Cumulative => Self::Cumulative,
            RuleKind::Quadratic => Self::Quadratic,
            RuleKind::Borda => Self::Borda,
        }
    }
}

impl From<DecisionKind> for IPolls::DecisionKind {
    fn from(kind: DecisionKind) -> Self {
        match kind {
            DecisionKind::Options => Self::Options,
            DecisionKind::Motion => Self::Motion,
        }
    }
}

impl PollState {
    /// Returns the state in which a poll has ended; `None` for a contract's state that is not final.
    pub fn from_final(state: IPolls::State) -> Option<Self> {
        match state {
            IPolls::State::Decided => Some(Self::Decided),
            IPolls::State::Rejected => Some(Self::Rejected),
            IPolls::State::Undecided => Some(Self::Undecided),
            IPolls::State::Cancelled => Some(Self::Cancelled),
            _ => None,
        }
    }
}

impl From<IPolls::ChamberRule> for ChamberRule {
    fn from(rule: IPolls::ChamberRule) -> Self {
        Self {
            chamber: ChamberId::new(rule.chamber),
            weighted: rule.weighted,
            min_ballots: rule.minBallots,
            threshold_bps: rule.thresholdBps,
            quorum: rule.quorum,
            step: rule.step,
        }
    }
}

impl From<ChamberRule> for IPolls::ChamberRule {
    fn from(rule: ChamberRule) -> Self {
        Self {
            chamber: rule.chamber.get(),
            weighted: rule.weighted,
            minBallots: rule.min_ballots,
            thresholdBps: rule.threshold_bps,
            quorum: rule.quorum,
            step: rule.step,
        }
    }
}

impl From<IRewards::Parameters> for RewardParameters {
    fn from(parameters: IRewards::Parameters) -> Self {
        Self {
            token: parameters.token,
            unit: parameters.unit,
            ratification_deadline: parameters.ratificationDeadline,
            claim_deadline: parameters.claimDeadline,
            chambers: parameters.chambers.into_iter().map(ChamberPolicy::from).collect(),
        }
    }
}

impl From<IRewards::ChamberPolicy> for ChamberPolicy {
    fn from(policy: IRewards::ChamberPolicy) -> Self {
        // Numbers of 40 bits fit.
        let [base, per_weight, cap, bonus] =
            [policy.base, policy.perWeight, policy.cap, policy.bonus].map(|number| number.to::<u64>());
        let terms = PolicyTerms { base, per_weight, cap, bonus, ratified: None };
        Self { chamber: ChamberId::new(policy.chamber), terms }
    }
}

impl TryFrom<ChamberPolicy> for IRewards::ChamberPolicy {
    type Error = PolicyError;

    fn try_from(policy: ChamberPolicy) -> Result<Self, PolicyError> {
        // The numbers of a valid policy have 40 bits.
        let PolicyTerms { base, per_weight, cap, bonus, .. } = *Policy::new(policy.terms)?.terms();
        let [base, per_weight, cap, bonus] = [base, per_weight, cap, bonus].map(Uint::<40, 1>::from);
        Ok(Self { chamber: policy.chamber.get(), base, perWeight: per_weight, cap, bonus })
    }
}

/// Fails with `Unexpected` if the reward nullifier or `h` is not below the field's order.
impl TryFrom<IRewards::Claim> for Claim {
    type Error = StateError;

    fn try_from(claim: IRewards::Claim) -> Result<Self, StateError> {
        Ok(Self {
            reward_nullifier: words::to_field(claim.rewardNullifier)?,
            amount: claim.amount,
            recipient: claim.recipient,
            relayer: claim.relayer,
            fee: claim.fee,
            h: words::to_field(claim.h)?,
            proof: claim.proof,
        })
    }
}

impl From<Claim> for IRewards::Claim {
    fn from(claim: Claim) -> Self {
        Self {
            rewardNullifier: words::from_field(&claim.reward_nullifier),
            amount: claim.amount,
            recipient: claim.recipient,
            relayer: claim.relayer,
            fee: claim.fee,
            h: words::from_field(&claim.h),
            proof: claim.proof,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_rule_converts_there_and_back() {
        for number in 0..6u8 {
            let kind = RuleKind::try_from(number).unwrap();
            let rule = Rule { kind, parameter: 7, exact: true, choice_in_note: true, masked: true };
            let stated = StatedRule::from(IPolls::Rule::from(rule));
            assert_eq!(
                stated,
                StatedRule { kind: Some(kind), parameter: 7, exact: true, choice_in_note: true, masked: true }
            );
        }
    }

    #[test]
    fn chamber_rule_converts_there_and_back() {
        let rule = ChamberRule {
            chamber: ChamberId::new(1),
            weighted: true,
            min_ballots: 2,
            threshold_bps: 3,
            quorum: 4,
            step: 5,
        };
        assert_eq!(ChamberRule::from(IPolls::ChamberRule::from(rule)), rule);
    }

    #[test]
    fn only_policies_of_40_bits_convert_there_and_back() {
        let policy = |cap| ChamberPolicy {
            chamber: ChamberId::new(1),
            terms: PolicyTerms { base: 2, per_weight: 3, cap, bonus: 4, ratified: None },
        };
        let greatest = policy((1 << 40) - 1);
        assert_eq!(IRewards::ChamberPolicy::try_from(greatest).map(ChamberPolicy::from), Ok(greatest));
        assert_eq!(
            IRewards::ChamberPolicy::try_from(policy(1 << 40)).map(ChamberPolicy::from),
            Err(PolicyError::TooLarge { name: "cap" })
        );
    }

    #[test]
    fn unknown_kind_of_rule_remains_with_its_parameter() {
        let stated = IPolls::Rule {
            kind: IPolls::Kind::__Invalid,
            parameter: 7,
            exact: false,
            choiceInNote: false,
            masked: false,
        };
        assert_eq!(
            StatedRule::from(stated),
            StatedRule { kind: None, parameter: 7, exact: false, choice_in_note: false, masked: false }
        );
    }
}
