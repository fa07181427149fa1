// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "./Vm.sol";

/// @title Test base contract: cheatcodes, assertions, bounds, output
/// @notice A subset of forge-std's `Test` with the same names and arguments, since the npm registry has no usable
/// release of it: the package `forge-std` is an unofficial copy of 2022 without the file `ds-test/test.sol` that it
/// imports, and its `Vm` has none of the cheatcodes that read JSON and gas here. `random` and `log` are our own.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    error NotEqual(string what, uint256 actual, uint256 expected);
    error NotTrue(string what);

    function assertEq(uint256 actual, uint256 expected, string memory what) internal pure {
        if (actual != expected) revert NotEqual(what, actual, expected);
    }

    function assertEq(bytes32 actual, bytes32 expected, string memory what) internal pure {
        assertEq(uint256(actual), uint256(expected), what);
    }

    function assertEq(address actual, address expected, string memory what) internal pure {
        assertEq(uint160(actual), uint160(expected), what);
    }

    function assertEq(uint256[] memory actual, uint256[] memory expected, string memory what) internal pure {
        assertEq(actual.length, expected.length, what);
        for (uint256 i = 0; i < actual.length; ++i) {
            assertEq(actual[i], expected[i], what);
        }
    }

    function assertTrue(bool condition, string memory what) internal pure {
        if (!condition) revert NotTrue(what);
    }

    /// @dev Returns the value if it is within the bounds, else another one that is.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        if (value >= low && value <= high) return value;
        uint256 size = high - low + 1;
        return size == 0 ? value : low + value % size;
    }

    function random(string memory label, uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(label, seed)));
    }

    /// @dev Prints a line "label value", shown with -vv.
    function log(string memory label, uint256 value) internal view {
        (bool ok,) = address(0x000000000000000000636F6e736F6c652e6c6f67)
            .staticcall(abi.encodeWithSignature("log(string,uint256)", label, value));
        ok;
    }
}
