// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Committee} from "../src/Committee.sol";
import {ICommittee} from "../src/interfaces/ICommittee.sol";
import {IGroth16Verifier} from "../src/interfaces/IGroth16Verifier.sol";
import {Election} from "./support/Election.sol";

contract CommitteeTest is Election {
    uint256[8] private _anyProof;

    function setUp() public {
        deployAll();
    }

    function test_readyAfterRegistration() public view {
        assertEq(uint256(committee.status(0)), uint256(ICommittee.Status.Ready), "status");
        assertEq(committee.threshold(0), 1, "threshold");
        assertEq(committee.trustees(0).length, 1, "trustees");
        assertEq(committee.trustees(0)[0], trustee, "trustee");
        uint256[16] memory keys = committee.keys(0);
        uint256[16] memory own = committee.trusteeKeys(0, 0);
        for (uint256 i = 0; i < 16; ++i) {
            assertEq(keys[i], publicKeys[i], "key");
            assertEq(own[i], publicKeys[i], "key of the trustee");
        }
    }

    function test_hashesEqualVectors() public {
        string memory json = vm.readFile("test/vectors/committee_keys.json");
        uint256[] memory keys = vm.parseJsonUintArray(json, ".keys");
        for (uint256 i = 0; i < 16; ++i) {
            publicKeys[i] = keys[i];
        }
        uint256 id = newCommittee();
        registerKeys(id);
        assertEq(committee.keysHash(id, 3), vm.parseJsonUint(json, ".hash3"), "K_3");
        assertEq(committee.keysHash(id, 8), vm.parseJsonUint(json, ".hash8"), "K_8");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnsupportedSize.selector, 4));
        committee.keysHash(id, 4);
    }

    /// forge-config: default.isolate = true
    function test_registrationFitsIntoATransaction() public {
        uint256 id = newCommittee();
        registerKeys(id);
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        log("register", gas);
        assertTrue(gas < 1_700_000, "gas");
    }

    function test_events() public {
        uint256 id = newCommittee();
        vm.recordLogs();
        registerKeys(id);
        assertEq(vm.getRecordedLogs().length, 2, "registered and ready");
        address[] memory list = new address[](1);
        list[0] = trustee;
        vm.expectEmit(address(committee));
        emit ICommittee.CommitteeCreated(id + 1, list, 1);
        committee.create(list, 1);
    }

    function test_onlyOneOfOne() public {
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnsupportedCommittee.selector, 2, 1));
        committee.create(new address[](2), 1);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnsupportedCommittee.selector, 1, 0));
        committee.create(new address[](1), 0);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.UnsupportedCommittee.selector, 0, 0));
        committee.create(new address[](0), 0);
    }

    /// With equal keys, or opposite ones, two options' ciphertexts give away their votes.
    function test_repeatedKeysAreRefused() public {
        uint256 id = newCommittee();
        for (uint256 j = 1; j < 8; ++j) {
            uint256[16] memory keys = publicKeys;
            (keys[2 * j], keys[2 * j + 1]) = (keys[0], keys[1]);
            vm.prank(trustee);
            vm.expectRevert(abi.encodeWithSelector(ICommittee.BadKey.selector, j));
            committee.register(id, keys, 7, _anyProof);
            keys[2 * j] = R - keys[0];
            vm.prank(trustee);
            vm.expectRevert(abi.encodeWithSelector(ICommittee.BadKey.selector, j));
            committee.register(id, keys, 7, _anyProof);
        }
    }

    function test_badKeys() public {
        uint256 id = newCommittee();
        // the identity; the point of order 2; off the curve; not canonical, twice
        uint256[2][5] memory bad = [
            [uint256(0), 1],
            [uint256(0), R - 1],
            [uint256(1), 1],
            [publicKeys[0] + R, publicKeys[1]],
            [publicKeys[0], publicKeys[1] + R]
        ];
        for (uint256 j = 0; j < 8; ++j) {
            for (uint256 k = 0; k < 5; ++k) {
                uint256[16] memory keys = publicKeys;
                (keys[2 * j], keys[2 * j + 1]) = (bad[k][0], bad[k][1]);
                vm.prank(trustee);
                vm.expectRevert(abi.encodeWithSelector(ICommittee.BadKey.selector, j));
                committee.register(id, keys, 7, _anyProof);
            }
        }
    }

    function test_possessionIsBoundToEverything() public {
        uint256 id = newCommittee();
        uint256 ctx = uint256(keccak256(abi.encode(block.chainid, address(committee), id, trustee))) >> 8;
        uint256[] memory shares = new uint256[](16);
        for (uint256 i = 0; i < 16; ++i) {
            shares[i] = publicKeys[i];
        }
        uint256[8] memory proof = prove(decryptionInputs(ctx, 1, shares, 7), 0);

        uint256[16] memory keys = publicKeys;
        (keys[0], keys[1], keys[2], keys[3]) = (keys[2], keys[3], keys[0], keys[1]);
        _expectInvalid(committee, id, keys, 7, proof);
        _expectInvalid(committee, id, publicKeys, 8, proof);
        vm.chainId(5);
        _expectInvalid(committee, id, publicKeys, 7, proof);
        vm.chainId(31337);
        _expectInvalid(committee, newCommittee(), publicKeys, 7, proof);

        Committee other = new Committee(address(this), verifier);
        address[] memory list = new address[](1);
        list[0] = trustee;
        for (uint256 i = 0; i <= id; ++i) {
            other.create(list, 1);
        }
        _expectInvalid(other, id, publicKeys, 7, proof);
        list[0] = address(0xbad);
        uint256 stranger = committee.create(list, 1);
        vm.prank(list[0]);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        committee.register(stranger, publicKeys, 7, proof);

        vm.prank(trustee);
        committee.register(id, publicKeys, 7, proof);
    }

    function test_whoAndWhen() public {
        uint256 id = newCommittee();
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotTrustee.selector, id, address(this)));
        committee.register(id, publicKeys, 7, _anyProof);
        vm.prank(trustee);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.AlreadyRegistered.selector, 0, trustee));
        committee.register(0, publicKeys, 7, _anyProof);
        committee.retire(id);
        vm.prank(trustee);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotForming.selector, id));
        committee.register(id, publicKeys, 7, _anyProof);

        bytes memory unknown = abi.encodeWithSelector(ICommittee.UnknownCommittee.selector, 9);
        vm.expectRevert(unknown);
        committee.register(9, publicKeys, 7, _anyProof);
        vm.expectRevert(unknown);
        committee.retire(9);
        vm.expectRevert(unknown);
        committee.keys(9);
        vm.expectRevert(unknown);
        committee.threshold(9);
        assertEq(uint256(committee.status(9)), uint256(ICommittee.Status.Unknown), "status");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.BadKey.selector, 1));
        committee.trusteeKeys(0, 1);
    }

    function test_keysOfAnUnfinishedCommittee() public {
        uint256 id = newCommittee();
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, id));
        committee.keys(id);
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, id));
        committee.keysHash(id, 3);
    }

    function test_retire() public {
        vm.expectEmit(address(committee));
        emit ICommittee.CommitteeRetired(0);
        committee.retire(0);
        assertEq(uint256(committee.status(0)), uint256(ICommittee.Status.Retired), "status");
        // Polls that are open still need them.
        assertEq(committee.keys(0)[0], publicKeys[0], "keys stay");
        vm.expectRevert(abi.encodeWithSelector(ICommittee.NotReady.selector, 0));
        committee.retire(0);
    }

    function test_onlyTheOwner() public {
        bytes memory unauthorised = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, trustee);
        vm.startPrank(trustee);
        vm.expectRevert(unauthorised);
        committee.create(new address[](1), 1);
        vm.expectRevert(unauthorised);
        committee.retire(0);
        vm.stopPrank();
    }

    function _expectInvalid(Committee at_, uint256 id, uint256[16] memory keys, uint256 h, uint256[8] memory proof)
        private
    {
        vm.prank(trustee);
        vm.expectRevert(IGroth16Verifier.InvalidProof.selector);
        at_.register(id, keys, h, proof);
    }
}
