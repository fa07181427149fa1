// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";
import {Vm} from "./support/Vm.sol";

/// @title The end of rounded polls that were not tallied: who is named for it
/// @notice 2 of 3 trustees decrypt; the poll's teller is the trustee 1, its fallback 2.
contract RoundedEndTest is RoundedPoll {
    function setUp() public {
        setUpClosed(3, listOf(57, 31, 12));
    }

    function test_TrusteesWithoutShareForTheTellerAreNamed() public {
        vm.warp(MIDDLE + 1);
        uint256 snapshot = vm.snapshotState();
        address[] memory missing = new address[](3);
        for (uint256 i = 0; i < 3; ++i) {
            missing[i] = trusteeAt(i);
        }
        _expectMissing(missing);
        vm.revertToState(snapshot);
        // One less than the threshold: that of the teller itself.
        postBlinded(1, TELLER);
        missing = new address[](2);
        (missing[0], missing[1]) = (trusteeAt(0), trusteeAt(2));
        _expectMissing(missing);
    }

    /// @notice The deadline is a boundary here, too: no trustee is named while a tally is possible.
    function test_TellerIsNamedIfItHadEnoughShares() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(DEADLINE);
        vm.expectRevert(abi.encodeWithSelector(IPolls.TallyIncomplete.selector, _poll));
        polls.finalise(_poll);
        vm.warp(DEADLINE + 1);
        _expectSilent(1 << TELLER);
    }

    /// @notice The fallback is named where it had as many shares as it needed, and not with one less.
    function test_FallbackIsNamedIfItHadEnoughShares() public {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(MIDDLE + 1);
        postBlinded(2, FALLBACK);
        uint256 snapshot = vm.snapshotState();
        vm.warp(DEADLINE + 1);
        _expectSilent(1 << TELLER);
        vm.revertToState(snapshot);
        // It is its own share, of a trustee that has posted none for the teller.
        postBlinded(1, FALLBACK);
        vm.warp(DEADLINE + 1);
        _expectSilent(1 << TELLER | 1 << FALLBACK);
    }

    function test_TellerWithoutFallbackIsNamedOnce() public {
        uint256 id = create(3, 1);
        register(id, 0);
        vm.warp(block.timestamp + REGISTRATION + 1);
        deal(id, 0);
        finalise(id);
        useCommittee(id);
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        p.teller = 0;
        closePoll(p, listOf(57, 31, 12));
        postBlinded(0, 0);
        vm.warp(DEADLINE + 1);
        _expectSilent(1);
    }

    /// @notice Anyone could have tallied: with C = identity without shares, exact totals with those of the trustees.
    function test_NoTrusteeIsNamedWhereAnyoneCouldTally() public {
        closeWithoutRandomness();
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(DEADLINE + 1);
        _expectSilent(0);
        closePoll(parameters(_chamber, 3), listOf(57, 31, 12));
        postShare(_poll, _chamber, 0, _randomness, 3);
        postShare(_poll, _chamber, 2, _randomness, 3);
        vm.warp(DEADLINE + 1);
        _expectSilent(0);
    }

    /// @notice There was nothing to tally in the other one.
    function test_NoTrusteeIsNamedForChamberWithTooFewBallots() public {
        uint256 other = newChamber(3);
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        IPolls.ChamberRule memory rule = p.chambers[0];
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (rule, chamberRule(other));
        (p.chambers[1].step, p.chambersRequired) = (STEP, 2);
        closePoll(p, listOf(57, 31, 12));
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        vm.warp(DEADLINE + 1);
        _expectSilent(1 << TELLER);
    }

    function _expectMissing(address[] memory missing) private {
        vm.warp(DEADLINE + 1);
        Vm.Log[] memory entries = _finalise();
        assertEq(entries.length, 2, "one before the end");
        assertTrue(entries[0].topics[0] == IPolls.SharesMissing.selector, "missing shares");
        assertTrue(keccak256(entries[0].data) == keccak256(abi.encode(missing)), "of these trustees");
    }

    /// @dev Expects that the trustees of this set, the teller first, and no others are named as silent.
    function _expectSilent(uint256 set) private {
        Vm.Log[] memory entries = _finalise();
        uint256 n = 0;
        for (uint256 index = 0; index < 3; ++index) {
            if ((set >> index) & 1 == 0) continue;
            assertTrue(entries[n].topics[0] == IPolls.TellerSilent.selector, "a silent teller");
            assertEq(uint256(entries[n].topics[1]), _poll, "poll");
            assertEq(uint256(entries[n].topics[2]), _chamber, "chamber");
            assertEq(uint256(entries[n].topics[3]), uint256(uint160(trusteeAt(index))), "trustee");
            assertEq(entries[n].data.length, 0, "no more");
            ++n;
        }
        assertEq(entries.length, n + 1, "no one else");
    }

    function _finalise() private returns (Vm.Log[] memory entries) {
        vm.recordLogs();
        polls.finalise(_poll);
        entries = vm.getRecordedLogs();
        assertTrue(entries[entries.length - 1].topics[0] == IPolls.PollEnded.selector, "the end");
        assertTrue(polls.poll(_poll).state != IPolls.State.Decided, "not decided");
    }
}
