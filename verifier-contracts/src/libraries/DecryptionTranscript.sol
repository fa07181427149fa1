// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";
import {Challenge} from "./Challenge.sol";

/// @title The public inputs of a `decryption` proof (specification, section 8)
/// @notice The proof says: for all eight j there is a known sk_j with pk_j = sk_j G and E_j = sk_j C.
/// L = (ctx, C, pk_1, E_1, .., pk_8, E_8); the pairs after M are filled with (G, C), which sk_j = 1 satisfies.
library DecryptionTranscript {
    uint256 private constant PAIRS = 8;
    /// @dev ctx, C, and two points a pair.
    uint256 private constant ELEMENTS = 3 + 4 * PAIRS;

    /// @param keys pk_1..pk_M, x then y
    /// @param share E_1..E_M, x then y
    function inputs(uint256 ctx, uint256[2] calldata c, uint256[] calldata keys, uint256[] calldata share, uint256 h)
        internal
        pure
        returns (uint256[] memory, uint256 outOfField)
    {
        uint256[] memory list = new uint256[](1 + ELEMENTS);
        (list[0], list[1], list[2], list[3]) = (h, ctx, c[0], c[1]);
        uint256 used = share.length / 2;
        (uint256 baseX, uint256 baseY) = (BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
        assembly ("memory-safe") {
            let pair := add(list, 0xa0)
            for { let i := 0 } lt(i, PAIRS) { i := add(i, 1) } {
                switch lt(i, used)
                case 1 {
                    calldatacopy(pair, add(keys.offset, shl(6, i)), 0x40)
                    calldatacopy(add(pair, 0x40), add(share.offset, shl(6, i)), 0x40)
                }
                default {
                    mstore(pair, baseX)
                    mstore(add(pair, 0x20), baseY)
                    calldatacopy(add(pair, 0x40), c, 0x40)
                }
                pair := add(pair, 0x80)
            }
        }
        return Challenge.inputs(list);
    }
}
