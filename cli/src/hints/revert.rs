//! Hints for the contracts' errors.

/// Returns the hint for a contract's error, by the error's name.
pub(crate) fn revert_hint(name: &str) -> Option<&'static str> {
    Some(match name {
        "AlreadyCast" => "this member has a ballot already: make a replacement with `psephos vote --replace`",
        "WrongPrevious" => "the ballot to replace has been replaced meanwhile: run `psephos vote --replace` again",
        "NothingCast" => "every ballot of the batch counts already; there is nothing to send",
        "InvalidProof" => {
            "the proof was made for other values than those on chain, such as another poll, census or committee: make \
             it again from the current state"
        }
        "TooLittleGas" | "InversionFailed" => {
            "the call ran out of gas before there was a verdict, which says nothing about what was sent: send it again with \
             more gas"
        }
        "VerifierMissing" => {
            "the contracts were deployed with an address that has no verifier: name another deployment file with \
             --deployment FILE"
        }
        "WrongState" => {
            "`psephos poll show N` shows the state of poll N, `psephos charter show --sheet N` that of sheet poll N"
        }
        "NotEligible" => "the owner makes this account eligible with `psephos chamber allow`",
        "AlreadyEnrolled" => "to replace the identity, run `psephos enrol --rotate`",
        "NotEnrolled" => "enrol first: `psephos enrol`",
        "RemovalPending" => {
            "members of this chamber are marked for removal: anyone purges them with `psephos chamber purge`; then run \
             the command again"
        }
        "RemovalAlreadyMarked" => "`psephos chamber purge` removes the member",
        "RemovalNotMarked" => "the owner marks the member first: `psephos chamber mark`",
        "TooFewBallots" => "the total of a chamber with fewer than its minimum ballots is never decrypted",
        "TallyIncomplete" => {
            "the chambers that are not tallied could change the decision: trustees run `psephos trustee decrypt`; or \
             wait for the tally deadline"
        }
        "TallyTooLate" => "the tally deadline has passed: `psephos tally` finalises the poll",
        "CommitteeNotReady" | "NotReady" => {
            "its trustees register and deal first: `psephos committee list` shows their progress"
        }
        "NotTrustee" => "send from one of the trustees' accounts: `psephos committee list --json` shows them",
        "AlreadyRegistered" | "AlreadyDealt" | "WrongStatus" => "`psephos trustee status` shows which tasks are due",
        "NotRegistered" => "only a trustee that has registered can deal",
        "CommitteeExpires" | "CommitteeUsedUp" => {
            "its life is over: create another committee with `psephos committee create --replaces N`"
        }
        "InvalidLifetime" => "a committee lives 366 days at most from its creation, and has 1 to 256 polls",
        "AlreadyRetired" => "nothing is left to do: `psephos committee show N` shows it",
        "EmptyCensus" => "members enrol first: `psephos enrol`",
        "InvalidSchedule" => "compare opens_at, closes_at and tally_deadline with the chain's time",
        "TotalCouldOverflow" => {
            "lower the weights, the rule's parameter or the number of members: totals must stay below 2^40"
        }
        "TotalWeightOutOfRange" => {
            "the weights of a chamber must not exceed 4311810305 together: the owner sets smaller ones with `psephos \
             chamber allow`, in a larger unit"
        }
        "UnknownPot" => "the owner creates the fee pot first: `psephos poll fees create`",
        "PotAlreadyExists" => {
            "add money with `psephos poll fees fund`; the fee and the relayers of a pot cannot be changed"
        }
        "PollHasClosed" => "a fee pot is created and funded before the poll closes: later ballots cannot earn fees",
        "PollHasNotEnded" => "`psephos poll show N` shows when poll N closes; after that `psephos tally` finalises it",
        "ZeroAmount" => {
            "the amount is 0: `psephos poll fees show N` shows the balance of the pot and the relayers' credit"
        }
        "PaymentFailed" => "the recipient rejects the chain's native token: name another with --to ADDRESS",
        "NotListed" => "this pot pays listed relayers only: `psephos poll fees show N` shows their accounts",
        "ZeroFee" => "set a fee above 0 with --per-ballot WEI",
        "FeesBelowMinimum" => {
            "others cast some of these ballots first, or the pot is nearly empty: see `psephos poll fees show N`"
        }
        "NotPollsOwner" | "OwnableUnauthorizedAccount" => {
            "only the owner of the contracts may do this (`psephos ownership show` names it): send from its account, or \
             export the call for a timelock or a Safe with --calldata or --safe-batch FILE"
        }
        "UnexpectedChamber" => "another chamber was created meanwhile: export the batch again, for the next number",
        "UnknownPoll" => "`psephos poll list` lists the polls",
        "UnknownChamber" => "`psephos chamber list` lists the chambers, `psephos poll show N` those of poll N",
        "UnknownCommittee" => "`psephos committee list` lists the committees",
        "UnknownReward" | "NoReward" => "`psephos reward status` lists the rewards and their chambers",
        "InvalidTrustees" => "name 1 to 16 different accounts, and a committee threshold from 1 to their number",
        "InvalidChambers" => {
            "name 1 to 16 different chambers of `psephos chamber list`, and chambers_required from 1 to their number"
        }
        "WeightTooLarge" => "weights are from 1 to 4311810305, and those of a chamber no more than that together",
        "CensusFull" => "the owner creates another chamber with `psephos chamber create`",
        "WrongSiblings" => "the census has changed in the meantime: run the command again",
        "AlreadyTallied" => "`psephos poll show N` shows the totals of poll N",
        "ShareAlreadyPosted" => "this account has posted its decryption share: nothing is left to do",
        "InvalidStep" | "MixedRounding" => {
            "`totals` of each chamber is a step from 2 to 2^40, \"exact\" or \"decision-only\"; all chambers are exact, or none"
        }
        "InvalidTeller" => {
            "`teller` is the index of a trustee with a key: `psephos committee show N` lists them; a poll with exact totals has none"
        }
        "RoundedPollHasNoReceipts" => {
            "a bonus needs exact totals: take choice_in_note out of the rule, or round no totals"
        }
        "ChamberIsRounded" => {
            "this poll's totals are rounded: `psephos trustee decrypt` and `psephos trustee tally` are for it"
        }
        "ChamberIsExact" => "this poll has exact totals: `psephos trustee decrypt` and `psephos tally` are for it",
        "WrongTeller" => {
            "`psephos poll show N` names the teller; another one takes its place only when it could have tallied"
        }
        "PollHasOpened" => "a reward is set and funded before its poll opens",
        "AlreadySet" => "a reward is set once and ratified once: `psephos reward status --poll N` shows that of poll N",
        "NotesHoldNoChoice" => {
            "a bonus needs a poll created with `\"choice_in_note\": true` in its rule, which makes each ballot a vote receipt; \
             without that, pay the same for every ballot, or by weight"
        }
        "InvalidDeadlines" => {
            "the claim deadline must be at least seven days after the tally deadline; with a bonus, at least seven \
             days after the ratification deadline, which must be after the tally deadline"
        }
        "InexactTransfer" => "the token moved another amount, for example less a fee; nothing was changed",
        "WrongStage" => "`psephos reward status --poll N` shows the stage of the reward of poll N",
        "NotRatifying" => {
            "the other poll must be decided, or rejected with all chambers tallied, and created with `ratifies` set to \
             the rewarded poll"
        }
        "OtherElectorate" => {
            "a ratifying poll has the chambers of the rewarded poll with the same fields, the same chambers_required, and \
             the same rule or approval of one option"
        }
        "NotRatified" => "ratify first with `psephos reward ratify`, or wait for the ratification deadline",
        "NotSealed" => "seal the remaining notes first with `psephos reward seal`",
        "InsufficientPool" => "the reward is void: the owner takes the pool back with `psephos reward sweep`",
        "AlreadyClaimed" => "the reward of this ballot is paid already: nothing is left to do",
        "TooEarly" => "wait until the deadline, which is in seconds since 1970, has passed",
        "TooLate" => "the deadline, which is in seconds since 1970, has passed",
        "UnknownSheet" | "UnknownVersion" => {
            "`psephos charter show` lists the sheet polls and the versions of the charter"
        }
        "AgendaAlreadyAsked" => {
            "an agenda is asked with camps once in a chamber: the totals of two axes would show single answers; change the \
             agenda, or ask without --axis"
        }
        "ChamberTooLarge" => "a sheet poll with camps is of chambers with at most 8191 members: ask without --axis",
        "InvalidLeastCamp" => {
            "the contracts were deployed with a bound: name a larger --least-camp, and none without --axis"
        }
        "InvalidAdoptionRule" => "--theta is from 5000 to 10000, and --required names chambers of --chambers",
        "TurnoutNotTallied" => "the turnout is tallied first: `psephos charter tally N`",
        "CampIsTooSmall" => "the answers of so small a camp are never decrypted: nothing is left to do",
        "AlreadyEnacted" => "`psephos charter show` lists the versions: a sheet poll is enacted once",
        "SheetNotFinished" => "`psephos charter tally N` ends a sheet poll that is tallied",
        "NothingAdopted" => "`psephos charter show --sheet N` shows what became of each statement",
        "WrongParent" => "another version was enacted meanwhile: read it with `psephos charter show`, and decide again",
        "CharterExpired" => "name a later --expires; a version that has expired is replaced by another one",
        "CharterRetired" => "a version that was retired stays so: enact another one with `psephos charter enact`",
        "DevelopmentKey" => "development keys work on local chains only",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contract_errors_have_hints() {
        assert!(revert_hint("AlreadyCast").is_some_and(|hint| hint.contains("--replace")));
        assert!(revert_hint("SomethingElse").is_none());
    }

    /// Advice to make a proof again would be wrong for a valid one that got too little gas.
    #[test]
    fn lack_of_gas_is_not_explained_as_an_invalid_proof() {
        let hint = revert_hint("TooLittleGas").expect("a hint");
        assert!(hint.contains("more gas") && Some(hint) != revert_hint("InvalidProof"), "{hint}");
    }
}
