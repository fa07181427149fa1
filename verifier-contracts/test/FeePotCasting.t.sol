// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IFeePot} from "../src/interfaces/IFeePot.sol";
import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {TrapdoorVerifier} from "./fixtures/TrapdoorVerifier.sol";
import {FeePots} from "./support/FeePots.sol";
import {Vm} from "./support/Vm.sol";

/// @title Fees that a batch earns, with proofs that verify
contract FeePotCastingTest is FeePots {
    function setUp() public {
        deployPots(new TrapdoorVerifier());
    }

    function test_EveryFirstBallotEarnsTheFee() public {
        createPot(10_000);
        bytes memory records = firstBallots(1, 3);
        vm.expectEmit(address(polls));
        emit IPolls.BallotsForwarded(pollId, chamberId, records, "");
        vm.expectEmit(address(pots));
        emit IFeePot.BallotsPaid(pollId, chamberId, RELAYER, 3, 3_000);
        assertEq(relayBatch(RELAYER, records, "", 3_000), 3_000, "earned");
        assertPot(7_000, 3_000, 0, "three");
        assertEq(polls.ballots(pollId, chamberId), 3, "cast");
        assertEq(polls.chamber(pollId, chamberId).ballots, 3, "as the long view says");

        relayBatch(RELAYER, firstBallot(4), "", 0);
        relayBatch(OTHER, firstBallots(5, 2), "", 2_000);
        assertPot(4_000, 4_000, 2_000, "each its own");
    }

    function test_SkippedBallotsEarnNothing() public {
        createPot(10_000);
        polls.cast(pollId, chamberId, firstBallot(2));
        bytes memory one = firstBallot(1);
        assertEq(relayBatch(RELAYER, bytes.concat(one, firstBallot(2), one), "", 0), 1_000, "one of three");
        vm.expectRevert(IPolls.NothingCast.selector);
        relayBatch(RELAYER, one, "", 0);
        assertPot(9_000, 1_000, 0, "one");
    }

    function test_ReplacementsEarnNothing() public {
        createPot(10_000);
        relayBatch(RELAYER, firstBallots(1, 2), "", 0);
        vm.recordLogs();
        for (uint256 version = 1; version <= 3; ++version) {
            assertEq(relayBatch(RELAYER, "", replacementBallot(1, version), 0), 0, "a replacement");
        }
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            assertTrue(logs[i].emitter == address(polls), "nothing of the pot changes");
        }
        assertEq(
            relayBatch(OTHER, firstBallot(3), bytes.concat(replacementBallot(1, 4), replacementBallot(2, 1)), 0),
            1_000,
            "the first alone"
        );
        assertPot(7_000, 2_000, 1_000, "three first ballots");
    }

    function test_NearlyEmptyPotPaysItsBalance() public {
        createPot(2_500);
        bytes memory records = firstBallots(1, 3);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.FeesBelowMinimum.selector, 2_500, 3_000));
        relayBatch(RELAYER, records, "", 3_000);
        assertEq(polls.ballots(pollId, chamberId), 0, "nothing was cast either");
        assertPot(2_500, 0, 0, "unchanged");

        assertEq(relayBatch(RELAYER, records, "", 2_500), 2_500, "the pot's balance");
        assertPot(0, 2_500, 0, "empty");
        // A relayer may cast for no fee.
        assertEq(relayBatch(OTHER, firstBallot(4), "", 0), 0, "nothing");
        bytes memory fifth = firstBallot(5);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.FeesBelowMinimum.selector, 0, 1));
        relayBatch(OTHER, fifth, "", 1);
        // A fee that the pot could not pay is not paid later.
        pots.fund{value: 5_000}(pollId);
        relayBatch(OTHER, fifth, "", 1_000);
        assertPot(4_000, 2_500, 1_000, "filled again");
    }

    /// Another relayer sends some of the batch's ballots first.
    function test_RevertWhen_BatchEarnsLessThanMinimum() public {
        createPot(10_000);
        bytes memory pending = firstBallots(1, 3);
        relayBatch(OTHER, firstBallot(2), "", 0);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.FeesBelowMinimum.selector, 2_000, 3_000));
        relayBatch(RELAYER, pending, "", 3_000);
        assertEq(relayBatch(RELAYER, pending, "", 2_000), 2_000, "for two");
    }

    function test_RevertWhen_RelayerNotListed() public {
        address[] memory relayers = new address[](2);
        (relayers[0], relayers[1]) = (RELAYER, address(0xbe));
        pots.create{value: 10_000}(pollId, FEE, relayers);
        assertTrue(pots.pot(pollId).listed, "listed");
        assertTrue(pots.mayEarn(pollId, RELAYER) && pots.mayEarn(pollId, address(0xbe)), "both");
        assertTrue(!pots.mayEarn(pollId, OTHER), "a stranger");
        bytes memory records = firstBallots(1, 2);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.NotListed.selector, pollId, OTHER));
        relayBatch(OTHER, records, "", 0);
        // Anyone may still cast without a fee.
        polls.castBatch(pollId, chamberId, firstBallot(9), "");
        relayBatch(RELAYER, records, "", 2_000);
        assertPot(8_000, 2_000, 0, "the listed one");
    }

    function test_RevertWhen_PotUnknown() public {
        bytes memory record = firstBallot(1);
        vm.expectRevert(abi.encodeWithSelector(IFeePot.UnknownPot.selector, pollId));
        relayBatch(RELAYER, record, "", 0);
        assertTrue(!pots.mayEarn(pollId, RELAYER), "no pot");
        assertEq(pots.pot(pollId).fee, 0, "no fee");
        assertEq(polls.ballots(pollId, chamberId) + polls.ballots(99, chamberId), 0, "no ballots, and no such poll");
    }

    /// Two polls with the same chamber, one with a full pot and one with a nearly empty one.
    function test_PotPaysForItsOwnPollAlone() public {
        createPot(1_000_000);
        vm.warp(START);
        uint256 other = openPoll(chamberId, 3);
        pots.create{value: 1_500}(other, FEE, new address[](0));
        (uint256 rich, bytes memory foreign) = (pollId, firstBallots(1, 2));
        pollId = other;
        bytes memory records = firstBallots(1, 2);
        // A ballot of one poll is not valid in the other.
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        relayBatch(RELAYER, foreign, "", 0);
        assertEq(relayBatch(RELAYER, records, "", 0), 1_500, "the balance of its own pot");
        assertEq(relayBatch(OTHER, firstBallot(3), "", 0), 0, "empty");
        assertEq(pots.pot(rich).balance, 1_000_000, "untouched");
        assertEq(pots.pot(other).balance, 0, "empty");
    }

    /// The pot pays nothing for calls that the polls reject, and passes on their errors.
    function test_RevertWhen_PollsRejectTheBatch() public {
        createPot(10_000);
        bytes memory record = firstBallot(1);
        bytes memory bad = firstBallot(2);
        bad[40] ^= 0x01;
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        relayBatch(RELAYER, bytes.concat(record, bad), "", 0);
        vm.expectRevert(IPolls.NothingCast.selector);
        relayBatch(RELAYER, "", "", 0);
        vm.expectRevert(abi.encodeWithSelector(IPolls.UnknownChamber.selector, pollId, 99));
        vm.prank(RELAYER);
        pots.castBatch(pollId, 99, record, "", 0);
        vm.warp(CLOSES);
        vm.expectRevert(
            abi.encodeWithSelector(IPolls.WrongState.selector, pollId, IPolls.State.Closed, IPolls.State.Open)
        );
        relayBatch(RELAYER, record, "", 0);
        assertPot(10_000, 0, 0, "unchanged");
    }

    /// A voter that casts and replaces repeatedly earns a relayer one fee.
    function testFuzz_NullifierEarnsAtMostOneFee(uint256 seed) public {
        createPot(1_000_000);
        uint256 cast_ = 0;
        uint256[4] memory versions;
        for (uint256 i = 0; i < 8; ++i) {
            uint256 voter = random("voter", uint256(keccak256(abi.encode(seed, i)))) % 4;
            if (versions[voter] == 0) {
                assertEq(relayBatch(RELAYER, firstBallot(voter), "", 1_000), 1_000, "first");
                ++cast_;
            } else {
                assertEq(relayBatch(RELAYER, "", replacementBallot(voter, versions[voter]), 0), 0, "later");
            }
            ++versions[voter];
        }
        assertPot(1_000_000 - 1_000 * cast_, 1_000 * cast_, 0, "one a voter");
    }
}
