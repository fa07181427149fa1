// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Committee} from "../src/Committee.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {Election} from "./support/Election.sol";

/// @title Dealings: when they are accepted, and that no word of one can be replaced
contract CommitteeDealingTest is Election {
    uint256 private _id;
    uint256[] private _none;

    function setUp() public {
        deployAll();
        _id = create(5, 3);
        for (uint256 i = 0; i < 5; ++i) {
            register(_id, i);
        }
    }

    /// All sizes and a large threshold: the list of the larger circuit has other padding.
    function test_DealingForSixteenTrusteesWithSomeUnregistered() public {
        uint256 id = create(16, 7);
        for (uint256 i = 0; i < 16; ++i) {
            if (i != 3 && i != 15) register(id, i);
        }
        vm.warp(START + REGISTRATION + 1);
        for (uint256 i = 5; i < 12; ++i) {
            deal(id, i);
        }
        finalise(id);
        assertTrue(committee.status(id) == ICommittee.Status.Ready, "ready");
        vm.prank(trusteeAt(3));
        vm.expectRevert(
            abi.encodeWithSelector(
                ICommittee.WrongStatus.selector, id, ICommittee.Status.Ready, ICommittee.Status.Dealing
            )
        );
        committee.deal(id, 3, [uint256(0), 1], new uint256[](0), new uint256[](0), 7, [uint256(0), 0, 0, 0, 0, 0, 0, 0]);
    }

    function test_RevertWhen_DealerOrStatusWrong() public {
        vm.warp(START);
        uint256 id = create(3, 2);
        register(id, 0);
        register(id, 1);
        (Dealing memory d, uint256[8] memory proof) = _dealing(id, 0);
        _expectWrongStatus(id, ICommittee.Status.Registering);
        _deal(id, 0, d, 7, proof);
        vm.warp(START + REGISTRATION + 1);
        vm.prank(trusteeAt(2));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotRegistered.selector, id, trusteeAt(2)));
        committee.deal(id, 2, d.ephemeral, d.commitments, d.shares, 7, proof);
        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, id, trusteeAt(1)));
        committee.deal(id, 0, d.ephemeral, d.commitments, d.shares, 7, proof);
        // Another trustee's dealing, posted by this one: the context differs.
        vm.prank(trusteeAt(1));
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        committee.deal(id, 1, d.ephemeral, d.commitments, d.shares, 7, proof);

        vm.warp(START + DEALING);
        _deal(id, 0, d, 7, proof);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.AlreadyDealt.selector, id, trusteeAt(0)));
        _deal(id, 0, d, 7, proof);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, id));
        committee.finalise(id, _none, d.commitments, HASH3, HASH8, proof);
        uint256 snapshot = vm.snapshotState();
        vm.warp(START + DEALING + 1);
        assertTrue(committee.status(id) == ICommittee.Status.Failed, "one dealing of two");
        (d, proof) = _dealing(id, 1);
        _expectWrongStatus(id, ICommittee.Status.Failed);
        _deal(id, 1, d, 7, proof);
        vm.revertToState(snapshot);
        deal(id, 1);
        vm.warp(START + DEALING + 1_000_000);
        assertTrue(committee.status(id) == ICommittee.Status.Dealing, "enough dealings, at any time");
        finalise(id);
    }

    function test_RevertWhen_ThresholdOfDealingsReached() public {
        deal(_id, 0);
        deal(_id, 1);
        deal(_id, 2);
        (Dealing memory d, uint256[8] memory proof) = _dealing(_id, 3);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICommittee.WrongStatus.selector, _id, ICommittee.Status.Dealing, ICommittee.Status.Ready
            )
        );
        _deal(_id, 3, d, 7, proof);
        finalise(_id);
    }

    /// A polynomial that is too long or too short, and shares for too many or too few trustees.
    function test_RevertWhen_DealingHasWrongLength() public {
        (Dealing memory d, uint256[8] memory proof) = _dealing(_id, 0);
        uint256[4] memory lengths = [uint256(32), 47, 49, 64];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongLength.selector, lengths[i], 48));
            _deal(_id, 0, Dealing(d.ephemeral, new uint256[](lengths[i]), d.shares), 7, proof);
        }
        lengths = [uint256(0), 39, 41, 48];
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongLength.selector, lengths[i], 40));
            _deal(_id, 0, Dealing(d.ephemeral, d.commitments, new uint256[](lengths[i])), 7, proof);
        }
    }

    /// Each posted word is in L: if it is increased by one the proof does not hold, if by r the error names it.
    function test_RevertWhen_AnyDealingWordChanged() public {
        (Dealing memory d, uint256[8] memory proof) = _dealing(_id, 0);
        for (uint256 i = 0; i < 2; ++i) {
            d.ephemeral[i] += R;
            _expectOutOfField(d, proof, 2 + i);
            d.ephemeral[i] = addmod(d.ephemeral[i], 1, R);
            _expectInvalid(d, 7, proof);
            d = dealingOf(_id, 0);
        }
        // A_{j,k} and c_{i,w} with their indices in L, padding between them.
        for (uint256 i = 0; i < 48; i += 5) {
            d.commitments[i] += R;
            _expectOutOfField(d, proof, 14 + 10 * (i / 6) + i % 6);
            d.commitments[i] = addmod(d.commitments[i], 1, R);
            _expectInvalid(d, 7, proof);
            d = dealingOf(_id, 0);
        }
        for (uint256 i = 0; i < 40; i += 7) {
            d.shares[i] += R;
            _expectOutOfField(d, proof, 94 + i);
            d.shares[i] = addmod(d.shares[i], 1, R);
            _expectInvalid(d, 7, proof);
            d = dealingOf(_id, 0);
        }
        _expectInvalid(d, 8, proof);
        // Swapped ciphertexts.
        (d.shares[0], d.shares[8]) = (d.shares[8], d.shares[0]);
        _expectInvalid(d, 7, proof);
        deal(_id, 0);
    }

    /// A dealing for other recipients, another committee, contract or chain.
    function test_RevertWhen_DealingOfOtherCommittee() public {
        (Dealing memory d, uint256[8] memory proof) = _dealing(_id, 0);
        uint256 twin = create(5, 3);
        for (uint256 i = 0; i < 5; ++i) {
            register(twin, i);
        }
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        _deal(twin, 0, d, 7, proof);
        vm.chainId(5);
        _expectInvalid(d, 7, proof);
        vm.chainId(31337);
        // The same committee with another transport key of one trustee: the list differs.
        uint256[] memory inputs = dealingInputs(twin, 0, d, 7);
        _expectInvalid(d, 7, prove(inputs, 3));
        _deal(_id, 0, d, 7, proof);
    }

    function _dealing(uint256 id, uint256 dealer) private view returns (Dealing memory d, uint256[8] memory proof) {
        d = dealingOf(id, dealer);
        proof = prove(dealingInputs(id, dealer, d, 7), dealer);
    }

    function _deal(uint256 id, uint256 dealer, Dealing memory d, uint256 h, uint256[8] memory proof) private {
        vm.prank(trusteeAt(dealer));
        committee.deal(id, dealer, d.ephemeral, d.commitments, d.shares, h, proof);
    }

    function _expectInvalid(Dealing memory d, uint256 h, uint256[8] memory proof) private {
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        _deal(_id, 0, d, h, proof);
    }

    function _expectOutOfField(Dealing memory d, uint256[8] memory proof, uint256 index) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.ElementOutOfField.selector, index));
        _deal(_id, 0, d, 7, proof);
    }

    function _expectWrongStatus(uint256 id, ICommittee.Status actual) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.WrongStatus.selector, id, actual, ICommittee.Status.Dealing));
    }
}
