// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Classes of actions
/// @notice How each class of a DAO's actions is decided: *pause* fast and by few, *amend* slowly and by all. A profile
/// is a rule that contracts and people read, and that an adapter applies when it creates a poll. The owner sets
/// profiles.
interface IActionClasses {
    /// @notice How actions of a class are decided.
    /// @param ballotPeriod the time in which ballots are cast, in seconds, from 3,600 to 7,776,000
    /// @param thresholdBps the approval threshold of each chamber, in basis points
    /// @param quorum the least sum of totals of each chamber
    /// @param least the least number of chambers that must choose the action; at least the number of
    /// required ones, and not 0
    /// @param required the chambers that must be among them, bit i for index i
    /// @param veto the chambers none of which may refuse it
    /// @param starter the account that may start such an action; 0 for any account
    struct Profile {
        uint64 ballotPeriod;
        uint16 thresholdBps;
        uint64 quorum;
        uint8 least;
        uint16 required;
        uint16 veto;
        address starter;
    }

    /// @notice A class got its profile, or another one.
    /// @param actionClass the class, keccak of its name
    /// @param profile the profile
    event ProfileSet(bytes32 indexed actionClass, Profile profile);
    /// @notice A class was removed: no action of it can be started any more.
    /// @param actionClass the class
    event ProfileRemoved(bytes32 indexed actionClass);

    /// @notice The class has no profile.
    /// @param actionClass the class that was passed
    error UnknownClass(bytes32 actionClass);
    /// @notice The period is shorter than an hour or longer than 90 days, the least number of chambers 0 or below the
    /// number of required ones, or the threshold above 10,000 basis points.
    error InvalidProfile();

    /// @notice Sets the profile of a class. Only the owner.
    /// @param actionClass the class, keccak of its name
    /// @param profile_ the profile
    function set(bytes32 actionClass, Profile calldata profile_) external;
    /// @notice Removes a class. Only the owner.
    /// @param actionClass the class
    function remove(bytes32 actionClass) external;

    /// @notice Returns the profile of a class. Reverts if it has none.
    /// @param actionClass the class
    /// @return the profile
    function profile(bytes32 actionClass) external view returns (Profile memory);
    /// @notice Returns whether an account may start an action of a class.
    /// @param actionClass the class
    /// @param account the account
    /// @return whether the class has a profile that allows it
    function mayStart(bytes32 actionClass, address account) external view returns (bool);
}
