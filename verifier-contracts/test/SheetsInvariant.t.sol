// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../src/interfaces/ISheets.sol";
import {PermissiveVerifier} from "./PollsInvariant.t.sol";
import {SheetElection} from "./support/SheetElection.sol";
import {Test} from "./support/Test.sol";

/// @title Handler for sheets: voters who cast, replace and repeat in any order, with the expected totals
contract SheetVoters is SheetElection {
    uint256 private constant VOTERS = 5;
    uint256 private constant SIZE = 16;

    uint256 public sheet;
    uint256 public chamber;
    uint256 public voted;
    /// the sheet that counts for each voter; without randomness if there is none
    Filled[VOTERS] private _counting;
    uint256[VOTERS] private _ordinals;
    uint256 private _versions;
    uint256 private _ctx;

    constructor() {
        deploy(new PermissiveVerifier());
        sheets = newSheets(verifier, verifier, sheetBounds());
        chamber = newChamber(3);
        sheet = openSheet(sheetParameters(chamber, SIZE, campForm(SIZE, SIZE)));
        _ctx = sheetCtx(sheet, chamber);
    }

    function castOne(uint256 voter, uint256 seed) external {
        voter %= VOTERS;
        Filled memory filled = _new(voter, seed);
        bytes memory record = _record(filled);
        bool fails = _hasCast(voter);
        if (fails) vm.expectRevert(abi.encodeWithSelector(ISheets.AlreadyCast.selector, filled.nullifier));
        sheets.cast(sheet, chamber, record);
        if (!fails) _counts(voter, filled);
    }

    function replaceOne(uint256 voter, uint256 seed, bool forged) external {
        voter %= VOTERS;
        Filled memory filled = _new(voter, seed);
        Filled memory old = _hasCast(voter) ? _counting[voter] : _new(voter, 0);
        if (forged) old.values[0] ^= 1;
        bytes memory replacement = _replacement(filled, old);
        bool fails = forged || !_hasCast(voter);
        if (fails) vm.expectRevert(abi.encodeWithSelector(ISheets.WrongPrevious.selector, filled.nullifier));
        sheets.replace(sheet, chamber, replacement);
        if (!fails) _counts(voter, filled);
    }

    /// @dev Casts a first sheet and a replacement, one of which may not apply.
    function castBoth(uint256 first, uint256 second, uint256 seed) external {
        (first, second) = (first % VOTERS, second % VOTERS);
        Filled memory filled = _new(first, seed);
        bytes memory record = _record(filled);
        bool any = !_hasCast(first);
        if (any) _counts(first, filled);
        filled = _new(second, ~seed);
        bytes memory replacement = _replacement(filled, _hasCast(second) ? _counting[second] : _new(second, 0));
        if (_hasCast(second)) {
            any = true;
            _counts(second, filled);
        }
        if (!any) vm.expectRevert(ISheets.NothingCast.selector);
        sheets.castBatch(sheet, chamber, record, replacement);
    }

    /// @dev Checks every block's total, and every slot, against the sheets that count.
    function check() external view {
        Filled memory sum;
        (sum.randomness, sum.values) = (new uint256[](3), new uint64[](SIZE));
        uint256[] memory nullifiers = new uint256[](VOTERS);
        for (uint256 voter = 0; voter < VOTERS; ++voter) {
            nullifiers[voter] = random("nullifier", voter) % R;
            if (!_hasCast(voter)) continue;
            Filled memory filled = _counting[voter];
            sum.turnout += filled.turnout;
            for (uint256 k = 0; k < 3; ++k) {
                sum.randomness[k] += filled.randomness[k];
            }
            for (uint256 j = 0; j < SIZE; ++j) {
                sum.values[j] += filled.values[j];
            }
        }
        uint256[] memory expected = encryptSheet(sum);
        uint256 at_ = 1;
        for (uint256 k = 0; k < 3; ++k) {
            uint256[] memory total = sheets.encryptedTotal(sheet, chamber, k);
            for (uint256 i = 0; i < total.length; ++i) {
                assertEq(total[i], expected[at_++], "total");
            }
        }
        uint256[] memory slots = sheets.ballotSlots(sheet, chamber, nullifiers);
        for (uint256 voter = 0; voter < VOTERS; ++voter) {
            assertEq(bytes32(slots[voter]), _slot(voter), "slot");
        }
        assertEq(sheets.ballots(sheet, chamber), voted, "ballots");
    }

    function _slot(uint256 voter) private view returns (bytes32) {
        if (!_hasCast(voter)) return 0;
        Filled memory filled = _counting[voter];
        return fingerprintOf(encryptSheet(filled), filled.previous) | bytes32(_ordinals[voter]);
    }

    function _hasCast(uint256 voter) private view returns (bool) {
        return _counting[voter].randomness.length != 0;
    }

    function _new(uint256 voter, uint256 seed) private returns (Filled memory) {
        uint256[] memory answers = new uint256[](SIZE);
        for (uint256 j = 0; j < SIZE; ++j) {
            answers[j] = (seed >> 2 * j) % 3;
        }
        return fill(voter, ++_versions, SIZE, true, seed % 5 == 0, answers);
    }

    function _counts(uint256 voter, Filled memory filled) private {
        if (!_hasCast(voter)) _ordinals[voter] = voted++;
        _counting[voter] = filled;
    }

    function _record(Filled memory filled) private view returns (bytes memory) {
        uint256[8] memory proof;
        return abi.encodePacked(proof, filled.note, filled.nullifier, encryptSheet(filled));
    }

    function _replacement(Filled memory filled, Filled memory old) private view returns (bytes memory) {
        uint256[] memory words = encryptSheet(old);
        filled.previous = fingerprintOf(words, old.previous);
        return bytes.concat(_record(filled), abi.encodePacked(words[0], old.previous, ciphertextOf(words)));
    }
}

/// @notice A sheet has twenty points, so fewer sequences than elsewhere.
/// forge-config: default.invariant.runs = 8
/// forge-config: default.invariant.depth = 24
contract SheetsInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    SheetVoters private _voters;

    function setUp() public {
        _voters = new SheetVoters();
        vm.warp(1_000_100);
    }

    function targetContracts() external view returns (address[] memory list) {
        list = new address[](1);
        list[0] = address(_voters);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory list) {
        list = new FuzzSelector[](1);
        list[0].addr = address(_voters);
        list[0].selectors = new bytes4[](3);
        list[0].selectors[0] = SheetVoters.castOne.selector;
        list[0].selectors[1] = SheetVoters.replaceOne.selector;
        list[0].selectors[2] = SheetVoters.castBoth.selector;
    }

    function invariant_TotalsAreSumsOfCountingSheets() public view {
        _voters.check();
    }
}
