// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../interfaces/ICommittee.sol";
import {ISheets} from "../interfaces/ISheets.sol";
import {BabyJubjub} from "../libraries/BabyJubjub.sol";
import {SheetCounters} from "../libraries/SheetCounters.sol";
import {SheetForm} from "../libraries/SheetForm.sol";
import {SheetTotals} from "../libraries/SheetTotals.sol";
import {SheetData} from "./SheetData.sol";
import {SheetShares} from "./SheetShares.sol";

/// @title Tally of sheet polls
/// @notice Collects decryption shares, tallies turnouts and blocks, and ends sheet polls. A linked library, so that
/// casting has the contract's code for itself.
library SheetTally {
    using SheetData for SheetData.Sheet;

    /// @notice Posts the calling trustee's decryption shares of closed totals, each with its proof.
    /// @param sheets all sheet polls
    /// @param committee the committees
    /// @param id the sheet poll's number
    /// @param index the caller's index in its committee
    /// @param keys the trustee's verification keys, of the turnout the first three
    /// @param otherKeysHash for turnouts the hash of its other keys
    /// @param shares one for each block
    /// @return accepted whether each share's proof holds
    function postShares(
        mapping(uint256 id => SheetData.Sheet) storage sheets,
        ICommittee committee,
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        ISheets.BlockShare[] calldata shares
    ) external returns (bool[] memory accepted) {
        accepted = new bool[](shares.length);
        for (uint256 i = 0; i < accepted.length; ++i) {
            accepted[i] = _postShare(sheets, committee, id, index, keys, otherKeysHash, shares[i]);
        }
    }

    /// @dev Accepts or refuses one share.
    function _postShare(
        mapping(uint256 id => SheetData.Sheet) storage sheets,
        ICommittee committee,
        uint256 id,
        uint256 index,
        uint256[] calldata keys,
        bytes32 otherKeysHash,
        ISheets.BlockShare calldata share
    ) private returns (bool accepted) {
        (SheetData.Sheet storage data, SheetData.Chamber storage entry) =
            SheetShares.requireTalliable(sheets, id, share.chamber, share.blockIndex);
        // The committee refuses an index that is not the caller's; no other one has a bit here.
        bool has = index < 16 && (SheetShares.posted(entry, share.blockIndex) >> index) & 1 == 1;
        if (has) revert ISheets.ShareAlreadyPosted(msg.sender, share.blockIndex);
        uint256 words = SheetShares.words(share.blockIndex);
        if (share.share.length != words) revert ISheets.InvalidLength(share.share.length, words);
        accepted = committee.verifyShare(
            data.committee,
            ICommittee.Share({
                trustee: msg.sender,
                index: index,
                ctx: entry.ctx,
                c: SheetTotals.firstPoint(entry.total, share.blockIndex),
                points: share.share,
                keys: keys,
                otherKeysHash: otherKeysHash,
                h: share.h,
                proof: share.proof
            })
        );
        if (!accepted) {
            ++entry.refusals;
            emit ISheets.BlockShareRefused(id, share.chamber, msg.sender, share.blockIndex, index);
            return false;
        }
        _record(entry, id, index, share);
    }

    /// @dev Records an accepted share.
    function _record(SheetData.Chamber storage entry, uint256 id, uint256 index, ISheets.BlockShare calldata share)
        private
    {
        uint256 place = SheetShares.placeOf(share.blockIndex, index);
        entry.shares |= 1 << place;
        entry.shareHashes[place] = keccak256(abi.encodePacked(share.share));
        emit ISheets.BlockSharePosted(
            id, share.chamber, msg.sender, share.blockIndex, index, share.share, share.h, share.proof
        );
    }

    /// @notice Records the turnout that posted shares decrypt, after checking it, and whether cells may be decrypted.
    /// @param sheets all sheet polls
    /// @param committee the committees
    /// @param id the sheet poll's number
    /// @param chamberId the chamber's id
    /// @param turnout the number of sheets of the lower and of the upper camp
    /// @param combination the share combination that decrypts their packed total
    function tallyTurnout(
        mapping(uint256 id => SheetData.Sheet) storage sheets,
        ICommittee committee,
        uint256 id,
        uint256 chamberId,
        uint32[2] calldata turnout,
        ISheets.ShareCombination calldata combination
    ) external {
        (SheetData.Sheet storage data, SheetData.Chamber storage entry) =
            SheetShares.requireTalliable(sheets, id, chamberId, 0);
        // Fewer than 2^20 sheets: neither part can carry into the other.
        if (uint256(turnout[0]) + turnout[1] != entry.ballots || (!data.camps && turnout[1] != 0)) {
            revert ISheets.WrongTurnout(turnout[0], turnout[1]);
        }
        uint64[] memory totals = new uint64[](1);
        totals[0] = SheetCounters.packTurnout(turnout);
        _checkTotals(data, entry, committee, 0, totals, combination);

        entry.talliedBlocks = 1;
        entry.turnout = turnout;
        emit ISheets.TurnoutTallied(id, chamberId, turnout, combination.trustees);
        uint32 least = entry.leastCamp;
        if (data.camps && (turnout[0] < least || turnout[1] < least)) {
            entry.status = ISheets.ChamberStatus.TooSmallCamp;
            emit ISheets.CampTooSmall(id, chamberId, turnout, least);
        } else {
            entry.status = ISheets.ChamberStatus.TurnoutTallied;
        }
    }

    /// @notice Records the totals of a block of cells that posted shares decrypt, after checking them.
    /// @param sheets all sheet polls
    /// @param committee the committees
    /// @param id the sheet poll's number
    /// @param chamberId the chamber's id
    /// @param blockIndex the block, from 1
    /// @param totals the packed totals of its used cells
    /// @param combination the share combination that decrypts them
    function tallyBlock(
        mapping(uint256 id => SheetData.Sheet) storage sheets,
        ICommittee committee,
        uint256 id,
        uint256 chamberId,
        uint256 blockIndex,
        uint64[] calldata totals,
        ISheets.ShareCombination calldata combination
    ) external {
        if (blockIndex == 0) revert ISheets.UnknownBlock(0);
        (SheetData.Sheet storage data, SheetData.Chamber storage entry) =
            SheetShares.requireTalliable(sheets, id, chamberId, blockIndex);
        uint256 used = SheetForm.cellsOf(data.count, blockIndex);
        if (totals.length != used) revert ISheets.InvalidLength(totals.length, used);
        uint256 first = SheetForm.BLOCK_CELLS * (blockIndex - 1);
        uint32[2] memory turnout = entry.turnout;
        for (uint256 i = 0; i < used; ++i) {
            if (!SheetCounters.fits(totals[i], data.camps, turnout)) revert ISheets.WrongTotals(first + i);
        }
        _checkTotals(data, entry, committee, blockIndex, totals, combination);

        for (uint256 i = 0; i < used; ++i) {
            entry.totals[first + i] = totals[i];
        }
        // At most five blocks.
        // forge-lint: disable-next-line(unsafe-typecast)
        uint8 tallied = entry.talliedBlocks | uint8(1 << blockIndex);
        entry.talliedBlocks = tallied;
        if (tallied == (2 << data.usedBlocks()) - 1) entry.status = ISheets.ChamberStatus.Tallied;
        emit ISheets.BlockTallied(id, chamberId, blockIndex, totals, combination.trustees);
    }

    /// @dev Reverts unless these are the totals of a block.
    function _checkTotals(
        SheetData.Sheet storage data,
        SheetData.Chamber storage entry,
        ICommittee committee,
        uint256 blockIndex,
        uint64[] memory totals,
        ISheets.ShareCombination calldata combination
    ) private view {
        uint256[] memory total = SheetTotals.coordinates(entry.total, blockIndex);
        // If C is the identity, so is every sk_j C, and no share is needed: D_j = V_j G.
        if (total[0] == 0 && total[1] == 1) {
            if (combination.trustees != 0 || combination.shares.length != 0) revert ISheets.InvalidShareCombination();
            _checkTotalsWithoutShares(total, totals, blockIndex);
            return;
        }
        SheetShares.checkPosted(entry, blockIndex, combination);
        uint256[] memory points = new uint256[](SheetShares.words(blockIndex));
        // Of the turnout there is one: the committee reads no more of them than there are totals.
        for (uint256 i = 2; i < total.length; ++i) {
            points[i - 2] = total[i];
        }
        committee.verifyTotals(data.committee, points, totals, SheetShares.toCommitteeStruct(combination));
    }

    /// @dev Checks totals whose ciphertexts have C = identity.
    function _checkTotalsWithoutShares(uint256[] memory total, uint64[] memory totals, uint256 blockIndex)
        private
        pure
    {
        for (uint256 j = 0; j < totals.length; ++j) {
            BabyJubjub.Projective memory opened = BabyJubjub.multiply(totals[j], BabyJubjub.BASE_X, BabyJubjub.BASE_Y);
            if (BabyJubjub.equals(opened, total[2 + 2 * j], total[3 + 2 * j])) continue;
            if (blockIndex == 0) revert ISheets.WrongTurnout(totals[0] & ((1 << 20) - 1), totals[0] >> 20);
            revert ISheets.WrongTotals(SheetForm.BLOCK_CELLS * (blockIndex - 1) + j);
        }
    }

    /// @notice Ends a sheet poll in which no chamber is pending, or whose tally deadline has passed.
    /// @param sheets all sheet polls
    /// @param committee the committees
    /// @param id the sheet poll's number
    function finalise(mapping(uint256 id => SheetData.Sheet) storage sheets, ICommittee committee, uint256 id)
        external
    {
        SheetData.Sheet storage data = SheetData.requireState(sheets, id, ISheets.State.Closed);
        bool late = block.timestamp > data.tallyDeadline;
        bool undecided = false;
        for (uint256 i = 0; i < data.chamberIds.length; ++i) {
            uint256 chamberId = data.chamberIds[i];
            SheetData.Chamber storage entry = data.chambers[chamberId];
            if (!SheetData.isPending(entry)) continue;
            if (!late) revert ISheets.TallyIncomplete(id, chamberId);
            undecided = true;
            _emitBlame(data, entry, committee, id, chamberId);
        }
        data.stage = undecided ? SheetData.Stage.Undecided : SheetData.Stage.Finished;
        emit ISheets.SheetEnded(id, data.state());
    }

    /// @dev Emits the trustees whose shares are missing, for every block that could have been decrypted. Where there
    /// are enough shares, or none is needed, no trustee is to blame: anyone could have tallied.
    function _emitBlame(
        SheetData.Sheet storage data,
        SheetData.Chamber storage entry,
        ICommittee committee,
        uint256 id,
        uint256 chamberId
    ) private {
        bool counted = entry.status == ISheets.ChamberStatus.TurnoutTallied;
        uint256 last = counted ? data.usedBlocks() : 0;
        for (uint256 k = counted ? 1 : 0; k <= last; ++k) {
            if ((entry.talliedBlocks >> k) & 1 == 1) continue;
            uint256[2] memory c = SheetTotals.firstPoint(entry.total, k);
            if (c[0] == 0 && c[1] == 1) continue;
            address[] memory missing = committee.missingTrustees(data.committee, SheetShares.posted(entry, k));
            if (missing.length != 0) emit ISheets.BlockSharesMissing(id, chamberId, k, missing);
        }
    }
}
