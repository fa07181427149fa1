// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Who may enrol in a chamber, and with which weight
interface IMembershipPolicy {
    /// @notice The weight of `subject` in `chamber`; 0 if it may not enrol.
    function weightOf(uint256 chamber, address subject, bytes calldata evidence) external view returns (uint256 weight);
}
