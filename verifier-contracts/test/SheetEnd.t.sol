// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../src/interfaces/ISheets.sol";
import {ClosedSheet} from "./support/ClosedSheet.sol";
import {Vm} from "./support/Vm.sol";

/// @title The end of sheet polls, and the trustees that kept one from its totals
contract SheetEndTest is ClosedSheet {
    function setUp() public {
        deploySheets();
        useCommittee(createReadyCommittee(3, 2));
        _chamber = newChamber(12);
        closeSheet(16, 12, true, 7);
    }

    function test_RevertWhen_ChamberIsPendingBeforeTheDeadline() public {
        bytes memory reason = abi.encodeWithSelector(ISheets.TallyIncomplete.selector, _sheet, _chamber);
        vm.warp(DEADLINE);
        vm.expectRevert(reason);
        sheets.finalise(_sheet);
        tallyTurnoutOf(3);
        tallyBlockOf(1, 3);
        vm.expectRevert(reason);
        sheets.finalise(_sheet);
    }

    function test_MissingTurnoutSharesAreNamed() public {
        post(0, 2);
        _assertBlamed(0, 0, 2);
    }

    function test_MissingSharesOfEveryOpenBlockAreNamed() public {
        tallyTurnoutOf(3);
        tallyBlockOf(1, 3);
        post(2, 4);
        _assertBlamed(2, 0, 1);
    }

    /// @notice With enough shares anyone could have tallied.
    function test_NoTrusteeIsNamedForAMissingTally() public {
        post(0, 3);
        vm.warp(DEADLINE + 1);
        vm.recordLogs();
        sheets.finalise(_sheet);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1, "the end alone");
        assertTrue(sheets.sheet(_sheet).state == ISheets.State.Undecided, "undecided");
    }

    function test_OneSettledChamberDoesNotEndTheOthers() public {
        vm.warp(START);
        uint256 second = newChamber(3);
        ISheets.SheetParameters memory p = sheetParameters(_chamber, 16, plainForm(ISheets.Kind.Statements, 16, 8));
        p.chambers = new ISheets.SheetChamber[](2);
        p.chambers[0] = ISheets.SheetChamber(uint64(second), 3, 0);
        p.chambers[1] = ISheets.SheetChamber(uint64(_chamber), 3, 0);
        (_count, _camps, _voters) = (8, false, 4);
        _sheet = openSheet(p);
        castSheets();
        vm.warp(CLOSES);
        vm.expectRevert(abi.encodeWithSelector(ISheets.TallyIncomplete.selector, _sheet, _chamber));
        sheets.finalise(_sheet);
        tallyAll(3);
        sheets.finalise(_sheet);
        assertTrue(sheets.chamber(_sheet, second).status == ISheets.ChamberStatus.TooFewSheets, "too few");
        assertTrue(sheets.chamber(_sheet, _chamber).status == ISheets.ChamberStatus.Tallied, "tallied");
        vm.expectRevert(
            abi.encodeWithSelector(ISheets.WrongState.selector, _sheet, ISheets.State.Finished, ISheets.State.Closed)
        );
        sheets.finalise(_sheet);
    }

    function test_CancelledSheetOpensNoTotal() public {
        vm.warp(START);
        ISheets.SheetParameters memory p = sheetParameters(_chamber, 16, plainForm(ISheets.Kind.Statements, 16, 8));
        (p.canceller, p.cancelDeadline) = (address(this), OPENS + 200);
        (_count, _camps, _voters) = (8, false, 4);
        _sheet = openSheet(p);
        castSheets();
        sheets.cancel(_sheet);
        vm.warp(CLOSES);
        ISheets.ShareCombination memory c = combination(0, 3);
        vm.expectRevert(
            abi.encodeWithSelector(ISheets.WrongState.selector, _sheet, ISheets.State.Cancelled, ISheets.State.Closed)
        );
        sheets.tallyTurnout(_sheet, _chamber, [uint32(4), 0], c);
    }

    /// @dev Ends the sheet poll late, and checks that these two trustees are named for this block, and no other.
    function _assertBlamed(uint256 blockIndex, uint256 first, uint256 second) private {
        address[] memory missing = new address[](2);
        (missing[0], missing[1]) = (trusteeAt(first), trusteeAt(second));
        vm.warp(DEADLINE + 1);
        vm.recordLogs();
        sheets.finalise(_sheet);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 2, "blame and end");
        assertEq(logs[0].topics[0], ISheets.BlockSharesMissing.selector, "missing");
        assertEq(uint256(logs[0].topics[3]), blockIndex, "block");
        assertEq(keccak256(logs[0].data), keccak256(abi.encode(missing)), "trustees");
        assertTrue(sheets.sheet(_sheet).state == ISheets.State.Undecided, "undecided");
    }
}
