// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title Verdicts on proofs
/// @notice Whether a proof holds, as a boolean, for callers that record that one does not.
/// @dev Only two errors are about the proof and its inputs. Every other failure reverts, with the verifier's error or
/// with none: with too little gas a valid proof would else seem not to hold, and a gas estimate, which searches for the
/// least gas with which a call succeeds, would find exactly that.
library ProofVerdict {
    /// @notice Returns whether a proof holds. Reverts if the verifier gives no verdict.
    /// @param verifier the verifier of the statement
    /// @param proof the proof's eight words
    /// @param inputs the public inputs
    /// @return whether it holds
    function holds(IGroth16Verifier verifier, uint256[8] calldata proof, uint256[] memory inputs)
        internal
        view
        returns (bool)
    {
        try verifier.verify(proof, inputs) {
            return true;
        } catch (bytes memory reason) {
            // An error is named by its first four bytes; fewer name none.
            // forge-lint: disable-next-line(unsafe-typecast)
            bytes4 selector = bytes4(reason);
            bool refuted = selector == IGroth16Verifier.InvalidProof.selector
                || selector == IGroth16Verifier.InputOutOfField.selector;
            if (refuted) return false;
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}
