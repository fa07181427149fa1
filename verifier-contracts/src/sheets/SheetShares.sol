// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {ISheets} from "../interfaces/ISheets.sol";
import {SheetForm} from "../libraries/SheetForm.sol";
import {SheetData} from "./SheetData.sol";

/// @title Shares of blocks
/// @notice Which blocks may be decrypted now, and which shares were posted. The order is the point of it: nothing but
/// the turnout before the turnout is known, and nothing at all behind a small camp.
library SheetShares {
    using SheetData for SheetData.Sheet;

    /// @dev A share of the turnout, which only one key is needed for, is one of three keys: the smallest that there is.
    uint256 private constant TURNOUT_WORDS = 6;
    uint256 private constant BLOCK_WORDS = 2 * SheetForm.BLOCK_CELLS;
    uint256 private constant MAX_TRUSTEES = 16;

    /// @notice Returns a chamber of which this block may be decrypted: the sheet poll is closed, the tally deadline has
    /// not passed, there are enough sheets, the block is used and not tallied yet, and it is the turnout, or the
    /// turnout is tallied and no camp too small.
    /// @param sheets all sheet polls
    /// @param id the sheet poll's number
    /// @param chamberId the chamber's id
    /// @param blockIndex the block
    /// @return data the sheet poll
    /// @return entry the chamber
    function requireTalliable(
        mapping(uint256 id => SheetData.Sheet) storage sheets,
        uint256 id,
        uint256 chamberId,
        uint256 blockIndex
    ) internal view returns (SheetData.Sheet storage data, SheetData.Chamber storage entry) {
        data = SheetData.requireSheet(sheets, id);
        entry = data.requireOpenedChamber(id, chamberId);
        // After the end no chamber waits for a tally, or the deadline has passed.
        ISheets.State actual = data.state();
        if (actual == ISheets.State.Open || actual == ISheets.State.Cancelled) {
            revert ISheets.WrongState(id, actual, ISheets.State.Closed);
        }
        if (blockIndex > data.usedBlocks()) revert ISheets.UnknownBlock(blockIndex);
        if ((entry.talliedBlocks >> blockIndex) & 1 == 1) revert ISheets.AlreadyTallied(id, chamberId, blockIndex);
        if (block.timestamp > data.tallyDeadline) revert ISheets.TallyTooLate(data.tallyDeadline);
        uint256 minimum = entry.minBallots;
        if (entry.ballots < minimum) revert ISheets.TooFewBallots(entry.ballots, minimum);
        if (blockIndex == 0) return (data, entry);
        ISheets.ChamberStatus status = entry.status;
        if (status == ISheets.ChamberStatus.Opened) revert ISheets.TurnoutNotTallied(id, chamberId);
        if (status == ISheets.ChamberStatus.TooSmallCamp) revert ISheets.CampIsTooSmall(id, chamberId);
    }

    /// @notice Returns the number of words of a share.
    /// @param blockIndex the block
    /// @return 6 for the turnout, else 16
    function words(uint256 blockIndex) internal pure returns (uint256) {
        return blockIndex == 0 ? TURNOUT_WORDS : BLOCK_WORDS;
    }

    /// @notice Returns where `shares` and `shareHashes` keep the share of a trustee of a block.
    /// @param blockIndex the block, below 16
    /// @param index the trustee's index, below 16: another one would give the place of another block's share
    /// @return the place, below 256
    function placeOf(uint256 blockIndex, uint256 index) internal pure returns (uint256) {
        return MAX_TRUSTEES * blockIndex + index;
    }

    /// @notice Returns which trustees have posted a share of a block.
    /// @param entry the chamber
    /// @param blockIndex the block
    /// @return bit i: the trustee of index i has
    function posted(SheetData.Chamber storage entry, uint256 blockIndex) internal view returns (uint256) {
        return (entry.shares >> placeOf(blockIndex, 0)) & ((1 << MAX_TRUSTEES) - 1);
    }

    /// @notice Checks that every share of a combination is the one of this block that its trustee has posted, with a
    /// proof.
    /// @param entry the chamber
    /// @param blockIndex the block
    /// @param combination the share combination
    function checkPosted(
        SheetData.Chamber storage entry,
        uint256 blockIndex,
        ISheets.ShareCombination calldata combination
    ) internal view {
        uint256 length = words(blockIndex);
        if (combination.trustees >> MAX_TRUSTEES != 0) revert ISheets.InvalidShareCombination();
        uint256[] calldata rest = combination.shares;
        for (uint256 index = 0; combination.trustees >> index != 0; ++index) {
            if ((combination.trustees >> index) & 1 == 0) continue;
            if (rest.length < length) revert ISheets.InvalidShareCombination();
            if (_hash(rest, length) != entry.shareHashes[placeOf(blockIndex, index)]) revert ISheets.WrongShare(index);
            rest = rest[length:];
        }
        if (rest.length != 0) revert ISheets.InvalidShareCombination();
    }

    /// @notice Returns the same calldata as the committee's struct, which has the same layout.
    /// @param combination the share combination
    /// @return same the share combination
    function toCommitteeStruct(ISheets.ShareCombination calldata combination)
        internal
        pure
        returns (ICommittee.ShareCombination calldata same)
    {
        assembly {
            same := combination
        }
    }

    /// @dev Returns keccak of the first words of a list that has as many.
    function _hash(uint256[] calldata list, uint256 length) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, list.offset, mul(length, 0x20))
            hash := keccak256(free, mul(length, 0x20))
        }
    }
}
