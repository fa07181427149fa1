//! Which commands take `--nonce`: those that send exactly one transaction.

use crate::args::RootCommand;
use crate::commands::chamber::ChamberCommand;
use crate::commands::charter::CharterCommand;
use crate::commands::committee::CommitteeCommand;
use crate::commands::poll::PollCommand;
use crate::commands::poll::fees::FeePotCommand;
use crate::commands::reward::RewardCommand;
use crate::commands::trustee::TrusteeCommand;
use crate::failure::Failure;

/// How many transactions a command sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sends {
    Nothing,
    One,
    /// Those of a plan, which has a journal with the nonces.
    Plan,
    /// As many as there is work.
    Several,
}

/// Refuses a chosen nonce for a command that does not send exactly one transaction, before anything is done.
pub(crate) fn check_nonce(nonce: Option<u64>, command: &RootCommand) -> Result<(), Failure> {
    let Some(nonce) = nonce else { return Ok(()) };
    let (name, sends) = describe(command);
    let (why, hint) = match sends {
        Sends::One => return Ok(()),
        Sends::Nothing => ("sends no transaction", "leave out --nonce"),
        Sends::Plan => (
            "plans its transactions and writes their nonces to a journal",
            "leave out --nonce: the same command continues with the nonces of its journal, and pays for nothing twice",
        ),
        Sends::Several => (
            "sends as many transactions as there is work",
            "leave out --nonce; to replace a transaction that is not mined, send another from the account with --nonce",
        ),
    };
    Err(Failure::invalid_input(format!("--nonce {nonce} is for one transaction, and `psephos {name}` {why}"), hint))
}

fn describe(command: &RootCommand) -> (&'static str, Sends) {
    match command {
        RootCommand::Demo(_) => ("demo", Sends::Several),
        RootCommand::Charter(command) => match command {
            CharterCommand::Create(_) => ("charter create", Sends::One),
            CharterCommand::Open(_) => ("charter open", Sends::One),
            CharterCommand::Cancel(_) => ("charter cancel", Sends::One),
            CharterCommand::Tally(_) => ("charter tally", Sends::Several),
            CharterCommand::Enact(_) => ("charter enact", Sends::One),
            CharterCommand::Stage(_) => ("charter stage", Sends::One),
            _ => ("charter", Sends::Nothing),
        },
        RootCommand::Identity(_) => ("identity", Sends::Nothing),
        RootCommand::Sender(_) => ("sender", Sends::Nothing),
        RootCommand::Deploy(_) => ("deploy", Sends::Plan),
        RootCommand::Ownership(_) => ("ownership", Sends::Plan),
        RootCommand::Chamber(command) => match command {
            ChamberCommand::List | ChamberCommand::Show(_) => ("chamber", Sends::Nothing),
            ChamberCommand::Create { .. } => ("chamber create", Sends::Plan),
            ChamberCommand::Allow { .. } => ("chamber allow", Sends::Plan),
            ChamberCommand::Mark(_) => ("chamber mark", Sends::One),
            ChamberCommand::Purge(_) => ("chamber purge", Sends::Several),
            ChamberCommand::Remove(_) => ("chamber remove", Sends::Several),
        },
        RootCommand::Committee(command) => match command {
            CommitteeCommand::List | CommitteeCommand::Show { .. } | CommitteeCommand::Pin { .. } => {
                ("committee", Sends::Nothing)
            }
            CommitteeCommand::Create(_) => ("committee create", Sends::One),
            CommitteeCommand::Finalise { .. } => ("committee finalise", Sends::Several),
            CommitteeCommand::Retire { .. } => ("committee retire", Sends::One),
        },
        RootCommand::Enrol(_) => ("enrol", Sends::One),
        RootCommand::Poll(command) => match command {
            PollCommand::List | PollCommand::Show { .. } => ("poll", Sends::Nothing),
            PollCommand::Create { .. } => ("poll create", Sends::One),
            PollCommand::Open { .. } => ("poll open", Sends::One),
            PollCommand::Cancel { .. } => ("poll cancel", Sends::One),
            PollCommand::Fees(FeePotCommand::Show { .. }) => ("poll fees show", Sends::Nothing),
            PollCommand::Fees(_) => ("poll fees", Sends::One),
        },
        RootCommand::Vote(_) => ("vote", Sends::Nothing),
        RootCommand::Relay(_) => ("relay", Sends::Several),
        RootCommand::Reward(command) => match command {
            RewardCommand::Status { .. } => ("reward status", Sends::Nothing),
            RewardCommand::Create { .. } => ("reward create", Sends::One),
            RewardCommand::Fund { .. } => ("reward fund", Sends::Plan),
            RewardCommand::Ratify { .. } => ("reward ratify", Sends::One),
            RewardCommand::Seal { .. } => ("reward seal", Sends::Several),
            RewardCommand::OpenClaims { .. } => ("reward open-claims", Sends::One),
            RewardCommand::Claim(_) => ("reward claim", Sends::One),
            RewardCommand::Relay(_) => ("reward relay", Sends::Several),
            RewardCommand::Withdraw(_) => ("reward withdraw", Sends::One),
            RewardCommand::Sweep(_) => ("reward sweep", Sends::One),
        },
        RootCommand::Trustee(command) => match command {
            TrusteeCommand::Keygen { .. } | TrusteeCommand::Status(_) | TrusteeCommand::Attest(_) => {
                ("trustee", Sends::Nothing)
            }
            TrusteeCommand::Register { .. } => ("trustee register", Sends::One),
            TrusteeCommand::Deal { .. } => ("trustee deal", Sends::One),
            TrusteeCommand::Decrypt(args) if args.is_of_sheets() => ("trustee decrypt --sheet", Sends::Several),
            TrusteeCommand::Decrypt(_) => ("trustee decrypt", Sends::One),
            TrusteeCommand::Tally(_) => ("trustee tally", Sends::Several),
            TrusteeCommand::Retire(_) => ("trustee retire", Sends::One),
            TrusteeCommand::Watch(_) => ("trustee watch", Sends::Several),
        },
        RootCommand::Tally(_) => ("tally", Sends::Several),
        RootCommand::Verify(_) => ("verify", Sends::Nothing),
        RootCommand::Keys(_) => ("keys", Sends::Nothing),
        RootCommand::Ceremony(_) => ("ceremony", Sends::Nothing),
        RootCommand::Serve(_) => ("serve", Sends::Several),
        RootCommand::Worker(_) => ("worker", Sends::Nothing),
        RootCommand::Completions(_) => ("completions", Sends::Nothing),
        RootCommand::Man(_) => ("man", Sends::Nothing),
        RootCommand::Electorate(_) => ("electorate", Sends::Nothing),
    }
}
