// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {IPolls} from "../src/interfaces/IPolls.sol";
import {Election} from "./support/Election.sol";

/// @title Finalisation: keys are the sums of the dealings and nothing else
contract CommitteeFinalisationTest is Election {
    uint256 private _id;
    uint256[] private _none;

    function setUp() public {
        deployAll();
        _id = create(5, 3);
        for (uint256 i = 0; i < 5; ++i) {
            register(_id, i);
        }
    }

    function test_FinaliseSetsKeysToSumsOfDealings() public {
        Dealing memory dealing = dealingOf(_id, 4);
        uint256[8] memory proof = prove(dealingInputs(_id, 4, dealing, 7), 1);
        vm.expectEmit(address(committee));
        emit ICommittee.Dealt(_id, trusteeAt(4), 4, dealing.ephemeral, dealing.commitments, dealing.shares, 7, proof);
        vm.prank(trusteeAt(4));
        committee.deal(_id, 4, dealing.ephemeral, dealing.commitments, dealing.shares, 7, proof);
        deal(_id, 0);
        deal(_id, 2);
        assertEq(committee.committee(_id).dealt, 21, "bits 0, 2 and 4");
        assertTrue(committee.status(_id) == ICommittee.Status.Dealing, "not finalised");

        // In the order in which they were dealt: 4, 0, 2.
        uint256[] memory all =
            _concat(dealing.commitments, dealingOf(_id, 0).commitments, dealingOf(_id, 2).commitments);
        uint256[8] memory keys = keysProof(_id, HASH3, HASH8);
        uint256[] memory byIndex = allCommitments(_id);
        uint256[16] memory publicKeys = _publicKeys();
        vm.expectRevert(ICommittee.WrongCommitments.selector);
        committee.finalise(_id, _none, byIndex, HASH3, HASH8, keys);
        vm.expectEmit(address(committee));
        emit ICommittee.CommitteeReady(_id, publicKeys);
        vm.prank(address(0xbeef));
        committee.finalise(_id, _none, all, HASH3, HASH8, keys);
        ICommittee.CommitteeView memory c = committee.committee(_id);
        assertTrue(c.status == ICommittee.Status.Ready && c.hash3 == HASH3 && c.hash8 == HASH8, "ready");
        for (uint256 i = 0; i < 5; ++i) {
            (uint256[] memory three, bytes32 otherKeysHash) = keysOf(_id, i, 3);
            bytes32 expected = keccak256(abi.encode(keccak256(abi.encodePacked(three)), otherKeysHash));
            assertEq(c.verificationKeys[i], expected, "a trustee's keys");
        }
        assertTrue(committee.keysHash(_id, 3) == HASH3 && committee.keysHash(_id, 8) == HASH8, "hashes");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnsupportedSize.selector, 4));
        committee.keysHash(_id, 4);
        _expectStatus(ICommittee.Status.Ready, ICommittee.Status.Dealing);
        committee.finalise(_id, _none, all, HASH3, HASH8, keys);
    }

    /// A dealer who could deal the negative of the others' dealings would cancel them in the keys. There is no proof
    /// for such a dealing; if there were one, the keys would be refused.
    function test_RevertWhen_LastDealerCancelsTheOthers() public {
        uint256 id = create(2, 2);
        register(id, 0);
        register(id, 1);
        deal(id, 0);
        Dealing memory d = dealingOf(id, 0);
        for (uint256 j = 0; j < 8; ++j) {
            d.commitments[4 * j] = R - d.commitments[4 * j];
        }
        vm.startPrank(trusteeAt(1));
        uint256[8] memory proof = prove(dealingInputs(id, 1, d, 7), 1);
        committee.deal(id, 1, d.ephemeral, d.commitments, d.shares, 7, proof);
        uint256[] memory all = _concat(dealingOf(id, 0).commitments, d.commitments, new uint256[](0));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidCommitteeKey.selector, 0));
        committee.finalise(id, _none, all, HASH3, HASH8, proof);
        vm.stopPrank();
    }

    /// With a repeated key, or its negative, the ciphertexts of two options would reveal votes.
    function test_RevertWhen_CommitteeKeyRepeats() public {
        for (uint256 pass = 0; pass < 2; ++pass) {
            uint256 id = create(1, 1);
            register(id, 0);
            Dealing memory d = dealingOf(id, 0);
            (d.commitments[10], d.commitments[11]) =
            (pass == 0 ? d.commitments[2] : R - d.commitments[2], d.commitments[3]);
            uint256[8] memory proof = prove(dealingInputs(id, 0, d, 7), 1);
            vm.prank(trusteeAt(0));
            committee.deal(id, 0, d.ephemeral, d.commitments, d.shares, 7, proof);
            vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidCommitteeKey.selector, 5));
            committee.finalise(id, _none, d.commitments, HASH3, HASH8, proof);
        }
    }

    function test_RevertWhen_FinalisingOtherCommitments() public {
        deal(_id, 0);
        deal(_id, 1);
        uint256[] memory two = allCommitments(_id);
        uint256[8] memory proof = keysProof(_id, HASH3, HASH8);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, _id));
        committee.finalise(_id, _none, two, HASH3, HASH8, proof);
        deal(_id, 2);
        proof = keysProof(_id, HASH3, HASH8);
        uint256[] memory all = allCommitments(_id);
        vm.expectRevert(ICommittee.WrongCommitments.selector);
        committee.finalise(_id, _none, two, HASH3, HASH8, proof);
        for (uint256 i = 0; i < 3; ++i) {
            uint256 length = [uint256(0), 47, 143][i];
            vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongLength.selector, length, 48));
            committee.finalise(_id, _none, new uint256[](length), HASH3, HASH8, proof);
        }
        for (uint256 i = 0; i < 144; i += 11) {
            all[i] = addmod(all[i], 1, R);
            vm.expectRevert(ICommittee.WrongCommitments.selector);
            committee.finalise(_id, _none, all, HASH3, HASH8, proof);
            all = allCommitments(_id);
        }
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        committee.finalise(_id, _none, all, HASH3 + 1, HASH8, proof);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        committee.finalise(_id, _none, all, HASH3, HASH8 + 1, proof);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.ElementOutOfField.selector, 0));
        committee.finalise(_id, _none, all, HASH3 + R, HASH8, proof);
        vm.expectRevert(abi.encodeWithSelector(IGroth16Verifier.InputOutOfField.selector, 0));
        committee.finalise(_id, _none, all, HASH3, HASH8 + R, proof);
        committee.finalise(_id, _none, all, HASH3, HASH8, proof);
    }

    /// The caller is not a trustee and calls first: commitments that were not dealt, or not yet, are never added.
    function test_RevertWhen_GatheringOtherCommitments() public {
        uint256[] memory identities = new uint256[](48);
        for (uint256 i = 0; i < 24; ++i) {
            identities[2 * i + 1] = 1;
        }
        uint256[] memory first = dealingOf(_id, 0).commitments;
        uint256[] memory second = dealingOf(_id, 1).commitments;
        bytes memory wrong = abi.encodeWithSelector(ICommittee.WrongCommitments.selector);
        vm.startPrank(address(0xbad));
        vm.expectRevert(wrong);
        committee.gather(_id, _none, identities);
        vm.expectRevert(wrong);
        committee.gather(_id, _none, first);
        vm.stopPrank();
        deal(_id, 0);
        deal(_id, 1);
        vm.startPrank(address(0xbad));
        vm.expectRevert(wrong);
        committee.gather(_id, _none, identities);
        // Out of order, twice, and a correct one with a wrong one.
        vm.expectRevert(wrong);
        committee.gather(_id, _none, second);
        vm.expectRevert(wrong);
        committee.gather(_id, _none, _concat(first, first, _none));
        vm.expectRevert(wrong);
        committee.gather(_id, _none, _concat(first, identities, _none));
        committee.gather(_id, _none, first);
        // Nothing is gathered behind the last one.
        vm.expectRevert(wrong);
        committee.gather(_id, first, _concat(second, identities, _none));
        vm.stopPrank();
        assertEq(committee.committee(_id).gatheredDealings, 1, "one");
        deal(_id, 2);
        uint256[] memory rest = _concat(second, dealingOf(_id, 2).commitments, _none);
        uint256[8] memory proof = keysProof(_id, HASH3, HASH8);
        vm.expectRevert(wrong);
        committee.finalise(_id, first, _concat(rest, identities, _none), HASH3, HASH8, proof);
        committee.finalise(_id, first, rest, HASH3, HASH8, proof);
    }

    /// Dealings that are too much for one transaction are added up in several, by anyone, with the same result.
    function test_GatheredDealingsGiveTheSameKeys() public {
        deal(_id, 0);
        deal(_id, 1);
        uint256[] memory first = dealingOf(_id, 0).commitments;
        committee.gather(_id, _none, first);
        assertEq(committee.committee(_id).gatheredDealings, 1, "one");
        deal(_id, 2);
        uint256[] memory second = dealingOf(_id, 1).commitments;
        uint256[] memory third = dealingOf(_id, 2).commitments;
        uint256[8] memory proof = keysProof(_id, HASH3, HASH8);
        bytes memory wrong = abi.encodeWithSelector(ICommittee.WrongCommitments.selector);
        bytes memory length = abi.encodeWithSelector(ICommittee.WrongLength.selector, 0, 48);
        vm.expectRevert(length);
        committee.gather(_id, _none, second);
        vm.expectRevert(wrong);
        committee.gather(_id, second, second);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongLength.selector, 0, 48));
        committee.gather(_id, first, _none);
        // Not all of them: the last one is for `finalise`.
        vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongLength.selector, 96, 0));
        committee.gather(_id, first, _concat(second, third, _none));
        vm.expectRevert(length);
        committee.finalise(_id, _none, _concat(second, third, _none), HASH3, HASH8, proof);
        uint256 snapshot = vm.snapshotState();
        committee.finalise(_id, first, _concat(second, third, _none), HASH3, HASH8, proof);
        bytes32[] memory keys = committee.committee(_id).verificationKeys;
        vm.revertToState(snapshot);

        uint256[] memory two = new uint256[](48);
        for (uint256 i = 0; i < 24; ++i) {
            uint256 scalar = coefficient(_id, 0, i / 3, i % 3) + coefficient(_id, 1, i / 3, i % 3);
            (two[2 * i], two[2 * i + 1]) = pointOf(scalar);
        }
        vm.expectEmit(address(committee));
        emit ICommittee.DealingsGathered(_id, 2, two);
        committee.gather(_id, first, second);
        vm.expectRevert(wrong);
        committee.finalise(_id, first, third, HASH3, HASH8, proof);
        // The second one again, instead of the third.
        vm.expectRevert(wrong);
        committee.finalise(_id, two, second, HASH3, HASH8, proof);
        committee.finalise(_id, two, third, HASH3, HASH8, proof);
        for (uint256 i = 0; i < 5; ++i) {
            assertEq(committee.committee(_id).verificationKeys[i], keys[i], "the same keys");
        }
        vm.expectRevert(
            abi.encodeWithSelector(
                ICommittee.WrongStatus.selector, _id, ICommittee.Status.Ready, ICommittee.Status.Dealing
            )
        );
        committee.gather(_id, two, third);
    }

    function test_RevertWhen_PollNamesUnreadyCommittee() public {
        uint256 chamber = newChamber(3);
        committeeId = _id;
        bytes memory refused = abi.encodeWithSelector(IPolls.CommitteeNotReady.selector, _id);
        IPolls.PollParameters memory p = parameters(chamber, 3);
        vm.expectRevert(refused);
        polls.create(p);
        for (uint256 i = 0; i < 3; ++i) {
            deal(_id, i);
        }
        vm.expectRevert(refused);
        polls.create(p);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, _id));
        committee.keysHash(_id, 3);
        finalise(_id);
        uint256 poll = polls.create(p);
        vm.warp(OPENS);
        uint256 snapshot = vm.snapshotState();
        polls.open(poll);
        vm.revertToState(snapshot);
        committee.retire(_id);
        vm.expectRevert(refused);
        polls.open(poll);
    }

    /// The old committee stays ready until the new one is, and no longer.
    function test_ReplacementRetiresOldCommitteeWhenReady() public {
        uint64 start = uint64(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, 9));
        committee.replace(9, trusteesOf(2), 2, start + REGISTRATION, start + DEALING, longest());
        vm.expectEmit(address(committee));
        emit ICommittee.CommitteeReplaces(2, 0);
        uint256 id = committee.replace(0, trusteesOf(2), 2, start + REGISTRATION, start + DEALING, longest());
        uint256 third = committee.replace(id, trusteesOf(1), 1, start + REGISTRATION, start + DEALING, longest());
        assertTrue(
            committee.committee(id).predecessors == 1 && committee.committee(third).predecessors == 2,
            "number of replaced committees"
        );
        register(id, 0);
        register(id, 1);
        deal(id, 0);
        deal(id, 1);
        assertTrue(committee.status(0) == ICommittee.Status.Ready, "still there");
        finalise(id);
        assertTrue(committee.status(0) == ICommittee.Status.Retired, "retired with the new one's keys");
        committee.retire(id);
        register(third, 0);
        deal(third, 0);
        finalise(third);
        assertTrue(committee.status(third) == ICommittee.Status.Ready, "the replaced committee was retired before");
    }

    function _expectStatus(ICommittee.Status actual, ICommittee.Status expected) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongStatus.selector, _id, actual, expected));
    }

    function _publicKeys() private view returns (uint256[16] memory keys) {
        for (uint256 j = 0; j < 8; ++j) {
            (keys[2 * j], keys[2 * j + 1]) = pointOf(secretKey(_id, j));
        }
    }

    function _concat(uint256[] memory a, uint256[] memory b, uint256[] memory c)
        private
        pure
        returns (uint256[] memory all)
    {
        all = new uint256[](a.length + b.length + c.length);
        for (uint256 i = 0; i < all.length; ++i) {
            if (i < a.length) all[i] = a[i];
            else if (i < a.length + b.length) all[i] = b[i - a.length];
            else all[i] = c[i - a.length - b.length];
        }
    }
}
