// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IBallotSource} from "../src/interfaces/IBallotSource.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Election} from "./support/Election.sol";

/// @title Polls as a source of ballots: summaries follow state and parameters
contract PollSummariesTest is Election {
    uint256 private _chamber;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
    }

    function test_PhaseFollowsTheState() public {
        uint256 poll = polls.create(parameters(_chamber, 3));
        _assertSummary(poll, IBallotSource.Phase.Created, 3, false);
        _assertChamber(poll, 0);
        vm.warp(OPENS);
        polls.open(poll);
        _assertSummary(poll, IBallotSource.Phase.Open, 3, false);
        polls.cast(poll, _chamber, recordOf(voteFor(1, 0, 0), 3, ctxOf(poll, _chamber), 0));
        _assertChamber(poll, 1);
        vm.warp(CLOSES);
        _assertSummary(poll, IBallotSource.Phase.Closed, 3, false);
        polls.finalise(poll);
        assertTrue(polls.poll(poll).state == IPolls.State.Rejected, "too few ballots");
        _assertSummary(poll, IBallotSource.Phase.Ended, 3, false);
    }

    function test_CancelledPollHasEnded() public {
        IPolls.PollParameters memory p = parameters(_chamber, 8);
        (p.canceller, p.cancelDeadline, p.rule.choiceInNote) = (address(this), OPENS, true);
        uint256 poll = polls.create(p);
        _assertSummary(poll, IBallotSource.Phase.Created, 8, true);
        polls.cancel(poll);
        _assertSummary(poll, IBallotSource.Phase.Ended, 8, true);
    }

    function test_RevertWhen_ThereIsNoSuchPollOrChamber() public {
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownPoll.selector, 1));
        polls.summary(1);
        uint256 poll = polls.create(parameters(_chamber, 3));
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownChamber.selector, poll, 9));
        polls.chamberSummary(poll, 9);
    }

    function _assertSummary(uint256 poll, IBallotSource.Phase phase, uint256 noteOptions, bool choiceInNote)
        private
        view
    {
        IBallotSource.PollSummary memory data = polls.summary(poll);
        assertTrue(data.phase == phase, "phase");
        assertEq(data.closesAt, CLOSES, "closesAt");
        assertEq(data.tallyDeadline, DEADLINE, "tallyDeadline");
        assertEq(data.noteOptions, noteOptions, "noteOptions");
        assertTrue(data.choiceInNote == choiceInNote, "choiceInNote");
    }

    function _assertChamber(uint256 poll, uint256 ballots) private view {
        IBallotSource.ChamberSummary memory data = polls.chamberSummary(poll, _chamber);
        IPolls.ChamberView memory c = polls.chamber(poll, _chamber);
        assertEq(data.ballots, ballots, "ballots");
        assertEq(data.ctx, c.ctx, "ctx");
        assertEq(data.members, c.members, "members");
        assertEq(data.totalWeight, c.totalWeight, "totalWeight");
        assertTrue(data.tallied == c.tallied, "tallied");
    }
}
