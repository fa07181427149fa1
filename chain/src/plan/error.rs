//! Errors of running a plan. Each says what was sent, and that running it again pays for nothing twice.

use std::path::PathBuf;

use alloy::primitives::{Address, B256, U256};
use psephos_protocol::identifiers::ChainId;

use crate::revert::Revert;

/// The reason why a plan is not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Another process runs the plan.
    #[error("another process uses the journal {path}: wait until it ends; nothing was sent")]
    Locked {
        /// The journal.
        path: PathBuf,
    },
    /// The journal cannot be read or written.
    #[error(
        "the journal {path}: {reason}; nothing is sent that is not written there first, and the same command continues"
    )]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// The journal is that of another run.
    #[error(
        "the journal {path} is of an unfinished run with another {what}: finish that run with the same options, or move \
         the journal away if you know what became of its transactions; nothing was sent"
    )]
    OtherRun {
        /// The journal.
        path: PathBuf,
        /// What differs.
        what: &'static str,
    },
    /// A nonce was chosen, and the steps have nonces of their own.
    #[error("a chosen nonce is for one transaction, and a plan gives each step a nonce of its own; nothing was sent")]
    NonceChosen,
    /// The balance does not suffice for the whole plan.
    #[error(
        "{account} has {balance} wei, and the {steps} transactions that are to be sent cost up to {needed} wei: send it \
         the difference and run the same command again; nothing was sent"
    )]
    UnfundedPlan {
        /// The account.
        account: Address,
        /// Its balance, in wei.
        balance: U256,
        /// What the plan can cost, in wei.
        needed: U256,
        /// The number of transactions that are to be sent.
        steps: usize,
    },
    /// The balance does not suffice for a step; those before it are done.
    #[error(
        "{account} has {balance} wei, and {step} costs up to {needed} wei: send it the difference and run the same \
         command again, which pays for no step twice"
    )]
    Unfunded {
        /// The step and its position.
        step: String,
        /// The account.
        account: Address,
        /// Its balance, in wei.
        balance: U256,
        /// What the step can cost, in wei.
        needed: U256,
    },
    /// A step would revert.
    #[error("{step} would fail: {revert}; it was not sent")]
    WouldFail {
        /// The step and its position.
        step: String,
        /// The revert.
        revert: Revert,
    },
    /// The transaction of a step failed when it was mined.
    #[error("{step} failed in transaction {hash}: {reason}; the same command tries it again")]
    Failed {
        /// The step and its position.
        step: String,
        /// The transaction.
        hash: B256,
        /// Why, as far as it is known.
        reason: String,
    },
    /// The transaction of a step was not mined in time.
    #[error(
        "{step} was sent with nonce {nonce} of {account}{} and was not mined in {seconds} s (the next nonce is {latest}): \
         the same command waits for it, and never sends it with another nonce",
        hash.map(|hash| format!(" as {hash}")).unwrap_or_default()
    )]
    NotMined {
        /// The step and its position.
        step: String,
        /// The account.
        account: Address,
        /// The nonce.
        nonce: u64,
        /// The last version of the transaction, if the node has told its hash.
        hash: Option<B256>,
        /// The nonce of the account's next transaction, as the node says.
        latest: u64,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// The node refused the transaction of a step.
    #[error("the node refused {step} with nonce {nonce} of {account}: {message}; the same command tries it again")]
    Refused {
        /// The step and its position.
        step: String,
        /// The account.
        account: Address,
        /// The nonce.
        nonce: u64,
        /// The node's message.
        message: String,
    },
    /// A mined transaction has not done what it should.
    #[error(
        "{step} was mined in transaction {hash} (block {block}), but the node does not show what it does: try again \
         with another node, and if it is so there too, another transaction has undone it"
    )]
    NoEffect {
        /// The step and its position.
        step: String,
        /// The transaction.
        hash: B256,
        /// The number of its block.
        block: u64,
    },
    /// The node says that a nonce is used, and shows no transaction that used it.
    #[error(
        "the node says that nonce {nonce} of {account} is used, but not by which transaction, and {step} is not done: \
         it is not sent again before that is known; try again later, or with another node"
    )]
    UnexplainedNonce {
        /// The step and its position.
        step: String,
        /// The account.
        account: Address,
        /// The nonce.
        nonce: u64,
    },
    /// Contracts cannot be deployed at addresses known in advance.
    #[error("chain {chain_id} has no deterministic deployment proxy, and none could be deployed there: {reason}")]
    NoFactory {
        /// The chain.
        chain_id: ChainId,
        /// Why.
        reason: String,
    },
}
