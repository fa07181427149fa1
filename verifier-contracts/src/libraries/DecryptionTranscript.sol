// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";
import {Challenge} from "./Challenge.sol";

/// @title Public inputs of decryption proofs
/// @notice The statement: for all eight j a secret sk_j is known with pk_j = sk_j G and E_j = sk_j C. L = (ctx, C,
/// pk_1, E_1, .., pk_8, E_8); the pairs behind M are filled with (G, C), which sk_j = 1 satisfies (specification,
/// section 8).
library DecryptionTranscript {
    uint256 private constant PAIRS = 8;
    /// @dev ctx, C, and two points a pair.
    uint256 private constant ELEMENTS = 3 + 4 * PAIRS;

    /// @notice Returns the public inputs for a decryption share.
    /// @param ctx the context of the chamber
    /// @param c C, the first point of the encrypted total, x then y
    /// @param keys pk_1..pk_M, x then y
    /// @param share E_1..E_M, x then y
    /// @param h the first public input
    /// @return the public inputs h, z, y
    /// @return outOfField the greatest index in L of an element that is not below r, or type(uint256).max
    function publicInputs(
        uint256 ctx,
        uint256[2] calldata c,
        uint256[] calldata keys,
        uint256[] calldata share,
        uint256 h
    ) internal pure returns (uint256[] memory, uint256 outOfField) {
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
        return Challenge.publicInputs(list);
    }
}
