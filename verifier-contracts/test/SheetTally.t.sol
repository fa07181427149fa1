// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {ClosedSheet} from "./support/ClosedSheet.sol";

/// @title Shares and tallies of sheet polls, in their order
contract SheetTallyTest is ClosedSheet {
    function setUp() public {
        deploySheets();
        useCommittee(createReadyCommittee(3, 2));
        _chamber = newChamber(12);
    }

    function test_WholeSheetWithCampsIsTallied() public {
        closeSheet(16, 12, true, 7);
        tallyTurnoutOf(5);
        ISheets.ChamberView memory c = sheets.chamber(_sheet, _chamber);
        assertTrue(c.status == ISheets.ChamberStatus.TurnoutTallied, "turnout");
        assertEq(c.turnout[0], 5, "lower");
        assertEq(c.turnout[1], 2, "upper");
        tallyBlockOf(1, 5);
        vm.expectRevert(abi.encodeWithSelector(ISheets.NotTallied.selector, _sheet, _chamber));
        sheets.counters(_sheet, _chamber);
        post(2, 3);
        vm.expectEmit(address(sheets));
        emit ISheets.BlockTallied(_sheet, _chamber, 2, blockTotals(2), 3);
        sheets.tallyBlock(_sheet, _chamber, 2, blockTotals(2), combination(2, 3));
        c = sheets.chamber(_sheet, _chamber);
        assertTrue(c.status == ISheets.ChamberStatus.Tallied, "tallied");
        assertEq(c.talliedBlocks, 7, "all blocks");
        assertEq(c.shares, 5 | 5 << 16 | 3 << 32, "shares by block");
        _assertCounters();
        vm.expectEmit(address(sheets));
        emit ISheets.SheetEnded(_sheet, ISheets.State.Finished);
        sheets.finalise(_sheet);
        assertTrue(sheets.sheet(_sheet).state == ISheets.State.Finished, "finished");
    }

    function test_WholeSheetWithoutCampsIsTallied() public {
        closeSheet(40, 40, false, 4);
        tallyAll(6);
        ISheets.ChamberView memory c = sheets.chamber(_sheet, _chamber);
        assertEq(c.turnout[0], 4, "all");
        assertEq(c.turnout[1], 0, "none");
        assertEq(c.talliedBlocks, 63, "all blocks");
        _assertCounters();
        sheets.finalise(_sheet);
    }

    /// @notice Blocks in which no cell is used are never decrypted, nor needed.
    function test_UnusedBlocksAreNotTallied() public {
        closeSheet(40, 9, false, 3);
        tallyAll(3);
        assertTrue(sheets.chamber(_sheet, _chamber).status == ISheets.ChamberStatus.Tallied, "tallied");
        assertEq(sheets.counters(_sheet, _chamber).length, 9, "used cells");
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 3, 0, _sums[3]);
        _expectPost(abi.encodeWithSelector(ISheets.UnknownBlock.selector, 3), 0, shares);
    }

    function test_RevertWhen_BlockComesBeforeTheTurnout() public {
        closeSheet(16, 12, true, 7);
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 1, 0, _sums[1]);
        bytes memory reason = abi.encodeWithSelector(ISheets.TurnoutNotTallied.selector, _sheet, _chamber);
        _expectPost(reason, 0, shares);
        _expectBlock(reason, 1, blockTotals(1), combination(1, 3));
        // Shares of the turnout alone do not open the blocks.
        post(0, 3);
        _expectPost(reason, 0, shares);
    }

    /// @notice A small camp closes the whole sheet: not even the totals over both camps are opened.
    function test_SmallCampEndsTheChamberWithoutTotals() public {
        closeSheet(16, 12, true, 5);
        post(0, 3);
        vm.expectEmit(address(sheets));
        emit ISheets.CampTooSmall(_sheet, _chamber, [uint32(4), 1], LEAST_CAMP);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), combination(0, 3));
        assertTrue(sheets.chamber(_sheet, _chamber).status == ISheets.ChamberStatus.TooSmallCamp, "too small");
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 1, 0, _sums[1]);
        bytes memory reason = abi.encodeWithSelector(ISheets.CampIsTooSmall.selector, _sheet, _chamber);
        _expectPost(reason, 0, shares);
        _expectBlock(reason, 1, blockTotals(1), combination(1, 3));
        sheets.finalise(_sheet);
        assertTrue(sheets.sheet(_sheet).state == ISheets.State.Finished, "nothing is pending");
        assertTrue(!sheets.chamberSummary(_sheet, _chamber).tallied, "not tallied");
    }

    function test_RevertWhen_TooFewSheets() public {
        closeSheet(16, 12, false, 2);
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 0, 0, _sums[0]);
        _expectPost(abi.encodeWithSelector(ISheets.TooFewBallots.selector, 2, 3), 0, shares);
        assertTrue(sheets.chamber(_sheet, _chamber).status == ISheets.ChamberStatus.TooFewSheets, "too few");
        sheets.finalise(_sheet);
    }

    function test_RevertWhen_TurnoutIsWrong() public {
        closeSheet(16, 12, true, 7);
        post(0, 3);
        ISheets.ShareCombination memory c = combination(0, 3);
        // Not the number of sheets; another split; and packed so that a part carries into the other.
        _expectTurnout(abi.encodeWithSelector(ISheets.WrongTurnout.selector, 5, 1), [uint32(5), 1], c);
        _expectTurnout(abi.encodeWithSelector(ICommittee.WrongTotals.selector, 0), [uint32(4), 3], c);
        _expectTurnout(
            abi.encodeWithSelector(ISheets.WrongTurnout.selector, 5 + (2 << 20), 0), [uint32(5 + (2 << 20)), 0], c
        );
        closeSheetAgainWithoutCamps();
        post(0, 3);
        c = combination(0, 3);
        _expectTurnout(abi.encodeWithSelector(ISheets.WrongTurnout.selector, 6, 1), [uint32(6), 1], c);
        sheets.tallyTurnout(_sheet, _chamber, [uint32(7), 0], c);
    }

    function closeSheetAgainWithoutCamps() private {
        vm.warp(START);
        closeSheet(16, 12, false, 7);
    }

    function test_RevertWhen_TotalsAreWrong() public {
        closeSheet(16, 12, true, 7);
        tallyTurnoutOf(3);
        post(2, 3);
        ISheets.ShareCombination memory c = combination(2, 3);
        uint64[] memory totals = blockTotals(2);
        assertEq(totals.length, 4, "the used cells of the last block");
        _expectBlock(abi.encodeWithSelector(ISheets.InvalidLength.selector, 8, 4), 2, new uint64[](8), c);
        totals[1] ^= 1;
        _expectBlock(abi.encodeWithSelector(ICommittee.WrongTotals.selector, 1), 2, totals, c);
        // More answers of the lower camp than it has sheets, of the upper one, and above all counters.
        uint64[3] memory tooMuch = [uint64(3 | 3 << 13), 3 << 39, 1 << 52];
        for (uint256 i = 0; i < 3; ++i) {
            totals = blockTotals(2);
            totals[3] = tooMuch[i];
            _expectBlock(abi.encodeWithSelector(ISheets.WrongTotals.selector, 11), 2, totals, c);
        }
        sheets.tallyBlock(_sheet, _chamber, 2, blockTotals(2), c);
    }

    function test_RevertWhen_SharesAreThoseOfAnotherBlock() public {
        closeSheet(16, 16, true, 7);
        tallyTurnoutOf(3);
        post(1, 3);
        _expectBlock(abi.encodeWithSelector(ISheets.WrongShare.selector, 0), 2, blockTotals(2), combination(1, 3));
        post(2, 1);
        _expectBlock(abi.encodeWithSelector(ISheets.WrongShare.selector, 1), 2, blockTotals(2), combination(2, 3));
        ISheets.ShareCombination memory short = combination(2, 3);
        short.shares = new uint256[](8);
        _expectBlock(abi.encodeWithSelector(ISheets.InvalidShareCombination.selector), 2, blockTotals(2), short);
        short.trustees = 1 << 16;
        _expectBlock(abi.encodeWithSelector(ISheets.InvalidShareCombination.selector), 2, blockTotals(2), short);
    }

    function test_RevertWhen_ShareIsPostedTwice() public {
        closeSheet(16, 12, true, 7);
        post(0, 1);
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 0, 0, _sums[0]);
        _expectPost(abi.encodeWithSelector(ISheets.ShareAlreadyPosted.selector, trusteeAt(0), 0), 0, shares);
        sheets.chamber(_sheet, _chamber);
        post(0, 2);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), combination(0, 3));
        shares[0] = blockShare(_sheet, _chamber, 0, 2, _sums[0]);
        _expectPost(abi.encodeWithSelector(ISheets.AlreadyTallied.selector, _sheet, _chamber, 0), 2, shares);
    }

    function test_RefusedShareIsCountedAndAValidOneStillAccepted() public {
        closeSheet(16, 12, true, 7);
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 0, 0, _sums[0] + 1);
        vm.expectEmit(address(sheets));
        emit ISheets.BlockShareRefused(_sheet, _chamber, trusteeAt(0), 0, 0);
        assertTrue(!postBlocks(_sheet, 0, shares)[0], "refused");
        assertEq(sheets.chamber(_sheet, _chamber).refusals, 1, "counted");
        assertEq(sheets.chamber(_sheet, _chamber).shares, 0, "not posted");
        tallyTurnoutOf(3);
    }

    function test_RevertWhen_ShareIsOfAnotherTrusteeOrLength() public {
        closeSheet(16, 12, true, 7);
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, 0, 0, _sums[0]);
        (uint256[] memory keys, bytes32 rest) = keysOf(committeeId, 0, 3);
        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, committeeId, trusteeAt(1)));
        sheets.postShares(_sheet, 0, keys, rest, shares);
        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, committeeId, trusteeAt(1)));
        sheets.postShares(_sheet, 16, keys, rest, shares);
        shares[0].share = new uint256[](16);
        _expectPost(abi.encodeWithSelector(ISheets.InvalidLength.selector, 16, 6), 0, shares);
    }

    /// @notice All blocks of a chamber in one transaction of each trustee.
    function test_AllBlocksInOneCall() public {
        closeSheet(40, 40, true, 7);
        tallyTurnoutOf(3);
        for (uint256 index = 0; index < 2; ++index) {
            ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](5);
            for (uint256 k = 1; k <= 5; ++k) {
                shares[k - 1] = blockShare(_sheet, _chamber, k, index, _sums[k]);
            }
            bool[] memory accepted = postBlocks(_sheet, index, shares);
            for (uint256 i = 0; i < 5; ++i) {
                assertTrue(accepted[i], "accepted");
            }
        }
        for (uint256 k = 5; k >= 1; --k) {
            sheets.tallyBlock(_sheet, _chamber, k, blockTotals(k), combination(k, 3));
        }
        _assertCounters();
    }

    /// @notice With randomness 0 every C is the identity, and no share is needed.
    function test_IdentityIsTalliedWithoutShares() public {
        (_size, _count, _camps, _voters) = (16, 12, false, 3);
        _sheet = openSheet(sheetParameters(_chamber, 16, plainForm(ISheets.Kind.Statements, 16, 12)));
        for (uint256 voter = 0; voter < 3; ++voter) {
            Filled memory filled = filledBy(voter);
            filled.randomness = new uint256[](3);
            sheets.cast(_sheet, _chamber, sheetRecord(filled, sheetCtx(_sheet, _chamber)));
        }
        vm.warp(CLOSES);
        ISheets.ShareCombination memory none;
        ISheets.ShareCombination memory some;
        some.trustees = 1;
        _expectTurnout(abi.encodeWithSelector(ISheets.InvalidShareCombination.selector), turnout(), some);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), none);
        uint64[] memory totals = blockTotals(2);
        totals[2] ^= 1;
        _expectBlock(abi.encodeWithSelector(ISheets.WrongTotals.selector, 10), 2, totals, none);
        sheets.tallyBlock(_sheet, _chamber, 2, blockTotals(2), none);
        sheets.tallyBlock(_sheet, _chamber, 1, blockTotals(1), none);
        _assertCounters();
    }

    function test_RevertWhen_OutOfTime() public {
        closeSheet(16, 12, true, 7);
        post(0, 3);
        vm.warp(CLOSES - 1);
        bytes memory open =
            abi.encodeWithSelector(ISheets.WrongState.selector, _sheet, ISheets.State.Open, ISheets.State.Closed);
        _expectTurnout(open, turnout(), combination(0, 3));
        vm.expectRevert(open);
        sheets.finalise(_sheet);
        vm.warp(DEADLINE + 1);
        _expectTurnout(abi.encodeWithSelector(ISheets.TallyTooLate.selector, DEADLINE), turnout(), combination(0, 3));
        vm.warp(DEADLINE);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), combination(0, 3));
        _expectTurnout(
            abi.encodeWithSelector(ISheets.AlreadyTallied.selector, _sheet, _chamber, 0), turnout(), combination(0, 3)
        );
        _expectBlock(abi.encodeWithSelector(ISheets.UnknownBlock.selector, 0), 0, new uint64[](1), combination(0, 3));
    }

    function _assertCounters() private view {
        ISheets.Counters[] memory counters = sheets.counters(_sheet, _chamber);
        assertEq(counters.length, _count, "used cells");
        for (uint256 j = 0; j < _count; ++j) {
            uint256[4] memory expected;
            for (uint256 voter = 0; voter < _voters; ++voter) {
                uint256 given = answer(voter, j);
                if (given != 0) ++expected[(isUpper(voter) ? 2 : 0) + given - 1];
            }
            assertEq(counters[j].agree, expected[0], "agree");
            assertEq(counters[j].disagree, expected[1], "disagree");
            assertEq(counters[j].upperAgree, expected[2], "upper agree");
            assertEq(counters[j].upperDisagree, expected[3], "upper disagree");
        }
    }

    function _expectPost(bytes memory reason, uint256 index, ISheets.BlockShare[] memory shares) private {
        (uint256[] memory keys, bytes32 rest) = keysOf(committeeId, index, shares[0].blockIndex == 0 ? 3 : 8);
        vm.prank(trusteeAt(index));
        vm.expectRevert(reason);
        sheets.postShares(_sheet, index, keys, rest, shares);
    }

    function _expectTurnout(bytes memory reason, uint32[2] memory counts, ISheets.ShareCombination memory c) private {
        vm.expectRevert(reason);
        sheets.tallyTurnout(_sheet, _chamber, counts, c);
    }

    function _expectBlock(
        bytes memory reason,
        uint256 blockIndex,
        uint64[] memory totals,
        ISheets.ShareCombination memory c
    ) private {
        vm.expectRevert(reason);
        sheets.tallyBlock(_sheet, _chamber, blockIndex, totals, c);
    }
}
