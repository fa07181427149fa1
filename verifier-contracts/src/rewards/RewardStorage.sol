// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IBallotSource} from "../interfaces/IBallotSource.sol";
import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {LeanIMT} from "../libraries/LeanIMT.sol";

/// @title Reward storage
/// @notice The storage of rewards.
abstract contract RewardStorage is IRewards {
    /// @dev A reward. A claim reads only the first two slots of it, beside the pool.
    /// @param token an ERC-20 token, or 0 for the native token
    /// @param ratificationDeadline the last second in which a later poll may ratify an option; 0 without a bonus
    /// @param claimDeadline the last second in which claims are paid
    /// @param unit the unit of all amounts, in the token's smallest denomination
    /// @param stage its stage
    /// @param ratified whether a poll has ratified
    /// @param hasOption whether that poll named one of the poll's options
    /// @param option the option that it named
    /// @param large whether the circuits of its poll are those of eight options
    /// @param pool the money set aside, in the token's smallest denomination
    /// @param surplus the part of the pool that no claim can need
    /// @param chamberIds the ids of the paid chambers
    /// @param chambers the paid chambers
    struct Reward {
        address token;
        uint64 ratificationDeadline;
        uint64 claimDeadline;
        uint128 unit;
        Stage stage;
        bool ratified;
        bool hasOption;
        uint8 option;
        bool large;
        uint256 pool;
        uint256 surplus;
        uint256[] chamberIds;
        mapping(uint256 chamber => Chamber) chambers;
    }

    /// @dev A paid chamber.
    /// @param policy the packed `RewardPolicy`, 0 where nothing is paid; with the ratified option once claims are open
    /// @param ctx the context of the chamber in the poll
    /// @param notesRoot the notes root over all batches, once claims are open
    /// @param ballots the number of the chamber's ballots, fixed when the first batch is sealed
    /// @param sealedBallots the number of ballots whose notes are sealed
    /// @param notesTree the notes tree, over the roots of note batches
    /// @param claimed the reward nullifiers of paid claims
    struct Chamber {
        uint256 policy;
        uint256 ctx;
        uint256 notesRoot;
        uint32 ballots;
        uint32 sealedBallots;
        LeanIMT.Tree notesTree;
        mapping(uint256 rewardNullifier => bool) claimed;
    }

    IBallotSource internal immutable _polls;
    IGroth16Verifier internal immutable _notesVerifier;
    IGroth16Verifier internal immutable _claim3Verifier;
    IGroth16Verifier internal immutable _claim8Verifier;

    mapping(uint256 poll => Reward) internal _rewards;

    /// @notice Fixes the immutable dependencies.
    /// @param polls the contract whose ballots are paid: polls or sheets
    /// @param notesVerifier the verifier of note batches
    /// @param claim3Verifier the verifier of claims in polls with up to 3 options
    /// @param claim8Verifier the verifier of claims in polls with up to 8 options
    constructor(
        IBallotSource polls,
        IGroth16Verifier notesVerifier,
        IGroth16Verifier claim3Verifier,
        IGroth16Verifier claim8Verifier
    ) {
        _polls = polls;
        _notesVerifier = notesVerifier;
        _claim3Verifier = claim3Verifier;
        _claim8Verifier = claim8Verifier;
    }

    /// @dev Returns a reward that was set.
    function _requireReward(uint256 poll) internal view returns (Reward storage data) {
        data = _rewards[poll];
        if (data.stage == Stage.None) revert UnknownReward(poll);
    }

    /// @dev Returns a reward in the stage that a call needs.
    function _requireStage(uint256 poll, Stage expected) internal view returns (Reward storage data) {
        data = _requireReward(poll);
        if (data.stage != expected) revert WrongStage(poll, data.stage);
    }

    /// @dev Reverts if the deadline has passed.
    function _requireNotAfter(uint64 deadline) internal view {
        if (block.timestamp > deadline) revert TooLate(deadline);
    }

    /// @dev Returns a chamber whose ballots are paid.
    function _requirePaidChamber(Reward storage data, uint256 poll, uint256 chamberId)
        internal
        view
        returns (Chamber storage entry)
    {
        entry = data.chambers[chamberId];
        if (entry.policy == 0) revert NoReward(poll, chamberId);
    }

    /// @dev Returns the `proposal` that a ratifying poll must have.
    function _ratificationOf(uint256 poll) internal view returns (bytes32) {
        return keccak256(abi.encode("psephos ratification", block.chainid, address(_polls), poll));
    }
}
