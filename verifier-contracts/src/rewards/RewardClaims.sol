// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {Payment} from "../libraries/Payment.sol";
import {RewardPolicy} from "../libraries/RewardPolicy.sol";
import {RewardTranscript} from "../libraries/RewardTranscript.sol";
import {RewardStorage} from "./RewardStorage.sol";

/// @title Reward claims
/// @notice Each claim is a call of its own that pays its recipient and its relayer, or changes nothing: a claimant that
/// cannot be paid today keeps its reward, and delays no other claim.
abstract contract RewardClaims is RewardStorage, ReentrancyGuardTransient {
    /// @inheritdoc IRewards
    function claim(uint256 poll, uint256 chamberId, Claim calldata claim_) external virtual nonReentrant {
        Reward storage data = _requireStage(poll, Stage.Claims);
        if (block.timestamp > data.claimDeadline) revert TooLate(data.claimDeadline);
        Chamber storage entry = _requirePaidChamber(data, poll, chamberId);
        if (entry.claimed[claim_.rewardNullifier]) revert AlreadyClaimed(claim_.rewardNullifier);
        uint256 policy = entry.policy;
        (address token, uint256 unit, uint256 fee) = (data.token, data.unit, claim_.fee);
        bool fits = claim_.amount != 0 && claim_.amount >= RewardPolicy.base(policy) && claim_.amount >> 96 == 0
            && fee <= claim_.amount * unit && claim_.recipient != address(0)
            && (fee == 0 || claim_.relayer != address(0));
        if (!fits) revert InvalidClaim();
        _verify(data.large ? _claim8Verifier : _claim3Verifier, entry, policy, claim_);

        uint256 total = claim_.amount * unit;
        entry.claimed[claim_.rewardNullifier] = true;
        data.pool -= total;
        emit RewardClaimed(poll, chamberId, claim_);
        Payment.pay(token, claim_.recipient, total - fee);
        Payment.pay(token, claim_.relayer, fee);
    }

    /// @dev Verifies the proof of a claim.
    function _verify(IGroth16Verifier verifier, Chamber storage entry, uint256 policy, Claim calldata claim_)
        private
        view
    {
        uint256 binding = uint256(
            keccak256(abi.encode(block.chainid, address(this), claim_.recipient, claim_.relayer, claim_.fee))
        ) >> 8;
        (uint256[] memory inputs, uint256 outOfField) = RewardTranscript.claimInputs(
            claim_.h, entry.notesRoot, entry.ctx, claim_.rewardNullifier, claim_.amount, policy, binding
        );
        if (outOfField != type(uint256).max) revert ElementOutOfField(outOfField);
        verifier.verify(claim_.proof, inputs);
    }
}
