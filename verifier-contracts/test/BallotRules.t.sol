// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {Decision} from "../src/libraries/Decision.sol";
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

    function test_ChamberChoosesByQuorumAndThreshold() public pure {
        _assertChoice([uint64(5), 3, 2], 10, 5_000, true, 0);
        _assertChoice([uint64(5), 3, 2], 11, 5_000, false, 0);
        _assertChoice([uint64(5), 3, 2], 0, 5_001, false, 0);
        _assertChoice([uint64(1), 2, 4], 0, 0, true, 2);
        _assertChoice([uint64(4), 4, 1], 0, 0, false, 0);
        _assertChoice([uint64(1), 4, 4], 0, 0, false, 0);
        _assertChoice([uint64(4), 4, 5], 0, 0, true, 2);
        _assertChoice([uint64(0), 0, 0], 0, 0, false, 0);
        _assertChoice([uint64(0), 1 << 40, 0], 1 << 40, 10_000, true, 1);
    }

    function testFuzz_ChoiceIsTheOnlyMaximum(uint64[8] memory values, uint256 quorum, uint256 bps) public pure {
        uint64[] memory totals = new uint64[](8);
        uint256 sum = 0;
        for (uint256 j = 0; j < 8; ++j) {
            // Small numbers, so that ties occur.
            totals[j] = values[j] % 5;
            sum += totals[j];
        }
        (quorum, bps) = (bound(quorum, 0, 40), bound(bps, 0, 10_000));
        (bool hasChoice, uint8 choice) = Decision.choose(totals, quorum, bps);
        bool expected = false;
        for (uint256 j = 0; j < 8; ++j) {
            bool best = sum >= quorum && uint256(totals[j]) * 10_000 >= bps * sum;
            for (uint256 k = 0; k < 8; ++k) {
                if (k != j && totals[k] >= totals[j]) best = false;
            }
            if (best) {
                expected = true;
                assertEq(choice, j, "choice");
            }
        }
        assertTrue(hasChoice == expected, "has a choice");
    }

    function test_PollDecidesTheOptionOfMostChambers() public pure {
        _assertDecision([uint256(2), 1, 0], 2, true, 0);
        _assertDecision([uint256(2), 1, 0], 3, false, 0);
        _assertDecision([uint256(0), 1, 3], 1, true, 2);
        // Two options are chosen by as many chambers as required: neither is the decision.
        _assertDecision([uint256(1), 1, 0], 1, false, 0);
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
        assertEq(this.pack(IPolls.Rule(kind, parameter, exact), weighted, options), expected, "packed rule");
    }

    function _expectBad(IPolls.Kind kind, uint16 parameter, bool exact) private {
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidRule.selector, kind, parameter));
        this.pack(IPolls.Rule(kind, parameter, exact), false, 3);
    }

    function _worst(IPolls.Kind kind, uint16 parameter, bool weighted) private view returns (uint256) {
        return BallotRules.worstCase(this.pack(IPolls.Rule(kind, parameter, false), weighted, 3), 10, 1000);
    }

    function _assertChoice(uint64[3] memory values, uint256 quorum, uint256 bps, bool expected, uint8 option)
        private
        pure
    {
        uint64[] memory totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (values[0], values[1], values[2]);
        (bool hasChoice, uint8 choice) = Decision.choose(totals, quorum, bps);
        assertTrue(hasChoice == expected, "has a choice");
        assertEq(choice, option, "choice");
    }

    function _assertDecision(uint256[3] memory values, uint256 required, bool expected, uint8 option) private pure {
        uint256[] memory votes = new uint256[](3);
        (votes[0], votes[1], votes[2]) = (values[0], values[1], values[2]);
        (bool decided, uint8 outcome) = Decision.decide(votes, required);
        assertTrue(decided == expected, "decided");
        assertEq(outcome, option, "outcome");
    }
}
