// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IBallotSource} from "../interfaces/IBallotSource.sol";
import {IRewards} from "../interfaces/IRewards.sol";
import {BallotRecord} from "../libraries/BallotRecord.sol";
import {LeanIMT} from "../libraries/LeanIMT.sol";
import {RewardTranscript} from "../libraries/RewardTranscript.sol";
import {RewardStorage} from "./RewardStorage.sol";

/// @title Sealing of notes
/// @notice Appends the notes of the ballots that count to the notes tree, in the order of their nullifiers' ordinals,
/// so that one counter says which are sealed: none twice, and none can be left out. The note of a ballot that was
/// replaced is not the one in the ballot slot.
abstract contract NoteSealing is RewardStorage {
    using LeanIMT for LeanIMT.Tree;

    /// @dev The number of notes in a note batch.
    uint256 private constant BATCH_SIZE = 256;

    /// @inheritdoc IRewards
    function sealNotes(
        uint256 poll,
        uint256 chamberId,
        uint256[] calldata nullifiers,
        uint256[] calldata notes,
        bytes32[] calldata contentHashes,
        uint256 root,
        uint256[8] calldata proof
    ) external virtual {
        Chamber storage entry = _requirePaidChamber(_requireStage(poll, Stage.Created), poll, chamberId);
        uint256 alreadySealed = _recordClosedPoll(entry, poll, chamberId);
        uint256 count = entry.ballots - alreadySealed;
        if (count > BATCH_SIZE) count = BATCH_SIZE;
        if (notes.length != count || count == 0) revert WrongBatchLength(notes.length, count);
        if (nullifiers.length != count) revert WrongBatchLength(nullifiers.length, count);
        if (contentHashes.length != count) revert WrongBatchLength(contentHashes.length, count);
        _checkNotes(_polls.ballotSlots(poll, chamberId, nullifiers), alreadySealed, notes, contentHashes);

        uint256 context = _context(poll, chamberId, entry.notesTree.size);
        _notesVerifier.verify(proof, RewardTranscript.notesInputs(root, context, notes));
        // At most the members of a census, 2^20.
        // forge-lint: disable-next-line(unsafe-typecast)
        entry.sealedBallots = uint32(alreadySealed + count);
        emit NotesSealed(poll, chamberId, entry.notesTree.size, count, root);
        entry.notesTree.insert(root);
    }

    /// @dev Returns the hash that names a note batch.
    function _context(uint256 poll, uint256 chamberId, uint256 batch) private view returns (uint256) {
        return uint256(keccak256(abi.encode(block.chainid, address(this), poll, chamberId, batch))) >> 8;
    }

    /// @dev Returns the number of sealed notes. For the first batch it records values that do not change any more: the
    /// poll accepts no more ballots.
    function _recordClosedPoll(Chamber storage entry, uint256 poll, uint256 chamberId)
        private
        returns (uint256 alreadySealed)
    {
        alreadySealed = entry.sealedBallots;
        if (alreadySealed != 0) return alreadySealed;
        if (_polls.summary(poll).phase < IBallotSource.Phase.Closed) revert PollHasNotEnded(poll);
        IBallotSource.ChamberSummary memory closed = _polls.chamberSummary(poll, chamberId);
        (entry.ballots, entry.ctx) = (closed.ballots, closed.ctx);
    }

    /// @dev Checks that each note is that of the ballot that counts for its nullifier, and that the nullifier's ordinal
    /// is the next.
    function _checkNotes(
        uint256[] memory slots,
        uint256 firstOrdinal,
        uint256[] calldata notes,
        bytes32[] calldata contentHashes
    ) private pure {
        for (uint256 i = 0; i < slots.length; ++i) {
            uint256 digest;
            assembly ("memory-safe") {
                mstore(0x00, calldataload(add(notes.offset, mul(i, 0x20))))
                mstore(0x20, calldataload(add(contentHashes.offset, mul(i, 0x20))))
                digest := keccak256(0x00, 0x40)
            }
            if (slots[i] != BallotRecord.fingerprint(digest) | (firstOrdinal + i)) revert WrongNote(i);
        }
    }
}
