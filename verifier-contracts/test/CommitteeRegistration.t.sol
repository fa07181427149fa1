// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Committee} from "../src/Committee.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {BabyJubjub} from "../src/libraries/BabyJubjub.sol";
import {Election} from "./support/Election.sol";

/// @title Creation of committees and registration of transport keys
contract CommitteeRegistrationTest is Election {
    function setUp() public {
        deployAll();
    }

    function test_CreateStoresCommittee() public {
        uint64 start = uint64(block.timestamp);
        vm.expectEmit(address(committee));
        emit ICommittee.CommitteeCreated(1, trusteesOf(5), 3, start + REGISTRATION, start + DEALING, longest());
        assertEq(create(5, 3), 1, "number");
        assertEq(committee.committees(), 2, "committees");
        ICommittee.CommitteeView memory c = committee.committee(1);
        assertTrue(c.status == ICommittee.Status.Registering, "status");
        assertTrue(c.trustees.length == 5 && c.trustees[4] == trusteeAt(4), "trustees");
        assertTrue(
            c.threshold == 3 && c.predecessors == 0 && c.registered == 0 && c.dealt == 0 && c.hash8 == 0, "empty"
        );
        (address decryption, address dealing5, address dealing16, address keys) = committee.immutableDependencies();
        address v = address(verifier);
        assertTrue(decryption == v && dealing5 == v && dealing16 == v && keys == v, "wiring");
    }

    function test_RevertWhen_TrusteesInvalid() public {
        _expectBadTrustees(trusteesOf(0), 0);
        _expectBadTrustees(trusteesOf(0), 1);
        _expectBadTrustees(trusteesOf(3), 0);
        _expectBadTrustees(trusteesOf(3), 4);
        _expectBadTrustees(trusteesOf(17), 3);
        address[] memory list = trusteesOf(3);
        list[2] = list[0];
        _expectBadTrustees(list, 2);
        list[2] = address(0);
        _expectBadTrustees(list, 2);
        create(16, 16);
        create(1, 1);
    }

    function test_RevertWhen_ScheduleInvalid() public {
        uint64 start = uint64(block.timestamp);
        ICommittee.Lifetime memory life = longest();
        uint64[2][3] memory bad = [[start, start + 9], [start + 9, start + 9], [start + 9, start + 8]];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidSchedule.selector, bad[i][0], bad[i][1]));
            committee.create(trusteesOf(3), 2, bad[i][0], bad[i][1], life);
        }
        committee.create(trusteesOf(3), 2, start + 1, start + 2, life);
    }

    function test_RevertWhen_CallerIsNotOwner() public {
        bytes memory unauthorised = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, trusteeAt(0));
        uint64 start = uint64(block.timestamp);
        ICommittee.Lifetime memory life = longest();
        vm.startPrank(trusteeAt(0));
        vm.expectRevert(unauthorised);
        committee.create(trusteesOf(3), 2, start + 1, start + 2, life);
        vm.expectRevert(unauthorised);
        committee.replace(0, trusteesOf(3), 2, start + 1, start + 2, life);
        vm.expectRevert(unauthorised);
        committee.retire(0);
        vm.stopPrank();
    }

    function test_RegisterStoresTransportKey() public {
        uint256 id = create(3, 2);
        (uint256 challenge, uint256 response) = possession(1, trusteeContext(id, 1));
        uint256[2] memory point = transportPoint(1);
        uint256[2] memory key = transportKey(1);
        vm.expectEmit(address(committee));
        emit ICommittee.TrusteeRegistered(id, trusteeAt(1), 1, key, challenge, response);
        vm.prank(trusteeAt(1));
        committee.register(id, 1, point, challenge, response);
        uint256[2] memory stored = committee.transportKey(id, 1);
        assertTrue(stored[0] == key[0] && stored[1] == key[1], "eight times the point");
        assertEq(committee.committee(id).registered, 2, "bit 1");

        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.AlreadyRegistered.selector, id, trusteeAt(1)));
        committee.register(id, 1, point, challenge, response);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotRegistered.selector, id, trusteeAt(0)));
        committee.transportKey(id, 0);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotRegistered.selector, id, address(0)));
        committee.transportKey(id, 3);
        register(id, 0);
        register(id, 2);
        assertTrue(committee.status(id) == ICommittee.Status.Dealing, "all are there");
    }

    function test_RevertWhen_RegistrantIsNotTheTrustee() public {
        uint256 id = create(3, 2);
        (uint256 challenge, uint256 response) = possession(1, trusteeContext(id, 1));
        uint256[2] memory point = transportPoint(1);
        // Another trustee's index, an index without a trustee, an account that is no trustee.
        for (uint256 index = 0; index < 300; index += index < 3 ? 1 : 253) {
            if (index == 1) continue;
            vm.prank(trusteeAt(1));
            vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, id, trusteeAt(1)));
            committee.register(id, index, point, challenge, response);
        }
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, id, address(this)));
        committee.register(id, 1, point, challenge, response);
        vm.prank(trusteeAt(1));
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, 9));
        committee.register(9, 1, point, challenge, response);
    }

    /// The identity; points of low order, whose eightfold is the identity; points off the curve; not canonical ones.
    function test_RevertWhen_TransportPointInvalid() public {
        uint256 id = create(1, 1);
        uint256[2] memory good = transportPoint(0);
        uint256[] memory low = vm.parseJsonUintArray(vm.readFile("test/vectors/baby_jubjub.json"), ".lowOrder");
        assertEq(low.length, 16, "all eight points whose order divides 8");
        for (uint256 i = 0; i < low.length; i += 2) {
            assertTrue(BabyJubjub.isOnCurve(low[i], low[i + 1]), "a point of the curve");
            _expectBadKey(id, [low[i], low[i + 1]]);
        }
        _expectBadKey(id, [good[0] + R, good[1]]);
        _expectBadKey(id, [good[0], good[1] + R]);
        _expectBadKey(id, [uint256(1), 1]);
        _expectBadKey(id, [uint256(0), 0]);
        assertEq(committee.committee(id).registered, 0, "nothing has changed");
        register(id, 0);
    }

    /// A point with a low-order component gives the key of the other component, for which the proof holds.
    function test_TransportKeyHasNoLowOrderComponent() public {
        uint256 id = create(1, 1);
        uint256[2] memory good = transportPoint(0);
        uint256[] memory low = vm.parseJsonUintArray(vm.readFile("test/vectors/baby_jubjub.json"), ".lowOrder");
        BabyJubjub.Projective memory p = BabyJubjub.fromAffine(good[0], good[1]);
        BabyJubjub.addTo(p, low[14], low[15]);
        (uint256 x, uint256 y) = BabyJubjub.toAffine(p);
        (uint256 challenge, uint256 response) = possession(0, trusteeContext(id, 0));
        vm.prank(trusteeAt(0));
        committee.register(id, 0, [x, y], challenge, response);
        uint256[2] memory stored = committee.transportKey(id, 0);
        assertEq(stored[0], transportKey(0)[0], "in the subgroup");
    }

    function test_RevertWhen_PossessionProofChanged() public {
        uint256 id = create(3, 2);
        (uint256 c, uint256 s) = possession(1, trusteeContext(id, 1));
        uint256[2] memory point = transportPoint(1);
        _expectNotPossessed(committee, id, point, c ^ 1, s);
        _expectNotPossessed(committee, id, point, c, addmod(s, 1, BabyJubjub.L));
        // Other representatives of the same values.
        _expectNotPossessed(committee, id, point, c, s + BabyJubjub.L);
        _expectNotPossessed(committee, id, point, c | (1 << 126), s);
        _expectNotPossessed(committee, id, transportPoint(2), c, s);
        vm.chainId(5);
        _expectNotPossessed(committee, id, point, c, s);
        vm.chainId(31337);
        _expectNotPossessed(committee, create(3, 2), point, c, s);
        Committee other = new Committee(address(this), verifier, verifier, verifier, verifier);
        for (uint256 i = 0; i <= id; ++i) {
            other.create(trusteesOf(3), 2, START + REGISTRATION, START + DEALING, longest());
        }
        _expectNotPossessed(other, id, point, c, s);
        // Another trustee's proof, copied from its transaction.
        (c, s) = possession(0, trusteeContext(id, 0));
        _expectNotPossessed(committee, id, transportPoint(0), c, s);
        register(id, 1);
    }

    /// Compared with proofs of another implementation, valid and invalid ones.
    function test_PossessionProofsEqualVectors() public view {
        string memory json = vm.readFile("test/vectors/possession.json");
        uint256[] memory words = vm.parseJsonUintArray(json, ".proofs");
        for (uint256 i = 0; i < words.length; i += 6) {
            assertTrue(this.holds(words, i), "a proof");
            for (uint256 k = 0; k < 5; ++k) {
                uint256[] memory spoilt = vm.parseJsonUintArray(json, ".proofs");
                spoilt[i + k] = k < 2 ? words[(i + k + 6) % words.length] : words[i + k] ^ 2;
                assertTrue(!this.holds(spoilt, i), "changed");
            }
        }
    }

    function test_StatusFollowsDeadlines() public {
        uint256 id = create(3, 2);
        register(id, 0);
        vm.warp(START + REGISTRATION);
        register(id, 1);
        assertTrue(committee.status(id) == ICommittee.Status.Registering, "in the last second");
        vm.warp(START + REGISTRATION + 1);
        assertTrue(committee.status(id) == ICommittee.Status.Dealing, "two are enough for a threshold of two");
        (uint256 c, uint256 s) = possession(2, trusteeContext(id, 2));
        uint256[2] memory point = transportPoint(2);
        vm.prank(trusteeAt(2));
        vm.expectRevert(
            abi.encodeWithSelector(
                ICommittee.WrongStatus.selector, id, ICommittee.Status.Dealing, ICommittee.Status.Registering
            )
        );
        committee.register(id, 2, point, c, s);

        vm.warp(START);
        uint256 late = create(3, 2);
        register(late, 0);
        vm.warp(START + REGISTRATION + 1);
        assertTrue(committee.status(late) == ICommittee.Status.Failed, "one is not");
    }

    function test_RetiredCommitteeKeepsItsKeys() public {
        vm.expectEmit(address(committee));
        emit ICommittee.CommitteeRetired(0);
        committee.retire(0);
        assertTrue(committee.status(0) == ICommittee.Status.Retired, "status");
        // Polls that are open still need the keys.
        assertEq(committee.keysHash(0, 8), HASH8, "keys stay");
        vm.expectRevert(
            abi.encodeWithSelector(
                ICommittee.WrongStatus.selector, 0, ICommittee.Status.Retired, ICommittee.Status.Ready
            )
        );
        committee.retire(0);
        uint256 id = create(3, 2);
        committee.retire(id);
        assertTrue(committee.status(id) == ICommittee.Status.Retired, "a committee in key generation is retired");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, 9));
        committee.retire(9);
        assertTrue(committee.status(9) == ICommittee.Status.Unknown, "unknown");
    }

    /// @dev Returns one proof of a list: key, ctx, challenge, response, and a word that is not read.
    function holds(uint256[] calldata words, uint256 at_) external view returns (bool) {
        return possessionHolds([words[at_], words[at_ + 1]], words[at_ + 2], words[at_ + 3], words[at_ + 4]);
    }

    function _expectBadTrustees(address[] memory list, uint256 threshold) private {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.InvalidTrustees.selector, list.length, threshold));
        committee.create(list, threshold, START + REGISTRATION, START + DEALING, longest());
    }

    function _expectBadKey(uint256 id, uint256[2] memory point) private {
        (uint256 challenge, uint256 response) = possession(0, trusteeContext(id, 0));
        vm.prank(trusteeAt(0));
        vm.expectRevert(ICommittee.InvalidTransportKey.selector);
        committee.register(id, 0, point, challenge, response);
    }

    function _expectNotPossessed(Committee where, uint256 id, uint256[2] memory point, uint256 c, uint256 s) private {
        vm.prank(trusteeAt(1));
        vm.expectRevert(ICommittee.InvalidProofOfPossession.selector);
        where.register(id, 1, point, c, s);
    }
}
