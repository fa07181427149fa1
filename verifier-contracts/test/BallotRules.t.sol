// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {BallotRules} from "../src/libraries/BallotRules.sol";
import {Test} from "./support/Test.sol";

contract BallotRulesTest is Test {
    function test_PackedRulesEqualSpecification() public view {
        // Bits from the table in section 4 of the specification: options | budget | cap | flags.
        _assertPacked(IPolls.Kind.Plurality, 0, false, 3, false, 1 << 34 | 1 << 16 | 1 << 8 | 0x24);
        _assertPacked(IPolls.Kind.Plurality, 0, false, 3, true, 1 << 34 | 1 << 16 | 1 << 8 | 0x25);
        _assertPacked(IPolls.Kind.Approval, 2, false, 8, false, 1 << 39 | 2 << 16 | 1 << 8 | 0x20);
        _assertPacked(IPolls.Kind.Approval, 8, false, 8, true, 1 << 39 | 8 << 16 | 1 << 8 | 0x21);
        _assertPacked(IPolls.Kind.Score, 255, false, 8, false, 1 << 39 | 2040 << 16 | 255 << 8 | 0x20);
        _assertPacked(IPolls.Kind.Score, 5, false, 2, true, 1 << 33 | 10 << 16 | 5 << 8 | 0x21);
        _assertPacked(IPolls.Kind.Cumulative, 100, false, 4, false, 1 << 35 | 100 << 16);
        _assertPacked(IPolls.Kind.Cumulative, 65535, true, 4, false, 1 << 35 | 65535 << 16 | 0x04);
        _assertPacked(IPolls.Kind.Cumulative, 0, false, 4, true, 1 << 35 | 0x08);
        _assertPacked(IPolls.Kind.Cumulative, 7, true, 4, true, 1 << 35 | 0x0c);
        _assertPacked(IPolls.Kind.Quadratic, 100, false, 5, false, 1 << 36 | 100 << 16 | 0x02);
        _assertPacked(IPolls.Kind.Quadratic, 100, false, 5, true, 1 << 36 | 0x0a);
        _assertPacked(IPolls.Kind.Borda, 0, false, 8, false, 1 << 39 | 28 << 16 | 7 << 8 | 0x34);
        _assertPacked(IPolls.Kind.Borda, 0, false, 2, true, 1 << 33 | 1 << 16 | 1 << 8 | 0x35);
    }

    function test_RevertWhen_RuleParameterInvalid() public {
        _expectBad(IPolls.Kind.Plurality, 1, false);
        _expectBad(IPolls.Kind.Plurality, 0, true);
        _expectBad(IPolls.Kind.Approval, 0, false);
        _expectBad(IPolls.Kind.Approval, 4, false);
        _expectBad(IPolls.Kind.Approval, 1, true);
        _expectBad(IPolls.Kind.Score, 0, false);
        _expectBad(IPolls.Kind.Score, 256, false);
        _expectBad(IPolls.Kind.Cumulative, 0, true);
        _expectBad(IPolls.Kind.Quadratic, 0, false);
        _expectBad(IPolls.Kind.Quadratic, 1, true);
        _expectBad(IPolls.Kind.Borda, 1, false);
    }

    function test_WorstCaseIsGreatestTotal() public view {
        assertEq(_worst(IPolls.Kind.Score, 5, true), 5 * 1000, "weighted: weight times cap");
        assertEq(_worst(IPolls.Kind.Score, 5, false), 5 * 10, "capped: members times cap");
        assertEq(_worst(IPolls.Kind.Cumulative, 9, true), 1000, "by weight: all weight");
        assertEq(_worst(IPolls.Kind.Cumulative, 9, false), 9 * 10, "members times budget");
        assertEq(_worst(IPolls.Kind.Quadratic, 0, true), 1000, "by weight: all weight");
        assertEq(_worst(IPolls.Kind.Plurality, 0, true), 1000, "all weight");
        assertEq(_worst(IPolls.Kind.Borda, 0, false), 2 * 10, "m - 1 a member");
    }

    /// What the registry holds at each enrolment is enough for every rule that a poll can have: no enrolment makes a
    /// poll that was created impossible to open.
    function test_NoRuleCanOverflowWithinBoundsOfChamber() public view {
        uint256 greatest = 0;
        for (uint256 options = 2; options <= 8; ++options) {
            for (uint16 parameter = 0; parameter < 256; ++parameter) {
                greatest = _max(greatest, _greatest(parameter, options));
            }
            greatest = _max(greatest, _greatest(type(uint16).max, options));
        }
        assertTrue(greatest <= BallotRules.MAX_TOTAL, "no total above 2^40");
        assertTrue(greatest + 255 > BallotRules.MAX_TOTAL, "and no lower bound would be needed");
    }

    function pack(IPolls.Rule memory rule, bool weighted, uint256 options) external pure returns (uint256) {
        return BallotRules.pack(rule, weighted, options);
    }

    function _assertPacked(
        IPolls.Kind kind,
        uint16 parameter,
        bool exact,
        uint256 options,
        bool weighted,
        uint256 expected
    ) private view {
        IPolls.Rule memory rule = IPolls.Rule(kind, parameter, exact, false, false);
        assertEq(this.pack(rule, weighted, options), expected, "packed rule");
        rule.choiceInNote = true;
        assertEq(this.pack(rule, weighted, options), expected | 0x40, "choice in note");
    }

    function _expectBad(IPolls.Kind kind, uint16 parameter, bool exact) private {
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidRule.selector, kind, parameter));
        this.pack(IPolls.Rule(kind, parameter, exact, false, false), false, 3);
    }

    function _worst(IPolls.Kind kind, uint16 parameter, bool weighted) private view returns (uint256) {
        return
            BallotRules.worstCase(this.pack(IPolls.Rule(kind, parameter, false, false, false), weighted, 3), 10, 1000);
    }

    /// @dev Returns the greatest worst case of the rules of every kind that take this parameter.
    function _greatest(uint16 parameter, uint256 options) private view returns (uint256 greatest) {
        for (uint8 flags = 0; flags < 4; ++flags) {
            for (uint8 kind = 0; kind <= uint8(type(IPolls.Kind).max); ++kind) {
                IPolls.Rule memory rule = IPolls.Rule(IPolls.Kind(kind), parameter, flags & 1 == 1, false, false);
                try this.pack(rule, flags & 2 == 2, options) returns (uint256 packed) {
                    uint256 worst = BallotRules.worstCase(packed, BallotRules.MAX_MEMBERS, BallotRules.MAX_TOTAL_WEIGHT);
                    greatest = _max(greatest, worst);
                } catch {}
            }
        }
    }

    function _max(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
