// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title A bonus is ratified by the chambers that voted, under the same rule, and "none of these" can be said
contract RewardElectorateTest is Rewarding {
    uint256 private _first;
    uint256 private _second;
    uint256 private _poll;

    function setUp() public {
        deployRewards();
        (_first, _second) = (newChamber(5), newChamber(5));
        _poll = polls.create(_parameters(8));
        rewards.create(_poll, rewardOf(policyOf(_first, 10, 0, 0, 5)));
        rewards.fund{value: 75 * UNIT}(_poll, 75 * UNIT);
        vm.warp(OPENS);
        polls.open(_poll);
        vm.warp(DEADLINE + 1);
        polls.finalise(_poll);
    }

    /// @dev Returns the parameters of a poll of both chambers that ratifies the bonus.
    function _parameters(uint8 options) private view returns (IPolls.PollParameters memory p) {
        p = parameters(_first, options);
        p.proposal = rewards.ratificationOf(_poll);
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_first), chamberRule(_second));
    }

    function test_SameChambersAndRuleRatify() public {
        _ratifies(_parameters(8));
    }

    /// Approval of one option is plurality with blank ballots.
    function test_ApprovalOfOneOptionRatifies() public {
        IPolls.PollParameters memory p = _parameters(8);
        p.rule = IPolls.Rule(IPolls.Kind.Approval, 1, false, false, false);
        _ratifies(p);
    }

    /// The ratifying poll pays no bonus: its ballots need not be vote receipts.
    function test_PollWithoutChoicesInNotesRatifies() public {
        IPolls.PollParameters memory p = _parameters(8);
        p.rule.choiceInNote = false;
        _ratifies(p);
    }

    function test_RevertWhen_ChambersDiffer() public {
        IPolls.PollParameters memory p = _parameters(8);
        p.chambers = new IPolls.ChamberRule[](1);
        p.chambers[0] = chamberRule(_first);
        _refuses(p);
        p = _parameters(8);
        (p.chambers[0], p.chambers[1]) = (p.chambers[1], p.chambers[0]);
        _refuses(p);
        p = _parameters(8);
        p.chambers[1] = chamberRule(newChamber(5));
        _refuses(p);
    }

    function test_RevertWhen_RuleOfDecisionDiffers() public {
        IPolls.PollParameters memory p = _parameters(8);
        p.chambers[1].weighted = true;
        _refuses(p);
        p = _parameters(8);
        p.chambers[0].quorum -= 1;
        _refuses(p);
        p = _parameters(8);
        p.chambers[1].thresholdBps -= 1;
        _refuses(p);
        p = _parameters(8);
        p.chambers[1].minBallots += 1;
        _refuses(p);
        p = _parameters(8);
        p.rule = IPolls.Rule(IPolls.Kind.Approval, 2, false, false, false);
        _refuses(p);
        p = _parameters(8);
        p.rule = IPolls.Rule(IPolls.Kind.Score, 1, false, false, false);
        _refuses(p);
    }

    /// A poll of which one chamber decides is not ratified by one of which two must.
    function test_RevertWhen_OtherNumberOfChambersIsRequired() public {
        IPolls.PollParameters memory p = _parameters(8);
        p.chambersRequired = 2;
        uint256 later = _reject(p, true);
        vm.expectRevert(abi.encodeWithSelector(IRewards.OtherElectorate.selector, _poll, later));
        rewards.ratify(_poll, later);
    }

    /// In a motion only For could be decided, and never Against.
    function test_RevertWhen_RatifyingPollIsMotion() public {
        vm.warp(START);
        uint256 paid = polls.create(parameters(_first, 3));
        rewards.create(paid, rewardOf(policyOf(_first, 10, 0, 0, 5)));
        IPolls.PollParameters memory p = parameters(_first, 3);
        (p.decision, p.proposal) = (IPolls.DecisionKind.Motion, rewards.ratificationOf(paid));
        uint256 later = decideLaterPoll(p, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewards.OtherElectorate.selector, paid, later));
        rewards.ratify(paid, later);
    }

    /// With eight options there is no ninth for none of them: the chambers say so by deciding for none.
    function test_RejectedPollRatifiesNone() public {
        uint256 later = _reject(_parameters(8), true);
        assertTrue(polls.poll(later).state == IPolls.State.Rejected, "rejected");
        vm.expectEmit(address(rewards));
        emit IRewards.RewardRatified(_poll, later, false, 0);
        rewards.ratify(_poll, later);
        rewards.openClaims(_poll);
        assertTrue(!rewards.chamber(_poll, _first).earnsBonus, "no bonus");
    }

    /// A rejection for want of ballots is the answer of too few: another poll may still ratify.
    function test_RevertWhen_RejectedPollIsNotTallied() public {
        uint256 later = _reject(_parameters(8), false);
        assertTrue(polls.poll(later).state == IPolls.State.Rejected, "rejected");
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotRatifying.selector, _poll, later));
        rewards.ratify(_poll, later);
        _ratifies(_parameters(8));
    }

    function _ratifies(IPolls.PollParameters memory p) private {
        uint256 later = decideLaterPoll(p, 6);
        vm.expectEmit(address(rewards));
        emit IRewards.RewardRatified(_poll, later, true, 6);
        rewards.ratify(_poll, later);
    }

    function _refuses(IPolls.PollParameters memory p) private {
        uint256 later = decideLaterPoll(p, 0);
        assertTrue(polls.poll(later).state == IPolls.State.Decided, "decided");
        vm.expectRevert(abi.encodeWithSelector(IRewards.OtherElectorate.selector, _poll, later));
        rewards.ratify(_poll, later);
    }

    /// @dev Creates a later poll in which the first chamber is divided, and the second one too or without a ballot.
    function _reject(IPolls.PollParameters memory p, bool both) private returns (uint256 later) {
        vm.warp(DEADLINE + 1);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (DEADLINE + 1, DEADLINE + 1_000, DEADLINE + 2_000);
        later = polls.create(p);
        polls.open(later);
        _divide(later, _first, 500);
        if (both) _divide(later, _second, 600);
        vm.warp(DEADLINE + 1_001);
        _tallyDivided(later, _first, 500);
        if (both) _tallyDivided(later, _second, 600);
        polls.finalise(later);
    }

    function _divide(uint256 poll, uint256 chamber, uint256 voter) private {
        castBallots(poll, chamber, voter, 1, 0);
        castBallots(poll, chamber, voter + 1, 1, 1);
    }

    function _tallyDivided(uint256 poll, uint256 chamber, uint256 voter) private {
        uint256 randomness = voteFor(voter, 0, 0).randomness + voteFor(voter + 1, 1, 0).randomness;
        postShare(poll, chamber, 0, randomness, 8);
        uint64[] memory totals = new uint64[](8);
        (totals[0], totals[1]) = (1, 1);
        polls.tally(poll, chamber, totals, combinationOf(poll, 1, randomness, 8));
    }
}
