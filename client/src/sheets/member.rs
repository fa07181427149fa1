//! Who votes in a sheet poll: the member of the frozen census, and the sheet poll that it means.

use psephos_chain::Address;
use psephos_protocol::identifiers::{ChamberId, SheetId};
use psephos_state::{ChainState, fingerprint::ContentWords, sheet::SheetPoll};

use super::SheetsError;
use crate::voter::{AccountIdentity, PollReference, VoterSeed, find_members};

/// Finds the identity with which a voter can vote in a chamber of an opened sheet poll: that of `account`, or else of
/// the only member whose identity follows from the seed.
///
/// # Errors
/// Returns `Chain` with `UnknownSheetChamber`, or with `WrongSheetState` before the sheet poll is opened; `NotMember`,
/// `OtherIdentity`, `NoMemberOfSeed`, `SeveralMembersOfSeed`, and `Identity` if the seed gives no identity.
pub fn find_sheet_identity(
    state: &ChainState,
    seed: &VoterSeed,
    sheet: SheetId,
    chamber: ChamberId,
    account: Option<Address>,
) -> Result<AccountIdentity, SheetsError> {
    let (_, frozen) = state.opened_sheet_chamber(sheet, chamber)?;
    let Some(account) = account else {
        let mut found = find_members(&state.deployment, seed, &frozen.chamber)?;
        return match found.pop() {
            Some(one) if found.is_empty() => Ok(one),
            Some(one) => {
                let accounts = found.iter().chain([&one]).map(|own| own.account).collect();
                Err(SheetsError::SeveralMembersOfSeed { chamber, accounts })
            }
            None => Err(SheetsError::NoMemberOfSeed { sheet, chamber }),
        };
    };
    let own = seed.derive_identity(&state.deployment, account)?;
    match frozen.chamber.members.get(&account) {
        Some(member) if member.id == own.identity.commitment() => Ok(own),
        Some(_) => Err(SheetsError::OtherIdentity { sheet, chamber, account }),
        None => Err(SheetsError::NotMember { sheet, chamber, account }),
    }
}

/// Requires that a sheet poll is the one that a voter means.
///
/// # Errors
/// Returns `OtherSheet`, with what was expected and what the sheet poll has, or `Chain` if it has no fingerprint.
pub fn require_sheet(sheet: SheetId, entry: &SheetPoll, expected: PollReference) -> Result<(), SheetsError> {
    let (expected, actual) = match expected {
        PollReference::Fingerprint(one) => (one.to_string(), entry.require_fingerprint()?.to_string()),
        PollReference::Words(words) => (words.to_string(), ContentWords::new(entry.content).to_string()),
    };
    if expected == actual { Ok(()) } else { Err(SheetsError::OtherSheet { sheet, expected, actual }) }
}
