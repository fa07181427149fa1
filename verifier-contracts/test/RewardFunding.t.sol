// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title A reward is owed if the pool held the worst case when the poll opened, and void otherwise
contract RewardFundingTest is Rewarding {
    uint256 private _chamber;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
    }

    /// Every member votes for the ratified option, weights up to the cap or to all there are; to the wei.
    function test_PoolMustHoldWorstCaseOfFrozenCensus() public {
        // Five members with weights 1 to 5.
        _worstCase(policyOf(_chamber, 7, 0, 0, 0), 35);
        _worstCase(policyOf(_chamber, 7, 0, 0, 4), 55);
        _worstCase(policyOf(_chamber, 7, 3, 2, 0), 35 + 3 * 10);
        _worstCase(policyOf(_chamber, 7, 3, 1_000, 0), 35 + 3 * 15);
    }

    function _worstCase(IRewards.ChamberPolicy memory policy, uint256 units) private {
        uint256 needed = units * UNIT;
        for (uint256 missing = 0; missing < 2; ++missing) {
            vm.warp(START);
            uint256 poll = openPaidPoll(_chamber, 3, rewardOf(policy), needed - missing);
            (IRewards.Funding status, uint256 worstCase) = rewards.funding(poll);
            assertEq(worstCase, needed, "worst case");
            assertTrue(status == (missing == 0 ? IRewards.Funding.Owed : IRewards.Funding.Void), "status");
        }
    }

    function test_VoidRewardNeverOpensAndGoesBackAtOnce() public {
        uint256 poll = openPaidPoll(_chamber, 3, rewardOf(policyOf(_chamber, 7, 0, 0, 0)), 34 * UNIT);
        castBallots(poll, _chamber, 1, 3, 0);
        vm.warp(CLOSES);
        sealBatch(poll, _chamber, batchOf(votesOf(1, 3, 0), 3), 0);
        finishUntallied(poll);
        // The pool holds the worst case of the three ballots, but not of all who could have voted.
        vm.expectRevert(abi.encodeWithSelector(IRewards.InsufficientPool.selector, 34 * UNIT, 35 * UNIT));
        rewards.openClaims(poll);
        rewards.sweep(poll, address(0xda0));
        assertEq(address(0xda0).balance, 34 * UNIT, "all of it");
        _assertFunding(poll, IRewards.Funding.Void);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongStage.selector, poll, IRewards.Stage.Swept));
        rewards.openClaims(poll);
    }

    function test_RevertWhen_FundedAfterOpening() public {
        uint256 poll = openPaidPoll(_chamber, 3, rewardOf(policyOf(_chamber, 7, 0, 0, 0)), 34 * UNIT);
        vm.expectRevert(abi.encodeWithSelector(IRewards.PollHasOpened.selector, poll));
        rewards.fund{value: UNIT}(poll, UNIT);
        _assertFunding(poll, IRewards.Funding.Void);
    }

    /// An owed reward stays until the claim deadline, whatever the owner calls.
    function test_RevertWhen_OwedPoolIsWithdrawn() public {
        uint256 poll = openPaidPoll(_chamber, 3, rewardOf(policyOf(_chamber, 7, 0, 0, 0)), 100 * UNIT);
        _assertFunding(poll, IRewards.Funding.Owed);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongStage.selector, poll, IRewards.Stage.Created));
        rewards.withdrawSurplus(poll, address(this));
        _expectTooEarly(poll);
        finishUntallied(poll);
        rewards.openClaims(poll);
        _assertFunding(poll, IRewards.Funding.Owed);
        vm.expectRevert(IRewards.NoRecipient.selector);
        rewards.withdrawSurplus(poll, address(0));
        rewards.withdrawSurplus(poll, address(this));
        _assertFunding(poll, IRewards.Funding.Owed);
        _expectTooEarly(poll);
    }

    /// The verdict is about the census that is frozen, not the one of the day of funding.
    function test_EnrolmentAfterFundingCounts() public {
        uint256 poll = polls.create(parameters(_chamber, 3));
        rewards.create(poll, rewardOf(policyOf(_chamber, 7, 0, 0, 0)));
        rewards.fund{value: 35 * UNIT}(poll, 35 * UNIT);
        _assertFunding(poll, IRewards.Funding.Pending);
        _expectTooEarly(poll);
        enrol(_chamber, address(uint160(6)), random("id", 6) % R, 6);
        uint256 snapshot = vm.snapshotState();
        vm.warp(OPENS);
        polls.open(poll);
        _assertFunding(poll, IRewards.Funding.Void);
        vm.revertToState(snapshot);
        rewards.fund{value: 7 * UNIT}(poll, 7 * UNIT);
        vm.warp(OPENS);
        polls.open(poll);
        _assertFunding(poll, IRewards.Funding.Owed);
        // An enrolment after the opening changes nothing.
        enrol(_chamber, address(uint160(7)), random("id", 7) % R, 7);
        _assertFunding(poll, IRewards.Funding.Owed);
    }

    /// A poll that is cancelled before it opens, or misses its time, pays nothing, and its pool goes back at once.
    function test_PollThatCannotOpenPaysNothing() public {
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        (p.canceller, p.cancelDeadline) = (address(this), OPENS);
        uint256 poll = polls.create(p);
        rewards.create(poll, rewardOf(policyOf(_chamber, 7, 0, 0, 0)));
        rewards.fund{value: 35 * UNIT}(poll, 35 * UNIT);
        uint256 snapshot = vm.snapshotState();
        polls.cancel(poll);
        _paysNothing(poll);
        vm.revertToState(snapshot);
        vm.warp(CLOSES - 1);
        _assertFunding(poll, IRewards.Funding.Pending);
        vm.warp(CLOSES);
        _paysNothing(poll);
    }

    function _paysNothing(uint256 poll) private {
        _assertFunding(poll, IRewards.Funding.Void);
        vm.expectRevert(abi.encodeWithSelector(IRewards.PollHasOpened.selector, poll));
        rewards.fund{value: 1}(poll, 1);
        uint256 before = address(0xda0).balance;
        rewards.sweep(poll, address(0xda0));
        assertEq(address(0xda0).balance - before, 35 * UNIT, "all of it");
    }

    function _expectTooEarly(uint256 poll) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.TooEarly.selector, CLAIMS));
        rewards.sweep(poll, address(this));
    }

    function _assertFunding(uint256 poll, IRewards.Funding expected) private view {
        (IRewards.Funding actual,) = rewards.funding(poll);
        assertTrue(actual == expected, "funding");
    }
}
