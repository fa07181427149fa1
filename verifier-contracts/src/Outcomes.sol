// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IOutcomes} from "./interfaces/IOutcomes.sol";
import {IPolls} from "./interfaces/IPolls.sol";
import {ISheets} from "./interfaces/ISheets.sol";
import {BucketMedian} from "./libraries/BucketMedian.sol";
import {ChamberMasks} from "./libraries/ChamberMasks.sol";
import {Copeland} from "./libraries/Copeland.sol";
import {Decision} from "./libraries/Decision.sol";
import {TopChoices} from "./libraries/TopChoices.sol";

/// @title Outcomes
/// @notice The whole of `IOutcomes`: views that read totals and apply the rules of `libraries/`, one file each.
contract Outcomes is IOutcomes {
    /// @notice What the chambers of a poll say about one option. Sets of chambers have bit i for index i.
    /// @param chose the chambers that choose it
    /// @param refused the chambers that refuse it
    /// @param pending the chambers that are to be tallied, and are not yet
    /// @param rival the number of chambers that choose the most chosen other option; 0 in a motion
    /// @param mostRival the number that could, if all pending chambers chose it; 0 in a motion
    struct Stances {
        uint256 chose;
        uint256 refused;
        uint256 pending;
        uint256 rival;
        uint256 mostRival;
    }

    IPolls private immutable _polls;
    ISheets private immutable _sheets;

    /// @notice Fixes the immutable dependencies.
    /// @param polls the contract of the polls
    /// @param sheets the contract of the sheet polls
    constructor(IPolls polls, ISheets sheets) {
        _polls = polls;
        _sheets = sheets;
    }

    /// @inheritdoc IOutcomes
    function decideByMasks(uint256 poll, uint8 option, uint8 refusing, ChamberMasks.Rule calldata rule)
        external
        view
        virtual
        returns (bool decided, bool possible, uint256 chose, uint256 refused)
    {
        IPolls.PollView memory data = _polls.poll(poll);
        bool motion = data.decision == IPolls.DecisionKind.Motion;
        if (motion ? option != 1 || refusing != 0 : option >= data.options || refusing >= data.options) {
            revert InvalidOption(option, refusing);
        }
        Stances memory s = _stancesOf(poll, data, option, refusing, rule);
        (chose, refused) = (s.chose, s.refused);
        ChamberMasks.Rule memory used = rule;
        if (option == refusing) used.veto = 0;
        (decided, possible) = ChamberMasks.decide(used, chose, refused, s.pending, s.rival, s.mostRival);
    }

    /// @inheritdoc IOutcomes
    function topOptions(uint256 poll, uint256 chamber, uint256 places, uint16 leastBps)
        external
        view
        virtual
        returns (uint256[] memory winners)
    {
        IPolls.ChamberView memory c = _polls.chamber(poll, chamber);
        return TopChoices.top(_totalsOf(c, poll, chamber), places, _part(c.ballots, leastBps));
    }

    /// @inheritdoc IOutcomes
    function topCells(uint256 sheet, uint256 chamber, uint256 places, uint16 leastBps)
        external
        view
        virtual
        returns (uint256[] memory winners)
    {
        (uint256[] memory agree,) = _countersOf(sheet, chamber);
        uint256 ballots = _sheets.chamber(sheet, chamber).ballots;
        return TopChoices.top(agree, places, _part(ballots, leastBps));
    }

    /// @inheritdoc IOutcomes
    function medianOption(uint256 poll) external view virtual returns (uint256 bucket, uint256[] memory medians) {
        uint256[] memory ids = _polls.chamberIds(poll);
        medians = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            medians[i] = BucketMedian.ofVotes(_totalsOf(_polls.chamber(poll, ids[i]), poll, ids[i]));
        }
        bucket = BucketMedian.ofChambers(medians);
    }

    /// @inheritdoc IOutcomes
    function medianCell(uint256 sheet) external view virtual returns (uint256 bucket, uint256[] memory medians) {
        if (_sheets.sheet(sheet).kind != ISheets.Kind.Groups) revert WrongKind(sheet);
        uint256[] memory ids = _sheets.chamberIds(sheet);
        medians = new uint256[](ids.length);
        for (uint256 i = 0; i < ids.length; ++i) {
            (uint256[] memory agree,) = _countersOf(sheet, ids[i]);
            medians[i] = BucketMedian.ofVotes(agree);
        }
        bucket = BucketMedian.ofChambers(medians);
    }

    /// @inheritdoc IOutcomes
    function copeland(uint256 sheet, uint256 chamber)
        external
        view
        virtual
        returns (uint256[] memory order, bool unique, uint256[] memory scores, uint256[] memory support)
    {
        if (_sheets.sheet(sheet).kind != ISheets.Kind.Ranking) revert WrongKind(sheet);
        (uint256[] memory before, uint256[] memory behind) = _countersOf(sheet, chamber);
        (scores, support) = Copeland.score(before, behind);
        (order, unique) = Copeland.rank(scores, support);
    }

    /// @inheritdoc IOutcomes
    function immutableDependencies() external view virtual returns (address, address) {
        return (address(_polls), address(_sheets));
    }

    /// @dev Returns what the chambers of a poll choose.
    function _stancesOf(
        uint256 poll,
        IPolls.PollView memory data,
        uint8 option,
        uint8 refusing,
        ChamberMasks.Rule calldata rule
    ) private view returns (Stances memory s) {
        bool motion = data.decision == IPolls.DecisionKind.Motion;
        uint256[] memory ids = _polls.chamberIds(poll);
        ChamberMasks.check(rule, ids.length);
        uint256[] memory votes = new uint256[](data.options);
        for (uint256 i = 0; i < ids.length; ++i) {
            IPolls.ChamberView memory c = _polls.chamber(poll, ids[i]);
            if (_waits(data.state, c)) s.pending |= 1 << i;
            if (!c.tallied) continue;
            if (c.hasChoice) ++votes[c.choice];
            if (c.hasChoice && c.choice == option) s.chose |= 1 << i;
            else if (motion ? _refusesMotion(c, poll, ids[i]) : c.hasChoice && c.choice == refusing) s.refused |= 1 << i;
        }
        // In a motion no chamber chooses another option than For.
        if (motion) return s;
        s.rival = _mostOthers(votes, option);
        s.mostRival = s.rival + ChamberMasks.count(s.pending);
    }

    /// @dev Returns whether a chamber is to be tallied. Before the close any chamber may still get enough ballots;
    /// after it, one with too few is settled.
    function _waits(IPolls.State state, IPolls.ChamberView memory c) private pure returns (bool) {
        if (c.tallied) return false;
        return state == IPolls.State.Created || state == IPolls.State.Open || c.ballots >= c.rule.minBallots;
    }

    /// @dev Returns whether a chamber refuses a motion: it would pass with Against and For exchanged.
    function _refusesMotion(IPolls.ChamberView memory c, uint256 poll, uint256 chamber) private pure returns (bool) {
        if (c.hasChoice) return false;
        if (c.totals.length == 0) revert TotalsUnknown(poll, chamber);
        uint64[] memory exchanged = new uint64[](Decision.MOTION_OPTIONS);
        (exchanged[0], exchanged[1], exchanged[2]) = (c.totals[1], c.totals[0], c.totals[2]);
        (bool refuses,) = Decision.choose(IPolls.DecisionKind.Motion, exchanged, c.rule.quorum, c.rule.thresholdBps);
        return refuses;
    }

    /// @dev Returns a chamber's exact totals.
    function _totalsOf(IPolls.ChamberView memory c, uint256 poll, uint256 chamber)
        private
        pure
        returns (uint256[] memory totals)
    {
        if (c.totals.length == 0) revert TotalsUnknown(poll, chamber);
        totals = new uint256[](c.totals.length);
        for (uint256 j = 0; j < totals.length; ++j) {
            totals[j] = c.totals[j];
        }
    }

    /// @dev Returns how many sheets of a chamber agree and disagree with each cell, of both camps together.
    function _countersOf(uint256 sheet, uint256 chamber)
        private
        view
        returns (uint256[] memory agree, uint256[] memory disagree)
    {
        ISheets.Counters[] memory counters = _sheets.counters(sheet, chamber);
        (agree, disagree) = (new uint256[](counters.length), new uint256[](counters.length));
        for (uint256 j = 0; j < counters.length; ++j) {
            agree[j] = uint256(counters[j].agree) + counters[j].upperAgree;
            disagree[j] = uint256(counters[j].disagree) + counters[j].upperDisagree;
        }
    }

    /// @dev Returns the greatest number of another option than this one.
    function _mostOthers(uint256[] memory votes, uint256 option) private pure returns (uint256 most) {
        for (uint256 j = 0; j < votes.length; ++j) {
            if (j != option && votes[j] > most) most = votes[j];
        }
    }

    /// @dev Returns a part of a number in basis points, rounded up.
    function _part(uint256 number, uint256 basisPoints) private pure returns (uint256) {
        if (basisPoints > Decision.BASIS_POINTS) revert InvalidLeast(basisPoints);
        return (number * basisPoints + Decision.BASIS_POINTS - 1) / Decision.BASIS_POINTS;
    }
}
