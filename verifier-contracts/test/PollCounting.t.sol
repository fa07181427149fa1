// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Election} from "./support/Election.sol";

/// @title Opening totals and deciding
contract PollCountingTest is Election {
    uint256 private _chamber;
    uint256 private _poll;
    uint256 private _randomness;
    uint256[8] private _anyProof;

    function setUp() public {
        deployAll();
        _chamber = newChamber(3);
        _poll = openPoll(_chamber, 3);
        _castAll([uint256(0), 0, 2]);
        vm.warp(CLOSES);
    }

    function test_wholeElection() public {
        assertTrue(polls.poll(_poll).state == IPolls.State.Closed, "closed");
        (uint256[] memory share, uint256[8] memory proof) = _share(_poll, _chamber, _randomness, 3);
        vm.expectEmit(address(polls));
        emit IPolls.SharePosted(_poll, _chamber, 0, share);
        vm.prank(trustee);
        polls.postShare(_poll, _chamber, share, 5, proof);
        assertEq(polls.chamber(_poll, _chamber).shares, 1, "shares");

        vm.expectEmit(address(polls));
        emit IPolls.ChamberCounted(_poll, _chamber, _totals(2, 0, 1), true, 0);
        vm.prank(address(0xbeef));
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
        IPolls.ChamberView memory c = polls.chamber(_poll, _chamber);
        assertTrue(c.counted && c.hasChoice && c.choice == 0, "choice");
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

    function test_sizeEight() public {
        vm.warp(START);
        uint256 id = openPoll(_chamber, 5);
        uint256 sum = 0;
        for (uint256 voter = 0; voter < 3; ++voter) {
            Vote memory vote = voteFor(voter, 4, 0);
            sum += vote.randomness;
            polls.cast(id, _chamber, recordOf(vote, 8, ctxOf(id, _chamber), 0));
        }
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) = _share(id, _chamber, sum, 8);
        vm.prank(trustee);
        polls.postShare(id, _chamber, share, 5, proof);
        uint64[] memory totals = new uint64[](5);
        totals[4] = 3;
        polls.tally(id, _chamber, totals);
        polls.finalise(id);
        assertEq(polls.poll(id).outcome, 4, "outcome");
    }

    function test_wrongTotals() public {
        _postShare();
        for (uint256 j = 0; j < 3; ++j) {
            uint64[] memory totals = _totals(2, 0, 1);
            totals[j] += 1;
            vm.expectRevert(abi.encodeWithSelector(IPolls.WrongTotals.selector, j));
            polls.tally(_poll, _chamber, totals);
            totals[j] = (1 << 40) + 1;
            vm.expectRevert(abi.encodeWithSelector(IPolls.WrongTotals.selector, j));
            polls.tally(_poll, _chamber, totals);
            totals[j] = 1 << 40;
            vm.expectRevert(abi.encodeWithSelector(IPolls.WrongTotals.selector, j));
            polls.tally(_poll, _chamber, totals);
        }
        vm.expectRevert(abi.encodeWithSelector(IPolls.RecordLength.selector, 2, 3));
        polls.tally(_poll, _chamber, new uint64[](2));
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
        bytes memory counted = abi.encodeWithSelector(IPolls.AlreadyCounted.selector, _poll, _chamber);
        vm.expectRevert(counted);
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
        vm.prank(trustee);
        vm.expectRevert(counted);
        polls.postShare(_poll, _chamber, new uint256[](6), 5, _anyProof);
    }

    /// @notice The largest total that is allowed opens, and costs no more than the others.
    function test_largestTotal() public {
        vm.warp(START);
        uint256 id = openPoll(_chamber, 3);
        Vote memory vote = voteFor(1, 0, 0);
        vote.values[0] = (1 << 40) - 1;
        polls.cast(id, _chamber, recordOf(vote, 3, ctxOf(id, _chamber), 0));
        Vote memory second = voteFor(2, 0, 0);
        polls.cast(id, _chamber, recordOf(second, 3, ctxOf(id, _chamber), 0));
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) = _share(id, _chamber, vote.randomness + second.randomness, 3);
        vm.prank(trustee);
        polls.postShare(id, _chamber, share, 5, proof);
        polls.tally(id, _chamber, _totals(1 << 40, 0, 0));
    }

    function test_wrongShares() public {
        (uint256[] memory share, uint256[8] memory proof) = _share(_poll, _chamber, _randomness, 3);
        vm.expectRevert(abi.encodeWithSelector(IPolls.NotTrustee.selector, address(this)));
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.startPrank(trustee);
        vm.expectRevert(abi.encodeWithSelector(IPolls.RecordLength.selector, 8, 6));
        polls.postShare(_poll, _chamber, new uint256[](8), 5, proof);
        for (uint256 i = 0; i < 6; ++i) {
            uint256[] memory wrong = _copy(share);
            wrong[i] = addmod(wrong[i], 1, R);
            vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
            polls.postShare(_poll, _chamber, wrong, 5, proof);
            wrong[i] = share[i] + R;
            vm.expectRevert(abi.encodeWithSelector(IPolls.ElementOutOfField.selector, i));
            polls.postShare(_poll, _chamber, wrong, 5, proof);
        }
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.postShare(_poll, _chamber, share, 6, proof);
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.InputOutOfField.selector, 0));
        polls.postShare(_poll, _chamber, share, 5 + R, proof);
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.expectRevert(abi.encodeWithSelector(IPolls.ShareAlreadyPosted.selector, 0));
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.stopPrank();
    }

    /// @notice A share opens the total of its own chamber and poll: the same sum elsewhere has another context.
    function test_shareOfAnotherPoll() public {
        vm.warp(START);
        uint256 first = _poll;
        _poll = openPoll(_chamber, 3);
        _castAll([uint256(0), 0, 2]);
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) = _share(first, _chamber, _randomness, 3);
        vm.startPrank(trustee);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        polls.postShare(_poll, _chamber, share, 5, proof);
        polls.postShare(first, _chamber, share, 5, proof);
        vm.stopPrank();
    }

    function test_sharesAreNeeded() public {
        vm.expectRevert(abi.encodeWithSelector(IPolls.SharesMissing.selector, 0, 1));
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
    }

    function test_nothingIsOpenedBeforeTheEnd() public {
        (uint256[] memory share, uint256[8] memory proof) = _share(_poll, _chamber, _randomness, 3);
        vm.warp(CLOSES - 1);
        bytes memory open =
            abi.encodeWithSelector(IPolls.WrongState.selector, _poll, IPolls.State.Open, IPolls.State.Closed);
        vm.prank(trustee);
        vm.expectRevert(open);
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.expectRevert(open);
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
        vm.expectRevert(open);
        polls.finalise(_poll);
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownChamber.selector, _poll, 9));
        vm.warp(CLOSES);
        polls.tally(_poll, 9, _totals(2, 0, 1));
    }

    function test_tallyDeadline() public {
        (uint256[] memory share, uint256[8] memory proof) = _share(_poll, _chamber, _randomness, 3);
        vm.warp(DEADLINE);
        vm.prank(trustee);
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.expectRevert(abi.encodeWithSelector(IPolls.NotFinal.selector, _poll));
        polls.finalise(_poll);
        uint256 snapshot = vm.snapshotState();
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
        // Counted in time: decided whenever somebody asks.
        vm.warp(DEADLINE + 1_000);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided, "decided");
        vm.revertToState(snapshot);

        vm.warp(DEADLINE + 1);
        bytes memory late = abi.encodeWithSelector(IPolls.TallyTooLate.selector, DEADLINE);
        vm.expectRevert(late);
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
        vm.prank(trustee);
        vm.expectRevert(late);
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.expectEmit(address(polls));
        emit IPolls.PollEnded(_poll, IPolls.State.Undecided, 0);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Undecided, "undecided");
    }

    function test_tooFewBallotsAreNeverOpened() public {
        vm.warp(START);
        _poll = openPoll(_chamber, 3);
        Vote memory vote = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        // A replacement is not one ballot more.
        polls.replace(_poll, _chamber, replacementOf(voteFor(1, 1, 1), vote, 3, ctxOf(_poll, _chamber)));
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) = _share(_poll, _chamber, voteFor(1, 1, 1).randomness, 3);
        bytes memory few = abi.encodeWithSelector(IPolls.TooFewBallots.selector, 1, 2);
        vm.prank(trustee);
        vm.expectRevert(few);
        polls.postShare(_poll, _chamber, share, 5, proof);
        vm.expectRevert(few);
        polls.tally(_poll, _chamber, _totals(0, 1, 0));
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Rejected, "rejected");
    }

    /// @notice Ten ballots of 30 and three hundred of 1, with one total: opening it costs the same to the unit.
    function test_tallyDoesNotDependOnTheNumberOfBallots() public {
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
            (uint256[] memory share, uint256[8] memory proof) = _share(id, _chamber, 300 * 77_777, 3);
            vm.prank(trustee);
            polls.postShare(id, _chamber, share, 5, proof);
            polls.tally(id, _chamber, _totals(300, 0, 0));
            gas[k] = vm.lastCallGas().gasTotalUsed;
            log("tally", gas[k]);
        }
        assertEq(gas[0], gas[1], "gas of 10 and of 300 ballots");
    }

    /// @notice Randomness that sums to 0 leaves nothing to decrypt: the totals stand there for all to see.
    function test_noShareForTheIdentity() public {
        vm.warp(START);
        _poll = openPoll(_chamber, 3);
        for (uint256 voter = 0; voter < 2; ++voter) {
            Vote memory vote = voteFor(voter, voter, 0);
            vote.randomness = 0;
            polls.cast(_poll, _chamber, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        }
        vm.warp(CLOSES);
        vm.expectRevert(abi.encodeWithSelector(IPolls.WrongTotals.selector, 0));
        polls.tally(_poll, _chamber, _totals(2, 0, 0));
        polls.tally(_poll, _chamber, _totals(1, 1, 0));
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Rejected, "a tie");
    }

    function test_chambersDecideTogether() public {
        uint256 other = newChamber(3);
        uint256 quiet = newChamber(3);
        vm.warp(START);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.chambers = new IPolls.ChamberRule[](3);
        (p.chambers[0], p.chambers[1], p.chambers[2]) = (chamberRule(_chamber), chamberRule(other), chamberRule(quiet));
        p.chambersRequired = 2;
        _poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(_poll);
        _castAll([uint256(1), 1, 0]);
        uint256 chamber = _chamber;
        _chamber = other;
        _castAll([uint256(1), 1, 2]);
        vm.warp(CLOSES);
        _postShare();
        polls.tally(_poll, other, _totals(0, 2, 1));
        vm.expectRevert(abi.encodeWithSelector(IPolls.NotFinal.selector, _poll));
        polls.finalise(_poll);
        _chamber = chamber;
        _postShare();
        polls.tally(_poll, chamber, _totals(1, 2, 0));
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided, "decided");
        assertEq(polls.poll(_poll).outcome, 1, "outcome");
    }

    /// @notice A committee that retires after opening can still open what it holds the keys of.
    function test_retiredCommittee() public {
        committee.retire(0);
        _postShare();
        polls.tally(_poll, _chamber, _totals(2, 0, 1));
    }

    function _castAll(uint256[3] memory choices) private {
        bytes memory records;
        _randomness = 0;
        for (uint256 voter = 0; voter < 3; ++voter) {
            Vote memory vote = voteFor(voter, choices[voter], 0);
            _randomness += vote.randomness;
            records = bytes.concat(records, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        }
        polls.castBatch(_poll, _chamber, records, "");
    }

    function _postShare() private {
        (uint256[] memory share, uint256[8] memory proof) = _share(_poll, _chamber, _randomness, 3);
        vm.prank(trustee);
        polls.postShare(_poll, _chamber, share, 5, proof);
    }

    /// @dev E_j = sk_j C, with C = randomness G, and a proof for h = 5.
    function _share(uint256 poll, uint256 chamber, uint256 randomness, uint256 size)
        private
        view
        returns (uint256[] memory share, uint256[8] memory proof)
    {
        share = new uint256[](2 * size);
        for (uint256 j = 0; j < size; ++j) {
            (share[2 * j], share[2 * j + 1]) = pointOf(randomness * secretKeys[j]);
        }
        proof = prove(decryptionInputs(ctxOf(poll, chamber), randomness, share, 5), poll);
    }

    function _totals(uint64 a, uint64 b, uint64 c) private pure returns (uint64[] memory totals) {
        totals = new uint64[](3);
        (totals[0], totals[1], totals[2]) = (a, b, c);
    }

    function _copy(uint256[] memory list) private pure returns (uint256[] memory copy) {
        copy = new uint256[](list.length);
        for (uint256 i = 0; i < list.length; ++i) {
            copy[i] = list[i];
        }
    }
}
