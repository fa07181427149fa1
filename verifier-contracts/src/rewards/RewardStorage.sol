// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";
import {IPolls} from "../interfaces/IPolls.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {CensusTree} from "../libraries/CensusTree.sol";

/// @title What rewards keep
abstract contract RewardStorage is IRewards {
    /// @dev The first two slots are all that a claim reads of it, beside the pool.
    struct Reward {
        address token;
        uint64 ratificationDeadline;
        uint64 claimDeadline;
        uint128 unit;
        Stage stage;
        bool ratified;
        bool hasOption;
        uint8 option;
        /// whether the circuits of its poll are those of eight options
        bool large;
        uint256 pool;
        uint256 surplus;
        uint256[] chamberIds;
        mapping(uint256 chamber => Chamber) chambers;
    }

    struct Chamber {
        /// `RewardPolicy`, 0 where nothing is paid; with the ratified option once claims are open
        uint256 policy;
        uint256 ctx;
        /// of all lists, once claims are open
        uint256 noteRoot;
        /// of the poll, fixed when the first list is sealed
        uint32 ballots;
        uint32 sealedBallots;
        CensusTree.Tree lists;
        mapping(uint256 rewardNullifier => bool) claimed;
    }

    IPolls internal immutable _polls;
    IGroth16Verifier internal immutable _notesVerifier;
    IGroth16Verifier internal immutable _claim3Verifier;
    IGroth16Verifier internal immutable _claim8Verifier;

    mapping(uint256 poll => Reward) internal _rewards;

    constructor(
        IPolls polls,
        IGroth16Verifier notesVerifier,
        IGroth16Verifier claim3Verifier,
        IGroth16Verifier claim8Verifier
    ) {
        _polls = polls;
        _notesVerifier = notesVerifier;
        _claim3Verifier = claim3Verifier;
        _claim8Verifier = claim8Verifier;
    }

    function _known(uint256 poll) internal view returns (Reward storage data) {
        data = _rewards[poll];
        if (data.stage == Stage.None) revert UnknownReward(poll);
    }

    function _inStage(uint256 poll, Stage expected) internal view returns (Reward storage data) {
        data = _known(poll);
        if (data.stage != expected) revert WrongStage(poll, data.stage);
    }

    /// @dev A chamber whose ballots are paid.
    function _paid(Reward storage data, uint256 poll, uint256 chamberId) internal view returns (Chamber storage entry) {
        entry = data.chambers[chamberId];
        if (entry.policy == 0) revert NoReward(poll, chamberId);
    }

    function _ratificationOf(uint256 poll) internal view returns (bytes32) {
        return keccak256(abi.encode("psephos ratification", block.chainid, address(_polls), poll));
    }
}
