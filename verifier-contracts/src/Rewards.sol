// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IBallotSource} from "./interfaces/IBallotSource.sol";
import {IGroth16Verifier} from "./interfaces/IGroth16Verifier.sol";
import {IRewards} from "./interfaces/IRewards.sol";
import {LeanIMT} from "./libraries/LeanIMT.sol";
import {RewardPolicy} from "./libraries/RewardPolicy.sol";
import {NoteSealing} from "./rewards/NoteSealing.sol";
import {RewardClaims} from "./rewards/RewardClaims.sol";
import {RewardSetup} from "./rewards/RewardSetup.sol";
import {RewardStorage} from "./rewards/RewardStorage.sol";

/// @title Rewards
/// @notice The whole of `IRewards`: setup and funding, sealing, and claims are in `rewards/`, one file each; here are
/// the views.
contract Rewards is RewardSetup, NoteSealing, RewardClaims {
    using LeanIMT for LeanIMT.Tree;

    /// @notice Fixes the immutable dependencies.
    /// @param owner the account that sets rewards: the DAO
    /// @param polls the contract whose ballots are paid: polls or sheets
    /// @param notesVerifier the verifier of note batches
    /// @param claim3Verifier the verifier of claims in polls with up to 3 options
    /// @param claim8Verifier the verifier of claims in polls with up to 8 options
    constructor(
        address owner,
        IBallotSource polls,
        IGroth16Verifier notesVerifier,
        IGroth16Verifier claim3Verifier,
        IGroth16Verifier claim8Verifier
    ) Ownable(owner) RewardStorage(polls, notesVerifier, claim3Verifier, claim8Verifier) {}

    /// @inheritdoc IRewards
    function immutableDependencies() external view virtual returns (address, address, address, address) {
        return (address(_polls), address(_notesVerifier), address(_claim3Verifier), address(_claim8Verifier));
    }

    /// @inheritdoc IRewards
    function reward(uint256 poll) external view virtual returns (RewardView memory) {
        Reward storage data = _requireReward(poll);
        return RewardView({
            stage: data.stage,
            token: data.token,
            unit: data.unit,
            ratificationDeadline: data.ratificationDeadline,
            claimDeadline: data.claimDeadline,
            ratified: data.ratified,
            hasOption: data.hasOption,
            option: data.option,
            pool: data.pool,
            surplus: data.surplus,
            chambers: data.chamberIds
        });
    }

    /// @inheritdoc IRewards
    function chamber(uint256 poll, uint256 chamberId) external view virtual returns (ChamberView memory) {
        Chamber storage entry = _requirePaidChamber(_requireReward(poll), poll, chamberId);
        return ChamberView({
            policy: RewardPolicy.unpack(entry.policy, chamberId),
            ctx: entry.ctx,
            ballots: entry.ballots,
            sealedBallots: entry.sealedBallots,
            noteBatches: entry.notesTree.size,
            notesRoot: _notesRoot(entry),
            earnsBonus: RewardPolicy.ratified(entry.policy)
        });
    }

    /// @inheritdoc IRewards
    function isClaimed(uint256 poll, uint256 chamberId, uint256 rewardNullifier) external view virtual returns (bool) {
        return _requirePaidChamber(_requireReward(poll), poll, chamberId).claimed[rewardNullifier];
    }

    /// @inheritdoc IRewards
    function ratificationOf(uint256 poll) external view virtual returns (bytes32) {
        return _ratificationOf(poll);
    }

    function _notesRoot(Chamber storage entry) internal view override returns (uint256) {
        return entry.notesTree.root();
    }
}
