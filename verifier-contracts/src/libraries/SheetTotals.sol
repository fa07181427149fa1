// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BabyJubjub} from "./BabyJubjub.sol";
import {SheetForm} from "./SheetForm.sol";

/// @title Encrypted totals of sheets
/// @notice The homomorphic sums of all points of a sheet, block after block: C_0, D_0, then C_k, D_k,1..D_k,8. Stored
/// as `EncryptedTotal` has it, each coordinate v as v + r; the sums in memory are its. A total that was not initialised
/// is an encryption of zeros too, and the first batch fills its slots.
library SheetTotals {
    /// @dev Of a sheet of 40 cells: two for the turnout, nine for each of five blocks.
    uint256 private constant MAX_POINTS = 47;
    uint256 private constant BLOCK_POINTS = 1 + SheetForm.BLOCK_CELLS;
    /// @dev The first point behind the turnout.
    uint256 private constant FIRST_BLOCK = 2;

    /// @notice An encrypted total in storage.
    /// @param coordinates each affine coordinate plus r, in the order of a record; 0 behind them, or before
    /// `initialise`
    struct Totals {
        uint256[2 * MAX_POINTS] coordinates;
    }

    /// @notice Returns the number of points of a sheet.
    /// @param size K
    /// @return 20 for 16, 47 for 40
    function points(uint256 size) internal pure returns (uint256) {
        return FIRST_BLOCK + BLOCK_POINTS * (size / SheetForm.BLOCK_CELLS);
    }

    /// @notice Sets the total to an encryption of zeros: all points are the identity (0, 1).
    /// @param self the total
    /// @param size K
    function initialise(Totals storage self, uint256 size) internal {
        uint256 count = points(size);
        for (uint256 i = 0; i < count; ++i) {
            self.coordinates[2 * i] = BabyJubjub.R;
            self.coordinates[2 * i + 1] = BabyJubjub.R + 1;
        }
    }

    /// @notice Copies a total from storage into memory.
    /// @param self the total
    /// @param size K
    /// @return list all points, projective; the identities if the total was not initialised
    function load(Totals storage self, uint256 size) internal view returns (BabyJubjub.Projective[] memory list) {
        list = new BabyJubjub.Projective[](points(size));
        bool empty = self.coordinates[0] == 0;
        unchecked {
            for (uint256 i = 0; i < list.length; ++i) {
                BabyJubjub.Projective memory point = list[i];
                if (empty) {
                    (point.y, point.z) = (1, 1);
                    continue;
                }
                point.x = self.coordinates[2 * i] - BabyJubjub.R;
                point.y = self.coordinates[2 * i + 1] - BabyJubjub.R;
                point.z = 1;
            }
        }
    }

    /// @notice Writes a total from memory to storage, with one inversion.
    /// @param self the total
    /// @param list all points, projective
    function store(Totals storage self, BabyJubjub.Projective[] memory list) internal {
        uint256[] memory affine = BabyJubjub.toAffine(list);
        unchecked {
            for (uint256 i = 0; i < affine.length; ++i) {
                self.coordinates[i] = affine[i] + BabyJubjub.R;
            }
        }
    }

    /// @notice Returns the affine coordinates of a block's total.
    /// @param self the total
    /// @param blockIndex the block
    /// @return list C.x C.y D_1.x .. D_8.y, of the turnout C.x C.y D.x D.y; empty if the total was not initialised
    function coordinates(Totals storage self, uint256 blockIndex) internal view returns (uint256[] memory list) {
        if (self.coordinates[0] == 0) return list;
        uint256 from = 2 * _firstPoint(blockIndex);
        list = new uint256[](2 * (blockIndex == 0 ? FIRST_BLOCK : BLOCK_POINTS));
        for (uint256 i = 0; i < list.length; ++i) {
            list[i] = self.coordinates[from + i] - BabyJubjub.R;
        }
    }

    /// @notice Returns C of a block alone.
    /// @param self the total
    /// @param blockIndex the block
    /// @return its coordinates, x then y
    function firstPoint(Totals storage self, uint256 blockIndex) internal view returns (uint256[2] memory) {
        uint256 from = 2 * _firstPoint(blockIndex);
        return [self.coordinates[from] - BabyJubjub.R, self.coordinates[from + 1] - BabyJubjub.R];
    }

    /// @dev Returns the place of a block's first point.
    function _firstPoint(uint256 blockIndex) private pure returns (uint256) {
        return blockIndex == 0 ? 0 : FIRST_BLOCK + BLOCK_POINTS * (blockIndex - 1);
    }
}
