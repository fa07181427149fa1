// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PoseidonT3} from "poseidon-solidity/PoseidonT3.sol";

/// @title Lean incremental Merkle tree (LeanIMT)
/// @notice The tree of a census and of note batches (specification, section 3). A node with two children is their
/// Poseidon hash, a node with one child is that child, and the depth grows with the number of leaves. Siblings are
/// listed from the leaf up; levels without one are left out.
/// @dev Stored for each level: the last node at an even position, which is all that later insertions need. `update`
/// keeps it current at every level, also where that node has a right neighbour: `lean-imt.sol` 2.0.0 does not, so that
/// there an insertion can bring back a leaf that was changed or removed before it (test/LeanIMT.t.sol shows it).
/// That values occur once is ensured by the caller; the tree does not look for duplicates.
library LeanIMT {
    /// @notice A tree in storage.
    /// @param size the number of leaves, removed ones (0) included
    /// @param depth the number of levels above the leaves
    /// @param last the last node at an even position of each level; on the level `depth` the root
    struct Tree {
        uint256 size;
        uint256 depth;
        mapping(uint256 level => uint256 node) last;
    }

    uint256 private constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;

    /// @notice Returns the root.
    /// @param self the tree
    /// @return the root; 0 if the tree is empty
    function root(Tree storage self) internal view returns (uint256) {
        return self.last[self.depth];
    }

    /// @notice Appends a leaf; its index is the size before.
    /// @param self the tree
    /// @param leaf the leaf, below r
    function insert(Tree storage self, uint256 leaf) internal {
        uint256 index = self.size;
        uint256 depth = self.depth;
        // One more leaf makes the tree at most one level deeper.
        if (index == 1 << depth) self.depth = ++depth;
        uint256 node = leaf;
        for (uint256 level = 0; level < depth; ++level) {
            if ((index >> level) & 1 == 1) {
                node = PoseidonT3.hash([self.last[level], node]);
            } else {
                self.last[level] = node;
            }
        }
        self.last[depth] = node;
        self.size = index + 1;
    }

    /// @notice Replaces a leaf. If it returns false, the caller must revert, for part of the tree is written then.
    /// @param self the tree
    /// @param index the leaf's index
    /// @param oldLeaf the leaf that is there
    /// @param leaf the new leaf, below r, or 0
    /// @param siblings the Merkle path, from the leaf up
    /// @return whether the siblings lead from the old leaf to the root
    function update(Tree storage self, uint256 index, uint256 oldLeaf, uint256 leaf, uint256[] calldata siblings)
        internal
        returns (bool)
    {
        uint256 depth = self.depth;
        uint256 lastIndex = self.size - 1;
        uint256 used = 0;
        (uint256 oldNode, uint256 node) = (oldLeaf, leaf);
        for (uint256 level = 0; level < depth; ++level) {
            uint256 position = index >> level;
            uint256 lastPosition = lastIndex >> level;
            if (position == (lastPosition & ~uint256(1))) self.last[level] = node;
            // The last node of a level has no sibling if it is a left one.
            if ((position & 1) == 0 && position == lastPosition) continue;
            if (used == siblings.length || siblings[used] >= R) return false;
            uint256 sibling = siblings[used++];
            if ((position & 1) == 1) {
                (oldNode, node) = (PoseidonT3.hash([sibling, oldNode]), PoseidonT3.hash([sibling, node]));
            } else {
                (oldNode, node) = (PoseidonT3.hash([oldNode, sibling]), PoseidonT3.hash([node, sibling]));
            }
        }
        if (used != siblings.length || oldNode != self.last[depth]) return false;
        self.last[depth] = node;
        return true;
    }
}
