// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Bridging} from "../src/Bridging.sol";
import {Charters} from "../src/Charters.sol";
import {IBridging} from "../src/interfaces/IBridging.sol";
import {ICharters} from "../src/interfaces/ICharters.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {ClosedSheet} from "./support/ClosedSheet.sol";

/// @title From sheets to a live charter: forty statements, two camps, one hash
/// forge-config: default.isolate = true
contract CharterElectionTest is ClosedSheet {
    Bridging private _bridging;
    Charters private _charters;
    string[] private _texts;

    function setUp() public {
        deploySheets();
        useCommittee(createReadyCommittee(3, 2));
        _chamber = newChamber(12);
        _bridging = new Bridging(sheets);
        _charters = new Charters(address(this), sheets, _bridging);
        bytes memory hashes;
        for (uint256 j = 0; j < 40; ++j) {
            // About as long as statements of real deliberations are at most.
            string memory text = string.concat("Statement ", vm.toString(j), ": ", string(new bytes(126)));
            _texts.push(text);
            hashes = bytes.concat(hashes, keccak256(bytes(text)));
        }
        ISheets.SheetParameters memory p = sheetParameters(_chamber, 40, campForm(40, 40));
        p.agenda = keccak256(hashes);
        p.adoption = ISheets.AdoptionRule(7_000, 3, 1);
        (_size, _count, _camps, _voters) = (40, 40, true, 9);
        _sheet = openSheet(p);
        castSheets();
        vm.warp(CLOSES);
    }

    function test_SheetsBecomeALiveCharter() public {
        ICharters.Enactment memory enactment = _enactment();
        vm.expectRevert(abi.encodeWithSelector(ICharters.SheetNotFinished.selector, _sheet));
        _charters.enact(enactment, _texts);
        tallyAll(3);
        vm.expectRevert(abi.encodeWithSelector(ICharters.SheetNotFinished.selector, _sheet));
        _charters.enact(enactment, _texts);
        sheets.finalise(_sheet);

        IBridging.Verdict memory verdict = _bridging.judge(_sheet);
        assertEq(verdict.adopted, _expected(), "adopted");
        assertTrue(verdict.adopted != 0 && verdict.adopted != (1 << 40) - 1, "some, and not all");
        _charters.enact(enactment, _texts);
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        log("gas.enact.sheet-40.texts-40", gas);
        assertTrue(gas <= 650_000, "enact");
        _charters.setStage(1, ICharters.Stage.Live);
        (uint256 number, bytes32 charterHash) = _charters.live();
        assertEq(number, 1, "live");
        assertEq(charterHash, _charters.version(1).charterHash, "hash");
    }

    /// @notice A small camp, and so no totals: the sheet poll is finished, and nothing can be enacted.
    function test_RevertWhen_RequiredChamberHasNoTotals() public {
        vm.warp(START);
        _voters = 5;
        ISheets.SheetParameters memory p = sheetParameters(_chamber, 40, campForm(40, 40));
        p.adoption = ISheets.AdoptionRule(7_000, 3, 1);
        _sheet = openSheet(p);
        castSheets();
        vm.warp(CLOSES);
        tallyTurnoutOf(3);
        sheets.finalise(_sheet);
        vm.expectRevert(abi.encodeWithSelector(ISheets.NotTallied.selector, _sheet, _chamber));
        _bridging.judge(_sheet);
    }

    /// @dev The first twenty statements have one opponent each at most.
    function answer(uint256 voter, uint256 cell) internal pure override returns (uint256) {
        return cell < 20 ? (voter == cell ? 2 : 1) : super.answer(voter, cell);
    }

    function _enactment() private view returns (ICharters.Enactment memory enactment) {
        (enactment.sheet, enactment.expiresAt) = (_sheet, DEADLINE + 365 days);
    }

    /// @dev Returns the statements that both camps adopt, from the answers themselves.
    function _expected() private view returns (uint256 adopted) {
        for (uint256 j = 0; j < 40; ++j) {
            bool all = true;
            for (uint256 camp = 0; camp < 2; ++camp) {
                uint256[3] memory counts;
                for (uint256 voter = 0; voter < 9; ++voter) {
                    if (isUpper(voter) == (camp == 1)) ++counts[answer(voter, j)];
                }
                uint256 answers = counts[1] + counts[2];
                all = all && answers >= 3 && 10 * counts[1] >= 7 * answers;
            }
            if (all) adopted |= 1 << j;
        }
    }
}
