// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../interfaces/IPolls.sol";
import {BabyJubjub} from "./BabyJubjub.sol";

/// @title Ballot records (specification, sections 7 and 9)
/// @notice In calldata: the proof (8 words), then h, nullifier, note, C.x C.y D_1.x D_1.y .. D_M.x D_M.y; a replacement goes on
/// with the note and ciphertext that it replaces. In memory: all but the proof, as `bytes` with the replaced part right
/// behind them, copied once to serve the transcript, the nullifier's slot, the total and the event. One buffer serves all
/// ballots of a call. It has two words of room before its length, so that what the transcript has in front of h
/// (previous, ctx) and what the event has there (previous, offset, length) fit in without moving anything.
library BallotRecord {
    uint256 private constant PROOF_WORDS = 8;
    /// @dev h, nullifier, note, C.x, C.y
    uint256 private constant HEAD_WORDS = 5;
    /// @dev note, C.x, C.y
    uint256 private constant REPLACED_WORDS = 3;

    /// @notice The bytes of a record of size M: 608 for 3, 928 for 8.
    function length(uint256 size) internal pure returns (uint256) {
        return 32 * (PROOF_WORDS + HEAD_WORDS + 2 * size);
    }

    /// @notice The bytes of a record and of what it replaces.
    function replacementLength(uint256 size) internal pure returns (uint256) {
        return length(size) + 32 * (REPLACED_WORDS + 2 * size);
    }

    /// @notice A buffer for records of this size.
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
    /// @param unit the bytes of the ballot, its proof included
    function load(bytes memory record, bytes calldata ballots, uint256 unit) internal pure {
        assembly ("memory-safe") {
            calldatacopy(add(record, 0x20), add(ballots.offset, 0x100), sub(unit, 0x100))
        }
    }

    /// @notice The ballots after the first. There is one: the caller has seen that they are a whole number of `unit` bytes.
    function next(bytes calldata ballots, uint256 unit) internal pure returns (bytes calldata rest) {
        assembly ("memory-safe") {
            rest.offset := add(ballots.offset, unit)
            rest.length := sub(ballots.length, unit)
        }
    }

    function nullifier(bytes memory record) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(record, 0x40))
        }
    }

    /// @notice What a nullifier's slot holds of a ballot: all but the lowest 32 bits of its digest. Two ballots of one fingerprint take 2^112 tries.
    function fingerprint(uint256 digest) internal pure returns (uint256) {
        return digest & ~uint256(type(uint32).max);
    }

    /// @notice The digest of the ballot that is replaced.
    function replacedDigest(bytes memory record) internal pure returns (uint256 digest) {
        assembly ("memory-safe") {
            let size := mload(record)
            let note := add(add(record, 0x20), size)
            mstore(0x00, mload(note))
            mstore(0x20, keccak256(add(note, 0x20), sub(size, 0x60)))
            digest := keccak256(0x00, 0x40)
        }
    }

    /// @notice Where in memory the ciphertext is, for `EncryptedTotal`.
    function ciphertext(bytes memory record) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(record, 0x80)
        }
    }

    /// @notice Where in memory the replaced ciphertext is.
    function replacedCiphertext(bytes memory record) internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := add(add(record, 0x40), mload(record))
        }
    }

    /// @notice The public inputs of the ballot's proof. Refuses elements that are not below r, counting words from the proof's
    /// first; of what is replaced nothing is checked, for it equals what an earlier ballot brought.
    /// @param previous the fingerprint of the ballot that it replaces, or 0
    /// @return h as posted
    /// @return z keccak(previous, ctx, h, nullifier, digest) mod r
    /// @return y ctx + nullifier z + note z^2 + C.x z^3 + ..
    /// @return digest keccak(note, keccak(C, D_1, .., D_M)): who knows the inner hash can show the note without the ciphertext
    function publicInputs(bytes memory record, uint256 previous, uint256 ctx)
        internal
        pure
        returns (uint256 h, uint256 z, uint256 y, uint256 digest)
    {
        uint256 canonical;
        assembly ("memory-safe") {
            let r := 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001
            let size := mload(record)
            let start := add(record, 0x20)
            h := mload(start)
            canonical := lt(h, r)

            // The length gives way to ctx and the note to the digest, and both come back.
            let place := add(record, 0x60)
            let note := mload(place)
            mstore(0x00, note)
            mstore(0x20, keccak256(add(record, 0x80), sub(size, 0x60)))
            digest := keccak256(0x00, 0x40)
            mstore(sub(record, 0x20), previous)
            mstore(record, ctx)
            mstore(place, digest)
            z := mod(keccak256(sub(record, 0x20), 0xa0), r)
            mstore(record, size)
            mstore(place, note)

            // Horner's rule, from D_M.y down to the nullifier, two of these 4 + 2M words at a time, then ctx. Sums of two
            // elements fit into a word.
            for { let word := add(record, size) } gt(word, start) { word := sub(word, 0x40) } {
                let upper := mload(word)
                let lower := mload(sub(word, 0x20))
                canonical := and(canonical, and(lt(upper, r), lt(lower, r)))
                y := mulmod(add(mulmod(add(y, upper), z, r), lower), z, r)
            }
            y := addmod(y, ctx, r)
        }
        if (canonical == 0) _revertOutOfField(record);
    }

    /// @notice Emits `IPolls.BallotCast`, the data straight from the buffer.
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
