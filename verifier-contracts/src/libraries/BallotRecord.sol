// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";
import {BabyJubjub} from "./BabyJubjub.sol";

/// @title Ballot records
/// @notice The layout of ballots (specification, sections 7 and 9). In calldata: the proof (8 words), then h,
/// nullifier, note commitment, C.x C.y D_1.x D_1.y .. D_M.x D_M.y; a replacement continues with the note commitment,
/// the previous fingerprint and the ciphertext of the ballot that it replaces. In memory: everything but the proof, as
/// `bytes` with the replaced part directly behind them, copied once for the transcript, the ballot slot, the encrypted
/// total and the event. One buffer serves all ballots of a call. It has two spare words before its length, so that the
/// words which the transcript has in front of h (previous, ctx) and those which the event has there (previous, offset,
/// length) fit in without moving anything.
library BallotRecord {
    uint256 private constant PROOF_WORDS = 8;
    /// @dev h, nullifier, note commitment, C.x, C.y
    uint256 private constant HEAD_WORDS = 5;
    /// @dev note commitment, previous fingerprint, C.x, C.y
    uint256 private constant REPLACED_WORDS = 4;

    /// @notice Returns the length of a record: 608 bytes for size 3, 928 for size 8.
    /// @param size M, the size of the circuit
    /// @return the number of bytes, proof included
    function length(uint256 size) internal pure returns (uint256) {
        return 32 * (PROOF_WORDS + HEAD_WORDS + 2 * size);
    }

    /// @notice Returns the length of a record together with the part that it replaces.
    /// @param size M, the size of the circuit
    /// @return the number of bytes, proof included
    function replacementLength(uint256 size) internal pure returns (uint256) {
        return length(size) + 32 * (REPLACED_WORDS + 2 * size);
    }

    /// @notice Allocates a buffer for records.
    /// @param size M, the size of the circuit
    /// @return record the buffer, not initialised
    function allocate(uint256 size) internal pure returns (bytes memory record) {
        uint256 bytesUsed = 32 * (HEAD_WORDS + 2 * size);
        uint256 bytesBehind = 32 * (REPLACED_WORDS + 2 * size);
        assembly ("memory-safe") {
            record := add(mload(0x40), 0x40)
            mstore(record, bytesUsed)
            mstore(0x40, add(record, add(0x20, add(bytesUsed, bytesBehind))))
        }
    }

    /// @notice Copies the first ballot of a list into the buffer. Nothing is checked yet.
    /// @param record the buffer
    /// @param ballots one ballot after another
    /// @param unit the bytes of a ballot, its proof included
    function load(bytes memory record, bytes calldata ballots, uint256 unit) internal pure {
        assembly ("memory-safe") {
            calldatacopy(add(record, 0x20), add(ballots.offset, 0x100), sub(unit, 0x100))
        }
    }

    /// @notice Returns the list without its first ballot. There is one: the caller has checked that the list has a
    /// multiple of `unit` bytes and is not empty.
    /// @param ballots one ballot after another
    /// @param unit the bytes of a ballot
    /// @return rest the remaining ballots
    function skipFirst(bytes calldata ballots, uint256 unit) internal pure returns (bytes calldata rest) {
        assembly ("memory-safe") {
            rest.offset := add(ballots.offset, unit)
            rest.length := sub(ballots.length, unit)
        }
    }

    /// @notice Returns the nullifier of the ballot in the buffer.
    /// @param record the buffer
    /// @return value the nullifier
    function nullifier(bytes memory record) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(record, 0x40))
        }
    }

    /// @notice Returns the fingerprint of a ballot as its slot holds it: the digest without its lowest 32 bits. Two
    /// ballots of one fingerprint take 2^112 tries.
    /// @param digest the ballot's digest, or a ballot slot
    /// @return the digest with its lowest 32 bits cleared
    function fingerprint(uint256 digest) internal pure returns (uint256) {
        return digest & ~uint256(type(uint32).max);
    }

    /// @notice Returns the digest of the ballot that is replaced.
    /// @param record the buffer, with the replaced part behind it
    /// @return digest keccak(note commitment, keccak(previous, C, D_1, .., D_M)) of the replaced ballot
    function replacedDigest(bytes memory record) internal pure returns (uint256 digest) {
        assembly ("memory-safe") {
            let size := mload(record)
            let note := add(add(record, 0x20), size)
            mstore(0x00, mload(note))
            mstore(0x20, keccak256(add(note, 0x20), sub(size, 0x40)))
            digest := keccak256(0x00, 0x40)
        }
    }

    /// @notice Returns the memory address of the ciphertext, for `EncryptedTotal`.
    /// @param record the buffer
    /// @return pointer the address of C.x
    function ciphertext(bytes memory record) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(record, 0x80)
        }
    }

    /// @notice Returns the memory address of the replaced ciphertext.
    /// @param record the buffer, with the replaced part behind it
    /// @return pointer the address of its C.x
    function replacedCiphertext(bytes memory record) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(add(record, 0x60), mload(record))
        }
    }

    /// @notice Returns the first two public inputs of the ballot's proof, and the ballot's digest.
    /// @param record the buffer
    /// @param previous the fingerprint of the ballot that it replaces, or 0
    /// @param ctx the context of the chamber
    /// @return h as posted
    /// @return z keccak(previous, ctx, h, nullifier, digest) mod r
    /// @return digest keccak(note, keccak(previous, C, D_1, .., D_M)): with the inner hash the note can be shown
    /// without the ciphertext, and the contents of a slot are a hash chain, so that none of them ever returns
    function challenge(bytes memory record, uint256 previous, uint256 ctx)
        internal
        pure
        returns (uint256 h, uint256 z, uint256 digest)
    {
        assembly ("memory-safe") {
            let r := 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001
            let size := mload(record)
            let start := add(record, 0x20)
            h := mload(start)

            // The length is overwritten with ctx, and the note commitment, which stands before C, with previous and
            // then with the digest; both are restored below.
            let noteAt := add(record, 0x60)
            let note := mload(noteAt)
            mstore(noteAt, previous)
            mstore(0x00, note)
            mstore(0x20, keccak256(noteAt, sub(size, 0x40)))
            digest := keccak256(0x00, 0x40)
            mstore(sub(record, 0x20), previous)
            mstore(record, ctx)
            mstore(noteAt, digest)
            z := mod(keccak256(sub(record, 0x20), 0xa0), r)
            mstore(record, size)
            mstore(noteAt, note)
        }
    }

    /// @notice Returns the third public input of a ballot's proof. Reverts for elements that are not below r, counting
    /// words from the first of the proof; nothing is checked in the replaced part, for it equals a part of an earlier
    /// ballot.
    /// @param record the buffer
    /// @param z the second public input
    /// @param ctx the context of the chamber
    /// @return y ctx + nullifier z + note z^2 + C.x z^3 + ..
    function evaluateBallot(bytes memory record, uint256 z, uint256 ctx) internal pure returns (uint256 y) {
        uint256 canonical;
        assembly ("memory-safe") {
            let r := 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001
            let start := add(record, 0x20)
            canonical := lt(mload(start), r)

            // Horner's rule, from D_M.y down to the nullifier, two of these 4 + 2M words at a time, then ctx. Sums of
            // two elements fit into a word.
            for { let word := add(record, mload(record)) } gt(word, start) { word := sub(word, 0x40) } {
                let upper := mload(word)
                let lower := mload(sub(word, 0x20))
                canonical := and(canonical, and(lt(upper, r), lt(lower, r)))
                y := mulmod(add(mulmod(add(y, upper), z, r), lower), z, r)
            }
            y := addmod(y, ctx, r)
        }
        if (canonical == 0) _revertOutOfField(record);
    }

    /// @notice Returns the third public input of an update's proof, which is about the new and the old ciphertext.
    /// Reverts as `evaluateBallot`; the note commitment is that of an earlier ballot.
    /// @param record the buffer, with the replaced part behind it
    /// @param z the second public input
    /// @param ctx the context of the chamber
    /// @return y ctx + nullifier z + C'.x z^2 + .. + C.x z^(2M + 4) + ..
    function evaluateUpdate(bytes memory record, uint256 z, uint256 ctx) internal pure returns (uint256 y) {
        uint256 canonical;
        assembly ("memory-safe") {
            let r := 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001
            let size := mload(record)
            let nullifierAt := add(record, 0x40)
            canonical := and(lt(mload(add(record, 0x20)), r), lt(mload(nullifierAt), r))

            // Horner's rule over the old ciphertext, 2 + 2M words behind the replaced note commitment and fingerprint,
            // then over the new one.
            let old := add(add(record, 0x60), size)
            for { let word := add(old, sub(size, 0x80)) } iszero(lt(word, old)) { word := sub(word, 0x40) } {
                y := mulmod(add(mulmod(add(y, mload(word)), z, r), mload(sub(word, 0x20))), z, r)
            }
            for { let word := add(record, size) } gt(word, add(record, 0x80)) { word := sub(word, 0x40) } {
                let upper := mload(word)
                let lower := mload(sub(word, 0x20))
                canonical := and(canonical, and(lt(upper, r), lt(lower, r)))
                y := mulmod(add(mulmod(add(y, upper), z, r), lower), z, r)
            }
            y := addmod(mulmod(add(y, mload(nullifierAt)), z, r), ctx, r)
        }
        if (canonical == 0) _revertOutOfField(record);
    }

    /// @notice Returns whether the ballot in the buffer has the note commitment of the one that it replaces.
    /// @param record the buffer, with the replaced part behind it
    /// @return equal whether it has
    function keepsNote(bytes memory record) internal pure returns (bool equal) {
        assembly ("memory-safe") {
            equal := eq(mload(add(record, 0x60)), mload(add(add(record, 0x20), mload(record))))
        }
    }

    /// @notice Emits `IPolls.BallotCast`, its data directly from the buffer.
    /// @param record the buffer
    /// @param poll the poll's number
    /// @param chamber the chamber's id
    /// @param previous the fingerprint of the ballot that it replaces, or 0
    function emitCast(bytes memory record, uint256 poll, uint256 chamber, uint256 previous) internal {
        bytes32 topic = IPolls.BallotCast.selector;
        assembly ("memory-safe") {
            // previous; the offset of the bytes; their length, a multiple of 32, and they follow.
            let data := sub(record, 0x40)
            mstore(data, previous)
            mstore(add(data, 0x20), 0x40)
            log4(data, add(0x60, mload(record)), topic, poll, chamber, mload(add(record, 0x40)))
        }
    }

    /// @dev Reverts with the index of the first word that is not below r. There is one.
    function _revertOutOfField(bytes memory record) private pure {
        for (uint256 i = 0;; ++i) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(add(record, 0x20), mul(i, 0x20)))
            }
            if (word >= BabyJubjub.R) revert IPolls.ElementOutOfField(PROOF_WORDS + i);
        }
    }
}
