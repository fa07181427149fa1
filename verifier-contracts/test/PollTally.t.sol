// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {ClosedPoll} from "./support/ClosedPoll.sol";

/// @title Tally of chambers and decision of polls
contract PollTallyTest is ClosedPoll {
    mapping(uint256 chamber => uint256 randomness) private _randomnessOf;

    function test_WholeElectionIsDecided() public {
        assertTrue(polls.poll(_poll).state == IPolls.State.Closed, "closed");
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 2, _randomness, 3);
        vm.expectEmit(address(polls));
        emit IPolls.SharePosted(_poll, _chamber, trusteeAt(2), 2, share, 5, proof);
        _post(2, share, 5, proof);
        postShare(_poll, _chamber, 0, _randomness, 3);
        assertEq(polls.chamber(_poll, _chamber).shares, 5, "bits 0 and 2");

        IPolls.ShareCombination memory combination = _combination();
        vm.expectEmit(address(polls));
        emit IPolls.ChamberTallied(_poll, _chamber, _totals(2, 0, 1), true, 0, 5);
        vm.prank(address(0xbeef));
        polls.tally(_poll, _chamber, _totals(2, 0, 1), combination);
        IPolls.ChamberView memory c = polls.chamber(_poll, _chamber);
        assertTrue(c.tallied && c.hasChoice && c.choice == 0, "choice");
        assertTrue(c.totals.length == 3 && c.totals[0] == 2 && c.totals[2] == 1, "totals");

        vm.expectEmit(address(polls));
        emit IPolls.PollEnded(_poll, IPolls.State.Decided, 0);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided, "state");
        vm.expectRevert(
            abi.encodeWithSelector(IPolls.WrongState.selector, _poll, IPolls.State.Decided, IPolls.State.Closed)
        );
        polls.finalise(_poll);
    }

    function test_TallyOfSizeEight() public {
        vm.warp(START);
        uint256 id = openPoll(_chamber, 5);
        uint256 sum = 0;
        for (uint256 voter = 0; voter < 3; ++voter) {
            Vote memory vote = voteFor(voter, 4, 0);
            sum += vote.randomness;
            polls.cast(id, _chamber, recordOf(vote, 8, ctxOf(id, _chamber), 0));
        }
        vm.warp(CLOSES);
        uint64[] memory totals = new uint64[](5);
        totals[4] = 3;
        _tally(id, sum, 8, totals);
        polls.finalise(id);
        assertEq(polls.poll(id).outcome, 4, "outcome");
    }

    function test_RevertWhen_TotalsWrong() public {
        _postShares();
        for (uint256 j = 0; j < 3; ++j) {
            uint64[] memory totals = _totals(2, 0, 1);
            totals[j] += 1;
            _expectTally(abi.encodeWithSelector(IPolls.WrongTotals.selector, j), totals, _combination());
            totals[j] = (1 << 40) + 1;
            _expectTally(abi.encodeWithSelector(IPolls.WrongTotals.selector, j), totals, _combination());
            totals[j] = 1 << 40;
            _expectTally(abi.encodeWithSelector(IPolls.WrongTotals.selector, j), totals, _combination());
        }
        _expectTally(abi.encodeWithSelector(IPolls.InvalidLength.selector, 2, 3), new uint64[](2), _combination());
        polls.tally(_poll, _chamber, _totals(2, 0, 1), _combination());
        bytes memory counted = abi.encodeWithSelector(IPolls.AlreadyTallied.selector, _poll, _chamber);
        _expectTally(counted, _totals(2, 0, 1), _combination());
        vm.prank(trusteeAt(1));
        vm.expectRevert(counted);
        polls.postShares(_poll, 1, new uint256[](0), 0, oneShare(_chamber, new uint256[](6), 5, _anyProof));
    }

    /// @notice Only posted shares decrypt, and exactly as many as the committee threshold.
    function test_RevertWhen_CombinationWrong() public {
        postShare(_poll, _chamber, 0, _randomness, 3);
        uint64[] memory totals = _totals(2, 0, 1);
        // One share of two: the other one was not posted.
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 2), totals, _combination());
        _expectTally(
            abi.encodeWithSelector(ICommittee.WrongTrustees.selector, 1),
            totals,
            combinationOf(_poll, 1, _randomness, 3)
        );
        postShare(_poll, _chamber, 2, _randomness, 3);
        IPolls.ShareCombination memory combination = _combination();
        combination.shares[3] = addmod(combination.shares[3], 1, R);
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), totals, combination);
        combination = _combination();
        combination.trustees = 6;
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 1), totals, combination);
        combination.trustees = 1;
        _expectTally(abi.encodeWithSelector(IPolls.InvalidShareCombination.selector), totals, combination);
        combination.trustees = 7;
        _expectTally(abi.encodeWithSelector(IPolls.WrongShare.selector, 1), totals, combination);
        combination.trustees = 0;
        _expectTally(abi.encodeWithSelector(IPolls.InvalidShareCombination.selector), totals, combination);
        combination.shares = new uint256[](0);
        _expectTally(abi.encodeWithSelector(ICommittee.WrongTrustees.selector, 0), totals, combination);
        combination = _combination();
        combination.coefficients[1] += 1;
        _expectTally(abi.encodeWithSelector(ICommittee.WrongCoefficient.selector, 2), totals, combination);
        polls.tally(_poll, _chamber, totals, _combination());
    }

    /// @notice The greatest total that is allowed is tallied, and costs no more gas than others.
    function test_LargestTotalIsTallied() public {
        vm.warp(START);
        uint256 id = openPoll(_chamber, 3);
        Vote memory vote = voteFor(1, 0, 0);
        vote.values[0] = (1 << 40) - 1;
        polls.cast(id, _chamber, recordOf(vote, 3, ctxOf(id, _chamber), 0));
        Vote memory second = voteFor(2, 0, 0);
        polls.cast(id, _chamber, recordOf(second, 3, ctxOf(id, _chamber), 0));
        vm.warp(CLOSES);
        _tally(id, vote.randomness + second.randomness, 3, _totals(1 << 40, 0, 0));
    }

    function test_RevertWhen_TallyingBeforeClose() public {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 0, _randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 0, 3);
        IPolls.ShareCombination memory combination = _combination();
        vm.warp(CLOSES - 1);
        bytes memory open =
            abi.encodeWithSelector(IPolls.WrongState.selector, _poll, IPolls.State.Open, IPolls.State.Closed);
        vm.prank(trusteeAt(0));
        vm.expectRevert(open);
        polls.postShares(_poll, 0, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        _expectTally(open, _totals(2, 0, 1), combination);
        vm.expectRevert(open);
        polls.finalise(_poll);
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownChamber.selector, _poll, 9));
        vm.warp(CLOSES);
        polls.tally(_poll, 9, _totals(2, 0, 1), combination);
    }

    function test_TallyDeadlineIsEnforced() public {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 1, _randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 1, 3);
        IPolls.ShareCombination memory combination = _combination();
        vm.warp(DEADLINE);
        postShare(_poll, _chamber, 2, _randomness, 3);
        vm.expectRevert(abi.encodeWithSelector(IPolls.TallyIncomplete.selector, _poll));
        polls.finalise(_poll);
        uint256 snapshot = vm.snapshotState();
        postShare(_poll, _chamber, 0, _randomness, 3);
        polls.tally(_poll, _chamber, _totals(2, 0, 1), combination);
        // Tallied in time: the poll can be finalised at any later time.
        vm.warp(DEADLINE + 1_000);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided, "decided");
        vm.revertToState(snapshot);

        vm.warp(DEADLINE + 1);
        bytes memory late = abi.encodeWithSelector(IPolls.TallyTooLate.selector, DEADLINE);
        _expectTally(late, _totals(2, 0, 1), combination);
        vm.prank(trusteeAt(1));
        vm.expectRevert(late);
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        // The trustees whose shares are missing are public.
        address[] memory missing = new address[](2);
        (missing[0], missing[1]) = (trusteeAt(0), trusteeAt(1));
        vm.expectEmit(address(polls));
        emit IPolls.SharesMissing(_poll, _chamber, missing);
        vm.expectEmit(address(polls));
        emit IPolls.PollEnded(_poll, IPolls.State.Undecided, 0);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Undecided, "undecided");
    }

    /// @notice Ten ballots of 30 and three hundred of 1 have the same total: tallying it costs exactly the same gas.
    function test_TallyGasDoesNotDependOnNumberOfBallots() public {
        uint256[2] memory gas;
        for (uint256 k = 0; k < 2; ++k) {
            uint256 ballots = k == 0 ? 10 : 300;
            vm.warp(START);
            uint256 id = openPoll(_chamber, 3);
            for (uint256 first = 0; first < ballots; first += 10) {
                bytes memory records;
                for (uint256 voter = first; voter < first + 10; ++voter) {
                    Vote memory vote = voteFor(voter, 0, 0);
                    (vote.values[0], vote.randomness) = (uint64(300 / ballots), 77_777 * (300 / ballots));
                    records = bytes.concat(records, recordOf(vote, 3, ctxOf(id, _chamber), 0));
                }
                polls.castBatch(id, _chamber, records, "");
            }
            assertEq(polls.chamber(id, _chamber).ballots, ballots, "ballots");
            vm.warp(CLOSES);
            _tally(id, 300 * 77_777, 3, _totals(300, 0, 0));
            gas[k] = vm.lastCallGas().gasTotalUsed;
            log("tally", gas[k]);
        }
        assertEq(gas[0], gas[1], "gas of 10 and of 300 ballots");
    }

    /// @notice Two of two required chambers agree: the third can change nothing, so the poll is decided without it, and
    /// its total can still be decrypted in time.
    function test_SureDecisionNeedsNoFurtherChamber() public {
        uint256 last = _decideByTwoOfThree();
        vm.expectEmit(address(polls));
        emit IPolls.PollEnded(_poll, IPolls.State.Decided, 1);
        polls.finalise(_poll);

        (_chamber, _randomness) = (last, _randomnessOf[last]);
        _postShares();
        uint256 snapshot = vm.snapshotState();
        polls.tally(_poll, last, _totals(3, 0, 0), _combination());
        assertTrue(polls.chamber(_poll, last).tallied, "tallied after the decision");
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided && polls.poll(_poll).outcome == 1, "unchanged");
        vm.revertToState(snapshot);
        vm.warp(DEADLINE + 1);
        _expectTally(abi.encodeWithSelector(IPolls.TallyTooLate.selector, DEADLINE), _totals(3, 0, 0), _combination());
    }

    /// @notice Trustees that have seen the first totals withhold the shares of the last chamber. They are named, and
    /// the decision stands.
    function test_WithheldSharesDoNotUndoSureDecision() public {
        uint256 last = _decideByTwoOfThree();
        vm.warp(DEADLINE + 1);
        address[] memory missing = new address[](3);
        (missing[0], missing[1], missing[2]) = (trusteeAt(0), trusteeAt(1), trusteeAt(2));
        vm.expectEmit(address(polls));
        emit IPolls.SharesMissing(_poll, last, missing);
        vm.expectEmit(address(polls));
        emit IPolls.PollEnded(_poll, IPolls.State.Decided, 1);
        polls.finalise(_poll);
    }

    /// @notice Two chambers choose different options and three are required: no third chamber could decide it.
    function test_PollIsRejectedOnceNoOptionCanWin() public {
        uint256 other = newChamber(3);
        uint256 last = newChamber(3);
        _openPollOf(other, last, 3);
        _castIn(_chamber, [uint256(1), 1, 0]);
        _castIn(other, [uint256(0), 0, 2]);
        _castIn(last, [uint256(0), 0, 0]);
        vm.warp(CLOSES);
        _tallyIn(_chamber, _totals(1, 2, 0));
        vm.expectRevert(abi.encodeWithSelector(IPolls.TallyIncomplete.selector, _poll));
        polls.finalise(_poll);
        _tallyIn(other, _totals(2, 0, 1));
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Rejected, "rejected");
    }

    function test_ChambersDecideTogether() public {
        uint256 other = newChamber(3);
        // The third chamber casts no ballot, and is not pending.
        _openPollOf(other, newChamber(3), 2);
        _castIn(_chamber, [uint256(1), 1, 0]);
        _castIn(other, [uint256(1), 1, 2]);
        vm.warp(CLOSES);
        _tallyIn(other, _totals(0, 2, 1));
        vm.expectRevert(abi.encodeWithSelector(IPolls.TallyIncomplete.selector, _poll));
        polls.finalise(_poll);
        _tallyIn(_chamber, _totals(1, 2, 0));
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided, "decided");
        assertEq(polls.poll(_poll).outcome, 1, "outcome");
    }

    /// @notice A committee that is retired after a poll opens still decrypts the poll's totals.
    function test_RetiredCommitteeStillTallies() public {
        committee.retire(committeeId);
        _postShares();
        polls.tally(_poll, _chamber, _totals(2, 0, 1), _combination());
    }

    /// @dev A closed poll in which two chambers of three choose option 1, as many as are required, and the third, which
    /// is returned, is not tallied.
    function _decideByTwoOfThree() private returns (uint256 last) {
        uint256 other = newChamber(3);
        last = newChamber(3);
        _openPollOf(other, last, 2);
        _castIn(_chamber, [uint256(1), 1, 0]);
        _castIn(other, [uint256(1), 1, 2]);
        _castIn(last, [uint256(0), 0, 0]);
        vm.warp(CLOSES);
        _tallyIn(_chamber, _totals(1, 2, 0));
        vm.expectRevert(abi.encodeWithSelector(IPolls.TallyIncomplete.selector, _poll));
        polls.finalise(_poll);
        _tallyIn(other, _totals(0, 2, 1));
    }

    function _openPollOf(uint256 other, uint256 last, uint8 required) private {
        vm.warp(START);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.chambers = new IPolls.ChamberRule[](3);
        (p.chambers[0], p.chambers[1], p.chambers[2]) = (chamberRule(_chamber), chamberRule(other), chamberRule(last));
        p.chambersRequired = required;
        _poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(_poll);
    }

    function _castIn(uint256 chamber, uint256[3] memory choices) private {
        uint256 before = _chamber;
        _chamber = chamber;
        _castAll(choices);
        _randomnessOf[chamber] = _randomness;
        _chamber = before;
    }

    function _tallyIn(uint256 chamber, uint64[] memory totals) private {
        uint256 before = _chamber;
        (_chamber, _randomness) = (chamber, _randomnessOf[chamber]);
        _postShares();
        polls.tally(_poll, chamber, totals, _combination());
        _chamber = before;
    }
}
