// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {InternalLeanIMT, LeanIMTData} from "@zk-kit/lean-imt.sol/InternalLeanIMT.sol";
import {PoseidonT4} from "poseidon-solidity/PoseidonT4.sol";

import {LeanIMT} from "../src/libraries/LeanIMT.sol";
import {Domain} from "../src/libraries/Domain.sol";
import {RebuiltTree} from "./support/RebuiltTree.sol";
import {Test} from "./support/Test.sol";

/// @title The census tree: vectors of another implementation, and comparison with a rebuilt tree
contract LeanIMTTest is Test {
    using LeanIMT for LeanIMT.Tree;

    LeanIMT.Tree private _tree;
    LeanIMTData private _peer;
    uint256[] private _leaves;

    function test_InsertionsAndUpdatesEqualVectors() public {
        string memory json = vm.readFile("test/vectors/census.json");
        uint256[] memory steps = vm.parseJsonUintArray(json, ".steps");
        uint256[] memory siblings = vm.parseJsonUintArray(json, ".siblings");
        uint256 updates = 0;
        uint256 next = 0;
        for (uint256 i = 0; i < steps.length; i += 4) {
            (uint256 index, uint256 leaf) = (steps[i], steps[i + 1]);
            if (index == _tree.size) {
                _tree.insert(leaf);
                _leaves.push(leaf);
            } else {
                uint256[] memory path = new uint256[](steps[i + 3]);
                for (uint256 k = 0; k < path.length; ++k) {
                    path[k] = siblings[next++];
                }
                assertTrue(this.update(index, _leaves[index], leaf, path), "siblings");
                _leaves[index] = leaf;
                ++updates;
            }
            assertEq(_tree.root(), steps[i + 2], "root");
        }
        assertTrue(updates > 10, "both kinds of steps");
        uint256[] memory hashed = vm.parseJsonUintArray(json, ".leafOf");
        assertEq(PoseidonT4.hash([Domain.LEAF, hashed[0], hashed[1]]), hashed[2], "leaf");
    }

    /// forge-config: default.fuzz.runs = 48
    function testFuzz_EqualsRebuiltTree(uint256 seed) public {
        for (uint256 i = 0; i < 24; ++i) {
            uint256 draw = random("step", seed ^ (i << 128));
            uint256 leaf = draw >> 8;
            if (_leaves.length > 0 && draw % 2 == 0) {
                uint256 index = (draw >> 200) % _leaves.length;
                if (draw % 3 == 0) leaf = 0;
                assertTrue(this.update(index, _leaves[index], leaf, _siblings(index)), "siblings");
                _leaves[index] = leaf;
            } else {
                _tree.insert(leaf);
                _leaves.push(leaf);
            }
            assertEq(_tree.root(), RebuiltTree.rootOf(_leaves), "root");
        }
    }

    function test_WrongSiblingsAreRefused() public {
        for (uint256 i = 1; i <= 7; ++i) {
            _tree.insert(i);
            _leaves.push(i);
        }
        uint256[] memory path = _siblings(4);
        assertTrue(!this.updateAndRevert(4, 6, 9, path), "wrong old leaf");
        assertTrue(!this.updateAndRevert(3, 5, 9, path), "wrong index");
        path[1] += 1;
        assertTrue(!this.updateAndRevert(4, 5, 9, path), "wrong sibling");
        path[1] -= 1;
        path[0] += 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
        assertTrue(!this.updateAndRevert(4, 5, 9, path), "not canonical");
        path = _siblings(4);
        uint256[] memory short = new uint256[](path.length - 1);
        uint256[] memory long = new uint256[](path.length + 1);
        for (uint256 i = 0; i < path.length; ++i) {
            if (i < short.length) short[i] = path[i];
            long[i] = path[i];
        }
        assertTrue(!this.updateAndRevert(4, 5, 9, short), "too few");
        assertTrue(!this.updateAndRevert(4, 5, 9, long), "too many");
        assertTrue(this.updateAndRevert(4, 5, 9, path), "right");
    }

    /// @notice The reason for a tree of our own: in `lean-imt.sol` 2.0.0 an insertion can undo a removal.
    function test_PackageBringsBackRemovedLeaf() public {
        for (uint256 i = 1; i <= 3; ++i) {
            InternalLeanIMT._insert(_peer, i);
            _tree.insert(i);
            _leaves.push(i);
        }
        uint256[] memory path = _siblings(0);
        this.removeFromPeer(1, path);
        assertTrue(this.update(0, 1, 0, path), "siblings");
        _leaves[0] = 0;
        assertEq(InternalLeanIMT._root(_peer), RebuiltTree.rootOf(_leaves), "equal so far");

        InternalLeanIMT._insert(_peer, 4);
        _tree.insert(4);
        _leaves.push(4);
        assertEq(_tree.root(), RebuiltTree.rootOf(_leaves), "the leaf stays removed");
        _leaves[0] = 1;
        assertEq(InternalLeanIMT._root(_peer), RebuiltTree.rootOf(_leaves), "the package's removed leaf is back");
    }

    function update(uint256 index, uint256 oldLeaf, uint256 leaf, uint256[] calldata siblings) external returns (bool) {
        return _tree.update(index, oldLeaf, leaf, siblings);
    }

    /// @dev Reverts, as a caller of a refused update must.
    function updateAndRevert(uint256 index, uint256 oldLeaf, uint256 leaf, uint256[] calldata siblings)
        external
        returns (bool accepted)
    {
        uint256 snapshot = vm.snapshotState();
        accepted = _tree.update(index, oldLeaf, leaf, siblings);
        vm.revertToState(snapshot);
    }

    function removeFromPeer(uint256 leaf, uint256[] calldata siblings) external {
        InternalLeanIMT._remove(_peer, leaf, siblings);
    }

    function _siblings(uint256 index) private view returns (uint256[] memory) {
        return RebuiltTree.siblings(_leaves, index);
    }
}
