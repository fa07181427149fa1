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
        uint256[] memory ids = _polls.chamberIds(poll);
        ChamberMasks.check(rule, ids.length);
        uint256 pending = 0;
        for (uint256 i = 0; i < ids.length; ++i) {
            (bool waits, bool chooses, bool refuses) = _stanceOf(poll, ids[i], option, refusing);
            if (waits) pending |= 1 << i;
            if (chooses) chose |= 1 << i;
            if (refuses) refused |= 1 << i;
        }
        (decided, possible) = ChamberMasks.decide(rule, chose, refused, pending);
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

    /// @dev Returns whether a chamber is to be tallied, chooses an option, and refuses it.
    function _stanceOf(uint256 poll, uint256 chamber, uint8 option, uint8 refusing)
        private
        view
        returns (bool waits, bool chooses, bool refuses)
    {
        IPolls.PollView memory data = _polls.poll(poll);
        IPolls.ChamberView memory c = _polls.chamber(poll, chamber);
        if (!c.tallied) {
            // Before the close any chamber may still get enough ballots; after it, one with too few is settled.
            bool casting = data.state == IPolls.State.Created || data.state == IPolls.State.Open;
            return (casting || c.ballots >= c.rule.minBallots, false, false);
        }
        chooses = c.hasChoice && c.choice == option;
        refuses = data.decision == IPolls.DecisionKind.Motion
            ? _refusesMotion(c, poll, chamber)
            : c.hasChoice && c.choice == refusing;
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

    /// @dev Returns a part of a number in basis points, rounded up.
    function _part(uint256 number, uint256 basisPoints) private pure returns (uint256) {
        return (number * basisPoints + Decision.BASIS_POINTS - 1) / Decision.BASIS_POINTS;
    }
}
