// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Bridging} from "../src/Bridging.sol";
import {IBridging} from "../src/interfaces/IBridging.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {SheetResults} from "./support/SheetResults.sol";

/// @title Adopted, contested and unheard statements
contract BridgingTest is SheetResults {
    Bridging private _bridging;

    function setUp() public {
        _bridging = new Bridging(RESULTS);
    }

    function test_EveryCampMustAgree() public {
        ISheets.Counters[] memory counters = new ISheets.Counters[](6);
        counters[0] = ISheets.Counters(7, 3, 14, 6);
        counters[1] = ISheets.Counters(7, 3, 13, 7);
        counters[2] = ISheets.Counters(7, 3, 6, 14);
        counters[3] = ISheets.Counters(6, 4, 6, 14);
        counters[4] = ISheets.Counters(0, 0, 20, 0);
        counters[5] = ISheets.Counters(3, 7, 6, 14);
        _mockOne(counters, true);
        // 70 % of at least ten answers.
        IBridging.Verdict memory verdict = _bridging.judgeBy(1, _rule(7_000, 10, 1));
        assertEq(verdict.adopted, 1, "adopted");
        assertEq(verdict.contested, 1 << 2, "contested");
        assertEq(verdict.unheard, 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5, "unheard");
    }

    function test_WithoutQuorumACampNeitherAdoptsNorRefuses() public {
        ISheets.Counters[] memory counters = new ISheets.Counters[](3);
        counters[0] = ISheets.Counters(9, 0, 20, 0);
        counters[1] = ISheets.Counters(10, 0, 20, 0);
        counters[2] = ISheets.Counters(10, 0, 0, 9);
        _mockOne(counters, true);
        IBridging.Verdict memory verdict = _bridging.judgeBy(1, _rule(6_000, 10, 1));
        assertEq(verdict.adopted, 2, "adopted");
        assertEq(verdict.contested, 0, "contested");
        assertEq(verdict.unheard, 5, "unheard");
    }

    /// @notice None of nothing is all of nothing: a camp without answers does not adopt at quorum 0.
    function test_CampWithoutAnswersDoesNotAdopt() public {
        ISheets.Counters[] memory counters = new ISheets.Counters[](2);
        counters[0] = ISheets.Counters(9, 0, 0, 0);
        counters[1] = ISheets.Counters(9, 0, 1, 0);
        _mockOne(counters, true);
        assertEq(_bridging.judgeBy(1, _rule(5_000, 0, 1)).adopted, 2, "adopted");
    }

    function test_ChambersWithoutCampsAreCampsThemselves() public {
        uint256[] memory ids = idsUpTo(3);
        mockSheet(1, finishedSheet(ISheets.Kind.Statements, 2, false), ids);
        for (uint256 i = 0; i < 3; ++i) {
            ISheets.Counters[] memory counters = new ISheets.Counters[](2);
            counters[0] = ISheets.Counters(8, 2, 0, 0);
            counters[1] = i == 1 ? ISheets.Counters(2, 8, 0, 0) : counters[0];
            mockCounters(1, ids[i], counters);
        }
        IBridging.Verdict memory verdict = _bridging.judgeBy(1, _rule(8_000, 10, 7));
        assertEq(verdict.adopted, 1, "by all three");
        assertEq(verdict.contested, 2, "the second refuses");
        assertEq(_bridging.judgeBy(1, _rule(8_000, 10, 5)).adopted, 3, "by the first and third");
        assertEq(_bridging.judgeBy(1, _rule(8_000, 10, 2)).unheard, 2, "refused by all is unheard");
    }

    function test_TotalsFollowTheOrderOfChambersAndCamps() public {
        uint256[] memory ids = idsUpTo(2);
        mockSheet(1, finishedSheet(ISheets.Kind.Statements, 1, true), ids);
        for (uint256 i = 0; i < 2; ++i) {
            ISheets.Counters[] memory counters = new ISheets.Counters[](1);
            uint32 base = uint32(10 * i);
            counters[0] = ISheets.Counters(base + 1, base + 2, base + 3, base + 4);
            mockCounters(1, ids[i], counters);
        }
        (uint256 camps, uint32[][] memory agree, uint32[][] memory disagree) = _bridging.totals(1, _rule(5_000, 0, 3));
        assertEq(camps, 2, "camps");
        uint32[4] memory expected = [uint32(1), 3, 11, 13];
        for (uint256 i = 0; i < 4; ++i) {
            assertEq(agree[i][0], expected[i], "agree");
            assertEq(disagree[i][0], expected[i] + 1, "disagree");
        }
    }

    /// @notice `judge` takes the rule that the sheet poll was created with, and no other.
    function test_RuleIsThatOfTheSheetPoll() public {
        ISheets.Counters[] memory counters = new ISheets.Counters[](2);
        counters[0] = ISheets.Counters(7, 3, 14, 6);
        counters[1] = ISheets.Counters(8, 2, 16, 4);
        _mockOne(counters, true);
        vm.expectRevert(abi.encodeWithSelector(IBridging.NoAdoptionRule.selector, 1));
        _bridging.judge(1);
        ISheets.SheetView memory data = finishedSheet(ISheets.Kind.Statements, 2, true);
        data.adoption = _rule(8_000, 10, 1);
        mockSheet(1, data, idsUpTo(1));
        assertEq(_bridging.judge(1).adopted, 2, "by its own rule");
        assertEq(_bridging.judgeBy(1, _rule(7_000, 10, 1)).adopted, 3, "by another");
    }

    function test_RevertWhen_RuleIsInvalid() public {
        _mockOne(new ISheets.Counters[](1), true);
        _expect(abi.encodeWithSelector(IBridging.InvalidRule.selector, 4_999, 1, 1), _rule(4_999, 0, 1));
        _expect(abi.encodeWithSelector(IBridging.InvalidRule.selector, 10_001, 1, 1), _rule(10_001, 0, 1));
        _expect(abi.encodeWithSelector(IBridging.InvalidRule.selector, 5_000, 0, 1), _rule(5_000, 0, 0));
        _expect(abi.encodeWithSelector(IBridging.InvalidRule.selector, 5_000, 3, 1), _rule(5_000, 0, 3));
        mockSheet(1, finishedSheet(ISheets.Kind.Ranking, 3, false), idsUpTo(1));
        _expect(abi.encodeWithSelector(IBridging.NotStatements.selector, 1), _rule(5_000, 0, 1));
    }

    /// @notice The three sets are disjoint, and are all statements; what every camp adopts follows word by word.
    function testFuzz_VerdictIsAPartition(uint32[160] memory numbers, uint16 theta, uint32 quorum) public {
        theta = uint16(bound(theta, 5_000, 10_000));
        quorum %= 200;
        ISheets.Counters[] memory counters = new ISheets.Counters[](40);
        for (uint256 j = 0; j < 40; ++j) {
            counters[j] = ISheets.Counters(
                numbers[4 * j] % 100, numbers[4 * j + 1] % 100, numbers[4 * j + 2] % 100, numbers[4 * j + 3] % 100
            );
        }
        _mockOne(counters, true);
        IBridging.Verdict memory v = _bridging.judgeBy(1, _rule(theta, quorum, 1));
        assertEq(v.adopted | v.contested | v.unheard, (1 << 40) - 1, "all");
        assertEq(uint256(v.adopted) + v.contested + v.unheard, (1 << 40) - 1, "disjoint");
        for (uint256 j = 0; j < 40; ++j) {
            bool both = _adopts(counters[j].agree, counters[j].disagree, theta, quorum)
                && _adopts(counters[j].upperAgree, counters[j].upperDisagree, theta, quorum);
            assertTrue(both == ((v.adopted >> j) & 1 == 1), "adopted");
        }
    }

    function _adopts(uint256 agree, uint256 disagree, uint256 theta, uint256 quorum) private pure returns (bool) {
        uint256 answers = agree + disagree;
        return answers > 0 && answers >= quorum && agree * 10_000 >= theta * answers;
    }

    function _rule(uint16 theta, uint32 quorum, uint16 required) private pure returns (ISheets.AdoptionRule memory) {
        return ISheets.AdoptionRule(theta, quorum, required);
    }

    function _mockOne(ISheets.Counters[] memory counters, bool camps) private {
        uint256[] memory ids = idsUpTo(1);
        mockSheet(1, finishedSheet(ISheets.Kind.Statements, counters.length, camps), ids);
        mockCounters(1, ids[0], counters);
    }

    function _expect(bytes memory reason, ISheets.AdoptionRule memory rule) private {
        vm.expectRevert(reason);
        _bridging.judgeBy(1, rule);
    }
}
