//! Conversion of the chain state into JSON responses.

use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{DecryptionShare, Poll, PollChamber, PollState, hex, words};

use super::{
    Artefact, ChamberInfo, IndexerInfo, PollChamberInfo, PollDetail, PollInfo, RuleInfo, ShareInfo, TallyInfo,
};
use crate::indexer::{
    IndexerStatus,
    cache::{ResponseCache, word_to_hex},
};

pub(in crate::indexer) fn index_info(
    status: &IndexerStatus,
    obstacle: Option<String>,
    cache: &ResponseCache,
) -> IndexerInfo {
    let state = &status.state;
    let chambers = state.chambers.iter().map(|(&id, chamber)| ChamberInfo {
        chamber: id.get(),
        name: chamber.name.clone(),
        members: chamber.members.len() as u64,
        leaves: chamber.census.len() as u64,
        total_weight: chamber.total_weight().get(),
        marked: chamber.marked.iter().map(ToString::to_string).collect(),
        root: word_to_hex(words::from_field(&chamber.census.root())),
        census: cache.census_artefact(status, id, chamber, format!("/v1/chambers/{id}/census")),
    });
    IndexerInfo {
        chain_id: state.deployment.chain_id.get(),
        polls_contract: state.deployment.polls.to_string(),
        from_block: state.deployment.from_block,
        block: status.block.map_or(0, |block| block.number),
        hash: status.block.map(|block| block.hash.to_string()),
        time: status.block.map_or(0, |block| block.time),
        head: status.head,
        lag: status.lag(),
        confirmed: status.confirmed,
        obstacle,
        chambers: chambers.collect(),
        polls: state.polls.iter().map(|(&id, poll)| poll_info(status, cache, id, poll)).collect(),
        committees: state.committees.len() as u64,
        findings: state.findings.len() as u64,
    }
}

pub(in crate::indexer) fn poll_info(
    status: &IndexerStatus,
    cache: &ResponseCache,
    id: PollId,
    poll: &Poll,
) -> PollInfo {
    let censuses =
        poll.chambers.iter().filter_map(|(&chamber, listed)| frozen_census(status, cache, id, chamber, listed));
    PollInfo {
        poll: id.get(),
        state: poll.state_at(status.state.time),
        outcome: poll.ended.filter(|(state, _)| *state == PollState::Decided).map(|(_, outcome)| outcome),
        opens_at: poll.parameters.opens_at,
        closes_at: poll.parameters.closes_at,
        ballots: poll.chambers.values().map(|listed| listed.latest.len() as u64).sum(),
        censuses: censuses.collect(),
    }
}

fn frozen_census(
    status: &IndexerStatus,
    cache: &ResponseCache,
    poll: PollId,
    chamber: ChamberId,
    listed: &PollChamber,
) -> Option<Artefact> {
    let frozen = listed.frozen.as_ref()?;
    let path = format!("/v1/polls/{poll}/chambers/{chamber}/census");
    Some(cache.census_artefact(status, chamber, &frozen.chamber, path))
}

pub(in crate::indexer) fn poll_detail(
    status: &IndexerStatus,
    cache: &ResponseCache,
    id: PollId,
    poll: &Poll,
) -> PollDetail {
    let parameters = &poll.parameters;
    let chamber = |(&chamber, listed): (&ChamberId, &PollChamber)| {
        let word = |word: fn(&psephos_state::FrozenChamber) -> psephos_chain::U256| {
            listed.frozen.as_ref().map(|frozen| word_to_hex(word(frozen)))
        };
        PollChamberInfo {
            chamber: chamber.get(),
            weighted: listed.rule.weighted,
            min_ballots: listed.rule.min_ballots,
            threshold_bps: listed.rule.threshold_bps,
            quorum: listed.rule.quorum,
            step: listed.rule.step,
            root: word(|frozen| words::from_field(&frozen.root)),
            ctx: word(|frozen| words::from_field(&frozen.ctx)),
            packed_rule: word(|frozen| frozen.packed_rule),
            ballots: listed.latest.len() as u64,
            cast: listed.ballots.len() as u64,
            skipped: listed.skips.len() as u64,
            encrypted_total: cache.encrypted_total(id, chamber, poll.circuit_size(), listed),
            shares: listed.shares.iter().map(share_info).collect(),
            tally: listed.tally.as_ref().map(|counted| TallyInfo {
                totals: counted.exact_totals().map(<[u64]>::to_vec),
                buckets: counted.rounded().map(|rounded| rounded.buckets.clone()),
                greatest: counted.rounded().map(|rounded| rounded.greatest),
                choice: counted.choice,
                trustees: counted.trustees,
            }),
            census: frozen_census(status, cache, id, chamber, listed),
            notes: format!("/v1/polls/{id}/chambers/{chamber}/notes"),
        }
    };
    PollDetail {
        info: poll_info(status, cache, id, poll),
        proposal: format!("0x{}", hex::encode(parameters.proposal)),
        creator: poll.creator.to_string(),
        content: poll.content.to_string(),
        fingerprint: poll.fingerprint.map(|fingerprint| fingerprint.to_string()),
        metadata: parameters.metadata.clone(),
        // The highest number stands for all kinds that this program does not know.
        decision: parameters.decision.map_or(u8::MAX, |kind| kind as u8),
        options: parameters.options,
        rule: RuleInfo {
            // The highest number stands for all kinds that this program does not know.
            kind: parameters.rule.kind.map_or(u8::MAX, |kind| kind as u8),
            parameter: parameters.rule.parameter,
            exact: parameters.rule.exact,
            choice_in_note: parameters.rule.choice_in_note,
            masked: parameters.rule.masked,
        },
        tally_deadline: parameters.tally_deadline,
        committee: parameters.committee.get(),
        teller: parameters.teller,
        chambers_required: parameters.chambers_required,
        chambers: poll.chambers.iter().map(chamber).collect(),
    }
}

fn share_info(share: &DecryptionShare) -> ShareInfo {
    let points = words::from_points(&share.points).into_iter().map(word_to_hex).collect();
    let teller = share.blinding.as_ref().map(|blinding| blinding.teller);
    ShareInfo { trustee: share.trustee.to_string(), index: share.index, points, teller }
}
