// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title The domain tags that the contracts hash under (specification, section 1), each below 2^248
library Domain {
    uint256 internal constant LEAF = uint256(keccak256("psephos.v1.leaf")) >> 8;
    uint256 internal constant KEYS = uint256(keccak256("psephos.v1.keys")) >> 8;
    uint256 internal constant POLL = uint256(keccak256("psephos.v1.poll")) >> 8;
}
