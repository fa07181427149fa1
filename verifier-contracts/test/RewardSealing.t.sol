// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IRewards} from "../src/interfaces/IRewards.sol";
import {Rewards} from "../src/Rewards.sol";
import {Rewarding} from "./support/Rewarding.sol";

/// @title Sealing: all notes of the ballots that count, each once, and no others
contract RewardSealingTest is Rewarding {
    uint256 private _chamber;
    uint256 private _poll;

    function setUp() public {
        deployRewards();
        _chamber = newChamber(5);
        _poll = openPaidPoll(_chamber, 3, rewardOf(policyOf(_chamber, 7, 0, 0, 0)), 2_100 * UNIT);
        castBallots(_poll, _chamber, 1, 4, 0);
    }

    function test_SealAppendsNotesOfCountingBallots() public {
        vm.warp(CLOSES);
        NoteBatch memory list = batchOf(votesOf(1, 4, 0), 3);
        uint256[8] memory proof = sealingProof(list, sealingContext(address(rewards), _poll, _chamber, 0));
        vm.expectEmit(address(rewards));
        emit IRewards.NotesSealed(_poll, _chamber, 0, 4, list.root);
        vm.prank(address(0xbeef));
        rewards.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root, proof);
        IRewards.ChamberView memory c = rewards.chamber(_poll, _chamber);
        assertTrue(c.sealedBallots == 4 && c.ballots == 4 && c.noteBatches == 1 && c.notesRoot == list.root, "sealed");
        assertEq(c.ctx, ctxOf(_poll, _chamber), "ctx");
        // Repeated, and without further notes.
        _expect(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 4, 0), list);
        NoteBatch memory none = batchOf(votesOf(1, 0, 0), 3);
        _expect(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 0, 0), none);
    }

    function test_RevertWhen_SealingBeforeClose() public {
        NoteBatch memory list = batchOf(votesOf(1, 4, 0), 3);
        _expect(abi.encodeWithSelector(IRewards.PollHasNotEnded.selector, _poll), list);
        vm.warp(CLOSES - 1);
        _expect(abi.encodeWithSelector(IRewards.PollHasNotEnded.selector, _poll), list);
        vm.warp(START);
        uint256 created = polls.create(parameters(_chamber, 3));
        rewards.create(created, rewardOf(policyOf(_chamber, 7, 0, 0, 0)));
        vm.expectRevert(abi.encodeWithSelector(IRewards.PollHasNotEnded.selector, created));
        this.sealAs(created, _chamber, list, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NoReward.selector, _poll, 99));
        this.sealAs(_poll, 99, list, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewards.UnknownReward.selector, 99));
        this.sealAs(99, _chamber, list, 0);
    }

    /// The new note of a voter is sealed, and never the old one.
    function test_RevertWhen_SealingReplacedBallot() public {
        Vote memory newer = voteFor(2, 1, 1);
        polls.replace(_poll, _chamber, replacementOf(newer, voteFor(2, 0, 0), 3, ctxOf(_poll, _chamber)));
        vm.warp(CLOSES);
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 1), batchOf(votesOf(1, 4, 0), 3));
        Vote[] memory votes = votesOf(1, 4, 0);
        votes[1] = newer;
        sealBatch(_poll, _chamber, batchOf(votes, 3), 0);
    }

    function test_RevertWhen_NotesOutOfOrderOrRepeated() public {
        vm.warp(CLOSES);
        Vote[] memory votes = votesOf(1, 4, 0);
        (votes[1], votes[2]) = (votes[2], votes[1]);
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 1), batchOf(votes, 3));
        votes = votesOf(1, 4, 0);
        votes[3] = votes[0];
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 3), batchOf(votes, 3));
        votes[3] = voteFor(9, 0, 0);
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 3), batchOf(votes, 3));
        _expect(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 3, 4), batchOf(votesOf(1, 3, 0), 3));
        _expect(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 5, 4), batchOf(votesOf(1, 5, 0), 3));
        NoteBatch memory list = batchOf(votesOf(1, 4, 0), 3);
        list.nullifiers = batchOf(votesOf(1, 3, 0), 3).nullifiers;
        _expect(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 3, 4), list);
        list = batchOf(votesOf(1, 4, 0), 3);
        list.contents = new bytes32[](5);
        _expect(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 5, 4), list);
        list = batchOf(votesOf(1, 4, 0), 3);
        list.notes[2] = addmod(list.notes[2], 1, R);
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 2), list);
        list = batchOf(votesOf(1, 4, 0), 3);
        list.contents[0] = bytes32(uint256(1));
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 0), list);
        list = batchOf(votesOf(1, 4, 0), 3);
        list.nullifiers[0] = voteFor(9, 0, 0).nullifier;
        _expect(abi.encodeWithSelector(IRewards.WrongNote.selector, 0), list);
    }

    /// A proof is for one note batch of one chamber of one poll of one contract.
    function test_RevertWhen_SealingProofOfOtherBatch() public {
        vm.warp(CLOSES);
        NoteBatch memory list = batchOf(votesOf(1, 4, 0), 3);
        uint256[5] memory contexts = [
            sealingContext(address(this), _poll, _chamber, 0),
            sealingContext(address(rewards), _poll + 1, _chamber, 0),
            sealingContext(address(rewards), _poll, _chamber + 1, 0),
            sealingContext(address(rewards), _poll, _chamber, 1),
            0
        ];
        for (uint256 i = 0; i < contexts.length; ++i) {
            uint256[8] memory proof = sealingProof(list, contexts[i]);
            vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
            rewards.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root, proof);
        }
        uint256[8] memory good = sealingProof(list, sealingContext(address(rewards), _poll, _chamber, 0));
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        rewards.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root + 1, good);
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.InputOutOfField.selector, 0));
        rewards.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root + R, good);
        rewards.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root, good);
    }

    /// 300 ballots are a full note batch and the rest, and nothing else.
    function test_SealSeveralBatches() public {
        vm.warp(START);
        _poll = openPaidPoll(_chamber, 3, rewardOf(policyOf(_chamber, 7, 0, 0, 0)), 2_100 * UNIT);
        for (uint256 first = 0; first < 300; first += 50) {
            this.castSome(_poll, _chamber, first);
        }
        vm.warp(CLOSES);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongBatchLength.selector, 100, 256));
        this.sealSome(_poll, _chamber, 0, 100, 0);
        this.sealSome(_poll, _chamber, 0, 256, 0);
        finishUntallied(_poll);
        vm.expectRevert(abi.encodeWithSelector(IRewards.NotSealed.selector, _poll, _chamber, 256, 300));
        rewards.openClaims(_poll);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongNote.selector, 0));
        this.sealSome(_poll, _chamber, 0, 44, 1);
        this.sealSome(_poll, _chamber, 256, 44, 1);
        IRewards.ChamberView memory c = rewards.chamber(_poll, _chamber);
        assertTrue(c.sealedBallots == 300 && c.noteBatches == 2, "all");
        rewards.openClaims(_poll);
        vm.expectRevert(abi.encodeWithSelector(IRewards.WrongStage.selector, _poll, IRewards.Stage.Claims));
        this.sealSome(_poll, _chamber, 256, 44, 2);
    }

    function test_RevertWhen_SealingForContractWithoutReward() public {
        vm.warp(CLOSES);
        Rewards other = new Rewards(address(this), polls, verifier, verifier, verifier);
        NoteBatch memory list = batchOf(votesOf(1, 4, 0), 3);
        uint256[8] memory proof = sealingProof(list, sealingContext(address(other), _poll, _chamber, 0));
        vm.expectRevert(abi.encodeWithSelector(IRewards.UnknownReward.selector, _poll));
        other.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root, proof);
    }

    function castSome(uint256 poll, uint256 chamber, uint256 first) external {
        castBallots(poll, chamber, first, 50, 0);
    }

    function sealSome(uint256 poll, uint256 chamber, uint256 first, uint256 count, uint256 number) external {
        sealBatch(poll, chamber, batchOf(votesOf(first, count, 0), 3), number);
    }

    function sealAs(uint256 poll, uint256 chamber, NoteBatch memory list, uint256 number) external {
        sealBatch(poll, chamber, list, number);
    }

    function _expect(bytes memory refused, NoteBatch memory list) private {
        uint256[8] memory proof = sealingProof(list, sealingContext(address(rewards), _poll, _chamber, 0));
        vm.expectRevert(refused);
        rewards.sealNotes(_poll, _chamber, list.nullifiers, list.notes, list.contents, list.root, proof);
    }
}
