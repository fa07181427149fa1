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
                points[i].x = self.coordinates[2 * i] - BabyJubjub.R;
                points[i].y = self.coordinates[2 * i + 1] - BabyJubjub.R;
                points[i].z = 1;
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

    /// @notice total := total + ciphertext.
    /// @param ciphertext where in memory C.x C.y D_1.x .. D_M.y are
    function add(BabyJubjub.Projective[] memory total, uint256 ciphertext) internal pure {
        unchecked {
            for (uint256 i = 0; i < total.length; ++i) {
                (uint256 x, uint256 y) = _point(ciphertext, i);
                BabyJubjub.addTo(total[i], x, y);
            }
        }
    }

    /// @notice total := total - ciphertext.
    function subtract(BabyJubjub.Projective[] memory total, uint256 ciphertext) internal pure {
        unchecked {
            for (uint256 i = 0; i < total.length; ++i) {
                (uint256 x, uint256 y) = _point(ciphertext, i);
                BabyJubjub.subtractFrom(total[i], x, y);
            }
        }
    }

    function _point(uint256 ciphertext, uint256 i) private pure returns (uint256 x, uint256 y) {
        assembly ("memory-safe") {
            let pointer := add(ciphertext, mul(i, 0x40))
            x := mload(pointer)
            y := mload(add(pointer, 0x20))
        }
    }
}
