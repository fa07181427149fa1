// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Setup of rewards, and opening of claims
contract RewardSetupTest is Rewarding {
    uint256 private _chamber;
    uint256 private _poll;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
        _poll = polls.create(parameters(_chamber, 3));
    }

    function test_ViewsReturnRewardAsCreated() public {
        (address polls_, address notes, address three, address eight) = rewards.immutableDependencies();
        address v = address(verifier);
        assertTrue(polls_ == address(polls) && notes == v && three == v && eight == v, "wiring");
        _expect(abi.encodeWithSelector(IRewards.UnknownReward.selector, _poll));
        rewards.reward(_poll);
        IRewards.Parameters memory p = rewardOf(policyOf(_chamber, 7, 2, 9, 4));
        vm.expectEmit(address(rewards));
        emit IRewards.RewardCreated(_poll, p);
        rewards.create(_poll, p);
        IRewards.RewardView memory r = rewards.reward(_poll);
        assertTrue(r.stage == IRewards.Stage.Created && r.unit == UNIT && r.claimDeadline == CLAIMS, "reward");
        assertTrue(r.ratificationDeadline == RATIFICATION && r.pool == 0 && r.chambers.length == 1, "pool");
        IRewards.ChamberView memory c = rewards.chamber(_poll, _chamber);
        assertEq(keccak256(abi.encode(c.policy)), keccak256(abi.encode(p.chambers[0])), "policy");
        assertTrue(!c.earnsBonus && c.noteBatches == 0 && c.notesRoot == 0, "nothing sealed");
        _expect(abi.encodeWithSelector(IRewards.NoReward.selector, _poll, 99));
        rewards.chamber(_poll, 99);
    }

    /// Where notes hold no choice, no claim could prove one: only a reward without a bonus can be set.
    function test_RevertWhen_BonusIsSetWithoutChoicesInNotes() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.rule.choiceInNote = false;
        uint256 poll = polls.create(p);
        _expect(abi.encodeWithSelector(IRewards.NotesHoldNoChoice.selector, poll));
        rewards.create(poll, rewardOf(policyOf(_chamber, 7, 2, 9, 4)));
        rewards.create(poll, rewardOf(policyOf(_chamber, 7, 2, 9, 0)));
    }

    function test_RevertWhen_CallerIsNotOwner() public {
        IRewards.Parameters memory p = rewardOf(policyOf(_chamber, 7, 0, 0, 0));
        bytes memory refused = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(0xbad));
        vm.startPrank(address(0xbad));
        _expect(refused);
        rewards.create(_poll, p);
        _expect(refused);
        rewards.withdrawSurplus(_poll, address(0xbad));
        _expect(refused);
        rewards.sweep(_poll, address(0xbad));
        vm.stopPrank();
    }

    /// Policies are set before a poll opens, and cannot change.
    function test_RevertWhen_SetTwiceOrAfterPollOpens() public {
        IRewards.Parameters memory p = rewardOf(policyOf(_chamber, 7, 0, 0, 0));
        rewards.create(_poll, p);
        _expect(abi.encodeWithSelector(IRewards.AlreadySet.selector, _poll));
        rewards.create(_poll, p);
        uint256 other = polls.create(parameters(_chamber, 3));
        vm.warp(OPENS);
        polls.open(other);
        _expect(abi.encodeWithSelector(IRewards.PollHasOpened.selector, other));
        rewards.create(other, p);
        _expect(abi.encodeWithSelector(IPolls.UnknownPoll.selector, 99));
        rewards.create(99, p);
    }

    function test_RevertWhen_PolicyInvalid() public {
        bytes memory bad = abi.encodeWithSelector(IRewards.InvalidPolicy.selector);
        IRewards.Parameters memory p = rewardOf(policyOf(_chamber, 7, 0, 0, 0));
        p.unit = 0;
        _expectCreate(bad, p);
        p.unit = 1;
        p.chambers = new IRewards.ChamberPolicy[](0);
        _expectCreate(bad, p);
        p.chambers = new IRewards.ChamberPolicy[](2);
        (p.chambers[0], p.chambers[1]) = (policyOf(_chamber, 7, 0, 0, 0), policyOf(_chamber, 8, 0, 0, 0));
        _expectCreate(bad, p);
        _expectCreate(bad, rewardOf(policyOf(_chamber, 0, 0, 0, 0)));
        _expectCreate(bad, rewardOf(policyOf(_chamber, 7, 1, 0, 0)));
        _expectCreate(bad, rewardOf(policyOf(_chamber, 7, 0, 1, 0)));
        _expectCreate(
            abi.encodeWithSelector(IPolls.UnknownChamber.selector, _poll, _chamber + 1),
            rewardOf(policyOf(_chamber + 1, 7, 0, 0, 0))
        );
    }

    function test_RevertWhen_DeadlinesInvalid() public {
        IRewards.Parameters memory p = rewardOf(policyOf(_chamber, 7, 0, 0, 3));
        _expectDeadlines(p, 0, CLAIMS);
        _expectDeadlines(p, DEADLINE, CLAIMS);
        _expectDeadlines(p, RATIFICATION, RATIFICATION);
        _expectDeadlines(p, RATIFICATION, RATIFICATION + 7 days - 1);
        p = rewardOf(policyOf(_chamber, 7, 0, 0, 0));
        _expectDeadlines(p, RATIFICATION, CLAIMS);
        _expectDeadlines(p, 0, DEADLINE);
        _expectDeadlines(p, 0, DEADLINE + 7 days - 1);
        (p.ratificationDeadline, p.claimDeadline) = (0, DEADLINE + 7 days);
        rewards.create(_poll, p);
    }

    /// What no ballot can need is surplus, to the wei.
    function test_SurplusIsAllAboveWorstCaseOfBallots() public {
        // Weights 1 to 5. Three ballots of unknown members: weights of at most 15 together, 6 with the cap.
        _worstCase(policyOf(_chamber, 7, 0, 0, 0), 21);
        _worstCase(policyOf(_chamber, 7, 3, 2, 0), 21 + 3 * 6);
        _worstCase(policyOf(_chamber, 7, 3, 1_000, 0), 21 + 3 * 15);
        _worstCase(policyOf(_chamber, 0, 3, 5, 0), 3 * 15);
    }

    function _worstCase(IRewards.ChamberPolicy memory policy, uint256 units) private {
        vm.warp(START);
        uint256 poll = openPaidPoll(_chamber, 3, rewardOf(policy), 100 * UNIT);
        castBallots(poll, _chamber, 1, 3, 0);
        vm.warp(CLOSES);
        sealBatch(poll, _chamber, batchOf(votesOf(1, 3, 0), 3), 0);
        finishUntallied(poll);
        uint256 needed = units * UNIT;
        vm.expectEmit(address(rewards));
        emit IRewards.ClaimsOpened(poll, needed);
        vm.prank(address(0xbeef));
        rewards.openClaims(poll);
        uint256 surplus = 100 * UNIT - needed;
        assertEq(rewards.reward(poll).surplus, surplus, "surplus");
        uint256 before = address(0xda0).balance;
        rewards.withdrawSurplus(poll, address(0xda0));
        assertEq(address(0xda0).balance - before, surplus, "withdrawn");
        assertTrue(rewards.reward(poll).pool == needed && rewards.reward(poll).surplus == 0, "pool");
    }

    function test_RevertWhen_ClaimsOpenTooEarly() public {
        rewards.create(_poll, rewardOf(policyOf(_chamber, 7, 0, 0, 0)));
        rewards.fund{value: 35 * UNIT}(_poll, 35 * UNIT);
        bytes memory early = abi.encodeWithSelector(IRewards.PollHasNotEnded.selector, _poll);
        _expect(early);
        rewards.openClaims(_poll);
        vm.warp(OPENS);
        polls.open(_poll);
        castBallots(_poll, _chamber, 1, 3, 0);
        _expect(early);
        rewards.openClaims(_poll);
        vm.warp(CLOSES);
        _expect(early);
        rewards.openClaims(_poll);
        finishUntallied(_poll);
        _expect(abi.encodeWithSelector(IRewards.NotSealed.selector, _poll, _chamber, 0, 3));
        rewards.openClaims(_poll);
        sealBatch(_poll, _chamber, batchOf(votesOf(1, 3, 0), 3), 0);
        uint256 snapshot = vm.snapshotState();
        vm.warp(CLAIMS + 1);
        _expect(abi.encodeWithSelector(IRewards.TooLate.selector, CLAIMS));
        rewards.openClaims(_poll);
        vm.revertToState(snapshot);
        _expect(abi.encodeWithSelector(IRewards.WrongStage.selector, _poll, IRewards.Stage.Created));
        rewards.withdrawSurplus(_poll, address(this));
        rewards.openClaims(_poll);
        _expect(abi.encodeWithSelector(IRewards.WrongStage.selector, _poll, IRewards.Stage.Claims));
        rewards.openClaims(_poll);
    }

    /// A poll without a ballot has nothing to seal and nothing to pay.
    function test_PollWithoutBallotsHasNothingToPay() public {
        rewards.create(_poll, rewardOf(policyOf(_chamber, 7, 0, 0, 0)));
        rewards.fund{value: 35 * UNIT}(_poll, 35 * UNIT);
        vm.warp(OPENS);
        polls.open(_poll);
        finishUncounted_(_poll);
        rewards.openClaims(_poll);
        vm.warp(CLAIMS + 1);
        rewards.sweep(_poll, address(this));
    }

    function finishUncounted_(uint256 poll) private {
        vm.warp(CLOSES);
        polls.finalise(poll);
    }

    function _expectDeadlines(IRewards.Parameters memory p, uint64 ratification, uint64 claims) private {
        (p.ratificationDeadline, p.claimDeadline) = (ratification, claims);
        _expectCreate(abi.encodeWithSelector(IRewards.InvalidDeadlines.selector, ratification, claims), p);
    }

    function _expectCreate(bytes memory refused, IRewards.Parameters memory p) private {
        _expect(refused);
        rewards.create(_poll, p);
    }

    function _expect(bytes memory refused) private {
        vm.expectRevert(refused);
    }
}
