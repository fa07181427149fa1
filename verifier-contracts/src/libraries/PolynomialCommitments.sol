// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";

/// @title Polynomial commitments
/// @notice Points B_{j,k}, x then y, key by key, k from 0: the coefficients of polynomials times G (specification,
/// section 5).
library PolynomialCommitments {
    uint256 private constant KEYS = 8;

    /// @notice Adds up the commitments of several dealings, point by point, with one inversion.
    /// @param start sums to which the dealings are added; may be empty
    /// @param dealings the commitments of one dealing after another, of at least one
    /// @param words the words of one dealing
    /// @return the affine coordinates of the sums, x then y
    function sum(uint256[] calldata start, uint256[] calldata dealings, uint256 words)
        internal
        view
        returns (uint256[] memory)
    {
        BabyJubjub.Projective[] memory sums = new BabyJubjub.Projective[](words / 2);
        uint256[] calldata first = start.length == 0 ? dealings : start;
        for (uint256 i = 0; i < sums.length; ++i) {
            BabyJubjub.Projective memory point = sums[i];
            (point.x, point.y, point.z) = (first[2 * i], first[2 * i + 1], 1);
            for (uint256 from = 2 * i + (start.length == 0 ? words : 0); from < dealings.length;) {
                uint256 x;
                uint256 y;
                // The point at `from`, which is there: dealings are whole.
                assembly ("memory-safe") {
                    let at_ := add(dealings.offset, shl(5, from))
                    x := calldataload(at_)
                    y := calldataload(add(at_, 0x20))
                }
                BabyJubjub.addTo(point, x, y);
                unchecked {
                    from += words;
                }
            }
        }
        return BabyJubjub.toAffine(sums);
    }

    /// @notice Evaluates the committed polynomials at every point of a set, ascending, with one inversion.
    /// @param commitments the commitments of 8 polynomials
    /// @param set bit i - 1 for point i
    /// @param count the number of bits that are set
    /// @return pk_{i,1} .. pk_{i,8}, x then y, for one point i after another
    function evaluate(uint256[] memory commitments, uint256 set, uint256 count)
        internal
        view
        returns (uint256[] memory)
    {
        BabyJubjub.Projective[] memory keys = new BabyJubjub.Projective[](KEYS * count);
        BabyJubjub.Projective memory scratch;
        uint256 position = 0;
        for (uint256 point = 1; set >> (point - 1) != 0; ++point) {
            if ((set >> (point - 1)) & 1 == 0) continue;
            uint256 top = 1 << (BabyJubjub.bits(point) - 1);
            for (uint256 j = 0; j < KEYS; ++j) {
                _horner(keys[position++], commitments, j, point, top, scratch);
            }
        }
        return BabyJubjub.toAffine(keys);
    }

    /// @dev Evaluates polynomial j at a point by Horner's rule: key := sum_k i^k B_{j,k}.
    function _horner(
        BabyJubjub.Projective memory key,
        uint256[] memory commitments,
        uint256 j,
        uint256 point,
        uint256 top,
        BabyJubjub.Projective memory scratch
    ) private pure {
        uint256 unit = commitments.length / KEYS;
        uint256 first = j * unit;
        uint256 last = first + unit - 2;
        (key.x, key.y, key.z) = (commitments[last], commitments[last + 1], 1);
        while (last > first) {
            unchecked {
                last -= 2;
            }
            BabyJubjub.multiplyBy(key, point, top, scratch);
            BabyJubjub.addTo(key, commitments[last], commitments[last + 1]);
        }
    }

    /// @notice Returns the Keccak-256 hash of words, without their number.
    /// @param words the words
    /// @return result their hash
    function hash(uint256[] calldata words) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            // Behind the allocated memory, which this hash does not extend.
            let free := mload(0x40)
            let size := shl(5, words.length)
            calldatacopy(free, words.offset, size)
            result := keccak256(free, size)
        }
    }

    /// @notice Returns the Keccak-256 hash of some words in memory.
    /// @param words a list of words
    /// @param from the index of the first word to hash
    /// @param count the number of words to hash
    /// @return result their hash
    function hash(uint256[] memory words, uint256 from, uint256 count) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            result := keccak256(add(words, shl(5, add(from, 1))), shl(5, count))
        }
    }

    /// @notice Returns the hash that is stored of a trustee's verification keys pk_1 .. pk_8: two levels, since a poll
    /// of up to three options needs only three of them.
    /// @param first keccak of pk_1 .. pk_3
    /// @param others keccak of pk_4 .. pk_8
    /// @return keccak of both
    function joinHashes(bytes32 first, bytes32 others) internal pure returns (bytes32) {
        return keccak256(abi.encode(first, others));
    }
}
