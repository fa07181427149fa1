// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {Election} from "./support/Election.sol";

/// @title Cancelling polls
contract PollCancellationTest is Election {
    address private constant CANCELLER = address(0xca);
    uint64 private constant LATEST = OPENS + (CLOSES - OPENS) / 4;

    uint256 private _chamber;

    function setUp() public {
        deployAll();
        useCommittee(createReadyCommittee(3, 2));
        vm.warp(START);
        _chamber = newChamber(3);
    }

    function test_CancellerEndsPollBeforeItOpens() public {
        uint256 id = polls.create(_parameters());
        vm.expectEmit(address(polls));
        emit IPolls.PollEnded(id, IPolls.State.Cancelled, 0);
        vm.prank(CANCELLER);
        polls.cancel(id);
        assertTrue(polls.poll(id).state == IPolls.State.Cancelled, "cancelled");
        vm.warp(OPENS);
        vm.expectRevert(_wrongState(id, IPolls.State.Cancelled, IPolls.State.Created));
        polls.open(id);
        vm.prank(CANCELLER);
        vm.expectRevert(_wrongState(id, IPolls.State.Cancelled, IPolls.State.Open));
        polls.cancel(id);
    }

    /// @notice No ballot is accepted, no total decrypted and nothing decided after the cancellation.
    function test_CancellerEndsPollEarlyInItsCasting() public {
        uint256 id = polls.create(_parameters());
        vm.warp(OPENS);
        polls.open(id);
        uint256 randomness = 0;
        for (uint256 voter = 0; voter < 2; ++voter) {
            Vote memory vote = voteFor(voter, 0, 0);
            randomness += vote.randomness;
            polls.cast(id, _chamber, recordOf(vote, 3, ctxOf(id, _chamber), 0));
        }
        vm.warp(LATEST);
        vm.prank(CANCELLER);
        polls.cancel(id);

        bytes memory late = recordOf(voteFor(2, 0, 0), 3, ctxOf(id, _chamber), 0);
        vm.expectRevert(_wrongState(id, IPolls.State.Cancelled, IPolls.State.Open));
        polls.cast(id, _chamber, late);
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) = proveShare(id, _chamber, 0, randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 0, 3);
        IPolls.ChamberShare[] memory shares = oneShare(_chamber, share, 5, proof);
        bytes memory closed = _wrongState(id, IPolls.State.Cancelled, IPolls.State.Closed);
        vm.prank(trusteeAt(0));
        vm.expectRevert(closed);
        polls.postShares(id, 0, keys, otherKeysHash, shares);
        vm.expectRevert(closed);
        polls.finalise(id);
    }

    function test_RevertWhen_SenderIsNotCanceller() public {
        uint256 id = polls.create(_parameters());
        vm.expectRevert(abi.encodeWithSelector(IPolls.NotCanceller.selector, id, address(this)));
        polls.cancel(id);
        uint256 without = polls.create(parameters(_chamber, 3));
        vm.prank(CANCELLER);
        vm.expectRevert(abi.encodeWithSelector(IPolls.NotCanceller.selector, without, CANCELLER));
        polls.cancel(without);
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownPoll.selector, 9));
        polls.cancel(9);
    }

    function test_RevertWhen_CancelDeadlineHasPassed() public {
        uint256 id = polls.create(_parameters());
        uint256 unopened = polls.create(_parameters());
        vm.warp(OPENS);
        polls.open(id);
        vm.warp(LATEST + 1);
        vm.startPrank(CANCELLER);
        vm.expectRevert(abi.encodeWithSelector(IPolls.CancelTooLate.selector, LATEST));
        polls.cancel(id);
        vm.expectRevert(abi.encodeWithSelector(IPolls.CancelTooLate.selector, LATEST));
        polls.cancel(unopened);
        vm.warp(CLOSES);
        vm.expectRevert(_wrongState(id, IPolls.State.Closed, IPolls.State.Open));
        polls.cancel(id);
        vm.stopPrank();
    }

    /// @notice An account that may cancel late could wait for a turnout that it dislikes.
    function test_RevertWhen_CancelDeadlineIsLateOrMissing() public {
        IPolls.PollParameters memory p = _parameters();
        p.cancelDeadline = LATEST + 1;
        _expectRefused(p, LATEST + 1, LATEST);
        p.cancelDeadline = 0;
        _expectRefused(p, 0, LATEST);
        (p.canceller, p.cancelDeadline) = (address(0), 1);
        _expectRefused(p, 1, 0);
    }

    function _parameters() private view returns (IPolls.PollParameters memory p) {
        p = parameters(_chamber, 3);
        (p.canceller, p.cancelDeadline) = (CANCELLER, LATEST);
    }

    function _expectRefused(IPolls.PollParameters memory p, uint64 deadline, uint64 latest) private {
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidCancelDeadline.selector, deadline, latest));
        polls.create(p);
    }

    function _wrongState(uint256 id, IPolls.State actual, IPolls.State expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPolls.WrongState.selector, id, actual, expected);
    }
}
