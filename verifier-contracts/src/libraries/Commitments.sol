// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";

/// @title Commitments to polynomials: points B_{j,k}, x then y, key by key, k from 0 (specification, section 5)
library Commitments {
    /// @notice The sums of several dealings' commitments, point by point, with one inversion.
    /// @param dealings one after another
    /// @param words words of one dealing
    function sum(uint256[] calldata dealings, uint256 words) internal view returns (uint256[] memory) {
        BabyJubjub.Projective[] memory sums = new BabyJubjub.Projective[](words / 2);
        for (uint256 i = 0; i < sums.length; ++i) {
            BabyJubjub.Projective memory point = sums[i];
            (point.x, point.y, point.z) = (dealings[2 * i], dealings[2 * i + 1], 1);
            for (uint256 from = words + 2 * i; from < dealings.length; from += words) {
                BabyJubjub.addTo(point, dealings[from], dealings[from + 1]);
            }
        }
        return BabyJubjub.toAffine(sums);
    }

    /// @notice pk_j = sum_k i^k B_{j,k} for all keys, by Horner's rule, with one inversion.
    /// @param point i, of a few bits
    /// @param threshold coefficients a key
    function evaluate(uint256[] calldata commitments, uint256 point, uint256 threshold)
        internal
        view
        returns (uint256[] memory)
    {
        uint256 unit = 2 * threshold;
        BabyJubjub.Projective[] memory keys = new BabyJubjub.Projective[](commitments.length / unit);
        for (uint256 j = 0; j < keys.length; ++j) {
            uint256 first = j * unit;
            uint256 last = first + unit - 2;
            BabyJubjub.Projective memory key = keys[j];
            (key.x, key.y, key.z) = (commitments[last], commitments[last + 1], 1);
            while (last > first) {
                last -= 2;
                BabyJubjub.multiplyBy(key, point);
                BabyJubjub.addTo(key, commitments[last], commitments[last + 1]);
            }
        }
        return BabyJubjub.toAffine(keys);
    }

    /// @notice keccak of the words, without their number.
    function hash(uint256[] calldata commitments) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(commitments));
    }
}
