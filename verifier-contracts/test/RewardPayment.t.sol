// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRewards} from "../src/interfaces/IRewards.sol";
import {GasEater, OddRecipient, OddToken} from "./fixtures/OddTokens.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Payments: exact or not at all, whatever a token or a recipient does
contract RewardPaymentTest is Rewarding {
    address private constant RECIPIENT = address(0xf2e5);

    uint256 private _chamber;
    OddToken private _token;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
        _token = new OddToken();
        _token.mint(address(this), 10_000_000);
        _token.approve(address(rewards), type(uint256).max);
    }

    function _open(address token) private returns (uint256 poll) {
        vm.warp(START);
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 100, 0, 0, 0));
        reward.token = token;
        poll = paidPoll(_chamber, 3, reward);
        castMany(poll, _chamber, 1, 4, 0);
        vm.warp(CLOSES);
        sealList(poll, _chamber, listOf(votesOf(1, 4, 0), 3), 0);
        finishUncounted(poll);
        rewards.fund{value: token == address(0) ? 400_000 : 0}(poll, 400_000);
        rewards.openClaims(poll);
    }

    function test_aTokenIsPaid() public {
        for (uint256 i = 0; i < 2; ++i) {
            _token.become(i == 0 ? OddToken.Habit.Plain : OddToken.Habit.ReturnsNothing);
            uint256 poll = _open(address(_token));
            uint256 before = _token.balanceOf(RECIPIENT);
            rewards.claim(poll, _chamber, claimOf(poll, _chamber, 1, 100, RECIPIENT, 3_000));
            assertEq(_token.balanceOf(RECIPIENT) - before, 97_000, "recipient");
            assertEq(_token.balanceOf(RELAYER), 3_000 * (i + 1), "relayer");
            assertEq(rewards.reward(poll).pool, 300_000, "pool");
            vm.warp(CLAIMS + 1);
            rewards.sweep(poll, address(0xda0));
            assertEq(_token.balanceOf(address(0xda0)), 300_000 * (i + 1), "swept");
        }
    }

    /// Whoever is not paid exactly is not marked as paid, and is when the token comes to its senses.
    function test_oddTokensPayNobodyHalf() public {
        uint256 poll = _open(address(_token));
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, RECIPIENT, 3_000);
        OddToken.Habit[5] memory habits = [
            OddToken.Habit.ReturnsFalse,
            OddToken.Habit.KeepsAFee,
            OddToken.Habit.TakesAFeeBesides,
            OddToken.Habit.MovesNothing,
            OddToken.Habit.Reverts
        ];
        for (uint256 i = 0; i < habits.length; ++i) {
            _token.become(habits[i]);
            (bool ok,) = address(rewards).call(abi.encodeCall(IRewards.claim, (poll, _chamber, claim_)));
            assertTrue(!ok && !rewards.isClaimed(poll, _chamber, claim_.rewardNullifier), "not paid");
            assertTrue(rewards.reward(poll).pool == 400_000 && _token.balanceOf(RECIPIENT) == 0, "nothing moved");
        }
        _token.become(OddToken.Habit.Plain);
        rewards.claim(poll, _chamber, claim_);
        assertEq(_token.balanceOf(RECIPIENT), 97_000, "paid after all");
    }

    function test_oddTokensFundNothing() public {
        vm.warp(START);
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 100, 0, 0, 0));
        reward.token = address(_token);
        uint256 poll = polls.create(parameters(_chamber, 3));
        rewards.create(poll, reward);
        bytes memory odd = abi.encodeWithSelector(IRewards.BadToken.selector, address(_token));
        _token.become(OddToken.Habit.KeepsAFee);
        vm.expectRevert(odd);
        rewards.fund(poll, 10);
        _token.become(OddToken.Habit.MovesNothing);
        vm.expectRevert(odd);
        rewards.fund(poll, 10);
        _token.become(OddToken.Habit.ReturnsFalse);
        (bool ok,) = address(rewards).call(abi.encodeCall(IRewards.fund, (poll, 10)));
        assertTrue(!ok && rewards.reward(poll).pool == 0, "nothing");
        _token.become(OddToken.Habit.Plain);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongValue.selector, 5, 0));
        rewards.fund{value: 5}(poll, 10);
        rewards.fund(poll, 10);
        // No code, no token.
        reward.token = address(0x70c);
        uint256 none = polls.create(parameters(_chamber, 3));
        rewards.create(none, reward);
        (ok,) = address(rewards).call(abi.encodeCall(IRewards.fund, (none, 10)));
        assertTrue(!ok, "no code");
        reward.token = address(0);
        uint256 coin = polls.create(parameters(_chamber, 3));
        rewards.create(coin, reward);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongValue.selector, 9, 10));
        rewards.fund{value: 9}(coin, 10);
    }

    /// From within a transfer nothing that moves money can be called.
    function test_noReentrancy() public {
        uint256 poll = _open(address(_token));
        IRewards.Claim memory first = claimOf(poll, _chamber, 1, 100, RECIPIENT, 3_000);
        IRewards.Claim memory second = claimOf(poll, _chamber, 2, 100, address(0x2222), 0);
        bytes[3] memory calls = [
            abi.encodeCall(IRewards.claim, (poll, _chamber, first)),
            abi.encodeCall(IRewards.claim, (poll, _chamber, second)),
            abi.encodeCall(IRewards.fund, (poll, 10))
        ];
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < calls.length; ++i) {
            // The token insists that its call fails, and with the guard's own error.
            _token.callBack(address(rewards), calls[i]);
            rewards.claim(poll, _chamber, first);
            bytes4 selector = bytes4(_token.lastError());
            assertTrue(selector == bytes4(keccak256("ReentrancyGuardReentrantCall()")), "guarded");
            vm.revertToState(snapshot);
        }
        uint256 coin = _open(address(0));
        OddRecipient odd = new OddRecipient();
        IRewards.Claim memory other = claimOf(coin, _chamber, 2, 100, RECIPIENT, 0);
        odd.callBack(address(rewards), abi.encodeCall(IRewards.claim, (coin, _chamber, other)));
        rewards.claim(coin, _chamber, claimOf(coin, _chamber, 1, 100, address(odd), 0));
        assertTrue(odd.tried() && !odd.succeeded(), "guarded");
        assertTrue(address(odd).balance == 100_000 && !rewards.isClaimed(coin, _chamber, other.rewardNullifier), "once");
    }

    function test_whoRefusesIsNotMarkedAsPaid() public {
        uint256 poll = _open(address(0));
        OddRecipient odd = new OddRecipient();
        odd.refuse(true);
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, address(odd), 3_000);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotPaid.selector, address(odd)));
        rewards.claim(poll, _chamber, claim_);
        assertEq(rewards.reward(poll).pool, 400_000, "nothing moved");
        // Others are not kept from theirs, and the same voter can be paid elsewhere, or here later.
        rewards.claim(poll, _chamber, claimOf(poll, _chamber, 2, 100, RECIPIENT, 0));
        uint256 snapshot = vm.snapshotState();
        rewards.claim(poll, _chamber, claimOf(poll, _chamber, 1, 100, RECIPIENT, 3_000));
        vm.revertToState(snapshot);
        odd.refuse(false);
        rewards.claim(poll, _chamber, claim_);
        assertEq(address(odd).balance, 97_000, "paid");
        vm.warp(CLAIMS + 1);
        odd.refuse(true);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotPaid.selector, address(odd)));
        rewards.sweep(poll, address(odd));
        rewards.sweep(poll, address(this));
    }

    /// Whoever sends the claim pays for no more than a wallet's own work.
    function test_aRecipientCannotSpendTheSendersGas() public {
        uint256 poll = _open(address(0));
        GasEater eater = new GasEater();
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, address(eater), 0);
        uint256 before = gasleft();
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotPaid.selector, address(eater)));
        rewards.claim(poll, _chamber, claim_);
        assertTrue(before - gasleft() < 500_000, "bounded");
    }

    /// A recipient that is the vault itself: the chain's coin it does not take, and of a token nothing would move.
    function test_theVaultPaysNobodyByPayingItself() public {
        uint256 coin = _open(address(0));
        IRewards.Claim memory claim_ = claimOf(coin, _chamber, 1, 100, address(rewards), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotPaid.selector, address(rewards)));
        rewards.claim(coin, _chamber, claim_);
        uint256 poll = _open(address(_token));
        claim_ = claimOf(poll, _chamber, 1, 100, address(rewards), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.BadToken.selector, address(_token)));
        rewards.claim(poll, _chamber, claim_);
    }

    function test_recipientAndRelayerAreOne() public {
        uint256 poll = _open(address(_token));
        rewards.claim(poll, _chamber, claimOf(poll, _chamber, 1, 100, RELAYER, 3_000));
        assertEq(_token.balanceOf(RELAYER), 100_000, "both");
    }

    /// A token that takes from the vault itself: the books of each poll stay, and who comes last waits for the DAO.
    function test_aRebasingToken() public {
        uint256 poll = _open(address(_token));
        _token.burn(address(rewards), 350_000);
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, RECIPIENT, 0);
        (bool ok,) = address(rewards).call(abi.encodeCall(IRewards.claim, (poll, _chamber, claim_)));
        assertTrue(!ok && !rewards.isClaimed(poll, _chamber, claim_.rewardNullifier), "not now");
        _token.mint(address(rewards), 350_000);
        rewards.claim(poll, _chamber, claim_);
    }
}
