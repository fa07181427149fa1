//! Errors of actions about sheet polls and charters. No variant holds a secret.

use psephos_chain::{Address, ChainError, NodesError};
use psephos_charter::{
    agenda::MetadataError,
    charter::CharterError,
    outcome::{OutcomeError, TotalsError},
};
use psephos_circuits::catalogue::NoCircuit;
use psephos_protocol::{
    identifiers::{ChamberId, CommitteeId, SheetId},
    identity::IdentityError,
    sheet::CounterError,
    statement::sheet::SheetError,
};
use psephos_prover::{KeyError, KeyRingError};
use psephos_state::{B256, SheetState, StateError};
use psephos_submission::SubmissionError;
use psephos_wire::PackageError;

use crate::{
    confirm::ConfirmError, conversions::convert_through, remote::RemoteProverError, reward::RewardError,
    trustee::TrusteeError,
};

/// A failure of an action about a sheet poll or a charter.
#[derive(Debug, thiserror::Error)]
pub enum SheetsError {
    /// The chain cannot be read or sent to, or its events do not contain what was asked for.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// A statement cannot be proved, or a circuit's key cannot be used.
    #[error(transparent)]
    Keys(#[from] KeyRingError),
    /// A deployed verifier is not that of our key, or it cannot be compared.
    #[error(transparent)]
    Submission(#[from] SubmissionError),
    /// The prover service did not make a valid proof.
    #[error(transparent)]
    Remote(#[from] RemoteProverError),
    /// The package cannot be read.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The account is not in the frozen census.
    #[error(
        "account {account} was not in chamber {chamber} when sheet poll {sheet} was opened: enrol before it opens, and \
         vote with the account that enrolled"
    )]
    NotMember {
        /// The sheet poll.
        sheet: SheetId,
        /// The chamber.
        chamber: ChamberId,
        /// The account.
        account: Address,
    },
    /// The account is in the frozen census with another identity.
    #[error(
        "account {account} was in chamber {chamber} with another identity when sheet poll {sheet} was opened: vote with \
         the identity that was enrolled then"
    )]
    OtherIdentity {
        /// The sheet poll.
        sheet: SheetId,
        /// The chamber.
        chamber: ChamberId,
        /// The account.
        account: Address,
    },
    /// No member of the frozen census has an identity of the seed.
    #[error(
        "no member of chamber {chamber}, as it was when sheet poll {sheet} was opened, has an identity of this seed: \
         enrol before it opens, and vote with the seed that was used to enrol"
    )]
    NoMemberOfSeed {
        /// The sheet poll.
        sheet: SheetId,
        /// The chamber.
        chamber: ChamberId,
    },
    /// Several members of the frozen census have identities of the seed.
    #[error("{} members of chamber {chamber} have identities of this seed: {}", .accounts.len(), list(.accounts))]
    SeveralMembersOfSeed {
        /// The chamber.
        chamber: ChamberId,
        /// The accounts.
        accounts: Vec<Address>,
    },
    /// No identity follows from the seed.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The sheet poll is not the one that the voter means.
    #[error(
        "sheet poll {sheet} is {actual}, not {expected}: it is another one, or its question, statements or rules are \
         not those that were announced"
    )]
    OtherSheet {
        /// The sheet poll.
        sheet: SheetId,
        /// The fingerprint or the words that the voter expects.
        expected: String,
        /// Those of the sheet poll.
        actual: String,
    },
    /// What a sheet is proved under is not confirmed.
    #[error(transparent)]
    Confirm(Box<ConfirmError>),
    /// The account that sends is a member of a chamber that sheets are for.
    #[error(
        "{account} is a member of chamber {chamber}: sent from it, the chain would show for ever that this member sent \
         {sheets} sheet(s) of that chamber, and when"
    )]
    SenderIsMember {
        /// The account.
        account: Address,
        /// The chamber.
        chamber: ChamberId,
        /// The number of sheets.
        sheets: usize,
    },
    /// The trustee's key does not fit, or its journal cannot be written.
    #[error(transparent)]
    Trustee(Box<TrusteeError>),
    /// The nodes do not agree with the events, or with each other.
    #[error(transparent)]
    Nodes(Box<NodesError>),
    /// A reward cannot be set, sealed or claimed.
    #[error(transparent)]
    Reward(Box<RewardError>),
    /// No sheet of the identity counts.
    #[error("no sheet of this identity counts in this chamber of sheet poll {sheet}")]
    NoSheet {
        /// The sheet poll.
        sheet: SheetId,
    },
    /// The note of the sheet does not follow from the seed.
    #[error("the sheet in sheet poll {sheet} was made by other software: its note does not follow from this seed")]
    OtherSoftware {
        /// The sheet poll.
        sheet: SheetId,
    },
    /// The answers do not satisfy the statement.
    #[error("these answers cannot be cast: {0}")]
    Answers(#[from] SheetError),
    /// The text of the sheet poll is not shown to voters.
    #[error("sheet poll {sheet} is not put to a vote: {reason}")]
    UnreadableText {
        /// The sheet poll.
        sheet: SheetId,
        /// Why.
        reason: MetadataError,
    },
    /// The published statements are not those that sheets are bound to.
    #[error(
        "sheet poll {sheet} is not put to a vote: its published statements have the hash {published}, sheets are bound \
         to {bound}"
    )]
    OtherAgenda {
        /// The sheet poll.
        sheet: SheetId,
        /// The hash of the published statements.
        published: String,
        /// The agenda that sheets are bound to.
        bound: String,
    },
    /// The form has another number of cells than there are statements.
    #[error("sheet poll {sheet} publishes {statements} statements, but its form has {cells} cells")]
    OtherCount {
        /// The sheet poll.
        sheet: SheetId,
        /// The number of published statements.
        statements: usize,
        /// The number of used cells.
        cells: usize,
    },
    /// The identity has voted.
    #[error(
        "this identity has cast a sheet in this chamber of sheet poll {sheet}: replace it instead, until it closes"
    )]
    AlreadyVoted {
        /// The sheet poll.
        sheet: SheetId,
    },
    /// There is nothing to replace.
    #[error("this identity has no sheet in this chamber of sheet poll {sheet}: there is nothing to replace")]
    NothingToReplace {
        /// The sheet poll.
        sheet: SheetId,
    },
    /// The sheet poll is in a state in which nothing is decrypted.
    #[error("refused: sheet poll {sheet} is {state}; only totals of a closed one are decrypted")]
    NotClosed {
        /// The sheet poll.
        sheet: SheetId,
        /// Its state.
        state: SheetState,
    },
    /// The close, or a turnout, is not final yet.
    #[error("refused: {0}")]
    NotFinal(String),
    /// This machine's clock says that the sheet poll is not closed.
    #[error(
        "refused: sheet poll {sheet} closes at {closes_at}, but this machine's clock shows {now} (in seconds since \
         1970): the node shows another time"
    )]
    ClockDisagrees {
        /// The sheet poll.
        sheet: SheetId,
        /// Its close.
        closes_at: u64,
        /// The machine's time.
        now: u64,
    },
    /// A dealing of the committee is not proved.
    #[error("refused: a dealing of committee {committee}: {reason}")]
    UnprovedDealing {
        /// The committee.
        committee: CommitteeId,
        /// What is wrong.
        reason: String,
    },
    /// A chamber cannot be decrypted.
    #[error("refused: chamber {chamber}: {reason}")]
    Refused {
        /// The chamber.
        chamber: ChamberId,
        /// Why.
        reason: String,
    },
    /// The contract did not accept a share.
    #[error(
        "the contract refused the share of block {block} in chamber {chamber}, and names the account ({transaction})"
    )]
    ShareRejected {
        /// The chamber.
        chamber: ChamberId,
        /// The block.
        block: usize,
        /// The transaction.
        transaction: B256,
    },
    /// The account is not a trustee of the committee.
    #[error("{account} is not a trustee of committee {committee}: send from the account that the DAO has named")]
    NotTrustee {
        /// The committee.
        committee: CommitteeId,
        /// The account.
        account: Address,
    },
    /// Too few decryption shares were posted.
    #[error(
        "block {block} of chamber {chamber} has {posted} of {needed} decryption shares: trustees post them after the close"
    )]
    SharesMissing {
        /// The chamber.
        chamber: ChamberId,
        /// The block.
        block: usize,
        /// The number of shares that were posted.
        posted: usize,
        /// The number that is needed.
        needed: usize,
    },
    /// Decrypted points are no totals.
    #[error(
        "block {block} of chamber {chamber}: {reason}; a share or the encrypted total is wrong: run `psephos verify`"
    )]
    NoTotal {
        /// The chamber.
        chamber: ChamberId,
        /// The block.
        block: usize,
        /// Why.
        reason: CounterError,
    },
    /// The nodes say that another charter is in force than the events.
    #[error("by the events that were read the charter in force is {events}, and the nodes say {nodes}")]
    OtherLive {
        /// The hash by the events; zeros if there is none.
        events: B256,
        /// The hash by the contract; zeros if there is none.
        nodes: B256,
    },
    /// The sheet poll has no outcome.
    #[error("sheet poll {sheet} has no outcome: {reason}")]
    NoOutcome {
        /// The sheet poll.
        sheet: SheetId,
        /// Why.
        reason: String,
    },
    /// Totals are none.
    #[error(transparent)]
    Totals(#[from] TotalsError),
    /// The rule of adoption does not fit the chambers.
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    /// A version is no charter.
    #[error(transparent)]
    Charter(#[from] CharterError),
}

convert_through!(SheetsError { KeyError => Keys, NoCircuit => Keys, StateError => Chain });

impl From<TrusteeError> for SheetsError {
    fn from(error: TrusteeError) -> Self {
        Self::Trustee(Box::new(error))
    }
}

impl From<RewardError> for SheetsError {
    fn from(error: RewardError) -> Self {
        Self::Reward(Box::new(error))
    }
}

impl From<ConfirmError> for SheetsError {
    fn from(error: ConfirmError) -> Self {
        Self::Confirm(Box::new(error))
    }
}

impl From<NodesError> for SheetsError {
    fn from(error: NodesError) -> Self {
        Self::Nodes(Box::new(error))
    }
}

fn list(accounts: &[Address]) -> String {
    accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl SheetsError {
    /// Returns the name of the contract's error, if a contract reverted.
    pub fn revert_name(&self) -> Option<&str> {
        match self {
            Self::Chain(error) => error.revert_name(),
            _ => None,
        }
    }
}
