// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ISheets} from "../src/interfaces/ISheets.sol";
import {SheetCounters} from "../src/libraries/SheetCounters.sol";
import {Test} from "./support/Test.sol";

/// @title Packed counters: what was added up comes out again, and nothing carries
contract SheetCountersTest is Test {
    /// @notice As many sheets as a chamber may have members, all with one answer: the greatest counter there is.
    function test_FullChamberFillsItsCountersAndNoOther() public pure {
        uint256 most = SheetCounters.mostMembers(true);
        assertEq(most, 8_191, "with camps");
        for (uint256 place = 0; place < 4; ++place) {
            uint256 total = most << 13 * place;
            uint32[2] memory turnout;
            turnout[place / 2] = uint32(most);
            assertTrue(SheetCounters.fits(total, true, turnout), "fits");
            _assertCounters(total, true, place, most);
            // One more would be read as an answer of another kind, or is above all counters.
            turnout[place / 2] += 1;
            bool carries = SheetCounters.fits((most + 1) << 13 * place, true, turnout);
            assertTrue(carries == (place == 0 || place == 2), "8,192 agreements are one disagreement");
        }
        most = SheetCounters.mostMembers(false);
        assertEq(most, (1 << 20) - 1, "without camps");
        for (uint256 place = 0; place < 2; ++place) {
            assertTrue(SheetCounters.fits(most << 20 * place, false, [uint32(most), 0]), "fits");
            _assertCounters(most << 20 * place, false, place, most);
        }
        assertTrue(!SheetCounters.fits(1 << 40, false, [uint32(most), 0]), "above both counters");
    }

    function test_NoCampHasMoreAnswersThanSheets() public pure {
        uint256 total = 3 | 2 << 13 | uint256(1) << 26 | uint256(4) << 39;
        assertTrue(SheetCounters.fits(total, true, [uint32(5), 5]), "as many");
        assertTrue(!SheetCounters.fits(total, true, [uint32(4), 5]), "lower");
        assertTrue(!SheetCounters.fits(total, true, [uint32(5), 4]), "upper");
        assertTrue(!SheetCounters.fits(total, false, [uint32(5), 5]), "counters of camps in a sheet without");
    }

    function testFuzz_SumsAreUnpacked(uint16[4] memory counts, bool camps) public pure {
        ISheets.Counters memory expected;
        uint256 mask = camps ? 8_191 : (1 << 16) - 1;
        (expected.agree, expected.disagree) = (uint32(counts[0] & mask), uint32(counts[1] & mask));
        uint256 total = expected.agree + (uint256(expected.disagree) << (camps ? 13 : 20));
        if (camps) {
            (expected.upperAgree, expected.upperDisagree) = (uint32(counts[2] & mask), uint32(counts[3] & mask));
            total += (uint256(expected.upperAgree) << 26) + (uint256(expected.upperDisagree) << 39);
        }
        ISheets.Counters memory actual = SheetCounters.unpack(total, camps);
        assertEq(keccak256(abi.encode(actual)), keccak256(abi.encode(expected)), "counters");
        uint32[2] memory turnout = [expected.agree + expected.disagree, expected.upperAgree + expected.upperDisagree];
        assertTrue(SheetCounters.fits(total, camps, turnout), "fits");
        if (turnout[0] != 0) {
            turnout[0] -= 1;
            assertTrue(!SheetCounters.fits(total, camps, turnout), "one sheet fewer");
        }
    }

    function _assertCounters(uint256 total, bool camps, uint256 place, uint256 value) private pure {
        ISheets.Counters memory c = SheetCounters.unpack(total, camps);
        uint32[4] memory list = [c.agree, c.disagree, c.upperAgree, c.upperDisagree];
        for (uint256 i = 0; i < 4; ++i) {
            assertEq(list[i], i == place ? value : 0, "counter");
        }
    }
}
