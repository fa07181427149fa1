// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Election} from "./support/Election.sol";
import {Rewarding} from "./support/Rewarding.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Rewards and rounded polls: who pays for which option shows votes
contract RoundedRewardsTest is Rewarding, RoundedPoll {
    function setUp() public {
        deployRewards();
        useCommittee(createReadyCommittee(3, 2));
        _chamber = newChamber(5);
    }

    /// @notice A bonus needs choices in notes, which a rounded poll cannot have.
    function test_RevertWhen_RoundedPollWouldPayBonus() public {
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        uint256 poll = polls.create(p);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotesHoldNoChoice.selector, poll));
        rewards.create(poll, rewardOf(policyOf(_chamber, 10, 0, 0, 5)));
        p.rule.choiceInNote = true;
        vm.expectRevert(IPolls.RoundedPollHasNoReceipts.selector);
        polls.create(p);
    }

    /// @notice A reward without a bonus reads no total: it pays for rounded polls as for others.
    function test_RoundedPollPaysWithoutBonus() public {
        _poll = polls.create(roundedParameters(_chamber, 3));
        rewards.create(_poll, rewardOf(policyOf(_chamber, 10, 0, 0, 0)));
        rewards.fund{value: 1_000 * UNIT}(_poll, 1_000 * UNIT);
        _decide(1, 4, 1);
        sealBatch(_poll, _chamber, batchOf(votesOf(1, 4, 1), 3), 0);
        vm.expectEmit(address(rewards));
        emit IRewards.ClaimsOpened(_poll, 40 * UNIT);
        rewards.openClaims(_poll);
        assertTrue(!rewards.chamber(_poll, _chamber).earnsBonus, "no bonus");
        rewards.claim(_poll, _chamber, claimOf(_poll, _chamber, 1, 10, address(0xf2e5), 0));
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongStage.selector, _poll, IRewards.Stage.Claims));
        rewards.ratify(_poll, _poll);
    }

    /// @notice The poll that ratifies an exact one may be rounded: it decides by exact totals, too, and pays nothing.
    function test_RoundedPollRatifies() public {
        useCommittee(createReadyCommittee(1, 1));
        vm.warp(START);
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 10, 0, 0, 5));
        uint256 paid = openPaidPoll(_chamber, 3, reward, 1_000 * UNIT);
        castBallots(paid, _chamber, 1, 4, 1);
        vm.warp(CLOSES);
        finishTallied(paid, _chamber, 1, 4, 1);

        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        p.proposal = rewards.ratificationOf(paid);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (DEADLINE + 1, DEADLINE + 1_000, DEADLINE + 2_000);
        p.teller = 0;
        vm.warp(DEADLINE + 1);
        _poll = polls.create(p);
        polls.open(_poll);
        castBallots(_poll, _chamber, 500, 3, 1);
        vm.warp(DEADLINE + 1_001);
        _tally(500, 3, 1, 1, 0);
        polls.finalise(_poll);
        vm.expectEmit(address(rewards));
        emit IRewards.RewardRatified(paid, _poll, true, 1);
        rewards.ratify(paid, _poll);
    }

    /// @dev Opens, tallies and ends the poll with ballots for one option.
    function _decide(uint256 first, uint256 count, uint256 choice) private {
        vm.warp(OPENS);
        polls.open(_poll);
        castBallots(_poll, _chamber, first, count, choice);
        vm.warp(CLOSES);
        _tally(first, count, choice, 5, TELLER);
        polls.finalise(_poll);
    }

    function _tally(uint256 first, uint256 count, uint256 choice, uint256 set, uint256 teller) private {
        _randomness = 0;
        for (uint256 i = 0; i < count; ++i) {
            _randomness += voteFor(first + i, choice, 0).randomness;
        }
        for (uint256 index = 0; index < 3; ++index) {
            if ((set >> index) & 1 == 1) postBlinded(index, teller);
        }
        uint64[] memory totals = new uint64[](3);
        totals[choice] = uint64(count);
        IPolls.RoundedTally memory rounded = roundedOf(commitmentsOf(set, teller, totals), totals);
        polls.tallyRounded(_poll, _chamber, rounded, blindedCombination(set, teller));
    }

    function parameters(uint256 chamber, uint8 options)
        internal
        view
        override(Election, Rewarding)
        returns (IPolls.PollParameters memory)
    {
        return Rewarding.parameters(chamber, options);
    }
}
