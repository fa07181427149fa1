// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";

/// @title The public inputs of a `decryption` proof (specification, section 8)
/// @notice The proof says: for all eight j there is a known sk_j with pk_j = sk_j G and E_j = sk_j C. It fixes the list
/// L = (ctx, C, pk_1, E_1, .., pk_8, E_8) by h before z is drawn, and y evaluates L at z.
library DecryptionTranscript {
    uint256 private constant PAIRS = 8;
    /// @dev ctx, C, and two points a pair.
    uint256 private constant ELEMENTS = 3 + 4 * PAIRS;

    /// @param ctx what the decryption is for
    /// @param cx the point C
    /// @param cy the point C
    /// @param keys pk_1..pk_8, x then y
    /// @param shares E_1..E_M, x then y; the pairs after M are filled with (G, C), which sk_j = 1 satisfies
    /// @param h the prover's hash of L
    /// @return result h, z, y
    function inputs(uint256 ctx, uint256 cx, uint256 cy, uint256[16] memory keys, uint256[] memory shares, uint256 h)
        internal
        pure
        returns (uint256[] memory result)
    {
        uint256[] memory list = new uint256[](1 + ELEMENTS);
        (list[0], list[1], list[2], list[3]) = (h, ctx, cx, cy);
        for (uint256 j = 0; j < PAIRS; ++j) {
            uint256 first = 4 + 4 * j;
            if (2 * j < shares.length) {
                (list[first], list[first + 1]) = (keys[2 * j], keys[2 * j + 1]);
                (list[first + 2], list[first + 3]) = (shares[2 * j], shares[2 * j + 1]);
            } else {
                (list[first], list[first + 1]) = (BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
                (list[first + 2], list[first + 3]) = (cx, cy);
            }
        }

        uint256 z = uint256(keccak256(abi.encodePacked(list))) % BabyJubjub.R;
        uint256 y = 0;
        for (uint256 i = ELEMENTS; i > 0; --i) {
            y = addmod(mulmod(y, z, BabyJubjub.R), list[i], BabyJubjub.R);
        }
        result = new uint256[](3);
        (result[0], result[1], result[2]) = (h, z, y);
    }
}
