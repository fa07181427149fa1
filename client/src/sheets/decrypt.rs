//! Decrypting the totals of a sheet poll: a trustee's shares of turnouts first, of statements only behind them.
//!
//! A camp of a few voters would show their answers. So no share of a statement's total is made before the turnout is
//! known, final, and large enough in both camps. A trustee does not take the turnout from a node or from the contract's
//! word: it decrypts the turnout itself from the shares that were posted, each with its proof verified.

use alloy::sol_types::SolEvent;
use psephos_chain::{Connection, NodeSet, Sent, StateSource, U256};
use psephos_circuits::catalogue::Name;
use psephos_protocol::{
    Fr, Point,
    committee::{KeyShare, TransportSecret},
    constants::{COMMITTEE_KEYS, RECORD_PROOF_WORDS},
    elements::{Context, StatementHash},
    identifiers::{ChamberId, SheetId},
    statement::{
        dealing,
        decryption::{self, Instance, PostedShare},
        sheet,
    },
};
use psephos_state::{
    ChainState, Committee, SheetState,
    bindings::ISheets::{self, BlockSharePosted, encryptedTotalCall, postSharesCall},
    sheet::{BlockShare, SheetChamber},
    words,
};
use psephos_submission::{
    proofs::{proof_from_words, proof_to_words},
    verifiers::check_contracts,
};

use super::{SheetsError, check_sheet_chamber, confirm::confirm_sheet_chamber, find_turnout_total};
use crate::{
    KeyRing,
    sheets::recompute_sheet_context,
    trustee::{Precautions, hash_other_keys, recover_key_share},
    verify::find_unproved_dealings,
};

/// The number of a committee's keys that the contract takes for a share of the turnout.
const TURNOUT_KEYS: usize = 3;

/// What a trustee did about one block of one chamber.
#[derive(Debug)]
pub enum SheetDecryption {
    /// Its share was posted.
    Posted {
        /// The chamber.
        chamber: ChamberId,
        /// The block: 0 is the turnout's.
        block: usize,
        /// The transaction.
        sent: Sent,
    },
    /// As many shares as the threshold were posted before, or the total's randomness is zero.
    NotNeeded {
        /// The chamber.
        chamber: ChamberId,
        /// The block.
        block: usize,
    },
    /// It was refused.
    Refused {
        /// The chamber.
        chamber: ChamberId,
        /// Why.
        error: SheetsError,
    },
}

/// A proved share.
struct PreparedShare {
    chamber: ChamberId,
    block: usize,
    h: StatementHash,
    points: Vec<Point>,
    proof: [U256; RECORD_PROOF_WORDS],
}

/// The trustee that decrypts.
struct Decrypter<'a> {
    state: &'a ChainState,
    circuits: &'a KeyRing,
    sheet: SheetId,
    committee: &'a Committee,
    index: u64,
    key_share: KeyShare,
    precautions: Precautions<'a>,
}

/// Posts this trustee's decryption shares of a closed sheet poll: those of turnouts of all chambers in one transaction,
/// then those of the statements of all chambers whose turnout is final. It is run until nothing is left; a refusal in
/// one chamber does not prevent the others from being decrypted.
///
/// # Errors
/// Returns `NotClosed`, `NotFinal`, `ClockDisagrees`, `UnprovedDealing`, `NotTrustee`; `Trustee` if the key file is not
/// that of the committee; `Submission` if a verifier is not ours; `Chain` if a transaction is not accepted.
pub async fn decrypt_sheet(
    connection: &Connection,
    source: &dyn StateSource,
    circuits: &KeyRing,
    secret: &TransportSecret,
    sheet: SheetId,
    precautions: Precautions<'_>,
) -> Result<Vec<SheetDecryption>, SheetsError> {
    let mut state = source.read_state().await?;
    let transactions = state.sheet_transactions_to_load(sheet)?;
    let calls = precautions.proofs.read_calls(&transactions).await?;
    state.load_sheet_calls(sheet, &calls)?;
    check_close(connection, &state, sheet, precautions).await?;
    let entry = state.sheet(sheet)?;
    let account = connection.sender().ok_or(psephos_chain::ChainError::NoSender)?;
    let (number, committee) = (entry.parameters.committee, state.committee(entry.parameters.committee)?);
    let index = committee.trustee_index(account);
    let index = index.ok_or(SheetsError::NotTrustee { committee: number, account })?;
    let sheet_circuit = Name::for_statement::<sheet::Witness>(Some(entry.parameters.size))?;
    check_contracts(circuits, connection, &state.deployment, &[sheet_circuit, Name::Decryption]).await?;
    let key_share = recover_key_share(&state, number, index, secret)?;
    check_dealings(&state, circuits, sheet)?;
    let decrypter = Decrypter { state: &state, circuits, sheet, committee, index, key_share, precautions };
    let (mut outcomes, mut turnouts, mut cells) = (Vec::new(), Vec::new(), Vec::new());
    for (&chamber, listed) in &entry.chambers {
        match decrypter.prepare_chamber(precautions.nodes, chamber, listed, &mut outcomes).await {
            Ok(shares) => {
                let (turnout, rest): (Vec<_>, Vec<_>) = shares.into_iter().partition(|share| share.block == 0);
                turnouts.extend(turnout);
                cells.extend(rest);
            }
            Err(error) => outcomes.push(SheetDecryption::Refused { chamber, error }),
        }
    }
    for (shares, keys) in [(turnouts, TURNOUT_KEYS), (cells, COMMITTEE_KEYS)] {
        outcomes.extend(decrypter.post_shares(connection, shares, keys).await?);
    }
    Ok(outcomes)
}

/// Requires that the sheet poll is closed, by the trustee's own clock too, and that its close is final.
async fn check_close(
    connection: &Connection,
    state: &ChainState,
    sheet: SheetId,
    precautions: Precautions<'_>,
) -> Result<(), SheetsError> {
    let entry = state.sheet(sheet)?;
    let shown = entry.state_at(state.time);
    if shown != SheetState::Closed {
        return Err(SheetsError::NotClosed { sheet, state: shown });
    }
    let closes_at = entry.parameters.closes_at;
    if let Some(now) = precautions.clock.map(|clock| clock()).filter(|now| *now < closes_at) {
        return Err(SheetsError::ClockDisagrees { sheet, closes_at, now });
    }
    let confirmations = precautions.confirmations;
    let final_time = match state.block.checked_sub(confirmations) {
        Some(block) => Some(connection.block_time(block).await?),
        None => None,
    };
    match final_time {
        Some(time) if time >= closes_at => Ok(()),
        _ => Err(SheetsError::NotFinal(format!(
            "sheet poll {sheet} closed less than {confirmations} blocks ago; wait, or require fewer confirmations"
        ))),
    }
}

/// Requires that every dealing of the committee is proved. Keys that were dealt without a proof could be anyone's.
fn check_dealings(state: &ChainState, circuits: &KeyRing, sheet: SheetId) -> Result<(), SheetsError> {
    let committee = state.sheet(sheet)?.parameters.committee;
    let recipients = state.committee(committee)?.recipients().map_err(crate::trustee::TrusteeError::from)?;
    let verifier = circuits.verifying_key_for::<dealing::Witness>(Some(recipients.capacity()))?;
    let unproved = find_unproved_dealings(state, verifier, &recipients, committee);
    match unproved.map_err(crate::trustee::TrusteeError::from)?.into_iter().next() {
        Some(reason) => Err(SheetsError::UnprovedDealing { committee, reason: reason.to_string() }),
        None => Ok(()),
    }
}

impl Decrypter<'_> {
    /// Checks a chamber and makes the shares of its blocks that are next. The journal has each total before there is a
    /// share of it.
    async fn prepare_chamber(
        &self,
        nodes: &NodeSet,
        chamber: ChamberId,
        listed: &SheetChamber,
        outcomes: &mut Vec<SheetDecryption>,
    ) -> Result<Vec<PreparedShare>, SheetsError> {
        let refuse = |reason: String| SheetsError::Refused { chamber, reason };
        let entry = self.state.sheet(self.sheet)?;
        let blocks = listed.pending_blocks(entry.used_blocks());
        if blocks.is_empty() {
            return Ok(Vec::new());
        }
        self.check_chamber(chamber)?;
        if listed.turnout.is_some() {
            self.check_turnout(chamber, listed)?;
        }
        let common = nodes.find_common_block(self.precautions.confirmations).await?;
        confirm_sheet_chamber(nodes, common, self.state, self.sheet, chamber).await?;
        let (_, frozen) = self.state.opened_sheet_chamber(self.sheet, chamber)?;
        let total = listed.encrypted_total(entry.parameters.size);
        let mut prepared = Vec::new();
        for block in blocks {
            let own = listed.shares_of(block).any(|share| share.index == self.index);
            let posted = listed.shares_of(block).count() as u64;
            let Some(ciphertext) = total.blocks().get(block) else { continue };
            if own || posted >= self.committee.threshold || ciphertext.c.is_identity() {
                outcomes.push(SheetDecryption::NotNeeded { chamber, block });
                continue;
            }
            let call = encryptedTotalCall {
                id: U256::from(self.sheet.get()),
                chamberId: U256::from(chamber.get()),
                blockIndex: U256::from(block),
            };
            let seen = nodes.call_at(common, self.state.deployment.sheets.sheets, &call).await?;
            let expected: Vec<U256> = ciphertext.coordinates().iter().map(words::from_field).collect();
            if seen != expected {
                let sheets = listed.latest.len();
                return Err(refuse(format!(
                    "the contract's total of block {block} is not the sum of the {sheets} sheets on chain: the node hides \
                     sheets, or shows others"
                )));
            }
            self.precautions.journal.record_block(&frozen.ctx, block, &ciphertext.c)?;
            prepared.push(self.make_share(chamber, block, frozen.ctx, &ciphertext.c)?);
        }
        Ok(prepared)
    }

    /// Requires that events, context and proofs of a chamber are right.
    fn check_chamber(&self, chamber: ChamberId) -> Result<(), SheetsError> {
        let refuse = |reason: String| SheetsError::Refused { chamber, reason };
        let (_, frozen) = self.state.opened_sheet_chamber(self.sheet, chamber)?;
        if let Some(finding) = self.state.findings.iter().find(|finding| finding.concerns_sheet(self.sheet)) {
            return Err(refuse(finding.to_string()));
        }
        let recomputed = recompute_sheet_context(self.state, self.sheet, chamber)?;
        if recomputed != frozen.ctx {
            let [in_force, given] = [frozen.ctx, recomputed].map(|ctx| ctx.to_hex());
            return Err(refuse(format!("its context is {in_force}, the events give {given}")));
        }
        match check_sheet_chamber(self.state, self.circuits, self.sheet, chamber)?.into_iter().next() {
            Some(reason) => Err(refuse(reason)),
            None => Ok(()),
        }
    }

    /// Requires that the turnout is final, is what verified shares decrypt, and that no camp is too small. With camps
    /// of a few voters, a share of a statement's total would show what they answered.
    fn check_turnout(&self, chamber: ChamberId, listed: &SheetChamber) -> Result<(), SheetsError> {
        let refuse = |reason: String| SheetsError::Refused { chamber, reason };
        let Some(tally) = listed.turnout else { return Err(refuse("its turnout is not tallied".into())) };
        let confirmations = self.precautions.confirmations;
        if tally.position.block.saturating_add(confirmations) > self.state.block {
            return Err(SheetsError::NotFinal(format!(
                "the turnout of chamber {chamber} was tallied less than {confirmations} blocks ago; wait, or require fewer \
                 confirmations"
            )));
        }
        for share in listed.shares_of(0) {
            self.verify_share(listed, chamber, share).map_err(&refuse)?;
        }
        let (turnout, _) = find_turnout_total(self.state, self.sheet, chamber)?;
        if turnout != tally.turnout || turnout.voters() != listed.latest.len() as u64 {
            return Err(refuse("its turnout is not the one that the posted shares decrypt".into()));
        }
        let least = u64::from(listed.rule.least_camp);
        let has_camps = self.state.sheet(self.sheet)?.has_camps();
        match has_camps && (turnout.lower < least || turnout.upper < least) {
            true => Err(refuse(format!("a camp has fewer than {least} voters: its answers are never decrypted"))),
            false => Ok(()),
        }
    }

    /// Verifies a posted share of the turnout.
    fn verify_share(&self, listed: &SheetChamber, chamber: ChamberId, share: &BlockShare) -> Result<(), String> {
        let (_, frozen) = self.state.opened_sheet_chamber(self.sheet, chamber).map_err(|error| error.to_string())?;
        let size = self.state.sheet(self.sheet).map_err(|error| error.to_string())?.parameters.size;
        let total = listed.encrypted_total(size);
        let verifier = self.circuits.verifying_key(Name::Decryption).map_err(|error| error.to_string())?;
        let block = total.blocks().get(share.block).ok_or("a share of no block")?;
        let inputs = block_share_inputs(share, self.committee, frozen.ctx, &block.c)?;
        let proof = proof_from_words(&share.proof).map_err(|error| error.to_string())?;
        verifier.verify(&proof, &inputs).map_err(|error| format!("the share of {}: {error}", share.trustee))
    }

    /// Makes and proves the share of a block.
    fn make_share(
        &self,
        chamber: ChamberId,
        block: usize,
        ctx: Context,
        c: &Point,
    ) -> Result<PreparedShare, SheetsError> {
        let size = if block == 0 { TURNOUT_KEYS } else { COMMITTEE_KEYS };
        let (instance, witness, posted) = decryption::build_share(ctx, c, &self.key_share, size);
        let chain_id = self.state.deployment.chain_id;
        let proof = proof_to_words(&self.circuits.prove(chain_id, instance, witness)?);
        Ok(PreparedShare { chamber, block, h: posted.h, points: posted.share[..size].to_vec(), proof })
    }

    /// Posts shares that the contract checks with this many of the trustee's keys.
    async fn post_shares(
        &self,
        connection: &Connection,
        shares: Vec<PreparedShare>,
        keys: usize,
    ) -> Result<Vec<SheetDecryption>, SheetsError> {
        if shares.is_empty() {
            return Ok(Vec::new());
        }
        let contract = self.state.deployment.sheets.sheets;
        let block_share = |share: &PreparedShare| ISheets::BlockShare {
            chamber: U256::from(share.chamber.get()),
            blockIndex: U256::from(share.block),
            share: words::from_points(&share.points),
            h: words::from_field(&share.h),
            proof: share.proof,
        };
        let other = if keys == TURNOUT_KEYS { hash_other_keys(self.committee, self.index)? } else { [0; 32] };
        let call = postSharesCall {
            sheet: U256::from(self.sheet.get()),
            index: U256::from(self.index),
            keys: words::from_points(&self.key_share.public_keys()[..keys]),
            otherKeysHash: other.into(),
            shares: shares.iter().map(block_share).collect(),
        };
        let sent = connection.send_call(contract, &call).await?;
        // A share that the contract rejects is no failed transaction: an event names the trustee, visible to everyone.
        let logs = sent.logs.iter().filter(|log| log.address() == contract);
        let accepted: Vec<(U256, U256)> = logs
            .filter_map(|log| BlockSharePosted::decode_log(&log.inner).ok())
            .map(|event| (event.chamber, event.blockIndex))
            .collect();
        let outcome = |share: &PreparedShare| {
            let (chamber, block) = (share.chamber, share.block);
            match accepted.contains(&(U256::from(chamber.get()), U256::from(block))) {
                true => SheetDecryption::Posted { chamber, block, sent: sent.clone() },
                false => {
                    let error = SheetsError::ShareRejected { chamber, block, transaction: sent.hash };
                    SheetDecryption::Refused { chamber, error }
                }
            }
        };
        Ok(shares.iter().map(outcome).collect())
    }
}

/// Returns the public inputs of a share's proof, as the contract computes them, from dealings and a total that were
/// summed up here.
///
/// # Errors
/// Returns why there are none.
pub(crate) fn block_share_inputs(
    share: &BlockShare,
    committee: &Committee,
    ctx: Context,
    c: &Point,
) -> Result<[Fr; 3], String> {
    let (commitments, size) = (committee.commitments().ok_or("the committee has no keys")?, share.points.len());
    // An event may state any index: it is compared before it is counted with.
    if committee.trustee_index(share.trustee) != Some(share.index) || size > COMMITTEE_KEYS {
        return Err(format!("{} is not a trustee of the committee", share.trustee));
    }
    let own = commitments.evaluate_at(share.index + 1);
    let fill = |used: &[Point], filler: Point| -> [Point; COMMITTEE_KEYS] {
        std::array::from_fn(|index| used.get(index).copied().unwrap_or(filler))
    };
    let keys = fill(&own[..size], Point::generator());
    let posted = PostedShare { h: share.h, keys, share: fill(&share.points, *c) };
    Ok(Instance::from_posted(&posted, ctx, c).to_inputs())
}
