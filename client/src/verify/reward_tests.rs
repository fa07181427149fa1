use alloy::{primitives::Uint, sol_types::SolEvent};
use psephos_protocol::identifiers::{ChamberId, PollId};
use psephos_state::{
    Log,
    bindings::{
        IPolls::{self, ChamberOpened, PollCreated, PollEnded, PollOpened},
        IRewards::{self, ClaimsOpened, NotesSealed, RewardCreated, RewardRatified, RewardWithdrawn},
        IStakeholderRegistry::ChamberCreated,
    },
};

use super::*;

fn deployment() -> psephos_state::Deployment {
    psephos_state::deployment::placeholder(Address::repeat_byte)
}

fn apply_event(state: &mut ChainState, address: Address, event: &impl SolEvent) {
    state.apply_log(&Log { address, data: event.encode_log_data(), ..Log::default() });
}

/// Returns a state with poll 1, whose ballots are paid, and poll 2, which ratifies one of its options.
fn state_with_polls(change: impl Fn(&mut IPolls::PollParameters)) -> ChainState {
    state_with_chambers(&[], change)
}

fn state_with_chambers(chambers: &[IPolls::ChamberRule], change: impl Fn(&mut IPolls::PollParameters)) -> ChainState {
    let mut state = ChainState::empty(deployment());
    for poll in [1u64, 2] {
        let mut parameters = IPolls::PollParameters {
            proposal: if poll == 2 { ratification_of(&deployment(), PollId::new(1)) } else { Default::default() },
            options: 3,
            rule: IPolls::Rule {
                kind: IPolls::Kind::Plurality,
                parameter: 0,
                exact: false,
                choiceInNote: false,
                masked: false,
            },
            decision: IPolls::DecisionKind::Options,
            canceller: Address::ZERO,
            cancelDeadline: 0,
            opensAt: poll * 100,
            closesAt: poll * 100 + 10,
            tallyDeadline: poll * 100 + 20,
            committee: 0,
            teller: 0,
            chambersRequired: 1,
            chambers: chambers.to_vec(),
            metadata: String::new(),
        };
        if poll == 2 {
            change(&mut parameters);
        }
        let created = PollCreated {
            poll: U256::from(poll),
            proposal: parameters.proposal,
            creator: Address::ZERO,
            fingerprint: Default::default(),
            parameters,
        };
        apply_event(&mut state, deployment().polls, &created);
    }
    let policy = IRewards::ChamberPolicy {
        chamber: 0,
        base: Uint::from(10),
        perWeight: Uint::ZERO,
        cap: Uint::ZERO,
        bonus: Uint::from(5),
    };
    let parameters = IRewards::Parameters {
        token: Address::ZERO,
        unit: 1,
        ratificationDeadline: 500,
        claimDeadline: 900,
        chambers: vec![policy],
    };
    apply_event(&mut state, deployment().rewards, &RewardCreated { poll: U256::from(1), parameters });
    state
}

fn end_second_poll(chain: &mut ChainState, state: IPolls::State, outcome: u8) {
    apply_event(chain, deployment().polls, &PollEnded { poll: U256::from(2), state, outcome });
}

fn ratify_first_poll(state: &mut ChainState, option: Option<u8>) -> Option<Check> {
    let (has, option) = (option.is_some(), option.unwrap_or(9));
    let event = RewardRatified { poll: U256::from(1), ratifyingPoll: U256::from(2), hasOption: has, option };
    apply_event(state, deployment().rewards, &event);
    check_ratification(state, &state.rewards[&PollId::new(1)], PollId::new(1))
}

#[test]
fn only_the_outcome_of_a_later_poll_ratifies() {
    let failure = |mut chain: ChainState, state, outcome, option| {
        end_second_poll(&mut chain, state, outcome);
        ratify_first_poll(&mut chain, option).unwrap().failures.into_iter().next()
    };
    let decided = IPolls::State::Decided;
    assert_eq!(failure(state_with_polls(|_| ()), decided, 1, Some(1)), None);
    assert_eq!(failure(state_with_polls(|p| p.options = 4), decided, 3, None), None, "none of them");
    let assert_says =
        |failure: Option<String>, text: &str| assert!(failure.as_ref().unwrap().contains(text), "{failure:?}");
    assert_says(failure(state_with_polls(|_| ()), decided, 1, Some(2)), "another option");
    assert_says(failure(state_with_polls(|_| ()), decided, 1, None), "another option");
    assert_says(failure(state_with_polls(|_| ()), IPolls::State::Rejected, 0, Some(1)), "another option");
    assert_says(failure(state_with_polls(|_| ()), IPolls::State::Undecided, 0, Some(1)), "not decided");
    assert_says(failure(state_with_polls(|p| p.chambersRequired = 2), decided, 1, Some(1)), "rule of decision");
    assert_says(
        failure(state_with_polls(|p| p.decision = IPolls::DecisionKind::Motion), decided, 1, Some(1)),
        "rule of decision",
    );
    assert_says(failure(state_with_polls(|p| p.rule.kind = IPolls::Kind::Borda), decided, 1, Some(1)), "ballot rule");
    let approval = |parameter| IPolls::Rule {
        kind: IPolls::Kind::Approval,
        parameter,
        exact: false,
        choiceInNote: false,
        masked: false,
    };
    assert_says(failure(state_with_polls(|p| p.rule = approval(2)), decided, 1, Some(1)), "ballot rule");
    assert_eq!(failure(state_with_polls(|p| p.rule = approval(1)), decided, 1, Some(1)), None, "blank ballots");
    let rule =
        |quorum| IPolls::ChamberRule { chamber: 0, weighted: false, minBallots: 2, thresholdBps: 0, quorum, step: 1 };
    let with_chamber = |p: &mut IPolls::PollParameters| p.chambers = vec![rule(1)];
    assert_says(failure(state_with_polls(with_chamber), decided, 1, Some(1)), "other chambers");
    assert_says(failure(state_with_chambers(&[rule(1)], |p| p.chambers = vec![rule(2)]), decided, 1, Some(1)), "other");
    assert_eq!(failure(state_with_chambers(&[rule(1)], |_| ()), decided, 1, Some(1)), None);
    let none = IPolls::State::Rejected;
    assert_says(failure(state_with_chambers(&[rule(1)], |_| ()), none, 0, None), "not decided");
    assert_eq!(failure(state_with_polls(|_| ()), none, 0, None), None, "rejected by all chambers means none");
    assert_says(failure(state_with_polls(|p| p.proposal = Default::default()), decided, 1, Some(1)), "not created");
    assert_says(failure(state_with_polls(|p| p.opensAt = 120), decided, 1, Some(1)), "tally deadline");
    assert_says(failure(state_with_polls(|p| p.options = 5), decided, 1, Some(1)), "other options");
    assert_says(failure(state_with_polls(|p| p.options = 2), decided, 1, Some(1)), "other options");
    assert!(
        check_ratification(
            &state_with_polls(|_| ()),
            &state_with_polls(|_| ()).rewards[&PollId::new(1)],
            PollId::new(1)
        )
        .is_none(),
        "nothing to check"
    );
}

/// Claims of a reward whose poll has not opened, or of which something was withdrawn, do not pass.
#[test]
fn claims_open_only_for_a_reward_that_is_owed() {
    let poll = PollId::new(1);
    let check = |state: &ChainState, status, worst_case: u64| {
        let answer = IRewards::fundingReturn { status, worstCase: U256::from(worst_case) };
        check_funding(state, &state.rewards[&poll], poll, &answer)
    };
    let (pending, owed, void) = (IRewards::Funding::Pending, IRewards::Funding::Owed, IRewards::Funding::Void);
    let mut state = state_with_polls(|_| ());
    assert_eq!(check(&state, pending, 0), Ok(()));
    assert!(check(&state, void, 0).unwrap_err().contains("the contract answers otherwise"));
    let mut early = state.clone();
    apply_event(&mut early, deployment().rewards, &ClaimsOpened { poll: U256::from(1), worstCase: U256::ZERO });
    assert!(check(&early, pending, 0).unwrap_err().contains("claims are open although"));
    apply_event(&mut state, deployment().polls, &PollOpened { poll: U256::from(1) });
    assert_eq!(check(&state, owed, 0), Ok(()));
    assert!(check(&state, owed, 7).unwrap_err().contains("worst case is 7"));
    let rule = IPolls::ChamberRule { chamber: 0, weighted: false, minBallots: 2, thresholdBps: 0, quorum: 1, step: 1 };
    let mut dear = state_with_chambers(&[rule], |_| ());
    let (chamber, name, policy) = (U256::ZERO, "Public".to_owned(), Address::ZERO);
    apply_event(&mut dear, deployment().registry, &ChamberCreated { chamber, name, policy });
    apply_event(&mut dear, deployment().polls, &PollOpened { poll: U256::from(1) });
    let (root, ctx, packed) = (U256::ZERO, U256::ZERO, U256::ZERO);
    let opened = ChamberOpened { poll: U256::from(1), chamber, root, ctx, packedRule: packed };
    apply_event(&mut dear, deployment().polls, &opened);
    assert_eq!(check(&dear, owed, 0), Ok(()));
    apply_event(&mut dear, deployment().rewards, &ClaimsOpened { poll: U256::from(1), worstCase: U256::from(1) });
    assert!(check(&dear, owed, 0).unwrap_err().contains("by the ballots it is 0"));
    let withdrawn = RewardWithdrawn { poll: U256::from(1), to: Address::ZERO, amount: U256::from(3) };
    apply_event(&mut state, deployment().rewards, &withdrawn);
    assert!(check(&state, owed, 0).unwrap_err().contains("3 was withdrawn"));
}

#[test]
fn note_batches_must_be_full_and_complete() {
    let sealed = |state: &mut ChainState, batch: u64, count: u64| {
        let (poll, chamber, root) = (U256::from(1), U256::ZERO, U256::from(7));
        let event = NotesSealed { poll, chamber, batch: U256::from(batch), count: U256::from(count), root };
        apply_event(state, deployment().rewards, &event);
    };
    let mut state = state_with_polls(|_| ());
    sealed(&mut state, 0, 256);
    sealed(&mut state, 1, 4);
    assert_eq!(
        find_incomplete_batch(&state.rewards[&PollId::new(1)], ChamberId::new(0), 300),
        None,
        "sealing is under way"
    );
    apply_event(&mut state, deployment().rewards, &ClaimsOpened { poll: U256::from(1), worstCase: U256::ZERO });
    assert!(
        find_incomplete_batch(&state.rewards[&PollId::new(1)], ChamberId::new(0), 300).unwrap().contains("260 of 300")
    );
    assert_eq!(find_incomplete_batch(&state.rewards[&PollId::new(1)], ChamberId::new(0), 260), None);
    assert!(
        find_incomplete_batch(&state.rewards[&PollId::new(1)], ChamberId::new(5), 1).unwrap().contains("0 of 1"),
        "nothing sealed is not all"
    );
    sealed(&mut state, 2, 1);
    assert!(
        find_incomplete_batch(&state.rewards[&PollId::new(1)], ChamberId::new(0), 261)
            .unwrap()
            .contains("note batch 1 is not full")
    );
}
