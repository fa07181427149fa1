// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Claims: no word of one can be changed, and none is paid twice
contract RewardClaimsTest is Rewarding {
    address private constant RECIPIENT = address(0xf2e5);

    uint256 private _chamber;
    uint256 private _poll;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
        _poll = _sealed(rewardOf(policyOf(_chamber, 7, 2, 9, 0)));
        rewards.openClaims(_poll);
    }

    /// @dev Sets up an ended poll with its four notes sealed and its pool full.
    function _sealed(IRewards.Parameters memory reward) private returns (uint256 poll) {
        vm.warp(START);
        poll = openPaidPoll(_chamber, 3, reward, 1_000 * UNIT);
        castBallots(poll, _chamber, 1, 4, 0);
        vm.warp(CLOSES);
        sealBatch(poll, _chamber, batchOf(votesOf(1, 4, 0), 3), 0);
        finishUntallied(poll);
    }

    function test_ClaimPaysRecipientAndRelayer() public {
        IRewards.Claim memory one = claimOf(_poll, _chamber, 1, 25, RECIPIENT, 3_000);
        (uint256 pool, uint256 before) = (rewards.reward(_poll).pool, RELAYER.balance);
        vm.expectEmit(address(rewards));
        emit IRewards.RewardClaimed(_poll, _chamber, one);
        vm.prank(address(0xbeef));
        rewards.claim(_poll, _chamber, one);
        assertEq(RECIPIENT.balance, 22_000, "the amount less the fee");
        assertEq(RELAYER.balance - before, 3_000, "the fee");
        assertEq(pool - rewards.reward(_poll).pool, 25_000, "pool");
        assertTrue(rewards.isClaimed(_poll, _chamber, one.rewardNullifier), "claimed");
        _expect(abi.encodeWithSelector(IRewards.AlreadyClaimed.selector, one.rewardNullifier), one);
        // No other claim of the same reward nullifier either.
        IRewards.Claim memory again = claimOf(_poll, _chamber, 1, 9, address(0x99), 0);
        _expect(abi.encodeWithSelector(IRewards.AlreadyClaimed.selector, one.rewardNullifier), again);
        rewards.claim(_poll, _chamber, claimOf(_poll, _chamber, 2, 7, RECIPIENT, 0));
        assertEq(RECIPIENT.balance, 29_000, "another's");
    }

    /// The relayer of a claim can only submit it, not change it.
    function test_RevertWhen_AnyClaimWordChanged() public {
        bytes memory invalid = abi.encodeWithSelector(IGroth16Verifier.InvalidProof.selector);
        for (uint256 i = 0; i < 6; ++i) {
            IRewards.Claim memory c = claimOf(_poll, _chamber, 1, 25, RECIPIENT, 3_000);
            if (i == 0) c.recipient = address(0xbad);
            if (i == 1) c.relayer = address(0xbad);
            if (i == 2) c.fee += 1;
            if (i == 3) c.amount += 1;
            if (i == 4) c.rewardNullifier = addmod(c.rewardNullifier, 1, R);
            if (i == 5) c.h = addmod(c.h, 1, R);
            _expect(invalid, c);
        }
        IRewards.Claim memory elsewhere = claimWithoutProof(1, 25, RECIPIENT, 0);
        elsewhere.proof = claimProof(_poll, _chamber, elsewhere, address(this));
        _expect(invalid, elsewhere);
        IRewards.Claim memory here = claimOf(_poll, _chamber, 1, 25, RECIPIENT, 0);
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        _expect(invalid, here);
        vm.chainId(chain);
        rewards.claim(_poll, _chamber, here);
    }

    /// Another representative of the same residue would be paid again.
    function test_RevertWhen_ClaimWordNotCanonical() public {
        for (uint256 i = 0; i < 3; ++i) {
            IRewards.Claim memory c = claimOf(_poll, _chamber, 1, 25, RECIPIENT, 0);
            if (i == 0) c.rewardNullifier += R;
            if (i == 1) c.amount += R;
            if (i == 2) c.h += R;
            bytes memory refused = i == 0
                ? abi.encodeWithSelector(IRewards.ElementOutOfField.selector, 2)
                : i == 1
                    ? abi.encodeWithSelector(IRewards.InvalidClaim.selector)
                    : abi.encodeWithSelector(IGroth16Verifier.InputOutOfField.selector, 0);
            _expect(refused, c);
        }
    }

    function test_RevertWhen_ClaimInvalid() public {
        bytes memory bad = abi.encodeWithSelector(IRewards.InvalidClaim.selector);
        _expect(bad, claimOf(_poll, _chamber, 1, 6, RECIPIENT, 0));
        _expect(bad, claimOf(_poll, _chamber, 1, 25, address(0), 0));
        _expect(bad, claimOf(_poll, _chamber, 1, 25, RECIPIENT, 25_001));
        IRewards.Claim memory withoutRelayer = claimWithoutProof(1, 25, RECIPIENT, 10);
        withoutRelayer.relayer = address(0);
        withoutRelayer.proof = claimProof(_poll, _chamber, withoutRelayer, address(rewards));
        _expect(bad, withoutRelayer);
        // A claimant may pay the whole amount as a fee.
        rewards.claim(_poll, _chamber, claimOf(_poll, _chamber, 1, 25, RECIPIENT, 25_000));
        uint256 free = _sealed(rewardOf(policyOf(_chamber, 0, 2, 9, 0)));
        rewards.openClaims(free);
        _poll = free;
        _expect(bad, claimOf(free, _chamber, 1, 0, RECIPIENT, 0));
    }

    function test_RevertWhen_ClaimOfAnotherPollOrChamber() public {
        uint256 other = _sealed(rewardOf(policyOf(_chamber, 7, 2, 9, 0)));
        IRewards.Claim memory foreign = claimOf(other, _chamber, 1, 25, RECIPIENT, 0);
        _expect(abi.encodeWithSelector(IGroth16Verifier.InvalidProof.selector), foreign);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongStage.selector, other, IRewards.Stage.Created));
        rewards.claim(other, _chamber, foreign);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoReward.selector, _poll, 99));
        rewards.claim(_poll, 99, foreign);
        rewards.openClaims(other);
        rewards.claim(other, _chamber, claimOf(other, _chamber, 1, 25, RECIPIENT, 0));
    }

    /// A ballot's proof is for another statement.
    function test_RevertWhen_BallotProofUsedAsClaim() public {
        IRewards.Claim memory c = claimWithoutProof(1, 25, RECIPIENT, 0);
        Vote memory vote = voteFor(1, 0, 0);
        c.proof = prove(ballotInputs(vote.nullifier, encrypt(vote, 3), ctxOf(_poll, _chamber), 0, c.h), 1);
        _expect(abi.encodeWithSelector(IGroth16Verifier.InvalidProof.selector), c);
    }

    function test_SweepAfterClaimDeadline() public {
        IRewards.Claim memory one = claimOf(_poll, _chamber, 1, 25, RECIPIENT, 0);
        IRewards.Claim memory two = claimOf(_poll, _chamber, 2, 25, RECIPIENT, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.TooEarly.selector, CLAIMS));
        rewards.sweep(_poll, address(this));
        vm.warp(CLAIMS);
        rewards.claim(_poll, _chamber, one);
        vm.expectRevert(abi.encodeWithSelector(IRewards.TooEarly.selector, CLAIMS));
        rewards.sweep(_poll, address(this));
        vm.warp(CLAIMS + 1);
        _expect(abi.encodeWithSelector(IRewards.TooLate.selector, CLAIMS), two);
        vm.expectRevert(abi.encodeWithSelector(IRewards.TooLate.selector, CLAIMS));
        rewards.fund{value: 1}(_poll, 1);
        vm.expectRevert(IRewards.NoRecipient.selector);
        rewards.sweep(_poll, address(0));
        rewards.sweep(_poll, address(0xda0));
        assertEq(address(0xda0).balance, 975_000, "the rest");
        IRewards.RewardView memory r = rewards.reward(_poll);
        assertTrue(r.pool == 0 && r.surplus == 0 && r.stage == IRewards.Stage.Swept, "swept");
        bytes memory swept = abi.encodeWithSelector(IRewards.WrongStage.selector, _poll, IRewards.Stage.Swept);
        vm.expectRevert(swept);
        rewards.sweep(_poll, address(0xda0));
        vm.expectRevert(swept);
        rewards.fund{value: 1}(_poll, 1);
        _expect(swept, two);
    }

    /// The pool of a reward whose claims never opened is returned as well.
    function test_SweepReturnsPoolThatNeverOpened() public {
        uint256 other = _sealed(rewardOf(policyOf(_chamber, 7, 2, 9, 0)));
        vm.warp(CLAIMS + 1);
        rewards.sweep(other, address(0xda0));
        assertEq(address(0xda0).balance, 1_000_000, "all of it");
    }

    function _expect(bytes memory refused, IRewards.Claim memory claim_) private {
        vm.expectRevert(refused);
        rewards.claim(_poll, _chamber, claim_);
    }
}
