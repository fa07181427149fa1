// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT5} from "poseidon-solidity/PoseidonT5.sol";
import {PoseidonT6} from "poseidon-solidity/PoseidonT6.sol";

import {PoseidonT7} from "../generated/PoseidonT7.sol";
import {ISheets} from "../interfaces/ISheets.sol";
import {Domain} from "./Domain.sol";

/// @title Forms of sheets
/// @notice Which forms there are, and the hash that contexts bind (specification, section on sheets). A form that could
/// be written in two ways would have two hashes, so everything that a kind does not use has one value.
library SheetForm {
    /// @notice The cells of a block: as many as a committee has keys.
    uint256 internal constant BLOCK_CELLS = 8;

    uint256 private constant SMALL = 16;
    uint256 private constant LARGE = 40;
    /// @dev The byte that adds nothing to a score.
    bytes1 private constant NEUTRAL = 0x80;
    uint256 private constant CAMP_THRESHOLD_OFFSET = 1 << 13;
    uint256 private constant BUDGET_LIMIT = 1 << 22;
    uint256 private constant BYTES_PER_WORD = 31;

    uint256 private constant LASTS_SHIFT = 40;
    uint256 private constant GROUPS = 1 << 80;
    uint256 private constant EXACT = 1 << 81;
    uint256 private constant RANKING = 1 << 82;
    uint256 private constant APPROVAL = 1 << 83;
    uint256 private constant CAMPS = 1 << 84;

    /// @notice Returns the number of blocks of a sheet, the turnout's among them.
    /// @param size K
    /// @return 3 for 16, 6 for 40
    function blocks(uint256 size) internal pure returns (uint256) {
        return 1 + size / BLOCK_CELLS;
    }

    /// @notice Returns the number of used cells in a block.
    /// @param count the number of used cells
    /// @param blockIndex the block, from 1
    /// @return 8, in the last block that is used the rest, and behind it 0
    function cellsOf(uint256 count, uint256 blockIndex) internal pure returns (uint256) {
        uint256 first = BLOCK_CELLS * (blockIndex - 1);
        if (count <= first) return 0;
        return count - first < BLOCK_CELLS ? count - first : BLOCK_CELLS;
    }

    /// @notice Reverts unless a form is one of its kind.
    /// @param form the form
    /// @param size K
    function check(ISheets.Form calldata form, uint256 size) internal pure {
        if (size != SMALL && size != LARGE) revert ISheets.InvalidSize(size);
        if (form.count == 0 || form.count > size) revert ISheets.InvalidCount(form.count, size);
        _checkFlags(form);
        if (form.kind == ISheets.Kind.Ranking && !_isNumberOfPairs(form.count)) {
            revert ISheets.InvalidRankingCount(form.count);
        }
        if (form.lot != 0) revert ISheets.LotIsReserved(form.lot);
        _checkThreshold(form);
        _checkAxis(form, size);
    }

    /// @notice Returns the hash of a form that was checked: Poseidon(FORM, shape, lot, axis), where axis =
    /// Poseidon(AXIS, pilot, threshold, axis words).
    /// @param form the form
    /// @param size K
    /// @return the hash
    function hash(ISheets.Form calldata form, uint256 size) internal pure returns (uint256) {
        bytes calldata axis = form.axis;
        (uint256 first, uint256 second) = (_axisWord(axis, 0), _axisWord(axis, 1));
        uint256 axisHash = size == SMALL
            ? PoseidonT6.hash([Domain.AXIS, form.pilot, form.threshold, first, second])
            : PoseidonT7.hash([Domain.AXIS, form.pilot, form.threshold, first, second, _axisWord(axis, 2)]);
        return PoseidonT5.hash([Domain.FORM, shape(form), form.lot, axisHash]);
    }

    /// @notice Returns the shape of a form in one word: used cells, marks of last cells, kind and flags.
    /// @param form the form
    /// @return word the shape
    function shape(ISheets.Form calldata form) internal pure returns (uint256 word) {
        word = ((1 << form.count) - 1) | uint256(form.lasts) << LASTS_SHIFT;
        if (form.kind == ISheets.Kind.Groups) word |= GROUPS;
        else if (form.kind == ISheets.Kind.Ranking) word |= RANKING;
        else if (form.kind == ISheets.Kind.Approval) word |= APPROVAL;
        if (form.exact) word |= EXACT;
        if (form.camps) word |= CAMPS;
    }

    /// @dev Reverts if a flag is set that the kind does not have, or the groups are not in order.
    function _checkFlags(ISheets.Form calldata form) private pure {
        bool groups = form.kind == ISheets.Kind.Groups;
        // Behind the last used cell there is no mark, and it has one: shifted by the cells before it, 1 is left.
        if (groups ? form.lasts >> (form.count - 1) != 1 : form.lasts != 0) revert ISheets.InvalidLasts(form.lasts);
        if (form.exact && !groups) revert ISheets.ExactWithoutGroups(form.kind);
        if (!form.camps) {
            if (form.pilot != 0) revert ISheets.InvalidPilot(form.pilot);
            return;
        }
        if (form.kind != ISheets.Kind.Statements) revert ISheets.CampsWithoutStatements(form.kind);
        if (form.pilot == 0) revert ISheets.CampsWithoutPilot();
        if (form.pilot >> 248 != 0) revert ISheets.InvalidPilot(form.pilot);
    }

    /// @dev Reverts if the packed threshold is out of the kind's range. With 2^13 and neutral weights the score 0 is
    /// not above the threshold, so that all voters are of the lower camp.
    function _checkThreshold(ISheets.Form calldata form) private pure {
        uint256 threshold = form.threshold;
        bool fits;
        if (form.camps) fits = threshold < 2 * CAMP_THRESHOLD_OFFSET;
        else if (form.kind == ISheets.Kind.Approval) fits = threshold < BUDGET_LIMIT;
        else fits = threshold == CAMP_THRESHOLD_OFFSET;
        if (!fits) revert ISheets.InvalidCampThreshold(threshold);
    }

    /// @dev Reverts if a byte that the kind does not use is not the one that it must be.
    function _checkAxis(ISheets.Form calldata form, uint256 size) private pure {
        bytes calldata axis = form.axis;
        if (axis.length != 2 * size) revert ISheets.InvalidLength(axis.length, 2 * size);
        bool approval = form.kind == ISheets.Kind.Approval;
        bytes1 filler = approval ? bytes1(0) : NEUTRAL;
        uint256 free = approval || form.camps ? 2 * uint256(form.count) : 0;
        for (uint256 i = free; i < axis.length; ++i) {
            if (axis[i] != filler) revert ISheets.InvalidAxisByte(i);
        }
    }

    /// @dev Returns whether a number is m (m - 1) / 2 for an m of at least 2.
    function _isNumberOfPairs(uint256 count) private pure returns (bool) {
        uint256 options = 2;
        while (options * (options - 1) / 2 < count) {
            ++options;
        }
        return options * (options - 1) / 2 == count;
    }

    /// @dev Returns up to 31 bytes of the axis in one word, the first byte lowest.
    function _axisWord(bytes calldata axis, uint256 index) private pure returns (uint256 word) {
        uint256 from = BYTES_PER_WORD * index;
        uint256 to = from + BYTES_PER_WORD < axis.length ? from + BYTES_PER_WORD : axis.length;
        for (uint256 i = to; i > from; --i) {
            word = word << 8 | uint8(axis[i - 1]);
        }
    }
}
