// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {Sheets} from "../src/Sheets.sol";
import {SheetElection} from "./support/SheetElection.sol";
import {Vm} from "./support/Vm.sol";

/// @title Casting of sheets
contract SheetCastingTest is SheetElection {
    uint256 private constant SIZE = 16;

    uint256 private _chamber;
    uint256 private _sheet;
    uint256 private _ctx;

    function setUp() public {
        deploySheets();
        _chamber = newChamber(9);
        _sheet = openSheet(sheetParameters(_chamber, SIZE, campForm(SIZE, 12)));
        _ctx = sheetCtx(_sheet, _chamber);
    }

    function test_BatchIsCountedAddedUpAndEmitted() public {
        Filled[] memory all = new Filled[](3);
        bytes memory records;
        for (uint256 i = 0; i < 3; ++i) {
            all[i] = _filled(i, 0);
            records = bytes.concat(records, sheetRecord(all[i], _ctx));
        }
        vm.recordLogs();
        sheets.castBatch(_sheet, _chamber, records, "");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 4, "three sheets, and that a contract cast them");
        for (uint256 i = 0; i < 3; ++i) {
            _assertCast(logs[i], all[i]);
            assertEq(_slot(all[i].nullifier), fingerprintOf(encryptSheet(all[i]), 0) | bytes32(i), "slot");
        }
        assertEq(logs[3].topics[0], ISheets.BallotsForwarded.selector, "forwarded");
        assertEq(keccak256(logs[3].data), keccak256(abi.encode(records, "")), "with the proofs");
        assertEq(sheets.ballots(_sheet, _chamber), 3, "ballots");
        _assertTotal(all);
    }

    function test_OfEachSizeByItsVerifier() public {
        IGroth16Verifier none = IGroth16Verifier(address(0xdead));
        for (uint256 size = 16; size <= 40; size += 24) {
            sheets = size == 16 ? newSheets(verifier, none, sheetBounds()) : newSheets(none, verifier, sheetBounds());
            vm.warp(START);
            uint256 id = openSheet(sheetParameters(_chamber, size, campForm(size, 9)));
            Filled memory filled = fill(1, 0, size, true, false, new uint256[](0));
            sheets.cast(id, _chamber, sheetRecord(filled, sheetCtx(id, _chamber)));
            assertEq(sheets.ballots(id, _chamber), 1, "cast");
            size == 16
                ? sheets = newSheets(none, verifier, sheetBounds())
                : sheets = newSheets(verifier, none, sheetBounds());
            vm.warp(START);
            id = openSheet(sheetParameters(_chamber, size, campForm(size, 9)));
            bytes memory record = sheetRecord(filled, sheetCtx(id, _chamber));
            vm.expectRevert(IGroth16Verifier.VerifierMissing.selector);
            sheets.cast(id, _chamber, record);
        }
    }

    /// @notice With many chambers opening initialises no total.
    function test_TotalOfManyChambersBeginsWithTheFirstBatch() public {
        vm.warp(START);
        ISheets.SheetParameters memory p = sheetParameters(_chamber, SIZE, campForm(SIZE, 12));
        p.agenda = keccak256("many chambers");
        p.chambers = new ISheets.SheetChamber[](15);
        for (uint256 i = 0; i < 15; ++i) {
            p.chambers[i] = ISheets.SheetChamber(uint64(newChamber(1)), 3, LEAST_CAMP);
        }
        _sheet = openSheet(p);
        _chamber = p.chambers[14].chamber;
        _ctx = sheetCtx(_sheet, _chamber);
        assertEq(sheets.encryptedTotal(_sheet, _chamber, 1).length, 0, "not initialised");
        Filled[] memory all = new Filled[](2);
        (all[0], all[1]) = (_filled(1, 0), _filled(2, 0));
        sheets.castBatch(_sheet, _chamber, sheetRecord(all[0], _ctx), "");
        sheets.castBatch(_sheet, _chamber, sheetRecord(all[1], _ctx), "");
        _assertTotal(all);
    }

    function test_ReplacementKeepsItsOrdinalAndMovesTheTotal() public {
        Filled memory first = _filled(1, 0);
        sheets.cast(_sheet, _chamber, sheetRecord(_filled(0, 0), _ctx));
        sheets.cast(_sheet, _chamber, sheetRecord(first, _ctx));
        Filled memory second = _filled(1, 1);
        bytes memory replacement = sheetReplacement(second, first, _ctx);
        vm.recordLogs();
        sheets.replace(_sheet, _chamber, replacement);
        _assertCast(vm.getRecordedLogs()[0], second);
        assertEq(_slot(first.nullifier), fingerprintOf(encryptSheet(second), second.previous) | bytes32(uint256(1)), "");
        assertEq(sheets.ballots(_sheet, _chamber), 2, "ballots");
        Filled[] memory all = new Filled[](2);
        (all[0], all[1]) = (_filled(0, 0), second);
        _assertTotal(all);
    }

    function test_SheetIsCastAndReplacedInOneBatch() public {
        Filled memory first = _filled(1, 0);
        Filled memory second = _filled(1, 1);
        bytes memory replacement = sheetReplacement(second, first, _ctx);
        sheets.castBatch(_sheet, _chamber, sheetRecord(first, _ctx), replacement);
        Filled[] memory all = new Filled[](1);
        all[0] = second;
        _assertTotal(all);
    }

    function test_BatchSkipsWhatCannotApply() public {
        Filled memory first = _filled(1, 0);
        bytes memory record = sheetRecord(first, _ctx);
        sheets.cast(_sheet, _chamber, record);
        vm.expectEmit(address(sheets));
        emit ISheets.BallotSkipped(_sheet, _chamber, first.nullifier);
        sheets.castBatch(_sheet, _chamber, bytes.concat(record, sheetRecord(_filled(2, 0), _ctx)), "");
        assertEq(sheets.ballots(_sheet, _chamber), 2, "one of two");
        bytes memory replacement = sheetReplacement(_filled(1, 2), _filled(1, 1), _ctx);
        vm.expectRevert(ISheets.NothingCast.selector);
        sheets.castBatch(_sheet, _chamber, record, replacement);
    }

    function test_RevertWhen_SingleSheetCannotApply() public {
        Filled memory first = _filled(1, 0);
        bytes memory record = sheetRecord(first, _ctx);
        sheets.cast(_sheet, _chamber, record);
        vm.expectRevert(abi.encodeWithSelector(ISheets.AlreadyCast.selector, first.nullifier));
        sheets.cast(_sheet, _chamber, record);
        bytes memory wrong = sheetReplacement(_filled(1, 2), _filled(1, 1), _ctx);
        vm.expectRevert(abi.encodeWithSelector(ISheets.WrongPrevious.selector, first.nullifier));
        sheets.replace(_sheet, _chamber, wrong);
    }

    /// @notice Every block's points are bound: a changed word of any makes the proof invalid.
    function test_RevertWhen_AnyWordIsChanged() public {
        bytes memory record = sheetRecord(_filled(1, 0), _ctx);
        // A word of the proof, h, nullifier, note, C_0, D_0, C_1, D_1,1, C_2 and D_2,8.
        uint256[10] memory words = [uint256(3), 8, 9, 10, 11, 13, 15, 17, 33, 50];
        for (uint256 i = 0; i < words.length; ++i) {
            bytes memory changed = bytes.concat(record);
            changed[32 * words[i] + 31] ^= 0x01;
            vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
            sheets.cast(_sheet, _chamber, changed);
        }
    }

    function test_RevertWhen_ElementIsOutOfField() public {
        bytes memory record = sheetRecord(_filled(1, 0), _ctx);
        for (uint256 index = 8; index < 51; index += 7) {
            bytes memory changed = bytes.concat(record);
            for (uint256 i = 0; i < 32; ++i) {
                changed[32 * index + i] = 0xff;
            }
            vm.expectRevert(abi.encodeWithSelector(ISheets.ElementOutOfField.selector, index));
            sheets.cast(_sheet, _chamber, changed);
        }
    }

    function test_RevertWhen_LengthIsWrong() public {
        bytes memory record = sheetRecord(_filled(1, 0), _ctx);
        assertEq(record.length, 51 * 32, "the record of 16 cells");
        bytes memory longer = bytes.concat(record, bytes1(0));
        vm.expectRevert(abi.encodeWithSelector(ISheets.InvalidLength.selector, longer.length, 51 * 32));
        sheets.castBatch(_sheet, _chamber, longer, "");
        bytes memory two = bytes.concat(record, record);
        vm.expectRevert(abi.encodeWithSelector(ISheets.InvalidLength.selector, two.length, 51 * 32));
        sheets.cast(_sheet, _chamber, two);
        vm.expectRevert(abi.encodeWithSelector(ISheets.InvalidLength.selector, record.length, 93 * 32));
        sheets.replace(_sheet, _chamber, record);
        vm.expectRevert(ISheets.NothingCast.selector);
        sheets.cast(_sheet, _chamber, "");
    }

    function test_RevertWhen_SheetOfAnotherContext() public {
        vm.warp(START);
        ISheets.SheetParameters memory p = sheetParameters(_chamber, SIZE, campForm(SIZE, 12));
        p.agenda = keccak256("another agenda");
        uint256 other = openSheet(p);
        assertTrue(sheetCtx(other, _chamber) != _ctx, "another context");
        bytes memory record = sheetRecord(_filled(1, 0), _ctx);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        sheets.cast(other, _chamber, record);
    }

    function test_RevertWhen_NotOpen() public {
        bytes memory record = sheetRecord(_filled(1, 0), _ctx);
        vm.expectRevert(abi.encodeWithSelector(ISheets.UnknownSheet.selector, 9));
        sheets.cast(9, _chamber, record);
        vm.expectRevert(abi.encodeWithSelector(ISheets.UnknownChamber.selector, _sheet, 9));
        sheets.cast(_sheet, 9, record);
        vm.warp(CLOSES);
        vm.expectRevert(
            abi.encodeWithSelector(ISheets.WrongState.selector, _sheet, ISheets.State.Closed, ISheets.State.Open)
        );
        sheets.cast(_sheet, _chamber, record);
    }

    function _filled(uint256 voter, uint256 version) private pure returns (Filled memory) {
        uint256[] memory answers = new uint256[](12);
        for (uint256 j = 0; j < 12; ++j) {
            answers[j] = (voter + version + j) % 3;
        }
        return fill(voter, version, SIZE, true, voter % 2 == 1, answers);
    }

    function _slot(uint256 nullifier) private view returns (bytes32) {
        uint256[] memory nullifiers = new uint256[](1);
        nullifiers[0] = nullifier;
        return bytes32(sheets.ballotSlots(_sheet, _chamber, nullifiers)[0]);
    }

    function _assertCast(Vm.Log memory entry, Filled memory filled) private view {
        assertEq(entry.topics[0], ISheets.BallotCast.selector, "cast");
        assertEq(uint256(entry.topics[1]), _sheet, "sheet poll");
        assertEq(uint256(entry.topics[2]), _chamber, "chamber");
        assertEq(uint256(entry.topics[3]), filled.nullifier, "nullifier");
        bytes memory record = sheetRecord(filled, _ctx);
        bytes memory unproven = new bytes(record.length - 256);
        for (uint256 i = 0; i < unproven.length; ++i) {
            unproven[i] = record[256 + i];
        }
        assertEq(keccak256(entry.data), keccak256(abi.encode(filled.previous, unproven)), "data");
    }

    /// @dev Checks every block's total against an encryption of the sums.
    function _assertTotal(Filled[] memory all) private view {
        Filled memory sum = all[0];
        for (uint256 i = 1; i < all.length; ++i) {
            sum.turnout += all[i].turnout;
            for (uint256 k = 0; k < 3; ++k) {
                sum.randomness[k] += all[i].randomness[k];
            }
            for (uint256 j = 0; j < SIZE; ++j) {
                sum.values[j] += all[i].values[j];
            }
        }
        uint256[] memory expected = encryptSheet(sum);
        uint256 at_ = 1;
        for (uint256 k = 0; k < 3; ++k) {
            uint256[] memory total = sheets.encryptedTotal(_sheet, _chamber, k);
            for (uint256 i = 0; i < total.length; ++i) {
                assertEq(total[i], expected[at_++], "total");
            }
        }
    }
}
