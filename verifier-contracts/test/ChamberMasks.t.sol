// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ChamberMasks} from "../src/libraries/ChamberMasks.sol";
import {Test} from "./support/Test.sol";

/// @title Decisions with required and veto chambers
contract ChamberMasksTest is Test {
    function test_DecidedNeedsEnoughAndAllRequired() public pure {
        ChamberMasks.Rule memory rule = ChamberMasks.Rule({least: 2, required: 1, veto: 0});
        _assert(rule, 3, 0, 0, true, true, "two, with the required one");
        _assert(rule, 6, 0, 0, false, false, "two, without it");
        _assert(rule, 1, 0, 0, false, false, "too few");
        _assert(rule, 1, 0, 4, false, true, "one more could");
        _assert(rule, 6, 0, 1, false, true, "the required one could");
        _assert(rule, 3, 4, 0, true, true, "a refusal without a veto changes nothing");
    }

    function test_VetoStopsWhateverTheOthersChoose() public pure {
        ChamberMasks.Rule memory rule = ChamberMasks.Rule({least: 1, required: 0, veto: 4});
        _assert(rule, 3, 4, 0, false, false, "refused");
        _assert(rule, 3, 0, 4, false, true, "the veto chamber is pending");
        _assert(rule, 3, 0, 0, true, true, "it neither chooses nor refuses");
        _assert(rule, 7, 0, 0, true, true, "it chooses");
        _assert(rule, 1, 2, 0, true, true, "another one refuses");
    }

    /// @notice Where few chambers are enough, two options could have them: the one that more choose is decided.
    function test_MoreChambersMustChooseItThanAnother() public pure {
        ChamberMasks.Rule memory rule = ChamberMasks.Rule({least: 1, required: 0, veto: 0});
        (bool decided, bool possible) = ChamberMasks.decide(rule, 3, 0, 0, 1, 1);
        assertTrue(decided && possible, "two to one");
        (decided, possible) = ChamberMasks.decide(rule, 3, 0, 0, 2, 2);
        assertTrue(!decided && !possible, "two to two");
        (decided, possible) = ChamberMasks.decide(rule, 3, 0, 4, 1, 2);
        assertTrue(!decided && possible, "the pending one may choose the other");
    }

    function test_RevertWhen_MasksDoNotFit() public {
        this.check(ChamberMasks.Rule(3, 7, 7), 3);
        this.check(ChamberMasks.Rule(1, type(uint16).max, 0), 16);
        _expectCheck(ChamberMasks.Rule(0, 1, 0), 3);
        _expectCheck(ChamberMasks.Rule(4, 1, 0), 3);
        _expectCheck(ChamberMasks.Rule(1, 8, 0), 3);
        _expectCheck(ChamberMasks.Rule(1, 0, 8), 3);
    }

    /// @notice Whatever pending chambers choose, a decided option stays, and an impossible one never is.
    function testFuzz_PendingChambersNeverChangeWhatIsSure(uint8 chambers, uint16[4] memory masks, uint8 least)
        public
        pure
    {
        uint256 all = (1 << bound(chambers, 1, 16)) - 1;
        uint256 chose = masks[0] & all;
        uint256 refused = uint256(masks[1]) & all & ~chose;
        uint256 pending = all & ~(chose | refused) & random("pending", chambers);
        uint8 needed = uint8(bound(least, 1, ChamberMasks.count(all)));
        ChamberMasks.Rule memory rule = ChamberMasks.Rule(needed, uint16(masks[2] & all), uint16(masks[3] & all));
        (bool decided, bool possible) = ChamberMasks.decide(rule, chose, refused, pending, 0, 0);
        uint256 choosing = pending & random("choosing", least);
        (bool later,) = ChamberMasks.decide(rule, chose | choosing, refused | (pending & ~choosing), 0, 0, 0);
        if (decided) assertTrue(later, "decided stays");
        if (!possible) assertTrue(!later, "impossible stays");
    }

    function check(ChamberMasks.Rule memory rule, uint256 chambers) external pure {
        ChamberMasks.check(rule, chambers);
    }

    function _expectCheck(ChamberMasks.Rule memory rule, uint256 chambers) private {
        vm.expectRevert(
            abi.encodeWithSelector(ChamberMasks.InvalidMasks.selector, rule.least, rule.required, rule.veto, chambers)
        );
        this.check(rule, chambers);
    }

    function _assert(
        ChamberMasks.Rule memory rule,
        uint256 chose,
        uint256 refused,
        uint256 pending,
        bool decided,
        bool possible,
        string memory what
    ) private pure {
        (bool isDecided, bool isPossible) = ChamberMasks.decide(rule, chose, refused, pending, 0, 0);
        assertTrue(isDecided == decided && isPossible == possible, what);
    }
}
