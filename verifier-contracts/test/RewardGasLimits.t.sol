// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {MisbehavingRecipient} from "./fixtures/MisbehavingTokens.sol";
import {GasLimits} from "./support/GasLimits.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title A wallet that needs gas to accept native token
contract CountingWallet {
    uint256 public payments;
    uint256 public sum;

    receive() external payable {
        (payments, sum) = (payments + 1, sum + msg.value);
    }
}

/// @title Rewards with every gas limit: no valid claim seems invalid, and no recipient seems to refuse
contract RewardGasLimitsTest is Rewarding, GasLimits {
    uint256 private constant STEP = 500;

    uint256 private _chamber;
    uint256 private _poll;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
        _poll = openPaidPoll(_chamber, 3, rewardOf(policyOf(_chamber, 7, 2, 9, 0)), 1_000 * UNIT);
        castBallots(_poll, _chamber, 1, 4, 0);
        vm.warp(CLOSES);
    }

    function test_NoteBatchIsNeverInvalidForLackOfGas() public {
        NoteBatch memory b = batchOf(votesOf(1, 4, 0), 3);
        uint256[8] memory proof = sealingProof(b, sealingContext(address(rewards), _poll, _chamber, 0));
        bytes memory data =
            abi.encodeCall(IRewards.sealNotes, (_poll, _chamber, b.nullifiers, b.notes, b.contents, b.root, proof));
        assertSucceedsUnlessGasLacks(address(this), address(rewards), data, STEP);
        data =
            abi.encodeCall(IRewards.sealNotes, (_poll, _chamber, b.nullifiers, b.notes, b.contents, b.root ^ 1, proof));
        _assertReverts(IGroth16Verifier.InvalidProof.selector, data);
    }

    function test_ClaimIsNeverInvalidForLackOfGas() public {
        _openClaims();
        IRewards.Claim memory claim_ = claimOf(_poll, _chamber, 1, 25, address(new CountingWallet()), 3_000);
        assertSucceedsUnlessGasLacks(address(this), address(rewards), _claimCall(claim_), STEP);
        claim_.amount += 1;
        _assertReverts(IGroth16Verifier.InvalidProof.selector, _claimCall(claim_));
    }

    /// @notice A recipient is refused its claim for its own refusal alone.
    function test_RecipientNeverSeemsToRefuseForLackOfGas() public {
        _openClaims();
        MisbehavingRecipient odd = new MisbehavingRecipient();
        odd.refuse(true);
        IRewards.Claim memory claim_ = claimOf(_poll, _chamber, 1, 25, address(odd), 0);
        _assertReverts(IRewards.PaymentFailed.selector, _claimCall(claim_));
    }

    function _openClaims() private {
        sealBatch(_poll, _chamber, batchOf(votesOf(1, 4, 0), 3), 0);
        finishUntallied(_poll);
        rewards.openClaims(_poll);
    }

    function _claimCall(IRewards.Claim memory claim_) private view returns (bytes memory) {
        return abi.encodeCall(IRewards.claim, (_poll, _chamber, claim_));
    }

    function _assertReverts(bytes4 selector, bytes memory data) private {
        assertRevertsUnlessGasLacks(selector, address(this), address(rewards), data, STEP);
    }
}
