// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {IStakeholderRegistry} from "../src/interfaces/IStakeholderRegistry.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {AllowListPolicy} from "../src/policies/AllowListPolicy.sol";
import {StakeholderRegistry} from "../src/StakeholderRegistry.sol";
import {RebuiltTree} from "./support/RebuiltTree.sol";
import {Test} from "./support/Test.sol";

/// @title Executes a call that was fixed before, as a timelock does
contract Timelock {
    address private _target;
    bytes private _call;

    function schedule(address target, bytes calldata call_) external {
        (_target, _call) = (target, call_);
    }

    function execute() external {
        (bool ok,) = _target.call(_call);
        require(ok, "the scheduled call reverted");
    }
}

/// @title Removal by an owner that cannot know the siblings
contract MembershipRemovalTest is Test {
    Timelock private _timelock;
    StakeholderRegistry private _registry;
    AllowListPolicy private _policy;
    uint256 private _chamber;
    uint256[] private _leaves;

    function setUp() public {
        _registry = new StakeholderRegistry(address(this));
        _policy = new AllowListPolicy(address(this));
        _chamber = _registry.createChamber("chamber", _policy);
        for (uint256 i = 1; i <= 6; ++i) {
            _enrol(i);
        }
    }

    /// Every enrolment changes the siblings of the member; the scheduled call has none. A rotation of its own does not
    /// save it either.
    function test_RemovalScheduledBeforeHundredEnrolmentsRemovesMember() public {
        _timelock = new Timelock();
        StakeholderRegistry registry = new StakeholderRegistry(address(_timelock));
        _timelock.schedule(address(registry), abi.encodeCall(registry.createChamber, ("chamber", _policy)));
        _timelock.execute();
        _registry = registry;
        delete _leaves;
        for (uint256 i = 1; i <= 3; ++i) {
            _enrol(i);
        }

        _timelock.schedule(address(registry), abi.encodeCall(registry.markRemoval, (_chamber, _account(2))));
        for (uint256 i = 4; i <= 103; ++i) {
            _enrol(i);
        }
        uint256[] memory siblings = RebuiltTree.siblings(_leaves, 1);
        vm.prank(_account(2));
        registry.rotate(_chamber, 999, siblings);
        _leaves[1] = _leaf(999, 2);
        vm.expectEmit(address(registry));
        emit IStakeholderRegistry.RemovalMarked(_chamber, _account(2));
        _timelock.execute();

        vm.prank(address(0x5717a1));
        registry.purge(_chamber, _account(2), siblings);
        _leaves[1] = 0;
        (uint256 root, uint256 members, uint256 totalWeight) = registry.census(_chamber);
        assertEq(root, RebuiltTree.rootOf(_leaves), "root");
        assertEq(members, 102, "members");
        assertEq(totalWeight, 103 * 104 / 2 - 2, "total weight");
        (uint256 id,,) = registry.member(_chamber, _account(2));
        assertEq(id, 0, "no member any more");
    }

    function test_NothingButPurgeChangesMarkedChamber() public {
        _registry.markRemoval(_chamber, _account(3));
        assertTrue(_registry.isMarked(_chamber, _account(3)), "marked");
        assertTrue(!_registry.isMarked(_chamber, _account(4)), "not marked");
        bytes memory pending = abi.encodeWithSelector(IStakeholderRegistry.RemovalPending.selector, _chamber);
        _policy.setWeight(_chamber, _account(7), 7);
        vm.prank(_account(7));
        vm.expectRevert(pending);
        _registry.enrol(_chamber, 7, "");
        uint256[] memory siblings = RebuiltTree.siblings(_leaves, 0);
        vm.prank(_account(1));
        vm.expectRevert(pending);
        _registry.rotate(_chamber, 77, siblings);
        vm.expectRevert(pending);
        _registry.census(_chamber);
        (uint256 root, uint256 members, uint256 totalWeight, uint256 marks) = _registry.currentCensus(_chamber);
        assertEq(root, RebuiltTree.rootOf(_leaves), "root");
        assertEq(members, 6, "members");
        assertEq(totalWeight, 21, "total weight");
        assertEq(marks, 1, "marks");

        // Another chamber is not concerned.
        uint256 other = _registry.createChamber("other", _policy);
        _policy.setWeight(other, _account(1), 1);
        vm.prank(_account(1));
        _registry.enrol(other, 1, "");

        _purge(2);
        assertTrue(!_registry.isMarked(_chamber, _account(3)), "purged");
        _enrol(7);
        _assertCensus(6, 25);
    }

    /// The purge of one member changes the siblings of the other.
    function test_MarksStandSideBySide() public {
        _registry.markRemoval(_chamber, _account(3));
        _registry.markRemoval(_chamber, _account(4));
        uint256[] memory stale = RebuiltTree.siblings(_leaves, 3);
        _purge(2);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.RemovalPending.selector, _chamber));
        _registry.census(_chamber);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.WrongSiblings.selector, _chamber));
        _registry.purge(_chamber, _account(4), stale);
        _purge(3);
        _assertCensus(4, 14);
    }

    /// A member that was marked by mistake enrols again, with the identity that it had.
    function test_PurgedMemberEnrolsAgain() public {
        _registry.markRemoval(_chamber, _account(6));
        _purge(5);
        _enrol(6);
        _assertCensus(6, 21);
        (, uint256 weight, uint256 index) = _registry.member(_chamber, _account(6));
        assertEq(weight, 6, "weight");
        assertEq(index, 6, "a new leaf");
        assertTrue(!_registry.isMarked(_chamber, _account(6)), "without the mark");
    }

    function test_RevertWhen_MarkOrPurgeIsOutOfOrder() public {
        _registry.markRemoval(_chamber, _account(3));
        vm.expectRevert(
            abi.encodeWithSelector(IStakeholderRegistry.RemovalAlreadyMarked.selector, _chamber, _account(3))
        );
        _registry.markRemoval(_chamber, _account(3));
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.NotEnrolled.selector, _chamber, _account(9)));
        _registry.markRemoval(_chamber, _account(9));
        uint256[] memory siblings = RebuiltTree.siblings(_leaves, 3);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.RemovalNotMarked.selector, _chamber, _account(4)));
        _registry.purge(_chamber, _account(4), siblings);
        _purge(2);
        siblings = RebuiltTree.siblings(_leaves, 2);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.NotEnrolled.selector, _chamber, _account(3)));
        _registry.purge(_chamber, _account(3), siblings);
    }

    /// Any set of marks, purged in any order, leaves the census of the others.
    /// forge-config: default.fuzz.runs = 32
    function testFuzz_PurgesInAnyOrderLeaveTheOthers(uint256 seed) public {
        uint256 marked = seed % 64;
        uint256 left = 0;
        for (uint256 i = 0; i < 6; ++i) {
            if (marked >> i & 1 == 1) _registry.markRemoval(_chamber, _account(i + 1));
            else left += i + 1;
        }
        uint256 members = 6;
        for (uint256 k = 0; k < 6; ++k) {
            // 5 and 6 have no common factor, so every member is met once.
            uint256 i = ((seed >> 8) + (seed & 128 == 0 ? k : 5 * k)) % 6;
            if (marked >> i & 1 == 0) continue;
            _purge(i);
            --members;
        }
        _assertCensus(members, left);
        _enrol(7);
        _assertCensus(members + 1, left + 7);
    }

    function _purge(uint256 index) private {
        uint256[] memory siblings = RebuiltTree.siblings(_leaves, index);
        _registry.purge(_chamber, _account(index + 1), siblings);
        _leaves[index] = 0;
    }

    /// @dev Enrols an account with an identity commitment and a weight of its number.
    function _enrol(uint256 number) private {
        _policy.setWeight(_chamber, _account(number), number);
        vm.prank(_account(number));
        _registry.enrol(_chamber, number, "");
        _leaves.push(_leaf(number, number));
    }

    function _account(uint256 number) private pure returns (address) {
        return address(uint160(0xacc0000 + number));
    }

    function _leaf(uint256 id, uint256 weight) private pure returns (uint256) {
        return PoseidonT4.hash([Domain.LEAF, id, weight]);
    }

    function _assertCensus(uint256 members, uint256 totalWeight) private view {
        (uint256 root, uint256 actualMembers, uint256 actualWeight) = _registry.census(_chamber);
        assertEq(root, RebuiltTree.rootOf(_leaves), "root");
        assertEq(actualMembers, members, "members");
        assertEq(actualWeight, totalWeight, "total weight");
    }
}
