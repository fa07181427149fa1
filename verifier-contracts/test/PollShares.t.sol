// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {ClosedPoll} from "./support/ClosedPoll.sol";
import {Vm} from "./support/Vm.sol";

/// @title Decryption shares: which are accepted, and which trustees are named when some are missing
contract PollSharesTest is ClosedPoll {
    /// @notice A share with an invalid proof is not accepted, its trustee is named, and a valid one still is.
    function test_ShareWithInvalidProofIsRefused() public {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 1, _randomness, 3);
        for (uint256 i = 0; i < 6; ++i) {
            uint256[] memory wrong = _copy(share);
            wrong[i] = addmod(wrong[i], 1, R);
            _expectRefused(1, wrong, 5, proof);
        }
        _expectRefused(1, share, 6, proof);
        // Another trustee's share and proof, posted by this one.
        _expectRefused(2, share, 5, proof);
        assertEq(polls.chamber(_poll, _chamber).shares, 0, "nothing was taken");
        assertEq(polls.chamber(_poll, _chamber).refusals, 8, "each refusal is counted");
        assertTrue(_post(1, share, 5, proof), "the right one");
        assertEq(polls.chamber(_poll, _chamber).shares, 2, "bit 1");
        assertEq(polls.chamber(_poll, _chamber).refusals, 8, "an accepted share is none");
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 1, 3);
        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(IPolls.ShareAlreadyPosted.selector, trusteeAt(1)));
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
    }

    function test_RevertWhen_ShareMalformed() public {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 1, _randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 1, 3);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, committeeId, address(this)));
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        vm.startPrank(trusteeAt(1));
        for (uint256 index = 0; index < 4; ++index) {
            if (index == 1) continue;
            vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, committeeId, trusteeAt(1)));
            polls.postShares(_poll, index, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        }
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, committeeId, trusteeAt(1)));
        polls.postShares(_poll, 1 << 200, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidLength.selector, 8, 6));
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, new uint256[](8), 5, proof));
        vm.expectRevert(abi.encodeWithSelector(IPolls.InvalidLength.selector, 16, 6));
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, new uint256[](16), 5, proof));
        keys[0] = addmod(keys[0], 1, R);
        vm.expectRevert(ICommittee.WrongCommitments.selector);
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        vm.stopPrank();
    }

    /// @notice A share is for the total of its own chamber and poll: the same sum elsewhere has another context.
    function test_ShareOfAnotherPollIsRefused() public {
        vm.warp(START);
        uint256 first = _poll;
        _poll = openPoll(_chamber, 3);
        _castAll([uint256(0), 0, 2]);
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) = proveShare(first, _chamber, 0, _randomness, 3);
        _expectRefused(0, share, 5, proof);
        _poll = first;
        assertTrue(_post(0, share, 5, proof), "its own poll's pot");
    }

    /// @notice A trustee without keys, or whose share was not needed, is not named.
    function test_OnlyTrusteesWithMissingSharesAreNamed() public {
        useCommittee(_formWithout(1));
        vm.warp(START);
        _poll = openPoll(_chamber, 3);
        _castAll([uint256(0), 0, 2]);
        vm.warp(CLOSES);
        postShare(_poll, _chamber, 0, _randomness, 3);
        uint256 snapshot = vm.snapshotState();
        address[] memory missing = new address[](2);
        (missing[0], missing[1]) = (trusteeAt(2), trusteeAt(3));
        vm.warp(DEADLINE + 1);
        vm.expectEmit(address(polls));
        emit IPolls.SharesMissing(_poll, _chamber, missing);
        polls.finalise(_poll);

        vm.revertToState(snapshot);
        postShare(_poll, _chamber, 3, _randomness, 3);
        assertEq(committee.missingTrustees(committeeId, 9).length, 0, "two of two");
        _expectNoneMissing();
    }

    /// @notice No share is needed for a chamber with too few ballots.
    function test_NoTrusteeIsNamedForTooFewBallots() public {
        vm.warp(START);
        uint256 small = newChamber(3);
        IPolls.PollParameters memory p = parameters(_chamber, 3);
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (chamberRule(small), chamberRule(_chamber));
        _poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(_poll);
        polls.cast(_poll, small, recordOf(voteFor(50, 0, 0), 3, ctxOf(_poll, small), 0));
        _castAll([uint256(0), 0, 2]);
        vm.warp(DEADLINE + 1);
        vm.recordLogs();
        polls.finalise(_poll);
        Vm.Log[] memory entries = vm.getRecordedLogs();
        assertEq(entries.length, 2, "one chamber, and the end");
        assertTrue(entries[0].topics[0] == IPolls.SharesMissing.selector, "named");
        assertEq(uint256(entries[0].topics[2]), _chamber, "of the chamber that was tallied");
    }

    function test_NoTrusteeIsNamedForIdentityTotal() public {
        vm.warp(START);
        _poll = openPoll(_chamber, 3);
        for (uint256 voter = 0; voter < 2; ++voter) {
            Vote memory vote = voteFor(voter, voter, 0);
            vote.randomness = 0;
            polls.cast(_poll, _chamber, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        }
        _expectNoneMissing();
    }

    function test_RevertWhen_TooFewBallotsToDecrypt() public {
        vm.warp(START);
        _poll = openPoll(_chamber, 3);
        Vote memory vote = voteFor(1, 0, 0);
        polls.cast(_poll, _chamber, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        // A replacement does not increase the number of ballots.
        polls.replace(_poll, _chamber, replacementOf(voteFor(1, 1, 1), vote, 3, ctxOf(_poll, _chamber)));
        vm.warp(CLOSES);
        (uint256[] memory share, uint256[8] memory proof) =
            proveShare(_poll, _chamber, 1, voteFor(1, 1, 1).randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 1, 3);
        bytes memory few = abi.encodeWithSelector(IPolls.TooFewBallots.selector, 1, 2);
        vm.prank(trusteeAt(1));
        vm.expectRevert(few);
        polls.postShares(_poll, 1, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        _expectTally(few, _totals(0, 1, 0), _combination());
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Rejected, "rejected");
    }

    /// @notice If the encryption randomness sums up to 0, there is nothing to decrypt: the totals are public.
    function test_IdentityTotalDecryptsWithoutShares() public {
        vm.warp(START);
        _poll = openPoll(_chamber, 3);
        for (uint256 voter = 0; voter < 2; ++voter) {
            Vote memory vote = voteFor(voter, voter, 0);
            vote.randomness = 0;
            polls.cast(_poll, _chamber, recordOf(vote, 3, ctxOf(_poll, _chamber), 0));
        }
        vm.warp(CLOSES);
        IPolls.ShareCombination memory none;
        _expectTally(abi.encodeWithSelector(IPolls.WrongTotals.selector, 0), _totals(2, 0, 0), none);
        _expectTally(
            abi.encodeWithSelector(IPolls.InvalidShareCombination.selector),
            _totals(1, 1, 0),
            combinationOf(_poll, 5, 1, 3)
        );
        polls.tally(_poll, _chamber, _totals(1, 1, 0), none);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Rejected, "a tie");
    }

    function _expectNoneMissing() private {
        vm.warp(DEADLINE + 1);
        vm.recordLogs();
        polls.finalise(_poll);
        Vm.Log[] memory entries = vm.getRecordedLogs();
        assertTrue(entries.length == 1 && entries[0].topics[0] == IPolls.PollEnded.selector, "nothing but the end");
        assertTrue(polls.poll(_poll).state == IPolls.State.Undecided, "undecided");
    }

    /// @dev Creates a committee of 4 with threshold 2; one trustee has not registered.
    function _formWithout(uint256 absent) private returns (uint256 id) {
        id = create(4, 2);
        for (uint256 i = 0; i < 4; ++i) {
            if (i != absent) register(id, i);
        }
        vm.warp(block.timestamp + REGISTRATION + 1);
        deal(id, 0);
        deal(id, 2);
        finalise(id);
    }
}
