// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {PoseidonT3} from "poseidon-solidity/PoseidonT3.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {IMembershipPolicy} from "../src/interfaces/IMembershipPolicy.sol";
import {IStakeholderRegistry} from "../src/interfaces/IStakeholderRegistry.sol";
import {BallotRules} from "../src/libraries/BallotRules.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {AllowListPolicy} from "../src/policies/AllowListPolicy.sol";
import {StakeholderRegistry} from "../src/StakeholderRegistry.sol";
import {Test} from "./support/Test.sol";

contract SmallRegistry is StakeholderRegistry {
    constructor(address owner) StakeholderRegistry(owner) {}

    function _capacity() internal pure override returns (uint256) {
        return 4;
    }
}

/// @title A policy that violates every bound on weights
contract GenerousPolicy is IMembershipPolicy {
    function weightOf(uint256, address, bytes calldata) external pure returns (uint256) {
        return type(uint256).max;
    }
}

contract StakeholderRegistryTest is Test {
    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    StakeholderRegistry private _registry;
    AllowListPolicy private _policy;
    uint256 private _chamber;
    address private _alice = address(0xa11ce);
    address private _bob = address(0xb0b);

    function setUp() public {
        _registry = new SmallRegistry(address(this));
        _policy = new AllowListPolicy(address(this));
        _registry.createChamber("first", _policy);
        _chamber = _registry.createChamber("second", _policy);
        _policy.setWeight(_chamber, _alice, 7);
        _policy.setWeight(_chamber, _bob, 5);
    }

    function test_EnrolRotateAndPurgeUpdateCensus() public {
        _enrol(_alice, 11);
        _assertCensus(_leaf(11, 7), 1, 7);
        _enrol(_bob, 22);
        _assertCensus(PoseidonT3.hash([_leaf(11, 7), _leaf(22, 5)]), 2, 12);
        _assertMember(_bob, 22, 5, 1);

        uint256[] memory siblings = _one(_leaf(11, 7));
        vm.expectEmit(address(_registry));
        emit IStakeholderRegistry.KeyRotated(_chamber, _bob, 1, 23, 5);
        vm.prank(_bob);
        _registry.rotate(_chamber, 23, siblings);
        _assertCensus(PoseidonT3.hash([_leaf(11, 7), _leaf(23, 5)]), 2, 12);
        _assertMember(_bob, 23, 5, 1);

        siblings = _one(_leaf(23, 5));
        _registry.markRemoval(_chamber, _alice);
        vm.expectEmit(address(_registry));
        emit IStakeholderRegistry.Removed(_chamber, _alice, 0);
        _registry.purge(_chamber, _alice, siblings);
        _assertCensus(PoseidonT3.hash([uint256(0), _leaf(23, 5)]), 1, 5);
        _assertMember(_alice, 0, 0, 0);

        // Again, at a new leaf.
        _enrol(_alice, 11);
        _assertMember(_alice, 11, 7, 2);
        (, uint256 members, uint256 totalWeight) = _registry.census(_chamber);
        assertEq(members, 2, "members");
        assertEq(totalWeight, 12, "total weight");
    }

    function test_ViewsReturnChamber() public view {
        assertEq(_registry.chambers(), 2, "chambers");
        assertEq(keccak256(bytes(_registry.chamberName(_chamber))), keccak256("second"), "name");
        assertEq(address(_registry.policy(_chamber)), address(_policy), "policy");
        (uint256 root, uint256 members, uint256 totalWeight) = _registry.census(_chamber);
        assertTrue(root == 0 && members == 0 && totalWeight == 0, "an empty census");
    }

    function test_RevertWhen_SubjectEnrolledTwice() public {
        _enrol(_alice, 11);
        vm.prank(_alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.AlreadyEnrolled.selector, _chamber, _alice));
        _registry.enrol(_chamber, 12, "");
    }

    /// Bob sends each of Alice's commitments before she does: he keeps her from nothing, and has a leaf that he cannot
    /// use.
    function test_CopiedIdentityKeepsAuthorFromNothing() public {
        _enrol(_bob, 11);
        _enrol(_alice, 11);
        _assertMember(_bob, 11, 5, 0);
        _assertMember(_alice, 11, 7, 1);
        _assertCensus(PoseidonT3.hash([_leaf(11, 5), _leaf(11, 7)]), 2, 12);

        uint256[] memory siblings = _one(_leaf(11, 7));
        vm.prank(_bob);
        _registry.rotate(_chamber, 12, siblings);
        siblings = _one(_leaf(12, 5));
        vm.prank(_alice);
        _registry.rotate(_chamber, 12, siblings);
        _assertMember(_alice, 12, 7, 1);
        // Both leaves count, in members and in weight.
        _assertCensus(PoseidonT3.hash([_leaf(12, 5), _leaf(12, 7)]), 2, 12);
        // To rotate to the commitment that one has changes nothing.
        vm.prank(_alice);
        _registry.rotate(_chamber, 12, siblings);
        _assertCensus(PoseidonT3.hash([_leaf(12, 5), _leaf(12, 7)]), 2, 12);
    }

    function test_RevertWhen_IdentityZeroOrOutOfField() public {
        vm.prank(_alice);
        vm.expectRevert(IStakeholderRegistry.IdentityZero.selector);
        _registry.enrol(_chamber, 0, "");
        vm.prank(_alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.IdentityOutOfField.selector, R));
        _registry.enrol(_chamber, R, "");
        _enrol(_alice, R - 1);
    }

    function test_RevertWhen_NotEligible() public {
        address carol = address(0xca201);
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.NotEligible.selector, _chamber, carol));
        _registry.enrol(_chamber, 1, "");
    }

    function test_RevertWhen_SumOfWeightsExceedsBound() public {
        uint256 bound = (uint256(1) << 40) / 255;
        address carol = address(0xca201);
        _policy.setWeight(_chamber, carol, bound - 6);
        _enrol(carol, 1);
        bytes memory outOfRange =
            abi.encodeWithSelector(IStakeholderRegistry.TotalWeightOutOfRange.selector, _chamber, bound - 6, 7);
        vm.prank(_alice);
        vm.expectRevert(outOfRange);
        _registry.enrol(_chamber, 11, "");
        _policy.setWeight(_chamber, _alice, 6);
        _enrol(_alice, 11);
        (,, uint256 totalWeight) = _registry.census(_chamber);
        assertEq(totalWeight, bound, "total weight");

        uint256 generous = _registry.createChamber("generous", new GenerousPolicy());
        outOfRange =
            abi.encodeWithSelector(IStakeholderRegistry.TotalWeightOutOfRange.selector, generous, 0, type(uint256).max);
        vm.expectRevert(outOfRange);
        _registry.enrol(generous, 1, "");
    }

    function test_RevertWhen_CensusFull() public {
        for (uint256 i = 1; i <= 4; ++i) {
            _policy.setWeight(_chamber, address(uint160(i)), 1);
            _enrol(address(uint160(i)), i);
        }
        vm.prank(_alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.CensusFull.selector, _chamber));
        _registry.enrol(_chamber, 5, "");
    }

    function test_RevertWhen_SiblingsWrong() public {
        _enrol(_alice, 11);
        _enrol(_bob, 22);
        bytes memory wrong = abi.encodeWithSelector(IStakeholderRegistry.WrongSiblings.selector, _chamber);
        uint256[] memory siblings = _one(_leaf(11, 8));
        vm.prank(_bob);
        vm.expectRevert(wrong);
        _registry.rotate(_chamber, 23, siblings);
        _registry.markRemoval(_chamber, _bob);
        vm.expectRevert(wrong);
        _registry.purge(_chamber, _bob, new uint256[](0));
        _assertMember(_bob, 22, 5, 1);
        (uint256 root,,, uint256 marks) = _registry.currentCensus(_chamber);
        assertEq(root, PoseidonT3.hash([_leaf(11, 7), _leaf(22, 5)]), "root");
        assertEq(marks, 1, "marks");
    }

    function test_RevertWhen_CallerNotPermitted() public {
        bytes memory stranger = abi.encodeWithSelector(IStakeholderRegistry.NotEnrolled.selector, _chamber, _alice);
        vm.prank(_alice);
        vm.expectRevert(stranger);
        _registry.rotate(_chamber, 1, new uint256[](0));
        vm.expectRevert(stranger);
        _registry.markRemoval(_chamber, _alice);
        vm.expectRevert(stranger);
        _registry.purge(_chamber, _alice, new uint256[](0));

        bytes memory unauthorised = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, _alice);
        vm.startPrank(_alice);
        vm.expectRevert(unauthorised);
        _registry.markRemoval(_chamber, _bob);
        vm.expectRevert(unauthorised);
        _registry.createChamber("mine", _policy);
        vm.expectRevert(unauthorised);
        _policy.setWeight(_chamber, _alice, 9);
        vm.expectRevert(unauthorised);
        _policy.setWeights(_chamber, new address[](0), new uint256[](0));
        vm.stopPrank();
    }

    function test_RevertWhen_ChamberUnknown() public {
        bytes memory unknown = abi.encodeWithSelector(IStakeholderRegistry.UnknownChamber.selector, 2);
        vm.expectRevert(unknown);
        _registry.enrol(2, 1, "");
        vm.expectRevert(unknown);
        _registry.census(2);
        vm.expectRevert(unknown);
        _registry.member(2, _alice);
        vm.expectRevert(unknown);
        _registry.rotate(2, 1, new uint256[](0));
        vm.expectRevert(unknown);
        _registry.markRemoval(2, _alice);
        vm.expectRevert(unknown);
        _registry.purge(2, _alice, new uint256[](0));
        vm.expectRevert(unknown);
        _registry.currentCensus(2);
        vm.expectRevert(unknown);
        _registry.isMarked(2, _alice);
    }

    function test_AllowListSetsWeights() public {
        address[] memory subjects = new address[](2);
        (subjects[0], subjects[1]) = (_alice, _bob);
        uint256[] memory weights = new uint256[](2);
        (weights[0], weights[1]) = (3, 4);
        _policy.setWeights(9, subjects, weights);
        assertEq(_policy.weightOf(9, _alice, ""), 3, "alice");
        assertEq(_policy.weightOf(9, _bob, ""), 4, "bob");
        assertEq(_policy.weightOf(8, _bob, ""), 0, "another chamber");
        vm.expectRevert(abi.encodeWithSelector(AllowListPolicy.LengthMismatch.selector, 2, 1));
        _policy.setWeights(9, subjects, new uint256[](1));
        uint256 most = BallotRules.MAX_TOTAL_WEIGHT;
        _policy.setWeight(9, _bob, most);
        vm.expectRevert(abi.encodeWithSelector(AllowListPolicy.WeightTooLarge.selector, _bob, most + 1));
        _policy.setWeight(9, _bob, most + 1);
    }

    function _enrol(address subject, uint256 id) private {
        vm.prank(subject);
        _registry.enrol(_chamber, id, "");
    }

    function _leaf(uint256 id, uint256 weight) private pure returns (uint256) {
        return PoseidonT4.hash([Domain.LEAF, id, weight]);
    }

    function _one(uint256 sibling) private pure returns (uint256[] memory siblings) {
        siblings = new uint256[](1);
        siblings[0] = sibling;
    }

    function _assertCensus(uint256 root, uint256 members, uint256 totalWeight) private view {
        (uint256 actualRoot, uint256 actualMembers, uint256 actualWeight) = _registry.census(_chamber);
        assertEq(actualRoot, root, "root");
        assertEq(actualMembers, members, "members");
        assertEq(actualWeight, totalWeight, "total weight");
    }

    function _assertMember(address subject, uint256 id, uint256 weight, uint256 index) private view {
        (uint256 actualId, uint256 actualWeight, uint256 actualIndex) = _registry.member(_chamber, subject);
        assertEq(actualId, id, "id");
        assertEq(actualWeight, weight, "weight");
        assertEq(actualIndex, index, "index");
    }
}
