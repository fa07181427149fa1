//! A trustee's attestation of an opened poll, after finality and from more than one node.

use std::path::{Path, PathBuf};

use alloy::primitives::Signature;
use psephos_chain::{Address, NodeSet, NodesError, U256};
use psephos_protocol::identifiers::PollId;
use psephos_state::{ChainState, bindings::IPolls::pollCall};
use psephos_submission::contexts::{ContextError, confirm_chamber};
use psephos_wire::Attestation;

use super::{Refusal, TrusteeError};
use crate::{
    confirm::{ConfirmError, Mismatch, SourceKind, expected_attestation, find_difference},
    files,
};

/// The largest file of an attestation, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// The attestations that a trustee has signed, in a folder beside its key file: one a poll, for ever. A second one that
/// said something else would prove to everyone that this trustee lied.
pub struct AttestationBook(PathBuf);

impl AttestationBook {
    /// Returns the book beside a key file: a folder of its name with `.attestations` appended.
    pub fn beside(keys: &Path) -> Self {
        let mut name = keys.as_os_str().to_owned();
        name.push(".attestations");
        Self(name.into())
    }

    /// Returns the file of a poll's attestation.
    pub fn path(&self, state: &ChainState, poll: PollId) -> PathBuf {
        let deployment = &state.deployment;
        self.0.join(format!("{}-{:#x}-{poll}.json", deployment.chain_id, deployment.polls))
    }

    /// Reads the attestation of a poll, if there is one.
    ///
    /// # Errors
    /// `File` if the file cannot be read or is damaged.
    pub fn read(&self, state: &ChainState, poll: PollId) -> Result<Option<Attestation>, TrusteeError> {
        let path = self.path(state, poll);
        if !path.exists() {
            return Ok(None);
        }
        let text = files::read_text(&path, MAX_BYTES)?;
        match serde_json::from_str(&text) {
            Ok(attestation) => Ok(Some(attestation)),
            Err(error) => Err(files::FileError::Invalid { path, reason: error.to_string() }.into()),
        }
    }

    fn record(&self, state: &ChainState, attestation: &Attestation) -> Result<(), TrusteeError> {
        files::create_folder(&self.0)?;
        // A struct of numbers and strings always has a JSON form.
        let text = serde_json::to_string_pretty(attestation).unwrap_or_default() + "\n";
        Ok(files::write_new(&self.path(state, attestation.poll), &text)?)
    }
}

/// Returns the opened polls of the committees in which this account has registered, whose attestation is not in the
/// book.
///
/// # Errors
/// `File` if the book cannot be read.
pub fn polls_to_attest(
    state: &ChainState,
    account: Address,
    book: &AttestationBook,
) -> Result<Vec<PollId>, TrusteeError> {
    let mut due = Vec::new();
    for (&id, poll) in &state.polls {
        let committee = state.committees.get(&poll.committee());
        let is_trustee = committee.is_some_and(|committee| committee.trustee_index(account).is_some());
        if is_trustee && poll.opened && poll.ended.is_none() && book.read(state, id)?.is_none() {
            due.push(id);
        }
    }
    Ok(due)
}

/// Signs what all nodes say of an opened poll and what its events give, and records it in the book before it is
/// returned. An attestation in the book is returned as it is.
///
/// # Errors
/// `Refused` with `NotFinal` if the poll was opened less than `confirmations` blocks ago, or with `OtherAttestation` if
/// the book has one that says something else; `Confirm` if the nodes do not agree with the events or with each other.
pub async fn attest_poll<E: std::fmt::Display>(
    nodes: &NodeSet,
    state: &ChainState,
    poll: PollId,
    confirmations: u64,
    book: &AttestationBook,
    (account, sign): (Address, impl AsyncFnOnce(&Attestation) -> Result<Signature, E>),
) -> Result<Attestation, TrusteeError> {
    let mut attestation = expected_attestation(state, poll)?;
    if let Some(known) = book.read(state, poll)? {
        return match find_difference(&known, &attestation) {
            None => Ok(known),
            Some((what, _, _)) => Err(Refusal::OtherAttestation { poll, what, book: book.path(state, poll) }.into()),
        };
    }
    let block = nodes.find_common_block(confirmations).await.map_err(ConfirmError::from)?;
    let call = pollCall { id: U256::from(poll.get()) };
    let not_final = Refusal::NotFinal { poll, confirmations };
    let view = match nodes.call_at(block, state.deployment.polls, &call).await {
        Ok(view) => view,
        // The poll was created after this block.
        Err(NodesError::Unusable { source, .. }) if source.revert_name() == Some("UnknownPoll") => {
            return Err(not_final.into());
        }
        Err(error) => return Err(ConfirmError::from(error).into()),
    };
    if view.fingerprint.0 != attestation.fingerprint.to_bytes() {
        let (said, shown) = (view.fingerprint.to_string(), attestation.fingerprint.to_string());
        let (kind, what) = (SourceKind::Nodes, Mismatch::Fingerprint);
        return Err(ConfirmError::Differs { kind, what, said, shown }.into());
    }
    for &chamber in state.poll(poll)?.chambers.keys() {
        match confirm_chamber(nodes, block, state, poll, chamber).await {
            Ok(()) => {}
            // Before the opening the context is zero.
            Err(ContextError::Differs { contract: U256::ZERO, .. }) => return Err(not_final.into()),
            Err(error) => return Err(ConfirmError::from(error).into()),
        }
    }
    (attestation.block, attestation.block_hash) = (block.number, block.hash);
    let signature = sign(&attestation).await;
    let signature = signature.map_err(|error| TrusteeError::Signature { account, reason: error.to_string() })?;
    let signed = attestation.with_signature(account, &signature);
    book.record(state, &signed)?;
    Ok(signed)
}
