// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Fiat-Shamir challenge of a posted list
/// @notice The public inputs h, z, y of statements about a posted list L (specification, section 8): h fixes the proven
/// list, z = keccak(h, L) is computed from the posted one, and y evaluates L at z, so that by Schwartz-Zippel the two
/// are equal. Every element of L must be below r, or it could stand for another element.
library Challenge {
    /// @notice Returns the public inputs for a list.
    /// @param list h, then L
    /// @return result h, z, y
    /// @return outOfField the greatest index in L of an element that is not below r, or type(uint256).max
    function publicInputs(uint256[] memory list) internal pure returns (uint256[] memory result, uint256 outOfField) {
        uint256 z;
        uint256 y;
        outOfField = type(uint256).max;
        assembly ("memory-safe") {
            let r := 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001
            let start := add(list, 0x20)
            let size := mul(mload(list), 0x20)
            z := mod(keccak256(start, size), r)
            let last := add(start, 0x20)
            // The sum of an element and a product fits into a word. An element out of the field makes y meaningless;
            // the caller reverts then.
            for { let word := add(list, size) } gt(word, last) { word := sub(word, 0x20) } {
                let element := mload(word)
                if iszero(lt(element, r)) {
                    outOfField := div(sub(word, last), 0x20)
                    break
                }
                y := mulmod(add(y, element), z, r)
            }
            let first := mload(last)
            if iszero(lt(first, r)) { outOfField := 0 }
            y := addmod(y, first, r)
        }
        result = new uint256[](3);
        (result[0], result[1], result[2]) = (list[0], z, y);
    }
}
