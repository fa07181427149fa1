// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {ActionClasses} from "../src/ActionClasses.sol";
import {IActionClasses} from "../src/interfaces/IActionClasses.sol";
import {Test} from "./support/Test.sol";

/// @title Profiles of action classes
contract ActionClassesTest is Test {
    bytes32 private constant PAUSE = keccak256("pause");
    bytes32 private constant AMEND = keccak256("amend the rules");

    ActionClasses private _classes;

    function setUp() public {
        _classes = new ActionClasses(address(this));
    }

    function test_ProfileIsSetReplacedAndRemoved() public {
        IActionClasses.Profile memory profile = _pause();
        vm.expectEmit(address(_classes));
        emit IActionClasses.ProfileSet(PAUSE, profile);
        _classes.set(PAUSE, profile);
        assertEq(keccak256(abi.encode(_classes.profile(PAUSE))), keccak256(abi.encode(profile)), "profile");
        profile.ballotPeriod = 2 days;
        _classes.set(PAUSE, profile);
        assertEq(_classes.profile(PAUSE).ballotPeriod, 2 days, "replaced");
        vm.expectEmit(address(_classes));
        emit IActionClasses.ProfileRemoved(PAUSE);
        _classes.remove(PAUSE);
        vm.expectRevert(abi.encodeWithSelector(IActionClasses.UnknownClass.selector, PAUSE));
        _classes.profile(PAUSE);
        vm.expectRevert(abi.encodeWithSelector(IActionClasses.UnknownClass.selector, PAUSE));
        _classes.remove(PAUSE);
    }

    function test_StarterMayStartItsClassAlone() public {
        _classes.set(PAUSE, _pause());
        assertTrue(_classes.mayStart(PAUSE, address(7)), "its starter");
        assertTrue(!_classes.mayStart(PAUSE, address(8)), "another account");
        assertTrue(!_classes.mayStart(AMEND, address(7)), "a class without a profile");
        IActionClasses.Profile memory profile = _pause();
        profile.starter = address(0);
        _classes.set(AMEND, profile);
        assertTrue(_classes.mayStart(AMEND, address(8)), "any account");
    }

    function test_RevertWhen_ProfileIsInvalid() public {
        for (uint256 i = 0; i < 6; ++i) {
            IActionClasses.Profile memory profile = _pause();
            if (i == 0) profile.ballotPeriod = 0;
            if (i == 1) profile.least = 0;
            if (i == 2) profile.thresholdBps = 10_001;
            if (i == 3) profile.ballotPeriod = 1 hours - 1;
            if (i == 4) profile.ballotPeriod = 90 days + 1;
            if (i == 5) profile.required = 3;
            vm.expectRevert(IActionClasses.InvalidProfile.selector);
            _classes.set(PAUSE, profile);
        }
    }

    function test_RevertWhen_NotOwner() public {
        IActionClasses.Profile memory profile = _pause();
        bytes memory reason = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, address(1));
        vm.startPrank(address(1));
        vm.expectRevert(reason);
        _classes.set(PAUSE, profile);
        vm.expectRevert(reason);
        _classes.remove(PAUSE);
        vm.stopPrank();
    }

    function _pause() private pure returns (IActionClasses.Profile memory) {
        return IActionClasses.Profile({
            ballotPeriod: 1 days, thresholdBps: 5_000, quorum: 40, least: 1, required: 1, veto: 2, starter: address(7)
        });
    }
}
