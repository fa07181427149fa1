// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ICommittee} from "./interfaces/ICommittee.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IPolls} from "./interfaces/IPolls.sol";
import {IStakeholderRegistry} from "./interfaces/IStakeholderRegistry.sol";
import {EncryptedTotal} from "./libraries/EncryptedTotal.sol";
import {PollCasting} from "./polls/PollCasting.sol";
import {PollTally} from "./polls/PollTally.sol";
import {PollSetup} from "./polls/PollSetup.sol";
import {PollStorage} from "./polls/PollStorage.sol";

/// @title Anonymous polls
/// @notice The whole of `IPolls`: setup, casting and tally are in `polls/`, one file each; here are the views.
contract Polls is PollSetup, PollCasting, PollTally {
    /// @notice Fixes the immutable dependencies.
    /// @param owner the account that creates polls: the DAO
    /// @param registry the stakeholder registry
    /// @param committee the committees
    /// @param ballot3Verifier the verifier of ballots with up to 3 options
    /// @param ballot8Verifier the verifier of ballots with up to 8 options
    constructor(
        address owner,
        IStakeholderRegistry registry,
        ICommittee committee,
        IGroth16Verifier ballot3Verifier,
        IGroth16Verifier ballot8Verifier
    ) Ownable(owner) PollStorage(registry, committee, ballot3Verifier, ballot8Verifier) {}

    /// @inheritdoc IPolls
    function immutableDependencies() external view virtual returns (address, address, address, address) {
        return (address(_registry), address(_committee), address(_ballot3Verifier), address(_ballot8Verifier));
    }

    /// @inheritdoc IPolls
    function polls() external view virtual returns (uint256) {
        return _pollCount;
    }

    /// @inheritdoc IPolls
    function poll(uint256 id) external view virtual returns (PollView memory) {
        Poll storage data = _requirePoll(id);
        return PollView({
            state: _state(data),
            proposal: data.proposal,
            options: data.options,
            rule: data.rule,
            opensAt: data.opensAt,
            closesAt: data.closesAt,
            tallyDeadline: data.tallyDeadline,
            committee: data.committee,
            chambersRequired: data.chambersRequired,
            outcome: data.outcome
        });
    }

    /// @inheritdoc IPolls
    function chamberIds(uint256 id) external view virtual returns (uint256[] memory) {
        return _requirePoll(id).chamberIds;
    }

    /// @inheritdoc IPolls
    function chamber(uint256 id, uint256 chamberId) external view virtual returns (ChamberView memory) {
        Poll storage data = _requirePoll(id);
        Chamber storage entry = _requireListedChamber(data, id, chamberId);
        return ChamberView({
            rule: entry.rule,
            root: entry.root,
            ctx: entry.ctx,
            packedRule: entry.packedRule,
            ballots: entry.ballots,
            totalWeight: entry.totalWeight,
            shares: entry.shares,
            tallied: entry.tallied,
            hasChoice: entry.hasChoice,
            choice: entry.choice,
            total: EncryptedTotal.coordinates(entry.total, _circuitSize(data)),
            totals: entry.totals
        });
    }

    /// @inheritdoc IPolls
    function ballots(uint256 id, uint256 chamberId) external view virtual returns (uint256) {
        return _polls[id].chambers[chamberId].ballots;
    }

    /// @inheritdoc IPolls
    function ballotSlots(uint256 id, uint256 chamberId, uint256[] calldata nullifiers)
        external
        view
        virtual
        returns (uint256[] memory slots)
    {
        Chamber storage entry = _requireListedChamber(_requirePoll(id), id, chamberId);
        slots = new uint256[](nullifiers.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            slots[i] = entry.slots[nullifiers[i]].ballot;
        }
    }

    /// @dev Returns a chamber of a poll, opened or not: its minimum ballots are not 0.
    function _requireListedChamber(Poll storage data, uint256 id, uint256 chamberId)
        private
        view
        returns (Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        if (entry.rule.minBallots == 0) revert UnknownChamber(id, chamberId);
    }
}
