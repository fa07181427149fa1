// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Domain tags
/// @notice The domain tags of the hashes that the contracts compute (specification, section 1), each below 2^248.
library Domain {
    /// @notice The tag of census leaves.
    uint256 internal constant LEAF = uint256(keccak256("psephos.v1.leaf")) >> 8;
    /// @notice The tag of key vector hashes.
    uint256 internal constant KEYS = uint256(keccak256("psephos.v1.keys")) >> 8;
    /// @notice The tag of contexts.
    uint256 internal constant POLL = uint256(keccak256("psephos.v1.poll")) >> 8;
    /// @notice The tag of the forms of sheets.
    uint256 internal constant FORM = uint256(keccak256("psephos.v1.form")) >> 8;
    /// @notice The tag of the axes of sheets.
    uint256 internal constant AXIS = uint256(keccak256("psephos.v1.axis")) >> 8;
}
