//! What honest contracts answer about a state.

use std::collections::BTreeMap;

use psephos_chain::{Address, B256, U256};
use psephos_state::{
    ChainState, CharterStage, SheetPoll, SheetState,
    bindings::{
        IBridging, ICharters, ICommittee,
        ISheets::{self, ChamberStatus, ChamberView, Counters, SheetView},
    },
    sheet::{AdoptionTerms, SheetChamber},
    words,
};

use super::{
    fixture::{SHEET, transaction},
    story::Story,
};
use crate::{
    sheets::decide_sheet,
    verify::{
        BlockEvidence,
        sheet::{CharterEvidence, SheetChamberEvidence, SheetEvidence, SheetVerifierEvidence},
    },
};

/// Returns the evidence of honest contracts about a story.
pub(super) fn honest_evidence(Story { state, calls }: Story) -> SheetEvidence {
    let entry = state.sheet(SHEET).unwrap();
    let block = |number| (number, BlockEvidence { time: number, transactions: vec![transaction(number)] });
    let chambers = entry.chambers.iter().map(|(id, listed)| (*id, answer_chamber(entry, listed))).collect();
    let registered = |id| &state.chambers[id];
    let members = entry.chambers.keys().map(|id| {
        let of = |member: &psephos_state::Member| {
            (words::from_field(&member.id.value()), U256::from(member.weight.get()), U256::from(member.index))
        };
        (*id, registered(id).members.iter().map(|(account, member)| (*account, of(member))).collect())
    });
    let names = entry.chambers.keys().map(|id| (*id, (registered(id).name.clone(), registered(id).policy)));
    let verdict = decide_sheet(SHEET, entry).ok().and_then(|outcome| {
        let adopted = outcome.outcomes.is_some().then(|| outcome.adopted())?;
        // The camps are divided on what they do not both adopt.
        Some(IBridging::Verdict { adopted, contested: 0x7ff & !adopted, unheard: 0 })
    });
    let none = Address::ZERO;
    SheetEvidence {
        sheet: SHEET,
        blocks: (1..40).map(block).collect(),
        verifiers: SheetVerifierEvidence {
            sheets: ISheets::immutableDependenciesReturn {
                registry: none,
                committee: none,
                sheet16Verifier: none,
                sheet40Verifier: none,
            },
            committee: ICommittee::immutableDependenciesReturn {
                decryptionVerifier: none,
                dealing5Verifier: none,
                dealing16Verifier: none,
                keysVerifier: none,
            },
            bridging: none,
            charters: ICharters::immutableDependenciesReturn { sheets: none, bridging: none },
            answers: Vec::new(),
        },
        other_code: None,
        committee: None,
        view: answer_sheet(entry),
        chamber_ids: vec![U256::ZERO],
        chambers,
        names: names.collect(),
        members: members.collect(),
        verdict,
        charter: answer_charter(&state),
        calls,
        state,
    }
}

fn answer_sheet(entry: &SheetPoll) -> SheetView {
    let p = &entry.parameters;
    let form = p.form.as_ref().unwrap();
    let state = match entry.ended {
        Some((SheetState::Finished, _)) => ISheets::State::Finished,
        Some((SheetState::Undecided, _)) => ISheets::State::Undecided,
        Some(_) => ISheets::State::Cancelled,
        None => ISheets::State::Closed,
    };
    let cancellation = p.cancellation.unwrap();
    SheetView {
        state,
        fingerprint: entry.fingerprint.unwrap().to_bytes().into(),
        creator: entry.creator,
        proposal: p.proposal,
        agenda: p.agenda.into(),
        formHash: words::from_field(&form.hash()),
        size: 16,
        count: 11,
        kind: ISheets::Kind::Statements,
        camps: true,
        opensAt: p.opens_at,
        closesAt: p.closes_at,
        tallyDeadline: p.tally_deadline,
        canceller: cancellation.canceller,
        cancelDeadline: cancellation.deadline,
        committee: p.committee.get(),
        adoption: AdoptionTerms::to_contract(p.adoption),
    }
}

fn answer_chamber(entry: &SheetPoll, listed: &SheetChamber) -> SheetChamberEvidence {
    let frozen = listed.frozen.as_ref().unwrap();
    let slot = |cast: &psephos_state::sheet::CastSheet| {
        let word = U256::from_be_bytes(cast.fingerprint()) | U256::from(cast.ordinal);
        (words::from_field(&cast.posted.nullifier), word)
    };
    let total = listed.encrypted_total(16);
    let form = entry.form().unwrap();
    let cells = listed.cell_totals(form.counters(), form.count()).unwrap();
    let counters = cells.map(|cells| {
        let narrow = |value: u64| u32::try_from(value).unwrap();
        let cell = |cell: psephos_protocol::sheet::CellTotals| Counters {
            agree: narrow(cell.agree[0]),
            disagree: narrow(cell.disagree[0]),
            upperAgree: narrow(cell.agree[1]),
            upperDisagree: narrow(cell.disagree[1]),
        };
        cells.into_iter().map(cell).collect()
    });
    let status = match listed.turnout {
        None => ChamberStatus::Opened,
        Some(turnout) if turnout.too_small => ChamberStatus::TooSmallCamp,
        Some(_) if listed.is_tallied(entry.used_blocks()) => ChamberStatus::Tallied,
        Some(_) => ChamberStatus::TurnoutTallied,
    };
    let turnout = listed.turnout.map_or([0; 2], |tally| [tally.turnout.lower, tally.turnout.upper]);
    let set = |bits: &mut dyn Iterator<Item = usize>| bits.fold(U256::ZERO, |set, bit| set | U256::from(1) << bit);
    let posted = &mut listed.shares.iter().map(|share| 16 * share.block + share.index as usize);
    let tallied = &mut listed.turnout.iter().map(|_| 0).chain(listed.blocks.keys().copied());
    SheetChamberEvidence {
        view: ChamberView {
            status,
            rule: listed.rule.into(),
            root: words::from_field(&frozen.root),
            ctx: words::from_field(&frozen.ctx),
            ballots: u32::try_from(listed.latest.len()).unwrap(),
            members: u32::try_from(frozen.chamber.members.len()).unwrap(),
            totalWeight: frozen.chamber.total_weight().get(),
            shares: set(posted),
            refusals: u32::try_from(listed.refusals.len()).unwrap(),
            turnout: turnout.map(|camp| u32::try_from(camp).unwrap()),
            talliedBlocks: set(tallied),
        },
        totals: total.blocks().iter().map(|one| one.coordinates().iter().map(words::from_field).collect()).collect(),
        slots: listed.counted_sheets().map(slot).collect(),
        counters,
    }
}

fn answer_charter(state: &ChainState) -> CharterEvidence {
    let versions: BTreeMap<u64, ICharters::Version> = state
        .charters
        .iter()
        .map(|(&number, version)| {
            let answered = ICharters::Version {
                charterHash: version.charter_hash,
                number: U256::from(number),
                parent: version.parent,
                sheet: U256::from(version.sheet.get()),
                adopted: version.adopted,
                root: version.root,
                expiresAt: version.expires_at,
                modelHash: version.model_hash,
                policyHash: version.policy_hash,
                stage: match version.stage {
                    CharterStage::Live => ICharters::Stage::Live,
                    _ => ICharters::Stage::Shadow,
                },
            };
            (number, answered)
        })
        .collect();
    let live = state
        .live_charter()
        .map_or((U256::ZERO, B256::ZERO), |(number, version)| (U256::from(number), version.charter_hash));
    CharterEvidence { version_of: U256::from(versions.len()), versions, live }
}
