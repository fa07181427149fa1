// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

/// @title The tree of a charter's principles
/// @notice Agendas, leaves and roots. `MerkleProof` of OpenZeppelin verifies a principle: pairs are hashed in sorted
/// order, and leaves are hashed twice, so that no inner node is a leaf. Its JavaScript library builds other trees.
library CharterTree {
    /// @notice Returns the hashes of texts, and their agenda.
    /// @param texts the texts, in order
    /// @return hashes keccak of each, over its UTF-8 bytes
    /// @return agenda keccak of the hashes, one after another
    function agendaOf(string[] calldata texts) internal pure returns (bytes32[] memory hashes, bytes32 agenda) {
        hashes = new bytes32[](texts.length);
        for (uint256 j = 0; j < hashes.length; ++j) {
            hashes[j] = keccak256(bytes(texts[j]));
        }
        agenda = keccak256(abi.encodePacked(hashes));
    }

    /// @notice Returns the leaf of a statement.
    /// @param index its index in the agenda, from 0
    /// @param textHash keccak of its text
    /// @return the leaf
    function leaf(uint256 index, bytes32 textHash) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(index, textHash))));
    }

    /// @notice Returns the root of the adopted statements, in the order of the agenda: on each level neighbours are
    /// hashed together, and the last one without a neighbour moves up.
    /// @param hashes keccak of each text
    /// @param adopted bit j: statement j is adopted; at least one
    /// @return the root
    function root(bytes32[] memory hashes, uint256 adopted) internal pure returns (bytes32) {
        bytes32[] memory level = new bytes32[](hashes.length);
        uint256 count = 0;
        for (uint256 j = 0; j < hashes.length; ++j) {
            if ((adopted >> j) & 1 == 1) level[count++] = leaf(j, hashes[j]);
        }
        while (count > 1) {
            uint256 pairs = count / 2;
            for (uint256 i = 0; i < pairs; ++i) {
                level[i] = Hashes.commutativeKeccak256(level[2 * i], level[2 * i + 1]);
            }
            if (count % 2 == 1) level[pairs] = level[count - 1];
            count = pairs + count % 2;
        }
        return level[0];
    }
}
