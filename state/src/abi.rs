//! Conversions between the contracts' ABI structs and the types of the state: the only module that knows both.
//!
//! ABI structs are converted where an event is applied or a contract's view is compared, and made where a transaction is
//! built. Nothing else holds them.

use psephos_protocol::{
    identifiers::{ChamberId, CommitteeId},
    rule::{Rule, RuleKind},
};

use crate::{
    bindings::IPolls,
    poll::{ChamberRule, PollParameters, StatedRule},
};

/// Converts all but the chambers' rules, each of which has its own conversion.
impl From<IPolls::PollParameters> for PollParameters {
    fn from(parameters: IPolls::PollParameters) -> Self {
        Self {
            proposal: parameters.proposal,
            options: parameters.options,
            rule: parameters.rule.into(),
            opens_at: parameters.opensAt,
            closes_at: parameters.closesAt,
            tally_deadline: parameters.tallyDeadline,
            committee: CommitteeId::new(parameters.committee),
            chambers_required: parameters.chambersRequired,
            metadata: parameters.metadata,
        }
    }
}

impl From<IPolls::Rule> for StatedRule {
    fn from(rule: IPolls::Rule) -> Self {
        Self { kind: RuleKind::try_from(rule.kind as u8).ok(), parameter: rule.parameter, exact: rule.exact }
    }
}

impl From<Rule> for IPolls::Rule {
    fn from(rule: Rule) -> Self {
        Self { kind: rule.kind.into(), parameter: rule.parameter, exact: rule.exact }
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

impl From<IPolls::ChamberRule> for ChamberRule {
    fn from(rule: IPolls::ChamberRule) -> Self {
        Self {
            chamber: ChamberId::new(rule.chamber),
            weighted: rule.weighted,
            min_ballots: rule.minBallots,
            threshold_bps: rule.thresholdBps,
            quorum: rule.quorum,
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
            let rule = Rule { kind, parameter: 7, exact: true };
            let stated = StatedRule::from(IPolls::Rule::from(rule));
            assert_eq!(stated, StatedRule { kind: Some(kind), parameter: 7, exact: true });
        }
    }

    #[test]
    fn chamber_rule_converts_there_and_back() {
        let rule =
            ChamberRule { chamber: ChamberId::new(1), weighted: true, min_ballots: 2, threshold_bps: 3, quorum: 4 };
        assert_eq!(ChamberRule::from(IPolls::ChamberRule::from(rule)), rule);
    }

    #[test]
    fn unknown_kind_of_rule_remains_with_its_parameter() {
        let stated = IPolls::Rule { kind: IPolls::Kind::__Invalid, parameter: 7, exact: false };
        assert_eq!(StatedRule::from(stated), StatedRule { kind: None, parameter: 7, exact: false });
    }
}
