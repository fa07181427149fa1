use alloy::{primitives::Uint, sol_types::SolEvent};
use psephos_state::{
    Log,
    bindings::{
        IPolls::{self, PollCreated, PollEnded},
        IRewards::{self, ClaimsOpened, NotesSealed, RewardCreated, RewardRatified},
    },
};

use super::*;

fn deployment() -> psephos_state::Deployment {
    psephos_state::deployment::placeholder(Address::repeat_byte)
}

fn apply(replay: &mut ChainState, address: Address, event: &impl SolEvent) {
    replay.apply_log(&Log { address, data: event.encode_log_data(), ..Log::default() });
}

/// Poll 1, whose ballots are paid, and poll 2, which is to ratify one of its options.
fn scene(change: impl Fn(&mut IPolls::PollParameters)) -> ChainState {
    let mut replay = ChainState::empty(deployment());
    for poll in [1u64, 2] {
        let mut parameters = IPolls::PollParameters {
            proposal: if poll == 2 { ratification_of(&deployment(), 1) } else { Default::default() },
            options: 3,
            rule: IPolls::Rule { kind: IPolls::Kind::Plurality, parameter: 0, exact: false },
            opensAt: poll * 100,
            closesAt: poll * 100 + 10,
            tallyDeadline: poll * 100 + 20,
            committee: 0,
            chambersRequired: 1,
            chambers: Vec::new(),
            metadata: String::new(),
        };
        if poll == 2 {
            change(&mut parameters);
        }
        let created = PollCreated { poll: U256::from(poll), proposal: parameters.proposal, parameters };
        apply(&mut replay, deployment().polls, &created);
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
    apply(&mut replay, deployment().rewards, &RewardCreated { poll: U256::from(1), parameters });
    replay
}

fn end(replay: &mut ChainState, state: IPolls::State, outcome: u8) {
    apply(replay, deployment().polls, &PollEnded { poll: U256::from(2), state, outcome });
}

fn ratify(replay: &mut ChainState, option: Option<u8>) -> Option<Check> {
    let (has, option) = (option.is_some(), option.unwrap_or(9));
    let event = RewardRatified { poll: U256::from(1), ratifyingPoll: U256::from(2), hasOption: has, option };
    apply(replay, deployment().rewards, &event);
    ratification(replay, &replay.rewards[&1], 1)
}

#[test]
fn only_the_outcome_of_a_later_poll_ratifies() {
    let failure = |mut replay: ChainState, state, outcome, option| {
        end(&mut replay, state, outcome);
        ratify(&mut replay, option).unwrap().failures.into_iter().next()
    };
    let decided = IPolls::State::Decided;
    assert_eq!(failure(scene(|_| ()), decided, 1, Some(1)), None);
    assert_eq!(failure(scene(|p| p.options = 4), decided, 3, None), None, "none of them");
    let says = |failure: Option<String>, text: &str| assert!(failure.as_ref().unwrap().contains(text), "{failure:?}");
    says(failure(scene(|_| ()), decided, 1, Some(2)), "another option");
    says(failure(scene(|_| ()), decided, 1, None), "another option");
    says(failure(scene(|_| ()), IPolls::State::Rejected, 1, Some(1)), "not decided");
    says(failure(scene(|p| p.proposal = Default::default()), decided, 1, Some(1)), "not created");
    says(failure(scene(|p| p.opensAt = 120), decided, 1, Some(1)), "tally deadline");
    says(failure(scene(|p| p.options = 5), decided, 1, Some(1)), "other options");
    says(failure(scene(|p| p.options = 2), decided, 1, Some(1)), "other options");
    assert!(ratification(&scene(|_| ()), &scene(|_| ()).rewards[&1], 1).is_none(), "nothing to check");
}

#[test]
fn lists_are_full_and_complete() {
    let sealed = |replay: &mut ChainState, list: u64, count: u64| {
        let (poll, chamber, root) = (U256::from(1), U256::ZERO, U256::from(7));
        let event = NotesSealed { poll, chamber, batch: U256::from(list), count: U256::from(count), root };
        apply(replay, deployment().rewards, &event);
    };
    let mut replay = scene(|_| ());
    sealed(&mut replay, 0, 256);
    sealed(&mut replay, 1, 4);
    assert_eq!(incomplete(&replay.rewards[&1], 0, 300), None, "sealing is under way");
    apply(&mut replay, deployment().rewards, &ClaimsOpened { poll: U256::from(1), worstCase: U256::ZERO });
    assert!(incomplete(&replay.rewards[&1], 0, 300).unwrap().contains("260 of 300"));
    assert_eq!(incomplete(&replay.rewards[&1], 0, 260), None);
    assert!(incomplete(&replay.rewards[&1], 5, 1).unwrap().contains("0 of 1"), "nothing sealed is not all");
    sealed(&mut replay, 2, 1);
    assert!(incomplete(&replay.rewards[&1], 0, 261).unwrap().contains("list 1 is not full"));
}
