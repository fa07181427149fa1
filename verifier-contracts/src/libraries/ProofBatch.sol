// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IGroth16Verifier} from "../interfaces/IGroth16Verifier.sol";

/// @title The call to `verifyBatch`, built in place
/// @notice Proofs go from the caller's calldata straight into the calldata of the one call that verifies them all.
/// @dev The layout is that of the ABI: selector, offset of the proofs, offset of the inputs, number and proofs, number and inputs.
/// The inputs stand behind room for as many proofs as there may be; offsets make the gap harmless when there are fewer.
library ProofBatch {
    uint256 private constant PROOF_BYTES = 0x100;
    uint256 private constant INPUTS = 3;
    uint256 private constant INPUT_BYTES = 0x60;

    struct Batch {
        /// of the arguments, behind the selector
        uint256 arguments;
        uint256 capacity;
        uint256 count;
    }

    function allocate(uint256 capacity) internal pure returns (Batch memory batch) {
        uint256 pointer;
        uint256 inputsOffset = 0x60 + capacity * PROOF_BYTES;
        bytes4 selector = IGroth16Verifier.verifyBatch.selector;
        assembly ("memory-safe") {
            pointer := add(mload(0x40), 0x20)
            mstore(sub(pointer, 4), selector)
            mstore(pointer, 0x40)
            mstore(add(pointer, 0x20), inputsOffset)
            mstore(0x40, add(pointer, add(add(inputsOffset, 0x20), mul(capacity, INPUT_BYTES))))
        }
        batch.arguments = pointer;
        batch.capacity = capacity;
    }

    /// @notice Adds a proof, the first eight words of `ballot`, and its public inputs. The batch must have room.
    function push(Batch memory batch, bytes calldata ballot, uint256 h, uint256 z, uint256 y) internal pure {
        uint256 pointer = batch.arguments;
        uint256 count = batch.count;
        uint256 capacity = batch.capacity;
        assert(count < capacity);
        assembly ("memory-safe") {
            calldatacopy(add(add(pointer, 0x60), mul(count, PROOF_BYTES)), ballot.offset, PROOF_BYTES)
            let inputs := add(add(pointer, 0x80), add(mul(capacity, PROOF_BYTES), mul(count, INPUT_BYTES)))
            mstore(inputs, h)
            mstore(add(inputs, 0x20), z)
            mstore(add(inputs, 0x40), y)
        }
        unchecked {
            batch.count = count + 1;
        }
    }

    /// @notice Returns if all proofs hold; otherwise passes on the verifier's error.
    function verify(Batch memory batch, IGroth16Verifier verifier) internal view {
        // A call to an account without code would succeed.
        if (address(verifier).code.length == 0) revert IGroth16Verifier.InvalidProof();
        uint256 pointer = batch.arguments;
        uint256 count = batch.count;
        uint256 inputsOffset = 0x60 + batch.capacity * PROOF_BYTES;
        assembly ("memory-safe") {
            mstore(add(pointer, 0x40), count)
            mstore(add(pointer, inputsOffset), mul(count, INPUTS))
            let size := add(0x24, add(inputsOffset, mul(count, INPUT_BYTES)))
            if iszero(staticcall(gas(), verifier, sub(pointer, 4), size, 0x00, 0x00)) {
                let free := mload(0x40)
                returndatacopy(free, 0x00, returndatasize())
                revert(free, returndatasize())
            }
        }
    }
}
