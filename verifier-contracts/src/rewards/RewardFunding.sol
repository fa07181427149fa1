// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IBallotSource} from "../interfaces/IBallotSource.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {Payment} from "../libraries/Payment.sol";
import {RewardPolicy} from "../libraries/RewardPolicy.sol";
import {RewardStorage} from "./RewardStorage.sol";

/// @title Funding of rewards
/// @notice A pool takes money only before its poll opens, and gives none back while a claim may need it. So between the
/// opening and the claims it does not change, and whether it holds the worst case of the frozen census is a fact that
/// no later transaction alters.
abstract contract RewardFunding is RewardStorage, ReentrancyGuardTransient {
    /// @inheritdoc IRewards
    function fund(uint256 poll, uint256 amount) external payable virtual nonReentrant {
        Reward storage data = _requireReward(poll);
        if (data.stage == Stage.Swept) revert WrongStage(poll, data.stage);
        _requireNotAfter(data.claimDeadline);
        if (!_canOpen(_polls.summary(poll))) revert PollHasOpened(poll);
        Payment.collect(data.token, amount);
        data.pool += amount;
        emit RewardFunded(poll, msg.sender, amount);
    }

    /// @inheritdoc IRewards
    function funding(uint256 poll) external view virtual returns (Funding status, uint256 worstCase) {
        return _funding(_requireReward(poll), poll);
    }

    /// @dev Returns whether a reward is owed, and the most that its poll's frozen censuses can be paid.
    function _funding(Reward storage data, uint256 poll) internal view returns (Funding status, uint256 worstCase) {
        bool opened = true;
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            uint256 chamberId = data.chamberIds[i];
            IBallotSource.ChamberSummary memory frozen = _polls.chamberSummary(poll, chamberId);
            // A poll does not open with an empty census.
            if (frozen.members == 0) opened = false;
            uint256 policy = data.chambers[chamberId].policy;
            worstCase += RewardPolicy.worstCaseWithBonus(policy, frozen.members, frozen.totalWeight);
        }
        worstCase *= data.unit;
        if (data.stage == Stage.Claims) return (Funding.Owed, worstCase);
        if (data.stage == Stage.Swept) return (Funding.Void, worstCase);
        if (opened) return (data.pool < worstCase ? Funding.Void : Funding.Owed, worstCase);
        return (_canOpen(_polls.summary(poll)) ? Funding.Pending : Funding.Void, worstCase);
    }

    /// @dev Returns whether a poll has not opened and still can.
    function _canOpen(IBallotSource.PollSummary memory paid) private view returns (bool) {
        return paid.phase == IBallotSource.Phase.Created && block.timestamp < paid.closesAt;
    }
}
