// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRounding} from "../src/interfaces/IRounding.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Blinded shares: which are accepted
contract BlindedSharesTest is RoundedPoll {
    function setUp() public {
        setUpClosed(3, listOf(57, 31, 12));
    }

    function test_AcceptedShareIsRecordedAndEmitted() public {
        IPolls.BlindedShare memory share = blindedShareOf(2, TELLER);
        vm.expectEmit(address(polls));
        emit IPolls.BlindedSharePosted(
            _poll, _chamber, trusteeAt(2), 2, TELLER, share.points, share.ephemeral, share.factors, share.h, share.proof
        );
        assertTrue(sendBlinded(2, TELLER, share), "accepted");
        assertEq(polls.chamber(_poll, _chamber).shares, 4, "bit 2");
        assertEq(polls.chamber(_poll, _chamber).tellers, 1 << (16 * 2 + TELLER), "its teller");
        assertEq(polls.chamber(_poll, _chamber).refusals, 0, "none refused");
    }

    function test_ShareOfEightKeysIsAccepted() public {
        uint64[] memory totals = new uint64[](5);
        totals[4] = 3;
        closePoll(roundedParameters(_chamber, 5), totals);
        postBlinded(0, TELLER);
        assertEq(polls.chamber(_poll, _chamber).shares, 1, "bit 0");
    }

    /// @notice Every posted word is in the proven list, beside the context, C, the teller's key and the trustee's.
    function test_ShareWithInvalidProofIsRefused() public {
        IPolls.BlindedShare memory share = blindedShareOf(2, TELLER);
        for (uint256 i = 0; i < 6; ++i) {
            share.points[i] = addmod(share.points[i], 1, R);
            _expectRefused(2, TELLER, share);
            share = blindedShareOf(2, TELLER);
        }
        for (uint256 i = 0; i < 3; ++i) {
            share.factors[i] = addmod(share.factors[i], 1, R);
            _expectRefused(2, TELLER, share);
            share = blindedShareOf(2, TELLER);
        }
        for (uint256 i = 0; i < 2; ++i) {
            share.ephemeral[i] = addmod(share.ephemeral[i], 1, R);
            _expectRefused(2, TELLER, share);
            share = blindedShareOf(2, TELLER);
        }
        share.h = 6;
        _expectRefused(2, TELLER, share);
        // Out of the field, where it could stand for the proven one.
        share.h = R + 5;
        _expectRefused(2, TELLER, share);
        // Another trustee's share and proof.
        _expectRefused(2, TELLER, blindedShareOf(0, TELLER));
        // A share that another teller could open.
        _expectRefused(2, TELLER, blindedShareOf(2, 0));
        assertEq(polls.chamber(_poll, _chamber).refusals, 15, "each refusal is counted");
        assertEq(polls.chamber(_poll, _chamber).shares, 0, "nothing was taken");
        assertEq(polls.chamber(_poll, _chamber).tellers, 0, "for no teller");
        postBlinded(2, TELLER);
        assertEq(polls.chamber(_poll, _chamber).refusals, 15, "an accepted share is none");
    }

    /// @notice The same sum in another poll has another context.
    function test_ShareOfAnotherPollIsRefused() public {
        IPolls.BlindedShare memory share = blindedShareOf(2, TELLER);
        closePoll(roundedParameters(_chamber, 3), listOf(57, 31, 12));
        _expectRefused(2, TELLER, share);
    }

    function test_SharesOfSeveralChambersArePostedTogether() public {
        uint256 other = newChamber(3);
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        IPolls.ChamberRule memory rule = p.chambers[0];
        p.chambers = new IPolls.ChamberRule[](2);
        (p.chambers[0], p.chambers[1]) = (rule, chamberRule(other));
        p.chambers[1].step = 1 << 40;
        vm.warp(START);
        _poll = polls.create(p);
        vm.warp(OPENS);
        polls.open(_poll);
        IPolls.BlindedShare[] memory shares = new IPolls.BlindedShare[](2);
        (uint256 first, uint256 sum) = (_chamber, voteFor(1, 0, 0).randomness + voteFor(2, 0, 0).randomness);
        for (uint256 i = 0; i < 2; ++i) {
            _chamber = i == 0 ? first : other;
            for (uint256 voter = 1; voter < 3; ++voter) {
                polls.cast(_poll, _chamber, recordOf(voteFor(voter, 0, 0), 3, ctxOf(_poll, _chamber), 0));
            }
            _randomness = sum;
            shares[i] = blindedShareOf(2, TELLER);
        }
        shares[1].h = 6;
        vm.warp(CLOSES);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 2, 3);
        vm.prank(trusteeAt(2));
        bool[] memory accepted = polls.postBlindedShares(_poll, 2, keys, otherKeysHash, TELLER, shares);
        assertTrue(accepted.length == 2 && accepted[0] && !accepted[1], "the first of two");
        assertEq(polls.chamber(_poll, first).shares, 4, "the first");
        assertEq(polls.chamber(_poll, other).refusals, 1, "the second");
    }

    function test_RevertWhen_ShareMalformed() public {
        IPolls.BlindedShare memory share = blindedShareOf(2, TELLER);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 2, 3);
        bytes memory foreign = abi.encodeWithSelector(ICommittee.NotTrustee.selector, committeeId, trusteeAt(2));
        uint256[6] memory indices = [uint256(0), 1, 3, 1 << 200, type(uint256).max / 16, type(uint256).max];
        for (uint256 i = 0; i < indices.length; ++i) {
            _expect(foreign, indices[i], keys, otherKeysHash, share);
        }
        share.points = new uint256[](5);
        _expect(abi.encodeWithSelector(IPolls.InvalidLength.selector, 5, 6), 2, keys, otherKeysHash, share);
        share.points = new uint256[](16);
        _expect(abi.encodeWithSelector(IPolls.InvalidLength.selector, 16, 6), 2, keys, otherKeysHash, share);
        share = blindedShareOf(2, TELLER);
        for (uint256 length = 2; length < 5; length += 2) {
            share.factors = new uint256[](length);
            _expect(abi.encodeWithSelector(IPolls.InvalidLength.selector, length, 3), 2, keys, otherKeysHash, share);
        }
        share = blindedShareOf(2, TELLER);
        _expect(
            abi.encodeWithSelector(ICommittee.WrongLength.selector, 0, 6), 2, new uint256[](0), otherKeysHash, share
        );
        _expect(abi.encodeWithSelector(ICommittee.WrongCommitments.selector), 2, keys, 0, share);
        keys[0] = addmod(keys[0], 1, R);
        _expect(abi.encodeWithSelector(ICommittee.WrongCommitments.selector), 2, keys, otherKeysHash, share);
    }

    /// @notice A word that is not below r could stand for another element.
    function test_RevertWhen_ElementOutOfField() public {
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 2, 3);
        IPolls.BlindedShare memory share = blindedShareOf(2, TELLER);
        share.ephemeral[1] += R;
        _expect(abi.encodeWithSelector(IRounding.ElementOutOfField.selector, 6), 2, keys, otherKeysHash, share);
        share = blindedShareOf(2, TELLER);
        share.points[2] += R;
        _expect(abi.encodeWithSelector(IRounding.ElementOutOfField.selector, 14), 2, keys, otherKeysHash, share);
        share = blindedShareOf(2, TELLER);
        share.factors[2] += R;
        _expect(abi.encodeWithSelector(IRounding.ElementOutOfField.selector, 21), 2, keys, otherKeysHash, share);
        share.factors[2] = R;
        _expect(abi.encodeWithSelector(IRounding.ElementOutOfField.selector, 21), 2, keys, otherKeysHash, share);
    }

    function test_RevertWhen_ShareIsNotForThisKindOfChamber() public {
        (uint256[] memory share, uint256[8] memory proof) = proveShare(_poll, _chamber, 2, _randomness, 3);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 2, 3);
        vm.prank(trusteeAt(2));
        vm.expectRevert(abi.encodeWithSelector(IPolls.ChamberIsRounded.selector, _chamber));
        polls.postShares(_poll, 2, keys, otherKeysHash, oneShare(_chamber, share, 5, proof));
        closePoll(parameters(_chamber, 3), listOf(57, 31, 12));
        bytes memory exact = abi.encodeWithSelector(IPolls.ChamberIsExact.selector, _chamber);
        _expect(exact, 2, keys, otherKeysHash, blindedShareOf(2, TELLER));
        postShare(_poll, _chamber, 2, _randomness, 3);
    }

    function test_RevertWhen_ChamberTakesNoShares() public {
        IPolls.BlindedShare memory share = blindedShareOf(2, TELLER);
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, 2, 3);
        vm.warp(CLOSES - 1);
        bytes memory open =
            abi.encodeWithSelector(IPolls.WrongState.selector, _poll, IPolls.State.Open, IPolls.State.Closed);
        _expect(open, 2, keys, otherKeysHash, share);
        vm.warp(DEADLINE + 1);
        _expect(abi.encodeWithSelector(IPolls.TallyTooLate.selector, DEADLINE), 2, keys, otherKeysHash, share);
        share.chamber = 9;
        _expect(abi.encodeWithSelector(IPolls.UnknownChamber.selector, _poll, 9), 2, keys, otherKeysHash, share);
        vm.warp(DEADLINE);
        postBlinded(2, TELLER);

        vm.warp(START);
        _poll = polls.create(roundedParameters(_chamber, 3));
        vm.warp(OPENS);
        polls.open(_poll);
        polls.cast(_poll, _chamber, recordOf(voteFor(1, 0, 0), 3, ctxOf(_poll, _chamber), 0));
        vm.warp(CLOSES);
        share.chamber = _chamber;
        _expect(abi.encodeWithSelector(IPolls.TooFewBallots.selector, 1, 2), 2, keys, otherKeysHash, share);
    }

    /// @notice The view holds on its own, for every caller.
    function test_RevertWhen_StatementOfShareIsMalformed() public {
        IRounding.Share memory share = _statement();
        share.factors = new uint256[](4);
        vm.expectRevert(abi.encodeWithSelector(IRounding.WrongLength.selector, 4, 3));
        rounding.verifyBlindedShare(committeeId, share);
        (share.points, share.factors) = (new uint256[](8), new uint256[](4));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnsupportedSize.selector, 4));
        rounding.verifyBlindedShare(committeeId, share);
        share = _statement();
        share.teller = 3;
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotRegistered.selector, committeeId, address(0)));
        rounding.verifyBlindedShare(committeeId, share);
        share = _statement();
        assertTrue(rounding.verifyBlindedShare(committeeId, share), "holds");
        share.ctx = addmod(share.ctx, 1, R);
        assertTrue(!rounding.verifyBlindedShare(committeeId, share), "another context");
        share = _statement();
        share.c[0] = addmod(share.c[0], 1, R);
        assertTrue(!rounding.verifyBlindedShare(committeeId, share), "another C");
    }

    function _statement() private view returns (IRounding.Share memory share) {
        IPolls.BlindedShare memory posted = blindedShareOf(2, TELLER);
        (share.trustee, share.index, share.teller, share.ctx) = (trusteeAt(2), 2, TELLER, ctxOf(_poll, _chamber));
        (share.c[0], share.c[1]) = pointOf(_randomness);
        (share.keys, share.otherKeysHash) = keysOf(committeeId, 2, 3);
        (share.points, share.ephemeral, share.factors) = (posted.points, posted.ephemeral, posted.factors);
        (share.h, share.proof) = (posted.h, posted.proof);
    }

    function _expectRefused(uint256 index, uint256 teller, IPolls.BlindedShare memory share) private {
        (uint256[] memory keys, bytes32 otherKeysHash) = keysOf(committeeId, index, 3);
        vm.expectEmit(address(polls));
        emit IPolls.ShareRefused(_poll, _chamber, trusteeAt(index), index);
        vm.prank(trusteeAt(index));
        assertTrue(!polls.postBlindedShares(_poll, index, keys, otherKeysHash, teller, oneBlinded(share))[0], "refused");
    }

    /// @dev Expects a refusal of a share that the trustee 2 posts with this index and these keys.
    function _expect(
        bytes memory reason,
        uint256 index,
        uint256[] memory keys,
        bytes32 otherKeysHash,
        IPolls.BlindedShare memory share
    ) private {
        vm.prank(trusteeAt(2));
        vm.expectRevert(reason);
        polls.postBlindedShares(_poll, index, keys, otherKeysHash, TELLER, oneBlinded(share));
    }
}
