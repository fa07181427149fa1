// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title The bonus: only a later poll ratifies the option that earns it
contract RewardRatificationTest is Rewarding {
    uint256 private _chamber;
    uint256 private _small;
    uint256 private _poll;

    function setUp() public {
        deployRewards();
        (_chamber, _small) = (newChamber(5), newChamber(3));
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 10, 0, 0, 5));
        reward.chambers = new IRewards.ChamberPolicy[](2);
        (reward.chambers[0], reward.chambers[1]) = (policyOf(_chamber, 10, 0, 0, 5), policyOf(_small, 10, 0, 0, 5));
        _poll = polls.create(_both(3, "proposal"));
        rewards.create(_poll, reward);
        rewards.fund{value: 1_000 * UNIT}(_poll, 1_000 * UNIT);
        vm.warp(OPENS);
        polls.open(_poll);
        castBallots(_poll, _chamber, 1, 4, 1);
        // Fewer than the minimum ballots.
        castBallots(_poll, _small, 20, 1, 1);
        vm.warp(CLOSES);
        finishTallied(_poll, _chamber, 1, 4, 1);
        sealBatch(_poll, _chamber, batchOf(votesOf(1, 4, 1), 3), 0);
        sealBatch(_poll, _small, batchOf(votesOf(20, 1, 1), 3), 0);
    }

    /// @dev Returns the parameters of a poll of both chambers, of which one decides.
    function _both(uint8 options, bytes32 proposal) private view returns (IPolls.PollParameters memory p) {
        p = parameters(_chamber, options);
        p.proposal = proposal;
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(_chamber), chamberRule(_small));
    }

    function test_RatifiedOptionEarnsBonus() public {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotRatified.selector, _poll, RATIFICATION));
        rewards.openClaims(_poll);
        uint256 later = decideLaterPoll(_both(3, rewards.ratificationOf(_poll)), 1);
        vm.expectEmit(address(rewards));
        emit IRewards.RewardRatified(_poll, later, true, 1);
        vm.prank(address(0xbeef));
        rewards.ratify(_poll, later);
        vm.expectRevert(abi.encodeWithSelector(IRewards.AlreadySet.selector, _poll));
        rewards.ratify(_poll, later);
        // Four ballots with the bonus, and one of the chamber that is not tallied.
        vm.expectEmit(address(rewards));
        emit IRewards.ClaimsOpened(_poll, (4 * 15 + 10) * UNIT);
        rewards.openClaims(_poll);
        assertTrue(rewards.chamber(_poll, _chamber).earnsBonus, "counted");
        assertTrue(!rewards.chamber(_poll, _small).earnsBonus, "its claims would reveal its total");
        rewards.claim(_poll, _chamber, claimOf(_poll, _chamber, 1, 15, address(0xf2e5), 0));
        rewards.claim(_poll, _small, claimOf(_poll, _small, 20, 10, address(0xf2e6), 0));
        // With the option in the selector, a claim of the small chamber is for another statement.
        IRewards.Claim memory c = claimWithoutProof(20, 15, address(0xf2e6), 0);
        c.rewardNullifier += 1;
        c.proof = _withOption(c, 1);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        rewards.claim(_poll, _small, c);
    }

    /// The ratified option is in the circuit's public inputs.
    function test_RevertWhen_ClaimForOtherOption() public {
        rewards.ratify(_poll, decideLaterPoll(_both(3, rewards.ratificationOf(_poll)), 1));
        rewards.openClaims(_poll);
        uint8[4] memory list = [0, 2, 3, 1];
        for (uint256 i = 0; i < 4; ++i) {
            IRewards.Claim memory c = claimWithoutProof(1, 15, address(0xf2e5), 0);
            c.proof = _withOption(c, list[i]);
            if (i < 3) vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
            rewards.claim(_poll, _chamber, c);
        }
    }

    function test_RevertWhen_PollDoesNotRatify() public {
        bytes32 named = rewards.ratificationOf(_poll);
        uint256 other = decideLaterPoll(_both(3, "proposal"), 1);
        _expectNot(other);
        _expectNot(_poll);
        uint256 foreign = decideLaterPoll(_both(3, rewards.ratificationOf(_poll + 1)), 1);
        _expectNot(foreign);
        uint256 wide = decideLaterPoll(_both(5, named), 1);
        _expectNot(wide);
        uint256 narrow = decideLaterPoll(_both(2, named), 1);
        _expectNot(narrow);
        // Not decided yet.
        vm.warp(DEADLINE + 1);
        IPolls.PollParameters memory p = _both(3, named);
        (p.proposal, p.opensAt, p.closesAt, p.tallyDeadline) = (named, DEADLINE + 1, DEADLINE + 9, DEADLINE + 99);
        uint256 undecided = polls.create(p);
        _expectNot(undecided);
        // Created to ratify it, but not later.
        vm.warp(START);
        (p.opensAt, p.closesAt, p.tallyDeadline) = (OPENS, CLOSES, DEADLINE);
        uint256 early = polls.create(p);
        vm.warp(OPENS);
        polls.open(early);
        castBallots(early, _chamber, 500, 3, 1);
        vm.warp(CLOSES);
        finishTallied(early, _chamber, 500, 3, 1);
        _expectNot(early);
        rewards.ratify(_poll, decideLaterPoll(_both(3, named), 1));
    }

    /// The option that the poll does not have means none of its options.
    function test_ExtraOptionRatifiesNone() public {
        uint256 later = decideLaterPoll(_both(4, rewards.ratificationOf(_poll)), 3);
        vm.expectEmit(address(rewards));
        emit IRewards.RewardRatified(_poll, later, false, 3);
        rewards.ratify(_poll, later);
        _withoutBonus();
    }

    /// After the deadline no poll ratifies, and the bonus is part of the surplus.
    function test_UnratifiedBonusIsSurplus() public {
        uint256 later = decideLaterPoll(_both(3, rewards.ratificationOf(_poll)), 1);
        vm.warp(RATIFICATION);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotRatified.selector, _poll, RATIFICATION));
        rewards.openClaims(_poll);
        vm.warp(RATIFICATION + 1);
        vm.expectRevert(abi.encodeWithSelector(IRewards.TooLate.selector, RATIFICATION));
        rewards.ratify(_poll, later);
        _withoutBonus();
    }

    function _withoutBonus() private {
        vm.expectEmit(address(rewards));
        emit IRewards.ClaimsOpened(_poll, 50 * UNIT);
        rewards.openClaims(_poll);
        assertTrue(!rewards.chamber(_poll, _chamber).earnsBonus, "no bonus");
        uint256 before = address(this).balance;
        rewards.withdrawSurplus(_poll, address(this));
        assertEq(address(this).balance - before, 950 * UNIT, "the bonus is back");
        rewards.claim(_poll, _chamber, claimOf(_poll, _chamber, 1, 10, address(0xf2e5), 0));
    }

    function _withOption(IRewards.Claim memory c, uint256 option) private view returns (uint256[8] memory) {
        uint256 chamber = c.amount == 15 && c.rewardNullifier != random("reward nullifier", 1) % R ? _small : _chamber;
        IRewards.ChamberView memory entry = rewards.chamber(_poll, chamber);
        uint256[] memory list = new uint256[](8);
        (list[0], list[1], list[2], list[3]) = (entry.notesRoot, entry.ctx, c.rewardNullifier, c.amount - 10);
        (list[4], list[5], list[6]) = (1 << option, 0, 5);
        list[7] = uint256(keccak256(abi.encode(block.chainid, address(rewards), c.recipient, c.relayer, c.fee))) >> 8;
        return prove(inputsOfList(c.h, list), c.h);
    }

    function _expectNot(uint256 by) private {
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotRatifying.selector, _poll, by));
        rewards.ratify(_poll, by);
    }
}
