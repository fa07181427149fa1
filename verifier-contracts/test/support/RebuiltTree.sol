// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT3} from "poseidon-solidity/PoseidonT3.sol";

/// @title A LeanIMT computed anew from its leaves
/// @notice Root and siblings by the definition (specification, section 3), without a stored tree.
library RebuiltTree {
    function siblings(uint256[] memory level, uint256 index) internal pure returns (uint256[] memory path) {
        uint256[] memory found = new uint256[](32);
        uint256 count = 0;
        while (level.length > 1) {
            if (index ^ 1 < level.length) found[count++] = level[index ^ 1];
            level = _parents(level);
            index >>= 1;
        }
        path = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            path[i] = found[i];
        }
    }

    function rootOf(uint256[] memory level) internal pure returns (uint256) {
        while (level.length > 1) {
            level = _parents(level);
        }
        return level[0];
    }

    function _parents(uint256[] memory level) private pure returns (uint256[] memory parents) {
        parents = new uint256[]((level.length + 1) / 2);
        for (uint256 i = 0; i < parents.length; ++i) {
            bool pair = 2 * i + 1 < level.length;
            parents[i] = pair ? PoseidonT3.hash([level[2 * i], level[2 * i + 1]]) : level[2 * i];
        }
    }
}
