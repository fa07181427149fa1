// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {ClosedSheet} from "./support/ClosedSheet.sol";
import {GasLimits} from "./support/GasLimits.sol";

/// @title Sheets, shares and tallies with every gas limit: what is valid never seems not to be
contract SheetGasLimitsTest is ClosedSheet, GasLimits {
    uint256 private constant STEP = 4_000;
    address private constant SENDER = address(0xacc0);

    function setUp() public {
        deploySheets();
        _chamber = newChamber(9);
    }

    function test_ValidSheetIsNeverInvalidForLackOfGas() public {
        (_size, _count, _camps) = (16, 8, true);
        _sheet = openSheet(sheetParameters(_chamber, 16, campForm(16, 8)));
        bytes memory record = sheetRecord(filledBy(1), sheetCtx(_sheet, _chamber));
        assertSucceedsUnlessGasLacks(
            SENDER, address(sheets), abi.encodeCall(ISheets.cast, (_sheet, _chamber, record)), STEP
        );
        // Byte 127 belongs to B.x0, byte 280 to h.
        for (uint256 i = 0; i < 2; ++i) {
            bytes memory changed = bytes.concat(record);
            changed[i == 0 ? 127 : 280] ^= 0x01;
            assertRevertsUnlessGasLacks(
                IGroth16Verifier.InvalidProof.selector,
                SENDER,
                address(sheets),
                abi.encodeCall(ISheets.castBatch, (_sheet, _chamber, changed, "")),
                10 * STEP
            );
        }
    }

    function test_ValidShareIsNeverRefusedForLackOfGas() public {
        closeSheet(16, 8, true, 7);
        assertSucceedsUnlessGasLacks(trusteeAt(0), address(sheets), _shareCall(0), STEP);
        tallyTurnoutOf(1);
        assertSucceedsUnlessGasLacks(trusteeAt(0), address(sheets), _shareCall(1), STEP);
    }

    function test_ValidTotalIsNeverWrongForLackOfGas() public {
        closeSheet(16, 8, true, 7);
        post(0, 1);
        bytes memory data = abi.encodeCall(ISheets.tallyTurnout, (_sheet, _chamber, turnout(), combination(0, 1)));
        assertSucceedsUnlessGasLacks(SENDER, address(sheets), data, STEP);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), combination(0, 1));
        post(1, 1);
        data = abi.encodeCall(ISheets.tallyBlock, (_sheet, _chamber, 1, blockTotals(1), combination(1, 1)));
        assertSucceedsUnlessGasLacks(SENDER, address(sheets), data, STEP);
    }

    function _shareCall(uint256 blockIndex) private view returns (bytes memory) {
        ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](1);
        shares[0] = blockShare(_sheet, _chamber, blockIndex, 0, _sums[blockIndex]);
        (uint256[] memory keys, bytes32 rest) = keysOf(committeeId, 0, blockIndex == 0 ? 3 : 8);
        return abi.encodeCall(ISheets.postShares, (_sheet, 0, keys, rest, shares));
    }
}
