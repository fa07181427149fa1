// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IActionClasses} from "./interfaces/IActionClasses.sol";
import {ChamberMasks} from "./libraries/ChamberMasks.sol";
import {Decision} from "./libraries/Decision.sol";

/// @title Action classes
/// @notice The whole of `IActionClasses`.
contract ActionClasses is IActionClasses, Ownable2Step {
    /// @dev Ballots can be made and carried at all.
    uint256 private constant LEAST_PERIOD = 1 hours;
    /// @dev After it, the census that was frozen says little.
    uint256 private constant GREATEST_PERIOD = 90 days;

    mapping(bytes32 actionClass => Profile) private _profiles;

    /// @notice Fixes the first owner.
    /// @param owner the account that sets profiles: the DAO's timelock
    constructor(address owner) Ownable(owner) {}

    /// @inheritdoc IActionClasses
    function set(bytes32 actionClass, Profile calldata profile_) external virtual onlyOwner {
        bool timely = profile_.ballotPeriod >= LEAST_PERIOD && profile_.ballotPeriod <= GREATEST_PERIOD;
        bool enough = profile_.least != 0 && ChamberMasks.count(profile_.required) <= profile_.least;
        if (!timely || !enough || profile_.thresholdBps > Decision.BASIS_POINTS) revert InvalidProfile();
        _profiles[actionClass] = profile_;
        emit ProfileSet(actionClass, profile_);
    }

    /// @inheritdoc IActionClasses
    function remove(bytes32 actionClass) external virtual onlyOwner {
        _requireClass(actionClass);
        delete _profiles[actionClass];
        emit ProfileRemoved(actionClass);
    }

    /// @inheritdoc IActionClasses
    function profile(bytes32 actionClass) external view virtual returns (Profile memory) {
        return _requireClass(actionClass);
    }

    /// @inheritdoc IActionClasses
    function mayStart(bytes32 actionClass, address account) external view virtual returns (bool) {
        Profile storage data = _profiles[actionClass];
        return data.ballotPeriod != 0 && (data.starter == address(0) || data.starter == account);
    }

    /// @dev Returns the profile of a class that has one.
    function _requireClass(bytes32 actionClass) private view returns (Profile storage data) {
        data = _profiles[actionClass];
        if (data.ballotPeriod == 0) revert UnknownClass(actionClass);
    }
}
