// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../../src/interfaces/ISheets.sol";
import {SheetElection} from "./SheetElection.sol";

/// @title A closed sheet poll of statements, sheets of some voters, and the shares of its trustees
/// @notice Voter v answers cell j with (v + j) mod 3, and every third voter is of the upper camp.
abstract contract ClosedSheet is SheetElection {
    uint256 internal _chamber;
    uint256 internal _sheet;
    uint256 internal _size;
    uint256 internal _count;
    uint256 internal _voters;
    bool internal _camps;
    uint256[] internal _sums;

    /// @dev Opens a sheet poll of `count` statements, casts the sheets of `voters` voters, and closes it.
    function closeSheet(uint256 size, uint256 count, bool camps, uint256 voters) internal {
        ISheets.Form memory form = camps ? campForm(size, count) : plainForm(ISheets.Kind.Statements, size, count);
        closeSheet(size, form, voters);
    }

    /// @dev Does so for any form.
    function closeSheet(uint256 size, ISheets.Form memory form, uint256 voters) internal {
        (_size, _count, _camps, _voters) = (size, form.count, form.camps, voters);
        _sheet = openSheet(sheetParameters(_chamber, size, form));
        castSheets();
        vm.warp(CLOSES);
    }

    function castSheets() internal {
        _sums = new uint256[](1 + _size / 8);
        bytes memory records;
        for (uint256 voter = 0; voter < _voters; ++voter) {
            Filled memory filled = filledBy(voter);
            for (uint256 k = 0; k < _sums.length; ++k) {
                _sums[k] += filled.randomness[k];
            }
            records = bytes.concat(records, sheetRecord(filled, sheetCtx(_sheet, _chamber)));
        }
        sheets.castBatch(_sheet, _chamber, records, "");
    }

    function answer(uint256 voter, uint256 cell) internal pure virtual returns (uint256) {
        return (voter + cell) % 3;
    }

    function isUpper(uint256 voter) internal view returns (bool) {
        return _camps && voter % 3 == 2;
    }

    function filledBy(uint256 voter) internal view returns (Filled memory) {
        uint256[] memory answers = new uint256[](_count);
        for (uint256 j = 0; j < _count; ++j) {
            answers[j] = answer(voter, j);
        }
        return fill(voter, 0, _size, _camps, isUpper(voter), answers);
    }

    function turnout() internal view returns (uint32[2] memory counts) {
        for (uint256 voter = 0; voter < _voters; ++voter) {
            ++counts[isUpper(voter) ? 1 : 0];
        }
    }

    /// @dev Returns the packed totals of the used cells of a block.
    function blockTotals(uint256 blockIndex) internal view returns (uint64[] memory totals) {
        uint256 first = 8 * (blockIndex - 1);
        totals = new uint64[](_count - first < 8 ? _count - first : 8);
        for (uint256 voter = 0; voter < _voters; ++voter) {
            Filled memory filled = filledBy(voter);
            for (uint256 i = 0; i < totals.length; ++i) {
                totals[i] += filled.values[first + i];
            }
        }
    }

    function usedBlocks() internal view returns (uint256) {
        return (_count + 7) / 8;
    }

    function combination(uint256 blockIndex, uint256 set) internal view returns (ISheets.ShareCombination memory) {
        return blockCombination(_sheet, blockIndex, set, _sums[blockIndex]);
    }

    function post(uint256 blockIndex, uint256 set) internal {
        for (uint256 index = 0; set >> index != 0; ++index) {
            if ((set >> index) & 1 == 1) postBlock(_sheet, _chamber, blockIndex, index, _sums[blockIndex]);
        }
    }

    function tallyTurnoutOf(uint256 set) internal {
        post(0, set);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), combination(0, set));
    }

    function tallyBlockOf(uint256 blockIndex, uint256 set) internal {
        post(blockIndex, set);
        sheets.tallyBlock(_sheet, _chamber, blockIndex, blockTotals(blockIndex), combination(blockIndex, set));
    }

    function tallyAll(uint256 set) internal {
        tallyTurnoutOf(set);
        for (uint256 k = 1; k <= usedBlocks(); ++k) {
            tallyBlockOf(k, set);
        }
    }
}
