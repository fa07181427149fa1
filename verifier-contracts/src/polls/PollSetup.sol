// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {ICommittee} from "../interfaces/ICommittee.sol";
import {Decision} from "../libraries/Decision.sol";
import {Domain} from "../libraries/Domain.sol";
import {EncryptedTotal} from "../libraries/EncryptedTotal.sol";
import {BallotRules} from "../libraries/BallotRules.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {PollStorage} from "./PollStorage.sol";

/// @title Poll setup
/// @notice Creates and opens polls.
abstract contract PollSetup is PollStorage, Ownable2Step {
    /// @dev Keeps opening and finalising, which read all chambers, far below a block's gas limit.
    uint256 private constant MAX_CHAMBERS = 16;

    /// @inheritdoc IPolls
    function create(PollParameters calldata parameters) external virtual onlyOwner returns (uint256 id) {
        _checkSchedule(parameters);
        uint256 options = parameters.options;
        if (options < BallotRules.MIN_OPTIONS || options > BallotRules.MAX_OPTIONS) revert InvalidOptions(options);
        uint256 chambers = parameters.chambers.length;
        uint256 required = parameters.chambersRequired;
        if (chambers == 0 || chambers > MAX_CHAMBERS || required == 0 || required > chambers) revert InvalidChambers();

        id = ++_pollCount;
        Poll storage data = _polls[id];
        data.stage = Stage.Created;
        data.proposal = parameters.proposal;
        data.options = parameters.options;
        data.rule = parameters.rule;
        data.opensAt = parameters.opensAt;
        data.closesAt = parameters.closesAt;
        data.tallyDeadline = parameters.tallyDeadline;
        data.committee = parameters.committee;
        data.chambersRequired = parameters.chambersRequired;
        for (uint256 i = 0; i < chambers; ++i) {
            _addChamber(data, parameters.rule, parameters.chambers[i]);
        }
        emit PollCreated(id, parameters.proposal, parameters);
    }

    /// @inheritdoc IPolls
    function open(uint256 id) external virtual {
        Poll storage data = _requireState(id, State.Created);
        if (block.timestamp < data.opensAt || block.timestamp >= data.closesAt) {
            revert InvalidSchedule(data.opensAt, data.closesAt, data.tallyDeadline);
        }
        if (_committee.status(data.committee) != ICommittee.Status.Ready) revert CommitteeNotReady(data.committee);

        data.stage = Stage.Opened;
        uint256 size = _circuitSize(data);
        uint256 keys = _committee.keysHash(data.committee, size);
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            _openChamber(data, id, data.chamberIds[i], size, keys);
        }
        emit PollOpened(id);
    }

    /// @dev Reverts if a new poll's schedule is not in order.
    function _checkSchedule(PollParameters calldata p) private view {
        if (block.timestamp >= p.closesAt || p.opensAt >= p.closesAt || p.closesAt >= p.tallyDeadline) {
            revert InvalidSchedule(p.opensAt, p.closesAt, p.tallyDeadline);
        }
    }

    /// @dev Adds a chamber to a new poll.
    function _addChamber(Poll storage data, Rule calldata rule, ChamberRule calldata chamber) private {
        Chamber storage entry = data.chambers[chamber.chamber];
        // minBallots of a chamber that was added before is not 0.
        if (chamber.minBallots == 0 || entry.rule.minBallots != 0) revert InvalidChambers();
        if (chamber.chamber >= _registry.chambers()) revert InvalidChambers();
        if (chamber.thresholdBps > Decision.BASIS_POINTS) revert InvalidThreshold(chamber.thresholdBps);
        entry.rule = chamber;
        entry.packedRule = BallotRules.pack(rule, chamber.weighted, data.options);
        data.chamberIds.push(chamber.chamber);
    }

    /// @dev Freezes the census and fixes the context (specification, section 6).
    function _openChamber(Poll storage data, uint256 id, uint256 chamberId, uint256 size, uint256 keys) private {
        Chamber storage entry = data.chambers[chamberId];
        uint256 rule = entry.packedRule;
        (uint256 root, uint256 members, uint256 totalWeight) = _registry.census(chamberId);
        if (members == 0) revert EmptyCensus(chamberId);
        uint256 worstCase = BallotRules.worstCase(rule, members, totalWeight);
        if (worstCase > BallotRules.MAX_TOTAL) revert TotalCouldOverflow(chamberId, worstCase);

        uint256 scope = _scope(data, entry, id, chamberId);
        uint256 ctx = PoseidonT6.hash([Domain.POLL, scope, root, keys, rule]);
        entry.root = root;
        entry.opened = true;
        // At most 2^20 members with a weight below 2^40 each.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.totalWeight = uint64(totalWeight);
        entry.ctx = ctx;
        EncryptedTotal.initialise(entry.total, size);
        emit ChamberOpened(id, chamberId, root, ctx, rule);
    }

    /// @dev Returns the scope. It includes the conditions under which a chamber's total may be decrypted: under another
    /// `minBallots` or `closesAt`, which a dishonest node might show to trustees, no ballot's proof holds.
    function _scope(Poll storage data, Chamber storage entry, uint256 id, uint256 chamberId)
        private
        view
        returns (uint256)
    {
        bytes32 hash = keccak256(
            abi.encode(block.chainid, address(this), id, chamberId, entry.rule.minBallots, data.closesAt)
        );
        return uint256(hash) >> 8;
    }
}
