// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeePot} from "../src/FeePot.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {ClosedSheet} from "./support/ClosedSheet.sol";

/// @title Gas of sheets
/// @notice Whole transactions with proofs that verify, calldata and the 21,000 included. The verifier has three public
/// inputs and a full pairing, as that of every circuit: which key it holds does not change its gas.
/// forge-config: default.isolate = true
contract SheetGasTest is ClosedSheet {
    uint256 private constant TRANSACTION_BOUND = 16_000_000;
    /// @dev An account without code, so that its calls are whole transactions.
    address private constant _SENDER = address(0xacc0);

    function setUp() public {
        deploySheets();
        _chamber = newChamber(12);
    }

    /// The greatest batches are those of a transaction of 128 KiB, above which nodes refuse it.
    function test_GasOfCastingSheetsOf16() public {
        _open(16);
        _batch(1, 560_000);
        _batch(8, 184_000);
        _batch(32, 145_000);
        _batch(78, 133_000);
        _replaceBatch(32, 160_000);
    }

    function test_GasOfCastingSheetsOf40() public {
        _open(40);
        _batch(1, 920_000);
        _batch(8, 285_000);
        _batch(32, 215_000);
        _batch(38, 208_000);
        _replaceBatch(32, 278_000);
    }

    function test_GasOfCastingThroughFeePot() public {
        _open(40);
        FeePot pots = new FeePot(sheets);
        pots.create{value: 1e18}(_sheet, 1e12, new address[](0));
        bytes memory earlier = _records(900, 1);
        vm.prank(_SENDER, _SENDER);
        pots.castBatch(_sheet, _chamber, earlier, "", 1e12);
        bytes memory records = _records(1_000, 32);
        vm.prank(_SENDER, _SENDER);
        pots.castBatch(_sheet, _chamber, records, "", 32e12);
        _report("castBatchByFeePot-32.sheet-40.perSheet", 32, 240_000);
    }

    function test_GasOfSheetLifecycleOf1() public {
        _lifecycle("1-of-1", 1, 16);
        _lifecycle("1-of-1", 1, 40);
    }

    function test_GasOfSheetLifecycleOf5() public {
        useCommittee(createReadyCommittee(5, 3));
        // The trustees of the greatest points, which cost the most.
        _lifecycle("3-of-5", 0x7 << 2, 40);
    }

    /// Six chambers get their totals, with sixteen each first batch pays for its own.
    function test_GasOfManyChambers() public {
        uint256[2] memory counts = [uint256(6), 16];
        for (uint256 i = 0; i < 2; ++i) {
            vm.warp(START);
            ISheets.SheetParameters memory p = sheetParameters(_chamber, 40, campForm(40, 40));
            p.chambers = new ISheets.SheetChamber[](counts[i]);
            for (uint256 k = 0; k < counts[i]; ++k) {
                p.chambers[k] = ISheets.SheetChamber(uint64(newChamber(1)), 3, LEAST_CAMP);
            }
            string memory suffix = string.concat(".sheet-40.chambers-", vm.toString(counts[i]));
            _sheet = sheets.create(p);
            _report(string.concat("createSheet", suffix), 1, 2_000_000);
            vm.warp(OPENS);
            sheets.open(_sheet);
            _report(string.concat("openSheet", suffix), 1, TRANSACTION_BOUND);
            (_chamber, _size, _count, _camps) = (p.chambers[0].chamber, 40, 40, true);
            bytes memory records = _records(1_000, 32);
            vm.prank(_SENDER, _SENDER);
            sheets.castBatch(_sheet, _chamber, records, "");
            _report(string.concat("firstBatch-32", suffix), 1, 8_700_000);
        }
    }

    function _lifecycle(string memory name, uint256 set, uint256 size) private {
        string memory suffix = string.concat(".sheet-", vm.toString(size), ".", name);
        vm.warp(START);
        ISheets.SheetParameters memory p = sheetParameters(_chamber, size, campForm(size, size));
        p.agenda = keccak256(bytes(suffix));
        _sheet = sheets.create(p);
        _report(string.concat("createSheet", suffix), 1, 1_000_000);
        vm.warp(OPENS);
        sheets.open(_sheet);
        _report(string.concat("openSheet", suffix), 1, 2_600_000);
        (_size, _count, _camps, _voters) = (size, size, true, 7);
        castSheets();
        vm.warp(CLOSES);
        _tally(suffix, set);
        sheets.finalise(_sheet);
        _report(string.concat("finaliseSheet", suffix), 1, 60_000);
    }

    function _tally(string memory suffix, uint256 set) private {
        post(0, set);
        _report(string.concat("postShare.turnout", suffix), 1, 346_000);
        sheets.tallyTurnout(_sheet, _chamber, turnout(), combination(0, set));
        _report(string.concat("tallyTurnout", suffix), 1, 250_000);
        for (uint256 index = 0; set >> index != 0; ++index) {
            if ((set >> index) & 1 == 0) continue;
            ISheets.BlockShare[] memory shares = new ISheets.BlockShare[](_size / 8);
            for (uint256 k = 1; k <= shares.length; ++k) {
                shares[k - 1] = blockShare(_sheet, _chamber, k, index, _sums[k]);
            }
            postBlocks(_sheet, index, shares);
        }
        _report(string.concat("postShares.blocks", suffix), 1, 350_000 * (_size / 8));
        uint256 sum = 0;
        for (uint256 k = 1; k <= _size / 8; ++k) {
            sheets.tallyBlock(_sheet, _chamber, k, blockTotals(k), combination(k, set));
            sum += _gas();
        }
        log(string.concat("gas.tallyBlocks", suffix), sum);
        assertTrue(sum <= 700_000 * (_size / 8), "blocks");
    }

    function _open(uint256 size) private {
        (_size, _count, _camps) = (size, size, true);
        _sheet = openSheet(sheetParameters(_chamber, size, campForm(size, size)));
        // As in a sheet poll that has sheets: the total is no longer the identity, the number of sheets not 0.
        bytes memory earlier = _records(9_999, 1);
        sheets.castBatch(_sheet, _chamber, earlier, "");
    }

    function _records(uint256 first, uint256 count) private view returns (bytes memory records) {
        uint256 ctx = sheetCtx(_sheet, _chamber);
        for (uint256 i = 0; i < count; ++i) {
            records = bytes.concat(records, sheetRecord(filledBy(first + i), ctx));
        }
    }

    function _batch(uint256 count, uint256 most) private {
        bytes memory records = _records(count * 1_000, count);
        vm.prank(_SENDER, _SENDER);
        sheets.castBatch(_sheet, _chamber, records, "");
        _reportSheets("castBatch-", count, most);
    }

    function _replaceBatch(uint256 count, uint256 most) private {
        uint256 ctx = sheetCtx(_sheet, _chamber);
        bytes memory replacements;
        for (uint256 i = 0; i < count; ++i) {
            uint256 voter = count * 1_000 + i;
            Filled memory old = filledBy(voter);
            Filled memory filled = fill(voter, 1, _size, true, isUpper(voter), new uint256[](0));
            replacements = bytes.concat(replacements, sheetReplacement(filled, old, ctx));
        }
        vm.prank(_SENDER, _SENDER);
        sheets.castBatch(_sheet, _chamber, "", replacements);
        _reportSheets("replaceBatch-", count, most);
    }

    function _reportSheets(string memory call_, uint256 count, uint256 most) private view {
        string memory name = string.concat(call_, vm.toString(count), ".sheet-", vm.toString(_size), ".perSheet");
        _report(name, count, most);
    }

    function _report(string memory what, uint256 count, uint256 most) private view {
        uint256 each = _gas() / count;
        log(string.concat("gas.", what), each);
        assertTrue(each <= most, what);
    }

    function _gas() private view returns (uint256 gas) {
        gas = vm.lastCallGas().gasTotalUsed;
        assertTrue(gas <= TRANSACTION_BOUND, "a transaction that fits");
    }
}
