// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeePot} from "../src/FeePot.sol";
import {IFeePot} from "../src/interfaces/IFeePot.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {TrapdoorVerifier} from "./fixtures/TrapdoorVerifier.sol";
import {MisbehavingRecipient} from "./fixtures/MisbehavingTokens.sol";
import {FeePots} from "./support/FeePots.sol";

/// @title Funding of fee pots and payments out of them
contract FeePotPaymentsTest is FeePots {
    address payable private constant TO = payable(address(0xf2e5));

    function setUp() public {
        deployPots(new TrapdoorVerifier());
    }

    function test_OpenStoresFeeAndList() public {
        address[] memory relayers = new address[](1);
        relayers[0] = RELAYER;
        vm.expectEmit(address(pots));
        emit IFeePot.PotCreated(pollId, FEE, relayers);
        vm.expectEmit(address(pots));
        emit IFeePot.PotFunded(pollId, address(this), 70);
        pots.create{value: 70}(pollId, FEE, relayers);
        IFeePot.PotView memory pot = pots.pot(pollId);
        assertEq(pot.fee, FEE, "fee");
        assertEq(pot.balance, 70, "left");
        assertEq(pots.immutableDependencies(), address(polls), "polls");
    }

    function test_RevertWhen_PotCreatedTwice() public {
        createPot(1);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PotAlreadyExists.selector, pollId));
        pots.create{value: 1}(pollId, 2 * FEE, new address[](0));
        assertEq(pots.pot(pollId).fee, FEE, "unchanged");
    }

    function test_RevertWhen_OpenerIsNotOwnerOfPolls() public {
        vm.expectRevert(abi.encodeWithSelector(IFeePot.NotPollsOwner.selector, OTHER));
        vm.prank(OTHER);
        pots.create(pollId, FEE, new address[](0));
        // The owner after a transfer of the polls' ownership.
        polls.transferOwnership(OTHER);
        vm.prank(OTHER);
        polls.acceptOwnership();
        vm.expectRevert(abi.encodeWithSelector(IFeePot.NotPollsOwner.selector, address(this)));
        pots.create(pollId, FEE, new address[](0));
        vm.prank(OTHER);
        pots.create(pollId, FEE, new address[](0));
    }

    function test_RevertWhen_OpeningOrFundingIsInvalid() public {
        vm.expectRevert(IFeePot.ZeroFee.selector);
        pots.create(pollId, 0, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownPoll.selector, 99));
        pots.create(99, FEE, new address[](0));
        vm.expectRevert(abi.encodeWithSelector(IFeePot.UnknownPot.selector, pollId));
        pots.fund{value: 1}(pollId);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.UnknownPot.selector, pollId));
        pots.reclaim(pollId, TO);
        createPot(0);
        vm.expectRevert(IFeePot.ZeroAmount.selector);
        pots.fund(pollId);
        vm.warp(CLOSES);
        bytes memory late = abi.encodeWithSelector(IFeePot.PollHasClosed.selector, pollId);
        vm.expectRevert(late);
        pots.fund{value: 1}(pollId);
        vm.warp(START);
        uint256 second = openPoll(chamberId, 3);
        vm.warp(CLOSES);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PollHasClosed.selector, second));
        pots.create(second, FEE, new address[](0));
        (bool ok,) = address(pots).call{value: 1}("");
        assertTrue(!ok, "native token that belongs to no pot");
    }

    /// Before the poll is open, and by anyone.
    function test_AnyoneFundsBeforeClose() public {
        vm.warp(START);
        pollId = polls.create(parameters(chamberId, 3));
        createPot(5);
        TO.transfer(100);
        vm.expectEmit(address(pots));
        emit IFeePot.PotFunded(pollId, TO, 100);
        vm.prank(TO);
        pots.fund{value: 100}(pollId);
        assertPot(105, 0, 0, "both");
    }

    function test_FeesAbovePotDoNotOverflow() public {
        FeePot other = new FeePot(polls);
        other.create{value: 1}(pollId, type(uint96).max, new address[](0));
        vm.prank(RELAYER);
        assertEq(other.castBatch(pollId, chamberId, firstBallots(1, 3), "", 1), 1, "the product does not overflow");
    }

    function test_WithdrawPaysWholeCredit() public {
        createPot(10_000);
        relayBatch(RELAYER, firstBallots(1, 3), "", 0);
        vm.expectEmit(address(pots));
        emit IFeePot.CreditWithdrawn(RELAYER, TO, 3_000);
        vm.prank(RELAYER);
        pots.withdraw(TO);
        assertEq(TO.balance, 3_000, "paid");
        assertPot(7_000, 0, 0, "the rest");
        vm.expectRevert(IFeePot.ZeroAmount.selector);
        vm.prank(RELAYER);
        pots.withdraw(TO);
        vm.expectRevert(IFeePot.ZeroAmount.selector);
        pots.withdraw(TO);
    }

    function test_RevertWhen_RecipientRejectsPayment() public {
        createPot(10_000);
        relayBatch(RELAYER, firstBallots(1, 2), "", 0);
        MisbehavingRecipient odd = new MisbehavingRecipient();
        odd.refuse(true);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PaymentFailed.selector, address(odd)));
        vm.prank(RELAYER);
        pots.withdraw(payable(address(odd)));
        vm.expectRevert(IFeePot.NoRecipient.selector);
        vm.prank(RELAYER);
        pots.withdraw(payable(address(0)));
        vm.warp(DEADLINE + 1);
        polls.finalise(pollId);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PaymentFailed.selector, address(odd)));
        pots.reclaim(pollId, payable(address(odd)));
        assertPot(8_000, 2_000, 0, "nothing is lost");
        odd.refuse(false);
        vm.prank(RELAYER);
        pots.withdraw(payable(address(odd)));
        assertEq(address(odd).balance, 2_000, "later");
    }

    /// A relayer's contract is paid, and re-enters every function that moves money.
    function test_ReentrantRecipientIsPaidOnce() public {
        createPot(10_000);
        MisbehavingRecipient odd = new MisbehavingRecipient();
        relayBatch(address(odd), firstBallots(1, 2), "", 0);
        bytes memory record = firstBallot(3);
        bytes[4] memory calls = [
            abi.encodeCall(IFeePot.withdraw, (payable(address(odd)))),
            abi.encodeCall(IFeePot.castBatch, (pollId, chamberId, record, "", 0)),
            abi.encodeCall(IFeePot.fund, (pollId)),
            abi.encodeCall(IFeePot.reclaim, (pollId, payable(address(odd))))
        ];
        for (uint256 i = 0; i < 4; ++i) {
            uint256 snapshot = vm.snapshotState();
            odd.callBack(address(pots), calls[i]);
            vm.prank(address(odd));
            pots.withdraw(payable(address(odd)));
            assertTrue(odd.tried() && !odd.succeeded(), "refused");
            assertEq(address(odd).balance, 2_000, "once");
            assertPot(8_000, 0, 0, "the rest");
            vm.revertToState(snapshot);
        }
    }

    /// @notice A poll that is cancelled while it is open has ended: credits that were earned stay.
    function test_ReclaimAfterCancellation() public {
        vm.warp(START);
        IPolls.PollParameters memory p = parameters(chamberId, 3);
        (p.canceller, p.cancelDeadline) = (address(this), OPENS);
        pollId = polls.create(p);
        createPot(10_000);
        vm.warp(OPENS);
        polls.open(pollId);
        relayBatch(RELAYER, firstBallot(1), "", 0);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PollHasNotEnded.selector, pollId));
        pots.reclaim(pollId, TO);
        polls.cancel(pollId);
        pots.reclaim(pollId, TO);
        assertEq(TO.balance, 9_000, "back");
        assertPot(0, 1_000, 0, "credit stays");
    }

    function test_ReclaimIsForOwnerAfterEnd() public {
        createPot(10_000);
        relayBatch(RELAYER, firstBallot(1), "", 0);
        bytes memory early = abi.encodeWithSelector(IFeePot.PollHasNotEnded.selector, pollId);
        vm.expectRevert(early);
        pots.reclaim(pollId, TO);
        vm.warp(CLOSES);
        vm.expectRevert(early);
        pots.reclaim(pollId, TO);
        vm.warp(DEADLINE + 1);
        polls.finalise(pollId);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.NotPollsOwner.selector, RELAYER));
        vm.prank(RELAYER);
        pots.reclaim(pollId, payable(RELAYER));
        vm.expectEmit(address(pots));
        emit IFeePot.PotReclaimed(pollId, TO, 9_000);
        pots.reclaim(pollId, TO);
        assertEq(TO.balance, 9_000, "back");
        assertPot(0, 1_000, 0, "credit stays");
        vm.expectRevert(IFeePot.ZeroAmount.selector);
        pots.reclaim(pollId, TO);
        vm.prank(RELAYER);
        pots.withdraw(payable(RELAYER));
        assertEq(RELAYER.balance, 1_000, "is paid after the end");
    }

    /// Decided and rejected polls have ended as undecided ones have: two voters agree, or do not.
    function test_PotOfDecidedOrRejectedPollIsReclaimed() public {
        for (uint256 choice = 0; choice < 2; ++choice) {
            vm.warp(START);
            pollId = openPoll(chamberId, 3);
            createPot(10_000);
            relayBatch(RELAYER, firstBallot(1), "", 0);
            relayBatch(RELAYER, recordOf(voteFor(2, choice, 0), 3, ctxOf(pollId, chamberId), 0), "", 0);
            _count(choice);
            IPolls.State state = choice == 0 ? IPolls.State.Decided : IPolls.State.Rejected;
            assertTrue(polls.poll(pollId).state == state, "state");
            pots.reclaim(pollId, TO);
            assertEq(TO.balance, 8_000 * (choice + 1), "taken");
        }
    }

    function _count(uint256 choice) private {
        vm.warp(CLOSES);
        uint256 randomness = voteFor(1, 0, 0).randomness + voteFor(2, choice, 0).randomness;
        uint64[] memory totals = new uint64[](3);
        ++totals[0];
        ++totals[choice];
        postShare(pollId, chamberId, 0, randomness, 3);
        polls.tally(pollId, chamberId, totals, combinationOf(pollId, 1, randomness, 3));
        polls.finalise(pollId);
    }

    /// A poll that was not opened in time stays Created.
    function test_PotOfUnopenedPollIsReclaimedAfterClose() public {
        vm.warp(START);
        pollId = polls.create(parameters(chamberId, 3));
        createPot(10_000);
        vm.warp(CLOSES - 1);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.PollHasNotEnded.selector, pollId));
        pots.reclaim(pollId, TO);
        vm.warp(CLOSES);
        pots.reclaim(pollId, TO);
        assertEq(TO.balance, 10_000, "back");
    }
}
