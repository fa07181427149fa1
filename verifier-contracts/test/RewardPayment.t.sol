// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IRewards} from "../src/interfaces/IRewards.sol";
import {GasConsumer, MisbehavingRecipient, MisbehavingToken} from "./fixtures/MisbehavingTokens.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Payments are exact or revert, whatever a token or a recipient does
contract RewardPaymentTest is Rewarding {
    address private constant RECIPIENT = address(0xf2e5);

    uint256 private _chamber;
    MisbehavingToken private _token;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(4);
        _token = new MisbehavingToken();
        _token.mint(address(this), 10_000_000);
        _token.approve(address(rewards), type(uint256).max);
    }

    function _open(address token) private returns (uint256 poll) {
        vm.warp(START);
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 100, 0, 0, 0));
        reward.token = token;
        poll = openPaidPoll(_chamber, 3, reward, 400_000);
        castBallots(poll, _chamber, 1, 4, 0);
        vm.warp(CLOSES);
        sealBatch(poll, _chamber, batchOf(votesOf(1, 4, 0), 3), 0);
        finishUntallied(poll);
        rewards.openClaims(poll);
    }

    function test_TokenIsPaid() public {
        for (uint256 i = 0; i < 2; ++i) {
            _token.setBehaviour(i == 0 ? MisbehavingToken.Behaviour.Plain : MisbehavingToken.Behaviour.ReturnsNothing);
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

    /// A claim that is not paid exactly is not marked as paid; it is paid when the token behaves again.
    function test_RevertWhen_TokenPaysInexactly() public {
        uint256 poll = _open(address(_token));
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, RECIPIENT, 3_000);
        MisbehavingToken.Behaviour[5] memory habits = [
            MisbehavingToken.Behaviour.ReturnsFalse,
            MisbehavingToken.Behaviour.KeepsAFee,
            MisbehavingToken.Behaviour.TakesAFeeBesides,
            MisbehavingToken.Behaviour.MovesNothing,
            MisbehavingToken.Behaviour.Reverts
        ];
        for (uint256 i = 0; i < habits.length; ++i) {
            _token.setBehaviour(habits[i]);
            (bool ok,) = address(rewards).call(abi.encodeCall(IRewards.claim, (poll, _chamber, claim_)));
            assertTrue(!ok && !rewards.isClaimed(poll, _chamber, claim_.rewardNullifier), "not paid");
            assertTrue(rewards.reward(poll).pool == 400_000 && _token.balanceOf(RECIPIENT) == 0, "nothing moved");
        }
        _token.setBehaviour(MisbehavingToken.Behaviour.Plain);
        rewards.claim(poll, _chamber, claim_);
        assertEq(_token.balanceOf(RECIPIENT), 97_000, "paid later");
    }

    function test_RevertWhen_TokenFundsInexactly() public {
        vm.warp(START);
        IRewards.Parameters memory reward = rewardOf(policyOf(_chamber, 100, 0, 0, 0));
        reward.token = address(_token);
        uint256 poll = polls.create(parameters(_chamber, 3));
        rewards.create(poll, reward);
        bytes memory odd = abi.encodeWithSelector(IRewards.InexactTransfer.selector, address(_token));
        _token.setBehaviour(MisbehavingToken.Behaviour.KeepsAFee);
        vm.expectRevert(odd);
        rewards.fund(poll, 10);
        _token.setBehaviour(MisbehavingToken.Behaviour.MovesNothing);
        vm.expectRevert(odd);
        rewards.fund(poll, 10);
        _token.setBehaviour(MisbehavingToken.Behaviour.ReturnsFalse);
        (bool ok,) = address(rewards).call(abi.encodeCall(IRewards.fund, (poll, 10)));
        assertTrue(!ok && rewards.reward(poll).pool == 0, "nothing");
        _token.setBehaviour(MisbehavingToken.Behaviour.Plain);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongValue.selector, 5, 0));
        rewards.fund{value: 5}(poll, 10);
        rewards.fund(poll, 10);
        // An address without code is not a token.
        reward.token = address(0x70c);
        uint256 none = polls.create(parameters(_chamber, 3));
        rewards.create(none, reward);
        (ok,) = address(rewards).call(abi.encodeCall(IRewards.fund, (none, 10)));
        assertTrue(!ok, "no code");
        reward.token = address(0);
        uint256 nativePoll = polls.create(parameters(_chamber, 3));
        rewards.create(nativePoll, reward);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongValue.selector, 9, 10));
        rewards.fund{value: 9}(nativePoll, 10);
    }

    /// No function that moves money can be called from within a transfer.
    function test_ReentrantCallsAreRejected() public {
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
            // The token requires its call to fail, with the guard's own error.
            _token.callBack(address(rewards), calls[i]);
            rewards.claim(poll, _chamber, first);
            bytes4 selector = bytes4(_token.lastError());
            assertTrue(selector == bytes4(keccak256("ReentrancyGuardReentrantCall()")), "guarded");
            vm.revertToState(snapshot);
        }
        uint256 nativePoll = _open(address(0));
        MisbehavingRecipient odd = new MisbehavingRecipient();
        IRewards.Claim memory other = claimOf(nativePoll, _chamber, 2, 100, RECIPIENT, 0);
        odd.callBack(address(rewards), abi.encodeCall(IRewards.claim, (nativePoll, _chamber, other)));
        rewards.claim(nativePoll, _chamber, claimOf(nativePoll, _chamber, 1, 100, address(odd), 0));
        assertTrue(odd.tried() && !odd.succeeded(), "guarded");
        assertTrue(
            address(odd).balance == 100_000 && !rewards.isClaimed(nativePoll, _chamber, other.rewardNullifier), "once"
        );
    }

    function test_RefusedPaymentLeavesClaimOpen() public {
        uint256 poll = _open(address(0));
        MisbehavingRecipient odd = new MisbehavingRecipient();
        odd.refuse(true);
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, address(odd), 3_000);
        vm.expectRevert(abi.encodeWithSelector(IRewards.PaymentFailed.selector, address(odd)));
        rewards.claim(poll, _chamber, claim_);
        assertEq(rewards.reward(poll).pool, 400_000, "nothing moved");
        // Other claims are paid, and the same voter can be paid to another address, or to this one later.
        rewards.claim(poll, _chamber, claimOf(poll, _chamber, 2, 100, RECIPIENT, 0));
        uint256 snapshot = vm.snapshotState();
        rewards.claim(poll, _chamber, claimOf(poll, _chamber, 1, 100, RECIPIENT, 3_000));
        vm.revertToState(snapshot);
        odd.refuse(false);
        rewards.claim(poll, _chamber, claim_);
        assertEq(address(odd).balance, 97_000, "paid");
        vm.warp(CLAIMS + 1);
        odd.refuse(true);
        vm.expectRevert(abi.encodeWithSelector(IRewards.PaymentFailed.selector, address(odd)));
        rewards.sweep(poll, address(odd));
        rewards.sweep(poll, address(this));
    }

    /// The sender of a claim pays for no more gas than a wallet needs.
    function test_RecipientGasIsBounded() public {
        uint256 poll = _open(address(0));
        GasConsumer eater = new GasConsumer();
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, address(eater), 0);
        uint256 before = gasleft();
        vm.expectRevert(abi.encodeWithSelector(IRewards.PaymentFailed.selector, address(eater)));
        rewards.claim(poll, _chamber, claim_);
        assertTrue(before - gasleft() < 500_000, "bounded");
    }

    /// The recipient is the rewards contract itself: it rejects native token, and no ERC-20 token would move.
    function test_RevertWhen_RecipientIsTheContract() public {
        uint256 nativePoll = _open(address(0));
        IRewards.Claim memory claim_ = claimOf(nativePoll, _chamber, 1, 100, address(rewards), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.PaymentFailed.selector, address(rewards)));
        rewards.claim(nativePoll, _chamber, claim_);
        uint256 poll = _open(address(_token));
        claim_ = claimOf(poll, _chamber, 1, 100, address(rewards), 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.InexactTransfer.selector, address(_token)));
        rewards.claim(poll, _chamber, claim_);
    }

    function test_RecipientAndRelayerMayBeOne() public {
        uint256 poll = _open(address(_token));
        rewards.claim(poll, _chamber, claimOf(poll, _chamber, 1, 100, RELAYER, 3_000));
        assertEq(_token.balanceOf(RELAYER), 100_000, "both");
    }

    /// A token that reduces the contract's balance: the recorded pools stay, and the last claims wait for the DAO.
    function test_RebasingTokenDoesNotChangeOtherPools() public {
        uint256 poll = _open(address(_token));
        _token.burn(address(rewards), 350_000);
        IRewards.Claim memory claim_ = claimOf(poll, _chamber, 1, 100, RECIPIENT, 0);
        (bool ok,) = address(rewards).call(abi.encodeCall(IRewards.claim, (poll, _chamber, claim_)));
        assertTrue(!ok && !rewards.isClaimed(poll, _chamber, claim_.rewardNullifier), "not now");
        _token.mint(address(rewards), 350_000);
        rewards.claim(poll, _chamber, claim_);
    }
}
