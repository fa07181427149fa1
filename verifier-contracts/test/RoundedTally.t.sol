// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IPolls} from "../src/interfaces/IPolls.sol";
import {IRounding} from "../src/interfaces/IRounding.sol";
import {BabyJubjub} from "../src/libraries/BabyJubjub.sol";
import {RoundedPoll} from "./support/RoundedPoll.sol";

/// @title Tally of rounded chambers
/// @notice Proofs are made for whatever is posted, so that each refusal is the contract's own.
contract RoundedTallyTest is RoundedPoll {
    uint64[] private _totals;

    function setUp() public {
        _totals = listOf(57, 31, 12);
        setUpClosed(3, _totals);
    }

    function test_WholeElectionIsDecided() public {
        _postShares();
        IPolls.RoundedTally memory rounded = _honest(5);
        assertTrue(rounded.buckets[0] == 0 && rounded.buckets[1] == 3 && rounded.buckets[2] == 1, "buckets");
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        vm.expectEmit(address(polls));
        emit IPolls.ChamberRounded(
            _poll, _chamber, rounded.buckets, 0, true, 0, uint8(TELLER), 5, rounded.h, rounded.proof
        );
        vm.prank(address(0xbeef));
        polls.tallyRounded(_poll, _chamber, rounded, combination);
        IPolls.ChamberView memory c = polls.chamber(_poll, _chamber);
        assertTrue(c.tallied && c.hasChoice && c.choice == 0, "choice");
        assertEq(c.totals.length, 0, "no totals");
        _expect(abi.encodeWithSelector(IPolls.AlreadyTallied.selector, _poll, _chamber), rounded, combination);
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided && polls.poll(_poll).outcome == 0, "decided");
    }

    function test_TallyOfSizeEight() public {
        _totals = new uint64[](5);
        (_totals[2], _totals[4]) = (299, 300);
        closePoll(roundedParameters(_chamber, 5), _totals);
        _postShares();
        IPolls.RoundedTally memory rounded = _honest(5);
        assertTrue(rounded.greatest == 4 && rounded.buckets[2] == 29, "rounded");
        polls.tallyRounded(_poll, _chamber, rounded, blindedCombination(5, TELLER));
        polls.finalise(_poll);
        assertEq(polls.poll(_poll).outcome, 4, "outcome");
    }

    /// @notice Two options of three: the third point is the constant one, whatever its total.
    function test_UnusedOptionIsFilled() public {
        _totals = new uint64[](2);
        (_totals[0], _totals[1]) = (3, 70);
        closePoll(roundedParameters(_chamber, 2), _totals);
        _postShares();
        IPolls.RoundedTally memory rounded = _honest(5);
        uint256[] memory list = decisionList(rounded);
        assertTrue(list[4] == BabyJubjub.BLINDING_X && list[5] == BabyJubjub.BLINDING_Y, "H");
        polls.tallyRounded(_poll, _chamber, rounded, blindedCombination(5, TELLER));
        assertEq(polls.chamber(_poll, _chamber).choice, 1, "choice");
    }

    /// @notice Abstentions are the most and count for the quorum alone; For is chosen.
    function test_MotionIsDecidedByItsOwnRule() public {
        _totals = listOf(10, 20, 70);
        IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
        (p.decision, p.chambers[0].quorum, p.chambers[0].thresholdBps) = (IPolls.DecisionKind.Motion, 90, 6_666);
        closePoll(p, _totals);
        _postShares();
        IPolls.RoundedTally memory rounded = _honest(5);
        assertTrue(rounded.greatest == 2 && rounded.hasChoice && rounded.choice == 1, "For");
        polls.tallyRounded(_poll, _chamber, rounded, blindedCombination(5, TELLER));
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Decided && polls.poll(_poll).outcome == 1, "decided");
    }

    function test_ChamberWithoutChoiceRejects() public {
        _totals = listOf(31, 31, 12);
        closePoll(roundedParameters(_chamber, 3), _totals);
        _postShares();
        IPolls.RoundedTally memory rounded = _honest(5);
        assertTrue(!rounded.hasChoice && rounded.greatest == 0, "a tie");
        polls.tallyRounded(_poll, _chamber, rounded, blindedCombination(5, TELLER));
        assertTrue(!polls.chamber(_poll, _chamber).hasChoice, "no choice");
        polls.finalise(_poll);
        assertTrue(polls.poll(_poll).state == IPolls.State.Rejected, "rejected");
    }

    /// @notice No other point opens the encrypted total, though a proof about it holds.
    function test_RevertWhen_CommitmentWrong() public {
        _postShares();
        for (uint256 j = 0; j < 3; ++j) {
            uint256 blinder = BabyJubjub.L - combinedBlinding(5, TELLER, j);
            _expectWrong(j, _totals[j] + 1, blinder);
            _expectWrong(j, _totals[j], blinder + 1);
            // Another option's, and the value alone.
            uint256 other = (j + 1) % 3;
            _expectWrong(j, _totals[other], BabyJubjub.L - combinedBlinding(5, TELLER, other));
            _expectWrong(j, _totals[j], 0);
            // The negative.
            IPolls.RoundedTally memory rounded = _honest(5);
            rounded.commitments[2 * j] = R - rounded.commitments[2 * j];
            _expectWrongCommitment(j, rounded, 5);
            // Not of the curve.
            rounded = _honest(5);
            rounded.commitments[2 * j + 1] = addmod(rounded.commitments[2 * j + 1], 1, R);
            _expectWrongCommitment(j, rounded, 5);
            // D_j itself, as if C were the identity.
            rounded = _honest(5);
            uint256[] memory total = polls.chamber(_poll, _chamber).total;
            (rounded.commitments[2 * j], rounded.commitments[2 * j + 1]) = (total[2 + 2 * j], total[3 + 2 * j]);
            _expectWrongCommitment(j, rounded, 5);
        }
        polls.tallyRounded(_poll, _chamber, _honest(5), blindedCombination(5, TELLER));
    }

    /// @notice The point of order 2 vanishes where the denominator is even; the proof about W_j is what excludes it.
    function test_RevertWhen_CommitmentHasOtherOrder() public {
        _postShares();
        postBlinded(1, TELLER);
        assertEq(blindedCombination(3, TELLER).denominator, 1, "odd");
        assertEq(blindedCombination(5, TELLER).denominator, 2, "even");
        for (uint256 set = 3; set < 6; set += 2) {
            IPolls.RoundedTally memory rounded = _honest(set);
            // (x, y) + (0, -1) = (-x, -y)
            rounded.commitments[0] = R - rounded.commitments[0];
            rounded.commitments[1] = R - rounded.commitments[1];
            if (set == 3) {
                _expectWrongCommitment(0, rounded, set);
            } else {
                bytes memory invalid = abi.encodeWithSelector(IPolls.InvalidDecisionProof.selector);
                _expect(invalid, rounded, blindedCombination(set, TELLER));
            }
        }
    }

    function test_RevertWhen_CommitmentOutOfField() public {
        _postShares();
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        for (uint256 i = 0; i < 6; ++i) {
            IPolls.RoundedTally memory rounded = _honest(5);
            rounded.commitments[i] += R;
            _expect(abi.encodeWithSelector(IRounding.ElementOutOfField.selector, i), rounded, combination);
        }
    }

    /// @notice Everything that is published is in the proven list.
    function test_RevertWhen_DecisionProofDoesNotHold() public {
        _postShares();
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        bytes memory invalid = abi.encodeWithSelector(IPolls.InvalidDecisionProof.selector);
        IPolls.RoundedTally memory rounded = _honest(5);
        for (uint256 j = 1; j < 3; ++j) {
            rounded.buckets[j] += 1;
            _expect(invalid, rounded, combination);
            rounded.buckets[j] -= 1;
        }
        (rounded.greatest, rounded.buckets[1]) = (1, 0);
        _expect(invalid, rounded, combination);
        rounded = _honest(5);
        rounded.choice = 1;
        _expect(invalid, rounded, combination);
        (rounded.choice, rounded.hasChoice) = (0, false);
        _expect(invalid, rounded, combination);
        rounded.hasChoice = true;
        rounded.h = 6;
        _expect(invalid, rounded, combination);
        rounded.h = R + 5;
        _expect(invalid, rounded, combination);
        rounded.h = 5;
        rounded.proof[0] = 1;
        _expect(invalid, rounded, combination);
        assertTrue(!polls.chamber(_poll, _chamber).tallied, "not tallied");
    }

    /// @notice A proof for one chamber's rule is none for another's.
    function test_RevertWhen_ParametersAreOtherOnes() public {
        bytes memory invalid = abi.encodeWithSelector(IPolls.InvalidDecisionProof.selector);
        for (uint256 k = 0; k < 4; ++k) {
            IPolls.PollParameters memory p = roundedParameters(_chamber, 3);
            closePoll(p, _totals);
            IPolls.RoundedTally memory rounded = _honest(5);
            if (k == 0) p.chambers[0].step = STEP + 1;
            else if (k == 1) p.chambers[0].quorum = 3;
            else if (k == 2) p.chambers[0].thresholdBps = 5_001;
            else p.decision = IPolls.DecisionKind.Motion;
            closePoll(p, _totals);
            _postShares();
            _expect(invalid, rounded, blindedCombination(5, TELLER));
        }
    }

    function test_RevertWhen_OutcomeIsNoOption() public {
        _postShares();
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        IPolls.RoundedTally memory rounded = _honest(5);
        uint8[3] memory wrong = [3, 8, 255];
        for (uint256 i = 0; i < 3; ++i) {
            rounded.greatest = wrong[i];
            _expect(abi.encodeWithSelector(IPolls.InvalidOutcome.selector, wrong[i], 0), rounded, combination);
            (rounded.greatest, rounded.choice) = (0, wrong[i]);
            _expect(abi.encodeWithSelector(IPolls.InvalidOutcome.selector, 0, wrong[i]), rounded, combination);
            rounded.choice = 0;
        }
        (rounded.hasChoice, rounded.choice) = (false, 1);
        rounded.proof = proveDecision(rounded);
        _expect(abi.encodeWithSelector(IPolls.InvalidOutcome.selector, 0, 1), rounded, combination);
    }

    function test_RevertWhen_BucketsInvalid() public {
        _postShares();
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        IPolls.RoundedTally memory rounded = _honest(5);
        rounded.buckets[0] = 1;
        rounded.proof = proveDecision(rounded);
        _expect(abi.encodeWithSelector(IPolls.InvalidBuckets.selector, 0), rounded, combination);
        rounded.buckets[0] = 0;
        uint64[2] memory wrong = [uint64(1) << 42, type(uint64).max];
        for (uint256 i = 0; i < 2; ++i) {
            rounded.buckets[2] = wrong[i];
            _expect(abi.encodeWithSelector(IPolls.InvalidBuckets.selector, 2), rounded, combination);
        }
        for (uint256 length = 2; length < 5; length += 2) {
            rounded.buckets = new uint64[](length);
            _expect(abi.encodeWithSelector(IPolls.InvalidLength.selector, length, 3), rounded, combination);
        }
        rounded = _honest(5);
        for (uint256 length = 4; length < 9; length += 4) {
            rounded.commitments = new uint256[](length);
            _expect(abi.encodeWithSelector(IPolls.InvalidLength.selector, length, 6), rounded, combination);
        }
        // The greatest that fits its word; that it follows from a total is the proof's matter.
        rounded = _honest(5);
        rounded.buckets[2] = (1 << 42) - 1;
        rounded.proof = proveDecision(rounded);
        polls.tallyRounded(_poll, _chamber, rounded, combination);
    }

    /// @notice Only posted shares are combined, and exactly as many as the committee threshold.
    function test_RevertWhen_CombinationWrong() public {
        postBlinded(0, TELLER);
        IPolls.RoundedTally memory rounded = _honest(5);
        _expect(abi.encodeWithSelector(IPolls.WrongShare.selector, 2), rounded, blindedCombination(5, TELLER));
        _expect(abi.encodeWithSelector(IRounding.WrongTrustees.selector, 1), rounded, blindedCombination(1, TELLER));
        postBlinded(2, TELLER);
        postBlinded(1, TELLER);
        _expect(abi.encodeWithSelector(IRounding.WrongTrustees.selector, 7), rounded, blindedCombination(7, TELLER));
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        combination.shares[3] = addmod(combination.shares[3], 1, R);
        _expect(abi.encodeWithSelector(IPolls.WrongShare.selector, 0), rounded, combination);
        combination = blindedCombination(5, TELLER);
        combination.trustees = 1;
        _expect(abi.encodeWithSelector(IPolls.InvalidShareCombination.selector), rounded, combination);
        combination.trustees = 0;
        _expect(abi.encodeWithSelector(IPolls.InvalidShareCombination.selector), rounded, combination);
        combination.shares = new uint256[](0);
        _expect(abi.encodeWithSelector(IRounding.WrongTrustees.selector, 0), rounded, combination);
        combination = blindedCombination(5, TELLER);
        combination.coefficients = new int256[](3);
        _expect(abi.encodeWithSelector(IRounding.WrongTrustees.selector, 5), rounded, combination);
        combination = blindedCombination(5, TELLER);
        combination.coefficients[1] += 1;
        _expect(abi.encodeWithSelector(IRounding.WrongCoefficient.selector, 2), rounded, combination);
        combination = blindedCombination(5, TELLER);
        combination.denominator = 0;
        _expect(abi.encodeWithSelector(IRounding.WrongCoefficient.selector, 0), rounded, combination);
        polls.tallyRounded(_poll, _chamber, rounded, blindedCombination(5, TELLER));
    }

    /// @notice Any trustees that are enough give the same outcome, though other commitments.
    function test_AnySetOfTrusteesDecides() public {
        postBlinded(1, TELLER);
        _postShares();
        uint256[3] memory sets = [uint256(3), 5, 6];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 snapshot = vm.snapshotState();
            polls.tallyRounded(_poll, _chamber, _honest(sets[i]), blindedCombination(sets[i], TELLER));
            vm.revertToState(snapshot);
        }
    }

    /// @notice If the encryption randomness sums up to 0, there is nothing to combine: W_j = D_j + H.
    function test_IdentityTotalIsRoundedWithoutShares() public {
        closeWithoutRandomness();
        uint64[] memory totals = listOf(2, 0, 0);
        uint256[] memory commitments = new uint256[](6);
        for (uint256 j = 0; j < 3; ++j) {
            (commitments[2 * j], commitments[2 * j + 1]) = pedersen(totals[j], 1);
        }
        IPolls.RoundedTally memory rounded = roundedOf(commitments, totals);
        IPolls.ShareCombination memory none;
        for (uint256 j = 0; j < 3; ++j) {
            for (uint256 blinder = 0; blinder < 3; ++blinder) {
                uint256 value = blinder == 1 ? totals[j] + 1 : totals[j];
                (commitments[2 * j], commitments[2 * j + 1]) = pedersen(value, blinder);
                IPolls.RoundedTally memory wrong = roundedOf(commitments, totals);
                _expect(abi.encodeWithSelector(IRounding.WrongCommitment.selector, j), wrong, none);
            }
            (commitments[2 * j], commitments[2 * j + 1]) = pedersen(totals[j], 1);
        }
        // Shares may be posted, and are not combined.
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
        bytes memory some = abi.encodeWithSelector(IPolls.InvalidShareCombination.selector);
        _expect(some, rounded, blindedCombination(5, TELLER));
        none.trustees = 1;
        _expect(some, rounded, none);
        (none.trustees, none.shares) = (0, new uint256[](6));
        _expect(some, rounded, none);
        none.shares = new uint256[](0);
        // No share names a teller; a fallback that did nothing is not recorded.
        uint8[4] memory tellers = [0, 2, uint8(TELLER) + 16, 255];
        for (uint256 i = 0; i < 4; ++i) {
            rounded.teller = tellers[i];
            _expect(abi.encodeWithSelector(IPolls.WrongTeller.selector, tellers[i]), rounded, none);
        }
        rounded.teller = uint8(TELLER);
        polls.tallyRounded(_poll, _chamber, rounded, none);
        assertTrue(polls.chamber(_poll, _chamber).hasChoice, "the choice");
    }

    function test_RevertWhen_TallyIsNotForThisKindOfChamber() public {
        IPolls.RoundedTally memory rounded = _honest(5);
        _postShares();
        IPolls.ShareCombination memory combination = combinationOf(_poll, 5, _randomness, 3);
        vm.expectRevert(abi.encodeWithSelector(IPolls.ChamberIsRounded.selector, _chamber));
        polls.tally(_poll, _chamber, _totals, combination);
        closePoll(parameters(_chamber, 3), _totals);
        _expect(
            abi.encodeWithSelector(IPolls.ChamberIsExact.selector, _chamber), rounded, blindedCombination(5, TELLER)
        );
    }

    function test_RevertWhen_NotInTimeForTally() public {
        IPolls.RoundedTally memory rounded = _honest(5);
        IPolls.ShareCombination memory combination = blindedCombination(5, TELLER);
        vm.warp(CLOSES - 1);
        bytes memory open =
            abi.encodeWithSelector(IPolls.WrongState.selector, _poll, IPolls.State.Open, IPolls.State.Closed);
        _expect(open, rounded, combination);
        vm.warp(CLOSES);
        _postShares();
        vm.warp(DEADLINE + 1);
        _expect(abi.encodeWithSelector(IPolls.TallyTooLate.selector, DEADLINE), rounded, combination);
        vm.warp(DEADLINE);
        polls.tallyRounded(_poll, _chamber, rounded, combination);
    }

    /// @dev Posts the shares of the trustees 0 and 2, as many as the committee threshold.
    function _postShares() private {
        postBlinded(0, TELLER);
        postBlinded(2, TELLER);
    }

    function _honest(uint256 set) private view returns (IPolls.RoundedTally memory) {
        return roundedOf(commitmentsOf(set, TELLER, _totals), _totals);
    }

    /// @dev Expects that W_j = value G + blinder H is refused.
    function _expectWrong(uint256 j, uint256 value, uint256 blinder) private {
        IPolls.RoundedTally memory rounded = _honest(5);
        (rounded.commitments[2 * j], rounded.commitments[2 * j + 1]) = pedersen(value, blinder);
        _expectWrongCommitment(j, rounded, 5);
    }

    function _expectWrongCommitment(uint256 j, IPolls.RoundedTally memory rounded, uint256 set) private {
        rounded.proof = proveDecision(rounded);
        _expect(abi.encodeWithSelector(IRounding.WrongCommitment.selector, j), rounded, blindedCombination(set, TELLER));
    }

    function _expect(
        bytes memory reason,
        IPolls.RoundedTally memory rounded,
        IPolls.ShareCombination memory combination
    ) private {
        vm.expectRevert(reason);
        polls.tallyRounded(_poll, _chamber, rounded, combination);
    }
}
