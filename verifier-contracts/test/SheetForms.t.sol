// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../src/interfaces/ISheets.sol";
import {SheetHarness} from "./fixtures/SheetHarness.sol";
import {SheetElection} from "./support/SheetElection.sol";

/// @title Forms: each is written in one way, and every other way is refused by name
contract SheetFormsTest is SheetElection {
    SheetHarness private _harness;

    function setUp() public {
        _harness = new SheetHarness();
    }

    function test_AcceptsEveryCountOfStatements() public view {
        for (uint256 count = 1; count <= 40; ++count) {
            _harness.formHash(plainForm(ISheets.Kind.Statements, 40, count), 40);
            if (count <= 16) _harness.formHash(campForm(16, count), 16);
        }
    }

    function test_EveryFieldChangesTheHash() public view {
        ISheets.Form memory form = campForm(40, 30);
        uint256[7] memory hashes;
        hashes[0] = _harness.formHash(form, 40);
        form.count = 29;
        (form.axis[58], form.axis[59]) = (0x80, 0x80);
        hashes[1] = _harness.formHash(form, 40);
        form.threshold = 8193;
        hashes[2] = _harness.formHash(form, 40);
        form.pilot = 1;
        hashes[3] = _harness.formHash(form, 40);
        // The bytes at the ends of the axis words.
        form.axis[0] = 0xff;
        hashes[4] = _harness.formHash(form, 40);
        form.axis[30] = 0xff;
        hashes[5] = _harness.formHash(form, 40);
        form.axis[31] = 0xff;
        hashes[6] = _harness.formHash(form, 40);
        for (uint256 i = 0; i < hashes.length; ++i) {
            for (uint256 k = 0; k < i; ++k) {
                assertTrue(hashes[i] != hashes[k], "different");
            }
        }
    }

    function test_KindsWithTheSameCellsHaveDifferentHashes() public view {
        ISheets.Form memory groups = plainForm(ISheets.Kind.Groups, 16, 3);
        groups.lasts = 4;
        uint256 atMost = _harness.formHash(groups, 16);
        groups.exact = true;
        uint256 exactly = _harness.formHash(groups, 16);
        uint256 statements = _harness.formHash(plainForm(ISheets.Kind.Statements, 16, 3), 16);
        uint256 ranking = _harness.formHash(plainForm(ISheets.Kind.Ranking, 16, 3), 16);
        assertTrue(atMost != exactly && statements != ranking && statements != atMost, "different");
    }

    function test_RevertWhen_SizeHasNoCircuit() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Statements, 16, 3);
        _expect(abi.encodeWithSelector(ISheets.InvalidSize.selector, 8), form, 8);
        _expect(abi.encodeWithSelector(ISheets.InvalidSize.selector, 17), form, 17);
    }

    function test_RevertWhen_CountOutOfRange() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Statements, 16, 0);
        _expect(abi.encodeWithSelector(ISheets.InvalidCount.selector, 0, 16), form, 16);
        form.count = 17;
        _expect(abi.encodeWithSelector(ISheets.InvalidCount.selector, 17, 16), form, 16);
        form = plainForm(ISheets.Kind.Statements, 40, 41);
        _expect(abi.encodeWithSelector(ISheets.InvalidCount.selector, 41, 40), form, 40);
    }

    function test_RevertWhen_RankingCountIsNoNumberOfPairs() public {
        for (uint256 count = 1; count <= 40; ++count) {
            bool pairs = count == 1 || count == 3 || count == 6 || count == 10 || count == 15 || count == 21
                || count == 28 || count == 36;
            ISheets.Form memory form = plainForm(ISheets.Kind.Ranking, 40, count);
            if (pairs) _harness.formHash(form, 40);
            else _expect(abi.encodeWithSelector(ISheets.InvalidRankingCount.selector, count), form, 40);
        }
    }

    function test_RevertWhen_LastsAreNotThoseOfGroups() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Groups, 16, 5);
        uint40[4] memory wrong = [uint40(0), 8, 16 | 32, 1 << 39 | 16];
        for (uint256 i = 0; i < wrong.length; ++i) {
            form.lasts = wrong[i];
            _expect(abi.encodeWithSelector(ISheets.InvalidLasts.selector, wrong[i]), form, 16);
        }
        form.lasts = 31;
        _harness.formHash(form, 16);
        form = plainForm(ISheets.Kind.Statements, 16, 5);
        form.lasts = 16;
        _expect(abi.encodeWithSelector(ISheets.InvalidLasts.selector, 16), form, 16);
    }

    function test_RevertWhen_ExactWithoutGroups() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Approval, 16, 5);
        form.exact = true;
        _expect(abi.encodeWithSelector(ISheets.ExactWithoutGroups.selector, ISheets.Kind.Approval), form, 16);
    }

    function test_RevertWhen_CampsWithoutStatements() public {
        ISheets.Form memory form = campForm(16, 3);
        form.kind = ISheets.Kind.Ranking;
        _expect(abi.encodeWithSelector(ISheets.CampsWithoutStatements.selector, ISheets.Kind.Ranking), form, 16);
    }

    function test_RevertWhen_PilotDoesNotFit() public {
        ISheets.Form memory form = campForm(16, 3);
        form.pilot = 0;
        _expect(abi.encodeWithSelector(ISheets.CampsWithoutPilot.selector), form, 16);
        form.pilot = 1 << 248;
        _expect(abi.encodeWithSelector(ISheets.InvalidPilot.selector, 1 << 248), form, 16);
        form = plainForm(ISheets.Kind.Statements, 16, 3);
        form.pilot = 1;
        _expect(abi.encodeWithSelector(ISheets.InvalidPilot.selector, 1), form, 16);
    }

    function test_RevertWhen_ThresholdOutOfRange() public {
        ISheets.Form memory form = campForm(16, 3);
        form.threshold = 1 << 14;
        _expect(abi.encodeWithSelector(ISheets.InvalidCampThreshold.selector, 1 << 14), form, 16);
        form.threshold = (1 << 14) - 1;
        _harness.formHash(form, 16);
        form = plainForm(ISheets.Kind.Statements, 16, 3);
        form.threshold = 0;
        _expect(abi.encodeWithSelector(ISheets.InvalidCampThreshold.selector, 0), form, 16);
        form = _approval(16, 3);
        form.threshold = 1 << 22;
        _expect(abi.encodeWithSelector(ISheets.InvalidCampThreshold.selector, 1 << 22), form, 16);
        form.threshold = (1 << 22) - 1;
        _harness.formHash(form, 16);
    }

    function test_RevertWhen_AxisByteIsFixedToAnotherValue() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Statements, 16, 3);
        form.axis[0] = 0x81;
        _expect(abi.encodeWithSelector(ISheets.InvalidAxisByte.selector, 0), form, 16);
        form = campForm(16, 3);
        form.axis[6] = 0x7f;
        _expect(abi.encodeWithSelector(ISheets.InvalidAxisByte.selector, 6), form, 16);
        form = _approval(16, 3);
        form.axis[31] = 0x80;
        _expect(abi.encodeWithSelector(ISheets.InvalidAxisByte.selector, 31), form, 16);
    }

    function test_RevertWhen_AxisHasAnotherLength() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Statements, 16, 3);
        _expect(abi.encodeWithSelector(ISheets.InvalidLength.selector, 32, 80), form, 40);
    }

    function test_RevertWhen_LotIsUsed() public {
        ISheets.Form memory form = plainForm(ISheets.Kind.Statements, 16, 3);
        form.lot = 7;
        _expect(abi.encodeWithSelector(ISheets.LotIsReserved.selector, 7), form, 16);
    }

    /// @dev Returns an approval of cells that cost 1, 2, 3, ..
    function _approval(uint256 size, uint256 count) private pure returns (ISheets.Form memory form) {
        form = plainForm(ISheets.Kind.Approval, size, count);
        form.axis = new bytes(2 * size);
        for (uint256 j = 0; j < count; ++j) {
            form.axis[2 * j] = bytes1(uint8(j + 1));
        }
        form.threshold = 3;
    }

    function _expect(bytes memory reason, ISheets.Form memory form, uint256 size) private {
        vm.expectRevert(reason);
        _harness.formHash(form, size);
    }
}
