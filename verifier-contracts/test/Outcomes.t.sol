// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IOutcomes} from "../src/interfaces/IOutcomes.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {ISheets} from "../src/interfaces/ISheets.sol";
import {ChamberMasks} from "../src/libraries/ChamberMasks.sol";
import {Outcomes} from "../src/Outcomes.sol";
import {SheetResults} from "./support/SheetResults.sol";

/// @title What totals of polls and sheet polls mean under rules without a circuit
contract OutcomesTest is SheetResults {
    IPolls private constant POLLS = IPolls(address(0x9011));

    Outcomes private _outcomes;

    function setUp() public {
        _outcomes = new Outcomes(POLLS, RESULTS);
    }

    function test_MotionIsStoppedByAVetoChamber() public {
        _mockPoll(IPolls.DecisionKind.Motion, IPolls.State.Closed, 3);
        _mockChamber(0, _totals(2, 8, 0), true, 1);
        _mockChamber(1, _totals(3, 7, 0), true, 1);
        _mockChamber(2, _totals(7, 3, 0), false, 0);
        ChamberMasks.Rule memory rule = ChamberMasks.Rule({least: 2, required: 1, veto: 0});
        (bool decided, bool possible, uint256 chose, uint256 refused) = _outcomes.decideByMasks(1, 1, 0, rule);
        assertTrue(decided && possible, "two of three, with the required one");
        assertEq(chose, 3, "chose");
        assertEq(refused, 4, "refused");
        rule.veto = 4;
        (decided, possible,,) = _outcomes.decideByMasks(1, 1, 0, rule);
        assertTrue(!decided && !possible, "vetoed");
    }

    /// @notice Against without its quorum, with abstentions or at a tie is no refusal.
    function test_ChamberThatDoesNotPassAMotionNeedNotRefuseIt() public {
        _mockPoll(IPolls.DecisionKind.Motion, IPolls.State.Closed, 1);
        ChamberMasks.Rule memory rule = ChamberMasks.Rule({least: 1, required: 0, veto: 1});
        _mockChamber(0, _totals(4, 4, 8), false, 0);
        (,,, uint256 refused) = _outcomes.decideByMasks(1, 1, 0, rule);
        assertEq(refused, 0, "a tie");
        _mockChamber(0, _totals(4, 1, 0), false, 0);
        (,,, refused) = _outcomes.decideByMasks(1, 1, 0, rule);
        assertEq(refused, 0, "below the quorum");
        _mockChamber(0, _totals(4, 1, 1), false, 0);
        (,,, refused) = _outcomes.decideByMasks(1, 1, 0, rule);
        assertEq(refused, 1, "refused");
    }

    function test_OptionIsRefusedByTheChoiceOfAnother() public {
        _mockPoll(IPolls.DecisionKind.Options, IPolls.State.Closed, 3);
        _mockChamber(0, _totals(1, 2, 9), true, 2);
        _mockChamber(1, _totals(9, 2, 1), true, 0);
        // Enough ballots, and not tallied.
        IPolls.ChamberView memory pending;
        (pending.rule.minBallots, pending.ballots) = (5, 5);
        _mock(2, pending);
        ChamberMasks.Rule memory rule = ChamberMasks.Rule({least: 2, required: 0, veto: 0});
        (bool decided, bool possible, uint256 chose, uint256 refused) = _outcomes.decideByMasks(1, 2, 0, rule);
        assertTrue(!decided && possible, "the pending one may choose it");
        assertEq(chose, 1, "chose");
        assertEq(refused, 2, "refused");
        pending.ballots = 4;
        _mock(2, pending);
        (, possible,,) = _outcomes.decideByMasks(1, 2, 0, rule);
        assertTrue(!possible, "too few ballots after the close");
        _mockPoll(IPolls.DecisionKind.Options, IPolls.State.Open, 3);
        (, possible,,) = _outcomes.decideByMasks(1, 2, 0, rule);
        assertTrue(possible, "more may come");
    }

    function test_RevertWhen_OptionOrLeastIsInvalid() public {
        ChamberMasks.Rule memory rule = ChamberMasks.Rule(1, 0, 0);
        _mockPoll(IPolls.DecisionKind.Motion, IPolls.State.Closed, 1);
        _mockChamber(0, _totals(4, 4, 8), false, 0);
        uint8[2][2] memory motions = [[0, 0], [1, 2]];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOutcomes.InvalidOption.selector, motions[i][0], motions[i][1]));
            _outcomes.decideByMasks(1, motions[i][0], motions[i][1], rule);
        }
        _mockPoll(IPolls.DecisionKind.Options, IPolls.State.Closed, 1);
        vm.expectRevert(abi.encodeWithSelector(IOutcomes.InvalidOption.selector, 3, 0));
        _outcomes.decideByMasks(1, 3, 0, rule);
        vm.expectRevert(abi.encodeWithSelector(IOutcomes.InvalidLeast.selector, 10_001));
        _outcomes.topOptions(1, 10, 1, 10_001);
    }

    /// @notice The refusing option cannot be refused, not even by a veto chamber that chooses it.
    function test_RefusingOptionIsDecidedInSpiteOfAVeto() public {
        _mockPoll(IPolls.DecisionKind.Options, IPolls.State.Closed, 2);
        _mockChamber(0, _totals(9, 2, 1), true, 0);
        _mockChamber(1, _totals(9, 2, 1), true, 0);
        (bool decided,, uint256 chose, uint256 refused) =
            _outcomes.decideByMasks(1, 0, 0, ChamberMasks.Rule({least: 2, required: 0, veto: 2}));
        assertTrue(decided, "decided");
        assertEq(chose, 3, "chose");
        assertEq(refused, 0, "refused");
    }

    function test_RevertWhen_MotionIsRounded() public {
        _mockPoll(IPolls.DecisionKind.Motion, IPolls.State.Closed, 1);
        _mockChamber(0, new uint64[](0), false, 0);
        vm.expectRevert(abi.encodeWithSelector(IOutcomes.TotalsUnknown.selector, 1, 10));
        _outcomes.decideByMasks(1, 1, 0, ChamberMasks.Rule(1, 0, 0));
    }

    function test_TopOptionsReachAPartOfTheBallots() public {
        _mockPoll(IPolls.DecisionKind.Options, IPolls.State.Closed, 1);
        _mockChamber(0, _totals(3, 7, 6), true, 1);
        // 35 % of ten ballots is four.
        uint256[] memory winners = _outcomes.topOptions(1, 10, 3, 3_500);
        assertEq(winners.length, 2, "two");
        assertEq(winners[0], 1, "first");
        assertEq(winners[1], 2, "second");
    }

    function test_MedianOptionIsThatOfTheChambersMedians() public {
        _mockPoll(IPolls.DecisionKind.Options, IPolls.State.Closed, 3);
        _mockChamber(0, _totals(9, 1, 0), true, 0);
        _mockChamber(1, _totals(1, 1, 9), true, 2);
        _mockChamber(2, _totals(1, 5, 1), true, 1);
        (uint256 bucket, uint256[] memory medians) = _outcomes.medianOption(1);
        assertEq(bucket, 1, "bucket");
        assertEq(medians[0] + 10 * medians[1] + 100 * medians[2], 120, "medians");
    }

    function test_SheetsOfGroupsHaveAMedianCell() public {
        mockSheet(1, finishedSheet(ISheets.Kind.Groups, 20, false), idsUpTo(2));
        for (uint256 i = 0; i < 2; ++i) {
            ISheets.Counters[] memory counters = new ISheets.Counters[](20);
            counters[12 + i].agree = 7;
            counters[3].agree = 3;
            mockCounters(1, 10 + i, counters);
        }
        (uint256 bucket,) = _outcomes.medianCell(1);
        assertEq(bucket, 12, "the lower one of two");
        mockSheet(1, finishedSheet(ISheets.Kind.Statements, 20, false), idsUpTo(2));
        vm.expectRevert(abi.encodeWithSelector(IOutcomes.WrongKind.selector, 1));
        _outcomes.medianCell(1);
    }

    function test_TopCellsCountBothCamps() public {
        mockSheet(1, finishedSheet(ISheets.Kind.Statements, 3, true), idsUpTo(1));
        ISheets.Counters[] memory counters = new ISheets.Counters[](3);
        counters[0] = ISheets.Counters(5, 0, 1, 0);
        counters[1] = ISheets.Counters(3, 0, 4, 0);
        counters[2] = ISheets.Counters(1, 0, 1, 0);
        mockCounters(1, 10, counters);
        ISheets.ChamberView memory c;
        c.ballots = 10;
        vm.mockCall(address(RESULTS), abi.encodeCall(ISheets.chamber, (1, 10)), abi.encode(c));
        uint256[] memory winners = _outcomes.topCells(1, 10, 2, 3_000);
        assertEq(winners[0], 1, "first");
        assertEq(winners[1], 0, "second");
    }

    function test_CopelandReadsTheCellsOfARanking() public {
        mockSheet(1, finishedSheet(ISheets.Kind.Ranking, 3, false), idsUpTo(1));
        ISheets.Counters[] memory counters = new ISheets.Counters[](3);
        counters[0] = ISheets.Counters(4, 6, 0, 0);
        counters[1] = ISheets.Counters(2, 7, 0, 0);
        counters[2] = ISheets.Counters(3, 5, 0, 0);
        mockCounters(1, 10, counters);
        (uint256[] memory order, bool unique, uint256[] memory scores, uint256[] memory support) =
            _outcomes.copeland(1, 10);
        assertEq(order[0] + 10 * order[1] + 100 * order[2], 12, "2, 1, 0");
        assertTrue(unique, "first");
        assertEq(scores[2], 4, "score");
        assertEq(support[2], 12, "support");
        mockSheet(1, finishedSheet(ISheets.Kind.Approval, 3, false), idsUpTo(1));
        vm.expectRevert(abi.encodeWithSelector(IOutcomes.WrongKind.selector, 1));
        _outcomes.copeland(1, 10);
    }

    function _mockPoll(IPolls.DecisionKind decision, IPolls.State state, uint256 chambers) private {
        IPolls.PollView memory data;
        (data.decision, data.state, data.options) = (decision, state, 3);
        vm.mockCall(address(POLLS), abi.encodeCall(IPolls.poll, (1)), abi.encode(data));
        vm.mockCall(address(POLLS), abi.encodeCall(IPolls.chamberIds, (1)), abi.encode(idsUpTo(chambers)));
    }

    /// @dev Makes a tallied chamber of ten ballots, with a quorum of two and half as the threshold.
    function _mockChamber(uint256 index, uint64[] memory totals, bool hasChoice, uint8 choice) private {
        IPolls.ChamberView memory c;
        (c.tallied, c.ballots, c.totals, c.hasChoice, c.choice) = (true, 10, totals, hasChoice, choice);
        (c.rule.minBallots, c.rule.quorum, c.rule.thresholdBps) = (5, 5, 5_000);
        _mock(index, c);
    }

    function _mock(uint256 index, IPolls.ChamberView memory c) private {
        vm.mockCall(address(POLLS), abi.encodeCall(IPolls.chamber, (1, 10 + index)), abi.encode(c));
    }

    function _totals(uint64 a, uint64 b, uint64 c) private pure returns (uint64[] memory totals) {
        totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (a, b, c);
    }
}
