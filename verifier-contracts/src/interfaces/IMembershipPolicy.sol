// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Membership policy of a chamber
/// @notice Decides who may enrol in a chamber, and with which weight. The registry asks it once, when a member enrols.
interface IMembershipPolicy {
    /// @notice Returns the weight with which an account may enrol.
    /// @param chamber the chamber's id in the registry
    /// @param subject the account that enrols
    /// @param evidence data in a format of the policy's own: a membership proof or signature, or empty
    /// @return weight the account's weight; 0 if it may not enrol. The registry refuses one with which the chamber's
    /// weights would exceed their bound
    function weightOf(uint256 chamber, address subject, bytes calldata evidence) external view returns (uint256 weight);
}
