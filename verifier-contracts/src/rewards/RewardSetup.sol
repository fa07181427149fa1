// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IBallotSource} from "../interfaces/IBallotSource.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {Payment} from "../libraries/Payment.sol";
import {RewardPolicy} from "../libraries/RewardPolicy.sol";
import {RewardFunding} from "./RewardFunding.sol";
import {RewardRatification} from "./RewardRatification.sol";

/// @title Reward setup and pool
/// @notice Sets rewards, opens claims, and returns the rest of the pool.
abstract contract RewardSetup is RewardFunding, RewardRatification, Ownable2Step {
    /// @dev No voter is to lose a reward for being away for a week, and claims are to have time to come at moments that
    /// reveal nothing.
    uint64 private constant MIN_CLAIM_TIME = 7 days;

    /// @inheritdoc IRewards
    function create(uint256 poll, Parameters calldata parameters) external virtual onlyOwner {
        Reward storage data = _rewards[poll];
        if (data.stage != Stage.None) revert AlreadySet(poll);
        IBallotSource.PollSummary memory paid = _polls.summary(poll);
        if (paid.phase != IBallotSource.Phase.Created) revert PollHasOpened(poll);
        if (parameters.unit == 0 || parameters.chambers.length == 0) revert InvalidPolicy();

        bool bonus = false;
        for (uint256 i = 0; i < parameters.chambers.length; ++i) {
            ChamberPolicy calldata policy = parameters.chambers[i];
            uint256 packed = RewardPolicy.pack(policy);
            Chamber storage entry = data.chambers[policy.chamber];
            if (packed == 0 || entry.policy != 0) revert InvalidPolicy();
            // Reverts for a chamber that does not take part in the poll.
            _polls.ballotSlots(poll, policy.chamber, new uint256[](0));
            entry.policy = packed;
            data.chamberIds.push(policy.chamber);
            bonus = bonus || policy.bonus != 0;
        }
        if (bonus && !paid.choiceInNote) revert NotesHoldNoChoice(poll);
        _checkDeadlines(parameters, paid.tallyDeadline, bonus);
        data.stage = Stage.Created;
        data.large = paid.noteOptions != 3;
        (data.token, data.unit) = (parameters.token, parameters.unit);
        (data.ratificationDeadline, data.claimDeadline) = (parameters.ratificationDeadline, parameters.claimDeadline);
        emit RewardCreated(poll, parameters);
    }

    /// @dev Reverts if the deadlines are not in order.
    function _checkDeadlines(Parameters calldata parameters, uint64 tallyDeadline, bool bonus) private pure {
        (uint64 ratification, uint64 claims) = (parameters.ratificationDeadline, parameters.claimDeadline);
        uint64 settled = bonus ? ratification : tallyDeadline;
        bool ordered = (!bonus || ratification > tallyDeadline) && claims >= settled + MIN_CLAIM_TIME;
        if ((ratification != 0) != bonus || !ordered) {
            revert InvalidDeadlines(ratification, claims);
        }
    }

    /// @inheritdoc IRewards
    function openClaims(uint256 poll) external virtual {
        Reward storage data = _requireStage(poll, Stage.Created);
        _requireNotAfter(data.claimDeadline);
        if (_polls.summary(poll).phase != IBallotSource.Phase.Ended) revert PollHasNotEnded(poll);
        if (!data.ratified && block.timestamp <= data.ratificationDeadline) {
            revert NotRatified(poll, data.ratificationDeadline);
        }
        (Funding status, uint256 most) = _funding(data, poll);
        if (status != Funding.Owed) revert InsufficientPool(data.pool, most);
        uint256 worstCase = 0;
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            worstCase += _openChamber(data, poll, data.chamberIds[i]);
        }
        worstCase *= data.unit;
        data.stage = Stage.Claims;
        // Not negative: a chamber has no more ballots than members in its frozen census.
        data.surplus = data.pool - worstCase;
        emit ClaimsOpened(poll, worstCase);
    }

    /// @dev Fixes a chamber's policy and notes root. The bonus is paid only where the totals are decrypted anyway: the
    /// claims of a chamber with too few ballots would reveal one of them.
    /// @return the most that its ballots can be paid, in units
    function _openChamber(Reward storage data, uint256 poll, uint256 chamberId) private returns (uint256) {
        Chamber storage entry = data.chambers[chamberId];
        IBallotSource.ChamberSummary memory closed = _polls.chamberSummary(poll, chamberId);
        if (entry.sealedBallots != closed.ballots) {
            revert NotSealed(poll, chamberId, entry.sealedBallots, closed.ballots);
        }
        uint256 policy = entry.policy;
        if (data.hasOption && closed.tallied) {
            policy = RewardPolicy.withRatified(policy, data.option);
            entry.policy = policy;
        }
        entry.notesRoot = _notesRoot(entry);
        return RewardPolicy.worstCase(policy, closed.ballots, closed.totalWeight);
    }

    /// @dev Returns the notes root of a chamber.
    function _notesRoot(Chamber storage entry) internal view virtual returns (uint256);

    /// @inheritdoc IRewards
    function withdrawSurplus(uint256 poll, address to) external virtual onlyOwner nonReentrant {
        Reward storage data = _requireStage(poll, Stage.Claims);
        uint256 amount = data.surplus;
        data.surplus = 0;
        _withdraw(data, poll, to, amount);
    }

    /// @inheritdoc IRewards
    function sweep(uint256 poll, address to) external virtual onlyOwner nonReentrant {
        Reward storage data = _requireReward(poll);
        if (data.stage == Stage.Swept) revert WrongStage(poll, data.stage);
        if (block.timestamp <= data.claimDeadline) {
            (Funding status,) = _funding(data, poll);
            if (status != Funding.Void) revert TooEarly(data.claimDeadline);
        }
        data.stage = Stage.Swept;
        data.surplus = 0;
        _withdraw(data, poll, to, data.pool);
    }

    /// @dev Pays an amount out of the pool.
    function _withdraw(Reward storage data, uint256 poll, address to, uint256 amount) private {
        if (to == address(0)) revert NoRecipient();
        data.pool -= amount;
        emit RewardWithdrawn(poll, to, amount);
        Payment.pay(data.token, to, amount);
    }
}
