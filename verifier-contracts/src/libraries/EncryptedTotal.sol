// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";

/// @title A chamber's encrypted total: the sums of C, D_1, .., D_M over the ballots that count (specification, section 10)
/// @notice In storage the points are affine, each coordinate v as v + r: no slot is ever zero, so no ballot pays for filling
/// an empty one. In memory they are projective, so that a batch needs one inversion at the end.
library EncryptedTotal {
    uint256 private constant MAX_POINTS = 9;

    struct Total {
        uint256[2 * MAX_POINTS] coordinates;
    }

    /// @notice Encryptions of nothing: all points are the identity (0, 1).
    /// @param size M, so there are 1 + M points
    function initialise(Total storage self, uint256 size) internal {
        for (uint256 i = 0; i <= size; ++i) {
            self.coordinates[2 * i] = BabyJubjub.R;
            self.coordinates[2 * i + 1] = BabyJubjub.R + 1;
        }
    }

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

    function store(Total storage self, BabyJubjub.Projective[] memory points) internal {
        uint256[] memory affine = BabyJubjub.toAffine(points);
        unchecked {
            for (uint256 i = 0; i < affine.length; ++i) {
                self.coordinates[i] = affine[i] + BabyJubjub.R;
            }
        }
    }

    /// @notice C.x C.y D_1.x .. D_M.y; empty if the total was not initialised.
    function coordinates(Total storage self, uint256 size) internal view returns (uint256[] memory list) {
        if (self.coordinates[0] == 0) return list;
        list = new uint256[](2 + 2 * size);
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = self.coordinates[i] - BabyJubjub.R;
        }
    }

    /// @notice C alone.
    function firstPoint(Total storage self) internal view returns (uint256[2] memory) {
        return [self.coordinates[0] - BabyJubjub.R, self.coordinates[1] - BabyJubjub.R];
    }

    /// @notice total := total + ciphertext.
    /// @param ciphertext where in memory C.x C.y D_1.x .. D_M.y are
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

    /// @notice total := total - ciphertext, by adding -D = (-x, y): the ciphertext is negated where it is.
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
