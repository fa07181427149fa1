// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";

/// @title Encrypted totals
/// @notice A chamber's encrypted total: the homomorphic sums of C, D_1, .., D_M over the ballots that count
/// (specification, section 10). In storage the points are affine, each coordinate v as v + r: no slot is ever zero, so
/// no ballot pays for filling an empty one. In memory they are projective, so that a batch needs one inversion at the
/// end.
library EncryptedTotal {
    uint256 private constant MAX_POINTS = 9;

    /// @notice An encrypted total in storage.
    /// @param coordinates each affine coordinate plus r: C.x C.y D_1.x .. D_M.y; 0 behind them, or before `initialise`
    struct Total {
        uint256[2 * MAX_POINTS] coordinates;
    }

    /// @notice Sets the total to an encryption of zeros: all points are the identity (0, 1).
    /// @param self the total
    /// @param size M, so that there are 1 + M points
    function initialise(Total storage self, uint256 size) internal {
        for (uint256 i = 0; i <= size; ++i) {
            self.coordinates[2 * i] = BabyJubjub.R;
            self.coordinates[2 * i + 1] = BabyJubjub.R + 1;
        }
    }

    /// @notice Copies a total from storage into memory.
    /// @param self the total
    /// @param size M
    /// @return points C, D_1 .. D_M, projective
    function load(Total storage self, uint256 size) internal view returns (BabyJubjub.Projective[] memory points) {
        unchecked {
            points = new BabyJubjub.Projective[](1 + size);
            for (uint256 i = 0; i <= size; ++i) {
                BabyJubjub.Projective memory point = points[i];
                point.x = self.coordinates[2 * i] - BabyJubjub.R;
                point.y = self.coordinates[2 * i + 1] - BabyJubjub.R;
                point.z = 1;
            }
        }
    }

    /// @notice Writes a total from memory to storage, with one inversion.
    /// @param self the total
    /// @param points C, D_1 .. D_M, projective
    function store(Total storage self, BabyJubjub.Projective[] memory points) internal {
        uint256[] memory affine = BabyJubjub.toAffine(points);
        unchecked {
            for (uint256 i = 0; i < affine.length; ++i) {
                self.coordinates[i] = affine[i] + BabyJubjub.R;
            }
        }
    }

    /// @notice Returns the affine coordinates of a total.
    /// @param self the total
    /// @param size M
    /// @return list C.x C.y D_1.x .. D_M.y; empty if the total was not initialised
    function coordinates(Total storage self, uint256 size) internal view returns (uint256[] memory list) {
        if (self.coordinates[0] == 0) return list;
        list = new uint256[](2 + 2 * size);
        uint256 r = BabyJubjub.R;
        // Every stored coordinate is at least r.
        assembly ("memory-safe") {
            let slot := self.slot
            let end := add(add(list, 0x20), mul(mload(list), 0x20))
            for { let at_ := add(list, 0x20) } lt(at_, end) { at_ := add(at_, 0x20) } {
                mstore(at_, sub(sload(slot), r))
                slot := add(slot, 1)
            }
        }
    }

    /// @notice Returns C alone.
    /// @param self the total
    /// @return its coordinates, x then y
    function firstPoint(Total storage self) internal view returns (uint256[2] memory) {
        return [self.coordinates[0] - BabyJubjub.R, self.coordinates[1] - BabyJubjub.R];
    }

    /// @notice Adds a ciphertext: total := total + ciphertext.
    /// @param total the total in memory, which is changed
    /// @param ciphertext the memory address of C.x C.y D_1.x .. D_M.y
    function add(BabyJubjub.Projective[] memory total, uint256 ciphertext) internal pure {
        uint256 count = total.length;
        BabyJubjub.Projective memory point;
        uint256 x;
        uint256 y;
        for (uint256 i = 0; i < count;) {
            assembly ("memory-safe") {
                x := mload(ciphertext)
                y := mload(add(ciphertext, 0x20))
                ciphertext := add(ciphertext, 0x40)
                i := add(i, 1)
                point := mload(add(total, mul(i, 0x20)))
            }
            BabyJubjub.addTo(point, x, y);
        }
    }

    /// @notice Subtracts a ciphertext: total := total - ciphertext, by adding (-x, y) for each point. The ciphertext is
    /// negated in place.
    /// @param total the total in memory, which is changed
    /// @param ciphertext the memory address of C.x C.y D_1.x .. D_M.y, which is changed
    function subtract(BabyJubjub.Projective[] memory total, uint256 ciphertext) internal pure {
        uint256 end = ciphertext + 64 * total.length;
        for (uint256 pointer = ciphertext; pointer < end; pointer += 64) {
            assembly ("memory-safe") {
                mstore(pointer, sub(0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001, mload(pointer)))
            }
        }
        add(total, ciphertext);
    }
}
