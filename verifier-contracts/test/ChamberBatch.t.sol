// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {IStakeholderRegistry} from "../src/interfaces/IStakeholderRegistry.sol";
import {AllowListPolicy} from "../src/policies/AllowListPolicy.sol";
import {StakeholderRegistry} from "../src/StakeholderRegistry.sol";
import {Test} from "./support/Test.sol";

/// @title Batches of a timelock that create a chamber and its list
/// @notice A batch names the chamber that it creates by the number that the chamber will get. Between the proposal and
/// its execution another batch may create a chamber, and the list would be that one's.
contract ChamberBatchTest is Test {
    uint256 private constant DELAY = 2 days;

    TimelockController private _timelock;
    StakeholderRegistry private _registry;
    AllowListPolicy private _policy;
    address private _alice = address(0xa11ce);
    address private _bob = address(0xb0b);

    function setUp() public {
        address[] memory proposers = new address[](1);
        proposers[0] = address(this);
        _timelock = new TimelockController(DELAY, proposers, proposers, address(0));
        _registry = new StakeholderRegistry(address(_timelock));
        _policy = new AllowListPolicy(address(_timelock));
    }

    function test_BatchCreatesChamberWithItsList() public {
        bytes[] memory calls = _scheduleBatch("Researchers", _alice, 0);
        vm.warp(block.timestamp + DELAY);
        _executeBatch(calls);
        assertEq(_registry.chambers(), 1, "chambers");
        assertEq(_policy.weightOf(0, _alice, ""), 7, "on the list");
    }

    function test_RevertWhen_AnotherBatchCreatedTheChamber() public {
        bytes[] memory first = _scheduleBatch("Researchers", _alice, 0);
        bytes[] memory second = _scheduleBatch("Public", _bob, 0);
        vm.warp(block.timestamp + DELAY);
        _executeBatch(second);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.UnexpectedChamber.selector, 0, 1));
        _executeBatch(first);
        assertEq(_registry.chambers(), 1, "chambers");
        assertEq(_policy.weightOf(0, _alice, ""), 0, "no member of another chamber's list");
    }

    function test_RevertWhen_NextChamberUnexpected() public {
        _registry.requireNextChamber(0);
        vm.expectRevert(abi.encodeWithSelector(IStakeholderRegistry.UnexpectedChamber.selector, 1, 0));
        _registry.requireNextChamber(1);
    }

    function _scheduleBatch(string memory name, address subject, uint256 chamber)
        private
        returns (bytes[] memory calls)
    {
        address[] memory subjects = new address[](1);
        uint256[] memory weights = new uint256[](1);
        (subjects[0], weights[0]) = (subject, 7);
        calls = new bytes[](3);
        calls[0] = abi.encodeCall(IStakeholderRegistry.requireNextChamber, (chamber));
        calls[1] = abi.encodeCall(IStakeholderRegistry.createChamber, (name, _policy));
        calls[2] = abi.encodeCall(AllowListPolicy.setWeights, (chamber, subjects, weights));
        _timelock.scheduleBatch(_targets(), new uint256[](3), calls, 0, 0, DELAY);
    }

    function _executeBatch(bytes[] memory calls) private {
        _timelock.executeBatch(_targets(), new uint256[](3), calls, 0, 0);
    }

    function _targets() private view returns (address[] memory targets) {
        targets = new address[](3);
        (targets[0], targets[1], targets[2]) = (address(_registry), address(_registry), address(_policy));
    }
}
